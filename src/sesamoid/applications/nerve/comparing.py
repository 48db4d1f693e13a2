"""What two images say together: wrist-to-forearm ratio, delta CSA."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sesamoid.errors import SesamoidError
from sesamoid.findings import Measurement, Quantity, Result

from . import limits, quantities


@dataclass(frozen=True)
class Comparison:
    """A figure from two areas.

    Parameters
    ----------
    quantity : Quantity
    unit : str
    first, second : str
        What the two images show, in the order in which they are given.
    """

    quantity: Quantity
    unit: str
    first: str
    second: str

    def of(self, first_mm2: float, second_mm2: float) -> float:
        """The figure."""
        if self.quantity is quantities.WRIST_FOREARM_RATIO:
            return limits.wrist_forearm_ratio(first_mm2, second_mm2)
        return limits.delta_csa(first_mm2, second_mm2)


COMPARISONS = {
    "wrist-forearm": Comparison(
        quantities.WRIST_FOREARM_RATIO, "1", "median nerve at the wrist", "12 cm further proximal"
    ),
    "tunnel-pronator": Comparison(
        quantities.DELTA_AREA,
        "mm2",
        "median nerve in the carpal tunnel",
        "at the level of pronator quadratus",
    ),
}


def comparison(name: str) -> Comparison:
    """The comparison of that name; SesamoidError where there is none."""
    try:
        return COMPARISONS[name]
    except KeyError:
        raise SesamoidError(
            f"no pair {name!r}", fix=f"use one of {', '.join(COMPARISONS)}."
        ) from None


def compare_pair(results: Sequence[Result], name: str) -> dict[str, Any]:
    """Compare the largest nerve of each of two results.

    Parameters
    ----------
    results : sequence of Result
        Two, in the order of the comparison.
    name : str
        A key of `COMPARISONS`.

    Returns
    -------
    dict
        ``value`` and ``unit``, the two areas with their images, and ``text``: the named limits
        that apply, each with its source; none is chosen for the user.

    Raises
    ------
    SesamoidError
        Not two results, no nerve on one, or no scale in mm.
    """
    chosen = comparison(name)
    if len(results) != 2:
        raise SesamoidError(
            f"the pair {name!r} needs two different, measured images; measured: {len(results)}",
            fix=f"give two files: first the {chosen.first}, then the one {chosen.second}.",
        )
    areas = [_largest_nerve(result) for result in results]
    first, second = (float(area.value) for area in areas if area.value is not None)
    value = chosen.of(first, second)
    text = [f"{chosen.quantity.name}: {value:.2f}{'' if chosen.unit == '1' else ' mm2'}"]
    text += [
        str(limits.assess(value, preset))
        for preset in limits.presets().values()
        if preset.quantity == chosen.quantity.key
    ]
    return {
        "pair": name,
        "key": chosen.quantity.key,
        "name": chosen.quantity.name,
        "definition": chosen.quantity.definition,
        "value": value,
        "unit": chosen.unit,
        "areas_mm2": [
            {
                "site": site,
                "path": str(result.image.provenance.path),
                "region": area.evidence[0],
                "value": area.value,
            }
            for site, result, area in zip(
                (chosen.first, chosen.second), results, areas, strict=True
            )
        ],
        "text": text,
    }


def _largest_nerve(result: Result) -> Measurement:
    path = result.image.provenance.path
    found = [
        one
        for one in result.measurements
        if one.quantity is quantities.CROSS_SECTIONAL_AREA
        and one.value is not None
        and one.evidence[0].startswith("nerve")
    ]
    if not found:
        raise SesamoidError(
            "no nerve was measured on this image", path=path, fix="give another image of the site."
        )
    largest = max(found, key=lambda one: one.value or 0.0)
    if largest.unit != "mm2":
        raise SesamoidError(
            "the area is in pixels, and a comparison needs mm2",
            path=path,
            fix="give calibrated DICOM files, or --mm-per-pixel.",
        )
    return largest
