"""From a look to an assessment: with the truth as look, the truth must come out."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from sesamoid.applications.wrist_hand.assessor import BLANK_SIZE, WristHandAssessor, plane_chances
from sesamoid.applications.wrist_hand.evidence import grey_figures, within
from sesamoid.applications.wrist_hand.plane_masks import plane_masks
from sesamoid.applications.wrist_hand.rules import assessing_rules
from sesamoid.applications.wrist_hand.scan_finder import ScanFinder
from sesamoid.errors import ModelError, SesamoidError
from sesamoid.findings import GradeLetter
from sesamoid.imaging import Crop, Outlines
from sesamoid.live import NO_PLANE

from .conftest import PLANES, ScriptedLooker, take
from .truth_look import NAMES, PROTOCOL, frame_look


def assess(frame, *, looker=None, **how):
    looker = looker if looker is not None else ScriptedLooker(frame, **how)
    spacing = frame.image.spacing_mm
    return WristHandAssessor(looker, PROTOCOL).assess(
        frame.image.pixels, spacing_mm=spacing, time_s=0.0
    )


@pytest.mark.parametrize("plane", PLANES)
def test_of_the_truth_comes_the_truth(frames, plane: str) -> None:
    found = assess(frames[plane])
    truth = frames[plane].truth
    assert found.plane == plane
    assert sum(found.probabilities.values()) == pytest.approx(1, abs=1e-6)
    assert found.grade is not None
    assert found.grade.score == pytest.approx(truth.grade.score, abs=0.02)
    assert found.grade.letter is truth.grade.letter
    assert found.pose is not None
    assert found.pose.tilt_deg.value == pytest.approx(truth.error.tilt_deg, abs=1e-4)
    assert found.digit is None
    for key, seen in found.seen.items():
        assert seen.visibility == pytest.approx(truth.parts[key], abs=1e-5)


def test_beyond_tolerance_it_is_no_plane_but_graded_as_the_nearest(exam) -> None:
    frame = take(exam, "S11", across_mm=4.0)
    assert frame.truth.plane == NO_PLANE
    found = assess(frame)
    assert found.plane == NO_PLANE
    assert found.pose is not None
    assert found.pose.plane == "S11"
    assert found.pose.across_mm.value == pytest.approx(frame.truth.error.across_mm, abs=1e-4)
    assert found.grade is not None
    assert found.grade.letter is frame.truth.grade.letter


def test_further_away_than_the_protocol_allows_is_grade_c(exam) -> None:
    frame = take(exam, "S11", across_mm=8.0)
    assert frame.truth.excess > PROTOCOL.checks.wrong_plane_factor
    found = assess(frame)
    assert found.grade is not None
    assert found.grade.letter is GradeLetter.C
    assert any("not plane" in reason for reason in found.grade.reasons)


def test_a_reversed_probe_has_no_offset_and_is_grade_c(exam) -> None:
    frame = take(exam, "S11", rotation_deg=180.0)
    found = assess(frame)
    assert found.plane == "S11"
    assert found.pose is None
    assert found.evidence is not None
    assert found.evidence.reversed
    assert found.grade is not None
    assert found.grade.letter is GradeLetter.C


def test_a_network_that_does_not_know_gives_no_offset(frames) -> None:
    found = assess(frames["S11"], sure=0.3)
    assert found.pose is None
    assert found.plane == NO_PLANE


def test_flags_come_through_with_their_words(exam) -> None:
    look = frame_look(take(exam, "S11"))
    row = NAMES.parts.index("Pis")
    parts = look.parts.copy()
    parts[row] = (0.2, 0.9, 1.0, 0.0)
    frame = take(exam, "S11")
    looker = ScriptedLooker(frame)
    looker.known = [(frame.image.pixels, replace(look, parts=parts))]
    found = assess(frame, looker=looker)
    assert found.evidence is not None
    assert found.evidence.depth_cut == {"Pis"}
    assert found.grade is not None
    assert found.grade.letter is GradeLetter.C
    assert "pisiform cut off at the bottom" in found.grade.reasons[0]


def test_areas_are_those_of_the_outlines(frames) -> None:
    frame = frames["S14"]
    found = assess(frame)
    true = {one.key: one.shown_mm2 for one in frame.truth.structures}
    for key, parts in (("index", ("fds_2", "fdp_2")), ("middle", ("fds_3", "fdp_3"))):
        area = found.seen[f"D&Ss:{key}"].area_mm2
        assert area == pytest.approx(sum(true[name] for name in parts), rel=0.12)


def test_the_grey_of_tendons_is_that_of_the_picture_inside_them(frames) -> None:
    frame = frames["S14"]
    seen = assess(frame).seen
    assert seen["A1:index"].grey is None, "no tendon"
    whole = float(frame.image.pixels.mean())
    for key in ("D&Ss:index", "D&Ss:middle"):
        assert seen[key].grey > 1.5 * whole, "in this plane tendons are bright"
    along = assess(frames["S5"]).seen
    assert all(part.grey is None for part in along.values()), "a tilt darkens no tendon there"


def test_a_crop_is_used_and_labels_lie_on_the_whole_screen(frames) -> None:
    frame = frames["S11"]
    pixels, spacing = frame.image.pixels, frame.image.spacing_mm
    screen = np.zeros((pixels.shape[0] + 60, pixels.shape[1] + 90), np.uint8)
    box = Crop(40, 30, *pixels.shape)
    screen[box.top : box.bottom, box.left : box.right] = pixels
    looker = ScriptedLooker(frame)
    cut = WristHandAssessor(looker, PROTOCOL, scan_area=box)
    found = cut.assess(screen, spacing_mm=spacing, time_s=0.0)
    whole = assess(frame)
    assert looker.areas == [box]
    assert found.grade == whole.grade
    assert found.sharpness == whole.sharpness
    assert found.lift_off == whole.lift_off
    assert found.evidence == whole.evidence
    assert found.labels is not None
    assert found.labels.shape == screen.shape


def test_a_part_at_the_side_of_the_scan_is_cut_there(exam) -> None:
    frame = take(exam, "S11", along_mm=-9.0)
    found = assess(frame)
    assert found.evidence is not None
    edges = frame.truth.evidence.edge_cut
    assert edges
    assert set(found.evidence.edge_cut) >= set(edges)
    assert all(found.evidence.edge_cut[key] == edge for key, edge in edges.items())


def test_chances_are_nearest_times_inside() -> None:
    class One:
        nearest = np.array([0.8, 0.2], np.float32)
        inside = np.array([0.5, 1.0], np.float32)

    found = plane_chances(One(), ("S1", "S2"))  # type: ignore[arg-type]
    assert found == pytest.approx({"S1": 0.4, "S2": 0.2, NO_PLANE: 0.4})


def test_half_of_the_offset_within_is_one_half() -> None:
    limit = PROTOCOL.plane("S11").tolerance
    zero, tiny = np.zeros(5, np.float32), np.full(5, 1e-4, np.float32)
    edge = np.array([2 * limit.along_mm, 0, 0, 0, 0], np.float32)
    wide = np.array([1.0, 1e-4, 1e-4, 1e-4, 1e-4], np.float32)
    assert within(zero, tiny, limit, 2) == pytest.approx(1)
    assert within(edge, wide, limit, 2) == pytest.approx(0.5, abs=1e-3)
    assert within(2 * edge, tiny, limit, 2) == pytest.approx(0, abs=1e-6)


def test_grey_is_that_down_to_the_plane() -> None:
    scan = np.full((100, 40), 80, np.uint8)
    scan[50:] = 0
    scan[:, :10] = 0  # no contact
    mean, usable = grey_figures(scan, 0.5, PROTOCOL.grading)
    assert (mean, usable) == (80.0, 1.0)
    mean, usable = grey_figures(scan, 1.0, PROTOCOL.grading)
    assert (mean, usable) == (40.0, 0.5)
    assert grey_figures(scan, None, PROTOCOL.grading) == (None, None)


def test_one_of_two_fingers_is_the_one_of_its_side() -> None:
    plane = PROTOCOL.plane("S14")
    value = NAMES.classes.index("finger_flexors")
    labels = np.zeros((60, 100), np.uint8)
    labels[20:30, 60:80] = value
    assert set(plane_masks(labels, plane, NAMES.classes).masks) == {"D&Ss:middle"}
    labels[20:30, 10:30] = value
    found = plane_masks(labels, plane, NAMES.classes).masks
    assert found["D&Ss:index"][:, :40].sum() == 200
    assert not found["D&Ss:index"][:, 40:].any()


def test_a_protocol_of_other_planes_is_refused() -> None:
    fewer = replace(PROTOCOL, planes=PROTOCOL.planes[:3])
    with pytest.raises(ModelError, match="knows planes"):
        WristHandAssessor(ScriptedLooker(), fewer)


def test_the_scan_is_found_once_and_looked_for_again(frames) -> None:
    pixels = frames["S11"].image.pixels
    screen = np.zeros((pixels.shape[0] + 200, pixels.shape[1] + 200), np.uint8)
    screen[100 : 100 + pixels.shape[0], 60 : 60 + pixels.shape[1]] = pixels
    finder = ScanFinder(every_s=1.0)
    box = finder.find(screen, 0.0)
    assert box.top == pytest.approx(100, abs=6)
    assert box.left == pytest.approx(60, abs=6)
    black = np.zeros_like(screen)
    assert finder.find(black, 2.0) == box, "what was found stands while nothing is seen"
    moved = np.roll(screen, 80, axis=1)
    assert finder.find(moved, 2.5) == box, "not looked for yet"
    assert finder.find(moved, 3.5).left == pytest.approx(140, abs=6)
    other = finder.find(black[:300], 3.6)
    assert (other.height, other.width) == black[:300].shape


def test_warming_up_looks_once_and_leaves_nothing_behind(frames) -> None:
    class Counting(ScriptedLooker):
        def look(self, frame, **how):
            if frame.shape != BLANK_SIZE:
                return super().look(frame, **how)
            self.calls += 1
            return replace(self.known[0][1], labels=np.zeros(frame.shape, np.uint8))

    pixels = frames["S11"].image.pixels
    screen = np.zeros((pixels.shape[0] + 200, pixels.shape[1] + 200), np.uint8)
    screen[100 : 100 + pixels.shape[0], 60 : 60 + pixels.shape[1]] = pixels
    looker = Counting(frames["S11"])
    assessor = WristHandAssessor(looker, PROTOCOL, scan_area="find")
    assessor.warm_up()
    assert looker.calls == 1
    assert assessor.scan_area(screen, 0.0).top == pytest.approx(100, abs=6)


def test_the_limits_file_is_checked(tmp_path) -> None:
    from sesamoid.applications.wrist_hand.rules import read_rules

    path = tmp_path / "assessing.yaml"
    path.write_text("tag: P\nreversed_from: 0.5\n")
    with pytest.raises(SesamoidError, match="flag_from"):
        read_rules(path)
    assert 0 < assessing_rules().pose_from < 1


def test_grey_figures_are_those_of_pixels_in_contact() -> None:
    rule = PROTOCOL.grading
    rng = np.random.default_rng(0)
    for dark in (0, 7, 60):
        scan = rng.integers(0, 256, (90, 60), dtype=np.uint8)
        scan[:, rng.permutation(60)[:dark]] = 1
        part = scan[:45]
        part = part[:, part.max(axis=0) >= rule.black_level]
        if not part.size:
            assert grey_figures(scan, 0.5, rule) == (None, None)
            continue
        good = (part >= rule.black_level) & (part <= rule.saturated_level)
        assert grey_figures(scan, 0.5, rule) == pytest.approx((part.mean(), good.mean()))


def test_parts_and_edges_are_told_on_the_network_s_pixels(exam) -> None:
    """On a third of the pixels each way the evidence is the same and areas nearly so."""
    frame = take(exam, "S11", along_mm=-9.0)
    pixels, spacing = frame.image.pixels, frame.image.spacing_mm
    look = frame_look(frame)
    rows, columns = pixels.shape
    small = cv2.resize(look.labels, (columns // 3, rows // 3), interpolation=cv2.INTER_NEAREST)

    class Coarse:
        def __getattr__(self, name):
            return getattr(look, name)

        outlines = Outlines(small, Crop(0, 0, rows, columns), pixels.shape, lambda: look.labels)

    assessor = WristHandAssessor(ScriptedLooker(frame), PROTOCOL)
    whole, found = (
        assessor.judge(one, pixels, Crop(0, 0, rows, columns), spacing_mm=spacing)
        for one in (look, Coarse())
    )
    assert whole.evidence.edge_cut
    assert found.evidence == whole.evidence
    assert found.grade == whole.grade
    for key, seen in whole.seen.items():
        if seen.area_mm2 is not None and seen.area_mm2 > 2:
            assert found.seen[key].area_mm2 == pytest.approx(seen.area_mm2, rel=0.1)


def test_greys_are_taken_from_the_network_s_picture_where_it_made_one(exam) -> None:
    """The frame is not made smaller once more, and a part of the frame is not mistaken for it."""
    frame = take(exam, "S2")
    pixels, spacing = frame.image.pixels, frame.image.spacing_mm
    rows, columns = pixels.shape
    look, size = frame_look(frame), (rows // 3, columns // 3)
    small = cv2.resize(look.labels, size[::-1], interpolation=cv2.INTER_NEAREST)
    grey = cv2.resize(pixels, size[::-1], interpolation=cv2.INTER_AREA)
    whole, part = Crop(0, 0, rows, columns), Crop(0, 0, rows - 3, columns - 3)

    def greys(area: Crop, of: NDArray[np.uint8] | None) -> dict[str, float]:
        class Coarse:
            def __getattr__(self, name):
                return getattr(look, name)

            outlines = Outlines(small, whole, pixels.shape, lambda: look.labels, of)

        assessor = WristHandAssessor(ScriptedLooker(frame), PROTOCOL)
        found = assessor.judge(Coarse(), pixels, area, spacing_mm=spacing)
        return {key: seen.grey for key, seen in found.seen.items() if seen.grey is not None}

    asked = greys(whole, None)
    assert set(asked) == {"ECRL", "ECRB", "EPL"}
    assert greys(whole, grey) == asked
    assert set(greys(whole, np.zeros_like(grey)).values()) == {0.0}
    assert greys(part, np.zeros_like(grey)) == pytest.approx(asked, rel=0.02)
