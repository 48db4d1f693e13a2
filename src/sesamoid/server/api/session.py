"""Logging in and out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from sesamoid.server.access import Actor
from sesamoid.server.access.guard import SECURE_COOKIE
from sesamoid.server.access.origins import Caller
from sesamoid.server.api.dependencies import ActorDep, ServicesDep, refusals
from sesamoid.server.api.models import Strict

router = APIRouter(tags=["session"], prefix="/session")


class LoginIn(Strict):
    """Name and password."""

    name: Annotated[str, Field(max_length=256)]
    password: Annotated[str, Field(max_length=1024)]
    bearer: bool = Field(
        default=False, description="Answer with a token for programs, and set no cookie."
    )


class SessionOut(BaseModel):
    """Who is logged in."""

    name: str
    roles: list[str]
    local: bool = Field(description="Local use, which needs no account.")
    csrf_token: str = Field(description="Send it as X-CSRF-Token with every change.")
    expires_at: datetime | None = None
    token: str | None = Field(default=None, description="For `Authorization: Bearer`.")


class PasswordIn(Strict):
    """The old password and the new one."""

    old: Annotated[str, Field(max_length=1024)]
    new: Annotated[str, Field(max_length=1024)]


@router.post("", responses=refusals())
def log_in(
    body: LoginIn, request: Request, response: Response, services: ServicesDep
) -> SessionOut:
    """Log in: sets a cookie, or gives a token to programs."""
    caller: Caller = request.state.caller
    login = services.access.accounts.login(body.name, body.password, caller.address)
    out = _session(login.actor, services.settings.public)
    out.expires_at = login.expires_at
    if body.bearer:
        out.token = login.token
        return out
    response.set_cookie(
        SECURE_COOKIE,
        login.token,
        max_age=int(services.settings.session_hours * 3600),
        secure=True,
        httponly=True,
        samesite="lax",
        path="/",
    )
    return out


@router.get("", responses=refusals())
def who_am_i(actor: ActorDep, services: ServicesDep) -> SessionOut:
    """Who is logged in, with the CSRF token of the session."""
    return _session(actor, services.settings.public)


@router.delete("", status_code=204, responses=refusals())
def log_out(actor: ActorDep, services: ServicesDep, response: Response) -> None:
    """End the session."""
    services.access.sessions.end(actor)
    response.delete_cookie(SECURE_COOKIE, path="/", secure=True, httponly=True, samesite="lax")


@router.post("/password", status_code=204, responses=refusals())
def change_password(body: PasswordIn, actor: ActorDep, services: ServicesDep) -> None:
    """Change one's own password; other sessions end."""
    services.access.accounts.change_own_password(actor, body.old, body.new)


def _session(actor: Actor, public: bool) -> SessionOut:
    roles = sorted(role.value for role in actor.roles)
    return SessionOut(name=actor.name, roles=roles, local=not public, csrf_token=actor.csrf_token)
