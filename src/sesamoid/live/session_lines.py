"""The lines of a session's record, as plain types."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sesamoid import __version__
from sesamoid.anatomy import Protocol
from sesamoid.live.assessment import Assessment
from sesamoid.live.candidate import Choice
from sesamoid.live.checklist import By
from sesamoid.live.frames import LiveFrame, SourceEvent
from sesamoid.live.loop import LoopReport
from sesamoid.live.planes import PlaneState
from sesamoid.live.sources.base import Source
from sesamoid.reports.finding_json import grade_as_json

Line = dict[str, Any]


def start_line(
    source: Source,
    protocol: Protocol,
    *,
    part: int,
    assistant: bool,
    side: str | None,
    model: str = "",
) -> Line:
    """A session, or a further part of one, begins."""
    return {
        "kind": "start", "part": part, "version": __version__,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "protocol": protocol.id, "protocol_version": protocol.version,
        "source": source.name, "origin": source.origin.value, "side": side,
        "assistant": assistant, "mirrored": source.orientation.mirrored, "model": model,
    }  # fmt: skip


def frame_line(frame: LiveFrame, found: Assessment, state: PlaneState, passed_s: float) -> Line:
    """A frame was assessed; its time counts for the plane where frame and belief agree."""
    grade = found.grade
    return {
        "kind": "frame", "frame": frame.index, "time_s": round(frame.time_s, 4),
        "passed_s": round(passed_s, 4) if found.plane == state.plane else 0.0,
        "plane": state.plane, "seen": found.plane, "belief": round(state.belief, 3),
        "grade": None if grade is None else grade.letter.value,
        "score": None if grade is None else round(grade.score, 3),
        "sharpness": round(float(found.sharpness), 4), "seconds": round(found.seconds, 4),
    }  # fmt: skip


def kept_line(choice: Choice, by: By, number: int, *, mirrored: bool) -> Line:
    """A frame is kept."""
    frame, found = choice.candidate.frame, choice.candidate.assessment
    grade = found.grade_as(choice.plane)
    scan = None if found.outlines is None else found.outlines.box
    return {
        "kind": "kept", "name": f"{number:04d}_{choice.plane}", "number": number,
        "plane": choice.plane, "digit": found.digit,
        "grade": None if grade is None else grade_as_json(grade), "by": by,
        "sharpness": float(found.sharpness), "time_s": frame.time_s, "frame": frame.index,
        "spacing_mm": None if frame.spacing_mm is None else list(frame.spacing_mm),
        "origin": frame.origin.value, "label_names": list(found.label_names),
        "mirrored": mirrored, "reason": choice.reason,
        "scan": None if scan is None else [scan.top, scan.left, scan.height, scan.width],
    }  # fmt: skip


def event_line(event: SourceEvent) -> Line:
    """Something happened to the source."""
    return {
        "kind": "event", "happening": event.happening.value, "text": event.text,
        "time_s": event.time_s, "box": None if event.box is None else list(event.box),
    }  # fmt: skip


def end_line(report: LoopReport) -> Line:
    """A part of a session ends as it should."""
    return {
        "kind": "end", "ending": report.ending, "reason": report.reason,
        "grabbed": report.grabbed, "assessed": report.assessed, "dropped": report.dropped,
        "p50_s": report.p50_s, "p95_s": report.p95_s,
    }  # fmt: skip
