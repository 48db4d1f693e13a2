"""What a data set of virtual pictures is made of: people, planes, machines, and how."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from sesamoid import __version__
from sesamoid.anatomy import Protocol, protocol
from sesamoid.errors import SesamoidError
from sesamoid.virtual.acquisition.renderers import SCANNER, renderer_title
from sesamoid.virtual.acquisition.truth_table import TRUTH_VERSION
from sesamoid.virtual.acquisition.variation import Rng, variation
from sesamoid.virtual.body.pathology import Pathology, pathology_names
from sesamoid.virtual.body.population import load_table
from sesamoid.virtual.ultrasound import Preset, preset, presets

PROTOCOL = "wrist-hand-15"
RANDOM = "random"
"""In place of a pathology: some people are well, some have one, drawn by chance."""

FileFormat = Literal["png", "dicom"]
FrameKind = Literal["bare", "console", "mixed"]
FORMATS: tuple[FileFormat, ...] = ("png", "dicom")
FRAME_KINDS: tuple[FrameKind, ...] = ("bare", "console", "mixed")


@dataclass(frozen=True)
class Task:
    """One person at one plane: what one process makes at a time."""

    person: int
    plane: str

    @property
    def name(self) -> str:
        """Also the beginning of its files' names."""
        return f"P{self.person:05d}-{self.plane}"


@dataclass(frozen=True)
class Simulation:
    """A data set to make.

    Parameters
    ----------
    out : Path
    people : tuple of int
        Seeds.
    planes : tuple of str
        Ids of the protocol.
    machines : tuple of str
        Names of presets.
    pathologies : tuple of str
        Each ``kind``, ``kind:severity`` or ``kind:severity:site``: everybody has them; or
        ``("random",)``.
    cine : bool
        A cine of each plane in place of single pictures.
    frames_per_plane : int
        Single pictures, or frames of the cine.
    frames_per_second : float
        Of a cine.
    file_format : {"png", "dicom"}
    frame_kind : {"bare", "console", "mixed"}
        The scan region alone, the whole screen, or either by chance. DICOM is always the screen.
    pixels_per_mm : float
        Of bare pictures; deep ones have fewer.
    test_share : float
        Of the people, kept for testing.
    slices : int
        Sections that make up the thickness of a picture.
    seed : int
        Of everything but the people: the same seed, the same bytes.
    mode : str
        How single pictures are meant, of ``variation.yaml``; empty: by the shares there.
    renderer : str
        What draws the pictures, of `renderers.RENDERERS`. Machine, pose, labels and truth of a
        frame are the same by any.

    Raises
    ------
    SesamoidError
        Where a name is not known, a renderer not installed, or there is nothing to make.
    """

    out: Path
    people: tuple[int, ...]
    planes: tuple[str, ...]
    machines: tuple[str, ...]
    pathologies: tuple[str, ...] = ()
    cine: bool = False
    frames_per_plane: int = 4
    frames_per_second: float = 16.0
    file_format: FileFormat = "png"
    frame_kind: FrameKind = "bare"
    pixels_per_mm: float = 20.0
    test_share: float = 0.2
    slices: int = 3
    seed: int = 0
    mode: str = ""
    renderer: str = SCANNER

    def __post_init__(self) -> None:
        for plane in self.planes:
            self.protocol.plane(plane)
        for name in self.machines:
            preset(name)
        for text in self.pathologies:
            if text != RANDOM:
                Pathology.parse(text)
        if RANDOM in self.pathologies and len(self.pathologies) > 1:
            raise SesamoidError(
                f"pathology {RANDOM!r} stands beside others", fix="give it alone, or leave it out."
            )
        modes = variation()["modes"]
        if self.mode and self.mode not in modes:
            raise SesamoidError(f"there is no mode {self.mode!r}", fix=f"use {', '.join(modes)}.")
        renderer_title(self.renderer)
        if self.cine and (self.mode or self.renderer != SCANNER):
            raise SesamoidError(
                "a cine has no mode, and only the virtual scanner draws it",
                fix="leave out sweep, or mode and renderer.",
            )
        for what in ("people", "planes", "machines"):
            if not getattr(self, what):
                raise SesamoidError(f"there are no {what} to simulate", fix=f"name some {what}.")

    @property
    def protocol(self) -> Protocol:
        """The protocol whose planes are scanned."""
        return protocol(PROTOCOL)

    @property
    def frames(self) -> int:
        """Pictures in all."""
        return len(self.people) * len(self.planes) * self.frames_per_plane

    def tasks(self) -> Iterator[Task]:
        """All of them, one person after the other."""
        for person in self.people:
            for plane in self.planes:
                yield Task(person, plane)

    def recipe(self) -> dict[str, Any]:
        """What decides the bytes of a task, apart from its person and plane; for JSON."""
        chosen = {}
        if self.mode:
            chosen["mode"] = self.mode
        if self.renderer != SCANNER:
            chosen["renderer"] = renderer_title(self.renderer)
        return {
            "sesamoid": __version__,
            "truth": TRUTH_VERSION,
            "protocol": f"{self.protocol.id} {self.protocol.version}",
            "machines": list(self.machines),
            "pathologies": list(self.pathologies),
            "cine": self.cine,
            "frames_per_plane": self.frames_per_plane,
            "frames_per_second": self.frames_per_second,
            "file_format": self.file_format,
            "frame_kind": self.frame_kind,
            "pixels_per_mm": self.pixels_per_mm,
            "test_share": self.test_share,
            "slices": self.slices,
            "seed": self.seed,
            **chosen,
        }

    def rng(self, task: Task, *numbers: int) -> Rng:
        """A generator of its own for each task and purpose, whatever else is made."""
        plane = [plane.id for plane in self.protocol.planes].index(task.plane)
        return np.random.default_rng([self.seed, task.person, plane, *numbers])

    def is_test_person(self, person: int) -> bool:
        """Spread evenly over the seeds, so that it doesn't depend on who else is simulated."""
        share = self.test_share
        return math.floor((person + 1) * share + 1e-9) > math.floor(person * share + 1e-9)

    def split(self, person: int, machine: str) -> Literal["train", "test"]:
        """Testing: a person kept for it, or a machine reserved for it."""
        reserved = preset(machine).reserved_for == "test"
        return "test" if reserved or self.is_test_person(person) else "train"

    def draw_machine(self, rng: Rng, person: int) -> Preset:
        """A machine for a picture: training people are never seen on one reserved for testing.

        Where all machines are reserved, everybody is for testing.
        """
        found = [preset(name) for name in self.machines]
        free = [machine for machine in found if machine.reserved_for == "train"]
        if free and not self.is_test_person(person):
            found = free
        return found[int(rng.integers(len(found)))]

    def draw_pathologies(self, person: int) -> tuple[Pathology, ...]:
        """What a person suffers from."""
        if self.pathologies != (RANDOM,):
            return tuple(Pathology.parse(text) for text in self.pathologies)
        rng = np.random.default_rng([self.seed, person, 9001])
        if rng.random() >= variation()["random_pathology"]["share_ill"]:
            return ()
        return (random_pathology(rng),)


def random_pathology(rng: Rng) -> Pathology:
    """Any of them, at any severity and site, severity 0 left out."""
    names = pathology_names()
    kind = names[int(rng.integers(len(names)))]
    entry = load_table("pathology")[kind]
    severities = [int(severity) for severity in entry["severities"] if severity > 0]
    sites = entry.get("sites", [""])
    return Pathology(
        kind,
        severities[int(rng.integers(len(severities)))],
        str(sites[int(rng.integers(len(sites)))]),
    )


def machine_names(which: str) -> tuple[str, ...]:
    """Machines by the name of one, or ``train``, ``test`` or ``all``.

    Raises
    ------
    SesamoidError
        Where there is none of that name.
    """
    if which in ("train", "test", "all"):
        return tuple(machine.name for machine in presets(which))  # type: ignore[arg-type]
    known = [machine.name for machine in presets()]
    if which not in known:
        raise SesamoidError(
            f"there is no virtual scanner {which!r}",
            fix=f"use train, test, all, or one of {', '.join(known)}.",
        )
    return (which,)
