from __future__ import annotations

import itertools
from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sesamoid.errors import OutputError
from sesamoid.imaging import Crop
from sesamoid.reports import draw_evidence, draw_overlay, write_png
from sesamoid.reports.canvas import display_frame
from sesamoid.reports.footer import add_footer
from sesamoid.reports.label_layout import Box, place_labels
from sesamoid.reports.outlines import outlines
from sesamoid.reports.overlay import line_thickness, overlay_layer


def test_outline_encloses_the_pixel_count(make_result):
    region = make_result().regions[0]
    (outline,) = outlines(region.mask)
    assert outline.area_px == pytest.approx(region.pixels, rel=0.01)


def test_hole_and_parts_are_told_apart():
    mask = np.zeros((40, 60), bool)
    mask[5:25, 5:25] = True
    mask[10:15, 10:15] = False
    mask[30:33, 50:60] = True  # at the border
    found = outlines(mask)
    assert [o.hole for o in found] == [False, False, True]
    assert found[0].area_px == pytest.approx(400, rel=0.01)
    assert found[2].area_px == pytest.approx(25, rel=0.05)


def test_empty_mask_has_no_outline():
    assert outlines(np.zeros((4, 4), bool)) == ()


def test_outline_colour_lies_on_the_border_and_fill_is_light(make_result):
    result = make_result()
    layer = overlay_layer(result, scale=1.0).rgba()
    colour = result.regions[0].structure.rgb
    row, column = 137, 168  # on the ellipse's border, away from the calipers
    window = layer[row - 3 : row + 4, column - 3 : column + 4, :3].reshape(-1, 3).astype(int)
    assert np.abs(window - colour).sum(axis=1).min() < 40
    assert 30 < layer[140, 200, 3] < 70
    assert layer[20, 20, 3] == 0


def test_overlay_follows_rows_and_columns(make_result):
    alpha = overlay_layer(replace(make_result(), lines=(), landmarks=()), scale=2.0).rgba()[..., 3]
    rows, columns = np.nonzero(alpha[:, :540] > 200)
    assert columns.max() == pytest.approx(2 * 258.5 + 1, abs=4)
    assert rows.max() == pytest.approx(2 * 176.5 + 1, abs=4)


def test_small_frame_is_enlarged_and_strip_is_below(make_result):
    picture = draw_overlay(make_result())
    assert picture.shape[1] == 960
    assert picture.shape[0] > 720
    assert picture.dtype == np.uint8


def test_thickness_grows_with_the_picture():
    assert line_thickness((600, 800)) == 2
    assert line_thickness((3000, 2400)) > 5
    assert line_thickness((64, 64)) == 1


def test_frame_out_of_range(make_result):
    with pytest.raises(OutputError, match="no frame 3"):
        draw_overlay(make_result(), 3)


def test_scale_bar_length(make_result):
    strip = add_footer(np.zeros((200, 800, 3), np.uint8), spacing_mm=0.1, scale=2.0)[200:]
    bright = (strip[..., 0] > 200).sum(axis=1)
    middle = strip[int(np.argmax(bright)), :, 0] > 200
    run = max(len(list(g)) for on, g in itertools.groupby(middle) if on)
    assert run == 200  # 10 mm at 0.1 mm a pixel, drawn at twice the size


def test_sixteen_bit_is_windowed_for_display(make_result):
    result = make_result()
    wide = result.image.pixels.astype(np.uint16) * 40
    shown = display_frame(replace(result.image, pixels=wide))
    assert shown.dtype == np.uint8
    assert shown.max() == 255


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 560), st.integers(0, 760), st.integers(4, 90), st.integers(4, 90)),
        min_size=1,
        max_size=12,
    )
)
def test_labels_are_inside_and_apart(corners):
    anchors = [Box(*map(float, c)) for c in corners]
    boxes = place_labels(anchors, [(24.0, 40.0)] * len(anchors), (600, 800), gap=8)
    for box in boxes:
        assert box.top >= 0
        assert box.left >= 0
        assert box.bottom <= 600
        assert box.right <= 800
    for a, b in itertools.combinations(boxes, 2):
        assert a.overlap(b) == 0


def test_evidence_picture_has_a_bar_and_heat(make_result):
    result = make_result(evidence=True)
    picture = draw_evidence(result)
    assert picture.shape[0] == 720
    assert picture.shape[1] > 960
    hot, cold = picture[300, 420].astype(int), picture[40, 40].astype(int)
    assert hot[1] > hot[2]  # viridis at 1 is yellow
    assert np.ptp(cold) == 0  # no evidence: the grey image


def test_evidence_without_map(make_result):
    with pytest.raises(OutputError, match="no evidence map"):
        draw_evidence(make_result())


def test_evidence_of_an_unknown_class(make_result):
    with pytest.raises(OutputError, match="'bone'"):
        draw_evidence(make_result(evidence=True), "bone")


def test_write_png_is_lossless(tmp_path, make_result):
    picture = draw_overlay(make_result())
    path = write_png(tmp_path / "deep" / "a.png", picture)
    back = cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)
    assert np.array_equal(back, picture)


def test_scan_area_calibration_gives_the_scale(make_result):
    result = replace(make_result(letter="C"), scan_area=Crop(10, 10, 100, 100))
    assert draw_overlay(result).shape[1] == 960


def test_label_of_a_region_in_parts_is_near_the_largest(make_result):
    result = make_result()
    mask = result.regions[0].mask.copy()
    mask[300:310, 460:470] = True
    region = replace(result.regions[0], mask=mask)
    layer = overlay_layer(replace(result, regions=(region,), lines=(), landmarks=()), scale=2.0)
    white = (layer.rgba()[..., :3] > 250).all(axis=2) & (layer.rgba()[..., 3] > 250)
    rows, columns = np.nonzero(white)
    assert 180 < rows.mean() < 250
    assert 400 < columns.mean() < 440
