"""Pictures by PyMUST: what is known of a scene lies where it should, as bright as it should."""

from __future__ import annotations

import numpy as np
import pytest

from sesamoid.virtual.section import Section
from sesamoid.virtual.tissues import tissue_table
from sesamoid.virtual.ultrasound import Scanner
from tests.virtual.acquisition.flat_body import examination
from tests.virtual.ultrasound.field.small import SmallScanner, small
from tests.virtual.ultrasound.scenes import Shape, cut, cylinder, power_db, short_axis, uniform

pytest.importorskip("pymust")

BONE_MM, SLOPE = 5.0, 0.15
VESSEL_MM, RADIUS_MM = 3.5, 1.1
EDGE = 8
"""Outermost beams, whose aperture is cut."""


def places(scanner: SmallScanner) -> tuple[np.ndarray, np.ndarray]:
    """(depth, place along the face) of the samples of `levels`, in mm."""
    grid = scanner.grid()
    depth = np.linspace(0, grid.depth_mm, grid.rows)[:, None]
    along = np.linspace(-grid.width_mm / 2, grid.width_mm / 2, grid.columns)[None, :]
    return depth, along


@pytest.fixture(scope="module")
def scanner() -> SmallScanner:
    return small()


@pytest.fixture(scope="module")
def fat(scanner) -> np.ndarray:
    return scanner.levels(uniform(scanner.section_grid(), "fat"), seed=3)


@pytest.fixture(scope="module")
def over_bone(scanner) -> np.ndarray:
    """Fat over bone whose surface is deeper to the right."""
    section = uniform(scanner.section_grid(), "fat")
    grid = section.grid
    depth = np.linspace(0, grid.depth_mm, grid.rows)[:, None]
    along = np.linspace(-grid.width_mm / 2, grid.width_mm / 2, grid.columns)[None, :]
    section.tissue[depth > BONE_MM + SLOPE * along] = tissue_table().index("cortex")
    section.facing[:] = np.cos(np.arctan(SLOPE))
    return scanner.levels(section, seed=3)


def test_tissue_is_as_bright_as_the_table_says_and_fades_with_its_attenuation(scanner, fat):
    table = tissue_table()
    alpha, echo = (
        float(values[table.index("fat")]) for values in (table.attenuation, table.echogenicity_db)
    )
    depth = places(scanner)[0][:, 0]
    for first, last in ((1.5, 3.5), (4.5, 6.5)):
        loss = 2 * alpha * scanner.settings.frequency_mhz * (first + last) / 2 / 10
        level = power_db(fat[(depth > first) & (depth < last), EDGE:-EDGE])
        # Mean power lies 1 dB above the mean amplitude; fat's inhomogeneity adds half a decibel.
        assert level + loss == pytest.approx(echo + 1.5, abs=2)


def test_bone_is_a_bright_line_where_it_lies(scanner, over_bone):
    depth, along = places(scanner)
    bone = BONE_MM + SLOPE * along[0]
    brightest = depth[over_bone.argmax(axis=0), 0]
    assert np.abs(brightest - bone)[EDGE:-EDGE].max() < 0.25


def test_behind_bone_is_shadow(scanner, fat, over_bone):
    depth, along = places(scanner)
    behind = np.broadcast_to(depth > BONE_MM + SLOPE * along + 1, fat.shape)[:, EDGE:-EDGE]
    before = np.broadcast_to(depth < BONE_MM + SLOPE * along - 1, fat.shape)[:, EDGE:-EDGE]
    assert power_db(over_bone[:, EDGE:-EDGE][behind]) < power_db(fat[:, EDGE:-EDGE][behind]) - 20
    near = power_db(over_bone[:, EDGE:-EDGE][before]), power_db(fat[:, EDGE:-EDGE][before])
    assert near[0] == pytest.approx(near[1], abs=1.5)


def test_a_vessel_is_darker_than_around(scanner):
    disc = Shape(cylinder(0.0, -VESSEL_MM, RADIUS_MM, RADIUS_MM), "blood", fibrous=False)
    section = cut(short_axis(), scanner.section_grid(), [disc], "fat")
    level = scanner.levels(section, seed=3)
    depth, along = places(scanner)
    radius = np.hypot(depth - VESSEL_MM, along)
    inside, around = radius < 0.6 * RADIUS_MM, (radius > 1.5 * RADIUS_MM) & (radius < 2.2)
    assert power_db(level[inside]) < power_db(level[around]) - 12


def test_the_same_seed_gives_the_same_picture_and_another_another(scanner):
    section: Section = uniform(scanner.section_grid(), "fat")
    first = scanner.image(section, seed=1).pixels
    assert first.shape == scanner.picture_shape
    np.testing.assert_array_equal(first, scanner.image(section, seed=1).pixels)
    assert (first != scanner.image(section, seed=2).pixels).mean() > 0.5


def test_a_frame_has_the_labels_of_the_virtual_scanner_s_and_its_bone_on_them(scanner):
    """Through skin, fat and tendon to the bone of a body."""
    exam = examination()
    pose = exam.view("S4").pose
    ours = Scanner(scanner.preset, scanner.settings, picture_shape=scanner.picture_shape)
    ours.probe, ours.grid = scanner.probe, scanner.grid  # type: ignore[method-assign]
    frame, other = exam.frame(scanner, pose), exam.frame(ours, pose)
    np.testing.assert_array_equal(frame.labels(), other.labels())
    assert frame.truth.structures == other.truth.structures
    assert frame.truth.error == other.truth.error

    bone = frame.labels() == frame.structures.index("ulnar_groove")
    row_mm = frame.image.spacing_mm[0]
    for column in range(30, bone.shape[1] - 30):
        expected = int(bone[:, column].argmax())
        assert bone[expected, column]
        # This machine compensates nothing: skin and tendon are as bright, but half a mm away.
        above = round(0.5 / row_mm)
        brightest = int(frame.image.pixels[expected - above :, column].argmax()) - above
        assert abs(brightest) * row_mm < 0.2
