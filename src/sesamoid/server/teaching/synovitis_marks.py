"""Marking a grade of synovitis against the person's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sesamoid.server.teaching.exercises import Joint, synovitis_grades
from sesamoid.server.teaching.marks import Mark


def grade_title(grade: int) -> str:
    """``"2, moderate"``."""
    return f"{grade}, {synovitis_grades()[grade].name}"


def mark_grade(
    joint: Joint, answer: int, truth: int, rules: Mapping[str, Any], *, height_mm: float | None
) -> Mark:
    """What a grade is worth: half for saying rightly whether there is synovitis, half for how much.

    Parameters
    ----------
    joint : Joint
    answer, truth : int
        0..3.
    rules : mapping
        ``presence``, ``exact`` and ``one_off`` of ``exercises.yaml``.
    height_mm : float, optional
        True bone-to-capsule distance in this person, to be told.
    """
    presence = (answer > 0) == (truth > 0)
    points = float(rules["presence"]) if presence else 0.0
    if answer == truth:
        points += float(rules["exact"])
    elif abs(answer - truth) == 1 and presence:
        points += float(rules["one_off"])
    return Mark(
        points=min(1.0, points),
        right=answer == truth,
        text=_text(joint, answer, truth, presence, height_mm),
        truth=f"grade {grade_title(truth)}",
    )


def _text(joint: Joint, answer: int, truth: int, presence: bool, height_mm: float | None) -> str:
    known = synovitis_grades()[truth]
    if answer == truth:
        start = f"Yes: grade {grade_title(truth)}"
    elif presence:
        way = "less" if answer > truth else "more"
        start = f"There is synovitis, but {way} of it: grade {grade_title(truth)}, not {answer}"
    elif truth == 0:
        start = f"No: the {joint.title} is healthy (grade 0); you called it grade {answer}"
    else:
        start = f"Missed: the {joint.title} has synovitis of grade {grade_title(truth)}"
    height = "" if height_mm is None else f" Bone to capsule is {height_mm:.1f} mm in this person."
    return f"{start}. Grade {truth} means: {known.text}.{height}"


def agreement(pairs: list[tuple[int, int]]) -> float | None:
    """Cohen's kappa with quadratic weights between answers and truths; None where undefined.

    It is undefined where answers and truths are all of one and the same grade.
    """
    count = len(pairs)
    if not count:
        return None
    answers, truths = zip(*pairs, strict=True)
    observed = sum((a - t) ** 2 for a, t in pairs) / count
    expected = sum((a - t) ** 2 for a in answers for t in truths) / count**2
    return None if expected == 0 else 1 - observed / expected
