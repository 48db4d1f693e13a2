"""A picture is judged against what its plane can show in that body."""

from __future__ import annotations

import pytest

from sesamoid.virtual.acquisition import Examination
from sesamoid.virtual.acquisition.placing import Offset, placed
from sesamoid.virtual.acquisition.reference import reference_of
from sesamoid.virtual.pose import ProbePose
from tests.virtual.acquisition.flat_body import FlatBody, examination, protocol, scanner


class AskewBody(FlatBody):
    """Its standard planes are tilted, so that the tendon is never met at a right angle."""

    tilt_deg = 0.0

    def standard_pose(
        self, plane: str, *, digit: int | None = None, swap: bool = False
    ) -> ProbePose:
        return super().standard_pose(plane, digit=digit, swap=swap).turned(tilt_deg=self.tilt_deg)


def echo(tilt_deg: float, further_deg: float = 0.0) -> float:
    body = AskewBody()
    body.tilt_deg = tilt_deg
    exam = Examination(body, protocol("wrist-hand-15"), slices=1)
    pose = placed(body, exam.view("S4").pose, Offset(press_mm=0.5, tilt_deg=further_deg))
    truth = exam.frame(scanner(), pose).truth
    return {sub.name: sub.score for sub in truth.grade.sub_scores}["anisotropy"]


def test_a_tendon_that_is_askew_in_everybody_costs_nothing():
    assert echo(10) == pytest.approx(1.0, abs=0.02)


def test_tilting_further_does():
    assert echo(10, 8) < 0.75


def test_a_plane_that_shows_next_to_nothing_is_no_excuse():
    """Half of the full echo is the least that a reference counts as."""
    assert echo(25) < 0.25


def test_is_whole_where_the_plane_is_ideal():
    exam = examination()
    found = reference_of(exam.body, exam.view("S4"))
    assert found.echo["ECU"] == pytest.approx(1.0, abs=0.01)
    assert found.continuity["UlnGroove"] == pytest.approx(1.0, abs=0.01)
