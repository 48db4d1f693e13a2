"""A recording that begins again where it ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sesamoid.live import LiveFrame, SourceEvent
from sesamoid.live.sources.base import PacedSource


class Looped(PacedSource):
    """Plays a source again and again; time goes on and frames are counted on.

    Parameters
    ----------
    once : PacedSource
        Its `frames` can be asked for any number of times.
    """

    def __init__(self, once: PacedSource):
        super().__init__(
            once.name, origin=once.origin, orientation=once.orientation, pace=once.pace,
            clock=once.clock,
        )  # fmt: skip
        self._once = once

    def frames(self) -> Iterator[LiveFrame | SourceEvent]:
        """The frames, from the beginning after the last; none where the source has none."""
        start_s, number = 0.0, 0
        while True:
            shown: list[float] = []  # the times of the last two frames
            for item in self._once.frames():
                if isinstance(item, LiveFrame):
                    shown = [*shown[-1:], item.time_s]
                    item = replace(item, time_s=start_s + item.time_s, index=number)
                    number += 1
                else:
                    item = replace(item, time_s=start_s + item.time_s)
                yield item
            if not shown:
                return
            step = shown[-1] - shown[0] if len(shown) > 1 else 1.0
            start_s += shown[-1] + max(step, 0.001)

    def close(self) -> None:
        """Let go of the file."""
        self._once.close()
