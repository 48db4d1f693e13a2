"""A virtual novice with a virtual hand as the source of a live session."""

from __future__ import annotations

from typing import Any

import numpy as np

from sesamoid.anatomy import Protocol
from sesamoid.findings import GradeLetter
from sesamoid.live import Act, LiveUpdate
from sesamoid.live.slot import InStepSlot
from sesamoid.live.sources.novice import Novice
from sesamoid.live.sources.probe import VirtualProbe
from sesamoid.virtual.acquisition import Examination
from sesamoid.virtual.acquisition.posture import draw_motion
from sesamoid.virtual.body import WristHand, draw_person

MACHINE = "gannet-s9"
"""One of those that no network was trained on."""
FRAMES_PER_SECOND = 10.0


def virtual_novice(
    rule: Protocol, *, person: int, seed: int, listens: bool = True, pace: bool = False,
    machine: str = MACHINE,
) -> dict[str, Any]:  # fmt: skip
    """A source and who holds it, as keyword arguments of `sesamoid.cli.live.Opened`."""
    rng = np.random.default_rng([seed, person])
    body = WristHand(draw_person(person)).moved(draw_motion(rng))
    exam = Examination(body, rule, slices=1)
    planes = [plane.id for plane in rule.planes]
    novice = Novice(exam, planes, rng, machine=machine, listens=listens)
    source = VirtualProbe(
        exam, novice, machine=machine, frames_per_second=FRAMES_PER_SECOND, pace=pace
    )
    return {
        "source": source, "is_scan": True, "in_step": True, "slot": InStepSlot(),
        "side": "left" if body.person.side == "left" else "right",
        "hears": lambda update: listen(novice, update),
    }  # fmt: skip


def listen(novice: Novice, update: LiveUpdate) -> None:
    """What a novice makes of an update: hears what to do, goes on when a plane is kept.

    Grade A ends a plane; so does being told to go on when something is kept of it.
    """
    if update.frame is None or update.checklist is None:
        return
    said = update.instruction
    if said is not None:
        novice.hear(said, update.frame.time_s)
    for kept in update.kept:
        if kept.letter is GradeLetter.A:
            novice.kept(kept.plane)
    done = [one.plane for one in update.checklist.kept]
    if said is not None and said.act is Act.NEXT and novice.plane in done:
        novice.kept(novice.plane)
