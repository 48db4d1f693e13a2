"""A digital person's wrist and hand, as numbers drawn from the population."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sesamoid.virtual.body.pathology import Pathology
from sesamoid.virtual.body.population import draw_values, load_table

REFERENCE_HAND_LENGTH_MM = 190.0


@dataclass(frozen=True)
class Person:
    """What a body is built from. Equal seeds and pathologies give equal people.

    Parameters
    ----------
    seed : int
    sex : str
        ``female`` or ``male``.
    age_years : float
    stature_mm, hand_length_mm : float
    side : str
        The hand that is scanned, ``right`` or ``left``. The body is always described as a right
        one; a left one is its mirror (see `sesamoid.virtual.pose`).
    dominant_side : str
    values : mapping of str to float
        Sizes by name, each with its unit as ending; pathology included. Laws and sources are in
        ``tables/population.yaml``.
    healthy_values : mapping of str to float
        The same before the pathologies.
    variants : frozenset of str
        Of ``bifid_median_nerve``, ``persistent_median_artery``, ``absent_palmaris_longus``.
    pathologies : tuple of Pathology
    """

    seed: int
    sex: str
    age_years: float
    stature_mm: float
    hand_length_mm: float
    side: str
    dominant_side: str
    values: Mapping[str, float] = field(repr=False)
    healthy_values: Mapping[str, float] = field(repr=False)
    variants: frozenset[str] = frozenset()
    pathologies: tuple[Pathology, ...] = ()

    @property
    def scale(self) -> float:
        """Hand length over that of the reference tables."""
        return self.hand_length_mm / REFERENCE_HAND_LENGTH_MM

    def severity(self, kind: str, site: str = "") -> int:
        """Severity of a pathology at a site; 0 where the person does not have it."""
        return max(
            (p.severity for p in self.pathologies if p.kind == kind and site in ("", p.site)),
            default=0,
        )

    def rng(self, purpose: str) -> np.random.Generator:
        """A random generator of this person, of its own for each purpose."""
        return np.random.default_rng([self.seed, *purpose.encode()])


def draw_person(
    seed: int, pathology: Pathology | str | Iterable[Pathology | str] | None = None
) -> Person:
    """One person of the population.

    Parameters
    ----------
    seed : int
        The same seed gives the same person; a pathology changes nothing that it does not concern.
    pathology : Pathology, str or several of them, optional
        A string is ``kind``, ``kind:severity`` or ``kind:severity:site``.

    Raises
    ------
    SesamoidError
        Where there is no such pathology, severity or site.
    """
    table = load_table("population")
    people = table["people"]
    rng = np.random.default_rng([seed, 1])
    sex = "female" if rng.random() < people["female_share"] else "male"
    age = float(rng.uniform(people["age_years"]["low"], people["age_years"]["high"]))
    stature_score, own_score = np.clip(rng.standard_normal(2), -2.5, 2.5)
    rho = people["hand_length_mm"]["correlation_with_stature"]["value"]
    hand_score = rho * stature_score + np.sqrt(1 - rho**2) * own_score
    stature = people["stature_mm"][sex]
    hand = people["hand_length_mm"]
    hand_length = float(hand[sex]["mean"] + hand[sex]["sd"] * np.clip(hand_score, -2.2, 2.2))
    side = "left" if rng.random() < people["left_hand_scanned_share"] else "right"
    dominant = "right" if rng.random() < people["right_handed_share"]["value"] else "left"
    variants = _draw_variants(rng, table["variants"])

    share = people["female_share"]
    mean = share * hand["female"]["mean"] + (1 - share) * hand["male"]["mean"]
    between = share * (1 - share) * (hand["female"]["mean"] - hand["male"]["mean"]) ** 2
    within = share * hand["female"]["sd"] ** 2 + (1 - share) * hand["male"]["sd"] ** 2
    size_score = (hand_length - mean) / np.sqrt(between + within)
    low, high = people["age_years"]["low"], people["age_years"]["high"]
    age_score = (age - (low + high) / 2) / ((high - low) / np.sqrt(12))
    healthy = draw_values(rng, size_score=size_score, age_score=age_score)
    healthy |= _draw_tendons(rng, table["tendons"], hand_length)
    healthy |= table["pathological_values"]

    pathologies = _as_pathologies(pathology)
    values = dict(healthy)
    for number, one in enumerate(pathologies):
        values = one.apply(values, np.random.default_rng([seed, 2, number]))
    return Person(
        seed=seed,
        sex=sex,
        age_years=age,
        stature_mm=float(stature["mean"] + stature["sd"] * stature_score),
        hand_length_mm=hand_length,
        side=side,
        dominant_side=dominant,
        values=values,
        healthy_values=healthy,
        variants=variants,
        pathologies=pathologies,
    )


def _as_pathologies(
    given: Pathology | str | Iterable[Pathology | str] | None,
) -> tuple[Pathology, ...]:
    if given is None:
        return ()
    several = [given] if isinstance(given, Pathology | str) else list(given)
    return tuple(p if isinstance(p, Pathology) else Pathology.parse(p) for p in several)


def _draw_variants(
    rng: np.random.Generator, table: Mapping[str, Mapping[str, float]]
) -> frozenset[str]:
    found = set()
    for name, entry in table.items():
        share = entry["share"]
        if "of_bifid" in entry and "bifid_median_nerve" in found:
            share = entry["of_bifid"]
        if rng.random() < share:
            found.add(name)
    return frozenset(found)


def _draw_tendons(
    rng: np.random.Generator, table: Mapping[str, Any], hand_length_mm: float
) -> dict[str, float]:
    """Width and height of each tendon; half of the spread is the person's, half the tendon's."""
    sizes, cv = table["sizes"], table["cv"]
    growth = (hand_length_mm / table["hand_length_mm"]) ** table["grow"]
    person = float(np.clip(rng.standard_normal(), -2.5, 2.5))
    drawn = {}
    for name, (width, height) in sizes.items():
        own = np.clip(rng.standard_normal(2), -2.5, 2.5)
        factors = growth * (1 + cv * (person + own) / np.sqrt(2))
        drawn[f"{name}_width_mm"] = float(width * factors[0])
        drawn[f"{name}_height_mm"] = float(height * factors[1])
    return drawn
