"""Work of a page's buttons: off the event loop, refusals told in words."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from sesamoid.errors import SesamoidError
from sesamoid.server.pages.states import tell

P = ParamSpec("P")
T = TypeVar("T")


async def attempted(call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
    """Call a service in a thread; None where it refused, which the visitor is told.

    A service that returns None by itself cannot be told from a refusal: see `succeeded`.
    """
    try:
        return await asyncio.to_thread(call, *args, **kwargs)
    except SesamoidError as error:
        tell(error)
        return None


async def succeeded(call: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> bool:
    """Call a service in a thread; False where it refused, which the visitor is told."""
    try:
        await asyncio.to_thread(call, *args, **kwargs)
    except SesamoidError as error:
        tell(error)
        return False
    return True
