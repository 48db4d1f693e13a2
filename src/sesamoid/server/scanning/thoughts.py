"""What was thought of the last frames, for those that are kept a while after they were seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sesamoid.live import Assessment
from sesamoid.live.recent import Recent

REMEMBERED = 400
"""Frames; one that waits to be kept is not older."""


@dataclass(frozen=True)
class Thought:
    """What was thought of a frame, beyond its labels and its grade.

    Parameters
    ----------
    seen : mapping of str to float
        Visibility of parts.
    probabilities : mapping of str to float
        Of planes.
    """

    seen: Mapping[str, float]
    probabilities: Mapping[str, float]


class Thoughts:
    """By the time of the frame; from any thread."""

    def __init__(self) -> None:
        self._held: Recent[Thought] = Recent(REMEMBERED)

    def add(self, time_s: float, found: Assessment) -> None:
        """Of a new frame."""
        seen = {key: part.visibility for key, part in found.seen.items()}
        self._held.add(time_s, Thought(seen, found.probabilities))

    def of(self, time_s: float) -> Thought | None:
        """Of a frame of that time, where it is still known."""
        return self._held.of(time_s)
