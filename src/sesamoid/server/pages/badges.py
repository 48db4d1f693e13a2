"""Small signs: grade, virtual, state of an exam, what was decided."""

from __future__ import annotations

from typing import Literal

from sesamoid.server.pages.elements import Tag, icon

Tone = Literal["", "quiet", "good", "warn", "bad"]
GRADE_TEXTS = {"A": "grade A, exemplary", "B": "grade B, usable", "C": "grade C, unacceptable"}
_EXAM: dict[str, tuple[Tone, str, str]] = {
    "running": ("warn", "fiber_manual_record", "running"),
    "ended": ("", "check", "ended"),
    "interrupted": ("bad", "warning", "interrupted"),
    "failed": ("bad", "error", "failed"),
}
_FINDING: dict[str, tuple[Tone, str, str]] = {
    "pending": ("quiet", "hourglass_empty", "to decide"),
    "accepted": ("good", "check", "accepted"),
    "modified": ("good", "edit", "modified"),
    "rejected": ("bad", "close", "rejected"),
}


def grade_badge(letter: str | None) -> Tag:
    """The letter of a grade on its colour; a dash where there is none."""
    if letter not in GRADE_TEXTS:
        return Tag("span", "–", "grade none", role="img", aria_label="not graded")
    text = GRADE_TEXTS[str(letter)]
    return Tag(
        "span", str(letter), f"grade {str(letter).lower()}", role="img", aria_label=text, title=text
    )


def virtual_badge() -> Tag:
    """Beside every figure and picture that is not of a patient."""
    return Tag("span", "VIRTUAL", "badge virtual", title="A simulated person; no patient")


def badge(text: str, tone: Tone = "", *, sign: str = "") -> Tag:
    """A few words on a ground."""
    made = Tag("span", "", f"badge {tone}".strip())
    with made:
        if sign:
            icon(sign).style("font-size: 15px")
        Tag("span", text)
    return made


def exam_badge(status: str) -> Tag:
    """How far an exam is."""
    tone, sign, text = _EXAM.get(status, ("", "help", status))
    return badge(text, tone, sign=sign)


def finding_badge(status: str) -> Tag:
    """What was decided on a finding."""
    tone, sign, text = _FINDING.get(status, ("", "help", status))
    return badge(text, tone, sign=sign)
