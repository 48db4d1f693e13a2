"""What a source of frames is, and how its frames are paced."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator
from types import TracebackType
from typing import Protocol, Self

from sesamoid.findings import DataOrigin
from sesamoid.live.clock import Clock, SystemClock
from sesamoid.live.frames import LiveFrame, Orientation, SourceEvent


class Source(Protocol):
    """An iterator of frames, and of what happens to it; a context manager that lets go of it."""

    @property
    def name(self) -> str:
        """For people and for the record."""
        ...

    @property
    def origin(self) -> DataOrigin:
        """Real or virtual."""
        ...

    @property
    def orientation(self) -> Orientation:
        """How it shows what it sees."""
        ...

    def __iter__(self) -> Iterator[LiveFrame | SourceEvent]: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def stop(self) -> None:
        """Let the iteration end soon; from any thread."""
        ...


class PacedSource(ABC):
    """The common part of sources: pace, stopping, letting go.

    Parameters
    ----------
    name : str
    origin : DataOrigin
    orientation : Orientation, optional
    pace : bool
        Frames come at their own times; else as fast as they are taken.
    clock : Clock, optional
    """

    def __init__(
        self,
        name: str,
        *,
        origin: DataOrigin = DataOrigin.REAL,
        orientation: Orientation | None = None,
        pace: bool = True,
        clock: Clock | None = None,
    ):
        self.name, self.origin, self.pace = name, origin, pace
        self.orientation = orientation if orientation is not None else Orientation()
        self.clock: Clock = clock if clock is not None else SystemClock()
        self.stopped = threading.Event()

    @abstractmethod
    def frames(self) -> Iterator[LiveFrame | SourceEvent]:
        """The frames, without regard to pace."""

    def __iter__(self) -> Iterator[LiveFrame | SourceEvent]:
        began: float | None = None
        for item in self.frames():
            if self.stopped.is_set():
                return
            if self.pace and isinstance(item, LiveFrame):
                now = self.clock.now()
                if began is None:
                    began = now - item.time_s
                if self.clock.wait(began + item.time_s - now, self.stopped):
                    return
            yield item

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        self.close()

    def stop(self) -> None:
        """Let the iteration end soon; from any thread."""
        self.stopped.set()

    def close(self) -> None:
        """Let go of files and devices; nothing by itself."""
        return
