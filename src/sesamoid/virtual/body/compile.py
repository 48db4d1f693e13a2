"""How the hot loops are compiled: one place, so that every kernel has the same flags."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., Any])


def kernel(function: Function) -> Function:
    """Compile with numba, keep the machine code between runs, allow reordered sums."""
    compiled = numba.njit(cache=True, fastmath=True, nogil=True, error_model="numpy")(function)
    return cast(Function, compiled)
