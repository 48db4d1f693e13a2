"""Files in, exams out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request

from sesamoid.applications import applications
from sesamoid.server.api.dependencies import ActorDep, ServicesDep, refusals
from sesamoid.server.api.exam_models import ExamLine
from sesamoid.server.api.models import MOST_ID, Text
from sesamoid.server.exams.uploads import UploadRequest

router = APIRouter(tags=["uploads"])
BODY = {
    "requestBody": {
        "required": True,
        "description": "The file as it is: DICOM, PNG, JPEG, TIFF, video, or a zip of those.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.post("/uploads", status_code=202, responses=refusals(404, 413), openapi_extra=BODY)
async def upload(
    request: Request,
    actor: ActorDep,
    services: ServicesDep,
    name: Annotated[Text, Query(min_length=1, max_length=400, description="File name.")],
    application: Annotated[Text, Query(max_length=64)] = "wrist_hand",
    person: Annotated[int | None, Query(ge=1, le=MOST_ID)] = None,
    label: Annotated[Text, Query(max_length=120, description="Of a new person.")] = "",
    side: Annotated[str | None, Query(pattern="^(left|right)$")] = None,
    origin: Annotated[str, Query(pattern="^(virtual|real)$")] = "real",
    mm_per_pixel: Annotated[float | None, Query(gt=0, lt=100, allow_inf_nan=False)] = None,
) -> ExamLine:
    """Send a file as the body; it becomes an exam, whose status says when it is analysed."""
    wanted = UploadRequest(name, application, person, label, side, origin, mm_per_pixel)
    exam = await services.uploads.receive(actor, wanted, request.stream())
    return ExamLine.of(exam)


@router.get("/applications", responses=refusals())
def list_applications(actor: ActorDep) -> dict[str, str]:
    """What can analyse an upload, with the question that it answers."""
    return {name: one.question for name, one in applications().items()}
