"""Calibrated ultrasound regions of a DICOM file (PS3.3 C.8.5.5)."""

from __future__ import annotations

from pydicom.dataset import Dataset

from sesamoid.imaging.dicom.header import functional_group, positive_pair
from sesamoid.imaging.geometry import Crop, UltrasoundRegion

SPATIAL_FORMATS = {
    0: "none",
    1: "2D",
    2: "M-mode",
    3: "spectral",
    4: "wave form",
    5: "graphics",
}
"""Region Spatial Format (0018,6012), PS3.3 C.8.5.5.1.1."""

DATA_TYPES = {
    1: "tissue",
    2: "colour flow",
    3: "PW Doppler",
    4: "CW Doppler",
    5: "Doppler mean trace",
    6: "Doppler mode trace",
    7: "Doppler max trace",
    8: "volume trace",
    10: "ECG trace",
    11: "pulse trace",
    12: "phonocardiogram trace",
    13: "grey bar",
    14: "colour bar",
    15: "integrated backscatter",
    16: "area trace",
    17: "d(area)/dt",
    18: "other physiological",
}
"""Region Data Type (0018,6014), PS3.3 C.8.5.5.1.2."""

CENTIMETRE = 3
"""Physical Units (0018,6024) and (0018,6026), PS3.3 C.8.5.5.1.15."""

_PRIORITY_FLAG = 1  # bit 0 of Region Flags (0018,6016): drawn over others
_OVERFLOW = 1  # pixels by which a maximum may pass the edge: some scanners write it exclusive


def ultrasound_regions(
    dataset: Dataset, size: tuple[int, int]
) -> tuple[tuple[UltrasoundRegion, ...], tuple[str, ...]]:
    """Every region of the file that lies in the picture, 2-D tissue first, and notes.

    A region that reaches beyond the picture shows that the picture was changed after the scanner
    wrote the region. Where one axis still ends at the picture's edge, the picture was cut and
    the spacing holds; else it may have been resized, and the region is left out.

    Parameters
    ----------
    dataset : Dataset
        The header.
    size : tuple of int
        (rows, columns) of the picture.
    """
    regions: list[UltrasoundRegion] = []
    notes: list[str] = []
    for number, item in enumerate(dataset.get("SequenceOfUltrasoundRegions") or (), start=1):
        region, note = _region(item, size, number)
        if region is not None:
            regions.append(region)
        if note is not None:
            notes.append(note)
    regions.sort(key=lambda region: region.kind != "2D tissue")  # stable: file order within
    return tuple(regions), tuple(notes)


def _region(
    item: Dataset, size: tuple[int, int], number: int
) -> tuple[UltrasoundRegion | None, str | None]:
    edges = [item.get(f"RegionLocation{name}") for name in ("MinY0", "MinX0", "MaxY1", "MaxX1")]
    if any(edge is None for edge in edges):
        return None, f"ultrasound region {number} gives no location: left out"
    top, left, last_row, last_column = (int(edge) for edge in edges)
    kind = _kind(item)
    spacing = _spacing(item, kind)
    label = f"ultrasound region {number} ({kind})"
    rows, columns = size
    if top < 0 or left < 0 or last_row < top or last_column < left:
        return None, f"{label} has impossible bounds: left out"
    if top >= rows or left >= columns:
        return None, f"{label} lies outside the picture: left out"
    over_rows, over_columns = last_row - (rows - 1), last_column - (columns - 1)
    note = None
    if over_rows > _OVERFLOW or over_columns > _OVERFLOW:
        kept_edge = (0 <= over_columns <= _OVERFLOW) or (0 <= over_rows <= _OVERFLOW)
        reach = f"{label} reaches row {last_row}, column {last_column} of {rows} x {columns}"
        if not kept_edge:
            return None, (
                f"{reach}: the picture was resized or cut after the scanner, so the calibration "
                "of this region is not used"
            )
        note = f"{reach}: the picture was cut there, its spacing still holds"
    bounds = Crop(
        top, left, min(last_row, rows - 1) - top + 1, min(last_column, columns - 1) - left + 1
    )
    priority = bool(int(item.get("RegionFlags") or 0) & _PRIORITY_FLAG)
    return UltrasoundRegion(bounds, spacing, kind, priority=priority), note


def _kind(item: Dataset) -> str:
    spatial = SPATIAL_FORMATS.get(int(item.get("RegionSpatialFormat") or 0), "unknown format")
    data = DATA_TYPES.get(int(item.get("RegionDataType") or 0))
    if spatial in ("2D", "spectral") and data:
        return f"{spatial} {data}"
    return spatial if spatial != "none" or data is None else data


def _spacing(item: Dataset, kind: str) -> tuple[float, float] | None:
    """(row, column) in mm where both axes of a 2-D region are lengths in cm."""
    if not kind.startswith("2D"):
        return None
    units = (item.get("PhysicalUnitsYDirection"), item.get("PhysicalUnitsXDirection"))
    if units != (CENTIMETRE, CENTIMETRE):
        return None
    try:  # a delta may be negative where the axis runs against the pixels
        deltas = tuple(
            abs(float(item.get(name)) * 10.0) for name in ("PhysicalDeltaY", "PhysicalDeltaX")
        )
    except (TypeError, ValueError):
        return None
    return positive_pair(deltas)


def per_frame_regions(
    dataset: Dataset, frames: int, size: tuple[int, int]
) -> tuple[UltrasoundRegion, ...]:
    """Regions of the whole picture from the pixel measures of each frame (PS3.3 C.7.6.16.2.1).

    Frames of equal spacing share a region; one region for all frames has ``frames=None``.
    """
    groups: dict[tuple[float, float], list[int]] = {}
    for frame in range(frames):
        measures = functional_group(dataset, frame, "PixelMeasuresSequence")
        spacing = positive_pair(measures.get("PixelSpacing")) if measures is not None else None
        if spacing is not None:
            groups.setdefault(spacing, []).append(frame)
    whole = Crop(0, 0, *size)
    return tuple(
        UltrasoundRegion(whole, spacing, "2D tissue", None if len(held) == frames else tuple(held))
        for spacing, held in groups.items()
    )


def main_spacing(regions: tuple[UltrasoundRegion, ...]) -> tuple[float, float] | None:
    """Spacing of the largest calibrated 2-D tissue region, else of the largest calibrated one."""
    calibrated = [region for region in regions if region.spacing_mm]
    tissue = [region for region in calibrated if region.kind == "2D tissue"]
    candidates = tissue or calibrated
    if not candidates:
        return None
    return max(candidates, key=lambda region: region.bounds.height * region.bounds.width).spacing_mm
