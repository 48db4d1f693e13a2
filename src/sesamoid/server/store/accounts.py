"""Accounts and sessions in the store."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from sesamoid.server.store.models import Account, WebSession


def by_name(session: Session, name: str) -> Account | None:
    """The account of that name, whatever its letters' case."""
    return session.scalars(select(Account).where(Account.name == name.strip().lower())).first()


def every(session: Session) -> Sequence[Account]:
    """All accounts, by name."""
    return session.scalars(select(Account).order_by(Account.name)).all()


def count_usable(session: Session, unusable_hash: str) -> int:
    """Accounts that could log in."""
    found = session.scalar(
        select(func.count())
        .select_from(Account)
        .where(Account.disabled.is_(False), Account.password_hash != unusable_hash)
    )
    return int(found or 0)


def add(session: Session, name: str, password_hash: str, roles: Iterable[str]) -> Account:
    """A new account."""
    account = Account(name=name, password_hash=password_hash, roles=sorted(roles))
    session.add(account)
    session.flush()
    return account


def session_of(session: Session, token_hash: str) -> WebSession | None:
    """A login with its account, ended or not."""
    return session.get(WebSession, token_hash)


def end_sessions(session: Session, account_id: int, *, but: str = "") -> None:
    """Log an account out everywhere, or everywhere else."""
    session.execute(
        delete(WebSession).where(WebSession.account_id == account_id, WebSession.token_hash != but)
    )


def sweep_sessions(session: Session, moment: datetime) -> None:
    """Forget sessions that have ended."""
    session.execute(delete(WebSession).where(WebSession.expires_at < moment))
