"""Review in a browser: accept, change by dragging, reject; who and when; delete confirmed."""

from __future__ import annotations

import re
from typing import Any

import pytest


@pytest.fixture
def exam_path(visit) -> str:
    page = visit("rev", "/exams?origin=real")
    return str(page.locator("tbody a", has_text="P-2026-0417").get_attribute("href"))


def finding(page: Any, name: str) -> Any:
    return page.locator(".finding", has_text=name).first


def choose(page: Any, name: str) -> None:
    """Click on a finding, and wait until its own panel is there: keys are about that one."""
    finding(page, name).click()
    page.locator(".review-side .panel.stack h2", has_text=name).wait_for()


def number_of(text: str) -> float:
    return float(re.search(r"([\d.]+) mm²", text)[1])


def decided(page: Any) -> None:
    page.wait_for_selector(".q-notification.good")
    page.locator(".q-notification.good").first.wait_for(state="detached", timeout=15_000)


def test_findings_are_accepted_changed_and_rejected_with_name_and_time(visit, exam_path):
    page = visit("rev", exam_path)
    page.wait_for_selector(".board img")
    assert finding(page, "Image grade").locator(".badge", has_text="to decide").count() == 1

    # accept
    choose(page, "Image grade")
    page.get_by_label("Comment").fill("a clear picture")
    page.locator("h2", has_text="Image grade").click()
    page.keyboard.press("a")
    finding(page, "Image grade").locator(".badge", has_text="accepted").wait_for()
    choose(page, "Image grade")
    told = page.locator(".history").inner_text()
    assert "rev" in told
    assert "accepted" in told
    assert re.search(r"\d{4}, \d{2}:\d{2}", told)
    assert "a clear picture" in told

    # change an outline: what was measured on it follows
    before = number_of(finding(page, "Cross-sectional area").inner_text())
    choose(page, "Nerve")
    page.keyboard.press("e")
    handle = page.locator(".editing circle").first
    handle.wait_for()
    place = handle.bounding_box()
    page.mouse.move(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
    page.mouse.down()
    page.mouse.move(place["x"] + 40, place["y"] + 90, steps=8)
    page.mouse.up()
    page.get_by_role("button", name="Save").click()
    finding(page, "Nerve").locator(".badge", has_text="modified").wait_for()
    after = number_of(finding(page, "Cross-sectional area").inner_text())
    assert abs(after - before) > 0.05 * before
    assert finding(page, "Cross-sectional area").locator(".badge", has_text="modified").count() == 1

    # reject: what was measured on it goes with it
    choose(page, "Blood vessel")
    page.keyboard.press("r")
    finding(page, "Blood vessel").locator(".badge", has_text="rejected").wait_for()
    assert page.locator(".finding .badge", has_text="rejected").count() >= 2
    assert page.locator(".board .shape").count() < 6

    # another browser sees it, and so does the report
    other = visit("rev", exam_path)
    other.wait_for_selector(".board img")
    assert finding(other, "Blood vessel").locator(".badge", has_text="rejected").count() == 1
    report = other.request.get(f"/api/v1{exam_path}/report.html").text()
    assert "rejected" in report
    assert "rev" in report


def test_keys_alone_move_a_point_and_undo_takes_it_back(visit, exam_path):
    page = visit("rev", exam_path)
    page.wait_for_selector(".board img")
    choose(page, "Nerve")
    page.keyboard.press("e")
    outline = page.locator(".editing path").first
    outline.wait_for()
    before = outline.get_attribute("d")
    page.locator(".editing circle").first.focus()
    page.keyboard.press("Shift+ArrowDown")
    page.wait_for_function(
        "(old) => document.querySelector('.editing path').getAttribute('d') !== old", arg=before
    )
    page.locator("h2", has_text="Nerve").first.click()
    page.keyboard.press("u")
    page.wait_for_function(
        "(old) => document.querySelector('.editing path').getAttribute('d') === old", arg=before
    )
    page.keyboard.press("Escape")
    page.wait_for_selector(".editing", state="detached")


def test_the_grade_is_changed_by_choosing_another(visit, exam_path):
    page = visit("rev", exam_path)
    choose(page, "Image grade")
    page.keyboard.press("e")
    page.get_by_role("button", name="C, unacceptable").click()
    page.locator(".strip .grade.c").wait_for()
    assert finding(page, "Image grade").locator(".grade.c").count() == 1


def test_who_may_not_decide_sees_everything_and_no_button(visit, exam_path):
    page = visit("sono", exam_path)
    page.wait_for_selector(".board img")
    assert "needs the role reviewer" in page.locator(".notice").inner_text()
    choose(page, "Nerve")
    for name in ("Accept", "Reject", "Change", "Accept the rest"):
        assert page.get_by_role("button", name=name, exact=True).count() == 0


def test_exams_are_searched_and_filtered(visit):
    page = visit("rev", "/exams")
    page.get_by_placeholder("Person, operator").fill("follow-up")
    page.keyboard.press("Enter")
    page.wait_for_url("**text=follow-up**")
    page.wait_for_selector("tbody tr")
    assert page.locator("tbody tr").count() == 1
    page.goto("/exams?origin=virtual")
    page.wait_for_selector("tbody tr")
    assert all("VIRTUAL" in row for row in page.locator("tbody tr").all_inner_texts())
    page.goto("/exams?text=nothing+like+this")
    page.wait_for_selector(".state")
    assert "No exam fits" in page.locator(".state").inner_text()
    page.goto("/exams?since=2999-01-01")
    page.wait_for_selector(".state")


def test_ones_own_virtual_exam_is_deleted_after_a_question(visit):
    page = visit("stu", "/exams?text=Ada")
    row = page.locator("tbody tr", has_text="Ada (virtual)")
    row.get_by_role("button", name="Delete").click()
    page.locator(".q-dialog").get_by_role("button", name="Cancel").click()
    page.wait_for_selector(".q-dialog", state="detached")
    assert row.count() == 1
    row.get_by_role("button", name="Delete").click()
    page.locator(".q-dialog").get_by_role("button", name="Delete the exam").click()
    row.wait_for(state="detached")


def test_a_real_persons_exam_is_deleted_only_by_an_admin_who_types_the_word(visit, exam_path):
    owner = visit("sono", exam_path)
    owner.wait_for_selector(".board img")
    assert owner.get_by_role("button", name="Delete").count() == 0
    page = visit("adm", exam_path)
    page.get_by_role("button", name="Delete").click()
    dialog = page.locator(".q-dialog")
    sure = dialog.get_by_role("button", name="Delete the exam")
    assert sure.is_disabled()
    dialog.get_by_label("Type delete to confirm").fill("delete")
    page.wait_for_function(
        "() => [...document.querySelectorAll('.q-dialog button')].some("
        "(b) => b.textContent.includes('Delete the exam') && !b.disabled)"
    )
    sure.click()
    page.wait_for_url("**/exams")
    page.goto(exam_path)
    page.wait_for_selector(".state")
    assert "There is no exam" in page.locator(".state").inner_text()
