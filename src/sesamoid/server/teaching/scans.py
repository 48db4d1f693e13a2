"""Exercises in which the learner holds the probe: captures are marked and kept one by one."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sesamoid.server.access import Access, Actor
from sesamoid.server.access.errors import BadRequest
from sesamoid.server.store import Attempt, Store
from sesamoid.server.store.columns import now
from sesamoid.server.teaching.attempt_log import (
    changed_attempt,
    end_attempt,
    read_attempt,
    touched,
)
from sesamoid.server.teaching.exercises import ExerciseKey, exercise, joints
from sesamoid.server.teaching.gallery import Gallery
from sesamoid.server.teaching.marks import Hint, Mark
from sesamoid.server.teaching.scan_marks import (
    CaptureMark,
    ScoreLine,
    find_score,
    mark_capture,
    way_to,
)
from sesamoid.server.teaching.scan_tasks import ScanTask, draw_task, spoken_hints, synovitis_hint
from sesamoid.server.teaching.shots import Shot
from sesamoid.server.teaching.synovitis_marks import mark_grade
from sesamoid.server.teaching.synovitis_quiz import checked_grade, recess_mm
from sesamoid.virtual.acquisition import Frame
from sesamoid.virtual.pose import ProbePose

LETTERS = "CBA"
"""From worst to best."""


class Scans:
    """Gives tasks, marks captures, helps.

    Parameters
    ----------
    store : Store
    access : Access
    gallery : Gallery
    """

    def __init__(self, store: Store, access: Access, gallery: Gallery):
        self.store, self.access, self.gallery = store, access, gallery

    def task(self, actor: Actor, attempt_id: int) -> ScanTask:
        """What is to be scanned in an attempt.

        Raises
        ------
        NotFound, BadRequest
        """
        return self._task(read_attempt(self.store, self.access, actor, attempt_id))

    def attach(self, actor: Actor, attempt_id: int, exam_id: str) -> None:
        """Note in which room an attempt is scanned, so that a page that is reloaded finds it.

        Raises
        ------
        NotFound, Conflict
        """
        with changed_attempt(self.store, self.access, actor, attempt_id) as (_, attempt):
            attempt.detail = {**attempt.detail, "exam": exam_id}

    def capture(self, actor: Actor, attempt_id: int, plane: str, frame: Frame) -> CaptureMark:
        """Mark a captured frame as a picture of `plane`, and keep it.

        Parameters
        ----------
        actor : Actor
        attempt_id : int
        plane : str
            What the learner took it for.
        frame : Frame
            As the virtual scanner gave it, with its truth.

        Raises
        ------
        NotFound, Conflict, BadRequest
        """
        with changed_attempt(self.store, self.access, actor, attempt_id) as (_, attempt):
            task = self._task(attempt)
            if plane not in task.planes:
                raise BadRequest(f"{plane} is not asked for", fix="choose a plane of the list.")
            side = frame.truth.person.side
            mark = mark_capture(
                self.gallery.protocol.plane(plane),
                frame.truth,
                side="left" if side == "left" else "right",
            )
            detail, _ = touched(attempt.detail, now())
            kept = {**asdict(mark), "at_s": detail["worked_s"], "shot": _shot(task, frame)}
            detail["captures"] = [*detail.get("captures", []), kept]
            attempt.detail = detail
        return mark

    def hint(
        self, actor: Actor, attempt_id: int, plane: str, pose: ProbePose | None = None
    ) -> Hint:
        """The next help towards a plane: landmark, what it shows, then what to do from here.

        Parameters
        ----------
        actor : Actor
        attempt_id : int
        plane : str
            Empty where joints are to be graded.
        pose : ProbePose, optional
            Where the probe is.

        Raises
        ------
        NotFound, Conflict, BadRequest
        """
        with changed_attempt(self.store, self.access, actor, attempt_id) as (_, attempt):
            task = self._task(attempt)
            detail, _ = touched(attempt.detail, now())
            told = detail.get("told", [])
            if task.exercise is ExerciseKey.SYNOVITIS_PATIENT:
                hint = synovitis_hint()
            elif plane not in task.planes:
                raise BadRequest(f"{plane} is not asked for", fix="choose a plane of the list.")
            else:
                before = sum(one["plane"] == plane for one in told)
                hint = self._hint(task, plane, before, pose)
            kept = {"plane": plane, "text": hint.text, "at_s": detail["worked_s"]}
            attempt.detail = {**detail, "told": [*told, kept]}
            attempt.hints += 1
        return hint

    def finish(self, actor: Actor, attempt_id: int) -> Attempt:
        """End a search for planes with its score.

        Raises
        ------
        NotFound, Conflict, BadRequest
        """
        with changed_attempt(self.store, self.access, actor, attempt_id) as (_, attempt):
            task = self._task(attempt)
            if not task.planes:
                raise BadRequest("the joints are not graded yet", fix="give each joint a grade.")
            detail, _ = touched(attempt.detail, now())
            lines = self._lines(attempt, task, detail)
            detail["lines"] = [asdict(line) for line in lines]
            end_attempt(attempt, detail, sum(line.points for line in lines) / 100)
        return attempt

    def grade(self, actor: Actor, attempt_id: int, grades: dict[str, int]) -> dict[str, Mark]:
        """Mark the grades of a patient's joints, and end the attempt.

        Raises
        ------
        NotFound, Conflict, BadRequest
        """
        with changed_attempt(self.store, self.access, actor, attempt_id) as (_, attempt):
            task = self._task(attempt)
            if set(grades) != set(task.grades):
                raise BadRequest("a joint has no grade", fix="give each joint a grade.")
            rules = exercise(attempt.exercise).rules
            person = self.gallery.body(task.patient).person
            known = joints()
            marks = {
                key: mark_grade(
                    known[key], checked_grade(grades[key]), truth, rules,
                    height_mm=recess_mm(person, known[key]),
                )
                for key, truth in task.grades.items()
            }  # fmt: skip
            detail, _ = touched(attempt.detail, now())
            detail["grades"] = {
                key: {"answer": grades[key], "grade": task.grades[key], **asdict(mark)}
                for key, mark in marks.items()
            }
            share = sum(mark.points for mark in marks.values()) / len(marks)
            lines = [ScoreLine(f"{len(marks)} joints", 100 * share)]
            if attempt.hints:
                cost = 100 * float(rules["hint_cost"]) * attempt.hints
                lines.append(
                    ScoreLine(f"{attempt.hints} hints" if attempt.hints > 1 else "1 hint", -cost)
                )
            detail["lines"] = [asdict(line) for line in lines]
            end_attempt(attempt, detail, sum(line.points for line in lines) / 100)
        return marks

    def best_letters(self, attempt: Attempt) -> dict[str, str]:
        """Best grade so far by wanted plane; empty where it was not found."""
        return best_letters(self._task(attempt), attempt.detail)

    def _task(self, attempt: Attempt) -> ScanTask:
        wanted = exercise(attempt.exercise)
        if not wanted.scans or attempt.seed is None:
            raise BadRequest(f"{wanted.title!r} has nothing to scan")
        return draw_task(self.gallery.protocol, wanted.key, attempt.subject, attempt.seed)

    def _hint(self, task: ScanTask, plane: str, before: int, pose: ProbePose | None) -> Hint:
        spoken = spoken_hints(self.gallery.protocol.plane(plane))
        if before < len(spoken) or pose is None:
            return spoken[min(before, len(spoken) - 1)]
        exam = self.gallery.bodies.examination(task.patient, self.gallery.protocol)
        side = "left" if exam.body.person.side == "left" else "right"
        return Hint(way_to(exam, plane, pose, side="left" if side == "left" else "right"))

    def _lines(self, attempt: Attempt, task: ScanTask, detail: dict[str, Any]) -> list[ScoreLine]:
        misses = sum(not one["hit"] for one in detail.get("captures", []))
        return find_score(
            exercise(attempt.exercise).rules,
            best_letters(task, detail),
            hints=attempt.hints,
            misses=misses,
            seconds=float(detail["worked_s"]),
        )


def best_letters(task: ScanTask, detail: dict[str, Any]) -> dict[str, str]:
    """Best grade by wanted plane among the captures of an attempt; empty where none fits."""
    best = dict.fromkeys(task.planes, "")
    for one in detail.get("captures", []):
        letter, plane = one["letter"], one["plane"]
        if letter and LETTERS.find(letter) > LETTERS.find(best[plane] or "-"):
            best[plane] = letter
    return best


def _shot(task: ScanTask, frame: Frame) -> dict[str, Any]:
    """What it takes to make the captured picture again."""
    truth = frame.truth
    return Shot(
        patient=task.patient,
        plane=truth.nearest,
        digit=truth.digit,
        machine=truth.machine,
        settings=truth.settings,
        pose=truth.pose,
        time_s=truth.time_s,
    ).as_json()
