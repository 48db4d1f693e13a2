"""Frames and their truth, on a body whose answers are known."""

from __future__ import annotations

import numpy as np
import pytest

from sesamoid.errors import SesamoidError
from sesamoid.findings import GradeLetter
from sesamoid.virtual.acquisition import NO_PLANE, Offset, placed
from tests.virtual.acquisition.flat_body import KEYS, examination, scanner


@pytest.fixture(scope="module")
def exam():
    return examination()


def shot(exam, offset: Offset | None = None, **settings):
    view = exam.view("S4")
    pose = placed(exam.body, view.pose, offset or Offset(press_mm=0.5))
    return exam.frame(scanner(**settings), pose)


def reasons(frame) -> str:
    return "; ".join(frame.truth.grade.reasons)


def test_the_standard_pose_is_exemplary(exam):
    truth = shot(exam).truth
    assert (truth.plane, truth.nearest, truth.digit) == ("S4", "S4", None)
    assert truth.grade.letter is GradeLetter.A, truth.grade
    assert truth.parts == pytest.approx({"ECU": 1.0, "UlnGroove": 1.0})
    assert truth.contact == 1
    assert truth.person.seed == 7
    assert truth.sizes == {"tendon_width_mm": 5.0}


def test_labels_lie_on_the_picture(exam):
    frame = shot(exam)
    labels = frame.labels()
    assert labels.shape == frame.image.pixels.shape
    rows, columns = np.nonzero(labels == KEYS.index("ecu"))
    row_mm, column_mm = frame.image.spacing_mm
    assert (columns.mean() + 0.5) * column_mm == pytest.approx(12.8, abs=0.1)
    assert (rows.mean() + 0.5) * row_mm == pytest.approx(3.5, abs=0.1)
    assert (frame.labels(fine=False) == labels).mean() > 0.99


def test_within_tolerance_is_the_plane_and_beyond_is_none(exam):
    limit = exam.view("S4").plane.tolerance.across_mm
    inside = shot(exam, Offset(across_mm=0.9 * limit)).truth
    outside = shot(exam, Offset(across_mm=1.1 * limit)).truth
    assert inside.plane == "S4"
    assert (outside.plane, outside.nearest) == (NO_PLANE, "S4")
    assert outside.error.across_mm == pytest.approx(1.1 * limit)
    assert outside.excess == pytest.approx(1.1)


def test_far_from_every_plane_is_unacceptable(exam):
    truth = shot(exam, Offset(across_mm=16)).truth
    assert truth.plane == NO_PLANE
    assert truth.grade.letter is GradeLetter.C
    assert "not plane" in truth.grade.reasons[0]


def test_off_the_skin_is_a_picture_without_contact(exam):
    frame = shot(exam, Offset(press_mm=-12))
    assert frame.truth.contact == 0
    assert frame.truth.plane == NO_PLANE
    assert frame.truth.grade.letter is GradeLetter.C
    assert frame.truth.structures == ()
    assert not frame.labels().any()


def test_beside_the_body_altogether_is_no_exception(exam):
    view = exam.view("S4")
    away = exam.frame(scanner(), view.pose.turned(tilt_deg=180.0).moved(axial_mm=30))
    assert away.truth.contact == 0


def test_too_shallow_says_so(exam):
    frame = shot(exam, depth_mm=5.2, focus_mm=3.0)
    assert frame.truth.grade.letter is GradeLetter.C
    assert "too shallow" in reasons(frame)


@pytest.mark.parametrize("depth_mm", [70.0, 120.0])
def test_a_part_missing_from_the_deepest_pictures_is_looked_for_no_deeper(exam, depth_mm):
    frame = shot(exam, Offset(press_mm=-12), depth_mm=depth_mm)
    assert frame.truth.parts["ECU"] == 0
    assert frame.truth.excess < exam.protocol.checks.wrong_plane_factor
    assert frame.truth.evidence.depth_cut == frozenset()


def test_too_deep_costs_the_depth_score(exam):
    frame = shot(exam, depth_mm=40.0)
    scores = {sub.name: sub.score for sub in frame.truth.grade.sub_scores}
    assert scores["depth"] < 0.6


def test_dark_says_gain(exam):
    frame = shot(exam, gain_db=-32.0)
    assert frame.truth.grade.letter is not GradeLetter.A
    assert "gain low" in reasons(frame)


def test_tilt_dims_the_tendon_by_the_table_s_power(exam):
    frame = shot(exam, Offset(press_mm=0.5, tilt_deg=14))
    scores = {sub.name: sub.score for sub in frame.truth.grade.sub_scores}
    assert scores["anisotropy"] == pytest.approx(np.cos(np.deg2rad(14)) ** 30, rel=0.02)
    assert "not at a right angle" in reasons(frame)


def test_lost_contact_over_a_critical_part_is_unacceptable(exam):
    frame = shot(exam, Offset(press_mm=-0.8, rock_deg=5), gel_mm=0.6)
    assert 0.2 < frame.truth.contact < 0.8
    assert frame.truth.grade.letter is GradeLetter.C
    assert "without contact" in reasons(frame)


def test_the_wrong_way_round_is_unacceptable(exam):
    truth = shot(exam, Offset(press_mm=0.5, rotation_deg=180)).truth
    assert truth.reversed
    assert truth.plane == "S4"
    assert truth.grade.letter is GradeLetter.C
    assert "wrong way round" in truth.grade.reasons[0]


def test_off_centre_is_named_with_its_side(exam):
    frame = shot(exam, Offset(press_mm=0.5, along_mm=7.0))
    assert "left of the middle" in reasons(frame)


def test_an_unknown_plane_names_the_known_ones(exam):
    with pytest.raises(SesamoidError, match="S15"):
        exam.view("S16")
