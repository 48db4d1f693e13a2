"""Categories and quality grades."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sesamoid.anatomy import Code
from sesamoid.errors import SesamoidError


class GradeLetter(StrEnum):
    """Quality of an image for its purpose."""

    A = "A"
    B = "B"
    C = "C"


@dataclass(frozen=True)
class SubScore:
    """One aspect of quality, 0 (unusable) to 1 (good), with what was measured."""

    name: str
    score: float
    detail: str


@dataclass(frozen=True)
class Grade:
    """A grade with its reasons; C means not measurable.

    Parameters
    ----------
    letter : GradeLetter
    score : float
        0..1.
    sub_scores : tuple of SubScore
    reasons : tuple of str
        Plain words, worst first; empty for a faultless A.
    rule : str
        Name and version of the rule, and whether it is published or a proposal.
    frame : int
    """

    letter: GradeLetter
    score: float
    sub_scores: tuple[SubScore, ...]
    reasons: tuple[str, ...]
    rule: str
    frame: int = 0

    @property
    def measurable(self) -> bool:
        """False where nothing may be measured on this image."""
        return self.letter is not GradeLetter.C


@dataclass(frozen=True)
class Category:
    """A choice among named classes with probabilities that sum to 1.

    Parameters
    ----------
    name : str
        What was decided, e.g. ``"standard plane"``.
    probabilities : tuple of (str, float)
    code : Code, optional
        Of what was decided.
    evidence : tuple of str
    """

    name: str
    probabilities: tuple[tuple[str, float], ...]
    code: Code | None = None
    evidence: tuple[str, ...] = ()
    frame: int = 0

    def __post_init__(self) -> None:
        total = sum(p for _, p in self.probabilities)
        if abs(total - 1) > 1e-3:
            raise SesamoidError(f"probabilities of {self.name!r} sum to {total:.4f}, not 1")

    @property
    def choice(self) -> str:
        """The most probable class."""
        return max(self.probabilities, key=lambda item: item[1])[0]
