"""The gap between face and skin, and a probe off the skin."""

from __future__ import annotations

import numpy as np
import pytest

from sesamoid.virtual.body import PLANES, lit
from sesamoid.virtual.body.tissue_codes import tissue_codes
from sesamoid.virtual.pose import ProbePose, SliceGrid
from sesamoid.virtual.section import GEL_MM
from sesamoid.virtual.ultrasound import ScanSettings
from tests.virtual.body.people import body

# Rows are 0.2 mm apart.
GRID = SliceGrid(301, 48, 60.0, 30.0)


def poses(seed: int, count: int) -> list[ProbePose]:
    """Poses around the standard ones: lifted, pressed, slid and turned."""
    rng = np.random.default_rng(seed)
    found = []
    for plane in rng.choice(PLANES, count):
        pose = body(seed).standard_pose(str(plane))
        pose = pose.moved(
            lateral_mm=rng.uniform(-20, 20),
            elevation_mm=rng.uniform(-15, 15),
            axial_mm=rng.uniform(-50, 2),
        )
        turn, tilt, rock = rng.uniform([-180, -40, -40], [180, 40, 40])
        found.append(pose.turned(rotation_deg=turn, tilt_deg=tilt, rock_deg=rock))
    return found


@pytest.mark.parametrize("seed", [2, 9])
def test_gap_is_where_the_beam_meets_the_skin(seed):
    codes = tissue_codes()
    infinite = finite = 0
    for pose in poses(seed, 40):
        section = body(seed).section(pose, GRID)
        matter = (section.tissue != codes["air"]) & (section.tissue != codes["gel"])
        met = matter.any(axis=0)
        assert not np.isnan(section.gap_mm).any()
        assert np.array_equal(np.isfinite(section.gap_mm), met)
        first = matter.argmax(axis=0) * GRID.spacing_mm[0]
        assert section.gap_mm[met] == pytest.approx(first[met], abs=1e-3)
        assert (section.tissue[:, ~met] == codes["air"]).all()
        infinite, finite = infinite + (~met).sum(), finite + met.sum()
    # Both kinds of beams were looked at.
    assert infinite > 300
    assert finite > 300


@pytest.mark.parametrize("seed", [2, 9])
def test_distance_to_the_skin_agrees_with_the_section(seed):
    """Rays that graze the skin, and rays that start where no part of the skin is near."""
    row = GRID.spacing_mm[0]
    for pose in poses(seed, 150):
        narrow = SliceGrid(GRID.rows, 2, GRID.depth_mm, 0.01)
        gap = float(body(seed).section(pose, narrow).gap_mm[0])
        distance = body(seed).skin_distance(pose.origin, pose.axial, limit_mm=GRID.depth_mm)
        if np.isinf(gap):
            # Within the last row, and where a beam only touches, both answers are right.
            assert np.isinf(distance) or distance > GRID.depth_mm - row or grazes(seed, pose)
        else:
            # The skin is interpolated between lattice nodes 0.34 mm apart, or one row if more.
            assert max(distance, 0.0) == pytest.approx(gap, abs=2 * row) or grazes(seed, pose)


def grazes(seed: int, pose: ProbePose) -> bool:
    """Whether beams half a millimetre to the sides meet the skin elsewhere."""
    sides = [
        pose.moved(lateral_mm=s, elevation_mm=e)
        for s, e in ((0.5, 0), (-0.5, 0), (0, 0.5), (0, -0.5))
    ]
    there = [body(seed).skin_distance(p.origin, p.axial, limit_mm=80.0) for p in sides]
    return bool(np.ptp(np.minimum(there, 80.0)) > 2.0)


@pytest.mark.parametrize("seed", [2, 9])
@pytest.mark.parametrize("plane", PLANES)
def test_a_standard_pose_lies_on_the_skin(seed, plane):
    pose = body(seed).standard_pose(plane)
    off = body(seed).skin_distance(pose.origin - 30 * pose.axial, pose.axial) - 30
    assert -1.0 < off < 0.0  # pressed a little, see tables/planes.yaml


def test_off_the_skin_there_is_no_contact():
    pose = body(2).standard_pose("S11")
    grid = body(2).standard_grid("S11")
    lifted = body(2).section(pose.moved(axial_mm=-12), grid)
    assert (lifted.gap_mm > 9).all()
    assert not lit(lifted).any()
    away = body(2).section(pose.moved(axial_mm=-400), grid)
    assert np.isinf(away.gap_mm).all()
    assert (away.tissue == tissue_codes()["air"]).all()
    assert not away.structure.any()
    assert not lit(away).any()


def test_there_is_one_thickness_of_gel():
    assert ScanSettings.gel_mm == GEL_MM
    pose = body(2).standard_pose("S11").moved(axial_mm=-1.5)
    section = body(2).section(pose, body(2).standard_grid("S11"))
    some = section.gap_mm.min() + 0.3
    shown = lit(section, gel_mm=some).any(axis=0)
    assert np.array_equal(shown, section.gap_mm <= some)
    assert 0 < shown.sum() < len(shown)
