"""Refusals, each with the HTTP status that it is answered with."""

from __future__ import annotations

from sesamoid.errors import SesamoidError


class RequestError(SesamoidError):
    """A request that is refused.

    Notes
    -----
    `status` is the HTTP status, `kind` the last part of the problem's type (RFC 9457).
    """

    status = 400
    kind = "bad-request"


class BadRequest(RequestError):
    """It cannot be done as asked."""


class NotLoggedIn(RequestError):
    """There is no session, or it has ended."""

    status = 401
    kind = "not-logged-in"


class Forbidden(RequestError):
    """The account lacks the role, or the request the CSRF token."""

    status = 403
    kind = "forbidden"


class NotFound(RequestError):
    """It does not exist, or must not be known to exist."""

    status = 404
    kind = "not-found"


class Conflict(RequestError):
    """It contradicts what is there."""

    status = 409
    kind = "conflict"


class TooLarge(RequestError):
    """More bytes than the server takes."""

    status = 413
    kind = "too-large"


class Unprocessable(RequestError):
    """Well formed, and still not to be worked with: a zip bomb, a file that is no image."""

    status = 422
    kind = "unprocessable"


class TooManyRequests(RequestError):
    """Too often; try again later."""

    status = 429
    kind = "too-many-requests"

    def __init__(self, problem: str, *, wait_s: int):
        super().__init__(problem, fix=f"try again in {wait_s} s.")
        self.wait_s = wait_s


class AccountsNeeded(SesamoidError):
    """A public server has no account that could log in."""
