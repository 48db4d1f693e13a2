"""Two threads and one frame between them: the newest is assessed, the rest are dropped."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal

from sesamoid.live.clock import Clock, SystemClock
from sesamoid.live.frames import Happening, LiveFrame, SourceEvent
from sesamoid.live.latency import LatencyHistogram
from sesamoid.live.slot import NewestSlot, Slot
from sesamoid.live.sources.base import Source

PATIENCE_S = 3.0
"""How long a source may take to stop when it is told to; a device may hang."""

Ending = Literal["source ended", "stopped", "failed"]


@dataclass(frozen=True)
class LoopReport:
    """What became of the frames.

    Parameters
    ----------
    grabbed, assessed, dropped : int
    p50_s, p95_s, largest_s : float or None
        End-to-end latency: from grabbing to the end of the work on a frame.
    ending : str
        ``"source ended"``, ``"stopped"`` or ``"failed"``.
    reason : str
        In words.
    error : BaseException, optional
        That ended it.
    """

    grabbed: int
    assessed: int
    dropped: int
    p50_s: float | None
    p95_s: float | None
    largest_s: float | None
    ending: Ending
    reason: str
    error: BaseException | None = field(default=None, repr=False)


class FrameLoop:
    """Grabs frames from a source in one thread and works on the newest in another.

    There is no queue: a frame that was not taken when the next one comes is dropped and counted,
    so that the latency is never more than one frame's and one assessment's time, however slow the
    assessment is. With `drop` off the grabber waits instead: for files, where every frame counts.

    Parameters
    ----------
    source : Source
    work : callable
        Gets each frame that is assessed.
    on_event : callable, optional
        Gets each event of the source, in order and at once, in the thread of `work`.
    clock : Clock, optional
    drop : bool
    slot : Slot, optional
        In place of a `NewestSlot`.
    """

    def __init__(
        self,
        source: Source,
        work: Callable[[LiveFrame], None],
        *,
        on_event: Callable[[SourceEvent], None] | None = None,
        clock: Clock | None = None,
        drop: bool = True,
        slot: Slot | None = None,
    ):
        self.source, self.work, self.drop = source, work, drop
        self.on_event = on_event if on_event is not None else lambda event: None
        self.clock: Clock = clock if clock is not None else SystemClock()
        self.latency = LatencyHistogram()
        self.grabbed = self.assessed = self.dropped = 0
        self._slot: Slot = slot if slot is not None else NewestSlot()
        self._stopping = threading.Event()
        self._errors: list[BaseException] = []
        self._asked = False
        self._gone = ""
        self._left_out, self._last_left_out = 0, ""

    def stop(self) -> None:
        """End the loop from any thread; the frame that is being worked on is finished."""
        self._asked = True
        self._stopping.set()
        self.source.stop()
        self._slot.close()

    def run(self) -> LoopReport:
        """Run until the source ends, `stop` is called or something fails; never raises for those.

        Interrupting the calling thread (Ctrl-C) stops the loop cleanly and is reported as such.
        """
        grabber = threading.Thread(target=self._grab, name="sesamoid-grabber", daemon=True)
        assessor = threading.Thread(target=self._assess, name="sesamoid-assessor", daemon=True)
        grabber.start()
        assessor.start()
        try:
            _join(assessor)
        except KeyboardInterrupt:
            self.stop()
            _join(assessor)
        self.source.stop()
        self._slot.discard()
        grabber.join(PATIENCE_S)
        hangs = grabber.is_alive()
        return self._report(hangs)

    def _grab(self) -> None:
        try:
            for item in self.source:
                if self._stopping.is_set():
                    return
                if isinstance(item, SourceEvent):
                    self._remember(item)
                    self._slot.tell(item)
                    continue
                self.grabbed += 1
                stamped = replace(item, grabbed_s=self.clock.now())
                if self._slot.put(stamped, wait=not self.drop):
                    self.dropped += 1
        except BaseException as error:
            self._errors.append(error)
        finally:
            self._slot.close()

    def _assess(self) -> None:
        try:
            while (taken := self._slot.take()) is not None:
                frame, events = taken
                for event in events:
                    self.on_event(event)
                if frame is None:
                    continue
                if self._stopping.is_set():
                    return
                self.work(frame)
                self.assessed += 1
                self.latency.add(self.clock.now() - frame.grabbed_s)
                del taken, frame
        except BaseException as error:
            self._errors.append(error)
        finally:
            self._stopping.set()

    def _report(self, hangs: bool) -> LoopReport:
        ending, reason, error = self._ending(hangs)
        counted = self.latency.count > 0
        return LoopReport(
            grabbed=self.grabbed,
            assessed=self.assessed,
            dropped=self.grabbed - self.assessed,
            p50_s=self.latency.quantile(0.5),
            p95_s=self.latency.quantile(0.95),
            largest_s=self.latency.largest_s if counted else None,
            ending=ending,
            reason=reason,
            error=error,
        )

    def _ending(self, hangs: bool) -> tuple[Ending, str, BaseException | None]:
        if self._errors:
            error = self._errors[0]
            return "failed", str(error) or type(error).__name__, error
        if hangs:
            return "stopped", "stopped; the source did not answer and was left behind", None
        if self._asked:
            return "stopped", "stopped on request", None
        reason = self._gone or "the source ended"
        if self._left_out:
            more = f", and {self._left_out - 1} more before" if self._left_out > 1 else ""
            reason += f"; {self._last_left_out}{more}"
        return "source ended", reason, None

    def _remember(self, event: SourceEvent) -> None:
        """What the end of the source is to say."""
        if event.happening is Happening.GONE:
            self._gone = event.text
        elif event.happening in (Happening.UNREADABLE, Happening.ONLY_FIRST):
            self._left_out += 1
            self._last_left_out = event.text


def _join(thread: threading.Thread) -> None:
    """Wait in short steps: a long wait would hold up Ctrl-C on some systems."""
    while thread.is_alive():
        thread.join(0.2)
