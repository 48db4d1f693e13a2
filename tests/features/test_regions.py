"""What every feature of a region has in common."""

import numpy as np
import pytest

from sesamoid.errors import SesamoidError
from sesamoid.features import (
    cooccurrence,
    first_order,
    gabor,
    local_binary,
    run_length,
    wavelet_energy,
)

FAMILIES = [first_order, cooccurrence, run_length, local_binary, gabor, wavelet_energy]
EVERY = pytest.mark.parametrize("family", FAMILIES, ids=lambda f: f.__name__)


def texture():
    return np.random.default_rng(0).integers(0, 255, (64, 64)).astype(np.uint8)


def box():
    mask = np.zeros((64, 64), bool)
    mask[16:48, 8:40] = True
    return mask


@EVERY
def test_gives_finite_plain_floats(family):
    found = family(texture(), box())
    assert found
    assert all(type(v) is float and np.isfinite(v) for v in found.values())


@EVERY
def test_an_even_region_is_finite(family):
    assert all(np.isfinite(v) for v in family(np.full((64, 64), 80, np.uint8)).values())


@EVERY
def test_an_empty_mask_is_refused(family):
    with pytest.raises(SesamoidError, match="empty"):
        family(texture(), np.zeros((64, 64), bool))


@EVERY
def test_a_mask_of_another_shape_is_refused(family):
    with pytest.raises(SesamoidError, match="shape"):
        family(texture(), np.ones((60, 64), bool))


@pytest.mark.parametrize(
    "family", [first_order, cooccurrence, run_length, wavelet_energy], ids=lambda f: f.__name__
)
def test_nothing_outside_the_mask_counts(family):
    image, mask = texture(), box()
    changed = np.where(mask, image, 255 - image)
    assert family(changed, mask) == pytest.approx(family(image, mask))


@pytest.mark.parametrize(
    "family", [first_order, cooccurrence, run_length, local_binary], ids=lambda f: f.__name__
)
def test_a_quarter_turn_changes_nothing(family):
    assert family(np.rot90(texture())) == pytest.approx(family(texture()), abs=1e-9)


def test_run_length_of_stripes_is_closed_form():
    stripes = np.zeros((8, 8), np.uint8)
    stripes[::2] = 255
    found = run_length(stripes, levels=2)
    # Rows: 8 runs of 8. Columns: 64 runs of 1. Both diagonals: 64 runs of 1 each.
    assert found["run_percentage"] == pytest.approx((8 + 3 * 64) / (4 * 64))
    assert found["short_runs_emphasis"] == pytest.approx((8 / 64 + 192) / 200)


def test_cooccurrence_of_a_checkerboard_is_closed_form():
    board = np.indices((16, 16)).sum(axis=0) % 2 * 255
    found = cooccurrence(board, levels=2)
    straight, slanted = 2 * 16 * 15, 2 * 15 * 15
    assert found["contrast"] == pytest.approx(straight / (straight + slanted))


def test_binary_pattern_ignores_gain():
    assert local_binary(texture().astype(float) * 2) == local_binary(texture())


def test_binary_pattern_shares_sum_to_one():
    assert sum(local_binary(texture(), box()).values()) == pytest.approx(1)


@pytest.mark.parametrize("angle_deg", [0, 45, 90, 135])
@pytest.mark.parametrize("wavelength_px", [4, 8, 16])
def test_gabor_answers_its_own_wave_most(wavelength_px, angle_deg):
    down, right = np.mgrid[:96, :96]
    angle = np.deg2rad(angle_deg)
    along = right * np.cos(angle) + down * np.sin(angle)
    found = gabor(100 + 50 * np.cos(2 * np.pi * along / wavelength_px))
    strengths = {k: v for k, v in found.items() if k.startswith("magnitude")}
    assert max(strengths, key=strengths.get) == f"magnitude_{wavelength_px}px_{angle_deg}deg"


def test_gabor_does_not_answer_an_even_image():
    assert max(gabor(np.full((64, 64), 200.0)).values()) < 1e-2


def test_wavelet_energy_is_conserved():
    image = texture().astype(float)
    found = sum(wavelet_energy(image, levels=6).values())
    assert found == pytest.approx(image.var())


def test_wavelet_directions():
    stripes = np.zeros((32, 32))
    stripes[::2] = 100
    found = wavelet_energy(stripes, levels=1)
    assert found == pytest.approx({"horizontal_1": 2500, "vertical_1": 0, "diagonal_1": 0})
