"""The even part of a phantom's picture: found where it is, refused where it is not."""

import numpy as np
import pytest

from sesamoid.errors import SesamoidError
from sesamoid.imaging import Crop
from sesamoid.measure.phantom import even_part

SCAN = Crop(20, 10, 400, 300)
ROW_MM = 0.1


def picture(seed: int = 0) -> np.ndarray:
    grey = np.zeros((440, 330), np.uint8)
    speckle = np.random.default_rng(seed).normal(100, 20, (SCAN.height, SCAN.width))
    grey[SCAN.top : SCAN.bottom, SCAN.left : SCAN.right] = np.clip(speckle, 5, 250)
    return grey


def test_an_even_phantom_is_taken_over_its_depth() -> None:
    assert even_part(picture(), SCAN, row_mm=ROW_MM) == Crop(20, 70, 400, 180)


def test_depths_without_echo_are_left_out() -> None:
    grey = picture()
    grey[300:] = 0
    found = even_part(grey, SCAN, row_mm=ROW_MM)
    assert (found.top, found.bottom) == (20, 300)


def test_lost_contact_on_one_side_is_left_out() -> None:
    grey = picture()
    grey[20:120, 10:160] //= 3
    found = even_part(grey, SCAN, row_mm=ROW_MM)
    assert (found.top, found.bottom) == (120, 420)


def test_a_picture_without_an_even_part_is_refused() -> None:
    grey = picture()
    grey[:, 160:] //= 3
    with pytest.raises(SesamoidError, match="no even part") as refused:
        even_part(grey, SCAN, row_mm=ROW_MM)
    assert "--region" in str(refused.value)
