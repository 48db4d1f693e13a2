"""Who may do what: passwords, sessions, roles, and the guard in front of every request.

Every call of a service takes an `Actor` and checks it again; nothing relies on a page's checks.
"""

from sesamoid.server.access.access import Access
from sesamoid.server.access.actor import LOCAL, Actor
from sesamoid.server.access.errors import (
    AccountsNeeded,
    BadRequest,
    Conflict,
    Forbidden,
    NotFound,
    NotLoggedIn,
    RequestError,
    TooLarge,
    TooManyRequests,
)
from sesamoid.server.access.requests import actor_of, services_of
from sesamoid.server.access.roles import Role

__all__ = [
    "LOCAL",
    "Access",
    "AccountsNeeded",
    "Actor",
    "BadRequest",
    "Conflict",
    "Forbidden",
    "NotFound",
    "NotLoggedIn",
    "RequestError",
    "Role",
    "TooLarge",
    "TooManyRequests",
    "actor_of",
    "services_of",
]
