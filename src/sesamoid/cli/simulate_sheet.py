"""The sheet of `sesamoid simulate --preview`: every plane once, as a careful operator takes it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from sesamoid.anatomy import Plane, structure
from sesamoid.imaging import atomic_path
from sesamoid.reports.plane_sheet import SheetPart, SheetTile, draw_sheet
from sesamoid.virtual.acquisition import Examination, Frame, usual_settings
from sesamoid.virtual.acquisition.simulation import Simulation
from sesamoid.virtual.body.person import draw_person
from sesamoid.virtual.body.wrist_hand import WristHand
from sesamoid.virtual.ultrasound import Preset, Scanner, preset, probe

SUFFIXES = (".png", ".webp")
_QUALITY = [cv2.IMWRITE_WEBP_QUALITY, 80]
PIXELS_PER_MM = 10
SMALLEST_MM2 = 0.15
"""Less than this of a structure is not outlined: a stray pixel row is no finding."""
NOTICE = "VIRTUAL: simulated pictures of nobody, not clinical data"


def draw_preview(
    simulation: Simulation, path: Path, *, on_plane: Callable[[], None] = lambda: None
) -> None:
    """Draw the first person's planes with the first machine, and write the sheet."""
    seed = simulation.people[0]
    person = draw_person(seed, simulation.draw_pathologies(seed))
    exam = Examination(WristHand(person), simulation.protocol, slices=simulation.slices)
    machine = preset(simulation.machines[0])
    tiles = []
    for plane in simulation.planes:
        tiles.append(tile(exam, machine, plane))
        on_plane()
    ill = ", ".join(f"{p.kind} {p.severity}" for p in person.pathologies)
    sheet = draw_sheet(
        tiles,
        heading=f"Virtual wrist and hand, person {seed}: {person.sex}, "
        f"{person.age_years:.0f} years, {ill.replace('_', ' ') or 'healthy'}; "
        f"machine {machine.title}",
        notice=NOTICE,
        pixels_per_mm=PIXELS_PER_MM,
    )
    encoded = cv2.imencode(path.suffix.lower(), sheet[..., ::-1], _QUALITY)[1]
    with atomic_path(path) as temporary:
        temporary.write_bytes(encoded.tobytes())


def tile(exam: Examination, machine: Preset, plane_id: str) -> SheetTile:
    """One plane of the sheet, at its standard pose."""
    view = exam.view(plane_id)
    settings = usual_settings(machine, plane_id)
    width = probe(settings.probe).width_mm
    shape = round(settings.depth_mm * PIXELS_PER_MM), round(width * PIXELS_PER_MM)
    frame = exam.frame(Scanner(machine, settings, picture_shape=shape), view.pose)
    return SheetTile(
        title=f"{plane_id}  {view.plane.name}",
        subtitle=f"{settings.probe} {settings.frequency_mhz:g} MHz, {settings.depth_mm:g} mm deep, "
        f"left: {view.plane.left}, grade {frame.truth.grade.letter.value}",
        pixels=frame.image.pixels,
        parts=sheet_parts(frame, view.plane),
    )


def sheet_parts(frame: Frame, plane: Plane) -> tuple[SheetPart, ...]:
    """What the plane labels, required or optional, where it is seen."""
    spacing = frame.image.spacing_mm
    least = SMALLEST_MM2 / (spacing[0] * spacing[1])
    labels, found = frame.labels(), []
    for group in plane.labels.values():
        for part in group.parts:
            index = [frame.structures.index(key) for key in part.structures]
            mask = np.isin(labels, index)
            if mask.sum() >= least:
                colour = structure(part.structures[0]).rgb
                found.append(SheetPart(group.label, colour, mask))
    return tuple(found)
