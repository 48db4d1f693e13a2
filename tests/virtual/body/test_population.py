"""A thousand people, and what is measured on sections of some, against the published numbers."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from scipy import stats

from sesamoid.virtual.body import Person, draw_person
from tests.virtual.body.measure import (
    RECESS_PLANES,
    a1_thickness_mm,
    area_mm2,
    cut,
    recess_thickness_mm,
)
from tests.virtual.body.people import body

PEOPLE = 1000
# Facts 1.3, 2.1 and 2.2: mean, SD (None where none is published), source.
PUBLISHED = {
    "median_nerve_csa_inlet_mm2": (7.4, 1.1, "Mani"),
    "median_nerve_csa_outlet_mm2": (7.1, 1.0, "Mani"),
    "median_nerve_csa_forearm_mm2": (6.8, 1.3, "Mani, distal forearm"),
    "median_nerve_flattening_inlet": (2.66, None, "Mani"),
    "median_nerve_flattening_outlet": (3.69, None, "Mani"),
    "ulnar_nerve_csa_mm2": (5.09, 1.29, "Bae"),
    "tunnel_depth_inlet_mm": (10.4, 1.1, "Mani"),
    "a1_thickness_1_mm": (0.196, 0.051, "A1"),
    "a1_thickness_2_mm": (0.230, 0.055, "A1"),
    "a1_thickness_3_mm": (0.230, 0.055, "A1"),
    "a1_thickness_4_mm": (0.230, 0.055, "A1"),
    "a1_thickness_5_mm": (0.196, 0.051, "A1"),
    "mcp_cartilage_mm": (0.55, None, "KJIM"),
}
# Recesses: only a range of means is published (KJIM): 0.80-0.82 of the wrist, 0.62-0.72 of the MCP.
RECESS_MEANS = {
    "radiocarpal_recess_mm": (0.80, 0.82),
    "midcarpal_recess_mm": (0.80, 0.82),
    **{f"mcp_recess_{n}_mm": (0.62, 0.72) for n in (2, 3, 4, 5)},
}
# Each comparison may fail by chance; all of them together, in 1 of 100 populations (Bonferroni).
COMPARISONS = 2 * len(PUBLISHED) + len(RECESS_MEANS) + 8
Z = float(stats.norm.ppf(1 - 0.01 / (2 * COMPARISONS)))
# Draws are kept within limits 2.2 SD and more from the mean: at 2.5 SD that takes 1.1 % off a
# normal law's SD, at 2.2 SD on one side 1.2 % (variance of a normal law clipped at c:
# 1 - 2Q(c) - 2c phi(c) + 2c^2 Q(c)).
CLIPPED = 0.02
# Pixels of 0.06 mm on an outline of 12 mm, a cut that is oblique by up to 10 deg (1.5 %).
ON_SECTION = 0.03


@cache
def population() -> tuple[Person, ...]:
    return tuple(draw_person(seed) for seed in range(PEOPLE))


def drawn(name: str) -> np.ndarray:
    return np.array([person.values[name] for person in population()])


@pytest.mark.parametrize("name", PUBLISHED)
def test_drawn_mean_and_sd_are_the_published_ones(name):
    mean, sd, _source = PUBLISHED[name]
    values = drawn(name)
    spread = sd if sd is not None else values.std(ddof=1)
    assert values.mean() == pytest.approx(mean, abs=Z * spread / np.sqrt(PEOPLE))
    if sd is not None:
        error = Z / np.sqrt(2 * PEOPLE) + CLIPPED
        assert values.std(ddof=1) == pytest.approx(sd, rel=error)


@pytest.mark.parametrize("name", RECESS_MEANS)
def test_drawn_recesses_have_published_means(name):
    low, high = RECESS_MEANS[name]
    values = drawn(name)
    error = Z * values.std(ddof=1) / np.sqrt(PEOPLE)
    assert low - error <= values.mean() <= high + error


def test_a1_thickens_with_age_as_published():
    age = np.array([person.age_years for person in population()])
    for number in range(1, 6):
        r = np.corrcoef(age, drawn(f"a1_thickness_{number}_mm"))[0, 1]
        # Fisher's z of 0.468 (source A1).
        assert np.arctanh(r) == pytest.approx(np.arctanh(0.468), abs=Z / np.sqrt(PEOPLE - 3))


@pytest.mark.parametrize(
    ("variant", "share"),
    # Shares as in tables/population.yaml (M); of the median artery 6 %, but 40 % of bifid nerves.
    [
        ("bifid_median_nerve", 0.10),
        ("persistent_median_artery", 0.90 * 0.06 + 0.10 * 0.40),
        ("absent_palmaris_longus", 0.12),
    ],
)
def test_variants_are_as_frequent_as_they_should_be(variant, share):
    found = sum(variant in person.variants for person in population())
    tail = 0.01 / (2 * COMPARISONS)
    low, high = stats.binom.ppf([tail, 1 - tail], PEOPLE, share)
    assert low <= found <= high


MEASURED = range(12)


@cache
def measured(seed: int) -> dict[str, float]:
    """Sizes of one person as measured on sections."""
    one = body(seed)
    inlet, outlet = cut(one, "S11"), cut(one, "S12")
    found = {
        "median_nerve_csa_inlet_mm2": area_mm2(one, inlet, "median_nerve"),
        "median_nerve_csa_outlet_mm2": area_mm2(one, outlet, "median_nerve"),
        "ulnar_nerve_csa_mm2": area_mm2(one, inlet, "ulnar_nerve"),
    }
    for number in range(1, 6):
        found[f"a1_thickness_{number}_mm"] = a1_thickness_mm(one, number)
    for key in RECESS_PLANES:
        found[f"{key}_mm"] = recess_thickness_mm(one, key)
    return found


ON_SECTIONS = [
    "median_nerve_csa_inlet_mm2",
    "median_nerve_csa_outlet_mm2",
    "ulnar_nerve_csa_mm2",
    *(f"a1_thickness_{n}_mm" for n in range(1, 6)),
    *RECESS_MEANS,
]


@pytest.mark.parametrize("name", ON_SECTIONS)
def test_what_is_measured_has_the_published_mean_and_sd(name):
    values = np.array([measured(seed)[name] for seed in MEASURED])
    count = len(values)
    if name in PUBLISHED:
        low = high = PUBLISHED[name][0]
        sd = PUBLISHED[name][1]
        # Chi-square bounds of the SD of so few.
        tail = 0.01 / (2 * COMPARISONS)
        bounds = np.sqrt(stats.chi2.ppf([tail, 1 - tail], count - 1) / (count - 1))
        assert bounds[0] * (1 - ON_SECTION) * sd <= values.std(ddof=1)
        assert values.std(ddof=1) <= bounds[1] * (1 + ON_SECTION) * sd
    else:
        low, high = RECESS_MEANS[name]
        sd = values.std(ddof=1)
    error = stats.t.ppf(1 - 0.01 / (2 * COMPARISONS), count - 1) * sd / np.sqrt(count)
    assert low - error - ON_SECTION * low <= values.mean() <= high + error + ON_SECTION * high


@pytest.mark.parametrize("seed", MEASURED)
def test_the_section_shows_the_sizes_that_were_drawn(seed):
    """The sharper test: person by person."""
    values = body(seed).person.values
    for name, size in measured(seed).items():
        if name.endswith("_mm2"):
            assert size == pytest.approx(values[name], rel=ON_SECTION), name
        elif name.startswith("a1"):
            # Two pixels of 0.0083 mm.
            assert size == pytest.approx(values[name], abs=0.017), name
        else:
            # Bone is interpolated between lattice nodes 0.34 x 0.62 mm apart.
            assert size == pytest.approx(values[name], abs=0.08), name
