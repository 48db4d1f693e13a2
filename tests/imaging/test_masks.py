from __future__ import annotations

from pathlib import Path

import nibabel
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image as Pillow

from sesamoid.errors import UnreadableImage
from sesamoid.imaging import read_image, read_labels, read_mask

LABELS = np.array([[0, 1, 2], [0, 0, 3]], dtype=np.uint8)


def test_grey_values_are_labels(tmp_path: Path) -> None:
    Pillow.fromarray(LABELS).save(tmp_path / "m.png")
    np.testing.assert_array_equal(read_mask(tmp_path / "m.png"), LABELS)


def test_palette_indices_are_labels(tmp_path: Path) -> None:
    indexed = Pillow.fromarray(LABELS, mode="P")
    indexed.putpalette([0, 0, 0, 230, 159, 0, 86, 180, 233, 0, 158, 115])
    indexed.save(tmp_path / "m.png")
    np.testing.assert_array_equal(read_mask(tmp_path / "m.png"), LABELS)


def test_a_nifti_mask_lies_on_its_image(tmp_path: Path) -> None:
    volume = np.arange(24, dtype=np.float64).reshape(2, 3, 4)
    nibabel.save(nibabel.Nifti1Image(volume, np.eye(4)), tmp_path / "m.nii.gz")
    mask = read_mask(tmp_path / "m.nii.gz")
    assert np.issubdtype(mask.dtype, np.integer)
    np.testing.assert_array_equal(mask, read_image(tmp_path / "m.nii.gz").pixels)


def test_fractions_are_refused(tmp_path: Path) -> None:
    nibabel.save(nibabel.Nifti1Image(np.full((2, 2, 2), 0.5), np.eye(4)), tmp_path / "m.nii")
    with pytest.raises(UnreadableImage, match="fractions"):
        read_mask(tmp_path / "m.nii")


def test_colours_are_refused(tmp_path: Path, picture: NDArray[np.uint8]) -> None:
    Pillow.fromarray(np.stack([picture, picture, 255 - picture], -1)).save(tmp_path / "m.png")
    with pytest.raises(UnreadableImage, match="colours"):
        read_mask(tmp_path / "m.png")


def test_jpeg_is_refused(tmp_path: Path, picture: NDArray[np.uint8]) -> None:
    Pillow.fromarray(picture).save(tmp_path / "m.jpg")
    with pytest.raises(UnreadableImage, match="JPEG"):
        read_mask(tmp_path / "m.jpg")


def test_label_values_up_to_255(tmp_path: Path) -> None:
    labels = np.array([[0, 3], [255, 1]])
    for kind in (np.uint8, np.uint16):
        Pillow.fromarray(labels.astype(kind)).save(tmp_path / "a.png")
        found = read_labels(tmp_path / "a.png")
        assert found.dtype == np.uint8
        np.testing.assert_array_equal(found, labels)
    Pillow.fromarray((labels * 2).astype(np.uint16)).save(tmp_path / "a.png")
    with pytest.raises(UnreadableImage, match="values from 0 to 510"):
        read_labels(tmp_path / "a.png")
