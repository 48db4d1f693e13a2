"""A virtual novice with a virtual hand as the source of a live session."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sesamoid.anatomy import Protocol
from sesamoid.findings import GradeLetter
from sesamoid.live import Act, LiveUpdate, Session
from sesamoid.live.instruction import Side
from sesamoid.live.slot import InStepSlot
from sesamoid.live.sources.novice import Novice
from sesamoid.live.sources.probe import VirtualProbe
from sesamoid.virtual.acquisition import Examination
from sesamoid.virtual.acquisition.posture import draw_motion
from sesamoid.virtual.acquisition.variation import Rng
from sesamoid.virtual.body import WristHand, draw_person

MACHINE = "gannet-s9"
"""One of those that no network was trained on."""
FRAMES_PER_SECOND = 10.0


@dataclass(frozen=True)
class VirtualExam:
    """A virtual person, and a novice who is about to scan.

    Parameters
    ----------
    exam : Examination
    novice : Novice
    source : VirtualProbe
        Held by the novice.
    operator : VirtualOperator
        Tells the novice what the assistant says.
    side : {"left", "right"}
        The hand.
    slot : InStepSlot
        For the session: the probe waits for the assistant, so that no frame is dropped.
    """

    exam: Examination
    novice: Novice
    source: VirtualProbe
    operator: VirtualOperator
    side: Side
    slot: InStepSlot


def virtual_hand(rule: Protocol, *, person: int, seed: int) -> tuple[Examination, Rng]:
    """A virtual person's hand to be scanned by a protocol, and the dice for what comes next.

    Parameters
    ----------
    rule : Protocol
    person, seed : int
        Seeds of the person, and of posture and novice.
    """
    rng = np.random.default_rng([seed, person])
    body = WristHand(draw_person(person)).moved(draw_motion(rng))
    return Examination(body, rule, slices=1), rng


def side_of(exam: Examination) -> Side:
    """The hand that is scanned."""
    return "left" if exam.body.person.side == "left" else "right"


def virtual_novice(
    rule: Protocol, *, person: int, seed: int, listens: bool = True, pace: bool = False,
    machine: str = MACHINE,
) -> VirtualExam:  # fmt: skip
    """A novice who scans all planes of a virtual hand.

    Parameters
    ----------
    rule : Protocol
    person, seed : int
        Seeds of the person, and of posture and novice.
    listens : bool
        Whether the novice hears what the assistant says.
    pace : bool
        Keep the pace of real time.
    machine : str
        Name of a virtual scanner.
    """
    exam, rng = virtual_hand(rule, person=person, seed=seed)
    novice = Novice(
        exam, [plane.id for plane in rule.planes], rng, machine=machine, listens=listens
    )
    source = VirtualProbe(
        exam, novice, machine=machine, frames_per_second=FRAMES_PER_SECOND, pace=pace
    )
    return VirtualExam(
        exam, novice, source, VirtualOperator(novice), side_of(exam), InStepSlot()
    )  # fmt: skip


class VirtualOperator:
    """What a novice makes of the updates of a session.

    Parameters
    ----------
    novice : Novice
    """

    def __init__(self, novice: Novice):
        self.novice = novice
        self._session: Session | None = None

    def begins(self, session: Session) -> None:
        """The session in which the novice may press the button."""
        self._session = session

    def hear(self, update: LiveUpdate) -> None:
        """Do as told, go on when a plane is kept, press the button when the picture looks right.

        Grade A ends a plane; so does being told to go on when something is kept of it, and what the
        novice kept by hand.
        """
        novice = self.novice
        if update.frame is None:
            return
        said = update.instruction
        if said is not None:
            novice.hear(said, update.frame.time_s)
        for kept in update.kept:
            if kept.letter is GradeLetter.A or kept.by == "operator":
                novice.kept(kept.plane)
        done = () if update.checklist is None else [one.plane for one in update.checklist.kept]
        if said is not None and said.act is Act.NEXT and novice.plane in done:
            novice.kept(novice.plane)
        wanted = novice.captures()
        if wanted is not None and self._session is not None:
            self._session.capture(wanted)
