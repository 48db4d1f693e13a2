"""Measured tables in a manifest and on a card."""

from __future__ import annotations

from dataclasses import replace

from sesamoid.evidence.measured import MeasuredTable, measured_section, with_measured
from sesamoid.models import Manifest

MANIFEST = Manifest(
    "tiny", "1", "none", ("background",), (8, 8), "0" * 64, "float32", (), figures={"table": 1}
)


def table(of: str, title: str, origin: str = "virtual", value: str = "0.5") -> MeasuredTable:
    return MeasuredTable(
        of, title, origin, "On ten.", "sesamoid evaluate x", "2026-01-02", ("figure", "value"),
        (("F1", value),), "A note.",
    )  # fmt: skip


def titles(manifest: Manifest) -> list[str]:
    return [one["title"] for one in manifest.figures["measured"]]


def test_tables_are_added_and_nothing_else_changes() -> None:
    found = with_measured(MANIFEST, [table("a", "first"), table("b", "second")])
    assert titles(found) == ["first", "second"]
    assert found.figures["table"] == 1
    assert replace(found, figures=MANIFEST.figures) == MANIFEST
    assert "measured" not in MANIFEST.figures


def test_the_same_measurement_again_replaces_all_its_tables_where_they_stand() -> None:
    before = with_measured(MANIFEST, [table("a", "1"), table("a", "2"), table("b", "3")])
    found = with_measured(before, [table("a", "1", value="0.6")])
    assert titles(found) == ["1", "3"]
    assert found.figures["measured"][0]["rows"] == (("F1", "0.6"),)


def test_every_heading_says_what_data_the_figures_come_from() -> None:
    found = with_measured(MANIFEST, [table("a", "one"), table("b", "two", "real")])
    section = measured_section(found.figures)
    headings = [line for line in section.splitlines() if line.startswith("#")]
    assert headings == ["### VIRTUAL: one", "### REAL: two"]
    assert "| figure | value |\n|---|---|\n| F1 | 0.5 |\n\nA note.\n" in section
    assert "On ten. `sesamoid evaluate x`, 2026-01-02." in section


def test_no_tables_no_section() -> None:
    assert measured_section({"table": 1}) == ""


def test_a_date_that_is_not_known_is_not_made_up() -> None:
    found = with_measured(MANIFEST, [replace(table("a", "one"), date="")])
    assert "date not recorded" in measured_section(found.figures)
