"""A virtual picture as what it takes to make it again: who, where, with which machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from sesamoid.anatomy import Plane
from sesamoid.server.scanning.patients import FIRST_SEED, Patient
from sesamoid.virtual.acquisition import Body, placed, pose_on
from sesamoid.virtual.acquisition.operation import displaced, nominal
from sesamoid.virtual.pose import ProbePose
from sesamoid.virtual.ultrasound import Preset, ScanSettings, presets

PEOPLE = 1_000_000
"""Different people that exercises draw from, beyond those that networks were trained on."""
FAIR_HAND = 0.5
"""Largest error of the probe in a picture to learn from, in tolerances (P): a good picture, never
the perfect one, so that nobody learns pictures by heart."""


@dataclass(frozen=True)
class Shot:
    """One picture of a virtual person; the same shot gives the same picture.

    Parameters
    ----------
    patient : Patient
        With what is wrong with them.
    plane : str
    digit : int or None
        What it is a picture of.
    machine : str
        Name of a preset.
    settings : ScanSettings
    pose : ProbePose
    time_s : float
    """

    patient: Patient
    plane: str
    digit: int | None
    machine: str
    settings: ScanSettings
    pose: ProbePose
    time_s: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """Plain types, to be kept with an attempt."""
        return {
            "seed": self.patient.seed,
            "pathologies": list(self.patient.pathologies),
            "side": self.patient.side,
            "plane": self.plane,
            "digit": self.digit,
            "machine": self.machine,
            "settings": asdict(self.settings),
            "pose": [
                vector.tolist() for vector in (self.pose.origin, self.pose.lateral, self.pose.axial)
            ],
            "time_s": self.time_s,
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Shot:
        """From what `as_json` gave."""
        origin, lateral, axial = (np.array(v, dtype=np.float64) for v in content["pose"])
        settings = dict(content["settings"])
        settings["tgc_db"] = tuple(settings["tgc_db"])
        return cls(
            patient=Patient(int(content["seed"]), tuple(content["pathologies"]), content["side"]),
            plane=content["plane"],
            digit=content["digit"],
            machine=content["machine"],
            settings=ScanSettings(**settings),
            pose=ProbePose(origin, lateral, axial),
            time_s=float(content["time_s"]),
        )


def draw_shot(rng: np.random.Generator, body: Body, patient: Patient, plane: Plane) -> Shot:
    """A good picture of a standard plane as some operator with some machine would take it.

    Parameters
    ----------
    rng : numpy.random.Generator
    body : Body
        Of the patient.
    patient : Patient
    plane : Plane
        With its digit.
    """
    machine = draw_machine(rng)
    operation = nominal(rng, machine, plane.id)
    error = displaced(rng, plane.tolerance, rng.uniform(0, FAIR_HAND))
    standard = pose_on(body, plane)
    pose = placed(body, standard, operation.offset + error)
    return Shot(
        patient=patient,
        plane=plane.id,
        digit=plane.digit,
        machine=machine.name,
        settings=operation.settings,
        pose=pose,
        time_s=float(rng.uniform(0, 1)),
    )


def draw_machine(rng: np.random.Generator) -> Preset:
    """One of the machines that nothing is reserved for."""
    choice = presets("train")
    return choice[int(rng.integers(len(choice)))]


def draw_seed(rng: np.random.Generator) -> int:
    """A person to learn on."""
    return FIRST_SEED + int(rng.integers(PEOPLE))
