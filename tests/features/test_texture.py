import time

import numpy as np
import pytest

from sesamoid.errors import SesamoidError
from sesamoid.features import FAMILIES, cooccurrence, texture_features


def image(side=64):
    return np.random.default_rng(0).integers(0, 255, (side, side)).astype(np.uint8)


def test_each_family_stands_under_its_prefix():
    found = texture_features(image())
    assert {name.split(".")[0] for name in found} == set(FAMILIES)
    assert found["glcm.contrast"] == cooccurrence(image())["contrast"]


def test_only_the_families_asked_for():
    assert {n.split(".")[0] for n in texture_features(image(), families=["lbp"])} == {"lbp"}


def test_an_unknown_family_is_named():
    with pytest.raises(SesamoidError, match="no texture family 'shape'"):
        texture_features(image(), families=["shape"])


def test_an_unknown_aggregation_is_named():
    with pytest.raises(SesamoidError, match="'merged' or 'average'"):
        cooccurrence(image(), aggregation="mean")


def test_a_region_of_half_a_thousand_pixels_a_side_takes_under_a_second():
    big = image(512)
    used = []
    for _ in range(3):
        before = time.process_time()
        texture_features(big)
        used.append(time.process_time() - before)
    assert min(used) < 1
