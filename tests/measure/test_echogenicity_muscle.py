import numpy as np
import pytest

from sesamoid.errors import SesamoidError
from sesamoid.measure.echogenicity_muscle import muscle_echogenicity

ROWS, COLUMNS = 160, 120


def scene(levels=(90, 60, 30)):
    """Muscle from row 20 to 140 whose thirds have three levels; fascia at 240 around it."""
    grey = np.full((ROWS, COLUMNS), 240, np.uint8)
    for third, level in enumerate(levels):
        grey[20 + 40 * third : 60 + 40 * third] = level
    mask = np.zeros(grey.shape, bool)
    mask[20:140] = True
    return grey, mask


def edges():
    return np.full(COLUMNS, 19.5), np.full(COLUMNS, 139.5)


def test_thirds_and_whole():
    grey, mask = scene()
    found = muscle_echogenicity(grey, mask)
    assert (found.superficial.mean, found.deep.mean) == (90, 30)
    assert found.whole.mean == pytest.approx(60, abs=0.5)
    assert found.deep_to_superficial == pytest.approx(1 / 3)


def test_edges_say_the_same_as_the_mask_they_bound():
    grey, mask = scene()
    drawn = muscle_echogenicity(grey, mask, upper_edge=edges()[0], lower_edge=edges()[1])
    assert np.array_equal(drawn.superficial.mask, muscle_echogenicity(grey, mask).superficial.mask)


def test_a_third_is_a_third_of_a_slanting_muscle_too():
    rows = np.arange(ROWS)[:, None]
    upper = 20 + 0.2 * np.arange(COLUMNS)
    lower = 120 - 0.1 * np.arange(COLUMNS)
    mask = (rows >= upper) & (rows <= lower)
    share = (rows - upper) / (lower - upper)
    grey = np.where(share < 1 / 3, 100, 20)
    found = muscle_echogenicity(grey, mask, upper_edge=upper, lower_edge=lower)
    assert found.superficial.mean == pytest.approx(100, abs=0.5)
    assert found.superficial.pixels == pytest.approx(found.whole.pixels * 0.303 / 0.94, rel=0.03)


def test_fascia_at_the_very_edge_does_not_count():
    grey, mask = scene((50, 50, 50))
    grey[20:22] = 255
    assert muscle_echogenicity(grey, mask).superficial.mean == 50


def test_columns_without_an_edge_are_left_out():
    grey, mask = scene()
    upper, lower = edges()
    upper[:60] = np.nan
    found = muscle_echogenicity(grey, mask, upper_edge=upper, lower_edge=lower)
    assert not found.whole.mask[:, :60].any()
    assert found.superficial.mean == 90


def test_what_is_excluded_does_not_count():
    grey, mask = scene()
    vessel = np.zeros(mask.shape, bool)
    vessel[30:50, 20:60] = True
    grey[vessel] = 0
    assert muscle_echogenicity(grey, mask, exclude=vessel).superficial.mean == 90


def test_standard_error_covers_correlated_speckle():
    """Over many draws the mean scatters as much as the standard error says."""
    rng = np.random.default_rng(0)
    _, mask = scene()
    means, errors = [], []
    for _ in range(60):
        # Speckle of 4 x 6 pixels: 24 pixels are one independent sample.
        grey = np.kron(rng.normal(80, 20, (ROWS // 4, COLUMNS // 6)), np.ones((4, 6)))
        found = muscle_echogenicity(grey, mask).whole
        means.append(found.mean)
        errors.append(found.standard_error)
    assert np.mean(errors) == pytest.approx(np.std(means), rel=0.3)


def test_clipped_pixels_are_counted():
    grey, mask = scene()
    grey[20:60, :60] = 255
    assert muscle_echogenicity(grey, mask).superficial.clipped_share == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"mask": np.zeros((ROWS, COLUMNS), bool)}, "empty"),
        ({"mask": np.ones((10, 10), bool)}, "same pixels"),
        ({"upper_edge": edges()[1], "lower_edge": edges()[0]}, "above the upper one in 120"),
        ({"upper_edge": np.zeros(5)}, "upper edge has shape"),
        ({"lower_edge": np.full(COLUMNS, np.nan)}, "seen in 0 columns"),
    ],
)
def test_errors_name_the_mistake(change, message):
    grey, mask = scene()
    with pytest.raises(SesamoidError, match=message):
        muscle_echogenicity(grey, **({"mask": mask} | change))


def test_a_thin_muscle_has_too_few_pixels():
    grey, mask = scene()
    mask[26:] = False
    with pytest.raises(SesamoidError, match="too few for a mean echo"):
        muscle_echogenicity(grey, mask)
