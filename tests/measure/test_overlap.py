import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sesamoid.measure import dice, hausdorff_95, iou, normalised_surface_dice

from .shapes import ellipse, rectangle

EMPTY = np.zeros((20, 20), bool)
SQUARE = rectangle((20, 20), 5, 5, 8, 8)
masks = arrays(bool, (8, 8))


@pytest.mark.parametrize("figure", [dice, iou])
def test_both_empty_is_perfect(figure):
    assert figure(EMPTY, EMPTY) == 1


@pytest.mark.parametrize("figure", [dice, iou])
def test_one_empty_is_nothing(figure):
    assert figure(SQUARE, EMPTY) == figure(EMPTY, SQUARE) == 0


@given(masks, masks)
def test_dice_and_iou_are_tied(a, b):
    assert dice(a, b) == pytest.approx(2 * iou(a, b) / (1 + iou(a, b)))


@given(masks, masks)
def test_overlap_is_symmetric(a, b):
    assert dice(a, b) == dice(b, a)


def test_dice_of_half_shifted_squares():
    assert dice(SQUARE, np.roll(SQUARE, 4, axis=1)) == 0.5


def test_shifted_rectangle_has_the_shift_as_hausdorff_distance():
    assert hausdorff_95(SQUARE, np.roll(SQUARE, 3, axis=1), (9.0, 0.5)) == pytest.approx(1.5)


def test_hausdorff_of_discs_is_the_difference_of_radii():
    big, small = ellipse(30, 30), np.pad(ellipse(20, 20), 10)
    assert hausdorff_95(big, small) == pytest.approx(10, abs=1)


def test_hausdorff_is_zero_for_two_empty_masks_and_undefined_for_one():
    assert hausdorff_95(EMPTY, EMPTY) == 0
    assert math.isnan(hausdorff_95(SQUARE, EMPTY))


def test_surface_dice_conventions():
    figures = [
        normalised_surface_dice(a, b, tolerance=1)
        for a, b in ((EMPTY, EMPTY), (SQUARE, EMPTY), (SQUARE, SQUARE))
    ]
    assert figures == [1, 0, 1]


@given(shift=st.integers(0, 5))
def test_surface_dice_is_one_within_the_tolerance(shift):
    moved = np.roll(SQUARE, shift, axis=0)
    assert normalised_surface_dice(SQUARE, moved, (0.3, 1), tolerance=0.3 * shift + 1e-6) == 1


def test_surface_dice_counts_the_share_of_edge_pixels():
    # Two bars of one pixel, 10 long, 4 of them in common.
    first, second = rectangle((20, 30), 5, 2, 1, 10), rectangle((20, 30), 5, 8, 1, 10)
    assert normalised_surface_dice(first, second, tolerance=0) == pytest.approx(0.4)


@pytest.fixture(scope="module")
def monai_metrics():
    pytest.importorskip("torch")
    return pytest.importorskip("monai.metrics")


def pairs():
    rng = np.random.default_rng(3)
    for _ in range(4):
        a, b = (
            np.pad(ellipse(*rng.uniform(6, 14, 2), angle_deg=rng.uniform(0, 90)), 30)
            for _ in range(2)
        )
        size = np.minimum(a.shape, b.shape)
        yield a[: size[0], : size[1]], b[: size[0], : size[1]]


@pytest.mark.parametrize("spacing", [(1.0, 1.0), (0.5, 1.2)])
def test_hausdorff_agrees_with_monai(monai_metrics, spacing):
    import torch

    for a, b in pairs():
        one, two = (torch.from_numpy(m[None, None].astype(np.float32)) for m in (a, b))
        theirs = monai_metrics.compute_hausdorff_distance(
            one, two, include_background=True, percentile=95, spacing=spacing
        )
        assert hausdorff_95(a, b, spacing) == pytest.approx(float(theirs), rel=1e-4)


def test_surface_dice_agrees_with_monai(monai_metrics):
    import torch

    for a, b in pairs():
        one, two = (torch.from_numpy(m[None, None].astype(np.float32)) for m in (a, b))
        theirs = monai_metrics.compute_surface_dice(
            one, two, class_thresholds=[2.0], include_background=True
        )
        assert normalised_surface_dice(a, b, tolerance=2.0) == pytest.approx(float(theirs))


def test_dice_agrees_with_monai(monai_metrics):
    import torch

    for a, b in pairs():
        one, two = (torch.from_numpy(m[None, None].astype(np.float32)) for m in (a, b))
        assert dice(a, b) == pytest.approx(float(monai_metrics.compute_dice(one, two)))
