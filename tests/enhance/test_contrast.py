import numpy as np
import pytest

from sesamoid.enhance import clahe
from sesamoid.errors import SesamoidError


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_raises_local_contrast_and_keeps_the_type(dtype):
    image = np.random.default_rng(0).integers(100, 120, (64, 64)).astype(dtype)
    out = clahe(image)
    assert out.dtype == dtype
    assert out.std() > image.std()


def test_tiles_are_rows_then_columns():
    image = np.tile(np.arange(64, dtype=np.uint8), (64, 1))
    # One tile sees the whole ramp, and so does each of several tiles on top of one another.
    one, stacked = clahe(image, tiles=(1, 1)), clahe(image, tiles=(4, 1))
    side_by_side = clahe(image, tiles=(1, 4))
    assert np.abs(stacked.astype(int) - one).max() < np.abs(side_by_side.astype(int) - one).max()


def test_floats_are_refused():
    with pytest.raises(SesamoidError, match="uint8"):
        clahe(np.ones((8, 8)))
