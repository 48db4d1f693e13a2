"""What handlers are given: the services, and who asks."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Request, Security
from fastapi.security import HTTPBearer

from sesamoid.server.access import Actor, actor_of, services_of
from sesamoid.server.access.problems import Problem
from sesamoid.server.services import Services


def _services(request: Request) -> Services:
    return services_of(request)


_bearer = HTTPBearer(
    auto_error=False, description="The token of `POST /session` with `bearer`; see there."
)


def _actor(request: Request, named: Annotated[Any, Security(_bearer)]) -> Actor:
    # The guard has read the token already; it is a parameter so that the description tells of it.
    return actor_of(request)


ServicesDep = Annotated[Services, Depends(_services)]
ActorDep = Annotated[Actor, Depends(_actor)]

_TEXTS = {
    400: "It cannot be done as asked",
    401: "Nobody is logged in",
    403: "The role or the CSRF token is missing",
    404: "It does not exist, or is another's",
    409: "It contradicts what is there",
    413: "Too many bytes",
    422: "Not understood",
    429: "Too often",
}


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For a route's ``responses``: problem documents of these statuses."""
    return {
        status: {
            "model": Problem,
            "description": _TEXTS[status],
            "content": {"application/problem+json": {}},
        }
        for status in sorted({400, 401, 403, 422, 429, *statuses})
    }
