"""What an image is, as plain values for a JSON report or a table."""

from __future__ import annotations

from typing import Any

import numpy as np

from sesamoid.imaging.furniture import find_scan_area
from sesamoid.imaging.geometry import Crop
from sesamoid.imaging.image import Image, orientation_letters


def describe(image: Image) -> dict[str, Any]:
    """Everything that `sesamoid info` prints, ready for `json.dumps`.

    Parameters
    ----------
    image : Image

    Returns
    -------
    dict
        ``path``, ``format``, ``modality``, ``axes``, ``shape`` (list), ``dtype``, ``colour``,
        ``spacing_mm`` (list in array order, without the frames axis, or None), ``frames``,
        ``frame_rate_hz``, ``duration_s`` (from the first frame to the end of the last),
        ``regions`` (list), ``scan_area`` (or None where the scan fills the picture),
        ``transfer_syntax``, ``photometric``, ``orientation`` (direction in which each array axis
        runs, e.g. ``"SPL"``, or None), ``value_range``, ``attributes``, ``notes``.
    """
    source = image.provenance
    rate, duration = _timing(image)
    scan = find_scan_area(image) if image.axes == "frames" else None
    return {
        "path": str(source.path),
        "format": source.format,
        "modality": image.modality.value,
        "axes": image.axes,
        "shape": [int(length) for length in image.pixels.shape],
        "dtype": str(image.pixels.dtype),
        "colour": image.is_colour,
        "spacing_mm": [float(s) for s in image.spacing_mm] if image.spacing_mm else None,
        "calibrated": image.calibrated,
        "frames": image.frames,
        "frame_rate_hz": rate,
        "duration_s": duration,
        "regions": [
            {
                "bounds": _bounds(region.bounds),
                "spacing_mm": [float(s) for s in region.spacing_mm] if region.spacing_mm else None,
                "kind": region.kind,
                "frames": list(region.frames) if region.frames is not None else None,
            }
            for region in image.regions
        ],
        "scan_area": _bounds(scan) if scan is not None else None,
        "transfer_syntax": source.transfer_syntax,
        "photometric": source.photometric,
        "orientation": orientation_letters(image.affine) if image.affine is not None else None,
        "value_range": _value_range(image),
        "files": max(1, len(source.source_files)),
        "sha256": source.sha256,
        "attributes": dict(image.attributes),
        "notes": list(source.notes),
    }


def _bounds(crop: Crop) -> dict[str, int]:
    return {"top": crop.top, "left": crop.left, "height": crop.height, "width": crop.width}


def _timing(image: Image) -> tuple[float | None, float | None]:
    """(frames a second, seconds) from the frame times; the last frame lasts the mean interval."""
    times = image.frame_times_s
    if times is None or len(times) < 2 or not times[-1] > times[0]:
        return None, None
    interval = float(times[-1] - times[0]) / (len(times) - 1)
    return round(1.0 / interval, 6), round(interval * len(times), 6)


def _value_range(image: Image) -> list[float] | None:
    if image.pixels.size == 0:
        return None
    low, high = image.pixels.min(), image.pixels.max()
    if not (np.isfinite(low) and np.isfinite(high)):
        return None
    return [float(low), float(high)]
