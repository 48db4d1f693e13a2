from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image as Pillow

from sesamoid.errors import UnreadableImage
from sesamoid.imaging import read_image
from sesamoid.imaging.orientation import upright

from .samples import asymmetric

ORIENTATION_TAG = 274


def save(path: Path, pixels: NDArray[np.generic], **options: object) -> Path:
    Pillow.fromarray(pixels).save(path, **options)
    return path


@pytest.mark.parametrize("suffix", ["png", "bmp", "tif"])
def test_grey_is_read_as_stored(tmp_path: Path, picture: NDArray[np.uint8], suffix: str) -> None:
    image = read_image(save(tmp_path / f"a.{suffix}", picture))
    np.testing.assert_array_equal(image.pixels, picture[None])


def test_jpeg_keeps_its_orientation(tmp_path: Path, picture: NDArray[np.uint8]) -> None:
    image = read_image(save(tmp_path / "a.jpg", picture, quality=95))
    assert np.abs(image.pixels[0].astype(int) - picture).max() < 20


def test_colour_is_rgb(tmp_path: Path, picture: NDArray[np.uint8]) -> None:
    colour = np.stack([picture, picture // 2, picture // 3], axis=-1)
    image = read_image(save(tmp_path / "a.png", colour))
    np.testing.assert_array_equal(image.pixels[0], colour)


def test_equal_channels_become_grey_with_a_note(tmp_path: Path, picture: NDArray[np.uint8]) -> None:
    image = read_image(save(tmp_path / "a.png", np.stack([picture] * 3, axis=-1)))
    assert image.pixels.shape == (1, *picture.shape)
    assert any("grey" in note for note in image.provenance.notes)


def test_16_bits_are_kept(tmp_path: Path, picture: NDArray[np.uint8]) -> None:
    deep = picture.astype(np.uint16) * 257 - 3 * (picture > 0)
    image = read_image(save(tmp_path / "a.png", deep.astype(np.uint16)))
    np.testing.assert_array_equal(image.pixels[0], deep)


def test_16_bit_colour_is_kept(tmp_path: Path, picture: NDArray[np.uint8]) -> None:
    deep = np.stack([picture * 256.0 + 1, picture * 128.0, picture * 64.0], -1).astype(np.uint16)
    cv2.imwrite(str(tmp_path / "a.png"), deep[..., ::-1])
    np.testing.assert_array_equal(read_image(tmp_path / "a.png").pixels[0], deep)


def test_alpha_is_dropped_with_a_note(tmp_path: Path, picture: NDArray[np.uint8]) -> None:
    rgba = np.stack([picture, picture // 2, picture // 3, 255 - picture], axis=-1)
    image = read_image(save(tmp_path / "a.png", rgba))
    np.testing.assert_array_equal(image.pixels[0], rgba[..., :3])
    assert any("alpha" in note for note in image.provenance.notes)


def test_a_palette_is_applied(tmp_path: Path, picture: NDArray[np.uint8]) -> None:
    indexed = Pillow.fromarray((picture > 100).astype(np.uint8), mode="P")
    indexed.putpalette([10, 20, 30, 200, 100, 50])
    indexed.save(tmp_path / "a.png")
    pixels = read_image(tmp_path / "a.png").pixels[0]
    np.testing.assert_array_equal(pixels[0, 0], [200, 100, 50])
    np.testing.assert_array_equal(pixels[-1, 0], [10, 20, 30])


def test_the_print_resolution_is_no_spacing(tmp_path: Path, picture: NDArray[np.uint8]) -> None:
    image = read_image(save(tmp_path / "a.png", picture, dpi=(254, 254)))
    assert image.spacing_mm is None
    assert any("print resolution" in note for note in image.provenance.notes)


def test_one_pixel(tmp_path: Path) -> None:
    image = read_image(save(tmp_path / "a.png", np.array([[7]], np.uint8)))
    assert image.pixels.tolist() == [[[7]]]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_turns_the_picture_upright(tmp_path: Path, orientation: int) -> None:
    stored = np.kron(asymmetric(3, 5), np.ones((16, 16), np.uint8))
    exif = Pillow.Exif()
    exif[ORIENTATION_TAG] = orientation
    path = save(tmp_path / "a.jpg", stored, quality=100, exif=exif)
    from PIL import ImageOps

    expected = np.array(ImageOps.exif_transpose(Pillow.open(path)))
    np.testing.assert_array_equal(read_image(path).pixels[0], expected)


@given(st.integers(1, 8), st.integers(1, 5), st.integers(1, 5))
def test_every_orientation_is_a_rearrangement(orientation: int, rows: int, columns: int) -> None:
    frames = np.arange(rows * columns).reshape(1, rows, columns)
    assert sorted(upright(frames, orientation).ravel()) == list(range(rows * columns))


@pytest.mark.parametrize("suffix", ["png", "jpg", "bmp"])
def test_a_cut_off_file_is_refused(tmp_path: Path, suffix: str) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (64, 64)).astype(np.uint8)
    path = save(tmp_path / f"a.{suffix}", noise)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(UnreadableImage, match=r"damaged .*Fix:"):
        read_image(path)


def test_the_content_decides_not_the_name(tmp_path: Path, picture: NDArray[np.uint8]) -> None:
    save(tmp_path / "a.png", picture).rename(tmp_path / "a.dcm")
    assert read_image(tmp_path / "a.dcm").provenance.format == "PNG"
