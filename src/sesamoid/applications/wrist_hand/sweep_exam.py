"""One virtual examination of a person, with guidance or without, and what truly came of it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from sesamoid.anatomy import Protocol
from sesamoid.live import Kept, LiveFrame, Session, SourceEvent
from sesamoid.live.slot import InStepSlot
from sesamoid.live.sources.novice import Novice
from sesamoid.live.sources.probe import VirtualProbe
from sesamoid.live.sources.skill import Skill

from .assessor import WristHandAssessor
from .look import Looker
from .virtual_session import VirtualOperator, side_of, virtual_hand

LookerFactory = Callable[[VirtualProbe], Looker]
"""Makes what looks at the frames of a probe; it may look at the probe's truth in tests."""


@dataclass(frozen=True)
class ExamPlan:
    """One examination.

    Parameters
    ----------
    person : int
        Seed.
    machine : str
    guided : bool
        Whether the novice hears what the assistant says.
    seed : int
        Of the novice.
    planes : tuple of str
    frames_per_second, pixels_per_mm : float
    skill : Skill
    """

    person: int
    machine: str
    guided: bool
    seed: int
    planes: tuple[str, ...]
    frames_per_second: float = 8.0
    pixels_per_mm: float = 12.0
    skill: Skill = field(default_factory=Skill)

    @property
    def name(self) -> str:
        """Also that of its file."""
        arm = "off" if not self.guided else "on" if self.skill.own_eyes else "told"
        return f"P{self.person:06d}-{arm}"


@dataclass(frozen=True)
class PlaneOutcome:
    """What came of one plane.

    Parameters
    ----------
    plane : str
    kept : bool
    seconds : float
        That the novice spent on it.
    kept_after_s : float or None
        When it was first kept, from the novice's beginning with it.
    grade : str or None
        As the assistant graded what was kept.
    true_grade, true_plane : str or None
        Of what was kept: the grade by the simulator's truth; the nearest plane.
    wrong : bool
        What was kept is truly of another plane, reversed, or too far from it.
    history : int
        Frames kept of it, replaced ones included.
    excess : float or None
        Largest error of the pose of what was kept, in tolerances.
    reasons : tuple of str
        Of the assistant's grade.
    """

    plane: str
    kept: bool
    seconds: float
    kept_after_s: float | None = None
    grade: str | None = None
    true_grade: str | None = None
    true_plane: str | None = None
    wrong: bool = False
    history: int = 0
    excess: float | None = None
    reasons: tuple[str, ...] = ()

    @property
    def acquired(self) -> bool:
        """A standard picture of the right plane: by the truth A or B (clinical facts 1.1)."""
        return self.kept and not self.wrong and self.true_grade in ("A", "B")


class LoggedProbe(VirtualProbe):
    """A virtual probe that notes at every frame which plane the novice is after."""

    holder: Novice
    held_for: dict[float, str]

    def frames(self) -> Iterator[LiveFrame | SourceEvent]:
        """The frames; each is noted before it is given."""
        self.held_for = {}
        for item in super().frames():
            self.held_for[item.time_s] = self.holder.plane
            yield item


def run_exam(
    plan: ExamPlan, protocol: Protocol, looker: LookerFactory, folder: Path
) -> tuple[PlaneOutcome, ...]:
    """Examine a virtual person; the session's own record in `folder` is removed afterwards.

    The novice goes on to the next plane when grade A is kept, when told so, or when out of
    patience. Without guidance the session runs with the assistant off: what counts is what the
    novice kept by hand.
    """
    exam, rng = virtual_hand(protocol, person=plan.person, seed=plan.seed)
    novice = Novice(
        exam, plan.planes, rng, machine=plan.machine, skill=plan.skill, listens=plan.guided
    )
    probe = LoggedProbe(
        exam, novice, machine=plan.machine, frames_per_second=plan.frames_per_second,
        pixels_per_mm=plan.pixels_per_mm, pace=False, remembered=sys.maxsize,
    )  # fmt: skip
    if folder.exists():
        shutil.rmtree(folder)
    session = Session(
        probe, WristHandAssessor(looker(probe), protocol), protocol, folder,
        assistant=plan.guided, side=side_of(exam), drop=False, slot=InStepSlot(),
    )  # fmt: skip
    operator = VirtualOperator(novice)
    operator.begins(session)
    result = session.run(operator.hear)
    shutil.rmtree(folder, ignore_errors=True)
    if result.report.error is not None:
        raise result.report.error
    checklist = result.checklist if plan.guided else result.by_hand
    kept_of = {one.plane: one for one in checklist.kept}
    history = {item.plane: item.history for item in checklist.items}
    return tuple(
        _outcome(plane, kept_of.get(plane), history[plane], probe, plan, protocol)
        for plane in plan.planes
    )


def _outcome(
    plane: str, kept: Kept | None, history: int, probe: LoggedProbe, plan: ExamPlan,
    protocol: Protocol,
) -> PlaneOutcome:  # fmt: skip
    times = [time for time, wanted in probe.held_for.items() if wanted == plane]
    seconds = len(times) / plan.frames_per_second
    if kept is None:
        return PlaneOutcome(plane, False, seconds)
    truth = probe.frame_at(kept.time_s).truth
    far = truth.excess > protocol.checks.wrong_plane_factor
    return PlaneOutcome(
        plane, True, seconds,
        kept_after_s=kept.time_s - times[0] if times else None,
        grade=kept.letter.value, true_grade=truth.grade.letter.value, true_plane=truth.nearest,
        wrong=truth.nearest != plane or truth.reversed or far,
        history=history, excess=truth.excess,
        reasons=() if kept.grade is None else kept.grade.reasons,
    )  # fmt: skip


def outcome_row(outcome: PlaneOutcome) -> dict[str, object]:
    """For a file."""
    return {**asdict(outcome), "acquired": outcome.acquired}
