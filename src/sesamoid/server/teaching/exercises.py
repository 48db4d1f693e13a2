"""What can be practised, from ``exercises.yaml``."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any

import yaml

from sesamoid.errors import SesamoidError


class ExerciseKey(StrEnum):
    """The exercises."""

    STRUCTURES = "structures"
    SYNOVITIS_PICTURES = "synovitis-pictures"
    FIND_PLANE = "find-plane"
    FIND_ALL = "find-all"
    SYNOVITIS_PATIENT = "synovitis-patient"


@dataclass(frozen=True)
class Exercise:
    """One exercise.

    Parameters
    ----------
    key : ExerciseKey
    title, question : str
        For the learner.
    short : str
        Of the title, where there is little room.
    scoring : str
        How the score comes about, in words.
    minutes : int
        About how long it takes.
    scans : bool
        The learner holds the probe; else pictures are shown.
    questions : int
        How many; 0 where the learner scans.
    rules : dict
        The numbers of the scoring; see ``exercises.yaml``.
    """

    key: ExerciseKey
    title: str
    short: str
    question: str
    scoring: str
    minutes: int
    scans: bool
    questions: int
    rules: dict[str, Any]


@dataclass(frozen=True)
class Joint:
    """A joint whose synovitis can be graded.

    Parameters
    ----------
    key, title, between : str
        `between` says where to look for it.
    plane : str
    digit : int or None
        The standard plane that shows it.
    pathology : str
        As `sesamoid.virtual.body.Pathology.parse` takes it, without severity.
    recess : str
        The structure that swells.
    """

    key: str
    title: str
    between: str
    plane: str
    digit: int | None
    pathology: str
    recess: str

    def pathology_of(self, grade: int) -> str:
        """The pathology of this joint at a grade: ``"mcp_synovitis:3:2"``."""
        kind, _, site = self.pathology.partition(":")
        return f"{kind}:{grade}:{site}" if site else f"{kind}:{grade}"


@dataclass(frozen=True)
class SynovitisGrade:
    """A grade of synovial hypertrophy on grey scale."""

    grade: int
    name: str
    text: str


@cache
def _content() -> dict[str, Any]:
    text = resources.files("sesamoid.server.teaching").joinpath("exercises.yaml").read_text("utf-8")
    content: dict[str, Any] = yaml.safe_load(text)
    return content


def rules_version() -> str:
    """Version of the scoring, kept with each attempt."""
    return str(_content()["version"])


def longest_pause_s() -> float:
    """A longer pause does not count as time at work."""
    return float(_content()["longest_pause_s"])


def session_gap_s() -> float:
    """Attempts further apart belong to different sessions."""
    return 60.0 * float(_content()["session_gap_min"])


@cache
def exercises() -> dict[ExerciseKey, Exercise]:
    """All exercises, in the order in which they are offered."""
    shared = ("title", "short", "question", "scoring", "minutes", "scans", "questions")
    out = {}
    for name, entry in _content()["exercises"].items():
        key = ExerciseKey(name)
        out[key] = Exercise(
            key=key,
            title=entry["title"],
            short=entry["short"],
            question=entry["question"],
            scoring=entry["scoring"],
            minutes=int(entry["minutes"]),
            scans=bool(entry["scans"]),
            questions=int(entry.get("questions", 0)),
            rules={k: v for k, v in entry.items() if k not in shared},
        )
    return out


def exercise(key: str) -> Exercise:
    """One exercise; SesamoidError where there is none of that key."""
    known = exercises()
    if key not in known:
        raise SesamoidError(f"no exercise {key!r}", fix=f"use one of {', '.join(known)}.")
    return known[ExerciseKey(key)]


@cache
def joints() -> dict[str, Joint]:
    """The joints that can be graded, by key."""
    return {
        key: Joint(
            key=key,
            title=entry["title"],
            between=entry["between"],
            plane=entry["plane"],
            digit=entry.get("digit"),
            pathology=entry["pathology"],
            recess=entry["recess"],
        )
        for key, entry in _content()["joints"].items()
    }


@cache
def synovitis_grades() -> tuple[SynovitisGrade, ...]:
    """Grades 0 to 3."""
    return tuple(
        SynovitisGrade(int(grade), entry["name"], entry["text"])
        for grade, entry in _content()["synovitis_grades"].items()
    )
