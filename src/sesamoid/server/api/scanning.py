"""Running exams: begin, watch, control, end; what a virtual patient looks like."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Path, WebSocket
from fastapi.responses import FileResponse, Response
from pydantic import BaseModel, Field

from sesamoid.server.access import RequestError, actor_of, services_of
from sesamoid.server.api.dependencies import ActorDep, ServicesDep, refusals
from sesamoid.server.api.models import Strict, Text
from sesamoid.server.scanning.kept_pictures import about_picture, picture_path, thumbnail
from sesamoid.server.scanning.patients import Patient
from sesamoid.server.scanning.request import DEFAULT_MACHINE, DEFAULT_PROTOCOL, ScanRequest
from sesamoid.server.scanning.stream import Stream

router = APIRouter(tags=["scanning"], prefix="/scan")
RoomId = Annotated[str, Path(max_length=64, pattern=r"^[0-9a-zA-Z-]+$")]
Number = Annotated[int, Path(ge=1, le=9999)]
Short = Annotated[Text, Field(max_length=64)]
REFUSED = 1008
"""Close code of a web socket that is not allowed (RFC 6455 7.4.1)."""


class PatientIn(Strict):
    """A virtual patient."""

    seed: int = Field(default=Patient().seed, ge=0, lt=2**31)
    pathologies: list[Short] = Field(default=[], max_length=8)
    side: Literal["left", "right"] | None = None

    def patient(self) -> Patient:
        """As the rooms know it."""
        return Patient(self.seed, tuple(self.pathologies), self.side)


class ScanIn(Strict):
    """An exam to begin."""

    kind: Literal["virtual", "device", "file"] = "virtual"
    patient: PatientIn = PatientIn()
    machine: Short = DEFAULT_MACHINE
    start: Short = ""
    quiz: bool = False
    protocol: Short = DEFAULT_PROTOCOL
    assistant: bool = True
    address: Annotated[Text, Field(max_length=1024)] = ""
    loop: bool = False
    mirrored: bool = False
    mm_per_pixel: float | None = Field(default=None, gt=0, lt=10)
    side: Literal["left", "right"] | None = None
    label: Annotated[Text, Field(max_length=120)] = ""

    def request(self) -> ScanRequest:
        """As the rooms know it."""
        given = self.model_dump(exclude={"patient"})
        return ScanRequest(**given, patient=self.patient.patient())


class RoomOut(BaseModel):
    """A running exam."""

    room: str
    state: dict[str, Any]


@router.get("", responses=refusals())
def running(actor: ActorDep, services: ServicesDep) -> list[RoomOut]:
    """Exams that are running and that you may watch."""
    return [RoomOut(room=one.id, state=one.state()) for one in services.rooms.running(actor)]


@router.post("", status_code=201, responses=refusals(409))
def begin(body: ScanIn, actor: ActorDep, services: ServicesDep) -> RoomOut:
    """Begin an exam; the hand of a new virtual patient takes seconds."""
    room = services.rooms.open(actor, body.request())
    return RoomOut(room=room.id, state=room.state())


@router.post("/{room_id}/resume", responses=refusals(404, 409))
def resume(room_id: RoomId, actor: ActorDep, services: ServicesDep) -> RoomOut:
    """Go on with an exam that was interrupted."""
    room = services.rooms.resume(actor, room_id)
    return RoomOut(room=room.id, state=room.state())


@router.get("/{room_id}", responses=refusals(404))
def state(room_id: RoomId, actor: ActorDep, services: ServicesDep) -> RoomOut:
    """How far an exam is."""
    return RoomOut(room=room_id, state=services.rooms.get(actor, room_id).state())


@router.post("/{room_id}/end", status_code=204, responses=refusals(404))
def end(room_id: RoomId, actor: ActorDep, services: ServicesDep) -> None:
    """End an exam; when this answers, all of it is stored."""
    services.rooms.close(actor, room_id)


@router.post("/{room_id}/do", status_code=204, responses=refusals(404))
def do(
    room_id: RoomId, body: Annotated[dict[str, Any], Body()], actor: ActorDep,
    services: ServicesDep,
) -> None:  # fmt: skip
    """A command as over the web socket, e.g. `{"do": "capture", "plane": "S11"}`."""
    services.rooms.obey(actor, room_id, body)


@router.get("/{room_id}/pictures/{number}", responses=refusals(404))
def about(
    room_id: RoomId, number: Number, actor: ActorDep, services: ServicesDep
) -> dict[str, Any]:
    """What is known of a kept picture: scale, grade, outlines, calipers and notes."""
    room = services.rooms.get(actor, room_id)
    content = about_picture(picture_path(room.folder, number), room.protocol)
    return {**content, "annotations": services.rooms.annotations(room, number)}


@router.get(
    "/{room_id}/pictures/{number}/file",
    responses={**refusals(404), 200: {"content": {"image/png": {}}}},
    response_class=FileResponse,
)
def file(room_id: RoomId, number: Number, actor: ActorDep, services: ServicesDep) -> FileResponse:
    """A kept picture without drawings."""
    room = services.rooms.get(actor, room_id)
    return FileResponse(picture_path(room.folder, number), media_type="image/png")


@router.get(
    "/{room_id}/pictures/{number}/thumbnail",
    responses={**refusals(404), 200: {"content": {"image/jpeg": {}}}},
    response_class=Response,
)
def small(room_id: RoomId, number: Number, actor: ActorDep, services: ServicesDep) -> Response:
    """The same, small."""
    room = services.rooms.get(actor, room_id)
    return Response(thumbnail(picture_path(room.folder, number)), media_type="image/jpeg")


@router.put("/{room_id}/pictures/{number}/annotations", status_code=204, responses=refusals(404))
def annotate(
    room_id: RoomId,
    number: Number,
    body: Annotated[list[dict[str, Any]], Body(max_length=50)],
    actor: ActorDep,
    services: ServicesDep,
) -> None:
    """Replace the calipers and notes on a kept picture; when this answers, they are stored."""
    services.rooms.annotate(actor, room_id, number, body)


@router.get(
    "/{room_id}/hand.glb",
    responses={**refusals(404), 200: {"content": {"model/gltf-binary": {}}}},
    response_class=Response,
)
def hand(room_id: RoomId, actor: ActorDep, services: ServicesDep) -> Response:
    """The skin of the virtual patient's hand, in mm."""
    mesh = services.rooms.hand(services.rooms.get(actor, room_id))
    return Response(mesh, media_type="model/gltf-binary")


@router.websocket("/{room_id}/stream")
async def stream(socket: WebSocket, room_id: str) -> None:
    """Live frames and what is said about them; see `sesamoid.server.scanning.stream`."""
    rooms = services_of(socket).rooms
    try:
        actor = actor_of(socket)
        room = rooms.get(actor, room_id)
    except RequestError:
        await socket.close(REFUSED)
        return
    await socket.accept()
    await Stream(socket, room, operates=rooms.operates(actor, room)).run()
