"""A room as plain JSON: everything that a page needs to attach itself, again and again."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from sesamoid.server.scanning.view import checklist_view

if TYPE_CHECKING:
    from sesamoid.server.scanning.room import ScanRoom


def state_of(room: ScanRoom) -> dict[str, Any]:
    """What runs, how far it is, how it is set."""
    request, machine, probe = room.request, room.machine, room.probe
    return {
        "room": room.id,
        "kind": request.kind,
        "origin": room.opened.source.origin.value,
        "source": room.opened.source.name,
        "side": room.opened.side,
        "protocol": room.protocol.id,
        "quiz": request.quiz,
        "pathologies": None if request.quiz else list(request.patient.pathologies),
        "assistant": {
            "available": room.assistant.model is not None,
            "exam": request.assistant,
            "shown": room.broadcast.shown and request.assistant,
        },
        "frozen": room.frozen,
        "elapsed_s": round(time.monotonic() - room.began_s, 1),
        "revision": room.revision,
        "checklist": checklist_view(room.checklist),
        "machine": None if machine is None else machine.state(),
        "choices": None if machine is None else machine.choices(),
        "probe": None if probe is None else probe.state(),
        "news": room.broadcast.last_news,
        "speed": speed_of(room),
        "ended": room.over,
    }


def speed_of(room: ScanRoom) -> dict[str, Any]:
    """Frames and latencies: of the assistant, and from the probe to the browsers' screens."""
    update = room.broadcast.newest
    glass = room.glass_s(0.5), room.glass_s(0.95)
    return {
        "assessed": 0 if update is None else update.frames_assessed,
        "dropped": 0 if update is None else update.frames_dropped,
        "assist_p50_ms": _ms(None if update is None else update.p50_s),
        "assist_p95_ms": _ms(None if update is None else update.p95_s),
        "glass_p50_ms": _ms(glass[0]),
        "glass_p95_ms": _ms(glass[1]),
        "viewers": [
            {"viewer": feed.viewer, "shown": feed.taken, "missed": feed.dropped}
            for feed in room.broadcast.fan.feeds
        ],
    }


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else round(1000 * seconds, 1)
