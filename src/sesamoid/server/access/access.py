"""Access as the services use it: who is this, and may they."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from sesamoid.server.access.accounts import Accounts
from sesamoid.server.access.actor import LOCAL, Actor
from sesamoid.server.access.errors import AccountsNeeded, Forbidden, NotLoggedIn
from sesamoid.server.access.passwords import UNUSABLE
from sesamoid.server.access.rates import Rates
from sesamoid.server.access.roles import Role
from sesamoid.server.access.sessions import Sessions
from sesamoid.server.settings import ServerSettings
from sesamoid.server.store import AuditEntry, Store, accounts, audit


class Access:
    """Accounts, sessions and roles of one server.

    Parameters
    ----------
    settings : ServerSettings
    store : Store
    """

    def __init__(self, settings: ServerSettings, store: Store):
        self.settings, self.store = settings, store
        self.sessions = Sessions(settings, store)
        self.accounts = Accounts(self, store)
        self.rates = Rates(settings.rates)
        self._local: Actor | None = None

    def local(self, address: str = "") -> Actor:
        """The built-in account of local use, with every role.

        Raises
        ------
        NotLoggedIn
            The server is public.
        """
        if self.settings.public:
            raise NotLoggedIn("a public server has no local account", fix="log in.")
        if self._local is None:
            with self.store.write() as session:
                account = accounts.by_name(session, LOCAL)
                if account is None:
                    account = accounts.add(session, LOCAL, UNUSABLE, [r.value for r in Role])
            self._local = Actor(account.id, LOCAL, frozenset(Role), address=address)
        return self._local

    def require(self, actor: Actor, *roles: Role) -> Actor:
        """The actor as of now, if it still has its session and one of `roles` (none: any).

        Raises
        ------
        NotLoggedIn
            The session has ended.
        Forbidden
            It has none of the roles; the audit log notes it.
        """
        fresh = self.now(actor)
        if roles and not fresh.has(*roles):
            wanted = " or ".join(role.value for role in roles)
            self.note(fresh, "access.refused", detail={"needs": wanted})
            raise Forbidden(
                f"this needs the role {wanted}", fix="ask an admin for it, or log in as another."
            )
        return fresh

    def now(self, actor: Actor) -> Actor:
        """The actor with the roles that it has by now; NotLoggedIn where the session has ended."""
        if not actor.session:
            return self.local(actor.address)
        return self.sessions.check(actor.session, actor.address)

    def note(
        self, actor: Actor | None, action: str, *, object: str = "", detail: Any = None
    ) -> None:
        """An entry of its own in the audit log."""
        with self.store.write() as session:
            audit.append(
                session,
                action,
                account=actor.name if actor else "",
                object=object,
                detail=detail,
                address=actor.address if actor else "",
            )

    def verify_audit(self) -> audit.ChainReport:
        """Whether the audit log is whole, for the command line."""
        with self.store.read() as session:
            return audit.verify(session)

    def newest_audit(self, limit: int) -> Sequence[AuditEntry]:
        """Entries, the newest first, for the command line."""
        with self.store.read() as session:
            query = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(limit)
            return session.scalars(query).all()

    def check_ready(self) -> None:
        """Refuse to serve publicly while nobody could log in.

        Raises
        ------
        AccountsNeeded
        """
        if not self.settings.public:
            return
        with self.store.read() as session:
            count = accounts.count_usable(session, UNUSABLE)
        if not count:
            raise AccountsNeeded(
                "--public demands accounts, and there is none",
                fix=f"make the first one: sesamoid account add NAME --role admin "
                f"--data {self.settings.data}",
            )
