"""Echo against something outside the image: a phantom, reference values, the bone below."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sesamoid.errors import SesamoidError
from sesamoid.findings import Measurement, Quantity, Region, Uncertainty
from sesamoid.imaging import Crop
from sesamoid.measure.echogenicity_backscatter import BackscatterCalibration
from sesamoid.measure.echogenicity_muscle import BandEcho, MuscleEchogenicity
from sesamoid.measure.echogenicity_reference import EchogenicityReference
from sesamoid.measure.heckmatt import BoneEcho, bone_echo, heckmatt_grade

from . import echo_quantities
from .measuring import TWO_SIDED_95

UNCALIBRATED = "the image has no scale, so depths in mm are not known; state --mm-per-pixel"


@dataclass(frozen=True)
class MuscleEcho:
    """A muscle's echo and the frame that it was taken from.

    Parameters
    ----------
    echo : MuscleEchogenicity
    grey : ndarray of shape (rows, columns)
    row_mm : float or None
        Distance of two rows.
    scan : Crop
        Its first row is the skin line.
    region : Region
        The muscle.
    frame : int
    """

    echo: MuscleEchogenicity
    grey: NDArray[np.generic]
    row_mm: float | None
    scan: Crop
    region: Region
    frame: int

    @property
    def bands(self) -> dict[str, BandEcho]:
        """By part."""
        return {"whole": self.echo.whole, "superficial": self.echo.superficial}

    def measurement(
        self,
        quantity: Quantity,
        value: float | None,
        unit: str,
        *,
        method: str = "",
        reason: str | None = None,
        spread: Uncertainty | None = None,
        notes: tuple[str, ...] = (),
    ) -> Measurement:
        """A measurement on this muscle."""
        return Measurement(
            quantity=quantity,
            value=value,
            unit=unit,
            method=method or quantity.definition,
            evidence=(self.region.identifier,),
            uncertainty=spread,
            reason=reason,
            frame=self.frame,
            notes=notes,
        )


def backscatter_measurements(
    seen: MuscleEcho, calibration: BackscatterCalibration | None
) -> tuple[Measurement, ...]:
    """Echo in dB of whole and superficial third, or why not; nothing without a calibration."""
    if calibration is None:
        return ()
    notes = (
        f"0 dB is {calibration.reference}.",
        f"The calibration holds for these settings alone, which nothing here can check: "
        f"{calibration.settings}.",
    )
    out = []
    for part, band in seen.bands.items():
        quantity = echo_quantities.BACKSCATTER[part]
        value, reason = None, UNCALIBRATED
        if seen.row_mm is not None:
            try:
                value = calibration.band_db(
                    seen.grey, band, row_mm=seen.row_mm, top_row=seen.scan.top
                )
            except SesamoidError as error:
                reason = error.problem
        spread = None
        if value is not None and band.standard_error is not None:
            half = TWO_SIDED_95 * calibration.db_per_grey * band.standard_error
            spread = Uncertainty(
                value - half,
                value + half,
                0.95,
                "spread of strips side by side in this image; not that of the calibration",
            )
        out.append(
            seen.measurement(
                quantity,
                value,
                "dB",
                reason=None if value is not None else reason,
                spread=spread,
                notes=notes,
            )
        )
    return tuple(out)


def reference_measurements(
    seen: MuscleEcho,
    references: Mapping[str, EchogenicityReference | str],
    bone_mm: float | None,
) -> tuple[Measurement, ...]:
    """z-scores and the Heckmatt-style grade, or why not; nothing without reference values.

    The grade takes the z-score of the whole muscle, and that of its superficial third where there
    is no reference for the whole.
    """
    if not references:
        return ()
    out: list[Measurement] = []
    graded: tuple[float | None, str] = (None, "")
    for part, reference in references.items():
        quantity = echo_quantities.Z_SCORE[part]
        if isinstance(reference, str):
            out.append(seen.measurement(quantity, None, "1", reason=reference))
            continue
        value = reference.z_score(seen.bands[part].mean)
        out.append(seen.measurement(quantity, value, "1", notes=(_described(reference),)))
        if graded[0] is None:
            graded = value, f"The z-score is that of the muscle, part {part!r}."
    return (*out, _graded(seen, graded[0], graded[1], bone_mm))


def _graded(
    seen: MuscleEcho, z_score: float | None, which: str, bone_mm: float | None
) -> Measurement:
    bone, trouble = None, "no grade: no bone_mm is given, and the grey level alone is no grade"
    if bone_mm is not None:
        try:
            bone = _bone(seen, bone_mm)
        except SesamoidError as error:
            trouble = f"no grade: {error.problem}"
    found = heckmatt_grade(seen.echo, z_score=z_score, bone=bone)
    return seen.measurement(
        echo_quantities.HECKMATT,
        None if found.grade is None else float(found.grade),
        "1",
        method=f"{found.rule}. {echo_quantities.HECKMATT.definition}",
        reason=(found.reason if bone is not None else trouble) if found.grade is None else None,
        notes=(found.reason, which) if found.grade is not None else (),
    )


def _bone(seen: MuscleEcho, bone_mm: float) -> BoneEcho:
    if seen.row_mm is None:
        raise SesamoidError(UNCALIBRATED)
    row = seen.scan.top + bone_mm / seen.row_mm
    _, columns = np.nonzero(seen.region.mask)
    mask = seen.region.mask[:, np.unique(columns)]
    lower = float(np.median(mask.shape[0] - mask[::-1].argmax(axis=0)))
    if row < lower:
        raise SesamoidError(
            f"a bone {bone_mm:g} mm below the skin line would lie in the muscle, whose deep edge "
            f"is at {(lower - seen.scan.top) * seen.row_mm:.1f} mm"
        )
    line = np.full(seen.grey.shape[1], np.nan)
    line[seen.scan.left : seen.scan.right] = row
    inside = seen.grey[: seen.scan.bottom]  # console furniture below the scan is no shadow
    return bone_echo(inside, line, seen.echo)


def _described(reference: EchogenicityReference) -> str:
    return (
        f"Reference: {reference.muscle}, {reference.device}, sex {reference.sex}, "
        f"{reference.age_from:g} to {reference.age_to:g} years, {reference.mean:g} +- "
        f"{reference.sd:g} grey levels in {reference.people} people; {reference.source}."
    )
