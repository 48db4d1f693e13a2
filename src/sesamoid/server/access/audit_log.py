"""The audit log as admins read it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from sesamoid.server.access.access import Access
from sesamoid.server.access.actor import Actor
from sesamoid.server.access.roles import Role
from sesamoid.server.store import AuditEntry, Store, audit


class AuditLog:
    """Reads and checks the audit log; nobody writes it by hand.

    Parameters
    ----------
    access : Access
    store : Store
    """

    def __init__(self, access: Access, store: Store):
        self.access, self.store = access, store

    def list(
        self,
        actor: Actor,
        *,
        before: int | None = None,
        action: str = "",
        account: str = "",
        limit: int = 100,
    ) -> Sequence[AuditEntry]:
        """Entries, the newest first.

        Parameters
        ----------
        actor : Actor
            An admin.
        before : int, optional
            Only entries with a smaller id.
        action : str
            What the action begins with, e.g. ``"exam."``.
        account : str
            Whose.
        limit : int
        """
        self.access.require(actor, Role.ADMIN)
        query = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(limit)
        if before is not None:
            query = query.where(AuditEntry.id < before)
        if action:
            query = query.where(AuditEntry.action.startswith(action, autoescape=True))
        if account:
            query = query.where(AuditEntry.account == account)
        with self.store.read() as session:
            return session.scalars(query).all()

    def verify(self, actor: Actor) -> audit.ChainReport:
        """Check the chain."""
        self.access.require(actor, Role.ADMIN)
        return self.access.verify_audit()
