from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray
from PIL import Image as Pillow

from sesamoid.errors import UnreadableImage
from sesamoid.imaging import read_image


def test_pages_are_frames(tmp_path: Path, picture: NDArray[np.uint8]) -> None:
    stack = np.stack([picture, picture // 2, picture // 3])
    tifffile.imwrite(tmp_path / "a.tif", stack, photometric="minisblack")
    np.testing.assert_array_equal(read_image(tmp_path / "a.tif").pixels, stack)


def test_an_imagej_unit_gives_spacing(tmp_path: Path, picture: NDArray[np.uint8]) -> None:
    tifffile.imwrite(
        tmp_path / "a.tif",
        np.stack([picture] * 2),
        imagej=True,
        resolution=(100.0, 50.0),  # pixels a unit: x, y
        metadata={"unit": "cm", "axes": "TYX", "finterval": 0.04},
    )
    image = read_image(tmp_path / "a.tif")
    assert image.spacing_mm == pytest.approx((0.2, 0.1))
    assert image.frame_times_s == pytest.approx([0, 0.04])


def test_micrometres(tmp_path: Path, picture: NDArray[np.uint8]) -> None:
    tifffile.imwrite(
        tmp_path / "a.tif", picture, imagej=True, resolution=(0.02, 0.02), metadata={"unit": "um"}
    )
    assert read_image(tmp_path / "a.tif").spacing_mm == pytest.approx((0.05, 0.05))


def test_dots_per_inch_are_no_spacing(tmp_path: Path, picture: NDArray[np.uint8]) -> None:
    tifffile.imwrite(tmp_path / "a.tif", picture, resolution=(254, 254), resolutionunit="INCH")
    assert read_image(tmp_path / "a.tif").spacing_mm is None


def test_the_orientation_tag_swaps_the_spacing(tmp_path: Path, picture: NDArray[np.uint8]) -> None:
    tifffile.imwrite(
        tmp_path / "a.tif",
        picture,
        imagej=True,
        resolution=(10.0, 5.0),
        metadata={"unit": "mm"},
        extratags=[(274, "H", 1, 6, True)],
    )
    image = read_image(tmp_path / "a.tif")
    np.testing.assert_array_equal(image.pixels[0], np.rot90(picture, -1))
    assert image.spacing_mm == pytest.approx((0.1, 0.2))


def test_16_bits(tmp_path: Path, picture: NDArray[np.uint8]) -> None:
    deep = picture.astype(np.uint16) * 200
    tifffile.imwrite(tmp_path / "a.tif", deep)
    np.testing.assert_array_equal(read_image(tmp_path / "a.tif").pixels[0], deep)


def test_planar_colour(tmp_path: Path, picture: NDArray[np.uint8]) -> None:
    colour = np.stack([picture, picture // 2, picture // 3])
    tifffile.imwrite(tmp_path / "a.tif", colour, photometric="rgb", planarconfig="separate")
    np.testing.assert_array_equal(
        read_image(tmp_path / "a.tif").pixels[0], np.moveaxis(colour, 0, -1)
    )


def test_white_is_zero_is_turned(tmp_path: Path, picture: NDArray[np.uint8]) -> None:
    tifffile.imwrite(tmp_path / "a.tif", 255 - picture, photometric="miniswhite")
    np.testing.assert_array_equal(read_image(tmp_path / "a.tif").pixels[0], picture)


def test_lzw_is_read(tmp_path: Path, picture: NDArray[np.uint8]) -> None:
    Pillow.fromarray(picture).save(tmp_path / "a.tif", compression="tiff_lzw")
    np.testing.assert_array_equal(read_image(tmp_path / "a.tif").pixels[0], picture)


def test_pages_of_different_size_are_refused(tmp_path: Path, picture: NDArray[np.uint8]) -> None:
    with tifffile.TiffWriter(tmp_path / "a.tif") as writer:
        writer.write(picture)
        writer.write(picture[:10])
    with pytest.raises(UnreadableImage, match="differ in size"):
        read_image(tmp_path / "a.tif")


def test_a_cut_off_file_is_refused(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (64, 64)).astype(np.uint8)
    tifffile.imwrite(tmp_path / "a.tif", noise)
    data = (tmp_path / "a.tif").read_bytes()
    (tmp_path / "a.tif").write_bytes(data[: len(data) // 2])
    with pytest.raises(UnreadableImage, match="Fix:"):
        read_image(tmp_path / "a.tif")
