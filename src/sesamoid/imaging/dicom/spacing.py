"""Pixel spacing of a DICOM projection or still that has no ultrasound regions."""

from __future__ import annotations

from pydicom.dataset import Dataset

from sesamoid.imaging.dicom.header import floats, functional_group, positive_pair

_SAME = 1e-6


def plane_spacing(dataset: Dataset) -> tuple[tuple[float, float] | None, tuple[str, ...]]:
    """(row, column) spacing in mm of the first frame, or None, and notes on its meaning.

    Pixel Spacing first, then Imager Pixel Spacing (at the detector: PS3.3 10.7.1.3), then Nominal
    Scanned Pixel Spacing (PS3.3 C.8.6.1). Pixel Aspect Ratio alone gives no lengths.

    Parameters
    ----------
    dataset : Dataset
        The header.
    """
    measures = functional_group(dataset, 0, "PixelMeasuresSequence")
    pixel = positive_pair(dataset.get("PixelSpacing"))
    if pixel is None and measures is not None:
        pixel = positive_pair(measures.get("PixelSpacing"))
    imager = positive_pair(dataset.get("ImagerPixelSpacing"))
    if pixel is not None:
        return pixel, _pixel_spacing_notes(dataset, pixel, imager)
    if imager is not None:
        return imager, (_at_detector(dataset),)
    nominal = positive_pair(dataset.get("NominalScannedPixelSpacing"))
    if nominal is not None:
        return nominal, ("spacing is the Nominal Scanned Pixel Spacing of the film scanner",)
    ratio = positive_pair(dataset.get("PixelAspectRatio"))
    if ratio is not None and ratio[0] != ratio[1]:
        return None, (
            f"pixels are not square (aspect ratio {ratio[0]:g}:{ratio[1]:g}, vertical to "
            "horizontal) and kept as stored; no spacing is given",
        )
    return None, ()


def _pixel_spacing_notes(
    dataset: Dataset, pixel: tuple[float, float], imager: tuple[float, float] | None
) -> tuple[str, ...]:
    kind = str(dataset.get("PixelSpacingCalibrationType") or "").strip()
    if kind:
        text = str(dataset.get("PixelSpacingCalibrationDescription") or "").strip()
        return (f"spacing calibrated by {kind.lower()}" + (f" ({text})" if text else ""),)
    if imager is None:
        return ()
    if max(abs(a - b) for a, b in zip(pixel, imager, strict=True)) < _SAME:
        return (_at_detector(dataset),)
    return ("spacing is Pixel Spacing, calibrated by an unnamed method",)


def _at_detector(dataset: Dataset) -> str:
    note = "spacing is at the detector (Imager Pixel Spacing): the body part is magnified"
    factor = floats(dataset.get("EstimatedRadiographicMagnificationFactor"))
    if factor is not None and factor[0] > 0:
        note += f", by an estimated factor of {factor[0]:g}, not corrected"
    return note
