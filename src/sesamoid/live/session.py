"""A live examination: frames are assessed, planes kept, and everything is recorded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sesamoid.anatomy import Protocol
from sesamoid.errors import SesamoidError
from sesamoid.live.acquisition import Acquirer
from sesamoid.live.assessment import Assessment, Assessor
from sesamoid.live.candidate import Candidate
from sesamoid.live.checklist import Checklist
from sesamoid.live.clock import Clock, SystemClock
from sesamoid.live.contact import lift_off
from sesamoid.live.frames import LiveFrame, SourceEvent
from sesamoid.live.guidance import Guide
from sesamoid.live.history import check_patient, checklist_items, restore
from sesamoid.live.instruction import Instruction, Side
from sesamoid.live.keeping import Keeper
from sesamoid.live.loop import FrameLoop, LoopReport
from sesamoid.live.planes import PlaneTracker
from sesamoid.live.record import SessionRecord, recorded
from sesamoid.live.requests import Request
from sesamoid.live.session_lines import end_line, event_line, frame_line, start_line
from sesamoid.live.settings import LiveSettings, live_settings
from sesamoid.live.slot import Slot
from sesamoid.live.sources.base import Source
from sesamoid.live.update import LiveUpdate, SessionResult
from sesamoid.live.watch import FrameWatch

OnUpdate = Callable[[LiveUpdate], None]
NO_PICTURE = "no picture: check the probe and the cable"


class Session:
    """A live examination, without a screen; what there is to see goes to `on_update`.

    Parameters
    ----------
    source : Source
    assessor : Assessor
    protocol : Protocol
    out : Path or str
        Folder of the record. One that holds a session is resumed.
    assistant : bool
        Off: the same is assessed, kept and recorded, and nothing of it is shown; what the operator
        keeps by hand then stands for itself (``SessionResult.by_hand``).
    side : {"left", "right"} or None
        The hand, where known.
    drop : bool
        Drop frames that come while one is assessed; off for files, where every frame counts.
    settings, clock, slot : optional
        In place of the usual ones.
    model : str
        What the assessor sees with; a session is not resumed with another one. Empty: not told.

    Raises
    ------
    OutputError
        The folder cannot be written to, is in use, or holds another kind of session.
    """

    def __init__(
        self,
        source: Source,
        assessor: Assessor,
        protocol: Protocol,
        out: Path | str,
        *,
        assistant: bool = True,
        side: Side | None = None,
        drop: bool = True,
        settings: LiveSettings | None = None,
        clock: Clock | None = None,
        slot: Slot | None = None,
        model: str = "",
    ):
        self.source, self.assessor, self.protocol = source, assessor, protocol
        self.assistant, self.side, self.model = assistant, side, model
        self.settings = settings if settings is not None else live_settings()
        self.clock: Clock = clock if clock is not None else SystemClock()
        self._record = SessionRecord(out, clock=self.clock, settings=self.settings.record)
        try:
            check_patient(self._record, source)
            self._history = restore(
                self._record, protocol, assistant=assistant, model=model, side=side
            )
        except BaseException:
            self._record.close()
            raise
        names = [plane.id for plane in protocol.planes]
        self._acquirer = Acquirer(
            names, settings=self.settings.acquisition, clear=self.settings.clear,
            items=self._history.items,
        )  # fmt: skip
        self._keeper = Keeper(
            self._record, self._acquirer, assistant=assistant,
            mirrored=source.orientation.mirrored, number=self._history.kept,
        )  # fmt: skip
        self._tracker = PlaneTracker(names, self.settings.planes)
        self._guide = Guide(
            protocol, side=side, settings=self.settings.guidance, clear=self.settings.clear
        )
        self._watch = FrameWatch(self.settings.watch)
        self._time_s: float | None = None
        self._said = ""
        self._on_update: OnUpdate = lambda update: None
        self._loop = FrameLoop(
            source, self._work, on_event=self._event, clock=self.clock, drop=drop, slot=slot
        )

    def run(self, on_update: OnUpdate | None = None) -> SessionResult:
        """Examine until the source ends, `stop` is called or something fails.

        Parameters
        ----------
        on_update : callable, optional
            Gets a `LiveUpdate` after each frame, in the assessor's thread; what it raises ends the
            session.

        Returns
        -------
        SessionResult
            Also where it failed: ``report.ending`` and ``report.reason`` say so, and what was kept
            is in the checklist.
        """
        if on_update is not None:
            self._on_update = on_update
        try:
            start = start_line(
                self.source, self.protocol, part=self._history.parts + 1,
                assistant=self.assistant, side=self.side, model=self.model,
            )  # fmt: skip
            self._record.add(start, at_once=True)
            with self.source:
                report = self._loop.run()
            report = self._finished(report)
        finally:
            self._record.close()
        folder = self._record.folder
        by_hand = checklist_items(recorded(folder), self.protocol, folder, by="operator")
        return SessionResult(
            folder,
            self._acquirer.checklist,
            Checklist(by_hand),
            report,
            self._history.parts > 0,
            self._history.recovered,
        )

    def _finished(self, report: LoopReport) -> LoopReport:
        """Keep what waits to be kept, also after a failure, and close the record's part."""
        try:
            self._keeper.finish()
            self._record.add(end_line(report), at_once=True)
        except SesamoidError as error:
            if report.ending != "failed":
                return replace(report, ending="failed", reason=str(error), error=error)
        return report

    def stop(self) -> None:
        """End the session from any thread; the frame under assessment is finished."""
        self._loop.stop()

    def capture(self, plane: str | None = None) -> None:
        """Keep the next frame by hand, whatever its grade; from any thread.

        Parameters
        ----------
        plane : str, optional
            Of which it is; the one that is seen where left out. A frame that was graded as of
            another plane is kept without a grade.
        """
        if plane is not None:
            self.protocol.plane(plane)
        self._keeper.requests.add(Request("capture", plane))

    def retake(self, plane: str) -> None:
        """Take a plane again; from any thread."""
        self.protocol.plane(plane)
        self._keeper.requests.add(Request("retake", plane))

    def _work(self, frame: LiveFrame) -> None:
        grey, events = self._watch.look(frame)
        for event in events:
            self._note(event)
        upright = self.source.orientation.upright
        picture = upright(frame.pixels)
        if grey is None:
            self._acquirer.interrupt()
            self._time_s = None
            said = self._guide.wait(NO_PICTURE, frame.time_s)
            checklist = self._acquirer.checklist
            self._tell(LiveUpdate(frame, picture, events, instruction=said, checklist=checklist))
            return
        found = self._assess(upright(grey), frame)
        state = self._tracker.update(found.probabilities, frame.time_s)
        passed = self._passed(frame.time_s)
        candidate = Candidate(frame, picture, found)
        kept = self._keeper.requested(candidate, state)
        self._record.add(frame_line(frame, found, state, passed))
        kept += self._keeper.chosen(candidate, state, passed_s=passed)
        checklist = self._acquirer.checklist
        said = self._guide.update(
            found, state, frame.time_s, wanted=checklist.wanted, fair=checklist.fair
        )
        self._say(said, frame.time_s)
        self._tell(LiveUpdate(frame, picture, events, found, state, said, checklist, tuple(kept)))

    def _assess(self, grey: NDArray[np.uint8], frame: LiveFrame) -> Assessment:
        grey = grey.view()
        grey.flags.writeable = False
        began = self.clock.now()
        found = self.assessor.assess(grey, spacing_mm=frame.spacing_mm, time_s=frame.time_s)
        if found.seconds == 0:
            found = replace(found, seconds=self.clock.now() - began)
        if found.lift_off is None:
            rule = self.settings.guidance
            lifted = lift_off(grey, spacing_mm=frame.spacing_mm, settings=rule)
            found = replace(found, lift_off=lifted)
        return found

    def _passed(self, time_s: float) -> float:
        """Since the frame before; 0, and every hold broken, where they are far apart."""
        before, self._time_s = self._time_s, time_s
        if before is None:
            return 0.0
        if time_s - before > self.settings.watch.far_apart_s:
            self._acquirer.interrupt()
            return 0.0
        return time_s - before

    def _event(self, event: SourceEvent) -> None:
        self._note(event)
        said = self._guide.wait(event.text, event.time_s)
        checklist = self._acquirer.checklist
        self._tell(LiveUpdate(None, None, (event,), instruction=said, checklist=checklist))

    def _note(self, event: SourceEvent) -> None:
        self._record.add(event_line(event), at_once=True)

    def _say(self, said: Instruction, time_s: float) -> None:
        """Record what is said, when it changes."""
        if said.text != self._said:
            self._said = said.text
            self._record.add(
                {"kind": "said", "text": said.text, "time_s": time_s, "shown": self.assistant}
            )

    def _tell(self, update: LiveUpdate) -> None:
        loop = self._loop
        update = replace(
            update,
            frames_assessed=loop.assessed,
            frames_dropped=loop.dropped,
            p50_s=loop.latency.quantile(0.5),
            p95_s=loop.latency.quantile(0.95),
        )
        self._on_update(update if self.assistant else update.of_operator)
