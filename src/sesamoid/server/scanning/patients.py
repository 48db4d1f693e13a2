"""Virtual people to scan: who there is, and their bodies, which take a while to make."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, replace

import numpy as np

from sesamoid.anatomy import Protocol
from sesamoid.errors import SesamoidError
from sesamoid.live.instruction import Side
from sesamoid.server.scanning.mesh import hand_glb
from sesamoid.virtual.acquisition import Examination
from sesamoid.virtual.acquisition.posture import draw_motion
from sesamoid.virtual.body import WristHand, draw_person

FIRST_SEED = 700_000
"""From here on are people that no network was trained on."""
NAMES = (
    "Adam", "Ben", "Clara", "Dora", "Emil", "Farid", "Greta", "Hugo", "Ines", "Jana", "Kofi",
    "Liam", "Mina", "Noah", "Olga", "Paula",
)  # fmt: skip
"""So that a list of people can be told apart; made up, by the sex that their seeds draw."""
REMEMBERED = 3


@dataclass(frozen=True)
class Patient:
    """Who is to be scanned.

    Parameters
    ----------
    seed : int
        Draws the person.
    pathologies : tuple of str
        ``kind:severity:site`` each, see `sesamoid.virtual.body.Pathology`.
    side : {"left", "right"} or None
        None: the one that the person was drawn with.
    """

    seed: int = FIRST_SEED
    pathologies: tuple[str, ...] = ()
    side: Side | None = None

    @property
    def label(self) -> str:
        """A name for people; what is wrong with them is not in it."""
        if FIRST_SEED <= self.seed < FIRST_SEED + len(NAMES):
            return f"{NAMES[self.seed - FIRST_SEED]} (virtual)"
        return f"Virtual person {self.seed}"


def known_patients() -> tuple[Patient, ...]:
    """Those that a list offers."""
    return tuple(Patient(FIRST_SEED + number) for number in range(len(NAMES)))


class Bodies:
    """Makes bodies, and remembers the last few; from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: OrderedDict[tuple[Patient, str], Examination] = OrderedDict()
        self._hands: OrderedDict[tuple[Patient, Side], bytes] = OrderedDict()

    def examination(self, patient: Patient, protocol: Protocol) -> Examination:
        """The patient's hand, held as patients hold it, and where its planes are.

        Raises
        ------
        SesamoidError
            There is no such pathology, severity or site.
        """
        if not 0 <= patient.seed < 2**31:
            raise SesamoidError(f"the seed {patient.seed} draws nobody", fix="give 0 or more.")
        key = (patient, protocol.id)
        with self._lock:
            if key not in self._made:
                person = draw_person(patient.seed, patient.pathologies)
                if patient.side is not None:
                    person = replace(person, side=patient.side)
                rng = np.random.default_rng([1, patient.seed])
                body = WristHand(person).moved(draw_motion(rng))
                self._made[key] = Examination(body, protocol, slices=1)
            self._made.move_to_end(key)
            while len(self._made) > REMEMBERED:
                self._made.popitem(last=False)
            return self._made[key]

    def hand(self, patient: Patient, body: WristHand) -> bytes:
        """The skin of a patient's hand as glTF; made once."""
        side: Side = "left" if body.person.side == "left" else "right"
        key = (patient, side)
        with self._lock:
            if key not in self._hands:
                self._hands[key] = hand_glb(body, side)
            self._hands.move_to_end(key)
            while len(self._hands) > REMEMBERED:
                self._hands.popitem(last=False)
            return self._hands[key]
