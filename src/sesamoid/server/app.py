"""The application: API, pages, and the guard around both."""

from __future__ import annotations

import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI

from sesamoid import __version__
from sesamoid.server import api
from sesamoid.server.access.guard import Guard
from sesamoid.server.services import Services, open_services
from sesamoid.server.settings import ServerSettings

SECRET_FILE = "pages.secret"
TITLE = "Sesamoid"
DESCRIPTION = (
    "Exams, findings and decisions of a Sesamoid server. Not a medical device: for teaching and "
    "research. Errors are problem documents (RFC 9457)."
)


def create_app(
    settings: ServerSettings, *, services: Services | None = None, pages: bool = True
) -> FastAPI:
    """The server as an ASGI application; the database is opened and brought up to date.

    Parameters
    ----------
    settings : ServerSettings
    services : Services, optional
        Opened from the settings where not given; closed with the application.
    pages : bool
        With the pages; NiceGUI can be mounted once in a process only.

    Raises
    ------
    SesamoidError
        The settings are unsafe, or something cannot be opened.
    """
    opened = services if services is not None else open_services(settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        opened.close()

    app = FastAPI(
        title=TITLE,
        version=__version__,
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        swagger_ui_oauth2_redirect_url=None,
        openapi_url="/api/openapi.json",
        lifespan=lifespan,
    )
    app.state.services = opened
    api.register(app)
    if pages:
        _mount_pages(app, opened)
    app.add_middleware(Guard, services=opened)
    return app


def _mount_pages(app: FastAPI, services: Services) -> None:
    folder = services.settings.data / "nicegui"
    os.environ.setdefault("NICEGUI_STORAGE_PATH", str(folder))  # read when nicegui is imported
    from nicegui import ui

    from sesamoid.server import pages

    pages.register(app)
    ui.run_with(
        app,
        title=TITLE,
        storage_secret=storage_secret(services.settings.data),
        session_middleware_kwargs={
            "same_site": "lax",
            "https_only": services.settings.encrypted,
        },
        tailwind=False,  # the pages have styles of their own; its script costs time
        show_welcome_message=False,
    )


def storage_secret(data: Path) -> str:
    """NiceGUI's secret, made once; only this user may read it."""
    path = data / SECRET_FILE
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        secret = secrets.token_urlsafe(48)
        file.write(secret)
    return secret
