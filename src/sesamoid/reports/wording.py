"""Numbers, units and paths as people read them; the same wording in every report."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from sesamoid.findings import Measurement, Region, Result

UNIT_SYMBOLS = {
    "mm": "mm",
    "mm2": "mm²",
    "mm3": "mm³",
    "cm": "cm",
    "cm2": "cm²",
    "cm3": "cm³",
    "deg": "°",
    "1": "",
    "%": "%",
    "{pixels}": "px",
    "{grey}": "grey levels",
    "/{pixels}": "/px",
    "s": "s",
    "ms": "ms",
    "[hnsf'U]": "HU",
}
"""UCUM unit to the symbol shown; others are shown as they are."""


def unit_symbol(measurement: Measurement) -> str:
    """The unit as shown; an area in pixels is px, a length too: the quantity tells them apart."""
    return UNIT_SYMBOLS.get(measurement.unit, measurement.unit)


def number(value: float, *, digits: int = 3) -> str:
    """`value` to `digits` significant digits, without an exponent for everyday sizes.

    A whole number is a count or a grade, and is shown as one.

    Examples
    --------
    >>> number(9.8349), number(123.4), number(0.04567), number(25340.0), number(2.0)
    ('9.83', '123', '0.0457', '25340', '2')
    """
    if value == 0:
        return "0"
    if value == round(value) and abs(value) < 10**digits:
        return f"{value:.0f}"
    magnitude = math.floor(math.log10(abs(value)))
    if not -4 <= magnitude <= 6:
        return f"{value:.{digits - 1}e}"
    return f"{value:.{max(0, digits - 1 - magnitude)}f}"


def value_with_unit(measurement: Measurement) -> str:
    """Value and unit, or a dash where there is no value."""
    if measurement.value is None:
        return "–"
    unit = unit_symbol(measurement)
    gap = "" if unit in ("", "°", "%") else " "
    return f"{number(measurement.value)}{gap}{unit}"


def confidence_text(region: Region) -> str:
    """What a region's confidence is, and its value; empty where nothing is known of it."""
    if region.confidence is None:
        return ""
    name = region.confidence_is.name
    return f"{name[:1].lower()}{name[1:]} {region.confidence:.0%}"


def in_ranges(numbers: Sequence[int]) -> str:
    """Increasing numbers with runs of three and more written as ranges.

    Examples
    --------
    >>> in_ranges([0, 1, 2, 3, 5, 8, 9])
    '0 to 3, 5, 8, 9'
    """
    runs: list[list[int]] = []
    for one in numbers:
        if runs and one == runs[-1][-1] + 1:
            runs[-1].append(one)
        else:
            runs.append([one])
    parts = [
        [f"{run[0]} to {run[-1]}"] if len(run) > 2 else [str(one) for one in run] for run in runs
    ]
    return ", ".join(text for part in parts for text in part)


def printable(text: str | Path) -> str:
    """`text` with undecodable bytes of a file name shown as U+FFFD, so that it can be encoded."""
    return str(text).encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def is_calibrated(result: Result) -> bool:
    """True where what was measured is in physical units; False where lengths are in pixels."""
    if any(m.unit == "{pixels}" for m in result.measurements):
        return False
    return result.image.calibrated
