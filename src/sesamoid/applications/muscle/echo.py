"""Echogenicity of the muscle on one frame, as measurements."""

from __future__ import annotations

from collections.abc import Sequence

from sesamoid.errors import SesamoidError
from sesamoid.findings import Measurement, Quantity, Region, Uncertainty
from sesamoid.imaging import Crop, Image
from sesamoid.measure.echogenicity_muscle import BandEcho, muscle_echogenicity

from . import echo_quantities
from .echo_options import EchoOptions
from .echo_referred import MuscleEcho, backscatter_measurements, reference_measurements
from .measuring import TWO_SIDED_95

STRIPS = "spread of strips side by side in this image"


def echo_measurements(
    image: Image, regions: Sequence[Region], frame: int, area: Crop | None, options: EchoOptions
) -> tuple[tuple[Measurement, ...], tuple[str, ...]]:
    """Echo of the muscle's superficial third and whole; and what to note, where it failed.

    Parameters
    ----------
    image : Image
    regions : sequence of Region
        Of the frame; without a muscle among them there is nothing.
    frame : int
    area : Crop or None
        The scan; its first row is the skin line.
    options : EchoOptions
    """
    muscle = next((r for r in regions if r.structure.key == "muscle"), None)
    if muscle is None:
        return (), ()
    grey = image.grey(frame)
    if grey.dtype.itemsize > 1:
        return (), ("Echo intensity is defined on 8-bit grey levels; this image has more.",)
    exclude = None
    for region in regions:
        if region is not muscle:
            exclude = region.mask if exclude is None else exclude | region.mask
    try:
        echo = muscle_echogenicity(grey, muscle.mask, exclude=exclude)
    except SesamoidError as error:
        return (), (f"No echo intensity: {error.problem}.",)
    seen = MuscleEcho(
        echo=echo,
        grey=grey,
        row_mm=image.spacing_mm[-2] if image.spacing_mm is not None else None,
        scan=area or Crop(0, 0, *image.size),
        region=muscle,
        frame=frame,
    )
    return (
        _of(echo_quantities.WHOLE, echo.whole, muscle.identifier, frame),
        _of(echo_quantities.SUPERFICIAL, echo.superficial, muscle.identifier, frame),
        *backscatter_measurements(seen, options.calibration),
        *reference_measurements(seen, options.references, options.bone_mm),
    ), ()


def _of(quantity: Quantity, band: BandEcho, identifier: str, frame: int) -> Measurement:
    uncertainty = None
    if band.standard_error is not None:
        half = TWO_SIDED_95 * band.standard_error
        uncertainty = Uncertainty(band.mean - half, band.mean + half, 0.95, STRIPS)
    return Measurement(
        quantity=quantity,
        value=band.mean,
        unit="{grey}",
        method=quantity.definition,
        evidence=(identifier,),
        uncertainty=uncertainty,
        frame=frame,
    )
