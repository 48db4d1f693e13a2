"""From the outlines of a plane's picture to regions and measurements; nothing on grade C."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sesamoid import measure
from sesamoid.anatomy import Code, LabelPart, Plane, Structure, structure
from sesamoid.anatomy.codes import LOCAL_SCHEME
from sesamoid.anatomy.fields import read_yaml
from sesamoid.findings import Grade, Line, Measurement, Region
from sesamoid.imaging import Calibration, Image
from sesamoid.measure.band import band_thickness, column_height, largest_thickness

from .plane_masks import PlaneMasks
from .quantities import PART_VISIBILITY, QUANTITIES


@dataclass(frozen=True)
class PlaneFindings:
    """What was outlined and measured on one picture."""

    regions: tuple[Region, ...] = ()
    lines: tuple[Line, ...] = ()
    measurements: tuple[Measurement, ...] = ()

    def __add__(self, other: PlaneFindings) -> PlaneFindings:
        return PlaneFindings(
            self.regions + other.regions,
            self.lines + other.lines,
            self.measurements + other.measurements,
        )


@cache
def measurement_table() -> dict[str, Any]:
    """``measurements.yaml``; read, not changed."""
    home = resources.files("sesamoid.applications.wrist_hand")
    return read_yaml(Path(str(home.joinpath("measurements.yaml"))))


def measure_plane(
    image: Image,
    plane: Plane,
    grade: Grade,
    masks: PlaneMasks,
    *,
    frame: int = 0,
    tag: str = "",
    visibility: Mapping[str, float] | None = None,
) -> PlaneFindings:
    """Regions of all outlined parts of a plane, and what is to be measured on them.

    Parameters
    ----------
    image : Image
        Masks are on its pixels.
    plane : Plane
    grade : Grade
        Of the picture: on grade C every measurement is refused, with the reason.
    masks : PlaneMasks
    frame : int
    tag : str
        Put after every identifier, where a result holds several pictures.
    visibility : mapping of str to float, optional
        Of parts, 0..1, as the network judges it; it judges the required ones only.
    """
    regions = tuple(
        Region(
            f"{plane.id}/{key}{tag}",
            part_structure(part),
            masks.masks[key],
            (visibility or {}).get(key),
            frame,
            PART_VISIBILITY,
        )
        for key, part in _parts(plane).items()
        if key in masks.masks
    )
    found = PlaneFindings(regions=regions)
    table = measurement_table()
    for entry in table["planes"].get(plane.id, ()):
        key = entry["part"]
        part = _parts(plane).get(key)
        if part is None:  # a site's protocol without it
            continue
        for what in entry["what"]:
            one = _Measuring(image, plane, part, what, frame, tag, _source(table, entry["src"]))
            found += one.made(masks.masks.get(key), grade)
    return found


def part_structure(part: LabelPart) -> Structure:
    """What a region of a part is: its structure, or a group of them by the part's own name."""
    first = structure(part.structures[0])
    if len(part.structures) == 1:
        return first
    plain = "".join(c if c.isalnum() else "_" for c in part.key.upper())
    return replace(
        first,
        key=f"group_{plain.lower()}",
        name=part.title[:1].upper() + part.title[1:],
        abbreviation=part.key.split(":")[0],
        code=Code(f"GRP_{plain}"[:16], LOCAL_SCHEME, part.title[:64]),
        source="local: the structures that one label of the protocol stands for",
    )


@dataclass(frozen=True)
class _Measuring:
    image: Image
    plane: Plane
    part: LabelPart
    what: str
    frame: int
    tag: str
    source: str

    def made(self, mask: NDArray[np.bool_] | None, grade: Grade) -> PlaneFindings:
        if not grade.measurable:
            return self._none(f"grade C: {_why_refused(grade)}")
        if mask is None or not mask.any():
            return self._none(f"{self.part.title} is not outlined on this picture")
        scale = self.image.calibration(_bounds(mask), frame=self.frame)
        value, unit, line = self._value(mask, scale)
        name = f"{self.plane.id}/{self.part.key}{self.tag}"
        lines = (
            ()
            if line is None
            else (line.line(f"{name}/{self.what}", self._name, frame=self.frame),)
        )
        notes = () if self._fine(mask) else ("the outline is only a few pixels thick",)
        return PlaneFindings(
            lines=lines,
            measurements=(
                Measurement(
                    quantity=QUANTITIES[self.what], value=value, unit=unit,
                    method=self._method(scale),
                    evidence=(name, *(one.identifier for one in lines)),
                    frame=self.frame, notes=notes,
                ),
            ),
        )  # fmt: skip

    def _value(
        self, mask: NDArray[np.bool_], scale: Calibration
    ) -> tuple[float, str, measure.Caliper | None]:
        step, middle = scale.spacing, float(measurement_table()["middle"])
        if self.what == "area":
            return measure.area(mask, step), scale.area_unit, None
        if self.what == "flattening":
            return measure.flattening_ratio(mask, step), "1", None
        if self.what == "diameter":
            area = measure.area(mask, step)
            return 2 * math.sqrt(area / math.pi), scale.length_unit, None
        if self.what == "height":
            return column_height(mask, step, middle=middle), scale.length_unit, None
        if self.what == "recess":
            caliper = largest_thickness(mask, step)
            return caliper.length, scale.length_unit, caliper
        thickness, caliper = band_thickness(mask, step, middle=middle)
        return thickness, scale.length_unit, caliper

    @property
    def _name(self) -> str:
        return f"{QUANTITIES[self.what].name}, {self.part.title}"

    def _fine(self, mask: NDArray[np.bool_]) -> bool:
        count = mask.sum(axis=0)
        return float(np.median(count[count > 0])) >= float(measurement_table()["least_px"])

    def _method(self, scale: Calibration) -> str:
        text = f"{QUANTITIES[self.what].definition} Plane {self.plane.id}. Source: {self.source}."
        return text if scale.spacing_mm else f"{text} In pixels: {scale.source}."

    def _none(self, reason: str) -> PlaneFindings:
        quantity = QUANTITIES[self.what]
        unit = {"area": "mm2", "flattening": "1"}.get(self.what, "mm")
        one = Measurement(
            quantity, None, unit, quantity.definition,
            (f"{self.plane.id}/{self.part.key}{self.tag}",), reason=reason, frame=self.frame,
        )  # fmt: skip
        return PlaneFindings(measurements=(one,))


def _parts(plane: Plane) -> dict[str, LabelPart]:
    return {part.key: part for group in plane.labels.values() for part in group.parts}


def _why_refused(grade: Grade) -> str:
    """The reasons of the letter, without those that alone would have left a B."""
    letter = f"{grade.letter.value}: "
    reasons = [r.removeprefix(letter) for r in grade.reasons if r.startswith(letter)]
    return "; ".join(reasons or grade.reasons) or "the picture is not of measurable quality"


def _source(table: dict[str, Any], key: str) -> str:
    entry = table["sources"][key]
    return f"[{entry['tag']}] {entry['text']}"


def _bounds(mask: NDArray[np.bool_]) -> NDArray[np.float64]:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return np.array([[rows[0], columns[0]], [rows[-1], columns[-1]]], dtype=float)
