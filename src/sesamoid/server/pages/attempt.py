"""An attempt: the exercise while it goes on, the result once it is finished."""

from __future__ import annotations

import asyncio

from fastapi import Request
from nicegui import ui

from sesamoid.errors import SesamoidError
from sesamoid.server.pages.attempt_result import show_result
from sesamoid.server.pages.quiz import Quiz
from sesamoid.server.pages.shell import shell
from sesamoid.server.pages.states import empty_state, error_state
from sesamoid.server.teaching import exercise


async def attempt_page(request: Request, number: int) -> None:
    """Go on, or look back."""
    with shell(request, "Learn", section="learn", virtual=True, width="broad") as page:
        try:
            attempt = await asyncio.to_thread(page.services.teaching.attempt, page.actor, number)
        except SesamoidError as error:
            error_state(error)
            return
        if attempt.ended_at is not None:
            await show_result(page, attempt)
        elif attempt.account_id != page.actor.account_id:
            empty_state(
                "Not finished yet",
                f"{attempt.account.name} is still at it; the result comes with the last answer.",
                sign="hourglass_empty",
                action=("To the overview", "/tutor"),
            )
        elif not exercise(attempt.exercise).scans:
            quiz = Quiz(page, attempt)
            # A picture takes a moment: the page is there before it.
            await ui.context.client.connected()
            await quiz.show()
