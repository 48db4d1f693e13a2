"""All routers of the API."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI
from fastapi_swagger import patch_fastapi

from sesamoid.server.api import (
    accounts,
    audit,
    exams,
    findings,
    health,
    learning,
    people,
    reports,
    scanning,
    session,
    uploads,
)
from sesamoid.server.api.errors import register_errors

PREFIX = "/api/v1"
DOCS = "/api/docs"


def register(app: FastAPI) -> None:
    """Add the API to `app`, with the page that describes it."""
    register_errors(app)
    for router in routers():
        app.include_router(router, prefix=PREFIX)
    # Swagger UI from the package, not from a foreign server as FastAPI would.
    patch_fastapi(
        app,
        docs_url=DOCS,
        redirect_from_root_to_docs=False,
        swagger_js_url=f"{DOCS}/swagger-ui-bundle.js",
        swagger_css_url=f"{DOCS}/swagger-ui.css",
        swagger_favicon_url=f"{DOCS}/favicon.png",
    )


def routers() -> list[APIRouter]:
    """One a subject."""
    modules = (
        health,
        session,
        scanning,
        uploads,
        exams,
        reports,
        findings,
        people,
        learning,
        accounts,
        audit,
    )
    return [module.router for module in modules]
