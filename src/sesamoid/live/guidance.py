"""What to say next: one instruction at a time, the worst thing first, steady over time."""

from __future__ import annotations

from collections.abc import Collection

from sesamoid.anatomy import Plane, Protocol
from sesamoid.live.assessment import NO_PLANE, Assessment
from sesamoid.live.clearness import clearness, shows_tendons
from sesamoid.live.complaints import complaints, no_contact, toggle
from sesamoid.live.directions import compass
from sesamoid.live.instruction import Act, Instruction, Side, explore, move
from sesamoid.live.planes import PlaneState
from sesamoid.live.pose_filter import Error, PoseFilter
from sesamoid.live.settings import ClearSettings, GuidanceSettings, live_settings
from sesamoid.live.sought import Sought
from sesamoid.live.steady import Fading, Voice

UNEXPLAINED = ("edge", "part", "dark", "toggle", "contact", "centre")
"""Complaints that a wrong pose explains: they speak only when the pose is right."""
EXPLORED = ("across_mm", "rotation_deg", "tilt_deg")
"""Errors out of the plane of the picture, which it may not tell the sign of."""


class Guide:
    """Turns assessments into instructions.

    Parameters
    ----------
    protocol : Protocol
        As the screen shows it: its orientation decides what lies at the left.
    side : {"left", "right"} or None
        The hand that is scanned, where known.
    settings : GuidanceSettings, optional
    clear : ClearSettings, optional
        Those that ship if left out.
    """

    def __init__(
        self,
        protocol: Protocol,
        *,
        side: Side | None = None,
        settings: GuidanceSettings | None = None,
        clear: ClearSettings | None = None,
    ):
        self.protocol, self.side = protocol, side
        self.settings = settings if settings is not None else live_settings().guidance
        self.clear = clear if clear is not None else live_settings().clear
        self._filter = PoseFilter(self.settings)
        self._errors: dict[str, Error] = {}
        self._fading = Fading(self.settings.settle_s)
        self._lifted = Fading(self.settings.settle_s)
        self._short = Fading(self.settings.settle_s)
        self._away = Fading(self.settings.adrift_s, at_once=False)
        self._voice = Voice(self.settings)
        self._target = NO_PLANE
        self._coming: tuple[str, float] | None = None
        self._sought = Sought(self.settings)

    def update(
        self,
        assessment: Assessment,
        state: PlaneState,
        time_s: float,
        *,
        wanted: Collection[str] | None = None,
        fair: Collection[str] = (),
    ) -> Instruction:
        """What to do after this frame.

        Parameters
        ----------
        assessment : Assessment
        state : PlaneState
        time_s : float
            Of the frame.
        wanted : collection of str, optional
            Ids of the planes that are still to be kept, or to be kept better; None: all.
        fair : collection of str
            Those of them of which something is kept already.
        """
        left = [p.id for p in self.protocol.planes if wanted is None or p.id in wanted]
        new = [plane for plane in left if plane not in fair]
        lost = self._lifted.update(no_contact(assessment), time_s)
        if lost:
            self._sought.begin(time_s)
            self._aim(NO_PLANE)
            return self._voice.say("contact", lost["contact"], time_s)
        identity = self._aimed_at(assessment, state, time_s)
        if identity == NO_PLANE:
            return self._voice.say("find", _find(self.protocol, new), time_s)
        plane = self._on_digit(self.protocol.plane(identity), assessment)
        if identity not in left:
            return self._voice.say("next", _next(self.protocol, plane, new), time_s)
        if self._sought.in_vain(left, state.plane != NO_PLANE, time_s):
            return self._voice.say("anew", _anew(plane), time_s)
        if assessment.pose is not None and assessment.pose.plane == identity:
            self._errors = self._filter.update(assessment.pose, plane.tolerance, time_s)
        short = self._short_of_a(assessment, state, identity, time_s)
        adrift = self._adrift(assessment, state, identity, time_s)
        on = state.plane == identity
        found = self._found(assessment, plane, time_s, on=on)
        if adrift:
            found |= self._doubts(plane, on=on)
        chosen = self._voice.choose(found, time_s, fine=short or adrift)
        if chosen is not None:
            return chosen
        if identity in fair and new:
            return self._voice.say("next", _next(self.protocol, plane, new), time_s)
        if on or (self._inside() and not adrift):
            held = Instruction(Act.HOLD, "hold still", identity)
            return self._voice.say("hold", held, time_s)
        return self._voice.say("find", _find(self.protocol, [identity]), time_s)

    def wait(self, text: str, time_s: float) -> Instruction:
        """Something else than the probe is in the way: no picture, say."""
        self._aim(NO_PLANE)
        return self._voice.say(text, Instruction(Act.WAIT, text), time_s)

    def _aimed_at(self, assessment: Assessment, state: PlaneState, time_s: float) -> str:
        """The plane that the probe is at or near; a passing thought does not change it."""
        seen = assessment.plane if assessment.pose is None else assessment.pose.plane
        wish = state.plane if state.plane != NO_PLANE else seen
        if wish == self._target:
            self._coming = None
        elif self._coming is None or self._coming[0] != wish:
            self._coming = (wish, time_s)
        if self._coming is not None:
            waited = time_s - self._coming[1] >= self.settings.target_s
            if waited or self._target == NO_PLANE:
                self._aim(wish)
        return self._target

    def _aim(self, plane: str) -> None:
        self._target, self._coming, self._errors = plane, None, {}
        self._filter.reset()
        self._fading.reset()
        self._short.reset()
        self._away.reset()
        self._voice.release()

    def _on_digit(self, plane: Plane, assessment: Assessment) -> Plane:
        family = (plane.digit, *(other.digit for other in plane.on_other_digits))
        if assessment.digit is not None and assessment.digit in family:
            return plane.of_digit(assessment.digit)
        return plane

    def _short_of_a(
        self, assessment: Assessment, state: PlaneState, plane: str, time_s: float
    ) -> bool:
        """On the plane, and most of the recent frames can be better: small errors count."""
        here = state.plane == plane and assessment.plane == plane
        short = (
            here
            and assessment.grade is not None
            and (clearness(assessment, self.clear) < 1 or shows_tendons(assessment))
        )
        said = {"short": Instruction(Act.HOLD, "", plane)} if short else {}
        return bool(self._short.update(said, time_s))

    def _adrift(self, assessment: Assessment, state: PlaneState, plane: str, time_s: float) -> bool:
        """Near a plane for some time, and yet not there, or not surely."""
        seen = assessment.probabilities.get(plane, 0.0)
        sure = seen >= self.clear.probability
        there = sure if state.plane == plane else assessment.plane == plane
        away = {} if there else {"away": Instruction(Act.FIND, "", plane)}
        return bool(self._away.update(away, time_s))

    def _doubts(self, plane: Plane, *, on: bool) -> dict[str, Instruction]:
        """Motions to and fro for what one picture does not tell, the most doubtful error first.

        They speak only where nothing surer does: a section through tubes looks nearly the same
        tilted to either side, and only moving tells which way is right.
        """
        rule = self.settings
        severity = rule.fine if on else rule.done
        return {
            f"try {name}": explore(
                name, error.value, plane, side=self.side,
                severity=severity * (1 + 0.1 * min(error.doubt, 3.0)),
            )
            for name, error in self._errors.items()
            if name in EXPLORED
            and error.doubt >= rule.doubtful
            and abs(error.value) < rule.sure * error.sd
        }  # fmt: skip

    def _found(
        self, assessment: Assessment, plane: Plane, time_s: float, *, on: bool
    ) -> dict[str, Instruction]:
        """Everything that could be said."""
        rule = self.settings
        moves = {
            name: move(
                name, error.value, plane, side=self.side, severity=error.relative,
                step_mm=rule.step_mm, step_deg=rule.step_deg,
            )
            for name, error in self._errors.items()
            if abs(error.value) >= rule.sure * error.sd
        }  # fmt: skip
        wrong = complaints(assessment, plane, self.protocol.grading, rule, self.clear)
        if not on:
            wrong.pop("centre", None)
        elif shows_tendons(assessment) and not any(key.startswith("dark") for key in wrong):
            wrong["toggle"] = toggle(plane)
        wrong = {key: one for key, one in wrong.items() if not self._leads_away(one, plane)}
        said = self._fading.update(wrong, time_s)
        if any(one.severity >= rule.start for one in moves.values()):
            said = {key: one for key, one in said.items() if key.split()[0] not in UNEXPLAINED}
        return {**moves, **said}

    def _leads_away(self, said: Instruction, plane: Plane) -> bool:
        """Whether a slide for what lies beside or is cut off would lead off the plane: not that."""
        along = self._errors.get("along_mm")
        if along is None or said.act is not Act.SLIDE:
            return False
        rule = self.settings
        there = along.value * (1 if said.toward == compass(plane).right else -1) + rule.slide_mm
        return there > rule.slide_off * along.tolerance

    def _inside(self) -> bool:
        """Surely within all tolerances."""
        sure = self.settings.sure
        return bool(self._errors) and all(
            abs(error.value) + sure * error.sd <= error.tolerance for error in self._errors.values()
        )


def _find(protocol: Protocol, planes: Collection[str]) -> Instruction:
    for plane in protocol.planes:
        if plane.id in planes:
            name = plane.name[:1].lower() + plane.name[1:]
            return Instruction(Act.FIND, f"find {plane.id}, {name}: {plane.landmark}", plane.id)
    return Instruction(Act.NEXT, "all planes are kept")


def _anew(plane: Plane) -> Instruction:
    text = f"lift the probe and begin again at {plane.id}: {plane.landmark}"
    return Instruction(Act.FIND, text, plane.id)


def _next(protocol: Protocol, done: Plane, planes: Collection[str]) -> Instruction:
    coming = _find(protocol, planes)
    return Instruction(Act.NEXT, f"{done.id} is kept. {coming.text}", coming.plane)
