import numpy as np
import pytest

from sesamoid.errors import SesamoidError
from sesamoid.measure import instances, instances_by_class

from .shapes import rectangle


def test_largest_first():
    mask = rectangle((30, 30), 1, 1, 3, 3) | rectangle((30, 30), 10, 10, 8, 8)
    assert [m.sum() for m in instances(mask)] == [64, 9]


def test_minimal_area_is_in_the_unit_of_the_spacing():
    mask = rectangle((30, 30), 1, 1, 3, 3) | rectangle((30, 30), 10, 10, 8, 8)
    assert len(instances(mask, spacing=(0.5, 0.5), minimal_area=2.25)) == 2
    assert len(instances(mask, spacing=(0.5, 0.5), minimal_area=2.26)) == 1


def test_corners_join():
    assert len(instances(np.eye(6, dtype=bool))) == 1


def test_nothing_gives_no_instance():
    assert instances(np.zeros((4, 4), bool)) == []


def test_equal_parts_keep_reading_order():
    mask = rectangle((30, 30), 20, 1, 3, 3) | rectangle((30, 30), 1, 20, 3, 3)
    assert instances(mask)[0][1, 20]


def test_each_class_has_its_own_limit():
    labels = rectangle((30, 30), 1, 1, 3, 3) * 1 + rectangle((30, 30), 10, 10, 3, 3) * 2
    found = instances_by_class(labels, minimal_area={1: 5, 2: 10})
    assert {k: len(v) for k, v in found.items()} == {1: 1, 2: 0}


def test_a_forgotten_class_is_an_error():
    with pytest.raises(SesamoidError, match="class 2"):
        instances_by_class(np.array([[0, 1], [2, 2]]), minimal_area={1: 5})
