"""Who acts."""

from __future__ import annotations

from dataclasses import dataclass, field

from sesamoid.server.access.roles import Role

LOCAL = "local"
"""Name of the built-in account of local use."""


@dataclass(frozen=True)
class Actor:
    """An account in one session.

    Parameters
    ----------
    account_id : int
    name : str
    roles : frozenset of Role
    session : str
        Hash of the session's token; empty in local use, which has no sessions.
    csrf_token : str
        That forms and scripts of this session send back.
    address : str
        Where the request came from, for the audit log.
    """

    account_id: int
    name: str
    roles: frozenset[Role]
    session: str = ""
    csrf_token: str = field(default="", repr=False)
    address: str = ""

    def has(self, *roles: Role) -> bool:
        """Whether it has at least one of them."""
        return not self.roles.isdisjoint(roles)
