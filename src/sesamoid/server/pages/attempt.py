"""An attempt: the exercise while it goes on, the result once it is finished."""

from __future__ import annotations

import asyncio

from fastapi import Request
from nicegui import ui

from sesamoid.errors import SesamoidError
from sesamoid.server.access import actor_of, services_of
from sesamoid.server.pages.attempt_result import show_result
from sesamoid.server.pages.learn_scan import LearnScan
from sesamoid.server.pages.quiz import Quiz
from sesamoid.server.pages.scan import FULL
from sesamoid.server.pages.scan_view import scan_shortcuts
from sesamoid.server.pages.shell import Shell, shell
from sesamoid.server.pages.states import empty_state, error_state
from sesamoid.server.store import Attempt
from sesamoid.server.teaching import exercise


async def attempt_page(request: Request, number: int) -> None:
    """Go on, or look back."""
    services, actor = services_of(request), actor_of(request)
    try:
        attempt = await asyncio.to_thread(services.teaching.attempt, actor, number)
    except SesamoidError as error:
        with shell(request, "Learn", section="learn"):
            error_state(error)
        return
    own = attempt.account_id == actor.account_id
    if attempt.ended_at is None and own and exercise(attempt.exercise).scans:
        with shell(
            request, "Learn", section="learn", theme="dark", wide=True, virtual=True,
            shortcuts=scan_shortcuts(),
        ) as page:  # fmt: skip
            ui.add_head_html(FULL)
            scan = LearnScan(page, attempt)
        # Making a body takes seconds: the page is there before it.
        await ui.context.client.connected()
        await scan.show()
        return
    with shell(request, "Learn", section="learn", virtual=True, width="broad") as page:
        await _show(page, attempt, own=own)


async def _show(page: Shell, attempt: Attempt, *, own: bool) -> None:
    if attempt.ended_at is not None:
        await show_result(page, attempt)
    elif not own:
        empty_state(
            "Not finished yet",
            f"{attempt.account.name} is still at it; the result comes with the last answer.",
            sign="hourglass_empty",
            action=("To the overview", "/tutor"),
        )
    else:
        quiz = Quiz(page, attempt)
        await ui.context.client.connected()
        await quiz.show()
