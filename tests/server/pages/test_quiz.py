"""Exercises in a browser: answered, explained, scored, gone on with after a reload."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from sesamoid.server.teaching.exercises import ExerciseKey, exercise


def start(page: Any) -> None:
    page.get_by_role("button", name="Start").first.click()
    page.wait_for_url("**/learn/attempts/*")


def answer_by_keys(page: Any, digit: str) -> None:
    """Answer the question that is shown, and go on."""
    page.wait_for_selector(".board img")
    if page.locator(".answer").count():
        page.keyboard.press(digit)
    else:
        page.locator(".board svg").focus()
        for _ in range(12):
            page.keyboard.press("ArrowUp")
        page.keyboard.press("Enter")
    following(page).wait_for()


def following(page: Any) -> Any:
    return page.locator("[data-key=Enter]")


def test_a_quiz_is_answered_by_keys_alone_and_scored(visit):
    page = visit("stu", "/learn/synovitis-pictures")
    start(page)
    count = exercise(ExerciseKey.SYNOVITIS_PICTURES).questions
    for number in range(count):
        page.get_by_text(f"Question {number + 1} of {count}").wait_for()
        assert page.locator(".board .shape").count() == 0  # the truth is not given away
        answer_by_keys(page, "2")
        told = page.locator(".notice").inner_text()
        assert re.search(r"[Gg]rade \d", told)
        assert page.locator(".board .shape").count() > 2
        page.keyboard.press("Enter")
    page.wait_for_selector(".score")
    score = float(page.locator(".score strong").inner_text())
    # Two of eight are grade 2 exactly, four are one off or present, two are healthy: by the rules
    # 2 x 1 + 2 x 0.75 (grade 1) + 2 x 0.75 (grade 3) + 2 x 0 of 8.
    assert score == round(100 * (2 + 1.5 + 1.5) / 8)
    assert page.locator(".marked li").count() == count
    assert "quadratic kappa" in page.locator("main#content").inner_text()
    page.goto("/learn")
    assert page.locator("figure", has_text="Is there synovitis").locator(".dot").count() >= 1


def test_a_reload_in_the_middle_goes_on_with_the_next_question(visit):
    page = visit("stu", "/learn/structures")
    start(page)
    answer_by_keys(page, "1")
    page.reload()
    page.get_by_text("Question 2 of 10").wait_for()
    assert page.locator(".progress li.right, .progress li.wrong").count() == 1
    page.goto("/learn/structures")
    page.get_by_role("link", name="Go on").click()
    page.get_by_text("Question 2 of 10").wait_for()


def test_a_hint_helps_and_is_counted(visit):
    page = visit("stu", "/learn/synovitis-pictures")
    start(page)
    page.wait_for_selector(".board img")
    page.keyboard.press("h")
    page.wait_for_selector(".notice")
    page.wait_for_selector(".board .shape")
    assert "is outlined now" in page.locator(".notice").inner_text()
    page.get_by_role("button", name="Give up").click()
    page.wait_for_url("**/learn/synovitis-pictures")


def test_the_truth_is_not_in_the_page_before_the_answer(visit):
    page = visit("stu", "/learn/synovitis-pictures")
    start(page)
    page.wait_for_selector(".board img")
    content = page.content().lower()
    assert "pathology" not in content
    assert "synovitis:" not in content
    assert page.locator(".answer.right").count() == 0


def test_a_tutor_sees_the_learner_and_every_answer(visit):
    student = visit("stu", "/learn/synovitis-pictures")
    start(student)
    for _ in range(exercise(ExerciseKey.SYNOVITIS_PICTURES).questions):
        answer_by_keys(student, "0")
        student.keyboard.press("Enter")
        student.wait_for_function(
            "() => !document.querySelector('.notice') || document.querySelector('.score')"
        )
    student.wait_for_selector(".score")
    page = visit("rev", "/tutor")
    page.get_by_role("link", name="stu", exact=True).click()
    page.get_by_role("link", name="Look").first.click()
    page.wait_for_selector(".score")
    page.get_by_text("Missed: the").first.wait_for()
    assert page.get_by_role("link", name="Again").count() == 0


def test_the_export_is_a_table_with_a_row_an_attempt(visit):
    page = visit("rev", "/tutor")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Export as CSV").click()
    lines = Path(waiting.value.path()).read_text("utf-8").splitlines()
    assert lines[0].startswith("attempt,account,exercise")
    assert len(lines) > 10
    assert all(",virtual," in line for line in lines[1:])


def test_a_plane_is_looked_for_with_the_probe(visit):
    page = visit("stu", "/learn/find-plane", viewport={"width": 1280, "height": 800})
    start(page)
    page.wait_for_selector(".sv-task")
    page.wait_for_function("() => window.sesamoidScan?.stream?.total > 2")
    page.get_by_role("button", name="Hint").click()
    page.wait_for_selector(".told.hint")
    assert "Landmark" in page.locator(".told.hint").first.inner_text()
    page.keyboard.press("Enter")  # captures: the hint button did not keep the focus
    page.wait_for_selector(".told.miss")
    page.reload()
    page.wait_for_selector(".told.miss")
    page.get_by_role("button", name="Finish").click()
    page.wait_for_selector(".score")
    assert page.locator(".score strong").inner_text() == "0"
    told = page.locator(".lines").inner_text()
    assert "1 hint" in told
    assert "1 capture of something else" in told
    page.wait_for_selector(".board img")
    page.goto("/exams?origin=virtual&status=running")
    page.wait_for_selector("main .state, main table")
    assert page.locator("tbody tr").count() == 0  # the room of the exercise is gone


def test_a_patients_joints_are_graded(visit):
    page = visit("stu", "/learn/synovitis-patient", viewport={"width": 1280, "height": 800})
    start(page)
    page.wait_for_selector(".sv-task")
    assert "findings" not in page.locator(".sv-side").inner_text().lower()
    page.get_by_role("button", name="Index MCP").click()
    page.get_by_role("button", name="Finish").click()
    page.wait_for_selector(".q-notification.bad")
    assert "A joint has no grade" in page.locator(".q-notification.bad").inner_text()
    for field in page.locator(".task-list .q-select").all():
        field.click()
        page.locator(".q-menu .q-item", has_text="0").first.click()
        page.wait_for_selector(".q-menu", state="detached")
    page.get_by_role("button", name="Finish").click()
    page.wait_for_selector(".score")
    assert page.locator(".marked li").count() == 4
