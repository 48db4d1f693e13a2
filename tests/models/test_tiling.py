import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sesamoid.models.tiling import blend, tile_origins

sizes = st.tuples(st.integers(1, 700), st.integers(1, 700))


@given(size=sizes)
def test_every_pixel_is_covered_and_no_tile_starts_outside(size: tuple[int, int]) -> None:
    covered = np.zeros(size, dtype=bool)
    for top, left in tile_origins(size, (256, 288)):
        assert 0 <= top < size[0]
        assert 0 <= left < size[1]
        covered[top : top + 256, left : left + 288] = True
    assert covered.all()


def test_blending_equal_tiles_gives_them_back() -> None:
    size, tile = (300, 410), (128, 160)
    whole = np.random.default_rng(0).random((2, *size)).astype(np.float32)
    origins = tile_origins(size, tile)
    maps = np.stack([whole[:, t : t + tile[0], c : c + tile[1]] for t, c in origins])
    np.testing.assert_allclose(blend(maps, origins, size), whole, atol=1e-5)
