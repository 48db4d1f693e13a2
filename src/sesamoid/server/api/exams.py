"""Exams and their pictures."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import FileResponse
from pydantic import AwareDatetime

from sesamoid.server.api.dependencies import ActorDep, ServicesDep, refusals
from sesamoid.server.api.exam_models import AcceptedOut, ExamLine, ExamNote, ExamOut, ExamPage
from sesamoid.server.api.models import MOST_ID, Text
from sesamoid.server.store import ExamStatus
from sesamoid.server.store.exams import ExamSearch

router = APIRouter(tags=["exams"])
ExamId = Annotated[str, Path(max_length=64, pattern=r"^[^\x00]+$")]
PictureId = Annotated[int, Path(ge=1, le=MOST_ID)]


@router.get("/exams", responses=refusals())
def search_exams(
    actor: ActorDep,
    services: ServicesDep,
    text: Annotated[Text, Query(max_length=200)] = "",
    person: Annotated[int | None, Query(ge=1, le=MOST_ID)] = None,
    status: ExamStatus | None = None,
    origin: Annotated[str | None, Query(pattern="^(virtual|real)$")] = None,
    application: Annotated[Text | None, Query(max_length=64)] = None,
    since: AwareDatetime | None = None,
    until: AwareDatetime | None = None,
    undecided: bool = False,
    offset: Annotated[int, Query(ge=0, le=MOST_ID)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> ExamPage:
    """Exams that you may see, the newest first."""
    search = ExamSearch(
        text=text, person_id=person, status=status, origin=origin, application=application,
        since=since, until=until, undecided=undecided, offset=offset,
        limit=limit,
    )  # fmt: skip
    found = services.exams.search(actor, search)
    lines = [ExamLine.of(one, found.counts.get(one.id)) for one in found.exams]
    return ExamPage(total=found.total, offset=offset, exams=lines)


@router.get("/exams/{exam_id}", responses=refusals(404))
def get_exam(exam_id: ExamId, actor: ActorDep, services: ServicesDep) -> ExamOut:
    """An exam with its pictures, findings and decisions."""
    return ExamOut.of(services.exams.get(actor, exam_id))


@router.patch("/exams/{exam_id}", responses=refusals(404))
def note_exam(exam_id: ExamId, body: ExamNote, actor: ActorDep, services: ServicesDep) -> ExamLine:
    """Write the exam's note."""
    return ExamLine.of(services.exams.note(actor, exam_id, body.note))


@router.delete("/exams/{exam_id}", status_code=204, responses=refusals(404, 409))
def delete_exam(
    exam_id: ExamId,
    actor: ActorDep,
    services: ServicesDep,
    confirm: Annotated[str, Query(max_length=64, description="The exam's id once more.")] = "",
) -> None:
    """Remove an exam with all its files."""
    services.exams.delete(actor, exam_id, confirm=confirm)


@router.post("/exams/{exam_id}/accept", responses=refusals(404))
def accept_rest(
    exam_id: ExamId,
    actor: ActorDep,
    services: ServicesDep,
    picture: Annotated[int | None, Query(ge=1, le=MOST_ID)] = None,
) -> AcceptedOut:
    """Accept every finding of the current pictures that nobody has decided on."""
    count = services.reviewing.accept_rest(actor, exam_id, picture_id=picture)
    return AcceptedOut(accepted=count)


@router.get(
    "/pictures/{picture_id}.png",
    responses={**refusals(404), 200: {"content": {"image/png": {}}}},
    response_class=FileResponse,
)
def get_picture(picture_id: PictureId, actor: ActorDep, services: ServicesDep) -> FileResponse:
    """A kept picture, without drawings."""
    picture = services.exams.picture(actor, picture_id)
    path = services.exams.file(picture.exam, picture.file)
    return FileResponse(path, media_type="image/png")
