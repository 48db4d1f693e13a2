from __future__ import annotations

import time
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from sesamoid.imaging import Crop, Image, Provenance, UltrasoundRegion, find_scan_area, read_image

from .samples import shipped

SCAN = Crop(90, 140, 400, 480)


def speckle(rows: int, columns: int, seed: int = 0) -> NDArray[np.uint8]:
    """Log-compressed Rayleigh speckle of a few pixels' grain."""
    noise = np.random.default_rng(seed).rayleigh(1.0, (rows, columns)).astype(np.float32)
    smooth = cv2.GaussianBlur(noise, (0, 0), 1.2)
    return np.clip(40 + 180 * (smooth - smooth.mean()), 0, 255).astype(np.uint8)


def console(background: int = 0, seed: int = 0, text: bool = True) -> NDArray[np.uint8]:
    """650 x 800 pixels of console with a scan at `SCAN`."""
    screen = np.full((650, 800), background, np.uint8)
    screen[SCAN.top : SCAN.bottom, SCAN.left : SCAN.right] = speckle(SCAN.height, SCAN.width, seed)
    if text:
        for line in range(4):
            cv2.putText(screen, "DOE^JANE 1980-01-01", (10, 20 + 15 * line), 0, 0.5, 255, 1)
        cv2.rectangle(screen, (700, 100), (712, 300), 180, -1)
        for depth in range(100, 480, 40):
            cv2.line(screen, (640, depth), (646, depth), 220, 1)
    return screen


def image_of(frames: NDArray[np.generic], **more: object) -> Image:
    stack = frames if frames.ndim >= 3 else frames[None]
    return Image(pixels=stack, provenance=Provenance(Path("made"), "PNG"), **more)  # type: ignore[arg-type]


def assert_around_scan(found: Crop | None, slack: int = 12) -> None:
    assert found is not None
    assert found.top <= SCAN.top + 2
    assert found.left <= SCAN.left + 2
    assert found.bottom >= SCAN.bottom - 2
    assert found.right >= SCAN.right - 2
    assert found.top >= SCAN.top - slack
    assert found.left >= SCAN.left - slack
    assert found.bottom <= SCAN.bottom + slack
    assert found.right <= SCAN.right + slack


@pytest.mark.parametrize("background", [0, 52, 200])
def test_text_bars_and_rulers_are_left_out(background: int) -> None:
    assert_around_scan(find_scan_area(image_of(console(background))))


def test_compression_noise_does_not_matter() -> None:
    _, data = cv2.imencode(".jpg", console(), [cv2.IMWRITE_JPEG_QUALITY, 80])
    noisy = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE)
    assert_around_scan(find_scan_area(image_of(noisy)), slack=16)


def test_16_bits() -> None:
    assert_around_scan(find_scan_area(image_of(console().astype(np.uint16) * 16)))


def test_colour() -> None:
    assert_around_scan(find_scan_area(image_of(np.stack([console()] * 3, axis=-1)[None])))


def test_in_a_cine_standing_texture_is_furniture() -> None:
    logo = speckle(120, 100, seed=99)
    frames = []
    for seed in range(6):
        frame = console(seed=seed)
        frame[520:640, 5:105] = logo
        frames.append(frame)
    assert_around_scan(find_scan_area(image_of(np.stack(frames))))


def test_a_scan_that_fills_the_picture() -> None:
    assert find_scan_area(image_of(speckle(300, 400))) is None


def test_black() -> None:
    assert find_scan_area(image_of(np.zeros((50, 60), np.uint8))) is None


def test_one_pixel() -> None:
    assert find_scan_area(image_of(np.zeros((1, 1), np.uint8))) is None


def test_text_alone_is_no_scan() -> None:
    screen = np.zeros((650, 800), np.uint8)
    cv2.putText(screen, "NO SIGNAL", (300, 300), 0, 1.0, 255, 2)
    assert find_scan_area(image_of(screen)) is None


def test_the_regions_of_the_file_come_first() -> None:
    region = UltrasoundRegion(Crop(10, 20, 30, 40), (0.1, 0.1), "2D tissue")
    assert find_scan_area(image_of(console(), regions=(region,))) == region.bounds


def test_regions_are_moved_with_a_crop() -> None:
    region = UltrasoundRegion(Crop(100, 200, 300, 400), (0.1, 0.1), "2D tissue")
    part = image_of(console(), regions=(region,)).cropped(Crop(50, 60, 500, 700))
    assert find_scan_area(part) == Crop(50, 140, 300, 400)


def test_the_name_of_the_hospital_is_outside_the_area_found() -> None:
    # "BAPTIST MED CTR" and four lines more stand above row 48 of this picture.
    found = find_scan_area(image_of(read_image(shipped("examples_rgb_color.dcm")).pixels))
    assert found is not None
    assert found.top >= 48


def test_it_is_fast() -> None:
    image = image_of(console())
    find_scan_area(image)
    took = []
    for _ in range(5):
        start = time.perf_counter()
        find_scan_area(image)
        took.append(time.perf_counter() - start)
    # 3 ms on an idle core; the bound leaves room for a busy one.
    assert min(took) < 0.05
