"""Rulers on drawn consoles of several styles, on consoles without one, and on real frames."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from sesamoid.imaging import find_scan_area, read_image
from sesamoid.imaging.geometry import Crop
from sesamoid.imaging.ruler import Ruler, find_rulers
from sesamoid.imaging.ruler_scale import scale_candidates
from tests.conftest import real_data

BOX = Crop(60, 150, 400, 360)


def console(seed: int = 0, *, background: int = 0, text: bool = True) -> NDArray[np.uint8]:
    """Speckle in `BOX` on a flat background, with letters and a grey wedge beside it."""
    rng = np.random.default_rng(seed)
    frame = np.full((520, 640), background, dtype=np.uint8)
    speckle = cv2.GaussianBlur(rng.normal(0, 1, (BOX.height, BOX.width)), (0, 0), 2, sigmaY=1)
    scan = np.clip(60 + 120 * np.abs(speckle) / np.abs(speckle).max(), 0, 255)
    frame[BOX.top : BOX.bottom, BOX.left : BOX.right] = scan
    if text:
        for index, line in enumerate(("MI 0.9", "TIS 0.4", "12 MHz", "D 5.0 cm")):
            cv2.putText(frame, line, (10, 90 + 37 * index), 0, 0.5, 230, 1, cv2.LINE_AA)
        wedge = np.linspace(255, 0, 120)[:, None]
        frame[70:190, 600:612] = np.maximum(wedge, background)
    return frame


def with_ticks(
    frame: NDArray[np.uint8],
    *,
    spacing: float,
    column: int,
    level: int = 220,
    length: int = 5,
    longer_every: int = 0,
    axis_line: bool = False,
) -> NDArray[np.uint8]:
    """Ticks down the side, from the top of the scan; to the nearest pixel, as consoles draw."""
    out = frame.copy()
    for index in range(int(BOX.height / spacing) + 1):
        row = round(BOX.top + index * spacing)
        reach = 2 * length if longer_every and index % longer_every == 0 else length
        out[row, column - reach : column] = level
    if axis_line:
        out[BOX.top : BOX.bottom, column] = level
    return out


@pytest.mark.parametrize("spacing", [9.3, 27.6, 40.0, 77.45])
@pytest.mark.parametrize("column", [140, 540])
@pytest.mark.parametrize("axis_line", [False, True])
@pytest.mark.parametrize("background", [0, 60])
def test_ticks_beside_the_scan_give_their_spacing(
    spacing: float, column: int, axis_line: bool, background: int
) -> None:
    frame = console(background=background)
    frame = with_ticks(frame, spacing=spacing, column=column, axis_line=axis_line)
    best = find_rulers(frame, BOX)[0]
    assert best.axis == "rows"
    assert best.position == pytest.approx(column - 3, abs=5)
    assert best.spacing_px == pytest.approx(spacing, rel=0.01)
    assert best.confidence > 0.95


def test_ticks_below_the_scan_lie_along_the_columns() -> None:
    frame = console()
    for index in range(10):
        frame[480:484, round(150 + 38.2 * index)] = 200
    best = find_rulers(frame, BOX)[0]
    assert best.axis == "columns"
    assert best.position == pytest.approx(481, abs=3)
    assert best.spacing_px == pytest.approx(38.2, rel=0.01)


def test_a_missing_tick_lowers_the_confidence_and_not_the_spacing() -> None:
    frame = with_ticks(console(), spacing=40.0, column=540)
    frame[BOX.top + 160, 530:541] = 0
    best = find_rulers(frame, BOX)[0]
    assert best.spacing_px == pytest.approx(40.0, rel=0.01)
    assert best.confidence == pytest.approx(10 / 11, abs=0.01)


@pytest.mark.parametrize("seed", range(6))
def test_letters_wedges_and_speckle_are_no_ruler(seed: int) -> None:
    assert find_rulers(console(seed, background=30), BOX) == ()
    assert find_rulers(console(seed), None) == ()


def test_irregular_marks_are_no_ruler() -> None:
    # Focus and gain marks are drawn like ticks, but not at one distance.
    frame = console(text=False)
    for row in (70, 101, 117, 168, 203, 260, 333, 349):
        frame[row, 535:540] = 230
    assert find_rulers(frame, BOX) == ()


def test_every_interval_that_fits_is_offered_and_named() -> None:
    ruler = Ruler("rows", 540.0, tuple(60 + 80.0 * i for i in range(6)), 80.0, 1.0)
    candidates = scale_candidates((ruler,), BOX)
    # 400 rows of 80 px each 10 mm: 50 mm deep; each 5 mm: 25 mm; each 1 mm: 5 mm, impossible.
    assert [c.interval_mm for c in candidates] == [10.0, 5.0]
    assert candidates[0].mm_per_pixel == pytest.approx(0.125)
    assert candidates[0].depth_mm == pytest.approx(50.0)
    assert sum(c.confidence for c in candidates) == pytest.approx(1.0)
    assert max(c.confidence for c in candidates) < 0.8
    assert all("Please confirm" in c.assumption for c in candidates)


def test_longer_ticks_at_every_second_place_tell_half_a_centimetre() -> None:
    frame = with_ticks(console(), spacing=40.0, column=540, longer_every=2)
    best = scale_candidates(find_rulers(frame, BOX), BOX)[0]
    assert best.interval_mm == 5.0
    assert best.mm_per_pixel == pytest.approx(0.125, rel=0.01)
    assert best.confidence > 0.6


def test_longer_ticks_at_every_tenth_place_tell_a_millimetre() -> None:
    frame = with_ticks(console(), spacing=8.0, column=540, longer_every=10)
    best = scale_candidates(find_rulers(frame, BOX), BOX)[0]
    assert best.interval_mm == 1.0
    assert best.mm_per_pixel == pytest.approx(0.125, rel=0.01)


def test_no_ruler_gives_no_scale() -> None:
    assert scale_candidates((), BOX) == ()


@pytest.mark.parametrize(
    ("name", "spacing"),
    [("img_00017", 47.2), ("img_00081", 75.5), ("img_00225", 77.45), ("img_00193", 125.7)],
)
def test_the_rulers_of_real_consoles_are_found(name: str, spacing: float) -> None:
    # Spacings were read by eye from the four console styles of the set.
    image = read_image(real_data("muscle-fascicle") / "imagesTr" / f"{name}_0000.png")
    best = find_rulers(image.grey(), find_scan_area(image))[0]
    assert best.axis == "rows"
    assert best.spacing_px == pytest.approx(spacing, rel=0.02)


def test_a_real_frame_without_console_has_no_ruler() -> None:
    image = read_image(real_data("muscle-fascicle") / "imagesTr" / "img_00001_0000.png")
    assert find_rulers(image.grey(), Crop(0, 0, *image.size)) == ()
