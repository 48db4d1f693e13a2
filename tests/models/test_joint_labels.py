"""Labels from a joint network's scores: what is left out to be fast is left out rightly."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from sesamoid.imaging import Crop
from sesamoid.imaging.letterbox import Letterbox
from sesamoid.models.joint_labels import boxes_of, interpolated, outlines_of

CANVAS = (64, 96)
CLASSES = 12


def anatomy(seed: int) -> np.ndarray:
    """Scores of layers, discs and thin lines, as smooth as those of a network."""
    rng = np.random.default_rng(seed)
    rows, columns = CANVAS[0] // 2, CANVAS[1] // 2
    y, x = np.mgrid[:rows, :columns].astype(np.float32)
    scores = np.full((CLASSES, rows, columns), -6, np.float32)
    scores[0] = 0
    scores[1] = 8 * np.tanh((6 + 2 * np.sin(x / 7) - y) / 2)
    for value in range(2, 8):
        place = rng.uniform((4, 4), (rows - 4, columns - 4))
        radius = rng.uniform(1.5, 5)
        scores[value] = 3 * (radius - np.hypot(y - place[0], x - place[1]))
    for value in range(8, CLASSES - 1):  # the last class wins nowhere
        at = rng.uniform(8, rows - 4)
        scores[value] = 4 - 3 * np.abs(y - at - 0.1 * x) - 2 * np.maximum(0, x - 30)
    noise = rng.normal(0, 0.2, scores.shape).astype(np.float32)
    return scores + noise


def every_class(scores: np.ndarray, fit: Letterbox, size: tuple[int, int]) -> np.ndarray:
    """All classes everywhere, by bilinear interpolation written out."""
    rows, columns = size
    down, across = fit.placed.height / rows / 2, fit.placed.width / columns / 2
    y = fit.placed.top / 2 + (np.arange(rows) + 0.5) * down - 0.5
    x = fit.placed.left / 2 + (np.arange(columns) + 0.5) * across - 0.5
    y, x = y.clip(0, scores.shape[1] - 1), x.clip(0, scores.shape[2] - 1)
    top = np.minimum(y.astype(int), scores.shape[1] - 2)
    left = np.minimum(x.astype(int), scores.shape[2] - 2)
    v, u = (y - top)[:, None], x - left
    rows_ = scores[:, top] * (1 - v) + scores[:, top + 1] * v
    return (rows_[:, :, left] * (1 - u) + rows_[:, :, left + 1] * u).argmax(axis=0)


def made(seed: int):
    scores = anatomy(seed)
    fit = Letterbox.fit((217, 331), Crop(13, 40, 190, 260), CANVAS)
    return scores, scores.argmax(axis=0).astype(np.uint8), fit


@pytest.mark.parametrize("seed", range(6))
def test_labels_are_those_of_all_classes_interpolated_everywhere(seed: int) -> None:
    scores, winners, fit = made(seed)
    found = outlines_of(scores, winners, fit)
    box = fit.box
    labels = found.on_frame[box.top : box.bottom, box.left : box.right]
    wanted = every_class(scores, fit, labels.shape)
    assert len(np.unique(wanted)) > 6
    # A class that is best between places of which it wins none is passed over: a few pixels.
    assert (labels != wanted).mean() < 2e-3
    coarse = every_class(scores, fit, found.coarse.shape)
    assert (found.coarse != coarse).mean() < 2e-3


def test_labels_stay_within_the_box() -> None:
    scores, winners, fit = made(1)
    labels = outlines_of(scores, winners, fit).on_frame
    assert labels.shape == (217, 331)
    inside = np.zeros(labels.shape, bool)
    inside[13:203, 40:300] = True
    assert labels[inside].any()
    assert not labels[~inside].any()


def test_coarse_labels_are_the_canvas_s() -> None:
    scores, winners, fit = made(2)
    found = outlines_of(scores, winners, fit)
    assert found.coarse.shape == (fit.placed.height, fit.placed.width)
    larger = cv2.resize(found.coarse, (260, 190), interpolation=cv2.INTER_NEAREST)
    assert (larger != found.on_frame[13:203, 40:300]).mean() < 0.05


def test_one_class_fills_the_picture() -> None:
    scores, _, fit = made(3)
    scores[5] = 50
    winners = np.full(scores.shape[1:], 5, np.uint8)
    assert (outlines_of(scores, winners, fit).coarse == 5).all()


def test_a_class_at_the_border_and_one_in_the_padding() -> None:
    scores, _, fit = made(4)
    scores[:] = -5
    scores[0] = 0
    scores[3, :4, -4:] = 9
    scores[7, fit.placed.bottom // 2 + 1 :, :] = 9  # below the scan
    winners = scores.argmax(axis=0).astype(np.uint8)
    found = outlines_of(scores, winners, Letterbox.fit((80, 40), Crop(0, 0, 80, 40), CANVAS))
    assert 7 not in found.values or fit.placed.bottom == CANVAS[0]
    whole = outlines_of(scores, winners, Letterbox.fit(CANVAS, Crop(0, 0, *CANVAS), CANVAS))
    assert (whole.coarse[:7, -7:] == 3).all()
    assert (whole.coarse[10:20, :80] == 0).all()


def test_the_scores_of_other_classes_are_let_go_of() -> None:
    scores, winners, fit = made(5)
    found = outlines_of(scores, winners, fit)
    scores[:] = 0
    wanted = outlines_of(*made(5)).on_frame
    np.testing.assert_array_equal(found.on_frame, wanted)


def test_boxes_hold_every_place() -> None:
    _, winners, _ = made(0)
    boxes = boxes_of(winners)
    assert set(boxes) == set(np.unique(winners).tolist())
    for value, (left, top, right, bottom) in boxes.items():
        rows, columns = np.nonzero(winners == value)
        assert (left, top, right, bottom) == (
            columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
        )  # fmt: skip


def test_size_does_not_move_outlines() -> None:
    scores, winners, fit = made(0)
    boxes = boxes_of(winners)
    by_class = {value: scores[value] for value in boxes}
    middles = []
    for size in ((95, 130), (190, 260), (380, 520)):
        labels = interpolated(by_class, boxes, fit, size)
        rows, columns = np.nonzero(labels == 2)
        middles.append(((rows.mean() + 0.5) / size[0], (columns.mean() + 0.5) / size[1]))
    np.testing.assert_allclose(middles[0], middles[2], atol=0.004)
    np.testing.assert_allclose(middles[1], middles[2], atol=0.002)


@pytest.mark.parametrize("n", [1, 2, 4])
def test_any_number_of_canvas_pixels_may_share_a_score(n: int) -> None:
    """Two classes part on a slanting line, which linear interpolation keeps where it is."""
    y, x = ((np.arange(size // n) + 0.5) * n for size in CANVAS)
    scores = np.zeros((2, len(y), len(x)), np.float32)
    scores[1] = x - 0.5 * y[:, None] - 30
    fit = Letterbox.fit((217, 331), Crop(13, 40, 190, 260), CANVAS)
    found = outlines_of(scores, scores.argmax(axis=0).astype(np.uint8), fit)
    # Of the frame's pixels in the scan: where their middles lie on the canvas.
    placed = fit.placed
    down = placed.top + (np.arange(190) + 0.5) * placed.height / 190
    across = placed.left + (np.arange(260) + 0.5) * placed.width / 260
    wanted = across - 0.5 * down[:, None] > 30
    inner = np.s_[10:-10, 10:-10]  # the canvas's edge is no line any more
    assert 0.2 < wanted.mean() < 0.9
    assert ((found.on_frame[13:203, 40:300] == 1) != wanted)[inner].mean() < 1e-3
