"""Findings survive being stored: to plain types and back."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from sesamoid.anatomy import Code, structure
from sesamoid.errors import SesamoidError
from sesamoid.findings import (
    MODEL_PROBABILITY,
    Category,
    Grade,
    GradeLetter,
    Line,
    Measurement,
    Quantity,
    Region,
    SubScore,
    Uncertainty,
)
from sesamoid.reports.finding_json import (
    category_as_json,
    grade_as_json,
    line_as_json,
    measurement_as_json,
    quantity_as_json,
    region_as_json,
)
from sesamoid.reports.finding_read import (
    category_from_json,
    filled,
    grade_from_json,
    line_from_json,
    measurement_from_json,
    region_from_json,
)
from sesamoid.reports.outlines import outlines

QUANTITY = Quantity("area", "Area", Code("42798000", "SCT", "Area"), "Pixels times pixel area.")


def through_text(content: dict) -> dict:
    return json.loads(json.dumps(content))


@settings(max_examples=150, deadline=None)
@given(hnp.arrays(np.bool_, st.tuples(st.integers(1, 14), st.integers(1, 14))))
def test_a_mask_is_the_same_after_its_outlines(mask: np.ndarray) -> None:
    polygons = [np.round(one.points, 2).tolist() for one in outlines(mask)]
    assert (filled(polygons, mask.shape) == mask).all()


def test_holes_and_islands_in_holes_survive() -> None:
    mask = np.zeros((40, 50), bool)
    mask[5:35, 5:45] = True
    mask[10:30, 10:40] = False
    mask[15:25, 20:30] = True
    mask[18:20, 22:24] = False
    back = region_from_json(
        through_text(region_as_json(Region("a", structure("nerve"), mask, 0.5, 3), "N")),
        mask.shape,
    )
    assert (back.mask == mask).all()
    assert (back.identifier, back.structure, back.confidence, back.frame) == (
        "a",
        structure("nerve"),
        0.5,
        3,
    )


def test_what_a_confidence_is_survives() -> None:
    mask = np.ones((3, 4), bool)
    seen = replace(QUANTITY, key="seen", name="Seen")
    region = Region("a", structure("nerve"), mask, 0.4, 0, seen)
    content = region_as_json(region, "N") | {"confidence_quantity": quantity_as_json(seen)}
    back = region_from_json(through_text(content), mask.shape)
    assert (back.confidence, back.confidence_is) == (0.4, seen)
    unknown = region_as_json(replace(region, confidence=None), "N")
    with pytest.raises(SesamoidError, match="is a seen, which is not described"):
        region_from_json(through_text(unknown), mask.shape)
    unknown["confidence_is"] = MODEL_PROBABILITY.key
    assert region_from_json(through_text(unknown), mask.shape).confidence is None


@pytest.mark.parametrize(
    "one",
    [
        Measurement(QUANTITY, 1.25, "mm2", "how", ("a", "b"), Uncertainty(1, 2, 0.95, "m"),
                    frame=2, notes=("n",)),
        Measurement(QUANTITY, None, "mm2", "how", reason="too dark"),
    ],
)  # fmt: skip
def test_measurements(one: Measurement) -> None:
    assert measurement_from_json(through_text(measurement_as_json(one))) == one


def test_lines_grades_and_categories() -> None:
    line = Line("l", "Line", (1.25, 2.5), (3.0, 4.0), 1, ((2.0, 2.0),))
    assert line_from_json(through_text(line_as_json(line))) == line
    grade = Grade(GradeLetter.B, 0.5, (SubScore("gain", 0.4, "low"),), ("B: gain low",), "rule", 4)
    assert grade_from_json(through_text(grade_as_json(grade))) == grade
    category = Category("plane", (("S1", 0.75), ("S2", 0.25)), evidence=("e",), frame=1)
    assert category_from_json(through_text(category_as_json(category))) == category
