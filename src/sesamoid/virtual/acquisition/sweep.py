"""Cines as a person would scan them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sesamoid.anatomy import Protocol, protocol
from sesamoid.virtual.acquisition.body import Body
from sesamoid.virtual.acquisition.course import Course, draw_course
from sesamoid.virtual.acquisition.frame import Examination, Frame
from sesamoid.virtual.acquisition.placing import placed
from sesamoid.virtual.acquisition.standards import StandardView
from sesamoid.virtual.acquisition.variation import Rng, variation
from sesamoid.virtual.pose import ProbePose
from sesamoid.virtual.ultrasound import Preset, ScanImage, Scanner, preset

VISIBLE_MM = 0.1
"""Smallest slide within one picture that is drawn."""


def sweep(
    body: Body | Examination,
    plane: str,
    rng: Rng,
    *,
    machine: Preset | str = "aster-a3",
    digit: int | None = None,
    seconds: float = 6.0,
    frames_per_second: float = 16.0,
    picture_shape: tuple[int, int] | None = None,
) -> Iterator[Frame]:
    """Scan for a plane: approach, search, settle and hold, with tremor and mishaps.

    Parameters
    ----------
    body : Body or Examination
        An examination saves finding the standard planes again.
    plane : str
        Id of a plane of the protocol.
    rng : numpy.random.Generator
    machine : Preset or str
    digit : int, optional
        Of a plane that exists on several fingers.
    seconds, frames_per_second : float
    picture_shape : (rows, columns), optional
        Of the pictures; the scanner's usual one if left out.

    Yields
    ------
    Frame
        With its truth; the same `rng` gives the same cine.
    """
    exam = body if isinstance(body, Examination) else Examination(body, _protocol(), slices=1)
    made = preset(machine) if isinstance(machine, str) else machine
    view = exam.view(plane, digit=digit)
    course = draw_course(rng, made, plane, view.plane.tolerance, seconds=seconds)
    return follow(
        exam, view, course, made, frames_per_second=frames_per_second, picture_shape=picture_shape
    )


def follow(
    exam: Examination,
    view: StandardView,
    course: Course,
    machine: Preset,
    *,
    frames_per_second: float,
    picture_shape: tuple[int, int] | None = None,
) -> Iterator[Frame]:
    """The frames of a course."""
    shape = {} if picture_shape is None else {"picture_shape": picture_shape}
    scanner = Scanner(machine, course.settings, **shape)
    before: ProbePose | None = None
    previous: ScanImage | None = None
    for number in range(max(1, round(course.seconds * frames_per_second))):
        time_s = number / frames_per_second
        wanted = course.settings_at(time_s)
        if wanted != scanner.settings:
            scanner = Scanner(machine, wanted, **shape)
        pose = placed(exam.body, view.pose, course.offset(time_s))
        frame = exam.frame(
            scanner,
            pose,
            time_s=time_s,
            previous=previous,
            motion_mm=_slide(pose, before, frames_per_second),
            faults=course.faults_at(time_s),
        )
        before, previous = pose, frame.image
        yield frame


def _slide(
    pose: ProbePose, before: ProbePose | None, frames_per_second: float
) -> tuple[float, float]:
    """How far the picture slides while it is taken, in mm; nothing where nobody would see it."""
    if before is None:
        return 0.0, 0.0
    exposed = variation()["sweep"]["speed_exposure_s"] * frames_per_second
    step = (pose.origin - before.origin) * exposed
    slide = float(step @ pose.axial), float(step @ pose.lateral)
    return slide if float(np.hypot(*slide)) > VISIBLE_MM else (0.0, 0.0)


def _protocol() -> Protocol:
    return protocol("wrist-hand-15")
