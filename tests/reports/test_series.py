"""Time series in JSON, CSV and the page."""

import csv
import io
import re

import numpy as np
import pytest

from sesamoid.anatomy import Code
from sesamoid.errors import SesamoidError
from sesamoid.findings import Quantity, Stretch, TimeSeries
from sesamoid.reports.finding_json import series_as_json
from sesamoid.reports.series_plot import series_svg

THICKNESS = Quantity("thickness", "Muscle thickness", Code("59089-3", "LN", "Thickness"), "x.")


def series(**changes: object) -> TimeSeries:
    fields: dict[str, object] = {
        "quantity": THICKNESS,
        "unit": "mm",
        "frames": np.arange(5),
        "seconds": np.arange(5) / 25,
        "raw": np.array([10.0, 11.0, np.nan, 90.0, 12.0]),
        "smooth": np.array([10.0, 11.0, 11.3, 11.7, 12.0]),
        "rejected": np.array([False, False, False, True, False]),
        "stretches": (Stretch("rest", 0, 1), Stretch("shortening", 2, 4)),
    } | changes
    return TimeSeries(**fields)  # type: ignore[arg-type]


def test_a_frame_without_a_number_is_null() -> None:
    found = series_as_json(series())
    assert found["raw"] == [10.0, 11.0, None, 90.0, 12.0]
    assert found["seconds"] == [0.0, 0.04, 0.08, 0.12, 0.16]
    assert found["stretches"][1] == {"name": "shortening", "first": 2, "last": 4}
    assert series_as_json(series(seconds=None))["seconds"] is None


def test_arrays_of_several_lengths_are_refused() -> None:
    with pytest.raises(SesamoidError, match="several lengths"):
        series(smooth=np.zeros(4))


def test_the_plot_shows_every_number_but_outliers_set_no_scale() -> None:
    picture = series_svg(series(), "mm")
    assert picture.count('class="raw"') == 3
    assert 'class="out"' not in picture  # 90 mm lies far outside what is drawn
    near = series_svg(series(raw=np.array([10.0, 11.0, np.nan, 11.9, 12.0])), "mm")
    assert near.count('class="out"') == 1
    assert "<title>shortening</title>" in picture
    labels = re.findall(r'text-anchor="end">([\d.]+)<', picture)
    assert labels[:2] == ["10", "12"]
    assert "0.16 s" in picture
    assert "frame 4" in series_svg(series(seconds=None), "mm")


def test_a_gap_breaks_the_line() -> None:
    broken = series(smooth=np.array([10.0, 11.0, np.nan, 11.7, 12.0]))
    assert series_svg(broken, "mm").count("<polyline") == 2
    empty = np.full(5, np.nan)
    assert series_svg(series(raw=empty, smooth=empty), "mm") == ""


def test_the_table_has_a_row_a_frame(make_result) -> None:
    from dataclasses import replace

    from sesamoid.reports.series_csv import series_csv

    result = replace(make_result(), series=(series(),))
    rows = list(csv.DictReader(io.StringIO(series_csv(result))))
    assert len(rows) == 5
    assert rows[2]["thickness_mm"] == ""
    assert rows[3]["thickness_mm_rejected"] == "1"
    assert rows[3]["thickness_mm"] == "90.0000"
    assert [row["phase"] for row in rows] == ["rest", "rest", *["shortening"] * 3]
