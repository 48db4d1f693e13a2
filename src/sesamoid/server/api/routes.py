"""All routers of the API."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI

from sesamoid.server.api import health
from sesamoid.server.api.errors import register_errors

PREFIX = "/api/v1"


def register(app: FastAPI) -> None:
    """Add the API to `app`."""
    register_errors(app)
    for router in routers():
        app.include_router(router, prefix=PREFIX)


def routers() -> list[APIRouter]:
    """One a subject."""
    return [health.router]
