"""How the scanner's kernels are compiled: the same flags for all, fresh when a source changes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from numba.core.caching import CompileResultCacheImpl, FunctionCache

Function = TypeVar("Function", bound=Callable[..., Any])
_FLAGS: dict[str, Any] = {"fastmath": True, "nogil": True, "error_model": "numpy"}


@cache
def _sources() -> str:
    """A digest of every file of this room that machine code is made from."""
    digest = hashlib.sha256()
    for file in sorted(Path(__file__).parent.glob("*.py")):
        text = file.read_bytes()
        if (
            b"ultrasound.compile import" in text
            or b"NamedTuple" in text
            or file.name == "compile.py"
        ):
            digest.update(text)
    return digest.hexdigest()[:12]


class _CacheImpl(CompileResultCacheImpl):  # type: ignore[misc]
    """Machine code that is found again only while none of its sources has changed.

    Numba by itself looks at the file of the kernel alone: after an update it would run with old
    constants and old parts that were copied in.
    """

    def get_filename_base(self, fullname: str, abiflags: str) -> str:
        return f"{super().get_filename_base(fullname, abiflags)}.{_sources()}"


class _Cache(FunctionCache):  # type: ignore[misc]
    _impl_class = _CacheImpl


def kernel(function: Function) -> Function:
    """Compile with numba, keep the machine code between runs, allow reordered sums."""
    dispatcher = numba.njit(**_FLAGS)(function)
    dispatcher._cache = _Cache(function)
    return cast(Function, dispatcher)


def inlined(function: Function) -> Function:
    """A part of kernels, copied into them."""
    return cast(Function, numba.njit(inline="always", **_FLAGS)(function))
