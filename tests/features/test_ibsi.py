"""Agreement with the published IBSI-1 reference values."""

import numpy as np
import pytest

from sesamoid.features import cooccurrence, first_order, run_length

from . import phantom

SIX_LEVELS = {"levels": 6, "limits": (0.5, 6.5)}


@pytest.mark.parametrize("name", sorted(phantom.FIRST_ORDER))
def test_first_order(name):
    found = first_order(phantom.SLICES.reshape(-1, 5), phantom.MASK.reshape(-1, 5))
    assert phantom.same_figures(found[name], phantom.FIRST_ORDER[name])


@pytest.mark.parametrize("name", sorted(phantom.COOCCURRENCE))
def test_cooccurrence(name):
    found = [
        cooccurrence(s, m, **SIX_LEVELS)[name]
        for s, m in zip(phantom.SLICES, phantom.MASK, strict=True)
    ]
    assert phantom.same_figures(np.mean(found), phantom.COOCCURRENCE[name])


@pytest.mark.parametrize("name", sorted(phantom.RUN_LENGTH))
def test_run_length(name):
    found = [
        run_length(s, m, **SIX_LEVELS)[name]
        for s, m in zip(phantom.SLICES, phantom.MASK, strict=True)
    ]
    assert phantom.same_figures(np.mean(found), phantom.RUN_LENGTH[name])
