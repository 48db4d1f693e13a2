import numpy as np
import pytest

from sesamoid.evidence.segmentation import compare_labels, summarise


def labels(nerve: tuple[slice, slice] | None, vessel: tuple[slice, slice] | None) -> np.ndarray:
    out = np.zeros((60, 80), dtype=np.uint8)
    if nerve:
        out[nerve] = 1
    if vessel:
        out[vessel] = 2
    return out


LEFT, RIGHT = (slice(10, 30), slice(10, 30)), (slice(10, 30), slice(50, 70))
SHIFTED = (slice(10, 30), slice(20, 40))


def test_a_perfect_answer_scores_one() -> None:
    rows = compare_labels("a", labels(LEFT, RIGHT), labels(LEFT, RIGHT), ("nerve", "vessel"))
    assert [row.dice for row in rows] == [1, 1]
    assert [row.hd95_px for row in rows] == [0, 0]


def test_both_empty_is_one_and_only_one_empty_is_zero() -> None:
    nerve, vessel = compare_labels(
        "a", labels(None, RIGHT), labels(None, None), ("nerve", "vessel")
    )
    assert nerve.dice == 1
    assert vessel.dice == 0
    assert vessel.hd95_px is None


def test_half_an_overlap_is_a_dice_of_a_half_and_a_missed_structure() -> None:
    row, _ = compare_labels("a", labels(SHIFTED, None), labels(LEFT, None), ("nerve", "vessel"))
    assert row.dice == pytest.approx(0.5)
    assert row.iou == pytest.approx(1 / 3)
    assert (row.found, row.missed, row.spurious) == (0, 1, 1)


def test_the_summary_is_the_mean_over_images() -> None:
    truth = labels(LEFT, RIGHT)
    rows = compare_labels("a", truth, truth, ("nerve", "vessel"))
    rows += compare_labels("b", labels(SHIFTED, RIGHT), truth, ("nerve", "vessel"))
    figures = summarise(rows)
    assert figures["n_images"] == 2
    assert figures["classes"]["nerve"]["dice"]["mean"] == pytest.approx(0.75)
    assert figures["classes"]["nerve"]["detection"]["sensitivity"] == pytest.approx(0.5)
    assert figures["classes"]["vessel"]["detection"]["precision"] == 1


def test_the_interval_resamples_groups() -> None:
    truth = labels(LEFT, RIGHT)
    rows = []
    for number in range(20):
        predicted = truth if number % 2 else labels(SHIFTED, RIGHT)
        rows += compare_labels(f"i{number}", predicted, truth, ("nerve", "vessel"))
    alone = summarise(rows)["classes"]["nerve"]["dice"]["ci95"]
    pairs = summarise(rows, groups=np.repeat([0, 1], 10))["classes"]["nerve"]["dice"]["ci95"]
    assert pairs[1] - pairs[0] != pytest.approx(alone[1] - alone[0], abs=1e-3)
    assert alone[0] < 0.75 < alone[1]


def test_a_class_that_never_occurs_has_no_sensitivity() -> None:
    rows = compare_labels("a", labels(LEFT, None), labels(LEFT, None), ("nerve", "vessel"))
    detection = summarise(rows)["classes"]["vessel"]["detection"]
    assert detection["sensitivity"] is None
    assert detection["precision"] is None
