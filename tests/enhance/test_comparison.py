import math

import numpy as np
import pytest

from sesamoid.enhance import (
    compare_methods,
    edge_preservation_index,
    equivalent_looks,
    speckle_suppression_index,
)
from sesamoid.errors import SesamoidError


def noise(looks=9):
    return np.random.default_rng(0).gamma(looks, 50 / looks, (80, 80))


def test_equivalent_looks_of_gamma_speckle():
    assert equivalent_looks(noise(9)) == pytest.approx(9, rel=0.1)


def test_looks_of_an_even_region_are_infinite():
    assert math.isinf(equivalent_looks(np.full((5, 5), 3.0)))


def test_doing_nothing_keeps_edges_and_speckle():
    image = noise()
    assert edge_preservation_index(image, image) == pytest.approx(1)
    assert speckle_suppression_index(image, image) == pytest.approx(1)


def test_edge_preservation_ignores_gain():
    image = noise()
    assert edge_preservation_index(image, 2 * image + 5) == pytest.approx(1, abs=1e-5)


def test_an_even_region_has_no_suppression_index():
    with pytest.raises(SesamoidError, match="SSI"):
        speckle_suppression_index(np.ones((4, 4)), np.ones((4, 4)))


def test_table_has_a_line_for_each_method():
    rows = compare_methods(noise(), np.ones((80, 80), bool), methods=("median", "lee"))
    assert [row.method for row in rows] == ["median", "lee"]
    assert all(row.suppression < 1 < row.looks for row in rows)
