"""`sesamoid serve`: scan and learn in the browser."""

from __future__ import annotations

import logging
import threading
import time
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from sesamoid.cli.console import errors, output, plain
from sesamoid.cli.server_options import (
    DATA_OPTION,
    DATABASE_OPTION,
    data_folder,
    require_server,
)
from sesamoid.errors import SesamoidError

if TYPE_CHECKING:
    from sesamoid.server.services import Services
    from sesamoid.server.settings import ServerSettings

WORTH_TELLING_S = 5
"""Of getting ready: on the first start on a machine the virtual scanner is compiled."""
END_WITHIN_S = 5
"""After being asked to stop: open pages are then cut off; exams are stored in any case."""


def serve(
    host: str = typer.Option("127.0.0.1", "--host", help="Address to listen on."),
    port: int = typer.Option(8642, "--port", min=0, max=65535, help="0: any that is free."),
    data: Path | None = DATA_OPTION,
    database: str | None = DATABASE_OPTION,
    public: bool = typer.Option(
        False, "--public", help="Reachable from other machines: accounts are demanded."
    ),
    tls_certificate: Path | None = typer.Option(None, "--tls-certificate", help="PEM file."),
    tls_key: Path | None = typer.Option(None, "--tls-key", help="PEM file."),
    behind_proxy: bool = typer.Option(
        False, "--behind-proxy", help="A reverse proxy ends TLS and sets X-Forwarded-*."
    ),
    assistant: str = typer.Option(
        "wrist_hand", "--assistant", help="Model of the live assistant: its name or folder."
    ),
    no_assistant: bool = typer.Option(
        False, "--no-assistant", help="Scan without an assistant: no model is loaded."
    ),
    no_browser: bool = typer.Option(False, "--no-browser", help="Open no browser."),
) -> None:
    """Scan a virtual patient or a real source in the browser, learn, review exams.

    Without --public it listens on this machine only and needs no account. Ctrl-C ends it; exams
    that run are ended and kept. Whatever was captured survives a crash too.

    Example: sesamoid serve
    """
    require_server()
    from sesamoid.server.services import open_services
    from sesamoid.server.settings import ServerSettings

    settings = ServerSettings(
        data_folder(data), host=host, port=port, database=database, public=public,
        tls_certificate=tls_certificate, tls_key=tls_key, behind_proxy=behind_proxy,
        assistant=None if no_assistant else assistant,
    )  # fmt: skip
    settings.check()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s: %(message)s")
    services = open_services(settings)
    try:
        services.access.check_ready()
    except SesamoidError:
        services.close()
        raise
    run_server(settings, services, browser=not no_browser)


def run_server(settings: ServerSettings, services: Services, *, browser: bool) -> None:
    """Serve until somebody stops it; the services are closed then.

    Raises
    ------
    SesamoidError
        The address is in use.
    """
    import uvicorn

    from sesamoid.server.app import create_app

    class Announced(uvicorn.Server):
        async def startup(self, sockets: Any = None) -> None:
            await super().startup(sockets)
            if not self.started:
                return
            address = address_of(settings, self.servers[0].sockets[0].getsockname())
            announce(services, address)
            threading.Thread(target=warm_up, args=(services,), daemon=True).start()
            if browser and not settings.public:
                threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()

    app = create_app(settings, services=services)
    configuration = uvicorn.Config(
        app, host=settings.host, port=settings.port, log_level="warning", access_log=False,
        # The guard itself reads what a proxy says, and only where one is trusted.
        proxy_headers=False, server_header=False,
        # Pictures are packed already; packing them again costs more than it saves.
        ws_per_message_deflate=False,
        timeout_graceful_shutdown=END_WITHIN_S,
        ssl_certfile=settings.tls_certificate, ssl_keyfile=settings.tls_key,
    )  # fmt: skip
    try:
        Announced(configuration).run()
    except SystemExit as error:
        raise SesamoidError(
            f"port {settings.port} of {settings.host} cannot be used; another program may have it",
            fix="open that page if it is Sesamoid's, or give another --port (0: any).",
        ) from error


def announce(services: Services, address: str) -> None:
    """Say where the server is, and what it found."""
    output.print(f"Sesamoid: [link={address}]{address}[/link]", highlight=False, soft_wrap=True)
    output.print(f"Data: {plain(str(services.settings.data))}   Stop: Ctrl-C", highlight=False)
    for exam, count in services.rooms.recovered.items():
        output.print(
            f"Exam {exam[:8]} was interrupted; {count} of its pictures were on the disk only and "
            "are stored now.",
            highlight=False,
        )


def warm_up(services: Services) -> None:
    """Make what the first exam needs while somebody still looks at the start page."""
    began = time.monotonic()
    try:
        services.rooms.warm_up()
    except SesamoidError as error:
        errors.print(f"[bold]note[/]: {plain(error.sentence)}", soft_wrap=True, highlight=False)
        return
    passed = time.monotonic() - began
    if passed > WORTH_TELLING_S:
        output.print(f"The virtual scanner is ready ({passed:.0f} s; quicker from now on).")


def address_of(settings: ServerSettings, listening: tuple[Any, ...]) -> str:
    """The page's address, of the socket that the server listens on."""
    scheme = "https" if settings.tls_certificate is not None else "http"
    host, port = str(listening[0]), int(listening[1])
    if host in ("0.0.0.0", "::"):
        host = "localhost"
    elif ":" in host:
        host = f"[{host}]"
    return f"{scheme}://{host}:{port}/"
