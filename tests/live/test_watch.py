"""Black frames, changing sizes, colour boxes: told once, and never in the way."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from sesamoid.live.contact import lift_off, sharpness
from sesamoid.live.frames import Happening, LiveFrame
from sesamoid.live.settings import live_settings
from sesamoid.live.watch import FrameWatch, colour_box


def speckle(rows: int = 200, columns: int = 240, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(20, 160, (rows, columns), dtype=np.uint8)


def rgb(grey: np.ndarray) -> np.ndarray:
    return np.repeat(grey[..., None], 3, axis=-1)


def doppler(seed: int = 0) -> np.ndarray:
    """Red and blue flow in two patches inside a thin yellow-green box."""
    picture = rgb(speckle(seed=seed))
    picture[60:140, [80, 160]] = (180, 220, 0)
    picture[[60, 140], 80:160] = (180, 220, 0)
    picture[80:100, 100:125] = (220, 30, 20)
    picture[105:130, 120:150] = (20, 40, 230)
    return picture


def look(watch: FrameWatch, pixels: np.ndarray, time_s: float = 0.0):
    grey, events = watch.look(LiveFrame(pixels, time_s, 0))
    return grey, [event.happening for event in events]


def test_an_ordinary_frame_is_given_in_grey_without_a_word() -> None:
    picture = speckle()
    for pixels in (picture, rgb(picture)):
        grey, told = look(FrameWatch(), pixels)
        assert grey is not None
        np.testing.assert_array_equal(grey, picture)
        assert told == []


def test_colour_is_turned_to_grey_as_everywhere_else() -> None:
    from sesamoid.imaging import to_grey

    picture = doppler()
    grey, _ = look(FrameWatch(), picture)
    assert grey is not None
    assert np.abs(grey.astype(int) - to_grey(picture, colour=True)).max() <= 1


def test_a_change_of_size_is_told_once() -> None:
    watch = FrameWatch()
    look(watch, speckle())
    grey, told = look(watch, speckle(120, 100))
    assert told == [Happening.SIZE_CHANGED]
    assert grey is not None
    assert grey.shape == (120, 100)
    assert look(watch, speckle(120, 100))[1] == []


def test_black_frames_are_passed_over_and_told_once() -> None:
    watch, black = FrameWatch(), np.full((200, 240), 3, np.uint8)
    assert look(watch, black) == (None, [Happening.BLACK])
    assert look(watch, black) == (None, [])
    grey, told = look(watch, speckle())
    assert grey is not None
    assert told == [Happening.PICTURE_BACK]


def test_a_few_hot_pixels_do_not_make_a_picture() -> None:
    black = np.zeros((200, 240), np.uint8)
    black[3, :20] = 255
    assert look(FrameWatch(), black)[1] == [Happening.BLACK]


def test_a_dark_but_real_picture_is_no_black_frame() -> None:
    assert look(FrameWatch(), (speckle() // 8).astype(np.uint8))[1] == []


def test_a_colour_box_is_noted_and_assessed_in_grey() -> None:
    watch = FrameWatch()
    grey, events = watch.look(LiveFrame(doppler(), 0.0, 0))
    assert grey is not None
    assert grey.ndim == 2
    (event,) = events
    assert event.happening is Happening.COLOUR_DOPPLER
    assert event.box is not None
    top, left, height, width = event.box
    assert abs(top - 80) <= 8
    assert abs(left - 100) <= 8
    assert abs(top + height - 130) <= 8
    assert abs(left + width - 150) <= 8


def test_flow_that_comes_and_goes_with_the_pulse_is_one_box() -> None:
    watch, told = FrameWatch(), []
    for n in range(40):
        told += look(watch, doppler(n) if n % 8 < 3 else rgb(speckle(seed=n)), n / 10)[1]
    assert told == [Happening.COLOUR_DOPPLER]
    for n in range(40, 60):
        told += look(watch, rgb(speckle(seed=n)), n / 10)[1]
    assert told == [Happening.COLOUR_DOPPLER, Happening.COLOUR_GONE]


@pytest.mark.parametrize("what", ["sepia", "logo", "letters"])
def test_tints_logos_and_letters_are_no_flow(what: str) -> None:
    picture = rgb(speckle())
    if what == "sepia":
        picture = (picture * np.array([1.0, 0.85, 0.6])).astype(np.uint8)
    elif what == "logo":
        picture[4:14, 4:14] = (240, 120, 0)
    else:
        picture[10:190:6, 5:235:3] = (250, 220, 0)
    assert colour_box(picture) is None


def contact_picture(left_mm: float, right_mm: float) -> np.ndarray:
    """38 mm wide, 20 mm deep; at both ends no echo below the first lines of the transducer."""
    picture = speckle(400, 380)
    for gap in (slice(0, round(left_mm * 10)), slice(380 - round(right_mm * 10), 380)):
        picture[12:, gap] = 2
    return picture


@pytest.mark.parametrize(("left", "right"), [(0, 0), (9.5, 0), (0, 9.5), (19, 19), (4, 12)])
def test_lift_off_is_measured_in_each_half(left: float, right: float) -> None:
    found = lift_off(contact_picture(left, right), spacing_mm=(0.05, 0.1))
    assert found == pytest.approx((left / 19, right / 19), abs=0.03)


def test_lift_off_without_calibration() -> None:
    assert lift_off(contact_picture(9.5, 0)) == pytest.approx((0.5, 0), abs=0.03)


def test_blur_is_less_sharp_and_gain_does_not_matter() -> None:
    picture = cv2.GaussianBlur(speckle(), (0, 0), 0.8)
    blurred = cv2.GaussianBlur(picture, (0, 0), 2.5)
    assert sharpness(blurred) < 0.5 * sharpness(picture)
    darker = (picture // 2).astype(np.uint8)
    assert sharpness(darker) == pytest.approx(sharpness(picture), rel=0.05)
    assert sharpness(np.full((8, 8), 7, np.uint8)) == 0.0


def coarse_contact(grey: np.ndarray) -> tuple[float, float]:
    """Contact written out: means of areas of the full picture, percentiles by NumPy."""
    rule = live_settings().guidance
    rows, columns = min(grey.shape[0], 256), min(grey.shape[1], 192)
    smooth = cv2.resize(grey, (columns, rows), interpolation=cv2.INTER_AREA)
    smooth = cv2.GaussianBlur(smooth, (0, 0), 0.75)
    first, last = (round(share * rows) for share in rule.below_share)
    brightest = np.percentile(smooth[first:last], 97, axis=0)
    silent = brightest < rule.silent_share * np.percentile(smooth, 99.5)
    return float(silent[: columns // 2].mean()), float(silent[-(columns // 2) :].mean())


@pytest.mark.parametrize("size", [(240, 180), (500, 400), (606, 972), (1200, 1600)])
def test_contact_is_the_same_from_a_picture_of_any_size(size: tuple[int, int]) -> None:
    rng = np.random.default_rng(3)
    fine = rng.rayleigh(60, (size[0] // 2, size[1] // 3)).clip(0, 255)
    picture = cv2.resize(fine, size[::-1], interpolation=cv2.INTER_CUBIC).clip(0, 255)
    picture[:, : size[1] // 5] *= 0.05
    picture = picture.astype(np.uint8)
    found, wanted = lift_off(picture), coarse_contact(picture)
    assert wanted[0] > 0.3
    assert found == pytest.approx(wanted, abs=0.03)


def test_few_bright_pixels_far_down_end_the_black() -> None:
    """A frame is looked at in bands of rows; the count goes on from one to the next."""
    dark = np.zeros((1000, 100), np.uint8)
    for bright, black in ((99, True), (100, False)):
        picture = dark.copy()
        picture[np.linspace(0, 999, bright).astype(int), 5] = 200
        grey, _ = FrameWatch().look(LiveFrame(picture, 0.0, 0))
        assert (grey is None) == black
