"""Measuring again what a person changed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sesamoid.anatomy import protocol
from sesamoid.applications import remeasured
from sesamoid.applications.wrist_hand.measuring import measure_plane
from sesamoid.applications.wrist_hand.plane_masks import PlaneMasks
from sesamoid.findings import (
    DataOrigin,
    Grade,
    GradeLetter,
    Measurement,
    ModelReference,
    Result,
)
from sesamoid.imaging import Image, Provenance

SIZE, STEP = (100, 200), 0.1
BY = "modified by anna, 2026-11-21"
MODEL = ModelReference("wrist_hand", "1", "", "", DataOrigin.VIRTUAL, "")


def ellipse(centre: tuple[float, float], radii: tuple[float, float]) -> np.ndarray:
    rows, columns = np.ogrid[: SIZE[0], : SIZE[1]]
    return ((rows - centre[0]) / radii[0]) ** 2 + ((columns - centre[1]) / radii[1]) ** 2 <= 1


def planes_with(what: str) -> list[tuple[str, str]]:
    from sesamoid.applications.wrist_hand.measuring import measurement_table

    return [
        (plane, entry["part"])
        for plane, listed in measurement_table()["planes"].items()
        for entry in listed
        if what in entry["what"]
    ]


def wrist_result(letter: GradeLetter = GradeLetter.A) -> tuple[Result, str]:
    plane, part = planes_with("area")[0]
    image = Image(
        np.zeros((1, *SIZE), np.uint8), Provenance(Path("a.png"), "PNG"), spacing_mm=(STEP, STEP)
    )
    grade = Grade(letter, 0.9, (), ("C: too dark",) if letter is GradeLetter.C else (), "rule")
    masks = PlaneMasks({part: ellipse((40, 80), (10, 20))})
    found = measure_plane(image, protocol("wrist-hand-15").plane(plane), grade, masks)
    result = Result(
        "wrist_hand", image, MODEL, grade, regions=found.regions, lines=found.lines,
        measurements=found.measurements, settings={"protocol": "wrist-hand-15 1"},
    )  # fmt: skip
    return result, f"{plane}/{part}"


def value(result: Result, key: str, owner: str) -> Measurement:
    return next(m for m in result.measurements if m.quantity.key == key and m.evidence[0] == owner)


def redrawn(result: Result, name: str, mask: np.ndarray) -> Result:
    return replace(
        result,
        regions=tuple(replace(r, mask=mask) if r.identifier == name else r for r in result.regions),
    )


def test_a_redrawn_nerve_gets_its_new_area_and_says_who() -> None:
    result, name = wrist_result()
    before = value(result, "cross_sectional_area", name)
    mask = ellipse((40, 80), (20, 20))
    after = remeasured(redrawn(result, name, mask), {name}, by=BY)
    area = value(after, "cross_sectional_area", name)
    assert area.value == pytest.approx(mask.sum() * STEP**2)
    assert area.value == pytest.approx(2 * before.value, rel=0.02)
    assert area.notes[-1] == "Modified by anna, 2026-11-21."


def test_what_did_not_change_is_not_marked() -> None:
    result, name = wrist_result()
    mask = result.regions[0].mask
    after = remeasured(redrawn(result, name, mask.copy()), {name}, by=BY)
    assert after.measurements == result.measurements


def test_grade_c_refuses_and_a_better_grade_measures_again() -> None:
    result, name = wrist_result()
    bad = replace(result.grade, letter=GradeLetter.C, reasons=(f"C: {BY}",))
    without = remeasured(replace(result, grade=bad), {"grade"}, by=BY)
    assert all(m.value is None and BY in (m.reason or "") for m in without.measurements)
    again = remeasured(replace(without, grade=result.grade), {"grade"}, by=BY)
    assert value(again, "cross_sectional_area", name).value == pytest.approx(
        value(result, "cross_sectional_area", name).value
    )


def test_a_better_grade_leaves_moved_calipers_alone() -> None:
    result, _ = wrist_result()
    good = replace(result.grade, letter=GradeLetter.B)
    after = remeasured(replace(result, grade=good), {"grade"}, by=BY)
    assert after.measurements == result.measurements


def test_an_unknown_application_refuses_rather_than_keep_an_old_number() -> None:
    result, name = wrist_result()
    foreign = replace(result, application="somebody_elses")
    after = remeasured(redrawn(foreign, name, ellipse((40, 80), (5, 5))), {name}, by=BY)
    owned = [m for m in after.measurements if name in m.evidence]
    assert owned
    assert all(m.value is None and "somebody_elses" in (m.reason or "") for m in owned)


def test_a_band_s_caliper_gives_the_thickness_when_it_is_moved() -> None:
    result, _ = wrist_result()
    plane, part = planes_with("thickness")[0]
    mask = np.zeros(SIZE, bool)
    mask[40:50, 20:180] = True
    found = measure_plane(
        result.image, protocol("wrist-hand-15").plane(plane), result.grade,
        PlaneMasks({part: mask}),
    )  # fmt: skip
    result = replace(
        result, regions=found.regions, lines=found.lines, measurements=found.measurements
    )
    line = next(one for one in result.lines if one.identifier.endswith("/thickness"))
    moved = replace(line, start=(40.0, 90.0), end=(70.0, 130.0))
    lines = tuple(moved if one is line else one for one in result.lines)
    after = remeasured(replace(result, lines=lines), {line.identifier}, by=BY)
    thick = value(after, "thickness", f"{plane}/{part}")
    assert thick.value == pytest.approx(np.hypot(30, 40) * STEP)
    assert "by hand" in thick.method
