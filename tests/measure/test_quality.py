from copy import deepcopy

import cv2
import numpy as np
import pytest

from sesamoid.errors import SesamoidError
from sesamoid.findings import GradeLetter
from sesamoid.imaging.geometry import Crop
from sesamoid.measure import image_quality, quality_rule

WHOLE = Crop(0, 0, 400, 400)


def speckle(seed=0, mean=50.0):
    """A made-up frame: layers under log-like speckle of about one pixel."""
    rng = np.random.default_rng(seed)
    layers = 1 + 0.5 * np.sin(np.arange(400) / 15)[:, None] * np.ones((400, 400))
    coarse = cv2.GaussianBlur(rng.normal(size=(400, 400)), (0, 0), 3) * 3
    fine = cv2.GaussianBlur(rng.normal(size=(400, 400)), (0, 0), 0.8)
    return np.clip(mean * layers * np.exp(0.3 * coarse + 0.5 * fine), 6, 240).astype(np.uint8)


def test_a_good_frame_is_a():
    grade = image_quality(speckle(), scan_area=WHOLE)
    assert (grade.letter, grade.reasons) == (GradeLetter.A, ())


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (np.zeros((400, 400), np.uint8), "black"),
        (np.full((400, 400), 255, np.uint8), "white"),
        (np.clip(speckle().astype(int) * 9, 0, 255).astype(np.uint8), "gain far too high"),
        (speckle() // 24, "gain far too low"),
        (cv2.GaussianBlur(speckle(), (0, 0), 4), "blurred"),
    ],
    ids=["black", "white", "saturated", "dark", "blurred"],
)
def test_bad_frames_are_not_measurable_and_say_why(frame, reason):
    grade = image_quality(frame, scan_area=WHOLE)
    assert not grade.measurable
    assert any(reason in text for text in grade.reasons)


def test_no_contact_is_not_measurable():
    air = np.full((400, 400), 2, np.uint8)
    air[:15] = speckle()[:15]
    assert any("contact" in r for r in image_quality(air, scan_area=WHOLE).reasons)


def test_contact_lost_at_one_side_caps_at_b():
    frame = speckle()
    frame[:, :80] = 1
    grade = image_quality(frame, scan_area=WHOLE)
    assert grade.letter is GradeLetter.B
    assert "20% of the aperture" in grade.reasons[0]


def test_too_little_depth_is_not_measurable():
    frame = speckle()
    frame[90:] = 1
    assert any("depth" in r for r in image_quality(frame, scan_area=WHOLE).reasons)


def test_a_structure_below_the_echo_caps_at_b():
    frame = speckle()
    frame[300:] = 2
    structure = np.zeros((400, 400), bool)
    structure[280:360, 100:200] = True
    grade = image_quality(frame, scan_area=WHOLE, structure=structure)
    assert any("below the visible depth" in r for r in grade.reasons)


def test_enlarging_a_frame_beyond_the_working_size_does_not_blur_it():
    frame = speckle()
    large = cv2.resize(frame, (1600, 1600), interpolation=cv2.INTER_CUBIC)
    assert image_quality(large).measurable


def test_sixteen_bits_grade_as_eight():
    frame = speckle()
    assert image_quality(frame.astype(np.uint16) * 257).letter == image_quality(frame).letter


def test_twelve_bits_in_sixteen_need_their_full_scale():
    twelve = speckle().astype(np.uint16) * 16
    assert not image_quality(twelve, scan_area=WHOLE).measurable
    assert image_quality(twelve, scan_area=WHOLE, full_scale=4095).measurable


def test_own_rule_is_used():
    rule = deepcopy(quality_rule())
    rule["rule"], rule["grade"]["a_score"] = "strict", 1.01
    grade = image_quality(speckle(), scan_area=WHOLE, rule=rule)
    assert grade.letter is GradeLetter.B
    assert grade.rule.startswith("strict")


def test_sub_scores_lie_in_zero_to_one():
    grade = image_quality(speckle(), scan_area=WHOLE)
    assert {s.name for s in grade.sub_scores} == {"gain", "contact", "depth", "sharpness"}
    assert all(0 <= s.score <= 1 for s in grade.sub_scores)


def test_rule_says_that_it_is_a_proposal():
    assert "proposal" in image_quality(speckle()).rule


def test_floats_are_refused():
    with pytest.raises(SesamoidError, match="8 or 16 bits"):
        image_quality(speckle().astype(float))
