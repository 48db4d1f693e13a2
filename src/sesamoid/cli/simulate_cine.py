"""The moving picture of `sesamoid simulate --sweep --preview`: a search for one plane."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from sesamoid.cli.simulate_sheet import NOTICE, PIXELS_PER_MM, sheet_parts
from sesamoid.imaging import atomic_path
from sesamoid.reports.plane_sheet import SheetTile, draw_sheet
from sesamoid.virtual.acquisition import Examination, Frame, StandardView, draw_course, follow
from sesamoid.virtual.acquisition.simulation import Simulation, Task
from sesamoid.virtual.body.person import draw_person
from sesamoid.virtual.body.wrist_hand import WristHand
from sesamoid.virtual.ultrasound import preset, probe

SUFFIXES = (".webp", ".gif")
WEBP_QUALITY = 55
GIF_COLOURS = 64


def draw_moving_preview(
    simulation: Simulation, path: Path, *, on_frame: Callable[[], None] = lambda: None
) -> None:
    """Draw a cine of the first person's first plane with the first machine."""
    pictures = []
    for picture in _pictures(simulation):
        pictures.append(Image.fromarray(picture))
        on_frame()
    milliseconds = round(1000 / simulation.frames_per_second)
    first, *rest = pictures
    with atomic_path(path) as temporary:
        if path.suffix.lower() == ".gif":
            first, *rest = [one.quantize(GIF_COLOURS) for one in pictures]
            first.save(
                temporary, "GIF", save_all=True, append_images=rest, duration=milliseconds, loop=0
            )
        else:
            first.save(
                temporary,
                "WEBP",
                save_all=True,
                append_images=rest,
                duration=milliseconds,
                loop=0,
                quality=WEBP_QUALITY,
                method=4,
            )


def _pictures(simulation: Simulation) -> Iterator[np.ndarray]:
    seed, plane = simulation.people[0], simulation.planes[0]
    person = draw_person(seed, simulation.draw_pathologies(seed))
    exam = Examination(WristHand(person), simulation.protocol, slices=1)
    machine, view = preset(simulation.machines[0]), exam.view(plane)
    seconds = simulation.frames_per_plane / simulation.frames_per_second
    rng = simulation.rng(Task(seed, plane), 3)
    course = draw_course(rng, machine, plane, view.plane.tolerance, seconds=seconds)
    settings = course.settings
    width = probe(settings.probe).width_mm
    shape = round(settings.depth_mm * PIXELS_PER_MM), round(width * PIXELS_PER_MM)
    frames = follow(
        exam,
        view,
        course,
        machine,
        frames_per_second=simulation.frames_per_second,
        picture_shape=shape,
    )
    for frame in frames:
        yield draw_sheet(
            [_tile(frame, view)],
            heading=f"Virtual person {seed}: the search for {plane}, machine {machine.title}",
            notice=NOTICE,
            pixels_per_mm=PIXELS_PER_MM,
            columns=1,
        )


def _tile(frame: Frame, view: StandardView) -> SheetTile:
    truth = frame.truth
    grade = truth.grade.letter.value
    error = truth.error
    away = float(np.hypot(error.along_mm, error.across_mm))
    turned = max(abs(error.rotation_deg), abs(error.tilt_deg), abs(error.rock_deg))
    where = "within tolerance" if truth.plane == view.plane.id else "not on the plane"
    return SheetTile(
        title=f"{view.plane.id}  {view.plane.name}: {where}, grade {grade}",
        subtitle=f"{truth.time_s:4.1f} s   {away:4.1f} mm and {turned:3.0f} deg from "
        f"{truth.nearest}   contact {truth.contact:.0%}   {', '.join(truth.faults)}",
        pixels=frame.image.pixels,
        parts=sheet_parts(frame, view.plane),
    )
