from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
import pytest

from sesamoid.errors import SesamoidError
from sesamoid.virtual.ultrasound import Scanner, presets
from tests.virtual.ultrasound.scenes import (
    Shape,
    cut,
    cylinder,
    index,
    layers,
    long_axis,
    plain,
    power_db,
    short_axis,
    uniform,
)


@pytest.fixture(scope="module")
def scanner() -> Scanner:
    return Scanner("aster-a3")


@pytest.fixture(scope="module")
def limb(scanner):
    return cut(
        short_axis(),
        scanner.grid(),
        [
            Shape(cylinder(4.0, -6.0, 3.0, 2.0), "tendon"),
            Shape(cylinder(-6.0, -8.0, 2, 2), "blood"),
        ],
    )


def test_same_pose_same_bytes(scanner, limb):
    first = scanner.image(limb, seed=5, time_s=0.1)
    scanner.image(uniform(scanner.grid(), "bone"), seed=1)
    again = Scanner("aster-a3").image(limb, seed=5, time_s=0.1)
    np.testing.assert_array_equal(first.pixels, scanner.image(limb, seed=5, time_s=0.1).pixels)
    np.testing.assert_array_equal(first.pixels, again.pixels)


def test_another_seed_is_another_person(scanner, limb):
    one, other = (scanner.image(limb, seed=seed).pixels.astype(float) for seed in (1, 2))
    assert (one != other).mean() > 0.5


def test_sections_are_not_changed(scanner, limb):
    before = [limb.tissue.copy(), limb.facing.copy(), limb.material.copy(), limb.gap_mm.copy()]
    scanner.image(limb)
    for was, now in zip(
        before, [limb.tissue, limb.facing, limb.material, limb.gap_mm], strict=True
    ):
        np.testing.assert_array_equal(was, now)


def test_picture_is_the_right_way_up_and_round_and_agrees_with_the_labels(scanner):
    grid = scanner.grid()
    section = uniform(grid, "fluid")
    section.tissue[100:160, 20:50] = index("skin")  # above the middle, left of it
    image = scanner.image(section)
    labels = scanner.labels(section.tissue)
    assert labels.shape == image.pixels.shape == (512, 384)
    near = image.pixels[60:230]  # above it the lens rings, below it noise is lifted
    rows, columns = np.argwhere(near > 90).T + np.array([[60], [0]])
    expected = np.argwhere(labels == index("skin"))
    assert rows.mean() == pytest.approx(expected[:, 0].mean(), abs=6)
    assert columns.mean() == pytest.approx(expected[:, 1].mean(), abs=4)


def test_spacing_is_that_of_the_picture(scanner, limb):
    image = scanner.image(limb)
    assert image.spacing_mm == pytest.approx((25 / 512, 38.4 / 384))
    assert "25.0 x 38.4 mm" in repr(image)


@pytest.mark.parametrize("machine", presets(), ids=lambda machine: machine.name)
def test_in_air_there_are_lines_near_the_face_and_nothing_below(machine):
    scanner = Scanner(machine)
    section = uniform(scanner.grid(), "air")
    section.gap_mm[:] = np.inf
    section.facing[:] = 0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        image = scanner.image([section] * 3)
        assert np.isfinite(scanner.levels([section] * 3)).all()
    profile = image.pixels.astype(float).mean(axis=1)
    near = profile[: len(profile) // 6]
    assert near.max() > 150
    peaks = (near[1:-1] > near[:-2]) & (near[1:-1] > near[2:]) & (near[1:-1] > 60)
    assert peaks.sum() >= 3
    assert profile[len(profile) // 2 :].mean() < 40


def test_lost_contact_darkens_its_beams_only(scanner):
    section = uniform(scanner.grid(), "muscle")
    gap = np.zeros(192, np.float32)
    gap[:70] = 6.0
    levels = scanner.levels(replace(section, gap_mm=gap), seed=2)
    whole = scanner.levels(section, seed=2)
    rows = slice(220, 300)
    assert power_db(levels[rows, 10:55]) < power_db(whole[rows, 10:55]) - 25
    assert power_db(levels[rows, 100:]) == pytest.approx(power_db(whole[rows, 100:]), abs=0.5)


def test_gel_carries_sound(scanner):
    grid = scanner.grid()
    section = uniform(grid, "muscle")
    gap = np.full(192, 0.8, np.float32)
    section.tissue[:16] = index("air")  # what a body writes above the skin does not matter
    levels = scanner.levels(replace(section, gap_mm=gap), seed=2)
    whole = scanner.levels(uniform(grid, "muscle"), seed=2)
    rows = slice(150, 250)
    assert power_db(levels[rows]) == pytest.approx(power_db(whole[rows]), abs=3)


def test_three_sections_of_a_tissue_are_as_bright_as_one():
    scanner = plain()
    section = uniform(scanner.grid(), "blood")
    one, three = (power_db(scanner.levels([section] * n, seed=3)[60:300]) for n in (1, 3))
    assert three == pytest.approx(one, abs=0.5)


def test_slice_thickness_fills_what_the_neighbouring_planes_do_not_show():
    scanner = plain()
    grid = scanner.grid()
    middle = layers(grid, ("muscle", 6), ("fluid", 10), ("muscle", 99))
    beside = uniform(grid, "muscle")
    rows = slice(150, 180)
    alone = power_db(scanner.levels(middle, seed=1)[rows])
    thick = power_db(scanner.levels([middle, beside, beside], seed=1)[rows])
    assert thick > alone + 10


def test_elevation_offsets(scanner):
    offsets = scanner.elevation_offsets_mm(5)
    assert offsets[0] == 0
    assert sum(offsets) == pytest.approx(0)
    assert len(set(offsets)) == 5
    with pytest.raises(SesamoidError, match="odd"):
        scanner.elevation_offsets_mm(2)


def test_sliders_act_at_their_depth(scanner, limb):
    raised = scanner.with_settings(tgc_db=(0, 0, 0, 0, 0, 0, 0, 8))
    change = raised.levels(limb, seed=1) - scanner.levels(limb, seed=1)
    assert np.abs(change[:300]).max() < 0.01
    assert change[-1].mean() == pytest.approx(8, abs=0.1)


def test_noise_grows_with_depth(scanner):
    levels = scanner.levels(uniform(scanner.grid(), "gel"), seed=1)
    deep, middle = power_db(levels[470:500]), power_db(levels[250:280])
    slope = (deep - middle) / ((485 - 265) * 25 / 511 / 10)
    assert slope == pytest.approx(2 * 0.90 * 12, rel=0.1)


def test_noise_is_renewed_with_time_and_tissue_is_not(scanner):
    section = uniform(scanner.grid(), "muscle")
    first, later = (scanner.levels(section, seed=1, time_s=t) for t in (0.0, 0.04))
    assert (first != later).any()
    assert np.corrcoef(first[50:250].ravel(), later[50:250].ravel())[0, 1] > 0.99


def test_gain_brightens(scanner, limb):
    brighter = scanner.with_settings(gain_db=10).image(limb).pixels.astype(float)
    assert brighter.mean() > scanner.image(limb).pixels.mean() + 20


def test_wide_dynamic_range_lifts_the_dark(scanner):
    section = layers(scanner.grid(), ("muscle", 8), ("blood", 14), ("muscle", 99))
    narrow, wide = (
        scanner.with_settings(dynamic_range_db=d).image(section).pixels.astype(float)
        for d in (50, 75)
    )
    rise = (wide - narrow)[60:260].mean(axis=1)
    assert (rise > 0).all()
    assert narrow[200:260].mean() < 0.5 * wide[200:260].mean()


def test_speckle_reduction_smooths_flat_tissue_and_keeps_an_edge(scanner):
    section = layers(scanner.grid(), ("muscle", 10), ("fluid", 14), ("muscle", 99))
    rough, smooth = (
        scanner.with_settings(speckle_reduction=s, looks=1).image(section, seed=1).pixels
        for s in (0.0, 1.0)
    )
    assert smooth[120:180].std() < 0.75 * rough[120:180].std()
    step = smooth[190:200].mean() - smooth[212:222].mean()
    assert step > 0.8 * (rough[190:200].mean() - rough[212:222].mean())


def test_persistence_mixes_the_frame_before(scanner, limb):
    lasting = scanner.with_settings(persistence=0.5)
    first = lasting.image(uniform(scanner.grid(), "tendon"), seed=1)
    second = lasting.image(limb, seed=1)
    mixed = lasting.image(limb, seed=1, previous=first)
    mean = (first.pixels.astype(float) + second.pixels) / 2
    assert np.abs(mixed.pixels - mean).max() <= 1


def test_motion_blurs(scanner, limb):
    still = scanner.image(limb, seed=1).pixels.astype(float)
    slid = scanner.image(limb, seed=1, motion_mm=(0.0, 2.0)).pixels.astype(float)
    assert slid.mean() == pytest.approx(still.mean(), abs=1.5)
    assert np.abs(np.diff(slid, axis=1)).mean() < 0.6 * np.abs(np.diff(still, axis=1)).mean()


def test_tendon_is_dotted_across_and_striped_along(scanner):
    across, along = (
        scanner.image(uniform(scanner.grid(), "tendon", pose=pose), seed=1)
        .pixels[80:240]
        .astype(float)
        for pose in (short_axis(), long_axis())
    )

    def sideways(pixels: np.ndarray) -> float:
        """Correlation of pixels 1 mm apart along the face."""
        flat = pixels - pixels.mean(axis=0)
        return float(np.corrcoef(flat[:, :-10].ravel(), flat[:, 10:].ravel())[0, 1])

    assert sideways(along) > sideways(across) + 0.3


@pytest.mark.parametrize(
    ("sections", "words"),
    [
        (lambda s: [], "no section"),
        (lambda s: [uniform(s.grid(), "fat"), uniform(s.grid(rows=400), "fat")], "fit"),
        (lambda s: [uniform(s.with_settings(depth_mm=40.0).grid(), "fat")], "40 mm deep"),
        (lambda s: [uniform(s.grid(), "fat")] * 2, "odd"),
    ],
)
def test_sections_that_do_not_fit_are_refused(scanner, sections, words):
    with pytest.raises(SesamoidError, match=words):
        scanner.image(sections(scanner))
