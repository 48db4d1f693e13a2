"""The frame loop: the newest frame, bounded latency, clean ends. Time is simulated."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from sesamoid.live.frames import Happening, LiveFrame, SourceEvent
from sesamoid.live.latency import LatencyHistogram
from sesamoid.live.loop import FrameLoop
from sesamoid.live.slot import NewestSlot
from sesamoid.live.sources.base import PacedSource

from .scripted import ManualClock

PIXELS = np.full((4, 4), 90, np.uint8)


class World:
    """Simulated time for two threads: it goes on when both wait, to whoever is due first.

    It is clock and slot in one, so that it knows who waits for what; nothing depends on how fast
    the machine is.
    """

    def __init__(self, threads: int = 2):
        self._changed = threading.Condition()
        self._threads, self._time_s = threads, 0.0
        self._waiting: dict[int, tuple[Callable[[], bool], float | None]] = {}
        self._frame: LiveFrame | None = None
        self._events: deque[SourceEvent] = deque()
        self._closed = False

    def now(self) -> float:
        with self._changed:
            return self._time_s

    def wait(self, seconds: float, stop: threading.Event) -> bool:
        with self._changed:
            due = self._time_s + max(0.0, seconds)
            self._block(lambda: self._time_s >= due or stop.is_set(), due)
        return stop.is_set()

    def put(self, frame: LiveFrame, *, wait: bool) -> bool:
        with self._changed:
            if wait:
                self._block(lambda: self._frame is None, None)
            replaced = self._frame is not None
            self._frame = frame
            self._changed.notify_all()
            return replaced

    def tell(self, event: SourceEvent) -> None:
        with self._changed:
            self._events.append(event)
            self._changed.notify_all()

    def take(self):
        with self._changed:
            self._block(lambda: bool(self._frame or self._events or self._closed), None)
            if self._frame is None and not self._events:
                self._threads -= 1
                return None
            taken = self._frame, tuple(self._events)
            self._frame = None
            self._events.clear()
            self._changed.notify_all()
            return taken

    def close(self) -> None:
        with self._changed:
            if not self._closed:
                self._closed = True
                self._threads -= 1  # the grabber ends
                self._advance()
            self._changed.notify_all()

    def discard(self) -> None:
        self.close()

    def _block(self, ready: Callable[[], bool], due: float | None) -> None:
        me = threading.get_ident()
        self._waiting[me] = (ready, due)
        while not ready():
            self._advance()
            if not ready():
                assert self._changed.wait(20), "the simulated threads wait for each other"
        del self._waiting[me]

    def _advance(self) -> None:
        idle = len(self._waiting) >= self._threads
        if idle and not any(ready() for ready, _ in self._waiting.values()):
            times = [due for _, due in self._waiting.values() if due is not None]
            if times:
                self._time_s = max(self._time_s, min(times))
                self._changed.notify_all()


class Ticking(PacedSource):
    """Frames at a rate; or whatever list it is given."""

    def __init__(self, items, **options):
        super().__init__("a test", **options)
        self.items = items

    def frames(self) -> Iterator[LiveFrame | SourceEvent]:
        yield from self.items


def ticks(count: int, fps: float) -> Iterator[LiveFrame]:
    return (LiveFrame(PIXELS, n / fps, n) for n in range(count))


def slow(world: World, seconds: float, seen: list[LiveFrame]) -> Callable[[LiveFrame], None]:
    def work(frame: LiveFrame) -> None:
        seen.append(frame)
        world.wait(seconds, threading.Event())

    return work


@pytest.mark.parametrize("assessor_s", [0.005, 0.1, 0.35])
def test_a_fast_source_never_makes_latency_grow(assessor_s: float) -> None:
    world, seen, latency = World(), [], []
    work = slow(world, assessor_s, seen)

    def timed(frame: LiveFrame) -> None:
        work(frame)
        latency.append(world.now() - frame.grabbed_s)

    loop = FrameLoop(Ticking(ticks(1800, 60), clock=world), timed, clock=world, slot=world)
    report = loop.run()
    assert report.ending == "source ended"
    assert report.grabbed == 1800
    # A frame is taken as soon as the one before is done, and is then the newest: at most one
    # interval old. After the last one nothing newer comes, so it may wait for a whole assessment.
    assert max(latency[:-1]) <= assessor_s + 1 / 60 + 1e-9
    assert latency[-1] <= 2 * assessor_s + 1e-9
    quarter = len(latency) // 4
    first, last = latency[:quarter], latency[-quarter - 1 : -1]
    assert np.mean(last) <= np.mean(first) + 1e-3
    assert report.p95_s is not None
    assert report.p95_s <= 1.07 * (assessor_s + 1 / 60)
    expected = min(1800, 30 / assessor_s)
    assert report.assessed == pytest.approx(expected, rel=0.2)
    assert report.dropped == 1800 - report.assessed
    assert seen[-1].index == 1799, "the newest frame is the one that is assessed"
    assert [f.index for f in seen] == sorted({f.index for f in seen})


def test_without_dropping_every_frame_is_assessed_in_order() -> None:
    world, seen = World(), []
    source = Ticking(ticks(50, 60), clock=world)
    report = FrameLoop(source, slow(world, 0.1, seen), clock=world, slot=world, drop=False).run()
    assert [frame.index for frame in seen] == list(range(50))
    assert report.dropped == 0


def test_real_threads_deliver_the_last_frame() -> None:
    seen: list[int] = []
    source = Ticking(ticks(500, 60), pace=False)
    report = FrameLoop(source, lambda frame: seen.append(frame.index)).run()
    assert seen[-1] == 499
    assert seen == sorted(set(seen))
    assert report.grabbed == 500
    assert report.assessed == len(seen)
    assert report.dropped == 500 - len(seen)


def test_real_threads_without_dropping_miss_none() -> None:
    seen: list[int] = []
    source = Ticking(ticks(500, 60), pace=False)
    FrameLoop(source, lambda frame: seen.append(frame.index), drop=False).run()
    assert seen == list(range(500))


def test_an_error_of_the_source_ends_the_loop_with_its_reason() -> None:
    def broken():
        yield LiveFrame(PIXELS, 0.0, 0)
        raise OSError("the cable burnt")

    seen: list[int] = []
    report = FrameLoop(Ticking(broken(), pace=False), lambda f: seen.append(f.index)).run()
    assert (report.ending, report.reason) == ("failed", "the cable burnt")
    assert isinstance(report.error, OSError)


def test_an_error_of_the_work_ends_the_loop_and_the_source() -> None:
    def work(frame: LiveFrame) -> None:
        raise ValueError("no such class")

    for drop in (True, False):
        source = Ticking(ticks(10**9, 60), pace=False)
        report = FrameLoop(source, work, drop=drop).run()
        assert (report.ending, report.reason) == ("failed", "no such class")
        assert source.stopped.is_set()


def test_stopping_ends_it_between_two_frames() -> None:
    done: list[int] = []

    def work(frame: LiveFrame) -> None:
        done.append(frame.index)
        if len(done) == 3:
            loop.stop()

    source = Ticking(ticks(10**9, 60), pace=False)
    loop = FrameLoop(source, work)
    report = loop.run()
    assert report.ending == "stopped"
    assert len(done) == 3
    assert not [t for t in threading.enumerate() if t.name.startswith("sesamoid-")]


def test_events_come_even_where_no_frame_follows() -> None:
    event = SourceEvent(Happening.UNPLUGGED, "gone", 1.0)
    told: list[SourceEvent] = []
    waiting = threading.Event()

    def items():
        yield event
        assert waiting.wait(10), "the event was not told while there was no frame"

    def hear(one: SourceEvent) -> None:
        told.append(one)
        waiting.set()

    FrameLoop(Ticking(items(), pace=False), lambda frame: None, on_event=hear).run()
    assert told == [event]


def test_an_event_after_a_frame_that_waits_is_told_after_it() -> None:
    slot = NewestSlot()
    before, after, last = (SourceEvent(Happening.BLACK, text, 1.0) for text in "abc")
    first, second = ticks(2, 10)
    slot.tell(before)
    slot.put(first, wait=False)
    slot.tell(after)
    assert slot.take() == (first, (before,))
    assert slot.take() == (None, (after,))
    slot.put(first, wait=False)
    slot.tell(after)
    slot.put(second, wait=False)
    slot.tell(last)
    assert slot.take() == (second, (after,)), "the frame that is dropped takes no event with it"
    slot.close()
    assert slot.take() == (None, (last,))
    assert slot.take() is None


def test_what_could_not_be_read_is_said_at_the_end() -> None:
    def ending(*kinds: Happening) -> tuple[str, str]:
        items = [SourceEvent(kind, f"file {n}", 0.0) for n, kind in enumerate(kinds)]
        report = FrameLoop(Ticking(items, pace=False), lambda frame: None).run()
        return report.ending, report.reason

    lost = Happening.UNREADABLE
    assert ending() == ("source ended", "the source ended")
    assert ending(lost) == ("source ended", "the source ended; file 0")
    assert ending(lost, lost, lost)[1] == "the source ended; file 2, and 2 more before"
    assert ending(Happening.GONE) == ("source ended", "file 0")


def test_pacing_waits_for_each_frames_time() -> None:
    clock, times = ManualClock(), []
    for frame in Ticking(ticks(5, 10), clock=clock):
        times.append(clock.now())
        assert isinstance(frame, LiveFrame)
    assert np.diff(times) == pytest.approx([0.1] * 4)


def test_a_late_source_does_not_wait() -> None:
    clock = ManualClock()
    for _ in Ticking(ticks(5, 10), clock=clock):
        clock.time_s += 1.0
        after = clock.now()
    assert clock.now() == after


def test_histogram_quantiles_within_a_bin() -> None:
    histogram, rng = LatencyHistogram(), np.random.default_rng(0)
    values = rng.lognormal(np.log(0.05), 0.6, 20_000)
    for value in values:
        histogram.add(float(value))
    for share in (0.5, 0.95, 0.99):
        assert histogram.quantile(share) == pytest.approx(np.quantile(values, share), rel=0.08)
    assert histogram.count == 20_000
    assert LatencyHistogram().quantile(0.5) is None


def test_histogram_takes_what_is_out_of_range() -> None:
    histogram = LatencyHistogram()
    for value in (0.0, 1e-9, 1e6):
        histogram.add(value)
    assert histogram.count == 3
    assert histogram.largest_s == 1e6
