"""Roles, and what each of them may see."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What an account is for; one may have several."""

    STUDENT = "student"
    SONOGRAPHER = "sonographer"
    REVIEWER = "reviewer"
    ADMIN = "admin"


ROLE_TEXTS = {
    Role.STUDENT: "scans virtual people, learns; sees own exams and attempts",
    Role.SONOGRAPHER: "scans and uploads; sees own exams",
    Role.REVIEWER: "sees all exams and attempts, decides on findings",
    Role.ADMIN: "manages accounts, deletes exams, reads the audit log",
}
"""In words, for pages and help."""

SEES_ALL_EXAMS = frozenset({Role.REVIEWER, Role.ADMIN})
DECIDES = frozenset({Role.REVIEWER})
SCANS_REAL = frozenset({Role.SONOGRAPHER, Role.REVIEWER, Role.ADMIN})
"""May upload files and open real sources; students scan virtual people."""
TUTORS = frozenset({Role.REVIEWER, Role.ADMIN})
ADMINISTERS = frozenset({Role.ADMIN})
EVERYONE = frozenset(Role)
