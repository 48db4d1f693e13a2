"""A virtual novice who scans plane after plane, and may listen to what is said."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from sesamoid.errors import SesamoidError
from sesamoid.live.directions import Compass, compass
from sesamoid.live.instruction import Act, Instruction
from sesamoid.virtual.acquisition import Examination, Offset, placed, pose_error, usual_settings
from sesamoid.virtual.acquisition.operation import displaced
from sesamoid.virtual.acquisition.tremor import BandNoise
from sesamoid.virtual.acquisition.variation import variation
from sesamoid.virtual.pose import ProbePose
from sesamoid.virtual.ultrasound import Preset, ScanSettings, preset

EYE = ("along_mm", "across_mm", "rotation_deg", "tilt_deg", "rock_deg")
"""Errors that are read off the picture."""


@dataclass(frozen=True)
class Skill:
    """How a novice scans; every value a proposal (P), made up for virtual examinations.

    Parameters
    ----------
    first_error : (low, high)
        Largest error of the first guess, in tolerances.
    slide_mm_s, turn_deg_s : float
        How fast the hand follows.
    reaction_s : float
        From hearing to moving.
    overshoot : float
        Standard deviation of how much too far or too short a move is, as a share of it.
    patience_s : float
        After that long on one plane the novice goes on to the next.
    eye_bias, eye_sd : float
        Without help: how wrong the picture is read, in tolerances of each error; once for all of a
        plane, and anew with every look. Set so that virtual novices without help come near the
        conventional arm of Tang 2026 (89.3 % acquired, 80.7 % grade A; clinical facts 1.1).
    look_s : float
        Without help: how long a look takes.
    rest_s : float
        Between planes, with the probe off the skin.
    regrasp_s : float
        After being told to find a plane for that long, the probe is put down anew where it is
        thought to be.
    press_mm : float
    """

    first_error: tuple[float, float] = (1.5, 3.5)
    slide_mm_s: float = 12.0
    turn_deg_s: float = 20.0
    reaction_s: float = 0.4
    overshoot: float = 0.2
    patience_s: float = 20.0
    eye_bias: float = 0.5
    eye_sd: float = 0.3
    look_s: float = 0.8
    rest_s: float = 0.5
    regrasp_s: float = 1.5
    press_mm: float = 0.8


class Novice:
    """Guesses where each plane is, then searches, or does as told, until the plane is kept.

    A move is made from where the probe really is, by the direction of the hand that was named; it
    goes somewhat too far or too short, and the hand trembles.

    Parameters
    ----------
    exam : Examination
    planes : sequence of str
        To scan, in this order.
    rng : numpy.random.Generator
    machine : Preset or str
    skill : Skill, optional
    listens : bool
        Without, instructions are not heard: the novice goes by the picture, reads it more or less
        wrongly, and asks for a capture when it looks right or when patience ends.
    """

    def __init__(
        self,
        exam: Examination,
        planes: Sequence[str],
        rng: np.random.Generator,
        *,
        machine: Preset | str = "aster-a3",
        skill: Skill | None = None,
        listens: bool = True,
    ):
        if not planes:
            raise SesamoidError("the novice has no plane to scan", fix="give at least one.")
        self.exam, self.planes, self.rng = exam, tuple(planes), rng
        self.machine = preset(machine) if isinstance(machine, str) else machine
        self.skill = skill if skill is not None else Skill()
        self.listens = listens
        self._lock = threading.Lock()
        self._waiting, self._plane = list(self.planes), self.planes[0]
        self._over = False
        self._time_s = self._began_s = self._still_s = self._laid_s = 0.0
        self._offset = self._wish = Offset()
        self._settings = usual_settings(self.machine, self.planes[0])
        self._heard: tuple[Instruction, float] | None = None
        self._sent: tuple[str, float] | None = None
        self._done: str | None = None
        self._captures = False
        self._begin(0.0)

    @property
    def plane(self) -> str:
        """Of now; the last one when all are done."""
        return self._plane

    def hear(self, instruction: Instruction, time_s: float) -> None:
        """Be told something; from any thread. The newest counts when the hands are free."""
        with self._lock:
            before = None if self._heard is None else self._heard[0].text
            if not self.listens:
                return
            if instruction.act not in (Act.FIND, Act.NEXT):
                self._sent = None
            elif self._sent is None or self._sent[0] != instruction.plane:
                self._sent = (instruction.plane, time_s)
            if instruction.text != before:
                self._heard = (instruction, time_s)

    def kept(self, plane: str) -> None:
        """Be told that a plane is kept; from any thread."""
        with self._lock:
            self._done = plane

    def captures(self) -> str | None:
        """The plane that the novice wants to keep now, told once; from any thread."""
        with self._lock:
            wanted, self._captures = self._captures, False
            return self._plane if wanted else None

    def at(self, time_s: float) -> tuple[ProbePose, ScanSettings] | None:
        """Where the probe is now; None when all planes were scanned."""
        with self._lock:
            heard, done, sent = self._heard, self._done, self._sent
        passed, self._time_s = time_s - self._time_s, time_s
        skill = self.skill
        if done is not None and done != self.plane:
            self._found_on_the_way(done, time_s)
        if done == self.plane or time_s - self._began_s > skill.patience_s:
            self._begin(time_s)
        elif sent is not None and time_s - max(sent[1], self._laid_s) >= skill.regrasp_s:
            self._go(sent[0], time_s)
        if self._over:
            return None
        if time_s - self._laid_s < skill.rest_s:
            return self._pose(Offset(press_mm=-6.0), time_s), self._settings
        if not self.listens:
            self._by_eye(time_s)
        elif heard is not None and time_s - max(heard[1], self._still_s) >= skill.reaction_s:
            self._obey(heard[0])
        self._move(passed)
        if self._offset != self._wish:
            self._still_s = time_s
        return self._pose(Offset(), time_s), self._settings

    def _found_on_the_way(self, plane: str, time_s: float) -> None:
        """Another plane was kept than the one looked for: it is done, and patience begins anew."""
        with self._lock:
            self._done = None
        if plane in self._waiting:
            self._waiting.remove(plane)
            self._began_s = time_s

    def _begin(self, time_s: float) -> None:
        """Put the probe where the next plane is thought to be."""
        if not self._waiting:
            self._over = True
            return
        self._plane = self._waiting.pop(0)
        self._began_s = time_s
        self._put_down(time_s)

    def _go(self, plane: str, time_s: float) -> None:
        """Sent to a plane: put the probe down there; or here anew, where that one was given up."""
        if plane in self._waiting:
            self._waiting.remove(plane)
            self._waiting.insert(0, self._plane)
            self._plane, self._began_s = plane, time_s
        self._put_down(time_s)

    def _put_down(self, time_s: float) -> None:
        with self._lock:
            self._heard = self._done = self._sent = None
        self._still_s = self._laid_s = time_s
        view = self.exam.view(self.plane)
        self._settings = usual_settings(self.machine, self.plane)
        size = float(self.rng.uniform(*self.skill.first_error))
        wrong = displaced(self.rng, view.plane.tolerance, size)
        self._standard, self._tolerance = view.pose, view.plane.tolerance
        self._compass = compass(view.plane)
        self._offset = self._wish = replace(wrong, rock_deg=0.0, press_mm=self.skill.press_mm)
        entry = variation()["sweep"]["tremor"]
        slide, turn = entry["slide_mm"], entry["turn_deg"]
        size_of = np.array([slide, slide, entry["press_mm"], turn, turn, turn])
        self._tremor = BandNoise.draw(self.rng, size_of, tuple(entry["band_hz"]))
        self._bias = self.rng.normal(0, self.skill.eye_bias, len(EYE))
        self._asked = False

    def _pose(self, lifted: Offset, time_s: float) -> ProbePose:
        shaken = Offset(*self._tremor.at(time_s).tolist())
        return placed(self.exam.body, self._standard, self._offset + shaken + lifted)

    def _by_eye(self, time_s: float) -> None:
        """Look, and undo what looks worst; ask for a capture when all looks right."""
        skill = self.skill
        # The last chance comes early enough for the picture to be kept before patience ends.
        hurry = time_s - self._began_s > skill.patience_s - skill.look_s
        if not hurry and time_s - max(self._still_s, self._laid_s + skill.rest_s) < skill.look_s:
            return
        if self._asked and not hurry:
            return
        pose = placed(self.exam.body, self._standard, self._offset)
        error = pose_error(pose, self._standard)
        limits = np.array([getattr(self._tolerance, name) for name in EYE])
        true = np.array([getattr(error, name) for name in EYE]) / limits
        seen = true + self._bias + self.rng.normal(0, skill.eye_sd, len(EYE))
        worst = int(np.abs(seen).argmax())
        if hurry or abs(seen[worst]) < 1:
            with self._lock:
                self._captures = not self._asked
            self._asked = True
            return
        by = -seen[worst] * limits[worst] * float(self.rng.normal(1, skill.overshoot))
        name = EYE[worst]
        self._wish = replace(self._wish, **{name: getattr(self._wish, name) + float(by)})
        self._still_s = time_s

    def _obey(self, said: Instruction) -> None:
        with self._lock:
            if self._heard is not None and self._heard[0] is said:
                self._heard = None
        if said.act is Act.GAIN and said.amount is not None:
            gain = float(np.clip(self._settings.gain_db + 5.0 * said.amount, -40, 40))
            self._settings = replace(self._settings, gain_db=gain)
        elif said.act is Act.DEPTH and said.amount is not None:
            depth = float(np.clip(self._settings.depth_mm * 1.2**said.amount, 8, 60))
            self._settings = replace(self._settings, depth_mm=depth)
        elif said.act is Act.CONTACT:
            self._settings = replace(self._settings, gel_mm=min(20.0, self._settings.gel_mm + 1.5))
            self._wish = replace(self._wish, press_mm=self.skill.press_mm)
        elif said.amount is not None:
            pose = placed(self.exam.body, self._standard, self._offset)
            amount = said.amount * float(self.rng.normal(1, self.skill.overshoot))
            moved = _moved(pose, said, amount, self._compass)
            error = pose_error(moved, self._standard)
            self._wish = Offset(
                error.along_mm, error.across_mm, self._wish.press_mm,
                error.rotation_deg, error.tilt_deg, error.rock_deg,
            )  # fmt: skip

    def _move(self, passed_s: float) -> None:
        """The hand goes towards where it is wished, at its speed."""
        slide, turn = self.skill.slide_mm_s * passed_s, self.skill.turn_deg_s * passed_s
        most = np.array([slide, slide, slide, turn, turn, turn])
        now, wish = np.array(self._offset.numbers()), np.array(self._wish.numbers())
        self._offset = Offset(*(now + np.clip(wish - now, -most, most)).tolist())


def _moved(pose: ProbePose, said: Instruction, amount: float, here: Compass) -> ProbePose:
    """The probe moved as told; whoever holds it knows which way its own ends point."""
    if said.act is Act.ROCK:
        # A positive rock lifts the right end.
        return pose.turned(rock_deg=-amount if said.end is here.right else amount)
    if said.toward in (here.right, here.right.opposite):
        return pose.moved(lateral_mm=amount if said.toward is here.right else -amount)
    signed = amount if said.toward is here.across else -amount
    if said.act is Act.SLIDE:
        return pose.moved(elevation_mm=signed)
    if said.act is Act.TILT:
        # A positive tilt brings the handle towards the third axis.
        return pose.turned(tilt_deg=signed)
    if said.act is Act.ROTATE:
        return pose.turned(rotation_deg=signed if said.end is here.right else -signed)
    return pose
