"""Reports of exams, made when asked for: they say what reviewers have decided by then."""

from __future__ import annotations

from pathlib import Path as FilePath
from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import FileResponse, HTMLResponse, Response
from starlette.background import BackgroundTask

from sesamoid.server.api.dependencies import ActorDep, ServicesDep, refusals
from sesamoid.server.api.exams import ExamId
from sesamoid.server.reviewing.reporting import REPORT_PAGE

router = APIRouter(tags=["reports"], prefix="/exams/{exam_id}")
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".csv": "text/csv; charset=utf-8",
    ".png": "image/png",
    ".dcm": "application/dicom",
}
FORMATS_OF = {".html": ("html",), ".json": ("json",), ".csv": ("csv",), ".png": ("png",)}
"""What has to be written for a file; DICOM objects need each other."""


@router.get(
    "/report.html",
    response_class=HTMLResponse,
    responses={**refusals(404), 200: {"content": {"text/html": {}}}},
)
async def report_page(exam_id: ExamId, actor: ActorDep, services: ServicesDep) -> HTMLResponse:
    """The report for people, one page that needs nothing else."""

    def make() -> str:
        with services.reporting.bundle(actor, exam_id, formats=("html",)) as bundle:
            return bundle.file(REPORT_PAGE).read_text(encoding="utf-8")

    return HTMLResponse(await services.reporting.in_turn(make))


@router.get(
    "/report/{name}",
    response_class=Response,
    responses={**refusals(404), 200: {"content": {"application/octet-stream": {}}}},
)
async def report_file(
    exam_id: ExamId,
    name: Annotated[str, Path(max_length=200, pattern=r"^[\w.@-]+$")],
    actor: ActorDep,
    services: ServicesDep,
) -> Response:
    """One file of the report, e.g. ``results.csv`` or ``S11-3.sr.dcm``; see the zip for all."""
    suffix = FilePath(name).suffix
    formats = FORMATS_OF.get(suffix, ("sr", "seg"))

    def make() -> bytes:
        with services.reporting.bundle(actor, exam_id, formats=formats) as bundle:
            return bundle.file(name).read_bytes()

    return Response(
        await services.reporting.in_turn(make),
        media_type=TYPES.get(suffix, "application/octet-stream"),
        headers={"Content-Disposition": "attachment"},
    )


@router.get(
    "/exam.zip",
    response_class=FileResponse,
    responses={**refusals(404), 200: {"content": {"application/zip": {}}}},
)
async def report_bundle(exam_id: ExamId, actor: ActorDep, services: ServicesDep) -> FileResponse:
    """Everything: HTML, JSON, CSV, key images, DICOM SR, SEG and key objects."""
    reporting = services.reporting
    path = await reporting.in_turn(lambda: reporting.packed(actor, exam_id))
    return FileResponse(
        path,
        media_type="application/zip",
        filename="exam.zip",
        background=BackgroundTask(path.unlink, missing_ok=True),
    )
