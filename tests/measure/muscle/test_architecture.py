"""Architecture from exact maps against plane geometry, in every orientation; and refusals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sesamoid.errors import SesamoidError
from sesamoid.imaging.geometry import Crop
from sesamoid.measure.muscle import OrientationField, muscle_architecture
from tests.measure.muscle.drawing import SHAPE, band, between, line, uniform

FAST = {"repeats": 0}


@settings(max_examples=40, deadline=None)
@given(
    tilt=st.floats(-12, 12),
    pennation=st.floats(6, 40),
    rises_right=st.booleans(),
    thickness=st.floats(60, 150),
)
def test_parallel_muscle_follows_the_textbook(
    tilt: float, pennation: float, rises_right: bool, thickness: float
) -> None:
    # MT / sin(PA) between parallel straight aponeuroses; nothing is flipped on the way.
    vertical = thickness / np.cos(np.radians(tilt))
    upper, lower = line(200 - vertical / 2, tilt), line(200 + vertical / 2, tilt)
    maps = np.maximum(band(upper, below=False), band(lower, below=True))
    direction = tilt + (pennation if rises_right else -pennation)
    found = muscle_architecture(maps, uniform(direction), **FAST)
    assert found.thickness_px.value == pytest.approx(thickness, abs=0.3)
    assert found.aponeurosis_distance_px.value == pytest.approx(vertical, abs=0.3)
    assert found.pennation_deg.value == pytest.approx(pennation, abs=0.1)
    assert found.superficial_pennation_deg.value == pytest.approx(pennation, abs=0.1)
    assert found.fascicle_angle_deg.value == pytest.approx(direction, abs=0.05)
    assert found.deep_aponeurosis_angle_deg.value == pytest.approx(tilt, abs=0.05)
    assert found.superficial_aponeurosis_angle_deg.value == pytest.approx(tilt, abs=0.05)
    length = thickness / np.sin(np.radians(pennation))
    if found.fascicle_length_px.known:
        assert found.fascicle_length_px.value == pytest.approx(length, rel=0.01)
        assert found.fascicle_length_straight_px.value == pytest.approx(length, rel=0.01)
        assert found.curvature_per_px.value == pytest.approx(0, abs=1e-6)
        assert found.insertion_angle_deg.value == pytest.approx(pennation, abs=0.1)
    else:
        assert found.extrapolated_share.value is not None
        assert found.extrapolated_share.value > 0.8


def test_mirroring_the_image_mirrors_the_angles_and_nothing_else() -> None:
    upper, lower = line(120, 2), line(260, -4)
    maps = np.maximum(band(upper, below=False), band(lower, below=True))
    field = uniform(17)
    there = muscle_architecture(maps, field, **FAST)
    back = muscle_architecture(
        maps[:, ::-1], OrientationField(-field.angle[:, ::-1], field.weight[:, ::-1]), **FAST
    )
    for name in ("thickness_px", "pennation_deg", "fascicle_length_px", "extrapolated_share"):
        mirrored, value = getattr(back, name).value, getattr(there, name).value
        assert mirrored == pytest.approx(value, rel=1e-3), name
    for name in ("fascicle_angle_deg", "deep_aponeurosis_angle_deg"):
        assert getattr(back, name).value == pytest.approx(-getattr(there, name).value, abs=0.02)


def test_a_change_of_direction_gives_curvature_and_a_longer_path() -> None:
    upper, lower = line(120, 0), line(240, 0)
    maps = np.maximum(band(upper, below=False), band(lower, below=True))
    # 10 degrees steeper at the skin than at the bone.
    depth = (np.arange(SHAPE[0])[:, None] - 120) / 120 * np.ones(SHAPE[1])
    field = OrientationField(np.radians(25 - 10 * (depth - 0.5)), np.ones(SHAPE))
    found = muscle_architecture(maps, field, **FAST)
    angles = np.radians(np.linspace(30, 20, 2001))
    length = float(np.mean(1 / np.sin(angles))) * 120
    assert found.fascicle_length_px.value == pytest.approx(length, rel=0.003)
    expected = np.radians(10) / length
    assert found.curvature_per_px.value == pytest.approx(expected, rel=0.15)
    assert found.insertion_angle_deg.value == pytest.approx(20, abs=0.6)
    assert found.pennation_deg.value == pytest.approx(25, abs=0.1)


def test_pixels_that_are_not_square_are_measured_in_mm() -> None:
    upper, lower = line(100, 0), line(300, 0)
    maps = np.maximum(band(upper, below=False), band(lower, below=True))
    # 200 rows of 0.05 mm: 10 mm. 45 degrees in pixels is atan(0.05 / 0.1) in the body.
    found = muscle_architecture(maps, uniform(45), spacing_mm=(0.05, 0.1), **FAST)
    assert found.thickness_mm.value == pytest.approx(10.0, rel=0.003)
    assert found.thickness_px.value == pytest.approx(200, rel=0.003)
    pennation = np.degrees(np.arctan(0.5))
    assert found.pennation_deg.value == pytest.approx(pennation, abs=0.1)
    length = 10 / np.sin(np.radians(pennation))
    assert found.fascicle_length_mm.value == pytest.approx(length, rel=0.01)
    assert found.fascicle_length_px.value == pytest.approx(200 * np.sqrt(2), rel=0.01)


def test_without_calibration_there_are_no_millimetres() -> None:
    maps = np.maximum(band(line(100, 0), below=False), band(line(200, 0), below=True))
    found = muscle_architecture(maps, uniform(20), **FAST)
    for name, estimate in found.estimates().items():
        assert estimate.known != name.endswith("_mm"), name
    assert found.thickness_mm.reason == "the image is not calibrated"


def test_the_scan_area_says_where_the_centre_is() -> None:
    upper, lower = line(100, 0), line(200, -10)
    maps = np.maximum(band(upper, below=False), band(lower, below=True))
    box = Crop(0, 300, 400, 200)
    found = muscle_architecture(maps, uniform(15), box=box, **FAST)
    expected = lower(np.array(399.5)) - 100
    assert found.aponeurosis_distance_px.value == pytest.approx(float(expected), abs=0.3)


@pytest.mark.parametrize("seed", range(5))
def test_broken_and_ragged_bands_measure_nearly_the_same(seed: int) -> None:
    rng = np.random.default_rng(seed)
    upper, lower = line(110, 3), line(230, -5)
    maps = np.maximum(band(upper, below=False), band(lower, below=True))
    whole = muscle_architecture(maps, uniform(15), **FAST)
    for _ in range(4):
        start = rng.integers(0, 440)
        maps[:, start : start + 50] = 0
    for _ in range(6):
        row, column = rng.integers(10, 390), rng.integers(10, 470)
        maps[row : row + 7, column : column + 12] = 1
    broken = muscle_architecture(maps, uniform(15), **FAST)
    assert broken.thickness_px.value == pytest.approx(whole.thickness_px.value, rel=0.02)
    assert broken.deep_aponeurosis_angle_deg.value == pytest.approx(
        whole.deep_aponeurosis_angle_deg.value, abs=0.5
    )


def test_the_muscle_with_the_fascicles_is_the_one_that_is_measured() -> None:
    first, second, third = line(60, 0), line(150, 0), line(300, 0)
    maps = np.maximum(band(first, below=False), band(second, below=True))
    maps = np.maximum(maps, band(third, below=True))
    both = muscle_architecture(maps, uniform(12), **FAST)
    assert both.thickness_px.value == pytest.approx(90, abs=1)
    deeper = muscle_architecture(maps, between(uniform(12), second, third), **FAST)
    assert deeper.thickness_px.value == pytest.approx(150 - 9, abs=1)
    assert len(deeper.geometry.other_bands) == 1


def test_a_double_fascia_is_not_taken_for_a_muscle() -> None:
    maps = np.maximum(band(line(80, 0), below=False), band(line(90, 0), below=False, thick=3))
    maps = np.maximum(maps, band(line(200, 0), below=True))
    found = muscle_architecture(maps, uniform(15), **FAST)
    assert found.thickness_px.value == pytest.approx(110, abs=1)


def test_an_empty_map_is_refused_with_the_reason() -> None:
    found = muscle_architecture(np.zeros(SHAPE, np.float32), uniform(15), **FAST)
    assert all(not e.known for e in found.estimates().values())
    assert found.thickness_px.reason == "no aponeurosis was found"


@pytest.mark.parametrize(
    ("row", "below", "reason"),
    [
        (90, False, "the deep aponeurosis is out of view"),
        (310, True, "the superficial aponeurosis is out of view"),
    ],
)
def test_one_aponeurosis_gives_its_angle_and_no_thickness(
    row: float, below: bool, reason: str
) -> None:
    edge = line(row, -6)
    side = (edge, line(1000, 0)) if not below else (line(-1000, 0), edge)
    found = muscle_architecture(band(edge, below=below), between(uniform(15), *side), **FAST)
    assert found.thickness_px.reason == reason
    assert not found.fascicle_length_px.known
    name = "deep_aponeurosis_angle_deg" if below else "superficial_aponeurosis_angle_deg"
    assert getattr(found, name).value == pytest.approx(-6, abs=0.1)


def test_a_short_band_is_refused_with_the_reason() -> None:
    maps = np.maximum(band(line(100, 0), below=False), band(line(200, 0), below=True))
    maps[:, 100:] = 0
    found = muscle_architecture(maps, uniform(15), **FAST)
    assert "over enough of the width" in (found.thickness_px.reason or "")


def test_no_directions_still_leave_the_thickness() -> None:
    maps = np.maximum(band(line(100, 0), below=False), band(line(200, 0), below=True))
    nothing = OrientationField(np.zeros(SHAPE), np.zeros(SHAPE))
    found = muscle_architecture(maps, nothing, **FAST)
    assert found.thickness_px.value == pytest.approx(100, abs=0.5)
    assert found.fascicle_angle_deg.reason == "no fascicle directions were found in the muscle"
    assert not found.fascicle_length_px.known


def test_fascicles_along_the_aponeuroses_have_no_length() -> None:
    maps = np.maximum(band(line(100, 0), below=False), band(line(200, 0), below=True))
    found = muscle_architecture(maps, uniform(0.5), **FAST)
    assert found.pennation_deg.value == pytest.approx(0.5, abs=0.1)
    assert "no measurable end" in (found.fascicle_length_px.reason or "")


def test_maps_of_different_size_are_an_error() -> None:
    with pytest.raises(SesamoidError, match="same pixels"):
        muscle_architecture(np.zeros((10, 10), np.float32), uniform(15))
