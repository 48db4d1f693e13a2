"""People and bodies that several tests look at; each is built once."""

from __future__ import annotations

from functools import cache

from sesamoid.virtual.body import Motion, WristHand, draw_person


@cache
def body(seed: int, *pathologies: str) -> WristHand:
    """One person's wrist and hand."""
    return WristHand(draw_person(seed, list(pathologies)))


def moved(seed: int, **angles: object) -> WristHand:
    """The same in another position."""
    return body(seed).moved(Motion(**angles))  # type: ignore[arg-type]
