"""A newcomer who does what the arrow says, and nothing else, gets the planes."""

from __future__ import annotations

import asyncio
import time

import pytest

from sesamoid.server.access import Actor
from sesamoid.server.scanning.arrows import Control
from sesamoid.server.scanning.patients import Patient
from sesamoid.server.scanning.request import ScanRequest
from sesamoid.server.scanning.view import instruction_view
from sesamoid.server.services import Services

PATIENCE_S = 120.0
STEP = 2.5
"""Millimetres or degrees at a time, to and fro."""
TO_AND_FRO = (1, 1, 1, -1, -1, -1, -1, -1, -1, 1, 1, 1)


@pytest.mark.parametrize("side", ["right", "left"])
def test_following_the_arrows_from_the_start_acquires_planes(
    services: Services, actor: Actor, side: str
) -> None:
    patient = Patient(side="left" if side == "left" else "right")
    room = services.rooms.open(actor, ScanRequest(patient=patient))
    loop = asyncio.new_event_loop()  # somebody watches: alone, the patient would rest
    room.broadcast.subscribe("newcomer", loop)
    end, obeyed, turns = time.monotonic() + PATIENCE_S, "", 0
    used: set[str] = set()
    while time.monotonic() < end and len(room.checklist.kept) < 3:
        time.sleep(0.05)
        update = room.broadcast.newest
        if update is None or update.instruction is None:
            continue
        told = instruction_view(update.instruction, room.protocol, room.opened.side)
        if told["text"] != obeyed:
            turns = 0
        elif told["back"] is None:
            continue
        obeyed = told["text"]
        message: dict[str, object]
        if told["control"] == Control.GO:
            message = {"do": "go", "plane": told["plane"]}
        elif told["control"] in (None, Control.HOLD):
            continue
        elif told["back"] is not None:
            way = TO_AND_FRO[turns % len(TO_AND_FRO)]
            turns += 1
            used.add(told["control"])
            message = {"do": "steps", "steps": [[told["control" if way > 0 else "back"], STEP]]}
            time.sleep(0.3)
        else:
            used.add(told["control"])
            message = {"do": "steps", "steps": [[told["control"], told["amount"] or 1.0]]}
        services.rooms.obey(actor, room.id, message)
    kept = {one.plane: one.letter.value for one in room.checklist.kept}
    services.rooms.close(actor, room.id)
    loop.close()
    assert set(kept) >= {"S1", "S2", "S3"}, (kept, used)
    assert set(kept.values()) == {"A"}, kept
    assert len(used) >= 3
