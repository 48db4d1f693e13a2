"""From a label image to regions with their measurements, in mm where the file is calibrated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sesamoid import measure
from sesamoid.anatomy import structure
from sesamoid.errors import SesamoidError
from sesamoid.findings import Line, Measurement, Quantity, Region, Uncertainty
from sesamoid.imaging import Calibration, Crop, Image

from . import quantities


@dataclass(frozen=True)
class Measured:
    """Findings on one frame."""

    regions: tuple[Region, ...] = ()
    lines: tuple[Line, ...] = ()
    measurements: tuple[Measurement, ...] = ()

    def __add__(self, other: Measured) -> Measured:
        return Measured(
            self.regions + other.regions,
            self.lines + other.lines,
            self.measurements + other.measurements,
        )


def find_regions(
    labels: NDArray[np.uint8],
    probabilities: NDArray[np.float32],
    classes: Sequence[str],
    *,
    frame: int,
) -> tuple[Region, ...]:
    """One region for each connected part of each class, the largest first.

    Parameters
    ----------
    labels : ndarray of shape (rows, columns)
        0 is background.
    probabilities : ndarray of shape (classes, rows, columns)
    classes : sequence of str
        Structure keys by label value.
    frame : int
    """
    out = []
    for value, masks in measure.instances_by_class(labels).items():
        for number, mask in enumerate(masks, start=1):
            suffix = f"@{frame}" if frame else ""
            out.append(
                Region(
                    identifier=f"{classes[value]}-{number}{suffix}",
                    structure=structure(classes[value]),
                    mask=mask,
                    confidence=float(probabilities[value][mask].mean()),
                    frame=frame,
                )
            )
    return tuple(out)


def measure_regions(
    image: Image,
    regions: Sequence[Region],
    probabilities: NDArray[np.float32],
    classes: Sequence[str],
    *,
    scan_area: Crop,
    frame: int,
) -> Measured:
    """All measurements of all regions on one frame.

    Parameters
    ----------
    image : Image
        As read; region masks are in its pixels.
    regions : sequence of Region
    probabilities : ndarray of shape (classes, rows, columns)
    classes : sequence of str
    scan_area : Crop
        Its top row is taken as the skin.
    frame : int
    """
    everything = Measured(regions=tuple(regions))
    vessels = [r for r in regions if r.structure.category == "vessel"]
    for region in regions:
        others = np.zeros(region.mask.shape, dtype=bool)
        for other in regions:
            if other is not region:
                others |= other.mask
        one = _OneRegion(
            image, region, probabilities[classes.index(region.structure.key)], others, scan_area
        )
        everything += one.findings(vessels, frame)
    return everything


@dataclass(frozen=True)
class _OneRegion:
    image: Image
    region: Region
    probability: NDArray[np.float32]
    others: NDArray[np.bool_]
    scan_area: Crop

    def findings(self, vessels: Sequence[Region], frame: int) -> Measured:
        mask, identifier = self.region.mask, self.region.identifier
        calibration = self.image.calibration(_bounding_points(mask), frame=frame)
        spacing = calibration.spacing
        short, long = measure.short_and_long_axis(mask, spacing)
        short_line = short.line(f"{identifier}/short-axis", "Short axis", frame=frame)
        long_line = long.line(f"{identifier}/long-axis", "Long axis", frame=frame)
        lines = [short_line, long_line]

        def number(
            quantity: Quantity,
            value: float,
            unit: str,
            *,
            evidence: tuple[str, ...] = (),
            uncertainty: Uncertainty | None = None,
            scale: Calibration = calibration,
        ) -> Measurement:
            return Measurement(
                quantity=quantity,
                value=float(value),
                unit=unit,
                method=_method(quantity, scale),
                evidence=(identifier, *evidence),
                uncertainty=uncertainty,
                frame=frame,
            )

        found = [
            number(
                quantities.CROSS_SECTIONAL_AREA,
                measure.area(mask, spacing),
                calibration.area_unit,
                uncertainty=measure.area_interval(
                    self.probability, mask, spacing, exclude=self.others
                ),
            ),
            number(quantities.PERIMETER, measure.perimeter(mask, spacing), calibration.length_unit),
            number(
                quantities.SHORT_AXIS,
                short.length,
                calibration.length_unit,
                evidence=(short_line.identifier,),
                uncertainty=measure.axis_interval(
                    self.probability, mask, spacing, axis="short", exclude=self.others
                ),
            ),
            number(
                quantities.LONG_AXIS,
                long.length,
                calibration.length_unit,
                evidence=(long_line.identifier,),
                uncertainty=measure.axis_interval(
                    self.probability, mask, spacing, axis="long", exclude=self.others
                ),
            ),
            number(quantities.FLATTENING_RATIO, measure.flattening_ratio(mask, spacing), "1"),
            number(quantities.CIRCULARITY, measure.circularity(mask, spacing), "1"),
            number(
                quantities.DEPTH,
                measure.depth(mask, spacing, skin_row=self.scan_area.top),
                calibration.length_unit,
            ),
            self._echogenicity(spacing, frame),
        ]
        if self.region.structure.category == "nerve" and vessels:
            nearest, line = self._nearest_vessel(vessels, frame)
            lines.append(line)
            found.append(nearest)
        return Measured((), tuple(lines), tuple(found))

    def _nearest_vessel(self, vessels: Sequence[Region], frame: int) -> tuple[Measurement, Line]:
        together = np.logical_or.reduce([v.mask for v in vessels])
        in_pixels = measure.distance_between(self.region.mask, together, (1.0, 1.0))
        ends = (in_pixels.start, in_pixels.end)
        calibration = self.image.calibration(ends, frame=frame)
        caliper = measure.distance_between(self.region.mask, together, calibration.spacing)
        quantity = quantities.DISTANCE_TO_VESSEL
        line = caliper.line(f"{self.region.identifier}/to-vessel", quantity.name, frame=frame)
        value = Measurement(
            quantity=quantity,
            value=caliper.length,
            unit=calibration.length_unit,
            method=_method(quantity, calibration),
            evidence=(self.region.identifier, line.identifier),
            frame=frame,
        )
        return value, line

    def _echogenicity(self, spacing: tuple[float, float], frame: int) -> Measurement:
        quantity, evidence = quantities.RELATIVE_ECHOGENICITY, (self.region.identifier,)
        area = np.zeros(self.region.mask.shape, dtype=bool)
        area[self.scan_area.top : self.scan_area.bottom] = True
        area[:, : self.scan_area.left] = False
        area[:, self.scan_area.right :] = False
        try:
            found = measure.relative_echogenicity(
                self.image.grey(frame), self.region.mask, spacing, exclude=self.others, within=area
            )
        except SesamoidError as error:
            return Measurement(
                quantity,
                None,
                "1",
                quantity.definition,
                evidence,
                reason=error.problem,
                frame=frame,
            )
        return Measurement(quantity, found.ratio, "1", quantity.definition, evidence, frame=frame)


def _method(quantity: Quantity, scale: Calibration) -> str:
    if scale.spacing_mm:
        return quantity.definition
    return f"{quantity.definition} In pixels: {scale.source}."


def _bounding_points(mask: NDArray[np.bool_]) -> NDArray[np.float64]:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return np.array([[rows[0], columns[0]], [rows[-1], columns[-1]]], dtype=float)
