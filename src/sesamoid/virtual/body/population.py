"""Who can be drawn: the tables of people, sizes and pathologies."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import yaml

Rng = np.random.Generator


@cache
def load_table(name: str) -> dict[str, Any]:
    """A table of this room, by its file name without the ending; read, not changed."""
    folder = resources.files("sesamoid.virtual.body").joinpath("tables")
    table: dict[str, Any] = yaml.safe_load(folder.joinpath(f"{name}.yaml").read_text("utf-8"))
    return table


@dataclass(frozen=True)
class Law:
    """How one value varies between healthy people.

    Parameters
    ----------
    mean, sd, low, high : float
        In the unit that the value's name ends with; draws are kept within low and high.
    log : bool
        Lognormal with this mean and SD; else normal.
    size, age : float
        Correlation with the standardised hand length and age.
    follows : tuple of (str, float)
        Correlation with another value's standardised draw.
    source, tag : str
        Where the numbers come from; R read, M recalled, P proposal.
    """

    mean: float
    sd: float
    low: float
    high: float
    log: bool = False
    size: float = 0.0
    age: float = 0.0
    follows: tuple[str, float] | None = None
    source: str = ""
    tag: str = "P"

    def at(self, score: float) -> float:
        """The value of a standard normal score."""
        if self.log:
            spread = np.log1p((self.sd / self.mean) ** 2)
            value = self.mean * np.exp(score * np.sqrt(spread) - spread / 2)
        else:
            value = self.mean + score * self.sd
        return float(np.clip(value, self.low, self.high))


@cache
def laws() -> dict[str, Law]:
    """The law of each value, in the order in which they are drawn."""
    found = {}
    for name, entry in load_table("population")["values"].items():
        plain = {key: value for key, value in entry.items() if key != "follows"}
        follows = entry.get("follows")
        pair = next(iter(follows.items())) if follows else None
        found[name] = Law(**plain, follows=pair)
    return found


def draw_values(rng: Rng, *, size_score: float, age_score: float) -> dict[str, float]:
    """Every healthy value of one person.

    Parameters
    ----------
    rng : numpy Generator
    size_score, age_score : float
        Standardised hand length and age.
    """
    scores: dict[str, float] = {}
    values: dict[str, float] = {}
    for name, law in laws().items():
        own = float(rng.standard_normal())
        shared = law.size * size_score + law.age * age_score
        rest = 1.0 - law.size**2 - law.age**2
        if law.follows:
            other, rho = law.follows
            # The other's score already carries what it shares with size and age.
            weight = rho if law.size == law.age == 0 else rho * np.sqrt(rest)
            shared += weight * _own_part(scores[other], laws()[other], size_score, age_score, law)
            rest -= weight**2
        scores[name] = shared + np.sqrt(max(rest, 0.0)) * own
        values[name] = law.at(scores[name])
    return values


def _own_part(score: float, other: Law, size: float, age: float, law: Law) -> float:
    """What of another value's score is new to a law that already has size and age."""
    if law.size == law.age == 0:
        return score
    own = score - other.size * size - other.age * age
    return float(own / np.sqrt(1.0 - other.size**2 - other.age**2))
