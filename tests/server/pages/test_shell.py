"""What every page has: a name, the disclaimer, help, a theme that stays, room on a tablet."""

from __future__ import annotations

import pytest

PATHS = ("/", "/learn", "/learn/structures", "/learn/find-plane", "/exams", "/tutor", "/accounts",
         "/audit", "/account")  # fmt: skip
WIDTHS = ((1440, 900), (1024, 768), (768, 1024))

NAMELESS = """() => [...document.querySelectorAll('button, a[href], input, select')]
  .filter((e) => e.getClientRects().length)
  .filter((e) => !(e.getAttribute('aria-label') || e.title || e.textContent.trim()
    || e.closest('label')?.textContent.trim() || e.getAttribute('placeholder')
    || document.querySelector(`label[for="${e.id}"]`)))
  .map((e) => e.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_is_wider_than_its_window(visit, width):
    page = visit("adm", "/", viewport={"width": width[0], "height": width[1]})
    for path in PATHS:
        page.goto(path)
        page.wait_for_selector("main h1")
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{path} is {wide} px too wide at {width[0]}"
        assert "Not a medical device" in page.locator("footer").inner_text()


def test_everything_that_can_be_pressed_has_a_name(visit):
    page = visit("adm")
    for path in PATHS:
        page.goto(path)
        page.wait_for_selector("main h1")
        assert page.evaluate(NAMELESS) == [], path
        assert page.locator("h1").count() == 1, path
        for landmark in ("banner", "main", "contentinfo"):
            assert page.get_by_role(landmark).count() == 1, (path, landmark)


def test_question_mark_shows_the_keys_of_the_page_and_escape_closes(visit):
    page = visit("stu", "/learn/structures")
    page.locator("[data-key]").first.wait_for()
    page.keyboard.press("?")
    help_ = page.locator("dialog#help[open]")
    help_.wait_for()
    told = help_.inner_text()
    assert "Start" in told or "Go on" in told
    assert "This overview" in told
    page.keyboard.press("Escape")
    help_.wait_for(state="detached")
    page.get_by_role("button", name="Help").click()
    help_.wait_for()
    page.get_by_role("button", name="Close").click()
    help_.wait_for(state="detached")


def test_a_question_mark_that_is_typed_is_a_question_mark(visit):
    page = visit("stu", "/exams")
    page.get_by_placeholder("Person, operator").type("?")
    assert page.locator("dialog#help[open]").count() == 0


def test_the_theme_follows_the_system_until_one_is_chosen_and_then_stays(visit):
    page = visit("stu", "/learn", color_scheme="light")
    root = page.locator("html")
    assert root.get_attribute("data-theme") == "light"
    page.get_by_role("button", name="Dark theme").click()
    assert root.get_attribute("data-theme") == "dark"
    assert "body--dark" in page.locator("body").get_attribute("class")
    page.goto("/exams")
    page.wait_for_selector("main h1")
    assert root.get_attribute("data-theme") == "dark"
    assert page.get_by_role("button", name="Light theme").count() == 1


def test_virtual_is_said_where_figures_are_virtual(visit):
    page = visit("rev", "/tutor")
    assert page.locator("footer .badge.virtual").count() == 1
    page.goto("/learn")
    page.wait_for_selector("main h1")
    assert page.locator("footer .badge.virtual").count() == 1


def test_the_content_can_be_reached_past_the_navigation_by_keys(visit):
    page = visit("stu", "/learn")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
