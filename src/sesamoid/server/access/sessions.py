"""Logins: a random token in the browser, its hash and its end in the store."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update

from sesamoid.server.access.actor import Actor
from sesamoid.server.access.errors import NotLoggedIn
from sesamoid.server.access.roles import Role
from sesamoid.server.settings import ServerSettings
from sesamoid.server.store import Account, Store, WebSession, accounts, audit
from sesamoid.server.store.columns import now

TOKEN_BYTES = 32
SEEN_STEP = timedelta(minutes=1)
"""A session's last use is written down no more often than this."""


@dataclass(frozen=True)
class Login:
    """A session that was just opened.

    Parameters
    ----------
    token : str
        For the browser's cookie, and nobody else.
    actor : Actor
    expires_at : datetime
    """

    token: str
    actor: Actor
    expires_at: datetime


class Sessions:
    """Opens, finds and ends sessions.

    Parameters
    ----------
    settings : ServerSettings
    store : Store
    """

    def __init__(self, settings: ServerSettings, store: Store):
        self.settings, self.store = settings, store

    def open(self, account: Account, address: str) -> Login:
        """A new session, with a token that nothing before has seen (no session fixation)."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        moment = now()
        kept = WebSession(
            token_hash=digest(token),
            account_id=account.id,
            created_at=moment,
            seen_at=moment,
            expires_at=moment + timedelta(hours=self.settings.session_hours),
            csrf_token=secrets.token_urlsafe(TOKEN_BYTES),
        )
        with self.store.write() as session:
            accounts.sweep_sessions(session, moment - timedelta(days=1))
            session.add(kept)
            audit.append(session, "session.open", account=account.name, address=address)
        return Login(token, _actor(kept, account, address), kept.expires_at)

    def find(self, token: str, address: str) -> Actor:
        """Who holds this token.

        Raises
        ------
        NotLoggedIn
            There is no such session, or it has ended.
        """
        return self.check(digest(token), address)

    def check(self, token_hash: str, address: str) -> Actor:
        """The session's actor as of now: expiry, disabled accounts and changed roles count.

        Raises
        ------
        NotLoggedIn
        """
        moment = now()
        with self.store.read() as session:
            kept = accounts.session_of(session, token_hash)
        if kept is None:
            raise NotLoggedIn("this session does not exist or was ended", fix="log in again.")
        idle = moment - kept.seen_at > timedelta(hours=self.settings.idle_hours)
        if moment >= kept.expires_at or idle or kept.account.disabled:
            self._end(token_hash, kept.account.name, address, "session.expired")
            raise NotLoggedIn("the session has expired", fix="log in again.")
        if moment - kept.seen_at > SEEN_STEP:
            with self.store.write() as session:
                session.execute(
                    update(WebSession)
                    .where(WebSession.token_hash == token_hash)
                    .values(seen_at=moment)
                )
        return _actor(kept, kept.account, address)

    def end(self, actor: Actor) -> None:
        """Log out."""
        if actor.session:
            self._end(actor.session, actor.name, actor.address, "session.close")

    def _end(self, token_hash: str, name: str, address: str, action: str) -> None:
        with self.store.write() as session:
            kept = accounts.session_of(session, token_hash)
            if kept is not None:
                session.delete(kept)
                audit.append(session, action, account=name, address=address)


def digest(token: str) -> str:
    """What is kept of a token: who reads the database cannot log in with it."""
    return hashlib.sha256(token.encode()).hexdigest()


def _actor(kept: WebSession, account: Account, address: str) -> Actor:
    roles = frozenset(Role(name) for name in account.roles)
    return Actor(account.id, account.name, roles, kept.token_hash, kept.csrf_token, address)
