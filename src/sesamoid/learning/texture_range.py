"""When an image is too unlike the training images for a texture classifier to be trusted."""

from __future__ import annotations

FLOOR = 0.1
"""Share of features outside the training range that is never warned of [P]."""

TIMES_EXPECTED = 2.0
"""Warned of from this many times the share that people like those of the training show [P]."""


def expected_outside_share(people: int) -> float:
    """Mean share of features of a new, like person outside the range of `people`: 2 / (people + 1).

    From order statistics: each of people + 1 exchangeable values is the largest or the smallest
    with the same chance. Several images of a person widen the range little.
    """
    return 2 / (people + 1)


def unlike_limit(people: int) -> float:
    """Share of features outside the range of `people` from which probabilities are not trusted."""
    return max(FLOOR, TIMES_EXPECTED * expected_outside_share(people))
