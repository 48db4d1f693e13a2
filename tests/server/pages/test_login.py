"""Logging in, and what each role sees."""

from __future__ import annotations

import pytest

from .conftest import heading, log_in

NAV = {
    "stu": ["Scan", "Learn", "Exams"],
    "sono": ["Scan", "Learn", "Exams"],
    "rev": ["Scan", "Learn", "Exams", "Tutor"],
    "adm": ["Scan", "Learn", "Exams", "Tutor", "Accounts", "Audit"],
}


def test_nobody_sees_anything_before_logging_in(visit):
    page = visit(None, "/exams?text=ada")
    page.wait_for_url("**/login?next=**")
    assert page.get_by_role("button", name="Log in").is_visible()
    assert "Not a medical device" in page.locator("body").inner_text()


def test_whoever_logs_in_goes_where_they_wanted(visit):
    page = visit(None, "/learn")
    log_in(page, "stu")
    page.wait_for_url("**/learn")
    assert heading(page) == "Learn"


@pytest.mark.parametrize(
    "elsewhere", ["//evil.example", "https://evil.example/", "/\\evil.example"]
)
def test_a_link_to_the_login_leads_nowhere_else(visit, pages_server, elsewhere):
    page = visit(None, "/login")
    page.goto(f"/login?next={elsewhere}")
    log_in(page, "stu")
    page.wait_for_selector(".page-header")
    assert page.url.startswith(pages_server.url)


def test_a_wrong_password_says_so_and_can_be_typed_again(visit):
    page = visit(None, "/login")
    log_in(page, "stu", "not the password")
    page.wait_for_selector("#trouble:not([hidden])")
    assert "Name or password is wrong" in page.locator("#trouble").inner_text()
    log_in(page, "stu")
    page.wait_for_selector(".choice")


@pytest.mark.parametrize("name", list(NAV))
def test_each_role_is_offered_what_it_may_do(visit, name):
    page = visit(name)
    links = page.locator(".page-nav a span:not(.material-icons)").all_inner_texts()
    assert links == NAV[name]


@pytest.mark.parametrize("path", ["/tutor", "/accounts", "/audit"])
def test_a_student_who_types_the_address_is_refused_in_words(visit, path):
    page = visit("stu", path)
    told = page.locator(".state").inner_text()
    assert "This needs the role" in told
    assert "Ask an admin" in told


def test_anothers_exam_does_not_exist_for_a_student(visit):
    reviewer = visit("rev", "/exams")
    address = reviewer.locator("a", has_text="P-2026-0417").get_attribute("href")
    assert reviewer.locator("tbody tr").count() >= 2
    page = visit("stu", "/exams")
    assert page.locator("a", has_text="P-2026-0417").count() == 0
    page.goto(address)
    page.wait_for_selector(".state")
    assert "There is no exam" in page.locator(".state").inner_text()


def test_after_logging_out_the_pages_are_closed(visit):
    page = visit("stu", "/learn")
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url("**/login")
    page.goto("/learn")
    page.wait_for_url("**/login?next=**")


def test_a_button_after_the_session_has_ended_leads_to_the_login(visit):
    page = visit("stu", "/learn/structures")
    other = page.context.new_page()
    other.goto("/")
    other.wait_for_selector("[data-log-out]")
    other.get_by_role("button", name="Log out").click()
    other.wait_for_url("**/login")
    page.get_by_role("button", name="Start").first.click()
    page.wait_for_url("**/login")


def test_an_admin_makes_changes_and_disables_an_account(visit):
    page = visit("adm", "/accounts")
    page.get_by_role("button", name="New account").click()
    dialog = page.locator(".q-dialog")
    dialog.get_by_label("Name").fill("new.learner")
    dialog.get_by_label("Password").fill("short")
    dialog.get_by_role("button", name="Save").click()
    page.wait_for_selector(".q-notification.bad")
    assert "A password of 5 characters" in page.locator(".q-notification.bad").first.inner_text()
    page.get_by_role("button", name="New account").click()
    dialog = page.locator(".q-dialog")
    dialog.get_by_label("Name").fill("new.learner")
    dialog.get_by_label("Password").fill("long enough for everybody")
    dialog.get_by_role("button", name="Save").click()
    row = page.locator("tbody tr", has_text="new.learner")
    row.wait_for()
    assert "student" in row.inner_text()
    learner = visit(None, "/login")
    log_in(learner, "new.learner", "long enough for everybody")
    learner.wait_for_selector(".choice")
    row.get_by_role("button", name="Disable").click()
    page.locator(".q-dialog").get_by_role("button", name="Disable").click()
    row.get_by_text("disabled").wait_for()
    learner.goto("/learn")
    learner.wait_for_url("**/login?next=**")


def test_the_audit_log_tells_who_logged_in_and_its_chain_holds(visit):
    page = visit("adm", "/audit?kind=session.")
    assert "session.open" in page.locator("tbody").inner_text()
    page.get_by_role("button", name="Check the chain").click()
    page.wait_for_selector(".notice.good")
    assert "is intact" in page.locator(".notice.good").inner_text()


def test_everybody_changes_their_own_password(visit):
    page = visit("sono", "/account")
    page.get_by_label("Old password").fill("wrong")
    page.get_by_label("New password").fill("another long sentence")
    page.get_by_role("button", name="Change it").click()
    page.wait_for_selector(".q-notification.bad")
    assert "The old password is wrong" in page.locator(".q-notification.bad").inner_text()
