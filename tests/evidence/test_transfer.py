"""Comparing starts: who trains on what, and what is made of the scores. Nothing is trained here."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

from sesamoid.errors import DataError
from sesamoid.evidence.cross_validation import FoldFigures
from sesamoid.evidence.segmentation import ImageFigures
from sesamoid.evidence.transfer import Arm, TransferPlan, TransferRecipe
from sesamoid.evidence.transfer_figures import findings, transfer_figures, transfer_table
from sesamoid.imaging.raw_dataset import LabelledImage
from sesamoid.learning.grouping import grouped_folds
from sesamoid.learning.recipe import SegmentationRecipe
from sesamoid.models import Manifest

RECIPE = TransferRecipe(
    SegmentationRecipe("x", batch_size=4, round_pictures=8), ((4, 3), (8, 10), (None, 21))
)
MANIFEST = Manifest(
    name="x", version="0", task="x", classes=("background", "nerve", "vessel"),
    canvas_size=(32, 32), weights_sha256="", weights_precision="", training_data=(),
)  # fmt: skip
GROUPS = np.array([0, 0, 1, 1, 1, *range(2, 21)])


def plan(**changes: object) -> TransferPlan:
    fields: dict[str, object] = {
        "cases": tuple(
            LabelledImage(f"i{n}", np.zeros((4, 4)), np.zeros((4, 4), np.uint8))
            for n in range(len(GROUPS))
        ),
        "groups": GROUPS,
        "folds": grouped_folds(GROUPS, folds=3, seed=0),
        "arms": (Arm("virtual"), Arm("imagenet", imagenet=True), Arm("scratch")),
        "counts": (4, 8, None),
        "seeds": 2,
        "recipe": RECIPE,
        "manifest": MANIFEST,
    } | changes
    return TransferPlan(**fields)  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", range(3))
def test_draws_lie_within_each_other_and_never_cross_a_fold(seed: int) -> None:
    one = plan()
    for fold in range(3):
        draws = one.draws(fold, seed)
        few, more, all_left = (set(draws[count].tolist()) for count in (4, 8, None))
        assert few < more < all_left == set(np.flatnonzero(one.folds != fold).tolist())
        assert (len(few), len(more)) == (4, 8)
        for drawn in (few, more):
            rest = set(range(len(GROUPS))) - drawn
            assert not set(GROUPS[list(drawn)]) & set(GROUPS[list(rest)])


def test_another_seed_draws_other_images() -> None:
    assert set(plan().draws(0, 0)[4]) != set(plan().draws(0, 1)[4])


def test_every_arm_trains_on_the_same_images_and_is_scored_on_the_others(tmp_path: Path) -> None:
    runs = plan().runs(tmp_path, threads=1)
    assert len(runs) == len({run.fold.folder for run in runs}) == 3 * 3 * 3 * 2
    for run in runs:
        same = [
            other.fold for other in runs
            if (other.count, other.seed, other.fold.number)
            == (run.count, run.seed, run.fold.number)
        ]  # fmt: skip
        names = {tuple(case.name for case in fold.training) for fold in same}
        assert len(same) == 3
        assert len(names) == 1
        assert not {c.name for c in run.fold.training} & {c.name for c in run.fold.validation}
        recipes = {fold.recipe.as_dict()["epochs"] for fold in same}
        assert len(recipes) == 1
    assert {run.fold.recipe.seed for run in runs} == {0, 1}
    assert [run.arm for run in runs if run.fold.recipe.network.imagenet] == ["imagenet"] * 18


def test_steps_follow_the_number_of_images() -> None:
    assert [RECIPE.steps_for(count) for count in (1, 4, 5, 8, 9, None)] == [3, 3, 10, 10, 21, 21]
    assert [RECIPE.of(n, imagenet=False, seed=0).epochs for n in (4, 8, None)] == [2, 5, 11]


def test_more_images_than_a_fold_leaves_are_refused(tmp_path: Path) -> None:
    plan(counts=(16, None)).require_counts(tmp_path)
    with pytest.raises(DataError, match=r"17 images .* a fold leaves 16.*at most 16"):
        plan(counts=(4, 17)).require_counts(tmp_path)


def scored(one: TransferPlan, tmp_path: Path, gain: dict[str, float]) -> dict[str, object]:
    """Dice of image i is 0.4 + i/100, and more by the arm's gain for nerves; seeds differ."""
    runs = one.runs(tmp_path, threads=1)
    results = []
    for run in runs:
        rows = []
        for case in run.fold.validation:
            base = 0.4 + int(case.name[1:]) / 100 + (0.02 if run.seed else -0.02)
            values = {"nerve": base + gain[run.arm], "vessel": base}
            rows += [
                ImageFigures(case.name, s, dice, 0, 0, None, 0, 0, 0) for s, dice in values.items()
            ]
        results.append(FoldFigures(run.fold.number, "x", "32", 1.5, tuple(rows)))
    return transfer_figures(one, runs, results, subject="virtual")


def test_figures_are_means_over_images_and_differences_are_paired(tmp_path: Path) -> None:
    one = plan()
    found = scored(one, tmp_path, {"virtual": 0.1, "imagenet": 0.2, "scratch": 0.0})
    mean = 0.4 + np.arange(len(GROUPS)).mean() / 100
    entry = found["counts"]["4"]
    assert (entry["images"], entry["steps"]) == ([4], 3)
    assert entry["starts"]["scratch"]["nerve"]["mean"] == pytest.approx(mean)
    low, high = entry["starts"]["scratch"]["nerve"]["ci95"]
    assert low < mean < high
    assert set(entry["differences"]) == {"imagenet", "scratch"}
    against = entry["differences"]["scratch"]["nerve"]
    # The images differ by far more than the arms: only pairs make the interval this narrow.
    assert [against["mean"], *against["ci95"]] == pytest.approx([0.1] * 3)
    assert len(found["runs"]) == 54
    assert {row["minutes"] for row in found["runs"]} == {1.5}


def test_it_says_so_where_the_start_does_not_help(tmp_path: Path) -> None:
    one = plan(counts=(4,), seeds=1)
    found = scored(one, tmp_path, {"virtual": 0.1, "imagenet": 0.2, "scratch": 0.0})
    assert findings(found, what="it") == [
        "4 images, it against imagenet: nerve worse by 0.100 (-0.100 to -0.100), "
        "vessel no difference shown (+0.000 to +0.000).",
        "4 images, it against scratch: nerve better by 0.100 (+0.100 to +0.100), "
        "vessel no difference shown (+0.000 to +0.000).",
    ]
    shown = transfer_table(found, title="t", subject="virtual")
    assert shown["columns"][2:] == [
        "Dice of nerve", "95 % interval", "Dice of vessel", "95 % interval",
    ]  # fmt: skip
    assert [row[1] for row in shown["rows"]] == [
        "virtual", "imagenet", "scratch", "virtual - imagenet", "virtual - scratch",
    ]  # fmt: skip
    assert shown["rows"][4][2:4] == ["+0.100", "+0.100 to +0.100"]


def test_without_the_start_in_question_there_are_no_differences(tmp_path: Path) -> None:
    one = plan(arms=(Arm("imagenet"), Arm("scratch")), counts=(4,), seeds=1)
    found = scored(one, tmp_path, {"imagenet": 0.2, "scratch": 0.0})
    assert found["counts"]["4"]["differences"] == {}
    assert findings(found, what="it") == []
