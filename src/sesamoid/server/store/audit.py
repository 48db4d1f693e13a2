"""The audit log: entries are only added, and each seals the one before by its hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from sesamoid.server.store.columns import now
from sesamoid.server.store.models import AuditEntry

GENESIS = "0" * 64
LOCK = 0x5E5B
"""PostgreSQL advisory lock: entries are numbered one after the other."""
LONGEST_TEXT = 255


@dataclass(frozen=True)
class ChainReport:
    """What checking the chain came to.

    Parameters
    ----------
    entries : int
        That were checked.
    intact : bool
    first_bad : int, optional
        Id of the first entry that does not fit.
    reason : str
    last_hash : str
        Of the last entry; note it elsewhere to notice a log that was cut at its end.
    """

    entries: int
    intact: bool
    first_bad: int | None
    reason: str
    last_hash: str


def append(
    session: Session,
    action: str,
    *,
    account: str = "",
    object: str = "",
    detail: dict[str, Any] | None = None,
    address: str = "",
) -> AuditEntry:
    """Add an entry within the transaction of what it tells about.

    Parameters
    ----------
    session : Session
        Of `Store.write`.
    action : str
        E.g. ``"exam.delete"``.
    account : str
        Name; empty where nobody is logged in.
    object : str
        What it was done to, e.g. ``"exam 3f…"``.
    detail : dict, optional
        Plain types; no passwords, no tokens, no patient data.
    address : str
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
    last = session.execute(
        select(AuditEntry.id, AuditEntry.hash).order_by(AuditEntry.id.desc()).limit(1)
    ).first()
    number, previous = (last.id, last.hash) if last is not None else (0, GENESIS)
    entry = AuditEntry(
        id=number + 1,
        at=now(),
        account=account[:64],
        action=action,
        object=object[:LONGEST_TEXT],
        detail=detail or {},
        address=address[:64],
        previous_hash=previous,
    )
    entry.hash = seal(entry)
    session.add(entry)
    session.flush()
    return entry


def seal(entry: AuditEntry) -> str:
    """SHA-256 over the entry and the hash of the one before."""
    content = {
        "id": entry.id,
        "at": _instant(entry.at),
        "account": entry.account,
        "action": entry.action,
        "object": entry.object,
        "detail": entry.detail,
        "address": entry.address,
        "previous_hash": entry.previous_hash,
    }
    packed = json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(packed.encode()).hexdigest()


def verify(session: Session) -> ChainReport:
    """Check every entry against its seal and the one before."""
    previous, count = GENESIS, 0
    for entry in _all(session):
        reason = ""
        if entry.id != count + 1:
            reason = f"entry {count + 1} is missing"
        elif entry.previous_hash != previous:
            reason = f"entry {entry.id} does not follow the one before"
        elif entry.hash != seal(entry):
            reason = f"entry {entry.id} was changed"
        if reason:
            return ChainReport(count, False, entry.id, reason, previous)
        previous, count = entry.hash, count + 1
    return ChainReport(count, True, None, "", previous)


def _all(session: Session) -> Iterator[AuditEntry]:
    yield from session.scalars(
        select(AuditEntry).order_by(AuditEntry.id).execution_options(yield_per=500)
    )


def _instant(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
