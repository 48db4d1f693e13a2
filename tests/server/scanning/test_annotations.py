from __future__ import annotations

from typing import Any

import pytest

from sesamoid.errors import SesamoidError
from sesamoid.server.scanning.annotations import checked

SHAPE, SPACING = (100, 200), (0.1, 0.05)


def caliper(*ends: list[float]) -> dict[str, Any]:
    return {"kind": "caliper", "ends": list(ends)}


def test_a_caliper_is_measured_in_mm_along_each_axis_by_its_own_scale() -> None:
    (one,) = checked([caliper([20, 10], [60, 40])], SHAPE, SPACING)
    # 40 columns of 0.05 mm and 30 rows of 0.1 mm: 2 and 3 mm.
    assert one["value"] == pytest.approx(13**0.5, abs=1e-3)
    assert one["unit"] == "mm"


def test_without_calibration_it_is_pixels() -> None:
    (one,) = checked([caliper([0, 0], [30, 40])], SHAPE, None)
    assert (one["value"], one["unit"]) == (50.0, "{pixels}")


def test_what_a_browser_says_it_measured_counts_for_nothing() -> None:
    (one,) = checked([{**caliper([0, 0], [30, 40]), "value": 999, "unit": "km"}], SHAPE, None)
    assert one["value"] == 50.0


def test_a_note_keeps_its_text_and_place() -> None:
    (one,) = checked([{"kind": "note", "at": [3, 4], "text": " MN <b> "}], SHAPE, SPACING)
    assert one == {"kind": "note", "at": [3.0, 4.0], "text": "MN <b>"}


@pytest.mark.parametrize(
    "given",
    [
        {"kind": "arrow"},
        {},
        caliper([1, 2]),
        caliper([1, 2], [3]),
        caliper([1, 2], [3, 101]),
        caliper([-1, 2], [3, 4]),
        caliper([float("nan"), 2], [3, 4]),
        {"kind": "caliper", "ends": "everywhere"},
        {"kind": "note", "at": [1, 1], "text": "  "},
        {"kind": "note", "at": [1, 1], "text": "x" * 201},
        {"kind": "note", "text": "nowhere"},
    ],
)
def test_anything_else_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(SesamoidError):
        checked([given], SHAPE, SPACING)


def test_not_more_than_anyone_can_read() -> None:
    with pytest.raises(SesamoidError, match="51 annotations"):
        checked([caliper([0, 0], [1, 1])] * 51, SHAPE, SPACING)
