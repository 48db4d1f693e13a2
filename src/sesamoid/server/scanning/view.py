"""What a browser is told: of a frame, of the checklist, of the protocol; all of it plain JSON."""

from __future__ import annotations

import math
from typing import Any

from sesamoid.anatomy import Plane, Protocol
from sesamoid.findings import Grade
from sesamoid.live import NO_PLANE, Assessment, Checklist, Instruction, LiveUpdate, PlaneState
from sesamoid.live.checklist import ChecklistItem
from sesamoid.live.instruction import Side
from sesamoid.server.scanning.arrows import arrow_of
from sesamoid.server.scanning.outlines import Outline, colour_of, outlines


def frame_view(update: LiveUpdate, protocol: Protocol, side: Side | None) -> dict[str, Any]:
    """What the assistant makes of a frame; empty parts are left out."""
    found, state = update.assessment, update.state
    out: dict[str, Any] = {}
    if found is not None and state is not None:
        plane = shown_plane(found, state, protocol)
        out["seen"] = seen_view(found, state)
        if found.grade is not None and plane is not None:
            out["grade"] = grade_view(found.grade)
        if found.outlines is not None and plane is not None:
            shapes = outlines(found.outlines, found.label_names, plane)
            out["outlines"] = [outline_view(one) for one in shapes]
    if update.instruction is not None:
        out["say"] = instruction_view(update.instruction, protocol, side)
    return out


def shown_plane(found: Assessment, state: PlaneState, protocol: Protocol) -> Plane | None:
    """The plane that the picture is of, or nearest to; None where it is a guess."""
    for name in (state.plane, found.plane):
        if name != NO_PLANE:
            return protocol.plane(name)
    return None if found.pose is None else protocol.plane(found.pose.plane)


def seen_view(found: Assessment, state: PlaneState) -> dict[str, Any]:
    """Which plane is there, or nearest, and how sure that is."""
    if state.plane != NO_PLANE:
        return {"plane": state.plane, "there": True, "sure": number(state.belief)}
    nearest = found.plane if found.plane != NO_PLANE else ""
    if not nearest and found.pose is not None:
        nearest = found.pose.plane
    chance = found.probabilities.get(nearest, 0.0) if nearest else 0.0
    return {"plane": nearest, "there": False, "sure": number(chance)}


def grade_view(grade: Grade) -> dict[str, Any]:
    """A grade with its sub-scores and reasons."""
    return {
        "letter": grade.letter.value,
        "score": number(grade.score),
        "parts": [[one.name, number(one.score), one.detail] for one in grade.sub_scores],
        "reasons": list(grade.reasons),
    }


def instruction_view(said: Instruction, protocol: Protocol, side: Side | None) -> dict[str, Any]:
    """An instruction, its arrow, and the control that carries it out."""
    arrow = arrow_of(said, protocol, side)
    return {
        "text": said.text,
        "act": said.act.value,
        "plane": said.plane,
        "control": None if arrow.control is None else arrow.control.value,
        "amount": arrow.amount,
        "back": None if arrow.back is None else arrow.back.value,
    }


def outline_view(one: Outline) -> dict[str, Any]:
    """One class on the picture, in its pixels."""
    return {
        "key": one.name, "label": one.label, "at": list(one.at),
        "lines": [list(line) for line in one.polygons],
    }  # fmt: skip


def checklist_view(checklist: Checklist) -> list[dict[str, Any]]:
    """How far each plane is."""
    return [item_view(item) for item in checklist.items]


def item_view(item: ChecklistItem) -> dict[str, Any]:
    """How far one plane is."""
    kept = item.kept
    shown: dict[str, Any] = {
        "plane": item.plane,
        "progress": item.progress.value,
        "seconds": round(item.seconds, 1),
        "history": item.history,
        "kept": None,
    }
    if kept is not None:
        shown["kept"] = {
            "number": kept.number,
            "letter": kept.letter.value,
            "score": None if kept.grade is None else number(kept.grade.score),
            "reasons": [] if kept.grade is None else list(kept.grade.reasons),
            "by": kept.by,
            "because": kept.reason,
            "time_s": round(kept.time_s, 1),
        }
    return shown


def protocol_view(protocol: Protocol) -> dict[str, Any]:
    """The planes in their order, and the colour of every class that may be outlined."""
    from sesamoid.virtual.acquisition.label_classes import class_of

    keys = {
        class_of(key)
        for plane in protocol.planes
        for group in plane.labels.values()
        for key in group.structures
    }
    return {
        "id": protocol.id,
        "name": protocol.name,
        "planes": [
            {
                "id": plane.id, "name": plane.name, "landmark": plane.landmark,
                "position": plane.position, "left": plane.left, "right": plane.right,
                "labels": {label: group.name for label, group in plane.labels.items()},
            }
            for plane in protocol.planes
        ],
        "colours": {key: colour_of(key) for key in sorted(keys)},
    }  # fmt: skip


def number(value: float) -> float | None:
    """For JSON: three digits; None for what is no number."""
    return round(float(value), 3) if math.isfinite(value) else None
