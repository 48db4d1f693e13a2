"""In front of every request and web socket: who may pass, and what the answer says to browsers."""

from __future__ import annotations

import re
import secrets
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote

from anyio import to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sesamoid.server.access.actor import Actor
from sesamoid.server.access.body_limit import BodyLimit
from sesamoid.server.access.errors import (
    Forbidden,
    NotLoggedIn,
    RequestError,
    TooLarge,
)
from sesamoid.server.access.headers import COMMON, FILE_POLICY, PAGE_POLICY, STRICT_TRANSPORT
from sesamoid.server.access.origins import Caller, caller_of, is_cross_site, says_same_origin
from sesamoid.server.access.problems import problem_of
from sesamoid.server.access.rates import Rates
from sesamoid.server.store import audit

if TYPE_CHECKING:
    from sesamoid.server.services import Services

API = "/api/"
API_PAGE = "/api/docs"
LOGIN_PAGE = "/login"
SESSION_API = "/api/v1/session"
UPLOAD_API = "/api/v1/uploads"
SOCKET = "/_nicegui_ws/"
OPEN = re.compile(r"/(_nicegui/\d[\w.]*/|static/|favicon\.ico$|api/v1/health$)")
"""What anyone may fetch: scripts and styles, and whether the server runs. What NiceGUI makes for
one page lies elsewhere below ``/_nicegui/`` and is not open."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
SMALL_BODY = 2**20
"""Bytes of a request that is no upload."""
SECURE_COOKIE = "__Host-sesamoid_session"
"""The prefix makes browsers refuse it from a subdomain or without TLS (RFC 6265bis 4.1.3)."""


class Guard:
    """ASGI middleware around the whole server, web sockets and NiceGUI included.

    Parameters
    ----------
    app : ASGI application
    services : Services
    """

    def __init__(self, app: ASGIApp, services: Services):
        self.app, self.services = app, services
        self.settings = services.settings
        self.rates: Rates = services.access.rates

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request or web socket."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        state["services"] = self.services
        caller = caller_of(scope, self.settings)
        state["caller"] = caller
        if self.settings.behind_proxy:
            _as_seen_by_browser(scope, caller)
        dressed = partial(self._send, scope, caller, send)
        try:
            response = await self._check(scope, caller)
        except RequestError as error:
            await self._log(scope, caller, error)
            response = problem_of(error)
        if response is not None:
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008, "reason": "refused"})
            else:
                await response(scope, receive, dressed)
            return
        if scope["type"] == "websocket":
            await self.app(scope, receive, send)
            return
        limit = self._body_limit(scope["path"])
        body = BodyLimit(self.app, limit)
        if await body(scope, receive, dressed):
            refusal = TooLarge(f"the request is longer than {limit:,} bytes", fix="send less.")
            await self._log(scope, caller, refusal)
            if not body.started:
                response = problem_of(refusal)
                response.headers["Connection"] = "close"
                await response(scope, receive, dressed)

    async def _check(self, scope: Scope, caller: Caller) -> Response | None:
        """None where it may pass; what it is answered with, or a RequestError, where not."""
        if caller.trouble:
            raise Forbidden(caller.trouble, fix="use the address that the server was started with.")
        path, state = scope["path"], scope["state"]
        method = scope.get("method", "GET")
        unsafe = method not in SAFE or scope["type"] == "websocket"
        if unsafe and is_cross_site(scope, caller):
            raise Forbidden("the request comes from a page of another site")
        if OPEN.match(path) and method in SAFE:
            return None
        actor, by_cookie, ended = await self._actor(scope, caller)
        state["actor"] = actor
        if actor is None:
            self._allow("anonymous", caller.address)
            return self._anonymous(scope, caller, ended)
        if self.settings.public:
            self._allow("session", actor.session)
            if path == UPLOAD_API:
                self._allow("upload", actor.session)
        if method not in SAFE and by_cookie:
            self._check_token(scope, caller, actor)
        return None

    async def _actor(self, scope: Scope, caller: Caller) -> tuple[Actor | None, bool, bool]:
        """Who it is, whether a cookie says so, and whether it was a session that has ended."""
        access = self.services.access
        if not self.settings.public:
            return await to_thread.run_sync(access.local, caller.address), False, False
        connection = HTTPConnection(scope)
        kind, _, token = connection.headers.get("authorization", "").partition(" ")
        bearer = kind.lower() == "bearer"
        if not bearer:
            token = connection.cookies.get(SECURE_COOKIE, "")
        if not token:
            return None, False, False
        try:
            actor = await to_thread.run_sync(access.sessions.find, token, caller.address)
        except NotLoggedIn:
            return None, False, True
        return actor, not bearer, False

    def _check_token(self, scope: Scope, caller: Caller, actor: Actor) -> None:
        if scope["path"].startswith(SOCKET):
            # NiceGUI's own requests carry no token; the browser must vouch for the page.
            if not says_same_origin(scope, caller):
                raise Forbidden("the browser does not say which page sends this")
            return
        given = Headers(scope=scope).get("x-csrf-token", "")
        if not secrets.compare_digest(given.encode(), actor.csrf_token.encode()):
            raise Forbidden(
                "the CSRF token is missing or wrong",
                fix="send the session's csrf_token as X-CSRF-Token.",
            )

    def _anonymous(self, scope: Scope, caller: Caller, ended: bool) -> Response | None:
        path = scope["path"]
        if path.startswith(SOCKET) or path == LOGIN_PAGE:
            return None
        if path == SESSION_API and scope.get("method") == "POST":
            self._allow("login", caller.address)
            return None
        if path.startswith(API) or scope["type"] == "websocket" or scope["method"] not in SAFE:
            detail = "the session has ended" if ended else "nobody is logged in"
            raise NotLoggedIn(detail, fix=f"log in: POST {SESSION_API}.")
        query = scope.get("query_string", b"").decode("latin-1")
        wanted = quote(f"{path}?{query}" if query else path, safe="")
        return RedirectResponse(f"{LOGIN_PAGE}?next={wanted}", 303)

    def _allow(self, what: str, key: str) -> None:
        if self.settings.public:
            self.rates.hit(what, key)

    def _body_limit(self, path: str) -> int:
        return self.settings.upload_limit_bytes if path == UPLOAD_API else SMALL_BODY

    async def _log(self, scope: Scope, caller: Caller, error: RequestError) -> None:
        """A refusal, in the audit log; not more of them than anyone could read."""
        if not self.rates.allows("refusals", caller.address):
            return
        actor = scope["state"].get("actor")
        what = f"{scope.get('method', 'SOCKET')} {scope['path']}"

        def write() -> None:
            with self.services.store.write() as session:
                audit.append(
                    session, "request.refused", account=actor.name if actor else "", object=what,
                    detail={"status": error.status, "reason": error.problem},
                    address=caller.address,
                )  # fmt: skip

        await to_thread.run_sync(write)

    async def _send(self, scope: Scope, caller: Caller, send: Send, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in COMMON.items():
                headers.setdefault(name, value)
            path = scope["path"]
            is_file = path.startswith(API) and not path.startswith(API_PAGE)
            policy = FILE_POLICY if is_file else PAGE_POLICY
            headers.setdefault("Content-Security-Policy", policy)
            if not path.startswith(("/_nicegui/", "/static/")):
                headers.setdefault("Cache-Control", "no-store")
            if self.settings.encrypted:
                headers.setdefault("Strict-Transport-Security", STRICT_TRANSPORT)
        await send(message)


def _as_seen_by_browser(scope: Scope, caller: Caller) -> None:
    """Links that are made from the request then work in the browser, on the proxy's other side."""
    plain = {"http": "ws", "https": "wss"}
    scope["scheme"] = (
        plain.get(caller.scheme, "ws") if scope["type"] == "websocket" else caller.scheme
    )
    others = [(name, value) for name, value in scope["headers"] if name != b"host"]
    scope["headers"] = [*others, (b"host", caller.host.encode("latin-1", "replace"))]
