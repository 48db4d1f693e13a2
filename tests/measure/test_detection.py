import math

import pytest

from sesamoid.errors import SesamoidError
from sesamoid.measure import Detections, match

from .shapes import rectangle

HERE = rectangle((40, 40), 2, 2, 10, 10)
THERE = rectangle((40, 40), 20, 20, 10, 10)
NEARLY_HERE = rectangle((40, 40), 2, 4, 10, 10)


def test_found_missed_and_spurious_are_counted():
    far = rectangle((40, 40), 2, 28, 8, 8)
    assert match([NEARLY_HERE, far], [HERE, THERE]) == Detections(1, 1, 1)


def test_one_prediction_finds_one_structure_only():
    assert match([HERE, HERE], [HERE]) == Detections(1, 0, 1)


def test_the_order_of_masks_does_not_matter():
    assert match([THERE, NEARLY_HERE], [HERE, THERE]) == match([NEARLY_HERE, THERE], [HERE, THERE])


def test_too_little_overlap_is_not_found():
    shifted = rectangle((40, 40), 2, 8, 10, 10)
    assert match([shifted], [HERE]) == Detections(0, 1, 1)


def test_counts_add_up_over_images():
    assert Detections(1, 2, 3) + Detections(4, 5, 6) == Detections(5, 7, 9)


def test_sensitivity_and_precision():
    counts = Detections(found=6, missed=2, spurious=4)
    assert (counts.sensitivity, counts.precision) == (0.75, 0.6)


def test_shares_of_nothing_are_undefined():
    none = match([], [])
    assert math.isnan(none.sensitivity)
    assert math.isnan(none.precision)


def test_impossible_overlap_is_refused():
    with pytest.raises(SesamoidError, match="minimal_iou"):
        match([HERE], [HERE], minimal_iou=0)
