"""MIRP's families against the published values, and MIRP as a second opinion on ours."""

import numpy as np
import pytest

from sesamoid.errors import MissingExtra, SesamoidError
from sesamoid.features import radiomics
from sesamoid.features.radiomics import PREFIXES

from . import phantom

SIX_LEVELS = {"levels": phantom.LEVELS, "limits": (0.5, 6.5)}
CASES = [
    (family, tag)
    for family, prefix in PREFIXES.items()
    for tag in phantom.references(prefix.strip("_"), "2D")
]


@pytest.fixture(scope="module")
def found():
    pytest.importorskip("mirp", reason="the extra 'radiomics' is not installed")
    slices = zip(phantom.SLICES, phantom.MASK, strict=True)
    each = [radiomics(s, m, **SIX_LEVELS) for s, m in slices]
    return {name: np.mean([one[name] for one in each]) for name in each[0]}


@pytest.mark.parametrize(("family", "tag"), CASES)
def test_reference_value(found, family, tag):
    wanted = phantom.references(PREFIXES[family].strip("_"), "2D")[tag]
    assert phantom.same_figures(found[f"{family}.{tag}"], wanted)


def test_all_families_are_offered(found):
    assert set(found) == {f"{family}.{tag}" for family, tag in CASES}


def test_an_unknown_family_is_named():
    with pytest.raises(SesamoidError, match="no family 'shape'"):
        radiomics(np.ones((8, 8)), families=["shape"])


def test_without_the_extra_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "mirp", None)
    with pytest.raises(MissingExtra, match="radiomics"):
        radiomics(np.ones((8, 8)))
