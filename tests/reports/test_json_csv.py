from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from sesamoid.errors import OutputError
from sesamoid.reports import Failure, csv_text, result_to_dict, results_to_dict
from sesamoid.reports.report_csv import COLUMNS

SCHEMA = json.loads(
    (Path(__file__).parents[2] / "docs" / "schema" / "result-v1.schema.json").read_text("utf-8")
)


def document(*results, failures=(), **options):
    entries = [result_to_dict(r) for r in results]
    return results_to_dict(entries, failures, application="nerve", **options)


def validate(doc) -> None:
    jsonschema.Draft202012Validator(
        SCHEMA, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    ).validate(json.loads(json.dumps(doc, allow_nan=False)))


def test_schema_is_itself_valid():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("options", [{}, {"letter": "C"}, {"spacing": None}, {"evidence": True}])
def test_output_validates(make_result, options):
    validate(document(make_result(**options), failures=[Failure(Path("x.dcm"), "cut off")]))


def test_empty_run_validates():
    validate(document())


def test_flat_extras_validate(make_result):
    entry = result_to_dict(make_result(), extras={"nerve_area_mm2": 9.8, "side": "left"})
    doc = results_to_dict([entry], application="nerve", extras={"limit_mm2": None})
    validate(doc)
    assert doc["results"][0]["nerve_area_mm2"] == 9.8


def test_unknown_confidence_is_null_and_an_empty_cell(make_result):
    result = make_result()
    first, *others = result.regions
    doc = document(replace(result, regions=(replace(first, confidence=None), *others)))
    validate(doc)
    (entry,) = doc["results"]
    assert entry["regions"][0]["confidence"] is None
    assert entry["regions"][0]["confidence_is"] == "model_probability"
    cells = {
        row["region"]: row["confidence"] for row in csv.DictReader(io.StringIO(csv_text([entry])))
    }
    assert cells[first.identifier] == ""
    assert float(cells[others[0].identifier]) == pytest.approx(others[0].confidence)


def test_extra_may_not_hide_a_standard_field(make_result):
    with pytest.raises(OutputError, match="grade"):
        result_to_dict(make_result(), extras={"grade": "A"})


def test_schema_refuses_a_missing_value_without_reason(make_result):
    doc = document(make_result())
    doc["results"][0]["measurements"][0].update(value=None, reason=None)
    with pytest.raises(jsonschema.ValidationError):
        validate(doc)


def test_region_geometry_is_row_column(make_result):
    region = result_to_dict(make_result())["regions"][0]
    assert region["centroid"] == pytest.approx([150, 210], abs=0.2)
    box = region["bounding_box"]
    assert (box["top"], box["left"]) == (124, 162)
    assert (box["height"], box["width"]) == (53, 97)
    points = np.array(region["contours"][0])
    assert points[:, 0].min() == pytest.approx(123.5)
    assert points[:, 1].max() == pytest.approx(258.5)


def test_undecodable_file_name_is_encodable(make_result):
    entry = result_to_dict(make_result("exam/\udcff.png"))
    json.dumps(entry, ensure_ascii=False).encode("utf-8")


def read_csv(entries):
    return list(csv.DictReader(io.StringIO(csv_text(entries))))


def test_csv_has_one_row_a_measurement(make_result):
    result = make_result()
    rows = read_csv([result_to_dict(result)])
    assert len(rows) == len(result.measurements)
    assert tuple(rows[0]) == COLUMNS
    assert rows[0]["quantity"] == "area"
    assert float(rows[0]["value"]) == result.measurements[0].value
    assert rows[0]["unit"] == "mm2"
    assert rows[0]["region"] == "nerve-1"
    assert rows[0]["origin"] == "real"
    assert float(rows[0]["uncertainty_low"]) < float(rows[0]["value"])


def test_csv_says_why_a_value_is_missing(make_result):
    rows = read_csv([result_to_dict(make_result())])
    missing = [row for row in rows if row["value"] == ""]
    assert [row["reason"] for row in missing] == ["the outline touches the border"]


def test_csv_row_of_a_not_measurable_image(make_result):
    (row,) = read_csv([result_to_dict(make_result(letter="C"))])
    assert row["reason"] == "not measurable: no nerve was found; the image is too dark"
    assert row["grade"] == "C"


def test_csv_formula_in_a_path_is_disarmed(make_result):
    (row, *_) = read_csv([result_to_dict(make_result("=HYPERLINK(1).png"))])
    assert row["path"].startswith("'=")
