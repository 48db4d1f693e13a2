"""When a frame is kept: held at grade A, or the best B after a time; a better one replaces it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sesamoid.errors import SesamoidError
from sesamoid.findings import GradeLetter
from sesamoid.live.assessment import NO_PLANE, Assessment
from sesamoid.live.checklist import Checklist, ChecklistItem, Kept, PlaneProgress
from sesamoid.live.frames import LiveFrame
from sesamoid.live.planes import PlaneState
from sesamoid.live.settings import AcquisitionSettings, live_settings

RANK = {GradeLetter.A: 2, GradeLetter.B: 1, GradeLetter.C: 0}


@dataclass(frozen=True)
class Candidate:
    """A frame that may be kept, shown as the protocol wants it."""

    frame: LiveFrame
    pixels: NDArray[np.uint8]
    assessment: Assessment

    @property
    def letter(self) -> GradeLetter:
        """Of its grade; what was not graded counts as C."""
        grade = self.assessment.grade
        return GradeLetter.C if grade is None else grade.letter

    @property
    def score(self) -> float:
        """Of its grade."""
        grade = self.assessment.grade
        return 0.0 if grade is None else grade.score


@dataclass(frozen=True)
class Choice:
    """A frame to keep, and why."""

    plane: str
    candidate: Candidate
    reason: str


@dataclass
class _Hold:
    """Frames of one plane in a row with at least some grade, and the best of them."""

    plane: str = NO_PLANE
    count: int = 0
    best: Candidate | None = None

    def drop(self) -> None:
        self.plane, self.count, self.best = NO_PLANE, 0, None


class Acquirer:
    """Follows the frames and says which one to keep; `keep` tells it that one was.

    Parameters
    ----------
    planes : sequence of str
    settings : AcquisitionSettings, optional
    items : sequence of ChecklistItem, optional
        What an earlier part of the session has done.

    Notes
    -----
    At any time it holds on to two frames at most, and to one more for each plane of which only a
    B was seen and nothing is kept yet.
    """

    def __init__(
        self,
        planes: Sequence[str],
        *,
        settings: AcquisitionSettings | None = None,
        items: Sequence[ChecklistItem] = (),
    ):
        self.settings = settings if settings is not None else live_settings().acquisition
        before = {item.plane: item for item in items}
        self._items = {plane: before.get(plane, ChecklistItem(plane)) for plane in planes}
        self._good, self._fair = _Hold(), _Hold()
        self._pending: dict[str, Candidate] = {}
        self._plane = NO_PLANE
        self._from_s = dict.fromkeys(planes, 0.0)

    @property
    def checklist(self) -> Checklist:
        """As of now."""
        return Checklist(tuple(self._items.values()))

    def update(
        self, candidate: Candidate, state: PlaneState, *, passed_s: float
    ) -> tuple[Choice, ...]:
        """Take in a frame; what is to be kept now, mostly nothing.

        Parameters
        ----------
        candidate : Candidate
        state : PlaneState
        passed_s : float
            Since the frame before; 0 where it was too far away.
        """
        chosen: list[Choice] = []
        left = self._plane
        if state.plane != left:
            self._plane = state.plane
            chosen += self._leave(left)
        plane = state.plane
        if plane == NO_PLANE or candidate.assessment.plane != plane:
            self._break()
            return tuple(chosen)
        item = self._items[plane]
        seen = PlaneProgress.SEEN if item.progress is PlaneProgress.TODO else item.progress
        self._items[plane] = replace(item, seconds=item.seconds + passed_s, progress=seen)
        letter = candidate.letter
        self._hold(self._good, plane, candidate, letter is GradeLetter.A, by_score=False)
        self._hold(self._fair, plane, candidate, letter is not GradeLetter.C, by_score=True)
        chosen += self._choose(plane)
        return tuple(chosen)

    def finish(self) -> tuple[Choice, ...]:
        """What is still to be kept when no more frames come."""
        left, self._plane = self._plane, NO_PLANE
        return tuple(self._leave(left))

    def interrupt(self) -> None:
        """The frames were interrupted: nothing before counts as held."""
        self._break()

    def keep(self, kept: Kept) -> None:
        """A frame of a plane was kept."""
        item = self._items[kept.plane]
        self._pending.pop(kept.plane, None)
        self._items[kept.plane] = replace(
            item, kept=kept, progress=PlaneProgress.KEPT, history=item.history + 1
        )

    def retake(self, plane: str) -> None:
        """Take a plane again: the next frame that holds replaces what is kept, whatever it was."""
        if plane not in self._items:
            raise SesamoidError(
                f"there is no plane {plane!r} to take again",
                fix=f"use one of {', '.join(self._items)}.",
            )
        self._pending.pop(plane, None)
        self._break()
        self._from_s[plane] = self._items[plane].seconds
        self._items[plane] = replace(self._items[plane], progress=PlaneProgress.RETAKE)

    def _break(self) -> None:
        self._good.drop()
        self._fair.drop()

    def _hold(
        self, hold: _Hold, plane: str, candidate: Candidate, good: bool, *, by_score: bool
    ) -> None:
        if not good or hold.plane != plane:
            hold.drop()
        if not good:
            return
        hold.plane = plane
        hold.count += 1
        if hold.best is None or _order(candidate, by_score) > _order(hold.best, by_score):
            hold.best = candidate

    def _choose(self, plane: str) -> list[Choice]:
        rule = self.settings
        if self._good.count >= rule.hold_frames and self._good.best is not None:
            best = self._good.best
            if self._wins(plane, best):
                reason = f"held grade A for {rule.hold_frames} frames; the sharpest of them"
                self._good.drop()
                return [Choice(plane, best, reason)]
        if self._fair.count >= rule.hold_frames and self._fair.best is not None:
            best, waiting = self._fair.best, self._pending.get(plane)
            if self._open(plane) and (
                waiting is None or _order(best, True) > _order(waiting, True)
            ):
                self._pending[plane] = best
        tried_s = self._items[plane].seconds - self._from_s[plane]
        if tried_s >= rule.b_after_s and plane in self._pending:
            waiting = self._pending.pop(plane)
            reason = f"no grade A within {rule.b_after_s:g} s; the best of grade B"
            return [Choice(plane, waiting, reason)]
        return []

    def _leave(self, plane: str) -> list[Choice]:
        """The best B of a plane is kept when the probe leaves it: better than nothing."""
        waiting = self._pending.pop(plane, None)
        if waiting is None or not self._open(plane):
            return []
        return [Choice(plane, waiting, "the probe left the plane; the best of grade B")]

    def _open(self, plane: str) -> bool:
        return self._items[plane].progress is not PlaneProgress.KEPT

    def _wins(self, plane: str, new: Candidate) -> bool:
        """Whether a held frame should take the place of what is kept."""
        old = self._items[plane].kept
        if self._open(plane) or old is None:
            return True
        if RANK[new.letter] != RANK[old.letter]:
            return RANK[new.letter] > RANK[old.letter]
        rule = self.settings
        score = 0.0 if old.grade is None else old.grade.score
        if new.score >= score + rule.better_score:
            return True
        sharper = new.assessment.sharpness >= rule.sharper * old.sharpness
        return sharper and new.score >= score - rule.score_slack


def _order(candidate: Candidate, by_score: bool) -> tuple[float, float]:
    """Among frames of grade A sharpness decides; of B the score, to one decimal, comes first."""
    sharpness = candidate.assessment.sharpness
    return (round(candidate.score, 1) if by_score else 0.0, sharpness)
