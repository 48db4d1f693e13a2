"""Attempts at exercises in the store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from sesamoid.server.store.models import Attempt


def add(session: Session, attempt: Attempt) -> Attempt:
    """Keep an attempt; its id is set."""
    session.add(attempt)
    session.flush()
    return attempt


def get(session: Session, attempt_id: int) -> Attempt | None:
    """One of them."""
    return session.get(Attempt, attempt_id)


def find(
    session: Session,
    *,
    account_id: int | None = None,
    exercise: str | None = None,
    since: datetime | None = None,
    limit: int | None = None,
) -> Sequence[Attempt]:
    """Attempts in the order in which they began, all of them or those that fit."""
    query = select(Attempt).order_by(Attempt.started_at, Attempt.id)
    if account_id is not None:
        query = query.where(Attempt.account_id == account_id)
    if exercise is not None:
        query = query.where(Attempt.exercise == exercise)
    if since is not None:
        query = query.where(Attempt.started_at >= since)
    return session.scalars(query.limit(limit)).all()
