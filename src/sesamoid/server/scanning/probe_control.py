"""The virtual probe as a browser holds it: moves, turns, presses, is put down elsewhere."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import numpy as np

from sesamoid.errors import SesamoidError
from sesamoid.live.instruction import Side
from sesamoid.live.sources.probe import HeldProbe
from sesamoid.server.scanning.arrows import Control, step_of
from sesamoid.server.scanning.hand import Grip, Step, moved, near, put_down
from sesamoid.server.scanning.machine_control import MachineControl
from sesamoid.virtual.acquisition import Examination, usual_settings
from sesamoid.virtual.pose import Vector
from sesamoid.virtual.ultrasound import probe

FIRST_ERROR = 2.2
"""In tolerances: near enough that the plane can be made out, too far off for it to be kept."""
MOST_STEP = {"mm": 15.0, "deg": 30.0}
"""Of one message; a hand is not faster."""
FLIP = np.array([-1.0, 1.0, 1.0])
"""A left hand is a right one in a mirror."""


class ProbeControl:
    """Moves a held probe over a patient's skin; from any thread.

    Parameters
    ----------
    exam : Examination
    held : HeldProbe
    machine : MachineControl
        Set anew where the probe is put down at another plane.
    seed : int
        Of where it is put down.
    """

    def __init__(self, exam: Examination, held: HeldProbe, machine: MachineControl, *, seed: int):
        self.exam, self.held, self.machine = exam, held, machine
        self.side: Side = "left" if exam.body.person.side == "left" else "right"
        self._rng = np.random.default_rng([seed, exam.body.person.seed])
        self._lock = threading.Lock()
        self._grip = Grip(held.at(0.0)[0], press_mm=0.0)
        self.moves = 0

    def do(self, control: Control, amount: float) -> None:
        """What a key or a button stands for."""
        step = step_of(control, amount, self.side)
        if step is not None:
            self.move(step)

    def move(self, step: Step) -> None:
        """A small step from where it is.

        Raises
        ------
        SesamoidError
            It is no small step.
        """
        for name, value in vars(step).items():
            most = MOST_STEP[name.rsplit("_", 1)[1]]
            if not abs(value) <= (180.0 if name == "rotation_deg" else most):
                raise SesamoidError(
                    f"a step of {name} {value:g} is too large", fix=f"give at most {most:g}."
                )
        with self._lock:
            self._hold(moved(self.exam.body, self._grip, step))

    def go(self, plane: str, *, digit: int | None = None, size: float = FIRST_ERROR) -> None:
        """Put it down near a standard plane, with the machine set as is usual there.

        Parameters
        ----------
        plane : str
        digit : int, optional
        size : float
            How far off, in tolerances; 0: on it.
        """
        view = self.exam.view(plane, digit=digit)
        usual = usual_settings(self.machine.preset, plane)
        with self._lock:
            grip = near(self.exam.body, view, size=size, rng=self._rng)
            self.machine.take_over(usual)
            self._hold(grip)

    def point(self, place: Vector, outward: Vector) -> None:
        """Put it down where somebody points at the skin; both as seen on the person's own hand."""
        flip = FLIP if self.side == "left" else np.ones(3)
        with self._lock:
            self._hold(put_down(self.exam.body, self._grip, place * flip, outward * flip))

    def place(self, grip: Grip) -> None:
        """Hold it so."""
        with self._lock:
            self._hold(grip)

    @property
    def grip(self) -> Grip:
        """How it is held now."""
        with self._lock:
            return self._grip

    def state(self) -> dict[str, Any]:
        """Where it is on the person's own hand, in mm, for a screen that shows both."""
        grip = self.grip
        pose, flip = grip.pose, FLIP if self.side == "left" else np.ones(3)
        settings = self.held.at(0.0)[1]
        return {
            "origin": _rounded(pose.origin * flip),
            "lateral": _rounded(pose.lateral * flip),
            "axial": _rounded(pose.axial * flip),
            "outward": _rounded(-grip.upright.axial * flip),
            "press_mm": round(grip.press_mm, 2),
            "tilt_deg": round(grip.tilt_deg, 1),
            "rock_deg": round(grip.rock_deg, 1),
            "width_mm": probe(settings.probe).width_mm,
            "depth_mm": settings.depth_mm,
        }

    def _hold(self, grip: Grip) -> None:
        self._grip = replace(grip)
        self.moves += 1
        self.held.set(pose=grip.pose)


def _rounded(vector: Vector) -> list[float]:
    return [round(float(value), 3) for value in vector]
