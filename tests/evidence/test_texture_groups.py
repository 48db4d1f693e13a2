"""Cross-validation by person: it finds what is there, and not what only a leak would find."""

import json
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm

pytest.importorskip("sklearn")

from sesamoid.errors import DataError
from sesamoid.evidence.texture_figures import assess
from sesamoid.evidence.texture_groups import check_folds, cross_validate, person_folds
from sesamoid.learning.texture_forest import ForestSettings
from sesamoid.learning.texture_recipe import TextureNetworkSettings, TextureRecipe
from tests.learning.textures import streaks, study

FOREST = TextureRecipe(
    families=("first_order", "glcm"), models=("forest",), forest=ForestSettings(trees=60), folds=4
)


def auc_of(examples, recipe=FOREST, **options):
    found = assess(cross_validate(examples, recipe, **options), n=300)
    return found["models"]["forest"]["person"]["auc"]


def own_look(rng, group, number):
    """Every person has a texture of their own, which says nothing of the group."""
    return {
        "blur": tuple(rng.uniform(0.6, 3, 2)),
        "mean": rng.uniform(60, 160),
        "spread": rng.uniform(12, 30),
    }


def test_groups_that_differ_are_told_apart():
    found = auc_of(study(lambda rng, g, n: {"blur": (1, 1) if g == "a" else (1.6, 1.6)}))
    assert found["estimate"] > 0.97


def test_a_known_overlap_gives_its_known_auc():
    """Brightness alone, 2 SD apart over people: no method can reach more than AUC 0.921."""
    found = auc_of(
        study(
            lambda rng, g, n: {"mean": rng.normal(90 if g == "a" else 114, 12)},
            people=40,
            images=1,
        ),
        replace(FOREST, families=("first_order",)),
    )
    best = norm.cdf(2 / np.sqrt(2))
    assert found["ci95"][0] <= best <= found["ci95"][1]
    assert found["estimate"] > 0.8


def test_labels_without_meaning_give_chance():
    found = auc_of(study(own_look, people=25, images=1, seed=4))
    assert found["ci95"][0] < 0.5 < found["ci95"][1]


@pytest.fixture(scope="module")
def own_looks():
    return study(own_look, people=8, images=6, seed=2)


def test_people_s_own_looks_are_not_taken_for_the_group(own_looks):
    found = auc_of(own_looks)
    assert found["ci95"][0] < 0.5 < found["ci95"][1]


def test_a_split_by_image_would_have_found_them(own_looks):
    """The leak that the test above must be able to see: every image passed off as a person."""
    passed_off = [replace(e, person=f"{e.person}-{i}") for i, e in enumerate(own_looks)]
    assert auc_of(passed_off)["estimate"] > 0.9


def test_folds_that_divide_a_person_are_refused(own_looks):
    by_image = np.arange(len(own_looks)) % 4
    with pytest.raises(DataError, match="person 'a0' has images in folds 0 and 1"):
        cross_validate(own_looks, FOREST, fold=by_image)


def test_folds_hold_whole_people_and_every_group(own_looks):
    folds = person_folds(own_looks, folds=4, seed=0)
    check_folds([e.person for e in own_looks], folds)
    for number in range(4):
        assert {e.group for e, f in zip(own_looks, folds, strict=True) if f == number} == {"a", "b"}


def test_fewer_folds_where_a_group_is_small():
    assert set(person_folds(study(streaks, people=3), folds=5, seed=0)) == {0, 1, 2}


def test_a_group_with_one_person_is_refused():
    with pytest.raises(DataError, match="one person"):
        cross_validate(study(streaks, people=1), FOREST)


def test_a_fold_that_takes_a_whole_group_is_refused():
    examples = study(streaks, people=2)
    with pytest.raises(DataError, match="nobody of group 'a'"):
        cross_validate(examples, FOREST, fold=np.array([e.group == "b" for e in examples]) * 1)


def test_the_family_that_tells_is_the_important_one():
    examples = study(streaks, people=8, images=1)
    recipe = replace(FOREST, families=("first_order", "gabor"))
    found = cross_validate(examples, recipe).family_importance
    assert found["gabor"] > 0.2
    assert abs(found["first_order"]) < 0.15


def test_three_groups():
    found = assess(
        cross_validate(
            study(
                lambda rng, g, n: {"mean": {"a": 70, "b": 110, "c": 150}[g]},
                people=6,
                images=1,
                groups=("a", "b", "c"),
            ),
            FOREST,
        ),
        n=100,
    )
    assert found["models"]["forest"]["person"]["auc"]["estimate"] > 0.95
    assert np.sum(found["models"]["forest"]["confusion"]) == 18


def test_forest_and_network_stand_side_by_side():
    pytest.importorskip("torch")
    recipe = replace(
        FOREST,
        models=("forest", "network"),
        folds=2,
        families=("gabor",),
        network=TextureNetworkSettings(side_px=32, widths=(8, 16, 24), epochs=6),
    )
    told = []
    held_out = cross_validate(
        study(streaks, people=6), recipe, on_progress=lambda what, share: told.append(share)
    )
    found = assess(held_out, n=100)
    for model in ("forest", "network"):
        assert found["models"][model]["person"]["auc"]["estimate"] > 0.9
        assert found["models"][model]["calibration"]["brier"] < 0.5
    assert -0.1 <= found["forest_minus_network"]["estimate"] <= 0.1
    assert told == sorted(told)
    assert {0.5, 1.0} <= set(told)
    assert json.loads(json.dumps(found)) == found
