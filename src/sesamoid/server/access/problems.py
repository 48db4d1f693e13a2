"""Refusals as RFC 9457 problem documents."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel, Field
from starlette.responses import JSONResponse

from sesamoid.errors import SesamoidError
from sesamoid.server.access.errors import RequestError, TooManyRequests

MEDIA_TYPE = "application/problem+json"
TYPE_BASE = "urn:sesamoid:problem:"


class Problem(BaseModel):
    """What went wrong, for programs and people (RFC 9457)."""

    type: str = Field(examples=["urn:sesamoid:problem:not-found"])
    title: str
    status: int
    detail: str = ""
    fix: str | None = None


def problem(
    status: int,
    detail: str,
    *,
    kind: str = "",
    fix: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """A response that says what is wrong and what to do."""
    title = HTTPStatus(status).phrase
    content: dict[str, Any] = {
        "type": f"{TYPE_BASE}{kind or title.lower().replace(' ', '-')}",
        "title": title,
        "status": status,
        "detail": detail,
    }
    if fix:
        content["fix"] = fix
    return JSONResponse(content, status, headers=dict(headers or {}), media_type=MEDIA_TYPE)


def problem_of(error: SesamoidError) -> JSONResponse:
    """The response to an error of ours; paths of this machine are left out."""
    if isinstance(error, RequestError):
        headers = {}
        if error.status == 401:
            headers["WWW-Authenticate"] = "Bearer"
        if isinstance(error, TooManyRequests):
            headers["Retry-After"] = str(error.wait_s)
        return problem(error.status, error.problem, kind=error.kind, fix=error.fix, headers=headers)
    return problem(422, error.problem, kind="unprocessable", fix=error.fix)
