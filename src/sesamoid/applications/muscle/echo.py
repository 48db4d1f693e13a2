"""Echogenicity of the muscle on one frame, as measurements."""

from __future__ import annotations

from collections.abc import Sequence

from sesamoid.anatomy import Code
from sesamoid.anatomy.codes import LOCAL_SCHEME
from sesamoid.errors import SesamoidError
from sesamoid.findings import Measurement, Quantity, Region, Uncertainty
from sesamoid.imaging import Image
from sesamoid.measure.echogenicity_muscle import BandEcho, muscle_echogenicity

WHOLE = Quantity(
    "echo_intensity",
    "Echo intensity",
    Code("ECHO_INTENSITY", LOCAL_SCHEME, "Mean grey level of muscle"),
    "Mean grey level (0 to 255) between the aponeuroses; holds for one machine and preset.",
)
SUPERFICIAL = Quantity(
    "echo_intensity_superficial",
    "Echo intensity, superficial third",
    Code("ECHO_SUPERFICIAL", LOCAL_SCHEME, "Mean grey level of muscle, upper third"),
    "Mean grey level (0 to 255) of the upper third of the muscle; holds for one machine and "
    "preset.",
)


def echo_measurements(
    image: Image, regions: Sequence[Region], frame: int
) -> tuple[tuple[Measurement, ...], tuple[str, ...]]:
    """Echo of the muscle's superficial third and whole; and what to note, where it failed."""
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
    return (
        _of(WHOLE, echo.whole, muscle.identifier, frame),
        _of(SUPERFICIAL, echo.superficial, muscle.identifier, frame),
    ), ()


def _of(quantity: Quantity, band: BandEcho, identifier: str, frame: int) -> Measurement:
    uncertainty = None
    if band.standard_error is not None:
        half = 1.96 * band.standard_error
        uncertainty = Uncertainty(
            band.mean - half, band.mean + half, 0.95, "spread of strips side by side in this image"
        )
    return Measurement(
        quantity=quantity,
        value=band.mean,
        unit="{grey}",
        method=quantity.definition,
        evidence=(identifier,),
        uncertainty=uncertainty,
        frame=frame,
    )
