"""Labels on a network's pixels and on the frame's."""

from __future__ import annotations

import numpy as np
import pytest

from sesamoid.errors import SesamoidError
from sesamoid.imaging import Crop, Outlines

COARSE = np.array([[0, 1, 1], [2, 0, 1]], np.uint8)
BOX = Crop(1, 2, 4, 6)


def twice() -> np.ndarray:
    return COARSE.repeat(2, axis=0).repeat(2, axis=1)


def test_fine_labels_are_made_once_and_only_when_asked_for() -> None:
    calls = []

    def fine() -> np.ndarray:
        calls.append(1)
        return twice()

    found = Outlines(COARSE, BOX, (7, 9), fine)
    assert found.values == {1, 2}
    assert not calls
    whole = found.on_frame
    assert found.on_frame is whole
    assert len(calls) == 1
    assert whole.shape == (7, 9)
    np.testing.assert_array_equal(whole[1:5, 2:8], twice())
    whole[1:5, 2:8] = 0
    assert not whole.any()


def test_labels_of_a_whole_frame_are_their_own() -> None:
    found = Outlines.of(COARSE)
    assert found.on_frame is COARSE
    assert found.within(Crop(0, 0, 2, 3)) is COARSE
    np.testing.assert_array_equal(found.within(Crop(0, 1, 2, 2)), COARSE[:, 1:])


def test_a_part_is_cut_to_the_nearest_coarse_pixel() -> None:
    found = Outlines(COARSE, BOX, (7, 9), twice)
    assert found.within(BOX) is COARSE
    np.testing.assert_array_equal(found.within(Crop(3, 4, 2, 4)), COARSE[1:, 1:])
    with pytest.raises(SesamoidError, match="was not looked at"):
        found.within(Crop(0, 0, 7, 9))


def test_labels_of_another_size_need_finer_ones() -> None:
    with pytest.raises(SesamoidError, match="4 x 6 pixels"):
        Outlines(COARSE, BOX, (7, 9))


def test_in_the_mirror_everything_lies_on_the_other_side() -> None:
    fine = np.arange(4 * 6, dtype=np.uint8).reshape(4, 6)
    coarse = np.ascontiguousarray(fine[::2, ::2])
    box = Crop(1, 2, 4, 6)
    plain = Outlines(coarse, box, (8, 20), lambda: fine, grey=coarse)
    turned = plain.mirrored()
    assert turned.box == Crop(1, 12, 4, 6)
    np.testing.assert_array_equal(turned.coarse, coarse[:, ::-1])
    np.testing.assert_array_equal(turned.grey, coarse[:, ::-1])
    np.testing.assert_array_equal(turned.on_frame, plain.on_frame[:, ::-1])
    np.testing.assert_array_equal(turned.mirrored().on_frame, plain.on_frame)
