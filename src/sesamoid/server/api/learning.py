"""Exercises, attempts, learning curves; for tutors everybody's progress."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response
from pydantic import BaseModel, Field

from sesamoid.server.api.dependencies import ActorDep, ServicesDep, refusals
from sesamoid.server.api.models import MOST_ID, Strict, Text
from sesamoid.server.store import Attempt
from sesamoid.server.teaching import Curve, Exercise, Learner

router = APIRouter(tags=["learning"])
AttemptId = Annotated[int, Path(ge=1, le=MOST_ID)]
AccountId = Annotated[
    int | None, Query(ge=1, le=MOST_ID, description="Of somebody else, for tutors.")
]


class ExerciseOut(BaseModel):
    """Something to practise on virtual people."""

    key: str
    title: str
    question: str
    scoring: str
    minutes: int
    scans: bool

    @classmethod
    def of(cls, one: Exercise) -> ExerciseOut:
        """From the teaching room."""
        return cls(
            key=one.key.value, title=one.title, question=one.question, scoring=one.scoring,
            minutes=one.minutes, scans=one.scans,
        )  # fmt: skip


class AttemptOut(BaseModel):
    """One attempt; without a score while it runs, or where it was given up."""

    id: int
    learner: str
    exercise: str
    subject: str
    started_at: datetime
    ended_at: datetime | None
    score: float | None
    hints: int
    seconds: float | None

    @classmethod
    def of(cls, row: Attempt, learner: str) -> AttemptOut:
        """From the store."""
        return cls(
            id=row.id, learner=learner, exercise=row.exercise, subject=row.subject,
            started_at=row.started_at, ended_at=row.ended_at, score=row.score, hints=row.hints,
            seconds=row.seconds,
        )  # fmt: skip


class AttemptIn(Strict):
    """An attempt to begin."""

    exercise: Annotated[Text, Field(max_length=64)]
    subject: Annotated[Text, Field(max_length=64)] = ""
    seed: Annotated[int, Field(ge=0, le=MOST_ID)] | None = None


class PointOut(BaseModel):
    """One session at one exercise."""

    started_at: datetime
    attempts: int
    mean: float
    seconds: float
    hints: float


class CurveOut(BaseModel):
    """Sessions at one exercise, in order."""

    exercise: str
    best: float
    gain: float | None
    points: list[PointOut]

    @classmethod
    def of(cls, one: Curve) -> CurveOut:
        """From the teaching room."""
        points = [
            PointOut(
                started_at=p.started_at, attempts=len(p.scores), mean=p.mean, seconds=p.seconds,
                hints=p.hints,
            )
            for p in one.points
        ]  # fmt: skip
        return cls(exercise=one.exercise, best=one.best, gain=one.gain, points=points)


class LearnerOut(BaseModel):
    """Somebody's progress."""

    account: int
    name: str
    begun: int
    finished: int
    last_at: datetime
    curves: list[CurveOut]

    @classmethod
    def of(cls, one: Learner) -> LearnerOut:
        """From the teaching room."""
        return cls(
            account=one.account_id, name=one.name, begun=one.begun, finished=one.finished,
            last_at=one.last_at, curves=[CurveOut.of(curve) for curve in one.curves.values()],
        )  # fmt: skip


@router.get("/exercises", responses=refusals())
def list_exercises(actor: ActorDep, services: ServicesDep) -> list[ExerciseOut]:
    """What can be practised."""
    return [ExerciseOut.of(one) for one in services.teaching.exercises()]


@router.get("/attempts", responses=refusals())
def list_attempts(
    actor: ActorDep, services: ServicesDep, account: AccountId = None
) -> list[AttemptOut]:
    """Your attempts, in order; a tutor may ask for anybody's."""
    found = services.teaching.history(actor, account_id=account)
    return [AttemptOut.of(one, one.account.name) for one in found]


@router.post("/attempts", status_code=201, responses=refusals())
def begin_attempt(body: AttemptIn, actor: ActorDep, services: ServicesDep) -> AttemptOut:
    """Begin an attempt; it goes on at /learn/{exercise}."""
    made = services.teaching.begin(actor, body.exercise, subject=body.subject, seed=body.seed)
    return AttemptOut.of(made, actor.name)


@router.post("/attempts/{attempt_id}/give-up", status_code=204, responses=refusals(404, 409))
def give_up(attempt_id: AttemptId, actor: ActorDep, services: ServicesDep) -> None:
    """End an attempt without a score; what was done in it stays."""
    services.teaching.give_up(actor, attempt_id)


@router.get("/learning-curves", responses=refusals())
def learning_curves(
    actor: ActorDep, services: ServicesDep, account: AccountId = None
) -> list[CurveOut]:
    """Your learning curves; a tutor may ask for anybody's."""
    curves = services.teaching.curves(actor, account_id=account)
    return [CurveOut.of(one) for one in curves.values()]


@router.get("/learners", responses=refusals())
def overview(actor: ActorDep, services: ServicesDep) -> list[LearnerOut]:
    """Everybody's progress, for tutors."""
    return [LearnerOut.of(one) for one in services.teaching.overview(actor)]


@router.get(
    "/attempts.csv",
    response_class=Response,
    responses={**refusals(), 200: {"content": {"text/csv": {}}}},
)
def export_attempts(actor: ActorDep, services: ServicesDep) -> Response:
    """Everybody's attempts, for tutors."""
    return Response(
        services.teaching.export(actor),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="attempts.csv"'},
    )
