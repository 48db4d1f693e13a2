"""When a frame is kept, which one, and what replaces it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sesamoid.errors import SesamoidError
from sesamoid.findings import DataOrigin, GradeLetter
from sesamoid.live.acquisition import Acquirer
from sesamoid.live.assessment import SeenPart
from sesamoid.live.candidate import Candidate
from sesamoid.live.checklist import ChecklistItem, Kept, PlaneProgress
from sesamoid.live.clearness import clearness
from sesamoid.live.frames import LiveFrame
from sesamoid.live.planes import PlaneState
from sesamoid.live.settings import live_settings
from sesamoid.measure import PlaneEvidence

from .scripted import IDS, assessment, picture, probabilities

RULE = live_settings().acquisition
STEP_S = 0.1
AWAY = "C" * round(RULE.away_s / STEP_S + 2)
PIXELS = picture()


class Scan:
    """Feeds frames in time and keeps what is chosen."""

    def __init__(self, items: Sequence[ChecklistItem] = ()) -> None:
        self.acquirer = Acquirer(IDS, items=items)
        self.kept: list[Kept] = []
        self.reasons: list[str] = []
        self.number = 0

    def frames(
        self, plane: str, letters: str, *, sharp=None, score=None, seen=None, grey=None, sure=None
    ) -> Scan:
        for n, letter in enumerate(letters):
            sharpness = 1.0 if sharp is None else sharp[n]
            parts = {} if grey is None else {"FD": SeenPart(1.0, None, grey[n])}
            found = assessment(
                seen or plane, letter, sharpness=sharpness, score=score, seen=parts,
                probabilities=probabilities(seen or plane, 0.95 if sure is None else sure[n]),
            )  # fmt: skip
            frame = LiveFrame(PIXELS, self.number * STEP_S, self.number)
            state = PlaneState(plane, 0.99, 0.0, False)
            self._take(
                self.acquirer.update(Candidate(frame, PIXELS, found), state, passed_s=STEP_S)
            )
            self.number += 1
        return self

    def finish(self) -> Scan:
        self._take(self.acquirer.finish())
        return self

    def _take(self, choices) -> None:
        for choice in choices:
            frame, found = choice.candidate.frame, choice.candidate.assessment
            kept = Kept(
                choice.plane, None, found.grade, found.sharpness, frame.time_s, frame.index,
                "assistant", Path("a.png"), None, (), None, DataOrigin.VIRTUAL,
                len(self.kept) + 1, choice.reason,
            )  # fmt: skip
            self.acquirer.keep(kept)
            self.kept.append(kept)
            self.reasons.append(choice.reason)

    @property
    def numbers(self) -> list[int]:
        return [kept.frame for kept in self.kept]

    def item(self, plane: str):
        return self.acquirer.checklist.item(plane)


def test_grade_a_is_kept_once_held_and_the_sharpest_of_it() -> None:
    scan = Scan().frames("S11", "AAAA", sharp=[1, 3, 2, 1])
    assert scan.numbers == []
    scan.frames("S11", "A")
    assert RULE.hold_frames == 5
    assert scan.numbers == [1]
    assert scan.item("S11").progress is PlaneProgress.KEPT


def test_an_a_near_its_edge_waits_for_a_clear_one() -> None:
    scan = Scan().frames("S11", "A" * 20, score=0.82)
    assert scan.numbers == []
    scan.frames("S11", "A", score=0.97)
    assert scan.numbers == [20]
    assert "clearest" in scan.reasons[0]


def test_an_a_that_never_becomes_clear_is_kept_after_a_time() -> None:
    hold, wait = RULE.hold_frames, round(RULE.a_after_s / STEP_S)
    scan = Scan().frames("S11", "A" * (hold + wait - 1), score=0.86, sharp=[1, 9, *[1] * 80])
    assert scan.numbers == []
    scan.frames("S11", "AA", score=0.86)
    assert scan.numbers == [1]
    scan.frames("S11", "A" * 200, score=0.86)
    assert len(scan.numbers) == 1, "what is no clearer does not replace it"


def test_of_a_picture_with_tendons_the_brightest_of_a_motion_to_and_fro_is_kept() -> None:
    count = round(RULE.toggle_s / STEP_S) + RULE.hold_frames
    turned = np.sin(np.arange(count) / count * 4 * np.pi)
    grey = 140 - 40 * (turned - 0.6) ** 2
    sharp = 1 + 0.1 * np.arange(count)[::-1]
    scan = Scan().frames("S11", "A" * (count - 1), grey=grey, sharp=sharp)
    assert scan.numbers == []
    scan.frames("S11", "AA", grey=[100.0, 100.0])
    assert len(scan.numbers) == 1
    assert grey[scan.numbers[0]] >= grey.max() - 2 * live_settings().clear.grey_loss


def test_gain_that_was_turned_down_makes_nothing_dark_for_long() -> None:
    late = round((RULE.a_after_s + live_settings().clear.memory_s) / STEP_S)
    scan = Scan().frames("S11", "C" * 10, grey=[250.0] * 10)
    scan.frames("S11", "A" * late, grey=[90.0] * late)
    assert len(scan.numbers) == 1


def test_of_clear_frames_one_that_is_surer_of_the_plane_comes_before_a_sharper_one() -> None:
    scan = Scan().frames("S11", "AAAAA", sure=[0.88, 0.98, 0.88, 0.97, 0.88], sharp=[5, 1, 5, 2, 5])
    assert scan.numbers == [3]


@pytest.mark.parametrize("doubt", [{"score": 0.86}, {"sure": 0.6}, {"echo": 0.75}, {"line": 0.9}])
def test_score_plane_echo_and_bone_lines_all_have_to_be_clear(doubt: dict[str, float]) -> None:
    clear = live_settings().clear
    echo = doubt.get("echo", 0.95)
    found = assessment(
        "S11", "A", score=doubt.get("score", 0.95),
        probabilities=probabilities("S11", doubt.get("sure", 0.95)),
        evidence=PlaneEvidence(
            {}, tendon_echo={"FPL": 1.0, "FD": echo}, continuity={"Sca": doubt.get("line", 1.0)}
        ),
    )  # fmt: skip
    assert 0 < clearness(found, clear) < 1
    assert clearness(assessment("S11", "A"), clear) >= 1
    assert clearness(assessment("S11", "B"), clear) == 0


def test_an_unclear_a_is_kept_when_the_probe_leaves_and_takes_the_place_of_a_b() -> None:
    scan = Scan().frames("S11", "BBBBBB").frames("none", AWAY)
    scan.frames("S11", "A" * 8, score=0.86).frames("none", AWAY)
    assert [k.letter.value for k in scan.kept] == ["B", "A"]
    assert "clearest of grade A" in scan.reasons[1]
    scan.frames("S11", "A" * 8, score=0.865).frames("none", AWAY)
    assert len(scan.kept) == 2


@pytest.mark.parametrize("broken", ["AAAABAAAA", "AAAACAAAA", "BAAAABAAAAC"])
def test_a_hold_that_is_broken_begins_again(broken: str) -> None:
    assert Scan().frames("S11", broken).numbers == []


def test_a_frame_that_looks_like_another_plane_breaks_the_hold() -> None:
    scan = Scan().frames("S11", "AAAA").frames("S11", "A", seen="S12").frames("S11", "AAAA")
    assert scan.numbers == []
    assert scan.item("S12").progress is PlaneProgress.TODO


def test_grade_c_is_never_kept() -> None:
    assert Scan().frames("S11", "C" * 200).finish().numbers == []


def test_the_best_b_is_kept_after_a_time() -> None:
    count = round(RULE.b_after_s / STEP_S)
    scan = Scan().frames("S11", "B" * (count - 1), sharp=[n % 7 for n in range(count - 1)])
    assert scan.numbers == []
    scan.frames("S11", "BB")
    assert scan.numbers == [6]
    assert scan.item("S11").kept.letter is GradeLetter.B
    assert "S11" in scan.acquirer.checklist.wanted, "an A is still welcome"


def test_the_score_of_a_b_comes_before_its_sharpness() -> None:
    scan = Scan().frames("S11", "BBBBBB", sharp=[9] * 6, score=0.65)
    scan.frames("S11", "B" * 100, sharp=[1] * 100, score=0.8)
    assert scan.kept[0].grade.score == 0.8


def test_a_b_is_kept_when_the_probe_leaves() -> None:
    scan = Scan().frames("S11", "BBBBBBB").frames("none", AWAY)
    assert [k.plane for k in scan.kept] == ["S11"]
    assert "left" in scan.reasons[0]


def test_a_tilt_that_leaves_the_plane_shortly_keeps_nothing_yet() -> None:
    scan = Scan().frames("S11", "BBBBBBB").frames("none", AWAY[4:]).frames("S11", "AAAAA")
    assert [k.letter.value for k in scan.kept] == ["A"]


def test_another_plane_is_left_for_at_once() -> None:
    scan = Scan().frames("S11", "BBBBBBB").frames("S12", "C")
    assert [k.plane for k in scan.kept] == ["S11"]


def test_a_b_that_did_not_hold_is_not_kept() -> None:
    assert Scan().frames("S11", "BBBCBBBC").frames("none", AWAY).finish().numbers == []


def test_the_end_of_the_session_keeps_what_waits() -> None:
    assert Scan().frames("S11", "BBBBBB").finish().numbers == [0]


def test_a_later_a_replaces_a_b_and_a_b_never_an_a() -> None:
    scan = Scan().frames("S11", "BBBBBB").frames("none", AWAY).frames("S11", "AAAAA")
    assert [k.letter.value for k in scan.kept] == ["B", "A"]
    scan.frames("none", AWAY).frames("S11", "B" * 100, sharp=[50] * 100).finish()
    assert len(scan.kept) == 2
    assert scan.item("S11").history == 2


def test_only_a_clearly_sharper_frame_replaces_one_of_the_same_grade() -> None:
    scan = Scan().frames("S11", "AAAAA", sharp=[1] * 5)
    scan.frames("S11", "A" * 10, sharp=[1.1] * 10)
    assert scan.numbers == [0]
    scan.frames("S11", "A" * 10, sharp=[1.3] * 10)
    assert len(scan.numbers) == 2


def test_a_sharper_frame_of_a_lower_score_does_not_replace() -> None:
    scan = Scan().frames("S11", "AAAAA", score=0.97)
    scan.frames("S11", "A" * 10, sharp=[9] * 10, score=0.86)
    assert len(scan.numbers) == 1


def test_slowly_rising_sharpness_does_not_flood_the_record() -> None:
    scan = Scan().frames("S11", "A" * 2000, sharp=[1 + n / 1000 for n in range(2000)])
    assert len(scan.numbers) <= 1 + 8, "1.15 to the 8th is 3"


def test_a_retake_replaces_even_a_better_one() -> None:
    scan = Scan().frames("S11", "AAAAA", score=0.99)
    scan.acquirer.retake("S11")
    assert scan.item("S11").progress is PlaneProgress.RETAKE
    assert "S11" in scan.acquirer.checklist.wanted
    scan.frames("S11", "AAAAA", score=0.91)
    assert len(scan.numbers) == 2
    assert scan.item("S11").kept.grade.score == 0.91


def test_a_retake_waits_for_an_a_as_long_as_the_first_time() -> None:
    scan = Scan().frames("S11", "AAAAA").frames("S11", "B" * 200)
    scan.acquirer.retake("S11")
    scan.frames("S11", "B" * 20)
    assert len(scan.numbers) == 1
    scan.frames("S11", "B" * 60)
    assert len(scan.numbers) == 2


def test_a_retake_waits_as_long_in_a_session_that_was_resumed() -> None:
    scan = Scan().frames("S11", "AAAAA").frames("S11", "B" * 200)
    scan.acquirer.retake("S11")
    resumed = Scan(scan.acquirer.checklist.items).frames("S11", "B" * 20)
    assert resumed.numbers == []
    resumed.frames("S11", "B" * 60)
    assert len(resumed.numbers) == 1


def test_a_retake_of_no_plane_is_an_error() -> None:
    with pytest.raises(SesamoidError, match="S77"):
        Acquirer(IDS).retake("S77")


def test_time_is_counted_for_the_plane_that_is_there() -> None:
    scan = Scan().frames("S11", "C" * 30).frames("S12", "C" * 10).frames("S11", "C" * 5, seen="S3")
    assert scan.item("S11").seconds == pytest.approx(3.0)
    assert scan.item("S12").seconds == pytest.approx(1.0)
    assert scan.item("S3").seconds == 0
    assert scan.item("S12").progress is PlaneProgress.SEEN


def test_an_interruption_breaks_the_hold() -> None:
    scan = Scan().frames("S11", "AAAA")
    scan.acquirer.interrupt()
    assert scan.frames("S11", "AAAA").numbers == []


def test_the_checklist_is_complete_when_every_plane_is_kept() -> None:
    scan = Scan()
    for plane in IDS:
        assert not scan.acquirer.checklist.complete
        scan.frames(plane, "AAAAA")
    assert scan.acquirer.checklist.complete
    assert scan.acquirer.checklist.wanted == ()
    assert [kept.plane for kept in scan.acquirer.checklist.kept] == list(IDS)


def test_no_more_frames_are_held_on_to_than_promised() -> None:
    scan = Scan()
    for plane in IDS:
        scan.acquirer.settings = replace(RULE, b_after_s=1e9)
        scan.frames(plane, "B" * 50, sharp=list(range(50)))
    held = {id(c) for c in scan.acquirer._pending.values()}
    assert len(held) <= 1, "a plane that was left keeps its best at once"
