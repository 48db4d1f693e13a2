"""What the guard knows of a request, for pages and the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import HTTPConnection

from sesamoid.server.access.actor import Actor
from sesamoid.server.access.errors import NotLoggedIn

if TYPE_CHECKING:
    from sesamoid.server.services import Services


def services_of(request: HTTPConnection) -> Services:
    """The services of the server that got this request or web socket."""
    services: Services = request.state.services
    return services


def actor_of(request: HTTPConnection) -> Actor:
    """Who makes this request; NotLoggedIn where nobody is."""
    actor = maybe_actor_of(request)
    if actor is None:
        raise NotLoggedIn("nobody is logged in", fix="log in.")
    return actor


def maybe_actor_of(request: HTTPConnection) -> Actor | None:
    """Who makes this request, where that is known."""
    actor: Actor | None = getattr(request.state, "actor", None)
    return actor
