"""A virtual novice who scans plane after plane, and may listen to what is said."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sesamoid.errors import SesamoidError
from sesamoid.live.directions import compass
from sesamoid.live.instruction import EXPLORING, Act, Instruction
from sesamoid.live.sources.motion import ToAndFro, moved
from sesamoid.live.sources.skill import Skill
from sesamoid.virtual.acquisition import Examination, Offset, placed, pose_error, usual_settings
from sesamoid.virtual.acquisition.operation import displaced
from sesamoid.virtual.acquisition.tremor import BandNoise
from sesamoid.virtual.acquisition.variation import variation
from sesamoid.virtual.pose import ProbePose
from sesamoid.virtual.ultrasound import Preset, ScanSettings, preset

EYE = ("along_mm", "across_mm", "rotation_deg", "tilt_deg", "rock_deg")
"""Errors that are read off the picture."""
MOVE_OF = {search: act for act, search in EXPLORING.items()}


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
        With, the novice does what is told; where that leaves open how far (find, to and fro), what
        looks wrong is undone first (`Skill.own_eyes`). Off the skin the probe is put down anew.
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
            off = instruction.act is Act.CONTACT and not instruction.plane
            plane = self._plane if off else instruction.plane
            if not off and instruction.act not in (Act.FIND, Act.NEXT):
                self._sent = None
            elif self._sent is None or self._sent[0] != plane:
                self._sent = (plane, time_s)
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
            self._obey(heard[0], time_s)
        elif self._vague is not None:
            self._try(self._vague, time_s)
        if self._search is not None:
            self._wish = self._search.at(time_s)
        self._move(passed)
        if self._offset != self._wish and self._search is None:
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
        self._search: ToAndFro | None = None
        self._vague: Instruction | None = None
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
        better = self._look()
        if hurry or better is None:
            with self._lock:
                self._captures = not self._asked
            self._asked = True
            return
        self._wish, self._still_s = better, time_s

    def _try(self, said: Instruction, time_s: float) -> None:
        """Told to search: undo what looks worst; else, or by skill at once, go as told."""
        skill = self.skill
        waited = time_s - max(self._still_s, self._laid_s + skill.rest_s)
        if self._search is not None or waited < skill.look_s:
            return
        better = self._look() if skill.own_eyes else None
        if better is not None:
            self._wish, self._still_s = better, time_s
        elif said.act in MOVE_OF:
            act = MOVE_OF[said.act]
            slides = act is Act.SLIDE
            reach = skill.sweep_mm if slides else skill.fan_deg
            speed = skill.sweep_mm_s if slides else skill.fan_deg_s
            middle = np.array(self._offset.numbers())
            there = np.array(self._after(replace(said, act=act), reach).numbers())
            self._search = ToAndFro(middle, there - middle, 4 * reach / speed, time_s)

    def _look(self) -> Offset | None:
        """Where the hand would go by eye; None where all looks right."""
        skill = self.skill
        pose = placed(self.exam.body, self._standard, self._offset)
        error = pose_error(pose, self._standard)
        limits = np.array([getattr(self._tolerance, name) for name in EYE])
        true = np.array([getattr(error, name) for name in EYE]) / limits
        seen = true + self._bias + self.rng.normal(0, skill.eye_sd, len(EYE))
        worst = int(np.abs(seen).argmax())
        if abs(seen[worst]) < 1:
            return None
        by = -seen[worst] * limits[worst] * float(self.rng.normal(1, skill.overshoot))
        name = EYE[worst]
        return replace(self._wish, **{name: getattr(self._wish, name) + float(by)})

    def _obey(self, said: Instruction, time_s: float) -> None:
        with self._lock:
            if self._heard is not None and self._heard[0] is said:
                self._heard = None
        if self._search is not None or said.act is Act.HOLD:
            self._search, self._wish = None, self._offset
        skill = self.skill
        vague = said.act in MOVE_OF or said.act is Act.FIND
        self._vague = said if vague else None
        if said.act is Act.GAIN and said.amount is not None:
            gain = float(np.clip(self._settings.gain_db + 5.0 * said.amount, -40, 40))
            self._settings = replace(self._settings, gain_db=gain)
        elif said.act is Act.DEPTH and said.amount is not None:
            depth = float(np.clip(self._settings.depth_mm * 1.2**said.amount, 8, 60))
            self._settings = replace(self._settings, depth_mm=depth)
        elif said.act is Act.CONTACT:
            self._settings = replace(self._settings, gel_mm=min(20.0, self._settings.gel_mm + 1.5))
            self._wish = replace(self._wish, press_mm=skill.press_mm)
        elif said.amount is not None or said.act is Act.SLIDE:
            amount = skill.a_little_mm if said.amount is None else said.amount
            self._wish = self._after(said, amount * float(self.rng.normal(1, skill.overshoot)))

    def _after(self, said: Instruction, amount: float) -> Offset:
        """Where the probe would be after a move from where it really is."""
        pose = placed(self.exam.body, self._standard, self._offset)
        error = pose_error(moved(pose, said, amount, self._compass), self._standard)
        return Offset(
            error.along_mm, error.across_mm, self._wish.press_mm,
            error.rotation_deg, error.tilt_deg, error.rock_deg,
        )  # fmt: skip

    def _move(self, passed_s: float) -> None:
        """The hand goes towards where it is wished, at its speed."""
        slide, turn = self.skill.slide_mm_s * passed_s, self.skill.turn_deg_s * passed_s
        most = np.array([slide, slide, slide, turn, turn, turn])
        now, wish = np.array(self._offset.numbers()), np.array(self._wish.numbers())
        self._offset = Offset(*(now + np.clip(wish - now, -most, most)).tolist())
