"""When a frame is kept: held at a clear A, or the best A or B after a time.

What is kept is replaced by a better one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sesamoid.errors import SesamoidError
from sesamoid.findings import GradeLetter
from sesamoid.live.assessment import NO_PLANE
from sesamoid.live.brightness import Brightness
from sesamoid.live.candidate import Candidate, Choice, Hold, Waiting
from sesamoid.live.checklist import Checklist, ChecklistItem, Kept, PlaneProgress
from sesamoid.live.clearness import clearness, shows_tendons
from sesamoid.live.planes import PlaneState
from sesamoid.live.settings import AcquisitionSettings, ClearSettings, live_settings

RANK = {GradeLetter.A: 2, GradeLetter.B: 1, GradeLetter.C: 0}


class Acquirer:
    """Follows the frames and says which one to keep; `keep` tells it that one was.

    Parameters
    ----------
    planes : sequence of str
    settings : AcquisitionSettings, optional
    clear : ClearSettings, optional
    items : sequence of ChecklistItem, optional
        What an earlier part of the session has done.

    Notes
    -----
    At any time it holds on to two frames at most, and to one more for each plane of which
    nothing as good is kept yet.
    """

    def __init__(
        self,
        planes: Sequence[str],
        *,
        settings: AcquisitionSettings | None = None,
        clear: ClearSettings | None = None,
        items: Sequence[ChecklistItem] = (),
    ):
        self.settings = settings if settings is not None else live_settings().acquisition
        self.clear = clear if clear is not None else live_settings().clear
        before = {item.plane: item for item in items}
        self._items = {plane: before.get(plane, ChecklistItem(plane)) for plane in planes}
        self._good, self._fair = Hold(), Hold()
        self._brightness = Brightness(self.clear.memory_s)
        self._pending: dict[str, Waiting] = {}
        self._plane = NO_PLANE
        self._away_from_s: float | None = None
        # Of a plane that is to be taken again the wait for an A begins anew with each part.
        self._from_s = {
            plane: item.seconds if item.progress is PlaneProgress.RETAKE else 0.0
            for plane, item in self._items.items()
        }
        self._good_from_s: dict[str, float] = {}

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
        chosen = self._left(state.plane, candidate.frame.time_s)
        plane = state.plane
        if plane == NO_PLANE or candidate.assessment.plane != plane:
            self._break()
            return tuple(chosen)
        item = self._items[plane]
        seen = PlaneProgress.SEEN if item.progress is PlaneProgress.TODO else item.progress
        self._items[plane] = replace(item, seconds=item.seconds + passed_s, progress=seen)
        self._brightness.update(candidate.assessment, candidate.frame.time_s)
        letter = candidate.letter
        self._good.take(plane, candidate, letter is GradeLetter.A, self._better)
        self._fair.take(plane, candidate, letter is not GradeLetter.C, self._better)
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
        self._forget(kept.plane)
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
        self._forget(plane)
        self._break()
        self._from_s[plane] = self._items[plane].seconds
        self._items[plane] = replace(self._items[plane], progress=PlaneProgress.RETAKE)

    def _break(self) -> None:
        self._good.drop()
        self._fair.drop()

    def _forget(self, plane: str) -> None:
        self._pending.pop(plane, None)
        self._good_from_s.pop(plane, None)

    def _choose(self, plane: str) -> list[Choice]:
        rule, good = self.settings, self._good
        for hold, letter in ((good, GradeLetter.A), (self._fair, GradeLetter.B)):
            if hold.count >= rule.hold_frames and hold.best is not None:
                self._wait(plane, Waiting(hold.best, letter))
        waiting = self._pending.get(plane)
        if waiting is not None:
            reason = self._ripe(plane, waiting)
            if not reason:
                return []
            self._forget(plane)
            good.drop()
            return [Choice(plane, waiting.candidate, reason)]
        if good.count < rule.hold_frames or good.best is None or self._clearness(good.best) < 1:
            return []
        best = good.best
        if not self._improves(plane, best):
            return []
        good.drop()
        return [Choice(plane, best, "grade A, and clearly better than what was kept")]

    def _ripe(self, plane: str, waiting: Waiting) -> str:
        """Why a frame that waits is to be kept now; empty where it is not."""
        rule, now = self.settings, self._items[plane].seconds
        if waiting.held is not GradeLetter.A:
            late = now - self._from_s[plane] >= rule.b_after_s
            return f"no grade A within {rule.b_after_s:g} s; the best of grade B" if late else ""
        waited = now - self._good_from_s[plane]
        least = rule.toggle_s if shows_tendons(waiting.candidate.assessment) else 0.0
        if waited >= least and self._clearness(waiting.candidate) >= 1:
            return f"held grade A for {rule.hold_frames} frames; the clearest and sharpest"
        late = waited >= rule.a_after_s
        return (
            f"grade A for {rule.a_after_s:g} s, never clearly; the clearest of it" if late else ""
        )

    def _wait(self, plane: str, new: Waiting) -> None:
        """Have a frame ready, should none better come."""
        old = self._pending.get(plane)
        if not self._lacks(plane, new.held):
            return
        if old is not None and self._rank(new) <= self._rank(old):
            return
        self._pending[plane] = new
        if new.held is GradeLetter.A:
            self._good_from_s.setdefault(plane, self._items[plane].seconds)

    def _left(self, plane: str, time_s: float) -> list[Choice]:
        """What to keep of the plane before, once it was truly left: a tilt may leave it shortly."""
        before = self._plane
        if plane == before:
            self._away_from_s = None
            return []
        if plane == NO_PLANE:
            if self._away_from_s is None:
                self._away_from_s = time_s
            if time_s - self._away_from_s < self.settings.away_s:
                return []
        self._plane, self._away_from_s = plane, None
        return self._leave(before)

    def _leave(self, plane: str) -> list[Choice]:
        """The best of a plane is kept when the probe leaves it: better than nothing."""
        waiting = self._pending.get(plane)
        if waiting is None:
            return []
        self._forget(plane)
        best = "clearest of grade A" if waiting.held is GradeLetter.A else "best of grade B"
        return [Choice(plane, waiting.candidate, f"the probe left the plane; the {best}")]

    def _lacks(self, plane: str, letter: GradeLetter) -> bool:
        """Whether nothing as good is kept of a plane."""
        kept = self._items[plane].kept
        return self._open(plane) or kept is None or RANK[letter] > RANK[kept.letter]

    def _better(self, new: Candidate, old: Candidate) -> bool:
        """By grade; by clearness or score, and how sure the plane is, roughly; by sharpness."""
        return self._order(new) > self._order(old)

    def _rank(self, waiting: Waiting) -> tuple[float, ...]:
        return (RANK[waiting.held], *self._order(waiting.candidate))

    def _order(self, candidate: Candidate) -> tuple[float, ...]:
        found = candidate.assessment
        good = candidate.letter is GradeLetter.A
        fine = min(1.0, self._clearness(candidate)) if good else candidate.score
        sure = found.probabilities[found.plane]
        return (RANK[candidate.letter], round(fine, 1), round(sure, 1), found.sharpness)

    def _clearness(self, candidate: Candidate) -> float:
        found = candidate.assessment
        return clearness(found, self.clear, loss=self._brightness.loss(found))

    def _open(self, plane: str) -> bool:
        return self._items[plane].progress is not PlaneProgress.KEPT

    def _improves(self, plane: str, new: Candidate) -> bool:
        """Whether a held A should take the place of one that is kept."""
        old = self._items[plane].kept
        if old is None or old.grade is None:
            return False
        rule, score = self.settings, old.grade.score
        if new.score >= score + rule.better_score:
            return True
        sharper = new.assessment.sharpness >= rule.sharper * old.sharpness
        return sharper and new.score >= score - rule.score_slack
