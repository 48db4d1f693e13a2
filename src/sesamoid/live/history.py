"""What an earlier part of a session left in its folder."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sesamoid.anatomy import Protocol
from sesamoid.errors import OutputError
from sesamoid.findings import DataOrigin
from sesamoid.live.checklist import By, ChecklistItem, PlaneProgress, kept_from_line
from sesamoid.live.picture_file import clear_unfinished, orphans
from sesamoid.live.record import SessionRecord
from sesamoid.live.sources.base import Source


@dataclass(frozen=True)
class History:
    """Of a session so far.

    Parameters
    ----------
    items : tuple of ChecklistItem
    parts : int
        How often it was begun or resumed.
    kept : int
        Frames kept over all of it.
    recovered : int
        Of these, found as pictures without a line.
    """

    items: tuple[ChecklistItem, ...]
    parts: int
    kept: int
    recovered: int


def restore(
    record: SessionRecord,
    protocol: Protocol,
    *,
    assistant: bool,
    model: str = "",
    side: str | None = None,
) -> History:
    """Read the record and put right what a kill left undone.

    Raises
    ------
    OutputError
        The record is of another protocol, model or hand, or of a session with the assistant the
        other way.
    """
    _check(record, protocol, assistant)
    _check_model(record, model)
    _check_side(record, side)
    clear_unfinished(record.folder)
    known = {line["picture"] for line in record.lines if line["kind"] == "kept"}
    found = [{**line, "recovered": True} for line in orphans(record.folder, known)]
    for line in sorted(found, key=lambda one: int(one["number"])):
        record.add(line, at_once=True)
    lines = [*record.lines, *found]
    return History(
        items=checklist_items(
            lines, protocol, record.folder, by=None if assistant else "assistant"
        ),
        parts=len(_starts(record)),
        kept=max((int(line["number"]) for line in lines if line["kind"] == "kept"), default=0),
        recovered=len(found),
    )


def check_patient(record: SessionRecord, source: Source) -> None:
    """That a virtual patient's record and a source of somebody else are not made into one.

    Of real patients the record knows no identity: several cines may be of one.

    Raises
    ------
    OutputError
    """
    now, real = (source.name, source.origin.value), DataOrigin.REAL.value
    for line in _starts(record):
        before = (line["source"], line["origin"])
        if before != now and not before[1] == now[1] == real:
            raise OutputError(
                f"a session of {before[0]} ({before[1]}) is recorded there, and the "
                f"source now is {now[0]} ({now[1]})",
                path=record.folder,
                fix="choose another folder: every patient has one.",
            )


def checklist_items(
    lines: Iterable[dict[str, Any]], protocol: Protocol, folder: Path, *, by: By | None = None
) -> tuple[ChecklistItem, ...]:
    """The checklist that the lines of a record add up to; `by` leaves out what others kept."""
    items = {plane.id: ChecklistItem(plane.id) for plane in protocol.planes}
    for line in lines:
        if line.get("plane") not in items:
            continue
        item = items[line["plane"]]
        if line["kind"] == "frame":
            progress = PlaneProgress.SEEN if item.progress is PlaneProgress.TODO else item.progress
            item = replace(item, seconds=item.seconds + line["passed_s"], progress=progress)
        elif line["kind"] == "kept" and by in (None, line["by"]):
            item = replace(
                item,
                kept=kept_from_line(line, folder),
                progress=PlaneProgress.KEPT,
                history=item.history + 1,
            )
        elif line["kind"] == "retake":
            item = replace(item, progress=PlaneProgress.RETAKE)
        items[item.plane] = item
    return tuple(items.values())


def _starts(record: SessionRecord) -> list[dict[str, Any]]:
    """Of the parts so far, the lines that they begin with."""
    return [line for line in record.lines if line["kind"] == "start"]


def _check(record: SessionRecord, protocol: Protocol, assistant: bool) -> None:
    for line in _starts(record):
        before = (line["protocol"], line["protocol_version"], line["assistant"])
        now = (protocol.id, protocol.version, assistant)
        if before != now:
            raise OutputError(
                f"a session by protocol {before[0]} {before[1]} with the assistant "
                f"{'on' if before[2] else 'off'} is recorded there, not one by {now[0]} {now[1]} "
                f"with the assistant {'on' if now[2] else 'off'}",
                path=record.folder,
                fix="choose another folder, or resume the session as it was begun.",
            )


def _check_model(record: SessionRecord, model: str) -> None:
    """What is kept was outlined and graded by one model, which the report names."""
    for line in _starts(record):
        before = line.get("model", "")
        if before and model and before != model:
            raise OutputError(
                f"a session with the model {before} is recorded there, not one with {model}",
                path=record.folder,
                fix="choose another folder, or resume it with the model that it was begun with.",
            )


def _check_side(record: SessionRecord, side: str | None) -> None:
    """A checklist is of one hand."""
    for line in _starts(record):
        before = line.get("side")
        if before and side and before != side:
            raise OutputError(
                f"a session of the {before} hand is recorded there, not of the {side} one",
                path=record.folder,
                fix="choose another folder: every hand has one.",
            )
