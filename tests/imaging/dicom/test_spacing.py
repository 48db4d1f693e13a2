from __future__ import annotations

import pytest
from pydicom.dataset import Dataset

from sesamoid.imaging.dicom.spacing import plane_spacing


def header(**attributes: object) -> Dataset:
    dataset = Dataset()
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    return dataset


def test_pixel_spacing_is_row_column() -> None:
    assert plane_spacing(header(PixelSpacing=[0.3, 0.2])) == ((0.3, 0.2), ())


def test_imager_spacing_is_at_the_detector() -> None:
    spacing, notes = plane_spacing(header(ImagerPixelSpacing=[0.1, 0.1]))
    assert spacing == (0.1, 0.1)
    assert "detector" in notes[0]


def test_equal_spacings_are_at_the_detector_too() -> None:
    _, notes = plane_spacing(header(ImagerPixelSpacing=[0.1, 0.1], PixelSpacing=[0.1, 0.1]))
    assert "detector" in notes[0]


def test_a_calibrated_spacing_says_how() -> None:
    both = header(
        ImagerPixelSpacing=[0.1, 0.1],
        PixelSpacing=[0.09, 0.09],
        PixelSpacingCalibrationType="FIDUCIAL",
    )
    spacing, notes = plane_spacing(both)
    assert spacing == (0.09, 0.09)
    assert "fiducial" in notes[0]


def test_a_scanned_film() -> None:
    assert plane_spacing(header(NominalScannedPixelSpacing=[0.2, 0.2]))[0] == (0.2, 0.2)


def test_an_aspect_ratio_is_no_length() -> None:
    spacing, notes = plane_spacing(header(PixelAspectRatio=[4, 3]))
    assert spacing is None
    assert "not square" in notes[0]


@pytest.mark.parametrize("value", [[0, 0.1], [-1, 1], [0.1]])
def test_an_impossible_spacing_is_none(value: list[float]) -> None:
    assert plane_spacing(header(PixelSpacing=value))[0] is None
