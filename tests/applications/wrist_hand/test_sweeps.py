"""A short sweep with the truth as network: figures add up, and it goes on where it was stopped."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from sesamoid.applications.wrist_hand import sweeps
from sesamoid.applications.wrist_hand.measured import measured_tables
from sesamoid.applications.wrist_hand.measured_parts import share
from sesamoid.applications.wrist_hand.measured_sweeps import sweep_tables
from sesamoid.applications.wrist_hand.sweep_figures import arm_figures, sweep_figures
from sesamoid.applications.wrist_hand.sweeps import SweepSettings, recipe_of, sweep
from sesamoid.errors import SesamoidError
from sesamoid.live.settings import live_settings
from sesamoid.live.sources.skill import Skill
from sesamoid.models import bundle

from .truth_look import PROTOCOL, TruthLooker

MODEL = {"name": "truth", "version": "0", "sha256": "0"}
SETTINGS = SweepSettings(
    people=2, unguided=1, first_person=730_001, planes=("S11", "S14"), frames_per_second=6.0,
    pixels_per_mm=6.0, skill=Skill(patience_s=8.0),
)  # fmt: skip


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    out = tmp_path_factory.mktemp("sweeps")
    told = []
    found = sweep(SETTINGS, out, looker=TruthLooker, model=MODEL, on_exam=lambda *n: told.append(n))
    return out, found, told


def test_guided_novices_who_are_told_the_truth_find_every_plane(done) -> None:
    _, found, told = done
    guided = found["arms"]["guided"]
    assert guided["planes"] == 4
    assert guided["acquired"]["value"] == 1
    assert guided["grade_a"]["value"] == 1
    assert guided["wrong_plane"]["value"] == 0
    assert found["origin"] == "virtual"
    assert told[0] == (0, 3)
    assert told[-1] == (3, 3)
    assert found["gain"]["people"] == 1
    assert found["arms"]["unguided"]["kept"] == 2, "kept by hand, whatever they are"


def test_figures_become_a_table_of_the_card(done) -> None:
    _, found, _ = done
    manifest = replace(bundle("wrist_hand").manifest, weights_sha256=MODEL["sha256"])
    shown, planes = measured_tables(found, manifest)
    assert shown.origin == planes.origin == "virtual"
    assert shown.of == planes.of, "one replaces the other's former state together"
    assert shown.command == "sesamoid evaluate wrist_hand --sweeps 2 --unguided 1 --seed 0"
    assert shown.data.startswith("2 virtual people, 4 planes, 1 of them also without guidance;")
    names = [row[0] for row in shown.rows]
    assert names[0] == "standard planes acquired"
    assert names[-1] == "median seconds an examination"
    assert shown.rows[0][1].startswith("100.0%")
    assert shown.rows[0][3] == ">= 0.981: met"
    assert all(len(row) == len(shown.columns) for row in shown.rows)
    assert "Of the 1 people who were scanned in both ways" in shown.note
    assert [row[:2] for row in planes.rows] == [("S11", "100.0%"), ("S14", "100.0%")]
    assert all(len(row) == len(planes.columns) == 7 for row in planes.rows)
    alone = {**found, "arms": {"guided": found["arms"]["guided"]}}
    shown, planes = measured_tables(alone, manifest)
    assert {row[2] for row in shown.rows} == {""}
    assert "both ways" not in shown.note
    assert len(planes.columns) == 4


def test_novices_who_do_only_as_told_have_a_table_of_their_own(done) -> None:
    _, found, _ = done
    manifest = replace(bundle("wrist_hand").manifest, weights_sha256=MODEL["sha256"])
    usual, _ = measured_tables(found, manifest)
    skill = {**found["settings"]["skill"], "own_eyes": False}
    other = {**found, "settings": {**found["settings"], "skill": skill}}
    shown, _ = measured_tables(other, manifest)
    assert shown.of != usual.of, "neither replaces the other on the card"
    assert shown.command.endswith("--unguided 1 --as-told --seed 0")
    assert "undo nothing by eye" in shown.title
    plans = [
        next(replace(SETTINGS, skill=Skill(own_eyes=own)).plans(PROTOCOL)) for own in (True, False)
    ]
    assert [plan.name for plan in plans] == ["P730001-on", "P730001-told"], "nor in its folder"


def test_what_is_done_is_not_done_again(done, monkeypatch) -> None:
    out, found, _ = done
    monkeypatch.setattr(sweeps, "run_exam", lambda *a, **k: pytest.fail("run again"))
    again = sweep(SETTINGS, out, looker=TruthLooker, model=MODEL)
    assert again == found
    assert json.loads((out / "sweeps.json").read_text()) == json.loads(json.dumps(found))
    left = {path.name for path in (out / "exams").iterdir()}
    assert left == {"P730001-on.json", "P730001-off.json", "P730002-on.json"}


def test_another_network_s_examinations_are_not_mixed_in(done, monkeypatch) -> None:
    out, _, _ = done

    class Run(Exception):
        pass

    def run(*_a, **_k):
        raise Run

    monkeypatch.setattr(sweeps, "run_exam", run)
    with pytest.raises(Run):
        sweep(SETTINGS, out, looker=TruthLooker, model={**MODEL, "sha256": "1"})


def test_a_damaged_examination_is_named(done, tmp_path: Path) -> None:
    (tmp_path / "exams").mkdir()
    (tmp_path / "exams" / "P730001-on.json").write_text("{")
    with pytest.raises(SesamoidError, match="damaged"):
        sweep(SETTINGS, tmp_path, looker=TruthLooker, model=MODEL)


def row(person: int, plane: str, letter: str | None, *, guided=True, wrong=False, seconds=4.0):
    kept = letter is not None
    return {
        "person": person, "machine": "m", "plane": plane, "guided": guided, "kept": kept,
        "true_grade": letter, "grade": letter, "wrong": wrong, "seconds": seconds, "reasons": (),
        "acquired": kept and not wrong and letter in "AB",
    }  # fmt: skip


def test_shares_say_what_they_are_of() -> None:
    rows = [row(1, "S1", "A"), row(1, "S2", "B"), row(2, "S1", "C"), row(2, "S2", None)]
    rows += [row(3, "S1", "A", wrong=True), row(3, "S2", "A")]
    found = arm_figures(rows)
    assert found["acquired"]["n"] == 3
    assert found["acquired"]["of"] == 6
    assert (found["grade_a"]["n"], found["grade_a"]["of"]) == (3, 5)
    assert (found["grade_c"]["n"], found["grade_c"]["of"]) == (1, 5)
    assert (found["wrong_plane"]["n"], found["wrong_plane"]["of"]) == (1, 5)
    assert found["exam_seconds"]["median"] == 8
    low, high = found["acquired"]["ci95"]
    assert low < 0.5 < high
    assert share(found["acquired"]).startswith("50.0% (")
    never = arm_figures(rows[:4])["wrong_plane"]
    assert never["ci95"] is None, "resampling would claim that it never happens"
    assert share(never) == "0.0% (0 of 3)"


def test_targets_are_met_or_not_and_what_was_missed_is_listed() -> None:
    rows = [row(p, "S1", "A") for p in range(49)] + [row(49, "S1", None)]
    rows += [row(p, "S1", "B", guided=False, seconds=20.0) for p in range(50)]
    found = sweep_figures(rows)
    assert found["targets"]["acquired"]["met"] is False
    assert found["targets"]["grade_a"]["met"] is True
    assert [one["person"] for one in found["missed"]] == [49]
    assert found["gain"]["acquired"]["mean"] == pytest.approx(-0.02)
    assert found["gain"]["grade_a"]["mean"] == pytest.approx(0.98)
    assert found["gain"]["seconds_saved"]["mean"] == pytest.approx(16)


def test_the_card_says_what_guidance_gains_and_what_it_costs() -> None:
    rows = [row(p, "S1", "A", seconds=20.0 + p % 2) for p in range(4)]
    rows += [row(p, "S1", "B" if p else "C", guided=False, seconds=5.0) for p in range(4)]
    settings = {
        "people": 4, "unguided": 4, "seed": 0, "machines": ["m"], "skill": {"own_eyes": True},
    }  # fmt: skip
    content = {"origin": "virtual", "settings": settings, **sweep_figures(rows)}
    shown, _ = sweep_tables(content)
    assert "makes +25.0 points (0.0 to" in shown.note
    assert "and +100.0 points (100.0 to 100.0) acquired with grade A, of all planes" in shown.note
    assert "an examination takes 16 s (15 to 16) more with it." in shown.note


def test_examinations_under_other_live_settings_are_others(monkeypatch) -> None:
    plan = next(iter(SETTINGS.plans(PROTOCOL)))
    before = recipe_of(plan, PROTOCOL, {})
    other = replace(live_settings(), acquisition=replace(live_settings().acquisition, b_after_s=1))
    monkeypatch.setattr("sesamoid.applications.wrist_hand.sweeps.live_settings", lambda: other)
    assert recipe_of(plan, PROTOCOL, {}) != before


def test_both_arms_of_a_person_begin_alike() -> None:
    plans = list(SETTINGS.plans(PROTOCOL))
    assert [plan.name for plan in plans] == ["P730001-on", "P730001-off", "P730002-on"]
    assert plans[0].machine == plans[1].machine != plans[2].machine
    assert plans[0].seed == plans[1].seed
