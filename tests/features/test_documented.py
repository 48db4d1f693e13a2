"""The page on features names every family, with as many numbers as there are."""

import re

import numpy as np
import pytest

from sesamoid.features import FAMILIES
from sesamoid.features.radiomics import FAMILIES as MIRP_FAMILIES
from sesamoid.features.radiomics import PREFIXES
from tests.conftest import ROOT

from . import phantom

PAGE = (ROOT / "docs" / "features.md").read_text(encoding="utf-8")
NOISE = np.random.default_rng(0).integers(0, 255, (64, 64)).astype(np.uint8)


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_a_family_s_line_says_how_many_numbers(family):
    line = re.search(rf"^\| `{family}` \| `(\w+)` \| (\d+) \|", PAGE, re.MULTILINE)
    assert line is not None
    assert line[1] == FAMILIES[family].__name__
    assert int(line[2]) == len(FAMILIES[family](NOISE, None))


def test_the_total_is_right():
    total = sum(len(family(NOISE, None)) for family in FAMILIES.values())
    assert f"make {total} numbers" in PAGE


def test_mirp_s_families_are_named_and_counted():
    line = next(row for row in PAGE.splitlines() if "`radiomics` |" in row)
    assert all(f"`{family}`" in line for family in MIRP_FAMILIES)
    values = sum(len(phantom.references(p.strip("_"), "2D")) for p in PREFIXES.values())
    assert f"all {values} published values" in line


def test_the_numbers_of_published_values_are_right():
    statistics = sum(len(phantom.references(f, "stat")) for f in ("stat", "ih"))
    variants = ("2D_avg", "2D_comb", "2_5D_avg", "2_5D_comb")
    matrices = sum(len(phantom.references(f, v)) for f in ("cm", "rlm") for v in variants)
    assert f"{statistics} of the statistics and the histogram, {matrices} of" in PAGE
