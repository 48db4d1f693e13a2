"""Passwords, hashed by Argon2id (RFC 9106)."""

from __future__ import annotations

import threading
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from sesamoid.server.access.errors import BadRequest

SHORTEST, LONGEST = 10, 256
"""Characters. Length over composition rules: NIST SP 800-63B, 5.1.1.2."""

UNUSABLE = "!"
"""In place of a hash: no password fits."""

_hasher = PasswordHasher()  # the library's defaults are RFC 9106's low-memory ones
_few = threading.BoundedSemaphore(2)
"""Each takes 64 MiB: many logins at once queue rather than fill the memory."""


def hash_password(password: str) -> str:
    """The hash to keep.

    Raises
    ------
    BadRequest
        Too short or too long.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise BadRequest(
            f"a password of {len(password)} characters",
            fix=f"use {SHORTEST} to {LONGEST} characters; a sentence is a good one.",
        )
    with _few:
        return _hasher.hash(_normal(password))


def verify_password(password: str, kept: str | None) -> bool:
    """Whether it fits; takes as long where there is no such account."""
    usable = kept is not None and kept != UNUSABLE
    with _few:
        try:
            right = _hasher.verify(kept if usable and kept else _decoy(), _normal(password))
        except (VerifyMismatchError, VerificationError, InvalidHashError):
            return False
    return right and usable


def outdated(kept: str) -> bool:
    """Whether it should be hashed again, with today's parameters."""
    return _hasher.check_needs_rehash(kept)


def _normal(password: str) -> str:
    # The same letters typed on another system may be other code points (NIST SP 800-63B, 5.1.1.2).
    return unicodedata.normalize("NFKC", password[: 4 * LONGEST])


@cache
def _decoy() -> str:
    return _hasher.hash("nobody has this password")
