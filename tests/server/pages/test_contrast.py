"""Text on its ground, by the colours of the theme: WCAG 2.2, 1.4.3 (AA) and 1.4.11."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sesamoid.server import pages

THEME = Path(pages.__file__).parents[1] / "static" / "pages" / "theme.css"
TEXT, SIGN = 4.5, 3.0
PAIRS = [
    ("text", "ground"), ("text", "panel"), ("text", "raised"), ("text", "well"),
    ("muted", "ground"), ("muted", "panel"), ("muted", "raised"), ("muted", "well"),
    ("accent", "ground"), ("accent", "panel"), ("accent-ink", "accent"),
    ("text", "accent-soft"), ("text", "good-soft"), ("text", "bad-soft"), ("text", "warn-soft"),
    ("good", "good-soft"), ("bad", "bad-soft"), ("warn", "warn-soft"), ("bad", "panel"),
    ("grade-ink", "grade-a"), ("grade-ink", "grade-b"), ("grade-ink", "grade-c"),
]  # fmt: skip
EDGES = [("line-strong", "panel"), ("line-strong", "ground"), ("accent", "well")]


def themes() -> dict[str, dict[str, str]]:
    text = THEME.read_text("utf-8")
    light = dict(re.findall(r"--([\w-]+): (#\w{6})", text.split(':root[data-theme="dark"]')[0]))
    dark = dict(re.findall(r"--([\w-]+): (#\w{6})", text.split(':root[data-theme="dark"]')[1]))
    return {"light": light, "dark": light | dark}


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2, definitions)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_that_of_the_definition() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_text_can_be_read(theme: str, ink: str, ground: str) -> None:
    colours = themes()[theme]
    assert contrast(colours[ink], colours[ground]) >= TEXT


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("edge", "ground"), EDGES)
def test_edges_of_fields_can_be_seen(theme: str, edge: str, ground: str) -> None:
    colours = themes()[theme]
    assert contrast(colours[edge], colours[ground]) >= SIGN
