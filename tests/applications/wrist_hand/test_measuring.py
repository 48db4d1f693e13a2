"""Measured on true outlines, the body's own sizes come out; on grade C nothing does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sesamoid.applications.wrist_hand.measuring import (
    measure_plane,
    measurement_table,
    part_structure,
)
from sesamoid.applications.wrist_hand.plane_masks import plane_masks
from sesamoid.applications.wrist_hand.quantities import PART_VISIBILITY, QUANTITIES
from sesamoid.findings import GradeLetter
from sesamoid.imaging import Image, Modality, Provenance

from .conftest import take
from .truth_look import NAMES, PROTOCOL, frame_look


def image_of(frame, *, spacing=True) -> Image:
    return Image(
        frame.image.pixels[None], Provenance(Path("frame.png"), "PNG"),
        modality=Modality.ULTRASOUND,
        spacing_mm=frame.image.spacing_mm if spacing else None,
    )  # fmt: skip


def measured(frame, plane: str, *, grade=None, spacing=True):
    rule = PROTOCOL.plane(plane)
    masks = plane_masks(
        frame_look(frame).labels, rule, NAMES.classes, spacing_mm=frame.image.spacing_mm
    )
    marks = grade if grade is not None else frame.truth.grade
    return measure_plane(image_of(frame, spacing=spacing), rule, marks, masks)


SIZES = [
    ("S11", "MN", "cross_sectional_area", "median_nerve_csa_inlet_mm2", 0.4),
    ("S11", "MN", "flattening_ratio", "median_nerve_flattening_inlet", 0.15),
    ("S11", "UN", "cross_sectional_area", "ulnar_nerve_csa_mm2", 0.3),
    ("S11", "UA", "diameter", "ulnar_artery_diameter_mm", 0.15),
    ("S12", "MN", "cross_sectional_area", "median_nerve_csa_outlet_mm2", 0.4),
    ("S5", "R-C.JS", "recess_depth", "radiocarpal_recess_mm", 0.12),
    ("S5", "L-C.JS", "recess_depth", "midcarpal_recess_mm", 0.12),
    ("S8", "MCP.JS", "recess_depth", "mcp_recess_2_mm", 0.08),
    ("S13", "A1", "thickness", "a1_thickness_1_mm", 0.05),
    ("S14", "A1:index", "thickness", "a1_thickness_2_mm", 0.05),
    ("S14", "A1:middle", "thickness", "a1_thickness_3_mm", 0.05),
    ("S15", "A1:ring", "thickness", "a1_thickness_4_mm", 0.06),
    ("S15", "A1:little", "thickness", "a1_thickness_5_mm", 0.05),
]


@pytest.fixture(scope="module")
def sharp(exam):
    return {plane: take(exam, plane, density=20.0) for plane in {row[0] for row in SIZES}}


@pytest.mark.parametrize(("plane", "part", "quantity", "size", "within"), SIZES)
def test_the_body_s_own_size_comes_out(
    exam, sharp, plane: str, part: str, quantity: str, size: str, within: float
) -> None:
    found = measured(sharp[plane], plane)
    name = f"{plane}/{part}"
    one = next(m for m in found.measurements if m.quantity.key == quantity and name in m.evidence)
    assert one.value == pytest.approx(dict(exam.body.sizes())[size], abs=within)
    assert one.unit == {"cross_sectional_area": "mm2", "flattening_ratio": "1"}.get(quantity, "mm")
    assert name in {region.identifier for region in found.regions}


def test_confidence_is_how_much_of_a_part_is_seen_and_unknown_of_optional_ones(sharp) -> None:
    frame, rule = sharp["S11"], PROTOCOL.plane("S11")
    masks = plane_masks(
        frame_look(frame).labels, rule, NAMES.classes, spacing_mm=frame.image.spacing_mm
    )
    found = measure_plane(
        image_of(frame), rule, frame.truth.grade, masks, visibility={"MN": 0.75}
    )  # fmt: skip
    known = {region.identifier: region.confidence for region in found.regions}
    assert known.pop("S11/MN") == 0.75
    assert known
    assert set(known.values()) == {None}
    assert {region.confidence_is for region in found.regions} == {PART_VISIBILITY}


def test_grade_c_is_refused_with_its_reason(sharp) -> None:
    frame = sharp["S11"]
    reasons = ("C: median nerve not seen", "B: gain low")
    bad = replace(frame.truth.grade, letter=GradeLetter.C, reasons=reasons)
    found = measured(frame, "S11", grade=bad)
    assert len(found.measurements) == 7
    assert {m.value for m in found.measurements} == {None}
    assert {m.reason for m in found.measurements} == {"grade C: median nerve not seen"}
    assert not found.lines


def test_what_is_not_outlined_has_no_value_but_a_reason(sharp) -> None:
    frame = sharp["S11"]
    rule = PROTOCOL.plane("S11")
    labels = frame_look(frame).labels.copy()
    labels[labels == NAMES.classes.index("ulnar_nerve")] = 0
    masks = plane_masks(labels, rule, NAMES.classes, spacing_mm=frame.image.spacing_mm)
    found = measure_plane(image_of(frame), rule, frame.truth.grade, masks)
    one = next(m for m in found.measurements if "S11/UN" in m.evidence)
    assert one.value is None
    assert one.reason == "ulnar nerve is not outlined on this picture"


def test_without_calibration_it_is_in_pixels_and_says_so(sharp) -> None:
    frame = sharp["S11"]
    found = measured(frame, "S11", spacing=False)
    area = next(m for m in found.measurements if m.quantity.key == "cross_sectional_area")
    assert area.unit != "mm2"
    assert "pixels" in area.method
    ratio = next(m for m in found.measurements if m.quantity.key == "flattening_ratio")
    with_scale = measured(frame, "S11")
    same = next(m for m in with_scale.measurements if m.quantity.key == "flattening_ratio")
    assert ratio.value == pytest.approx(same.value, rel=0.02), "square pixels"


def test_every_measurement_says_where_its_definition_comes_from(sharp) -> None:
    for one in measured(sharp["S14"], "S14").measurements:
        assert "Source: [" in one.method


def test_the_table_names_only_what_there_is() -> None:
    table = measurement_table()
    for plane_id, entries in table["planes"].items():
        plane = PROTOCOL.plane(plane_id)
        parts = {part.key for group in plane.labels.values() for part in group.parts}
        for entry in entries:
            assert entry["part"] in parts
            assert set(entry["what"]) <= set(QUANTITIES)
            assert entry["src"] in table["sources"]


def test_a_group_of_tendons_is_a_structure_of_its_own() -> None:
    plane = PROTOCOL.plane("S14")
    codes = set()
    for part in plane.labels["D&Ss"].parts:
        one = part_structure(part)
        assert len(one.code.value) <= 16
        assert one.category == "tendon"
        codes.add(one.code.value)
    assert len(codes) == 2
    assert part_structure(PROTOCOL.plane("S11").labels["MN"].parts[0]).key == "median_nerve"
    assert np.all([part_structure(p).name for p in plane.labels["D&Ss"].parts])
