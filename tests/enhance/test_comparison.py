import math

import numpy as np
import pytest

from sesamoid.enhance import (
    METHODS,
    compare_methods,
    equivalent_looks,
    even_patch,
    median_figures,
    signal_to_noise_db,
    speckle_chart,
    speckle_suppression_index,
)
from sesamoid.errors import SesamoidError
from sesamoid.imaging import read_image, read_mask
from tests.conftest import real_data


def noise(looks=9):
    return np.random.default_rng(0).gamma(looks, 50 / looks, (80, 80))


def test_equivalent_looks_of_gamma_speckle():
    assert equivalent_looks(noise(9)) == pytest.approx(9, rel=0.1)


def test_looks_of_an_even_region_are_infinite():
    assert math.isinf(equivalent_looks(np.full((5, 5), 3.0)))


def test_doing_nothing_keeps_speckle():
    assert speckle_suppression_index(noise(), noise()) == pytest.approx(1)


def test_an_even_region_has_no_suppression_index():
    with pytest.raises(SesamoidError, match="SSI"):
        speckle_suppression_index(np.ones((4, 4)), np.ones((4, 4)))


def test_signal_to_noise_of_known_noise():
    rng = np.random.default_rng(0)
    clean = rng.normal(0, 20, (200, 200))
    assert signal_to_noise_db(clean, clean + rng.normal(0, 2, clean.shape)) == pytest.approx(
        20, abs=0.2
    )


def test_even_patch_finds_the_part_without_structure():
    rng = np.random.default_rng(0)
    level = 80 + 60 * np.sin(np.arange(160) / 6)[:, None] * np.ones(160)
    level[100:150, 20:70] = 80
    patch = even_patch(level * rng.gamma(16, 1 / 16, level.shape))
    assert patch.sum() == 40 * 40
    assert patch[100:150, 20:70].sum() == patch.sum()


def test_even_patch_is_tissue_and_not_a_panel_of_the_screen():
    grey = noise(16)
    grey = np.hstack([grey, np.full((80, 80), 90.0)])
    assert not even_patch(grey)[:, 80:].any()


def test_even_patch_lies_where_asked():
    within = np.zeros((80, 80), bool)
    within[30:75, 35:78] = True
    assert not (even_patch(noise(16), within=within) & ~within).any()


@pytest.mark.parametrize("grey", [np.zeros((80, 80)), noise()[:30]])
def test_an_image_without_a_patch_is_refused(grey):
    with pytest.raises(SesamoidError, match="even"):
        even_patch(grey)


def test_table_has_a_line_for_each_method():
    rows = compare_methods(noise(), np.ones((80, 80), bool), methods=("none", "median", "lee"))
    assert [row.method for row in rows] == ["none", "median", "lee"]
    assert (rows[0].suppression, rows[0].edge_preservation) == pytest.approx((1, 1))
    assert all(row.suppression < 1 for row in rows[1:])
    assert math.isnan(rows[0].figure_of_merit)


def test_median_over_images():
    tables = [
        compare_methods(noise(looks), np.ones((80, 80), bool), methods=("none",))
        for looks in (4, 9, 25)
    ]
    assert median_figures(tables)[0].looks == tables[1][0].looks


def test_tables_of_other_methods_do_not_mix():
    with pytest.raises(SesamoidError, match="same methods"):
        median_figures(
            [compare_methods(noise(), np.ones((80, 80), bool), methods=(m,)) for m in METHODS][:2]
        )


@pytest.fixture(scope="module")
def on_the_chart():
    chart = speckle_chart(1, side=192)
    return compare_methods(chart.pixels, chart.even, clean=chart.clean, true_edges=chart.edges)


def test_every_method_brings_the_virtual_chart_closer_to_its_clean_picture(on_the_chart):
    untouched = on_the_chart[0].signal_to_noise_db
    assert all(row.signal_to_noise_db > untouched + 1 for row in on_the_chart[1:])


def test_every_method_finds_the_chart_s_edges_as_well_or_better(on_the_chart):
    untouched = on_the_chart[0].figure_of_merit
    assert all(row.figure_of_merit > untouched for row in on_the_chart[1:])


def test_on_real_muscle_speckle_falls_and_aponeuroses_stay():
    root = real_data("muscle-aponeurosis")
    grey = read_image(root / "imagesTr" / "img_00001_0000.png").grey()
    fascia = read_mask(root / "labelsTr" / "img_00001.png") > 0
    rows = compare_methods(
        grey,
        even_patch(grey, within=~fascia),
        methods=("speckle_non_local_means", "median"),
        structure=fascia,
    )
    assert all(row.suppression < 0.8 for row in rows)
    assert rows[0].edge_contrast > 0.85
