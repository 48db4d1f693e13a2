"""Where a request comes from: the client's address, the name it called us by, the page behind it.

A page of another site may make a browser send requests here. The browser then says so
(``Sec-Fetch-Site``, ``Origin``), which no script can change; see OWASP's "Cross-Site Request
Forgery Prevention" and Go's ``http.CrossOriginProtection``.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import Scope

from sesamoid.server.settings import ServerSettings, is_loopback

SCHEMES = {"ws": "http", "wss": "https"}
SAME = frozenset({"same-origin", "none"})


@dataclass(frozen=True)
class Caller:
    """What is known of where a request comes from.

    Parameters
    ----------
    address : str
        Of the client; the proxy's word where one is trusted.
    scheme : str
        ``"http"`` or ``"https"``, as the browser sees it.
    host : str
        That the browser called, with the port where it is not the scheme's own.
    trouble : str
        Why it is refused whatever it asks for; empty where it is not.
    """

    address: str
    scheme: str
    host: str
    trouble: str = ""


def caller_of(scope: Scope, settings: ServerSettings) -> Caller:
    """Where a request comes from."""
    headers = Headers(scope=scope)
    client = scope.get("client")
    address = str(client[0]) if client else ""
    scheme = SCHEMES.get(str(scope["scheme"]), str(scope["scheme"]))
    host = headers.get("host", "")
    trouble = ""
    if settings.behind_proxy:
        # The proxy adds at the end; what stands before may be anyone's invention.
        address = headers.get("x-forwarded-for", address).split(",")[-1].strip()
        host = headers.get("x-forwarded-host", host).split(",")[-1].strip()
        told = headers.get("x-forwarded-proto", "").split(",")[-1].strip().lower()
        scheme = SCHEMES.get(told, told)
        if scheme != "https":
            trouble = "the proxy does not say that the browser came through https"
    elif settings.tls_certificate is not None:
        scheme = "https"
    name = host_name(host)
    if not name:
        trouble = "the Host header is missing or malformed"
    elif not settings.public and not is_loopback(name):
        trouble = f"local use answers to localhost, not to {name[:64]!r}"
    elif not settings.public and not _is_near(address):
        trouble = "local use answers to this machine only"
    return Caller(address[:64], scheme, host.lower(), trouble)


def is_cross_site(scope: Scope, caller: Caller) -> bool:
    """Whether a page of another origin is behind this request, by the browser's own word.

    False too where there is no browser behind it at all.
    """
    headers = Headers(scope=scope)
    origin = headers.get("origin")
    if origin is not None:
        return not _same(origin, caller)
    site = headers.get("sec-fetch-site")
    return site is not None and site not in SAME


def says_same_origin(scope: Scope, caller: Caller) -> bool:
    """Whether a browser vouches that a page of ours is behind this request."""
    headers = Headers(scope=scope)
    origin = headers.get("origin")
    if origin is not None:
        return _same(origin, caller)
    return headers.get("sec-fetch-site") == "same-origin"


def host_name(host: str) -> str:
    """The name or address in a Host header, without port; empty where malformed."""
    if not host or any(sign in host for sign in "/\\@?#\t ") or not host.isascii():
        return ""
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port
    except ValueError:
        return ""
    return parts.hostname or ""


def _same(origin: str, caller: Caller) -> bool:
    try:
        parts = urlsplit(origin)
        port = parts.port
    except ValueError:
        return False
    if parts.scheme != caller.scheme or not parts.hostname:
        return False
    ours = urlsplit(f"//{caller.host}")
    standard = {"http": 80, "https": 443}.get(caller.scheme)
    return (parts.hostname, port or standard) == (ours.hostname, ours.port or standard)


def _is_near(address: str) -> bool:
    try:
        ipaddress.ip_address(address)
    except ValueError:
        return True  # a socket file or a test has no address
    return is_loopback(address)
