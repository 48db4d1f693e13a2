"""Every error of the API as a problem document; nothing of the machine leaks."""

from __future__ import annotations

import logging

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from sesamoid.errors import SesamoidError
from sesamoid.server.access.problems import problem, problem_of

log = logging.getLogger("sesamoid.server")


def register_errors(app: FastAPI) -> None:
    """Answer errors of `app` by problem documents."""

    @app.exception_handler(SesamoidError)
    async def _ours(request: Request, error: SesamoidError) -> Response:
        return problem_of(error)

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: RequestValidationError) -> Response:
        parts = [
            f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}"
            for one in error.errors()[:5]
        ]
        return problem(422, "; ".join(parts), kind="invalid", fix="see /api/docs.")

    @app.exception_handler(HTTPException)
    async def _other(request: Request, error: HTTPException) -> Response:
        return problem(error.status_code, str(error.detail), headers=error.headers)

    @app.exception_handler(Exception)
    async def _unexpected(request: Request, error: Exception) -> Response:
        log.exception("unexpected error in %s %s", request.method, request.url.path)
        return problem(500, "the server failed; the reason is in its log")
