import numpy as np
import pytest

from sesamoid.virtual import nerve_phantom


def test_the_same_seed_gives_the_same_bytes() -> None:
    assert nerve_phantom(3).pixels.tobytes() == nerve_phantom(3).pixels.tobytes()


@pytest.mark.parametrize("seed", range(4))
def test_the_masks_have_the_areas_that_are_stated(seed: int) -> None:
    phantom = nerve_phantom(seed)
    pixel = phantom.spacing_mm[0] * phantom.spacing_mm[1]
    assert np.sum(phantom.labels == 1) * pixel == pytest.approx(phantom.nerve_area_mm2, rel=0.01)
    assert np.sum(phantom.labels == 2) * pixel == pytest.approx(phantom.vessel_area_mm2, rel=0.01)


def test_the_vessel_is_dark_and_the_nerve_is_not() -> None:
    phantom = nerve_phantom(0)
    nerve, vessel = phantom.pixels[phantom.labels == 1], phantom.pixels[phantom.labels == 2]
    tissue = phantom.pixels[phantom.labels == 0]
    assert np.median(vessel) < 0.25 * np.median(tissue)
    assert np.median(nerve) > np.median(tissue)
