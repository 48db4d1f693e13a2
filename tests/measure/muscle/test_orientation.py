"""Directions from images with known lines, from virtual muscle, and from real fragments."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from sesamoid.errors import SesamoidError
from sesamoid.imaging import find_scan_area, read_image
from sesamoid.measure.muscle import (
    OrientationField,
    fragment_angles,
    muscle_architecture,
    orientation_error,
    oriented_filter_orientation,
    structure_tensor_orientation,
)
from sesamoid.measure.muscle.angles import (
    along,
    difference,
    mean_angle,
    median_angle,
    mode_angle,
    wrapped,
)
from sesamoid.virtual.muscle import draw_muscle, picture
from tests.conftest import real_data

Method = Callable[..., OrientationField]
METHODS = [structure_tensor_orientation, oriented_filter_orientation]


def grating(angle_deg: float, *, period: float = 14.0, side: int = 300) -> NDArray[np.uint8]:
    """Bright lines with dark ones between, in one direction."""
    rows, columns = np.mgrid[:side, :side].astype(float)
    angle = np.radians(angle_deg)
    across = columns * np.sin(angle) + rows * np.cos(angle)
    return np.asarray(110 + 80 * np.cos(2 * np.pi * across / period), dtype=np.uint8)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("angle", [-85.0, -60.0, -33.0, -8.0, 0.0, 12.0, 45.0, 71.0, 90.0])
def test_lines_of_any_direction_are_found(method: Method, angle: float) -> None:
    field = method(grating(angle))
    inner = np.s_[60:-60, 60:-60]
    error = np.degrees(difference(field.angle[inner], np.radians(angle)))
    # A pattern that fills the picture is its own background for the filters: up to 0.72 degrees.
    assert np.median(np.abs(error)) < (0.6 if method is structure_tensor_orientation else 0.75)
    assert field.weight[inner].min() > 0.1


@pytest.mark.parametrize("method", METHODS)
def test_aponeuroses_that_are_left_out_do_not_pull(method: Method) -> None:
    image = grating(25)
    bars = np.zeros(image.shape, dtype=bool)
    bars[60:75], bars[220:240] = True, True
    image = np.where(bars, 255, image).astype(np.uint8)
    field = method(image, exclude=bars)
    error = np.degrees(difference(field.angle[90:200, 40:-40], np.radians(25.0)))
    assert np.percentile(np.abs(error), 95) < 3.0
    assert field.weight[bars].max() < 0.05


@pytest.mark.parametrize("method", METHODS)
def test_a_shadow_has_no_weight(method: Method) -> None:
    image = grating(20)
    image[:, 200:] = 0
    field = method(image)
    assert field.weight[:, 230:].max() == 0
    assert field.weight[:, 40:160].min() > 0


def test_on_virtual_speckle_long_filters_beat_the_tensor() -> None:
    errors: dict[str, list[float]] = {"tensor": [], "filters": []}
    for seed in (1, 3, 5, 7):
        drawn = picture(draw_muscle(seed))
        for name, method in zip(errors, METHODS, strict=True):
            field = method(drawn.pixels, exclude=drawn.aponeuroses)
            error = difference(field.angle[drawn.region], drawn.angle[drawn.region])
            errors[name].append(float(np.degrees(np.median(np.abs(error)))))
    assert np.mean(errors["filters"]) < 2.0
    assert np.mean(errors["filters"]) < np.mean(errors["tensor"])


def test_from_picture_to_numbers_on_virtual_muscle() -> None:
    # Issue 6 asks 2 %, 1 degree and 3 %; the speckled picture alone gives the directions here.
    # Medians of 12 virtual muscles; the tail is in the documentation.
    thickness, pennation, length = [], [], []
    for seed in range(300, 312):
        drawn = picture(draw_muscle(seed))
        field = oriented_filter_orientation(drawn.pixels, exclude=drawn.aponeuroses)
        found = muscle_architecture(
            drawn.aponeuroses.astype(np.float32), field, spacing_mm=drawn.spacing_mm, repeats=0
        )
        truth = drawn.truth
        assert found.thickness_mm.value is not None
        assert found.pennation_deg.value is not None
        thickness.append(found.thickness_mm.value / np.mean(truth.thickness_mm) - 1)
        pennation.append(found.pennation_deg.value - truth.pennation_deg)
        if found.fascicle_length_mm.value is not None:
            length.append(found.fascicle_length_mm.value / truth.fascicle_length_mm - 1)
    assert np.max(np.abs(thickness)) < 0.02
    assert np.median(np.abs(pennation)) < 1.0
    assert len(length) >= 10
    assert np.median(np.abs(length)) < 0.03


def test_real_fragments_are_met_within_two_degrees() -> None:
    folder = real_data("muscle-fascicle")
    medians = []
    for number in (5, 60, 100, 150, 230, 260):
        image = read_image(folder / "imagesTr" / f"img_{number:05d}_0000.png")
        mask = read_image(folder / "labelsTr" / f"img_{number:05d}.png").grey()
        field = oriented_filter_orientation(image.grey(), box=find_scan_area(image))
        medians.append(orientation_error(field.angle, mask).median_deg)
    assert np.median(medians) < 2.0


def test_too_small_an_image_is_an_error() -> None:
    with pytest.raises(SesamoidError, match="directions"):
        structure_tensor_orientation(np.zeros((8, 200), np.uint8))


@pytest.mark.parametrize("angle", [-70.0, -20.0, 0.0, 13.0, 55.0])
def test_a_drawn_fragment_has_its_direction(angle: float) -> None:
    mask = np.zeros((200, 200), np.uint8)
    step = 60 * np.array([np.cos(np.radians(angle)), -np.sin(np.radians(angle))])
    first, second = (tuple(round(v) for v in 100 + s * step) for s in (-1, 1))
    cv2.line(mask, first, second, 1, 3)
    found = np.degrees(fragment_angles(mask).angle)
    assert np.allclose(found, angle, atol=1.0)


def test_a_bent_fragment_has_a_tangent_at_each_pixel() -> None:
    mask = np.zeros((300, 300), np.uint8)
    cv2.ellipse(mask, (150, 420), (300, 300), 0, -110, -70, 1, 3)
    found = fragment_angles(mask)
    # On a circle around (150, 420) the tangent is perpendicular to the radius.
    expected = np.arctan2(150.0 - found.columns, 420.0 - found.rows)
    assert np.degrees(np.abs(difference(found.angle, expected)).max()) < 3.0
    assert np.degrees(np.median(np.abs(difference(found.angle, expected)))) < 1.0


def test_dots_and_crossings_give_no_direction() -> None:
    mask = np.zeros((100, 100), np.uint8)
    mask[10:13, 10:13] = 1
    cv2.line(mask, (20, 50), (80, 50), 1, 3)
    cv2.line(mask, (50, 20), (50, 80), 1, 3)
    assert len(fragment_angles(mask).angle) == 0
    assert np.isnan(orientation_error(np.zeros((100, 100)), mask).median_deg)


def test_the_error_of_a_field_that_is_off_by_three_degrees_is_three_degrees() -> None:
    mask = np.zeros((100, 200), np.uint8)
    mask[50:53, 20:180] = 1
    error = orientation_error(np.full((100, 200), np.radians(3.0)), mask)
    assert error.median_deg == pytest.approx(3.0, abs=1e-6)
    assert error.bias_deg == pytest.approx(3.0, abs=1e-6)
    assert (error.fragments, error.pixels) == (1, 480)


def test_directions_are_averaged_across_the_vertical() -> None:
    angles, weights = np.radians([88.0, -88.0]), np.ones(2)
    for summary in (mean_angle(angles, weights), median_angle(angles, weights)):
        assert abs(np.degrees(summary)) == pytest.approx(90, abs=0.5)


def test_the_mode_ignores_a_quarter_of_strays() -> None:
    rng = np.random.default_rng(0)
    angles = np.radians(np.concatenate([rng.normal(18, 2, 750), rng.uniform(-90, 90, 250)]))
    found = mode_angle(wrapped(angles), np.ones(1000), width=np.radians(5))
    assert np.degrees(found) == pytest.approx(18, abs=0.5)


def test_angles_in_stretched_pixels() -> None:
    assert np.degrees(along(np.radians(45.0), (0.1, 0.2))) == pytest.approx(26.565, abs=1e-3)
    assert np.degrees(along(np.radians(-90.0), (0.1, 0.2))) == pytest.approx(-90)


def test_a_field_of_two_shapes_is_an_error() -> None:
    with pytest.raises(SesamoidError, match="one field"):
        OrientationField(np.zeros((3, 4)), np.zeros((4, 3)))
