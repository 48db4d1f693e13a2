"""How the hot loops are compiled: one place, so that every kernel has the same flags."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
import numpy as np
from numba.core.caching import CompileResultCacheImpl, FunctionCache

# A number inside of a kernel: the compiler finds out of which kind.
Real = Any
Function = TypeVar("Function", bound=Callable[..., Any])
_FLAGS: dict[str, Any] = {"fastmath": True, "nogil": True, "error_model": "numpy"}


def single(value: float) -> Real:
    """A constant in single precision."""
    return np.float32(value)


@cache
def _sources() -> str:
    """A digest of every file of this room and below that machine code is made from."""
    digest = hashlib.sha256()
    for file in sorted(Path(__file__).parent.rglob("*.py")):
        text = file.read_bytes()
        if b"virtual.compile import" in text or b"NamedTuple" in text or file.name == "compile.py":
            digest.update(text)
    return digest.hexdigest()[:12]


class _RoomCacheImpl(CompileResultCacheImpl):  # type: ignore[misc]
    """Machine code that is found again only while none of its sources has changed.

    Numba by itself looks at the file of the kernel alone, not at those of the parts that are
    copied into it, and cannot read what it kept of a named tuple that has moved.
    """

    def get_filename_base(self, fullname: str, abiflags: str) -> str:
        return f"{super().get_filename_base(fullname, abiflags)}.{_sources()}"


class _RoomCache(FunctionCache):  # type: ignore[misc]
    _impl_class = _RoomCacheImpl


def _compiled(function: Function, **flags: Any) -> Function:
    dispatcher = numba.njit(**_FLAGS, **flags)(function)
    dispatcher._cache = _RoomCache(function)
    return cast(Function, dispatcher)


def kernel(function: Function) -> Function:
    """Compile with numba, keep the machine code between runs, allow reordered sums."""
    return _compiled(function)


def bare_kernel(function: Function) -> Function:
    """As `kernel`, for functions that allocate nothing: without counting references to arrays.

    Every use of an array in a named tuple is counted otherwise, which costs more than the work.
    """
    return _compiled(function, _nrt=False)


def inlined(function: Function) -> Function:
    """A part of kernels, copied into their machine code; it allocates nothing, as `bare_kernel`.

    LLVM copies it. Numba's own ``inline="always"`` goes over the whole kernel anew for every call:
    as fast a kernel, but three times as long to compile, for which the first scan on a machine
    would wait.
    """
    return cast(Function, numba.njit(forceinline=True, _nrt=False, **_FLAGS)(function))
