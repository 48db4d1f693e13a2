import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from sesamoid.enhance import edge_contrast_kept, edge_preservation_index, figure_of_merit
from sesamoid.errors import SesamoidError


def step(at=48):
    image = np.full((96, 96), 40.0)
    image[:, at:] = 160
    edges = np.zeros(image.shape, bool)
    edges[:, at] = True
    return image, edges


def speckled(seed=0):
    return step()[0] * np.random.default_rng(seed).gamma(9, 1 / 9, (96, 96))


def test_doing_nothing_keeps_edges():
    assert edge_preservation_index(speckled(), speckled()) == pytest.approx(1)


def test_edge_preservation_ignores_gain():
    image = speckled()
    assert edge_preservation_index(image, 2 * image + 5) == pytest.approx(1, abs=1e-5)


def test_edge_preservation_falls_with_blur():
    image = speckled()
    found = [edge_preservation_index(image, gaussian_filter(image, s)) for s in (0.5, 1, 2)]
    assert found == sorted(found, reverse=True)


def test_merit_of_the_true_edge_is_one():
    image, edges = step()
    # Thinning puts the edge on one side of the step or the other.
    assert figure_of_merit(image, edges) > 0.9


def test_merit_falls_with_the_square_of_the_displacement():
    image, edges = step()
    near = figure_of_merit(image, edges)
    far = figure_of_merit(image, np.roll(edges, 6, axis=1))
    assert near > 0.9
    assert far == pytest.approx(1 / (1 + 36 / 9), abs=0.08)


def test_merit_of_an_image_without_edges_is_nothing():
    _, edges = step()
    assert figure_of_merit(np.full(edges.shape, 50.0), edges) == 0


def test_merit_needs_a_true_edge():
    with pytest.raises(SesamoidError, match="true edge"):
        figure_of_merit(step()[0], np.zeros((96, 96), bool))


def band():
    structure = np.zeros((96, 96), bool)
    structure[40:60] = True
    return np.where(structure, 180.0, 60.0), structure


def test_contrast_of_an_untouched_edge_is_kept():
    image, structure = band()
    assert edge_contrast_kept(image, image, structure) == 1


def test_contrast_under_a_gaussian_is_that_of_the_error_function():
    image, structure = band()
    sigma = 4.0
    # Mean of erf over the three pixels nearest to the edge, whose centres lie 0.5, 1.5, 2.5 off.
    from scipy.special import erf

    wanted = np.mean(erf(np.array([0.5, 1.5, 2.5]) / sigma / np.sqrt(2)))
    found = edge_contrast_kept(image, gaussian_filter(image, sigma), structure)
    assert found == pytest.approx(wanted, rel=0.03)


def test_a_structure_without_contrast_is_refused():
    _, structure = band()
    with pytest.raises(SesamoidError, match="no brighter"):
        edge_contrast_kept(np.full((96, 96), 50), np.full((96, 96), 50), structure)


def test_a_structure_without_edge_is_refused():
    with pytest.raises(SesamoidError, match="no edge"):
        edge_contrast_kept(step()[0], step()[0], np.ones((96, 96), bool))
