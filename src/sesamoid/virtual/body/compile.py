"""How the hot loops are compiled: one place, so that every kernel has the same flags."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np

# A number inside of a kernel: the compiler finds out of which kind.
Real = Any
Function = TypeVar("Function", bound=Callable[..., Any])
_FLAGS: dict[str, Any] = {"fastmath": True, "nogil": True, "error_model": "numpy"}


def single(value: float) -> Real:
    """A constant in single precision."""
    return np.float32(value)


def kernel(function: Function) -> Function:
    """Compile with numba, keep the machine code between runs, allow reordered sums."""
    return cast(Function, numba.njit(cache=True, **_FLAGS)(function))


def bare_kernel(function: Function) -> Function:
    """As `kernel`, for functions that allocate nothing: without counting references to arrays.

    Every use of an array in a named tuple is counted otherwise, which costs more than the work.
    """
    return cast(Function, numba.njit(cache=True, _nrt=False, **_FLAGS)(function))


def inlined(function: Function) -> Function:
    """A part of kernels, copied into them: a call would count references to every array."""
    return cast(Function, numba.njit(inline="always", **_FLAGS)(function))
