"""The scale of a muscle image: of the file, of the user, or of ticks beside the scan."""

from __future__ import annotations

from dataclasses import dataclass

from sesamoid.applications.application import AnalysisSettings
from sesamoid.applications.frames import calibrated
from sesamoid.findings import Line
from sesamoid.imaging import Crop, Image
from sesamoid.imaging.ruler import find_rulers
from sesamoid.imaging.ruler_scale import scale_candidates

SURE_ENOUGH = 0.5
"""Confidence from which the ticks' scale is used, said to be unconfirmed [P]."""


@dataclass(frozen=True)
class Scaled:
    """An image with its scale.

    Parameters
    ----------
    image : Image
    notes : tuple of str
        Where the scale came from, for the report.
    lines : tuple of Line
        The ruler, where the scale was read from one.
    """

    image: Image
    notes: tuple[str, ...]
    lines: tuple[Line, ...] = ()


def scaled(image: Image, settings: AnalysisSettings, area: Crop | None) -> Scaled:
    """The scale of the file, else the user's, else that of ticks, else none.

    Ticks are taken for square pixels: those beside the scan hold for its width too.
    """
    stated, notes = calibrated(image, settings)
    if stated.calibrated:
        return Scaled(stated, notes)
    box = area or Crop(0, 0, *image.size)
    found = scale_candidates(find_rulers(image.grey(0), area), box)
    if not found or found[0].confidence < SURE_ENOUGH:
        hint = "State it with --mm-per-pixel."
        if found:
            hint = f"Ticks were seen, too unsure to use: {found[0].assumption} {hint}"
        return Scaled(stated, (*notes, hint))
    best = found[0]
    step = best.mm_per_pixel
    along_rows = best.ruler.axis == "rows"
    ends = [
        (tick, best.ruler.position) if along_rows else (best.ruler.position, tick)
        for tick in (best.ruler.ticks[0], best.ruler.ticks[-1])
    ]
    return Scaled(
        image.with_spacing((step, step)),
        (
            f"Scale not stated by the file but read from the picture, {step:.4f} mm per pixel: "
            f"{best.assumption} State another with --mm-per-pixel.",
        ),
        (Line("ruler-1", "Ruler the scale was read from", ends[0], ends[1]),),
    )
