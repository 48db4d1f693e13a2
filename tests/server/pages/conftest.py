"""One public server and one browser for all tests of this folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ..helpers import PASSWORD
from .serving import ARGUMENTS, CHROMIUM, PagesProcess, need_browser

PATIENCE_MS = 90_000


# Of the package, not of the session: Playwright keeps an event loop running, in which no other test
# of this process could start its own.
@pytest.fixture(scope="package")
def pages_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PagesProcess]:
    need_browser()
    with PagesProcess(tmp_path_factory.mktemp("pages")) as running:
        yield running


@pytest.fixture(scope="package")
def chromium() -> Iterator[Any]:
    api = need_browser()
    with api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Any, pages_server: PagesProcess) -> Iterator[Callable[..., Any]]:
    """Opens a page as somebody; an error in a page's scripts fails the test."""
    contexts, wrong = [], []

    def opened(name: str | None, path: str = "/", **options: Any) -> Any:
        size = options.pop("viewport", {"width": 1440, "height": 900})
        context = chromium.new_context(
            viewport=size, base_url=pages_server.url, ignore_https_errors=True, **options
        )
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(path)
        if name is not None:
            log_in(page, name)
            # The form has a heading too: what it leads to has a header as well.
            page.wait_for_selector(".page-header")
            page.wait_for_selector("main .page-head, main .sv, main .state, main h1")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not wrong


def log_in(page: Any, name: str, password: str = PASSWORD) -> None:
    """Fill the form in."""
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()


def heading(page: Any) -> str:
    """Of the page."""
    page.wait_for_selector("main h1, main h2")
    text: str = page.locator("main h1, main h2").first.inner_text()
    return text
