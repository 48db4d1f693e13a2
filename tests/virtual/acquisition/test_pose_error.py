"""Pose errors are what `ProbePose.moved` and `turned` did."""

from __future__ import annotations

from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sesamoid.virtual.acquisition import Offset, placed, pose_error
from sesamoid.virtual.pose import ProbePose
from tests.virtual.acquisition.flat_body import FlatBody, examination

STANDARD = ProbePose.looking(
    np.array([3.0, 20.0, -7.0]), axial=np.array([0.2, -1.0, 0.3]), lateral=np.array([1.0, 0.1, 0.4])
)


@given(
    st.tuples(*[st.floats(-20, 20)] * 3),
    st.floats(-170, 170),
    st.floats(-80, 80),
    st.floats(-80, 80),
)
def test_undoes_what_was_done(slid, rotation, tilt, rock):
    along, across, normal = slid
    pose = STANDARD.moved(lateral_mm=along, elevation_mm=across, axial_mm=normal).turned(
        rotation_deg=rotation, tilt_deg=tilt, rock_deg=rock
    )
    assert astuple(pose_error(pose, STANDARD)) == pytest.approx(
        (along, across, normal, rotation, tilt, rock), abs=1e-6
    )


def test_a_probe_on_the_plane_is_of_that_plane():
    views = examination().views
    for view in views:
        near = views.nearest(view.pose)
        assert near.view is view
        assert near.excess == pytest.approx(0)
        assert not near.reversed


def test_planes_of_several_fingers_are_told_apart():
    names = [view.name for view in examination().views]
    assert names.count("S11") == 1
    assert {"S8:2", "S8:3", "S9:2", "S9:5"} <= set(names)


def test_excess_is_the_worst_error_over_its_tolerance():
    views = examination().views
    view = next(view for view in views if view.plane.id == "S4")
    limit = view.plane.tolerance
    pose = view.pose.moved(lateral_mm=0.5 * limit.along_mm).turned(rock_deg=0.75 * limit.rock_deg)
    assert views.nearest(pose).excess == pytest.approx(0.75)


def test_half_a_turn_is_reversed_and_no_error_beyond():
    views = examination().views
    view = next(view for view in views if view.plane.id == "S4")
    near = views.nearest(view.pose.turned(rotation_deg=178.0))
    assert near.reversed
    assert near.excess == pytest.approx(2.0 / view.plane.tolerance.rotation_deg)
    assert abs(near.error.rotation_deg) == pytest.approx(178.0)


def test_a_placed_probe_stands_on_the_skin():
    body = FlatBody()
    standard = body.standard_pose("S4")
    pose = placed(body, standard, Offset(along_mm=5, across_mm=-3, press_mm=0.8, tilt_deg=12))
    assert pose.origin[1] == pytest.approx(-0.8)
    error = pose_error(pose, standard)
    assert (error.along_mm, error.across_mm) == pytest.approx((5, -3))
    assert error.tilt_deg == pytest.approx(12)


def test_a_lifted_probe_is_off_the_skin():
    body = FlatBody()
    pose = placed(body, body.standard_pose("S4"), Offset(press_mm=-6))
    assert pose.origin[1] == pytest.approx(6)
