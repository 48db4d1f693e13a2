"""What the README and the docs claim is what the shipped bundle and the commands say."""

from __future__ import annotations

import re

import pytest

from sesamoid.cli.main import app
from sesamoid.models import bundle
from tests.conftest import ROOT

PAGES = ("README.md", "docs/applications/nerve.md")


@pytest.mark.parametrize("page", PAGES)
def test_the_figures_are_those_of_the_manifest(page: str) -> None:
    text = (ROOT / page).read_text()
    table = re.search(r"<!-- figures:nerve -->(.*?)<!-- /figures -->", text, re.DOTALL)
    assert table is not None
    assert "real" in table[1]
    figures = bundle("nerve").manifest.figures
    for run in ("network", "plain_unet"):
        for row in figures[run]["classes"].values():
            assert f"{row['dice']['mean']:.3f}" in table[1]


@pytest.mark.parametrize("page", ["README.md", "docs/applications/muscle.md"])
def test_the_muscle_figures_are_those_of_the_manifest(page: str) -> None:
    text = (ROOT / page).read_text()
    table = re.search(r"<!-- figures:muscle -->(.*?)<!-- /figures -->", text, re.DOTALL)
    assert table is not None
    assert "**real**" in table[1]
    shown = bundle("muscle").manifest.figures["table"]
    assert len(shown["rows"]) > 5
    for row in shown["rows"]:
        assert "| " + " | ".join(row) + " |" in table[1]


WRIST_HAND = {
    "plane, macro-F1 over 15 planes": "plane.macro_f1",
    "the same without pictures at the edge of a plane (1 to 2.5 tolerances off)": (
        "plane.macro_f1_clear"
    ),
    "plane, calibration error (ECE)": "plane.ece",
    "anatomy, mean Dice of the 17 published labels": "segmentation.mean_dice",
    "grade, quadratic kappa": "grade.quadratic_kappa",
    "offset of the probe, median error, mm": "pose.median_mm",
    "offset of the probe, median error, degrees": "pose.median_deg",
}
"""What the README calls the figures of the model card."""
STARTS = ("virtual", "imagenet", "scratch")


def test_the_wrist_and_hand_figures_are_those_of_the_manifest_and_called_virtual() -> None:
    text = (ROOT / "README.md").read_text()
    table = re.search(r"<!-- figures:wrist_hand -->(.*?)<!-- /figures -->", text, re.DOTALL)
    assert table is not None
    assert "**virtual**" in table[1]
    assert "real" not in table[1]
    measured = bundle("wrist_hand").manifest.figures["measured"]
    title = "virtual-wrist-hand, 5996 frames of 200 people"
    (rows,) = (one["rows"] for one in measured if one["title"] == title)
    known = {name: (value, spread) for name, value, spread in rows}
    shown = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table[1].splitlines()]
    named = [line for line in shown if line and line[0] in WRIST_HAND]
    assert len(named) == len(WRIST_HAND) == sum(len(line) > 3 for line in shown) - 2
    for name, value, spread, *_ in named:
        assert (value, spread) == known[WRIST_HAND[name]], name
    (cross,) = (
        dict(row[:2] for row in one["rows"])
        for one in measured
        if "PyMUST" in one["title"] and one["title"].endswith("60 frames of 4 people")
    )
    f1, dice = (cross[key] for key in ("plane.macro_f1", "segmentation.mean_dice"))
    assert f"(60 **virtual** pictures): macro-F1 {f1}, mean Dice {dice}." in text
    (transfer,) = (one for one in measured if one["title"].startswith("from virtual to real"))
    assert transfer["origin"] == "real"
    dice_of = {(row[0], row[1]): (row[2], row[4]) for row in transfer["rows"]}
    few, all_ = ([dice_of[n, start][0] for start in STARTS] for n in ("20", "all"))
    spoken = "a Dice of {} for nerve, {} where it begins from ImageNet alone and {} from nothing"
    plain = " ".join(text.split())
    assert spoken.format(*few) in plain
    assert "in three folds {}, {} and {}.".format(*all_) in plain
    page = (ROOT / "docs" / "applications" / "wrist_hand.md").read_text()
    for count in ("20", "50", "all"):
        both = [dice_of[count, start][part] for part in (0, 1) for start in STARTS]
        assert f"| {count} | {' | '.join(both)} |" in page


def test_the_sweeps_figures_are_those_of_the_manifest_and_called_virtual() -> None:
    text = (ROOT / "README.md").read_text()
    table = re.search(r"<!-- figures:sweeps -->(.*?)<!-- /figures -->", text, re.DOTALL)
    assert table is not None
    assert "**Virtual** novices" in table[1]
    assert "**virtual** people" in table[1]
    measured = bundle("wrist_hand").manifest.figures["measured"]
    title = "novices who scan, with guidance and without"
    (card,) = (one for one in measured if one["title"] == title)
    people, planes, both = re.findall(r"\d+", card["data"])[:3]
    assert f"scanned {people} **virtual** people, {int(planes):,} planes" in table[1]
    assert f"; {'all' if both == people else both} of them also without guidance" in table[1]
    shown = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table[1].splitlines()]
    named = [line[:3] for line in shown if len(line) == 4 and line[0] not in ("figure", "---")]
    assert named == [row[:3] for row in card["rows"]]
    page = " ".join((ROOT / "docs" / "applications" / "wrist_hand.md").read_text().split())
    value = {row[0]: [cell.split(" ")[0] for cell in row[1:3]] for row in card["rows"]}
    acquired, best, worst = (value[row[0]] for row in card["rows"][:3])
    assert "{} of the planes acquired with guidance and {} without".format(*acquired) in page
    assert "grade A {} and {} of the pictures kept, grade C {} and {}".format(*best, *worst) in page


def test_every_command_is_documented() -> None:
    text = (ROOT / "docs" / "commands.md").read_text()
    for command in app.registered_commands:
        assert f"sesamoid {command.name}" in text


@pytest.mark.parametrize("group", ["texture", "account", "audit"])
def test_every_command_of_a_group_is_documented_with_its_options(group: str) -> None:
    import typer.main

    text = (ROOT / "docs" / "commands.md").read_text()
    found = typer.main.get_command(app).commands[group]  # type: ignore[attr-defined]
    shared = {"--data", "--database"} if group in ("account", "audit") else set()
    for name, command in found.commands.items():
        own = re.split(rf"### `sesamoid {group} {name}[ `]", text)[-1].partition("\n##")[0]
        assert own != text, name
        for option in command.params:
            if option.param_type_name == "option" and option.opts[0] not in {*shared, "--help"}:
                assert f"`{option.opts[0]}`" in own, (name, option.name)


@pytest.mark.parametrize("command", ["analyze", "bench", "calibrate", "card", "serve"])
def test_every_option_is_documented(command: str) -> None:
    import typer.main

    text = (ROOT / "docs" / "commands.md").read_text()
    own = text.partition(f"\n## {command}\n")[2].partition("\n## ")[0]
    found = typer.main.get_command(app).commands[command]  # type: ignore[attr-defined]
    for option in found.params:
        if option.param_type_name == "option":
            assert f"`{option.opts[0]}`" in own, option.name


def test_the_training_data_are_credited() -> None:
    text = (ROOT / "README.md").read_text()
    assert "CC BY 4.0" in text
    assert "usgra-seg" in text


def test_no_page_names_a_machine_path() -> None:
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        assert not re.search(r"/(?:work|root|home)/", page.read_text()), page
