"""One task of a data set: a person at a plane, from the seed to files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

from sesamoid.virtual.acquisition.course import draw_course
from sesamoid.virtual.acquisition.frame import Examination
from sesamoid.virtual.acquisition.operation import draw_mode, draw_operation, usual_settings
from sesamoid.virtual.acquisition.placing import placed
from sesamoid.virtual.acquisition.posture import draw_motion
from sesamoid.virtual.acquisition.render import draw_screen
from sesamoid.virtual.acquisition.renderers import scanner_of
from sesamoid.virtual.acquisition.simulation import Simulation, Task
from sesamoid.virtual.acquisition.storing import Shot, store
from sesamoid.virtual.acquisition.sweep import follow
from sesamoid.virtual.acquisition.truth_table import write_rows
from sesamoid.virtual.body.pathology import Pathology
from sesamoid.virtual.body.person import draw_person
from sesamoid.virtual.body.wrist_hand import WristHand
from sesamoid.virtual.ultrasound import Scanner, preset

PARTS = "parts"
"""Folder of the tables of single tasks; such a table is there when all files of its task are."""
CINE_MODE = "cine"


def part_path(simulation: Simulation, task: Task) -> Path:
    """The table of a task; the task is done when it is there."""
    return simulation.out / PARTS / f"{task.name}.parquet"


def run_task(
    simulation: Simulation, task: Task, *, on_frame: Callable[[], None] = lambda: None
) -> None:
    """Make all pictures of a person at a plane, then the table that says that they are there.

    Parameters
    ----------
    simulation : Simulation
    task : Task
    on_frame : callable
        Called after each frame.
    """
    cv2.setNumThreads(1)
    exam = _examination(simulation, task)
    shots = _cine(simulation, task, exam) if simulation.cine else _stills(simulation, task, exam)
    write_rows(part_path(simulation, task), store(simulation, task, shots, on_frame))


def warm_up(simulation: Simulation) -> None:
    """Scan once and throw it away: kernels are compiled before several processes need them."""
    task = next(simulation.tasks())
    exam = _examination(simulation, task)
    view = exam.view(task.plane, digit=None)
    machine = preset(simulation.machines[0])
    exam.frame(Scanner(machine, usual_settings(machine, task.plane)), view.pose)


def _examination(simulation: Simulation, task: Task) -> Examination:
    body = _body(task.person, simulation.draw_pathologies(task.person))
    moved = body.moved(draw_motion(simulation.rng(task, 1)))
    slices = 1 if simulation.cine else simulation.slices
    return Examination(moved, simulation.protocol, slices=slices)


@lru_cache(maxsize=2)
def _body(person: int, pathologies: tuple[Pathology, ...]) -> WristHand:
    return WristHand(draw_person(person, pathologies))


def _stills(simulation: Simulation, task: Task, exam: Examination) -> Iterator[Shot]:
    for number in range(simulation.frames_per_plane):
        rng = simulation.rng(task, 2, number)
        machine = simulation.draw_machine(rng, task.person)
        view = exam.view(task.plane, digit=_digit(rng, exam, task.plane))
        drawn = draw_mode(rng)  # also where the mode is given: the frame is the same then
        mode = simulation.mode or drawn
        does = draw_operation(rng, machine, task.plane, view.plane.tolerance, mode=mode)
        screen = draw_screen(rng, simulation, machine, does.settings)
        frame = exam.frame(
            scanner_of(simulation.renderer, machine, does.settings, picture_shape=screen.shape),
            placed(exam.body, view.pose, does.offset),
            time_s=float(rng.uniform(0, 1)),
            motion_mm=does.motion_mm,
            faults=does.faults,
        )
        yield Shot(number, frame, screen, mode)


def _cine(simulation: Simulation, task: Task, exam: Examination) -> Iterator[Shot]:
    rng = simulation.rng(task, 3)
    machine = simulation.draw_machine(rng, task.person)
    view = exam.view(task.plane, digit=_digit(rng, exam, task.plane))
    seconds = simulation.frames_per_plane / simulation.frames_per_second
    course = draw_course(rng, machine, task.plane, view.plane.tolerance, seconds=seconds)
    screen = draw_screen(rng, simulation, machine, course.settings)
    frames = follow(
        exam,
        view,
        course,
        machine,
        frames_per_second=simulation.frames_per_second,
        picture_shape=screen.shape,
    )
    for number, frame in enumerate(frames):
        yield Shot(number, frame, screen, CINE_MODE)


def _digit(rng: np.random.Generator, exam: Examination, plane: str) -> int | None:
    family = [view.plane.digit for view in exam.views if view.plane.id == plane]
    return family[int(rng.integers(len(family)))]
