"""Which sources a server opens for whom."""

from __future__ import annotations

from sesamoid.server.access import Access, Actor, Forbidden
from sesamoid.server.access.roles import SCANS_REAL
from sesamoid.server.scanning.request import ScanRequest
from sesamoid.server.settings import ServerSettings

RECORDINGS = "recordings"
"""Folder in the data folder from which a public server plays recordings."""


def allowed(
    request: ScanRequest, actor: Actor, access: Access, settings: ServerSettings
) -> tuple[Actor, ScanRequest]:
    """The actor as of now, and the request with the source that is really opened.

    A public server plays recordings of its own folder, and opens its own devices, only.

    Raises
    ------
    NotLoggedIn
    Forbidden
        Real sources need the role, or the source lies elsewhere.
    """
    actor = access.require(actor, *(SCANS_REAL if request.kind != "virtual" else ()))
    if not settings.public:
        return actor, request
    if request.kind == "device" and not request.address.strip().isdecimal():
        # An address on the network would make the server fetch what its users name.
        raise Forbidden("devices elsewhere are not opened", fix="give a device's number, e.g. 0.")
    if request.kind == "file":
        home = (settings.data / RECORDINGS).resolve()
        path = (home / request.address).resolve()
        if not path.is_relative_to(home):
            raise Forbidden(
                "recordings outside of the server's folder are not played",
                fix=f"put it into {RECORDINGS}/ of the data folder.",
            )
        return actor, request.at(str(path))
    return actor, request
