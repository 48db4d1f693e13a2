"""What the server keeps: people, exams, pictures, findings, decisions, accounts, attempts, audit.

SQLite by default, PostgreSQL by URL; a change is on the disk before it is acknowledged.
"""

from sesamoid.server.store.columns import Base
from sesamoid.server.store.database import Store, open_store
from sesamoid.server.store.models import (
    Account,
    Attempt,
    AuditEntry,
    Decision,
    Exam,
    ExamStatus,
    Finding,
    FindingKind,
    FindingStatus,
    Person,
    Picture,
    Verdict,
    WebSession,
)

__all__ = [
    "Account",
    "Attempt",
    "AuditEntry",
    "Base",
    "Decision",
    "Exam",
    "ExamStatus",
    "Finding",
    "FindingKind",
    "FindingStatus",
    "Person",
    "Picture",
    "Store",
    "Verdict",
    "WebSession",
    "open_store",
]
