"""Agreement with the published IBSI-1 reference values, every feature of every family of it."""

import numpy as np
import pytest

from sesamoid.features import cooccurrence, first_order, intensity_histogram, run_length
from sesamoid.features.cooccurrence import cooccurrence_counts, cooccurrence_features
from sesamoid.features.run_length import run_length_counts, run_length_features

from . import phantom

SIX_LEVELS = {"levels": phantom.LEVELS, "limits": (0.5, 6.5)}
MATRICES = {
    "cm": (cooccurrence, cooccurrence_counts, cooccurrence_features),
    "rlm": (run_length, run_length_counts, run_length_features),
}


def cases(*families):
    """(family, variant, tag) of all published values."""
    return [
        (family, variant, tag)
        for family in families
        for variant in ("stat", "2D_avg", "2D_comb", "2_5D_avg", "2_5D_comb")
        for tag in phantom.references(family, variant)
    ]


def flat(array):
    return array.reshape(-1, array.shape[-1])


def found_by(family, variant):
    """All features of the phantom, in one way of bringing directions and slices together."""
    if family == "stat":
        return first_order(flat(phantom.SLICES), flat(phantom.MASK))
    if family == "ih":
        return intensity_histogram(flat(phantom.SLICES), flat(phantom.MASK), **SIX_LEVELS)
    function, count, features = MATRICES[family]
    slices = list(zip(phantom.SLICES, phantom.MASK, strict=True))
    if variant.startswith("2D"):
        aggregation = {"2D_avg": "average", "2D_comb": "merged"}[variant]
        each = [function(s, m, aggregation=aggregation, **SIX_LEVELS) for s, m in slices]
    else:
        # 2.5D: the slices' matrices are added, by direction or over all directions.
        matrices = sum(count(s, m, levels=phantom.LEVELS) for s, m in slices)
        parts = {"2_5D_avg": matrices, "2_5D_comb": [matrices.sum(axis=0)]}[variant]
        each = [features(part) for part in parts]
    return {name: np.mean([one[name] for one in each]) for name in each[0]}


@pytest.fixture(scope="module")
def found():
    made = {}

    def get(family, variant):
        if (family, variant) not in made:
            made[family, variant] = found_by(family, variant)
        return made[family, variant]

    return get


@pytest.mark.parametrize(("family", "variant", "tag"), cases("stat", "ih", "cm", "rlm"))
def test_reference_value(found, family, variant, tag):
    wanted = phantom.references(family, variant)[tag]
    assert phantom.same_figures(found(family, variant)[phantom.NAMES[family][tag]], wanted)


@pytest.mark.parametrize(
    ("family", "variant"), sorted({c[:2] for c in cases("stat", "ih", "cm", "rlm")})
)
def test_every_feature_offered_has_a_reference_value(found, family, variant):
    covered = {phantom.NAMES[family][tag] for tag in phantom.references(family, variant)}
    # Entropy of whole grey levels stands among IBSI's histogram features, where it is tested.
    assert set(found(family, variant)) - covered <= {"entropy_bits"}


def test_entropy_of_whole_levels_is_that_of_the_histogram(found):
    assert phantom.same_figures(
        found("stat", "stat")["entropy_bits"], phantom.references("ih", "stat")["entropy"]
    )
