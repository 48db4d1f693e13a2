"""How figures hold when the picture is not as usual: gain, depth, grey, JPEG, console, pathology.

Every frame is made again by its seed for every row of the table; nothing but the row's change
differs. All of it is virtual.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import cv2
import numpy as np

from sesamoid.anatomy import Protocol
from sesamoid.imaging import Crop
from sesamoid.virtual.acquisition import Examination, placed
from sesamoid.virtual.acquisition.fine_labels import fine_labels
from sesamoid.virtual.acquisition.frame import Frame
from sesamoid.virtual.acquisition.label_classes import class_values
from sesamoid.virtual.acquisition.operation import nominal
from sesamoid.virtual.acquisition.posture import draw_motion
from sesamoid.virtual.acquisition.render import MOST_ROWS
from sesamoid.virtual.acquisition.simulation import machine_names
from sesamoid.virtual.body import WristHand, draw_person
from sesamoid.virtual.body.pathology import Pathology
from sesamoid.virtual.ultrasound import Preset, Scanner, console, labels_on_console, preset, probe
from sesamoid.virtual.ultrasound.console import scan_box

from .assessor import WristHandAssessor
from .evidence import POSE
from .figures import plane_figures, segmentation_figures
from .look import Looker
from .robustness_variants import Shown, Variant, variants
from .scanned import scanned_protocol
from .scored import FrameTruthRow, ScoredFrame, score_frame

FIRST_PERSON = 800_001
"""Seed of the first of the people, of whom no other data set is made."""
PIXELS_PER_MM = 16.0
"""Of pictures without a console; deep ones have fewer."""


def robustness(
    looker: Looker,
    *,
    people: int = 10,
    first_person: int = FIRST_PERSON,
    machines: str = "test",
    planes: Sequence[str] = (),
    chosen: Sequence[Variant] | None = None,
    seed: int = 0,
    scanned: Protocol | None = None,
    on_frame: Callable[[int, int], None] = lambda done, total: None,
) -> dict[str, Any]:
    """The table: F1 over planes and Dice of the published labels for every variant.

    Frames are held at the standard pose as a careful operator would. F1 is that of the planes
    alone: a frame called none counts as missed.

    Parameters
    ----------
    looker : Looker
    people, first_person : int
        Seeds ``first_person`` to ``first_person + people - 1``.
    machines : str
        See `sesamoid.virtual.acquisition.simulation.machine_names`; people take them in turn.
    planes : sequence of str
        Ids; all of the protocol where empty.
    chosen : sequence of Variant, optional
        Rows; all of `variants` where left out.
    seed : int
        Of postures and settings.
    scanned : Protocol, optional
        The one that ships if left out.
    on_frame : callable
        Told how many frames are done, and of how many.

    Returns
    -------
    dict
        ``rows`` has for each variant ``n``, ``macro_f1``, ``mean_dice`` with their 95 % intervals,
        ``grade_agreement`` and the share ``true_grade_c``.
    """
    rule = scanned_protocol(scanned)
    wanted = tuple(planes) or tuple(plane.id for plane in rule.planes)
    table = tuple(chosen) if chosen is not None else variants()
    rows: dict[str, list[ScoredFrame]] = {one.name: [] for one in table}
    total, done = people * len(wanted) * len(table), 0
    assessor = WristHandAssessor(looker, rule)
    names = machine_names(machines)
    for person in range(first_person, first_person + people):
        exams: dict[str, Examination] = {}
        machine = preset(names[person % len(names)])
        for variant in table:
            if variant.pathology not in exams:
                exams[variant.pathology] = _exam(person, variant.pathology, rule, seed)
            for plane in wanted:
                frame, shown = _picture(exams[variant.pathology], variant, machine, plane, seed)
                rows[variant.name].append(_score(frame, shown, assessor))
                done += 1
                on_frame(done, total)
    out = {name: _figures(own, rule) for name, own in rows.items()}
    return {
        "schema": "sesamoid-robustness-v1", "origin": "virtual",
        "date": datetime.now(UTC).date().isoformat(), "people": people,
        "first_person": first_person, "machines": list(names), "seed": seed,
        "protocol": f"{rule.id} {rule.version}", "rows": out,
    }  # fmt: skip


def _figures(rows: Sequence[ScoredFrame], rule: Protocol) -> dict[str, Any]:
    planes = plane_figures(rows, rule)
    known = [row for row in rows if row.truth.grade is not None]
    labels = segmentation_figures(
        [replace(row, truth=replace(row.truth, grade=None)) for row in rows], rule
    )
    return {
        "n": len(rows),
        "macro_f1": planes["macro_f1"],
        "f1_ci95": planes["ci95"].get("macro_f1"),
        "mean_dice": labels["mean_dice"],
        "dice_ci95": labels["ci95"].get("mean_dice"),
        "grade_agreement": float(np.mean([r.grade == r.truth.grade for r in known])),
        "true_grade_c": float(np.mean([r.truth.grade == "C" for r in known])),
    }


def _exam(person: int, pathology: str, rule: Protocol, seed: int) -> Examination:
    ill = (Pathology.parse(pathology),) if pathology else ()
    body = WristHand(draw_person(person, ill))
    moved = body.moved(draw_motion(np.random.default_rng([seed, person])))
    return Examination(moved, rule, slices=3)


def _picture(
    exam: Examination, variant: Variant, machine: Preset, plane: str, seed: int
) -> tuple[Frame, Shown]:
    number = [one.id for one in exam.protocol.planes].index(plane)
    rng = np.random.default_rng([seed, exam.body.person.seed, number])
    does = variant.operate(nominal(rng, machine, plane))
    settings = does.settings
    width_mm = probe(settings.probe).width_mm
    density = min(PIXELS_PER_MM, MOST_ROWS / settings.depth_mm)
    shape = (round(settings.depth_mm * density), round(width_mm * density))
    if variant.on_console:
        box = scan_box(machine.layout, settings.depth_mm, width_mm)
        shape = (box.height, box.width)
    view = exam.view(plane)
    frame = exam.frame(
        Scanner(machine, settings, picture_shape=shape), placed(exam.body, view.pose, does.offset)
    )
    labels = fine_labels(
        class_values(frame.structures)[frame.beam_labels], frame.image.pixels.shape
    )
    whole = Crop(0, 0, *frame.image.pixels.shape)
    shown = Shown(frame.image.pixels, labels, whole, frame.image.spacing_mm)
    if variant.on_console:
        screen = console(frame.image, layout=machine.layout)
        pixels = screen.pixels
        grey = pixels if pixels.ndim == 2 else cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
        shown = Shown(
            np.asarray(grey, np.uint8), labels_on_console(labels, screen), None, screen.spacing_mm
        )
    return frame, variant.show(shown)


def _score(frame: Frame, shown: Shown, assessor: WristHandAssessor) -> ScoredFrame:
    truth = frame.truth
    row = FrameTruthRow(
        name=f"{truth.person.seed}-{truth.nearest}",
        person=str(truth.person.seed),
        plane=truth.plane,
        nearest=truth.nearest,
        grade="C" if shown.reversed else truth.grade.letter.value,
        reversed=shown.reversed,
        excess=truth.excess,
        pose=tuple(float(getattr(truth.error, name)) for name in POSE),
    )
    area = shown.area
    if area is None:  # a finder of its own for every picture: one remembers what it found last
        finding = WristHandAssessor(assessor.looker, assessor.protocol, scan_area="find")
        area = finding.scan_area(shown.pixels, 0.0)
    return score_frame(
        row, shown.pixels, shown.labels, assessor, area=area, spacing_mm=shown.spacing_mm
    )  # fmt: skip
