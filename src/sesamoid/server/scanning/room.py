"""A running examination on the server: browsers come and go, it lives on."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from sesamoid.anatomy import Protocol
from sesamoid.errors import SesamoidError
from sesamoid.live import Checklist, Kept, LiveFrame, LiveUpdate, Session
from sesamoid.live.latency import LatencyHistogram
from sesamoid.live.slot import NewestSlot
from sesamoid.server.scanning.assistants import Assistant
from sesamoid.server.scanning.broadcast import Broadcast
from sesamoid.server.scanning.feed import FrameFeed
from sesamoid.server.scanning.request import ScanRequest
from sesamoid.server.scanning.room_checklist import RoomChecklist
from sesamoid.server.scanning.room_state import state_of
from sesamoid.server.scanning.sources import Opened
from sesamoid.server.scanning.thoughts import Thoughts
from sesamoid.virtual.acquisition import Frame

PATIENCE_S = 20.0
"""How long the end of a session is waited for."""

log = logging.getLogger(__name__)

OnKept = Callable[["ScanRoom", Kept], None]
OnEnd = Callable[["ScanRoom", bool, str], None]


class ScanRoom:
    """One exam in progress; every method may be called from any thread.

    Parameters
    ----------
    id : str
        That of the exam.
    account_id : int
        Of the operator.
    request : ScanRequest
    opened : Opened
    assistant : Assistant
    protocol : Protocol
    folder : Path
        Of the exam; its record is resumed where there is one.
    on_kept, on_end : callable
        Get what is to be stored, and whether it failed and why it ended: from the assessor's
        thread, and from the session's own. The room is over when the latter returns.

    Raises
    ------
    OutputError
        The folder cannot be written to.
    """

    def __init__(
        self,
        id: str,
        account_id: int,
        request: ScanRequest,
        opened: Opened,
        assistant: Assistant,
        protocol: Protocol,
        folder: Path,
        *,
        on_kept: OnKept,
        on_end: OnEnd,
    ):
        self.id, self.account_id, self.request = id, account_id, request
        self.opened, self.assistant, self.protocol = opened, assistant, protocol
        self.folder = folder
        self.probe, self.machine = opened.probe, opened.machine
        self._glass = LatencyHistogram()
        self.began_s = time.monotonic()
        self._on_kept, self._on_end = on_kept, on_end
        self._lock = threading.Lock()
        self.thoughts = Thoughts()
        self._drawn: list[dict[str, Any]] = []
        self._frozen = self._resting = False
        self._unshown = 0
        self.over: dict[str, str] | None = None
        self._kept = RoomChecklist(
            protocol, folder, by=None if request.assistant else "operator",
            on_change=lambda: self.broadcast.fan.poke(),
        )  # fmt: skip
        self._slot = NewestSlot()
        self.broadcast = Broadcast(
            protocol, opened.side, grabbed=self._grabbed,
            probe=lambda: None if self.probe is None else self.probe.state(),
        )  # fmt: skip
        self.session = Session(
            opened.source, assistant.assessor, protocol, folder,
            assistant=request.assistant, side=opened.side, slot=self._slot,
        )  # fmt: skip
        self._thread = threading.Thread(
            target=self._run, name=f"sesamoid-room-{id[:8]}", daemon=True
        )

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def subscribe(self, viewer: str, loop: asyncio.AbstractEventLoop) -> FrameFeed:
        """Frames for one more viewer; a room that rests wakes up."""
        self.rest(False)
        return self.broadcast.subscribe(viewer, loop)

    def unsubscribe(self, feed: FrameFeed) -> None:
        """A viewer goes; the exam does not."""
        self.broadcast.fan.remove(feed)

    def end(self) -> None:
        """End the exam and wait until all of it is on the disk."""
        self.opened.source.clock.thaw()
        self.session.stop()
        if threading.current_thread() is not self._thread:
            self._thread.join(PATIENCE_S)

    @property
    def ended(self) -> bool:
        """Whether it is over."""
        return self.over is not None

    def capture(self, plane: str | None = None, drawn: list[dict[str, Any]] | None = None) -> None:
        """Keep the picture by hand: the one that is frozen, else the next one.

        Parameters
        ----------
        plane : str, optional
            Of which it is; the one that is seen where left out.
        drawn : list of dict, optional
            Calipers and notes on it.

        Raises
        ------
        SesamoidError
            No plane is named and none is seen, or the protocol has no such plane.
        """
        if plane is None and self._seen_plane() is None:
            raise SesamoidError("no plane is seen", fix="say of which plane the picture is.")
        with self._lock:
            self._drawn = list(drawn or [])
        self.session.capture(plane)
        update = self.broadcast.newest
        if self.frozen and update is not None and update.frame is not None:
            self._slot.put(replace(update.frame, grabbed_s=time.monotonic()), wait=False)

    def retake(self, plane: str) -> None:
        """Take a plane again: the next frame that holds replaces what is kept."""
        self.session.retake(plane)
        self._kept.retake(plane)

    def freeze(self) -> None:
        """Let the picture stand."""
        self._frozen = True
        self.opened.source.clock.freeze()
        self.broadcast.news("frozen", on=True)

    def thaw(self) -> None:
        """Let it go on."""
        self._frozen = False
        if not self._resting:
            self.opened.source.clock.thaw()
        self.broadcast.news("frozen", on=False)

    @property
    def frozen(self) -> bool:
        """Whether somebody let the picture stand."""
        return self._frozen

    def rest(self, on: bool) -> None:
        """Nobody watches: a source that can wait does, and is back with the first viewer."""
        self._resting = on and self.request.kind != "device"
        clock = self.opened.source.clock
        if self._resting:
            clock.freeze()
        elif not self._frozen:
            clock.thaw()

    def set_assistant(self, on: bool) -> None:
        """Show what the assistant sees and says, or hide it; it keeps pictures all the same.

        Raises
        ------
        SesamoidError
            The exam was begun without it: then it stays so, to be comparable.
        """
        if on and not self.request.assistant:
            raise SesamoidError(
                "this exam was begun without the assistant",
                fix="begin another one to have its help.",
            )
        self.broadcast.shown = on
        self.broadcast.news("assistant", on=on)
        self.broadcast.again()

    @property
    def checklist(self) -> Checklist:
        """What is kept; without the assistant what was captured by hand."""
        return self._kept.now

    @property
    def revision(self) -> int:
        """Rises with every change of the checklist."""
        return self._kept.revision

    def frame(self) -> Frame | None:
        """The newest frame of a virtual patient with its truth; None of a real one."""
        device, update = self.opened.device, self.broadcast.newest
        if device is None or update is None or update.frame is None:
            return None
        return device.frame_at(update.frame.time_s)

    def take_drawn(self) -> list[dict[str, Any]]:
        """What was drawn on the picture that was just kept by hand, told once."""
        with self._lock:
            drawn, self._drawn = self._drawn, []
        return drawn

    def shown_at(self, grabbed_ms: float, shown_ms: float) -> None:
        """A browser showed a frame; both times on this machine's clock."""
        passed_s = (shown_ms - grabbed_ms) / 1000
        if 0 <= passed_s < 60:
            with self._lock:
                self._glass.add(passed_s)

    def glass_s(self, share: float) -> float | None:
        """Seconds from the probe to a browser's screen that this share of frames took at most."""
        with self._lock:
            return self._glass.quantile(share)

    def state(self) -> dict[str, Any]:
        """Everything that a page needs to (re)attach, as plain JSON."""
        return state_of(self)

    def _run(self) -> None:
        try:
            report = self.session.run(self._hear).report
            how, why, error = report.ending, report.reason, report.error
        except SesamoidError as caught:  # not even its beginning could be recorded
            how, why, error = "failed", str(caught), caught
        if how == "failed":
            log.error("exam %s failed: %s", self.id, why, exc_info=error)
        self._on_end(self, how == "failed", why)
        self.over = {"how": how, "why": why}
        self.broadcast.news("ended", how=how, why=why)

    def _hear(self, update: LiveUpdate) -> None:
        """In the assessor's thread."""
        if update.assessment is not None and update.frame is not None:
            self.thoughts.add(update.frame.time_s, update.assessment)
        self._kept.hear(update)
        for kept in update.kept:
            self.broadcast.kept(kept)  # first: it is told as kept before it is told as stored
            self._on_kept(self, kept)
        try:
            self.broadcast.frame(update)
        except Exception:
            # What cannot be shown must not end the exam; what is kept is on the disk already.
            if not self._unshown:
                log.exception(
                    "exam %s: a frame cannot be shown; further ones are not told", self.id
                )
            self._unshown += 1

    def _seen_plane(self) -> str | None:
        update = self.broadcast.newest
        if update is None or update.state is None or update.assessment is None:
            return None
        for name in (update.state.plane, update.assessment.plane):
            if name in {plane.id for plane in self.protocol.planes}:
                return name
        return None

    def _grabbed(self, frame: LiveFrame) -> float:
        device = self.opened.device
        sampled = None if device is None else device.sampled_at(frame.time_s)
        return frame.grabbed_s if sampled is None else sampled.at_s
