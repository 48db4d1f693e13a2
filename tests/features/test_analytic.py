"""Families that IBSI-1 does not define, against cases that can be worked out by hand."""

import numpy as np
import pytest

from sesamoid.features import gabor, local_binary, wavelet_energy
from sesamoid.features.gabor import SIGMA_PER_WAVELENGTH, gabor_magnitude


def wave(wavelength_px, angle_deg, amplitude=60.0, side=160):
    down, right = np.mgrid[:side, :side]
    angle = np.deg2rad(angle_deg)
    along = right * np.cos(angle) + down * np.sin(angle)
    return 100 + amplitude * np.cos(2 * np.pi * along / wavelength_px)


def frequency(wavelength_px, angle_deg):
    angle = np.deg2rad(angle_deg)
    return 2 * np.pi / wavelength_px * np.array([np.cos(angle), np.sin(angle)])


@pytest.mark.parametrize("wavelength_px", [4.0, 8.0, 16.0])
@pytest.mark.parametrize("angle_deg", [0.0, 45.0, 90.0, 135.0])
def test_gabor_gives_half_the_amplitude_of_its_own_wave(wavelength_px, angle_deg):
    found = gabor_magnitude(
        wave(wavelength_px, angle_deg), wavelength_px=wavelength_px, angle_deg=angle_deg
    )
    assert found[60:100, 60:100] == pytest.approx(30, rel=0.01)


@pytest.mark.parametrize(("wavelength_px", "angle_deg"), [(8.0, 20.0), (10.0, 0.0), (7.0, 350.0)])
def test_gabor_falls_off_as_the_gaussian_of_the_distance_in_frequency(wavelength_px, angle_deg):
    found = gabor_magnitude(wave(wavelength_px, angle_deg), wavelength_px=8.0, angle_deg=0.0)
    apart = np.linalg.norm(frequency(8.0, 0.0) - frequency(wavelength_px, angle_deg))
    wanted = 30 * np.exp(-((apart * SIGMA_PER_WAVELENGTH * 8.0) ** 2) / 2)
    assert found[60:100, 60:100].mean() == pytest.approx(wanted, rel=0.02)


def test_gabor_of_a_part_is_that_of_the_whole_image_there():
    image = np.random.default_rng(0).integers(0, 255, (200, 220)).astype(np.uint8)
    mask = np.zeros(image.shape, bool)
    mask[90:120, 60:100] = True
    field = gabor_magnitude(image, wavelength_px=8.0, angle_deg=45.0)
    assert gabor(image, mask)["magnitude_8px_45deg"] == pytest.approx(field[mask].mean(), rel=1e-4)


def test_one_wave_is_as_anisotropic_as_its_gaussian_says():
    found = gabor(wave(8.0, 0.0))
    across = np.exp(-((np.sqrt(2) * 2 * np.pi * SIGMA_PER_WAVELENGTH) ** 2) / 2)
    slanted = np.exp(-((2 * np.sin(np.pi / 8) * 2 * np.pi * SIGMA_PER_WAVELENGTH) ** 2) / 2)
    wanted = (1 - across) / (1 + across + 2 * slanted)
    assert found["anisotropy_8px"] == pytest.approx(wanted, rel=0.03)


def inner():
    mask = np.zeros((20, 20), bool)
    mask[1:-1, 1:-1] = True
    return mask


def test_binary_pattern_of_an_edge():
    image = np.zeros((20, 20))
    image[:, 10:] = 100
    # Only the bright side's first column has darker neighbours: three of eight, in one arc.
    found = local_binary(image, inner())
    assert found["pattern_5"] == pytest.approx(1 / 18)
    assert found["pattern_8"] == pytest.approx(17 / 18)


def test_binary_pattern_of_a_bright_spot():
    image = np.zeros((20, 20))
    image[8, 8] = 100
    found = local_binary(image, inner())
    assert found["pattern_0"] == pytest.approx(1 / 18**2)


def test_binary_pattern_of_a_checkerboard_at_its_own_pixels():
    board = np.indices((20, 20)).sum(axis=0) % 2 * 200
    found = local_binary(board, inner())
    # Dark pixels: all neighbours at least as bright. Bright ones: all interpolated ones darker.
    assert found["pattern_8"] == pytest.approx(0.5)
    assert found["pattern_0"] == pytest.approx(0.5)


def test_the_edge_of_the_picture_is_no_pattern():
    assert local_binary(np.full((16, 16), 90))["pattern_8"] == 1


@pytest.mark.parametrize("level", [1, 2, 3])
def test_wavelet_of_a_checkerboard_is_diagonal_detail_of_its_size(level):
    cells = np.indices((64, 64)) // 2 ** (level - 1)
    found = wavelet_energy(np.where(cells.sum(axis=0) % 2, 130.0, 70.0))
    wanted = dict.fromkeys(found, 0.0) | {f"diagonal_{level}": 900.0}
    assert found == pytest.approx(wanted)


@pytest.mark.parametrize(("axis", "name"), [(0, "horizontal"), (1, "vertical")])
def test_wavelet_of_a_ramp(axis, name):
    slope = 3.0
    ramp = slope * np.indices((64, 64))[axis].astype(float)
    found = wavelet_energy(ramp, levels=2)
    # Neighbouring blocks of side s differ by slope s: per pixel (slope s / 2)^2.
    wanted = dict.fromkeys(found, 0.0) | {f"{name}_1": slope**2 / 4, f"{name}_2": slope**2}
    assert found == pytest.approx(wanted)
