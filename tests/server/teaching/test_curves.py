"""Learning curves and tables of attempts."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from sesamoid.server.store import Account, Attempt
from sesamoid.server.teaching.curves import learning_curves
from sesamoid.server.teaching.export import COLUMNS, attempts_csv
from sesamoid.server.teaching.overview import learners_of

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Tried:
    minute: float
    score: float | None
    exercise: str = "structures"
    seconds: float | None = 120.0
    hints: int = 0

    @property
    def started_at(self) -> datetime:
        return START + timedelta(minutes=self.minute)


def kept(number: int, name: str = "mina", **changes: object) -> Attempt:
    fields: dict[str, object] = {
        "id": number,
        "account_id": hash(name) % 1000,
        "account": Account(name=name),
        "exercise": "structures",
        "subject": "",
        "started_at": START + timedelta(minutes=number),
        "ended_at": START + timedelta(minutes=number, seconds=100),
        "score": 70.0,
        "hints": 1,
        "seconds": 100.0,
        "detail": {"rules": "1", "answers": [{"right": True}, {"right": False}]},
    }
    return Attempt(**(fields | changes))


def test_attempts_close_together_are_one_session():
    curve = learning_curves([Tried(0, 40), Tried(10, 60), Tried(200, 80)])["structures"]
    assert [point.scores for point in curve.points] == [(40, 60), (80,)]
    assert [point.mean for point in curve.points] == [50, 80]
    assert (curve.attempts, curve.best, curve.gain) == (3, 80, 30)


def test_the_gap_is_from_the_end_of_the_attempt_before():
    # Begun 65 minutes apart, but the first one took ten minutes: 55 minutes lie between them.
    long = Tried(0, 40, seconds=600)
    assert len(learning_curves([long, Tried(65, 60)])["structures"].points) == 1
    assert len(learning_curves([long, Tried(71, 60)])["structures"].points) == 2


def test_order_does_not_matter_and_exercises_are_apart():
    curves = learning_curves([Tried(200, 80), Tried(0, 40), Tried(5, 90, exercise="find-all")])
    assert set(curves) == {"structures", "find-all"}
    assert curves["structures"].points[0].scores == (40,)


def test_what_was_not_finished_does_not_count():
    assert learning_curves([Tried(0, None)]) == {}


def test_one_session_has_no_gain():
    assert learning_curves([Tried(0, 40)])["structures"].gain is None


def test_a_session_has_the_median_time_and_the_mean_of_hints():
    tried = [Tried(0, 1, seconds=10, hints=0), Tried(1, 1, seconds=20, hints=1)]
    point = learning_curves([*tried, Tried(2, 1, seconds=90, hints=2)])["structures"].points[0]
    assert (point.seconds, point.hints) == (20, 1)


def test_the_overview_has_one_row_a_person_the_most_recent_first():
    learners = learners_of([kept(1, "mina"), kept(2, "noor"), kept(3, "mina", score=None)])
    assert [(one.name, one.begun, one.finished) for one in learners] == [
        ("mina", 2, 1),
        ("noor", 1, 1),
    ]


def test_the_table_has_a_row_an_attempt():
    rows = list(csv.DictReader(io.StringIO(attempts_csv([kept(1), kept(2, score=None)]))))
    assert tuple(rows[0]) == COLUMNS
    assert rows[0]["score"] == "70.0"
    assert rows[0]["right"] == "1"
    assert rows[0]["asked"] == "2"
    assert rows[0]["origin"] == "virtual"
    assert rows[1]["score"] == ""


@pytest.mark.parametrize("name", ["=1+1", "+x", "-x", "@x"])
def test_no_cell_is_a_formula(name):
    row = next(csv.DictReader(io.StringIO(attempts_csv([kept(1, name)]))))
    assert row["account"] == f"'{name}"
