"""Attempts from beginning to end, kept in the store, each seen by whom it may be seen."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sesamoid.anatomy import protocol
from sesamoid.errors import SesamoidError
from sesamoid.server.access import Actor, BadRequest, Conflict, Forbidden, NotFound, Role
from sesamoid.server.store import Attempt, Store
from sesamoid.server.store.columns import now
from sesamoid.server.teaching import Answer, Teaching, joints
from sesamoid.server.teaching.attempt_log import touched
from sesamoid.virtual.acquisition import usual_settings
from sesamoid.virtual.ultrasound import Scanner, preset


def right_answer(question: object) -> Answer:
    if hasattr(question, "truth"):
        return Answer(grade=question.truth)
    if question.kind == "click":
        return Answer(place=question.target.point)
    return Answer(choice=question.target.key)


def all_right(teaching: Teaching, actor: Actor, attempt: Attempt) -> Attempt:
    count = next(e.questions for e in teaching.exercises() if e.key == attempt.exercise)
    for number in range(count):
        question = teaching.quizzes.question(actor, attempt.id, number)
        teaching.quizzes.answer(actor, attempt.id, number, right_answer(question))
    return teaching.attempt(actor, attempt.id)


def test_all_right_is_100(teaching, student):
    attempt = all_right(teaching, student, teaching.begin(student, "structures", seed=5))
    assert attempt.score == 100.0
    assert attempt.ended_at is not None
    assert [answer["right"] for answer in attempt.detail["answers"]] == [True] * 10


def test_a_hint_is_counted_once_and_costs(teaching, student):
    attempt = teaching.begin(student, "synovitis-pictures", seed=11)
    teaching.quizzes.hint(student, attempt.id, 0)
    teaching.quizzes.hint(student, attempt.id, 0)
    attempt = all_right(teaching, student, attempt)
    assert attempt.hints == 1
    assert attempt.score == pytest.approx(100 - 20 / 8, abs=0.06)


def test_answers_are_kept_before_they_are_told_and_in_order(teaching, student):
    attempt = teaching.begin(student, "synovitis-pictures", seed=11)
    truth = teaching.quizzes.question(student, attempt.id, 0).truth
    mark = teaching.quizzes.answer(student, attempt.id, 0, Answer(grade=truth))
    kept = teaching.attempt(student, attempt.id).detail["answers"]
    assert [one["text"] for one in kept] == [mark.text]
    with pytest.raises(Conflict, match="already answered"):
        teaching.quizzes.answer(student, attempt.id, 0, Answer(grade=0))


def test_the_right_kind_of_answer_is_demanded(teaching, student):
    attempt = teaching.begin(student, "synovitis-pictures", seed=11)
    with pytest.raises(BadRequest):
        teaching.quizzes.answer(student, attempt.id, 0, Answer(choice="MN"))
    assert "answers" not in teaching.attempt(student, attempt.id).detail


def test_an_attempt_is_gone_on_with(teaching, student):
    attempt = teaching.begin(student, "structures")
    assert teaching.unfinished(student, "structures").id == attempt.id
    teaching.give_up(student, attempt.id)
    assert teaching.unfinished(student, "structures") is None
    assert teaching.attempt(student, attempt.id).score is None


def test_a_finished_attempt_takes_no_more(teaching, student):
    attempt = teaching.begin(student, "structures", seed=5)
    teaching.give_up(student, attempt.id)
    with pytest.raises(Conflict, match="finished"):
        teaching.quizzes.answer(student, attempt.id, 0, Answer(choice="MN"))


def test_nobody_answers_for_another_not_even_a_tutor(teaching, student, log_in):
    attempt = teaching.begin(student, "structures", seed=5)
    with pytest.raises(NotFound):
        teaching.attempt(log_in("other"), attempt.id)
    tutor = log_in("tutor", Role.REVIEWER)
    assert teaching.attempt(tutor, attempt.id).id == attempt.id
    with pytest.raises(NotFound):
        teaching.give_up(tutor, attempt.id)


def test_the_overview_and_the_export_are_for_tutors(teaching, student, log_in):
    all_right(teaching, student, teaching.begin(student, "synovitis-pictures", seed=11))
    for call in (teaching.overview, teaching.export):
        with pytest.raises(Forbidden):
            call(student)
    tutor = log_in("tutor", Role.REVIEWER)
    learners = teaching.overview(tutor)
    assert [(one.name, one.finished) for one in learners] == [("mina", 1)]
    assert "synovitis-pictures" in teaching.export(tutor)
    assert teaching.curves(tutor, account_id=student.account_id)["synovitis-pictures"].best == 100
    with pytest.raises(Forbidden):
        teaching.curves(student, account_id=tutor.account_id)


def test_an_export_is_in_the_audit_log(teaching, store: Store, log_in):
    from sqlalchemy import select

    from sesamoid.server.store import AuditEntry

    teaching.export(log_in("tutor", Role.REVIEWER))
    with store.read() as session:
        actions = session.scalars(select(AuditEntry.action)).all()
    assert "attempts.export" in actions


def test_a_plane_that_does_not_exist_is_refused(teaching, student):
    with pytest.raises(SesamoidError, match="no plane"):
        teaching.begin(student, "find-plane", subject="S99")
    with pytest.raises(SesamoidError, match="no exercise"):
        teaching.begin(student, "juggling")


def test_a_plane_is_found_captured_and_scored(teaching, student, bodies):
    attempt = teaching.begin(student, "find-plane", subject="S11", seed=2)
    task = teaching.scans.task(student, attempt.id)
    exam = bodies.examination(task.patient, protocol("wrist-hand-15"))
    machine = preset("aster-a3")
    scanner = Scanner(machine, usual_settings(machine, "S11"))
    other = exam.frame(scanner, exam.view("S12").pose)
    assert not teaching.scans.capture(student, attempt.id, "S11", other).hit
    assert "Landmark" in teaching.scans.hint(student, attempt.id, "S11", other.truth.pose).text
    teaching.scans.hint(student, attempt.id, "S11", other.truth.pose)
    told = teaching.scans.hint(student, attempt.id, "S11", other.truth.pose).text
    assert told.startswith(("Slide", "Rotate", "Tilt", "Turn", "Press"))
    found = exam.frame(scanner, exam.view("S11").pose)
    assert teaching.scans.capture(student, attempt.id, "S11", found).letter == "A"
    ended = teaching.scans.finish(student, attempt.id)
    assert ended.score == pytest.approx(100 - 3 * 10 - 5)
    assert [line["text"] for line in ended.detail["lines"]] == [
        "S11, grade A",
        "3 hints",
        "1 capture of something else",
    ]


def test_a_captured_picture_can_be_made_again(teaching, student, bodies):
    from sesamoid.server.teaching.shots import Shot

    attempt = teaching.begin(student, "find-plane", subject="S14", seed=2)
    task = teaching.scans.task(student, attempt.id)
    exam = bodies.examination(task.patient, protocol("wrist-hand-15"))
    machine = preset("aster-a3")
    settings = usual_settings(machine, "S14")
    shape = (int(settings.depth_mm * 20), 760)
    frame = exam.frame(Scanner(machine, settings, picture_shape=shape), exam.view("S14").pose)
    teaching.scans.capture(student, attempt.id, "S14", frame)
    kept = teaching.attempt(student, attempt.id).detail["captures"][0]
    again = teaching.gallery.picture(Shot.from_json(kept["shot"]))
    wanted = set(exam.body.structures) & {"fds_2", "fdp_3", "metacarpal_2", "a1_pulley_2"}
    assert all(again.mask((key,)).any() for key in wanted)


def test_joints_of_a_patient_are_graded_together(teaching, student):
    attempt = teaching.begin(student, "synovitis-patient", seed=3)
    truth = teaching.scans.task(student, attempt.id).grades
    with pytest.raises(BadRequest, match="no grade"):
        teaching.scans.grade(student, attempt.id, {"radiocarpal": 0})
    teaching.scans.hint(student, attempt.id, "")
    marks = teaching.scans.grade(student, attempt.id, dict(truth))
    assert set(marks) == set(joints())
    assert teaching.attempt(student, attempt.id).score == 90.0


def test_no_capture_counts_that_was_not_asked_for(teaching, student, bodies):
    attempt = teaching.begin(student, "find-plane", subject="S11", seed=2)
    task = teaching.scans.task(student, attempt.id)
    exam = bodies.examination(task.patient, protocol("wrist-hand-15"))
    machine = preset("aster-a3")
    frame = exam.frame(Scanner(machine, usual_settings(machine, "S5")), exam.view("S5").pose)
    with pytest.raises(BadRequest, match="not asked for"):
        teaching.scans.capture(student, attempt.id, "S5", frame)


def test_a_long_pause_is_no_work():
    moment = now()
    detail = {"worked_s": 30.0, "touched_at": moment.isoformat()}
    assert touched(detail, moment + timedelta(seconds=40))[0]["worked_s"] == 70.0
    assert touched(detail, moment + timedelta(hours=9))[0]["worked_s"] == 30.0
