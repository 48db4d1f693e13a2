import numpy as np
import pytest

from sesamoid.enhance import METHODS, despeckle, speckle_suppression_index
from sesamoid.enhance.filters import STARLET_NOISE, kuan, lee, starlet
from sesamoid.errors import SesamoidError

EVERY = pytest.mark.parametrize("method", sorted(METHODS))


def step_with_speckle(looks=16):
    rng = np.random.default_rng(0)
    clean = np.full((96, 96), 60.0)
    clean[:, 48:] = 130
    return clean, (clean * rng.gamma(looks, 1 / looks, clean.shape)).astype(np.float32)


@EVERY
def test_reduces_speckle(method):
    _, noisy = step_with_speckle()
    after = despeckle(noisy, method=method)
    assert speckle_suppression_index(noisy[8:-8, 8:40], after[8:-8, 8:40]) < 0.5


@EVERY
def test_comes_closer_to_the_clean_image(method):
    clean, noisy = step_with_speckle()
    after = despeckle(noisy, method=method)
    assert np.abs(after - clean).mean() < 0.7 * np.abs(noisy - clean).mean()


@EVERY
def test_keeps_the_grey_scale(method):
    _, noisy = step_with_speckle()
    assert despeckle(noisy, method=method).mean() == pytest.approx(noisy.mean(), rel=0.03)


@EVERY
def test_leaves_an_even_image_alone(method):
    even = np.full((40, 40), 77.0)
    assert despeckle(even, method=method) == pytest.approx(even, abs=1e-2)


# SRAD and Chambolle's TV take one-sided differences, NLM's fast mode rounds its patches one way.
@pytest.mark.parametrize(
    "method", sorted(set(METHODS) - {"srad", "total_variation", "non_local_means"})
)
def test_mirroring_commutes(method):
    _, noisy = step_with_speckle()
    mirrored = despeckle(noisy[:, ::-1], method=method)[:, ::-1]
    assert mirrored[8:-8, 8:-8] == pytest.approx(
        despeckle(noisy, method=method)[8:-8, 8:-8], abs=0.01
    )


@EVERY
def test_black_pixels_do_no_harm(method):
    image = np.zeros((40, 40), np.uint8)
    image[10:20] = 80
    assert np.isfinite(despeckle(image, method=method)).all()


@EVERY
def test_the_input_is_not_written_into(method):
    _, noisy = step_with_speckle()
    before = noisy.copy()
    despeckle(noisy, method=method)
    assert np.array_equal(noisy, before)


def test_integers_give_floats_of_the_same_scale():
    out = despeckle(np.full((20, 20), 200, np.uint8), method="median")
    assert (out.dtype, float(out.max())) == (np.float32, 200.0)


def test_settings_are_used():
    _, noisy = step_with_speckle()
    weak, strong = (despeckle(noisy, method="srad", iterations=n) for n in (5, 80))
    assert strong[:, :40].std() < weak[:, :40].std()


def test_lee_and_kuan_are_the_mean_where_speckle_explains_all():
    _, noisy = step_with_speckle()
    out = lee(noisy, window=7, speckle=10.0)
    assert out == pytest.approx(kuan(noisy, window=7, speckle=10.0))
    assert out[50, 20] == pytest.approx(noisy[47:54, 17:24].mean(), rel=1e-4)


def test_starlet_bands_sum_to_the_image():
    _, noisy = step_with_speckle()
    bands, rest = starlet(noisy, 4)
    assert np.sum(bands, axis=0) + rest == pytest.approx(noisy, abs=1e-3)


def test_starlet_noise_figures_by_simulation():
    noise = np.random.default_rng(0).normal(size=(400, 400)).astype(np.float32)
    found = [float(band.std()) for band in starlet(noise, 4)[0]]
    assert found == pytest.approx(STARLET_NOISE[:4], rel=0.06)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"method": "magic"}, "no despeckling method"),
        ({"method": "lee", "radius": 3}, "no setting 'radius'"),
        ({"method": "lee", "window": 4}, "odd"),
        ({"method": "srad", "iterations": 1.5}, "out of range"),
        ({"method": "wavelet", "levels": 9}, "levels"),
    ],
)
def test_errors_name_the_mistake(arguments, message):
    with pytest.raises(SesamoidError, match=message):
        despeckle(np.ones((20, 20)), **arguments)


def test_colour_is_refused():
    with pytest.raises(SesamoidError, match="grey"):
        despeckle(np.ones((20, 20, 3)))
