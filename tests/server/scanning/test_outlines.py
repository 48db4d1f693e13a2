from __future__ import annotations

import cv2
import numpy as np
import pytest

from sesamoid.anatomy import Protocol, structure
from sesamoid.imaging import Crop, Outlines
from sesamoid.server.scanning.outlines import colour_of, outlines
from sesamoid.virtual.acquisition.label_classes import label_classes

NAMES = ("", *label_classes()[1:])
NERVE, RADIUS = NAMES.index("median_nerve"), NAMES.index("radius")


def disc(rows: int, columns: int, row: int, column: int, radius: int) -> np.ndarray:
    r, c = np.ogrid[:rows, :columns]
    return (r - row) ** 2 + (c - column) ** 2 <= radius**2


@pytest.fixture
def labels() -> np.ndarray:
    """A nerve at the upper left, so that rows and columns are told apart."""
    found = np.zeros((200, 300), np.uint8)
    found[disc(200, 300, 60, 90, 25)] = NERVE
    return found


def drawn(lines: tuple[tuple[int, ...], ...], shape: tuple[int, int]) -> np.ndarray:
    canvas = np.zeros(shape, np.uint8)
    for line in lines:
        cv2.fillPoly(canvas, [np.array(line, np.int32).reshape(-1, 2)], 1)
    return canvas > 0


def test_a_polygon_covers_its_mask(labels: np.ndarray, rule: Protocol) -> None:
    (one,) = outlines(Outlines.of(labels), NAMES, rule.plane("S11"))
    assert (one.name, one.label) == ("median_nerve", "MN")
    truth, shown = labels > 0, drawn(one.polygons, labels.shape)
    assert (truth & shown).sum() / (truth | shown).sum() > 0.97
    assert sum(len(line) for line in one.polygons) < 80


def test_the_label_stands_at_the_upper_edge(labels: np.ndarray, rule: Protocol) -> None:
    (one,) = outlines(Outlines.of(labels), NAMES, rule.plane("S11"))
    assert one.at == pytest.approx((90, 35), abs=1)


def test_of_a_slanting_band_the_label_stands_on_it(rule: Protocol) -> None:
    labels = np.zeros((200, 300), np.uint8)
    cv2.line(labels, (10, 20), (290, 160), NERVE, 8)
    (one,) = outlines(Outlines.of(labels), NAMES, rule.plane("S11"))
    assert labels[one.at[1], one.at[0]] == NERVE


def test_specks_are_left_out_and_pieces_are_not(rule: Protocol) -> None:
    labels = np.zeros((200, 300), np.uint8)
    labels[disc(200, 300, 50, 60, 20)] = NERVE
    labels[disc(200, 300, 50, 220, 12)] = NERVE
    labels[150, 150] = NERVE
    (one,) = outlines(Outlines.of(labels), NAMES, rule.plane("S11"))
    assert len(one.polygons) == 2
    assert cv2.contourArea(np.array(one.polygons[0]).reshape(-1, 2)) > 1000


def test_a_plane_draws_what_it_has_a_label_for(rule: Protocol) -> None:
    labels = np.zeros((200, 300), np.uint8)
    labels[disc(200, 300, 100, 80, 30)] = NERVE
    labels[disc(200, 300, 100, 220, 30)] = RADIUS
    assert {one.name for one in outlines(Outlines.of(labels), NAMES, rule.plane("S11"))} == {
        "median_nerve"
    }
    assert {one.name for one in outlines(Outlines.of(labels), NAMES, None)} == {
        "median_nerve",
        "radius",
    }


def test_colours_are_those_of_the_structures() -> None:
    assert colour_of("median_nerve") == structure("median_nerve").colour
    assert colour_of("finger_flexors") == structure("fds_2").colour


def test_a_single_pixel_is_no_outline_and_no_error(labels: np.ndarray, rule: Protocol) -> None:
    labels[150, 200] = RADIUS
    assert [one.name for one in outlines(Outlines.of(labels), NAMES, None)] == ["median_nerve"]


def test_coarse_labels_are_told_on_the_pixels_of_the_frame(
    labels: np.ndarray, rule: Protocol
) -> None:
    coarse = cv2.resize(labels, (100, 50), interpolation=cv2.INTER_NEAREST)
    found = Outlines(coarse, Crop(30, 40, 200, 300), (260, 400), lambda: labels)
    (one,) = outlines(found, NAMES, rule.plane("S11"))
    frame = np.zeros((260, 400), bool)
    frame[30:230, 40:340] = labels > 0
    shown = drawn(one.polygons, frame.shape)
    assert (frame & shown).sum() / (frame | shown).sum() > 0.9
    assert one.at == pytest.approx((130, 65), abs=4)
