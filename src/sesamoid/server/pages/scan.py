"""Pages on which an exam is begun and scanned."""

from __future__ import annotations

import asyncio

from fastapi import Request
from nicegui import ui

from sesamoid.errors import SesamoidError
from sesamoid.server.access import Actor, actor_of, services_of
from sesamoid.server.pages.elements import Tag, box, button, link_button
from sesamoid.server.pages.scan_view import STYLE, ScanView, scan_shortcuts
from sesamoid.server.pages.shell import shell
from sesamoid.server.pages.states import error_state
from sesamoid.server.scanning.request import ScanRequest
from sesamoid.server.scanning.room import ScanRoom
from sesamoid.server.scanning.rooms import ScanRooms

FULL = (
    "<style>.page-main.wide { padding: 0; } "
    "@media (min-width: 821px) { .page-main.wide { height: calc(100dvh - var(--header) - "
    "var(--footer)); flex: none; } }</style>"
)


async def quick_scan(request: Request) -> None:
    """Scanning at once: what this person scans already, else the first virtual patient."""
    rooms, actor = services_of(request).rooms, actor_of(request)
    with shell(request, "Scan", section="scan", theme="dark", wide=True, virtual=True):
        ui.add_head_html(STYLE)
        waiting = _waiting("The virtual patient takes a seat …")
    # Only when a browser is there: a page that is fetched ahead begins no exam.
    await ui.context.client.connected()
    try:
        room = await asyncio.to_thread(_own_or_new, rooms, actor)
    except SesamoidError as error:
        waiting.clear()
        with waiting:
            error_state(error)
        return
    ui.run_javascript(f'location.replace("/scan/{room.id}")')


async def scan_page(request: Request, room_id: str) -> None:
    """A running exam; one that was interrupted can be gone on with."""
    rooms, actor = services_of(request).rooms, actor_of(request)
    try:
        room = await asyncio.to_thread(rooms.get, actor, room_id)
    except SesamoidError:
        await _not_running(request, room_id)
        return
    title, subtitle = patient_text(room)
    with shell(
        request, f"Scan {title}", section="scan", theme="dark", wide=True,
        virtual=room.request.kind == "virtual", shortcuts=scan_shortcuts(),
    ) as page:  # fmt: skip
        ui.add_head_html(FULL)
        ScanView(room, page.actor, title=title, subtitle=subtitle)


async def _not_running(request: Request, room_id: str) -> None:
    services, actor = services_of(request), actor_of(request)
    try:
        exam = await asyncio.to_thread(services.exams.get, actor, room_id)
    except SesamoidError as error:
        with shell(request, "Scan", section="scan"):
            error_state(error)
        return
    with shell(request, "Scan", section="scan", virtual=exam.origin == "virtual"):
        ui.add_head_html(STYLE)
        place = box("")
        kept = len({picture.plane for picture in exam.pictures if picture.current})

    async def go_on() -> None:
        place.clear()
        with place:
            _waiting("Taking up the exam …")
        try:
            await asyncio.to_thread(services.rooms.resume, actor, room_id)
        except SesamoidError as error:
            place.clear()
            with place:
                error_state(error)
            return
        ui.run_javascript("location.reload()")

    with place, box("state"):
        Tag("span", "pause_circle", "material-icons", aria_hidden="true")
        Tag("h2", f"This exam is {exam.status}")
        Tag("p", f"{kept} planes are kept; none of them is lost.")
        with box("row-line"):
            if exam.account_id == actor.account_id:
                button("Go on scanning", go_on, kind="primary")
            link_button("Look at the exam", f"/exams/{room_id}")


def _waiting(text: str) -> Tag:
    made = box("state", role="status")
    with made:
        box("sv-spin")
        Tag("h2", text)
        Tag(
            "p",
            "The first time on a machine the virtual scanner is compiled, which takes about half "
            "a minute. After that it takes a second or two.",
        )
    return made


def _own_or_new(rooms: ScanRooms, actor: Actor) -> ScanRoom:
    own = [room for room in rooms.running(actor) if rooms.operates(actor, room)]
    return own[-1] if own else rooms.open(actor, ScanRequest())


def patient_text(room: ScanRoom) -> tuple[str, str]:
    """Who is scanned, and what may be said about them."""
    request, side = room.request, room.opened.side
    hand = f"{side} hand" if side else "hand"
    if request.kind != "virtual":
        return request.label.strip() or "Unnamed person", f"{hand}, {room.opened.source.name}"
    if request.quiz:
        return request.patient.label, f"{hand}, findings hidden"
    found = ", ".join(one.split(":")[0].replace("_", " ") for one in request.patient.pathologies)
    return request.patient.label, f"{hand}, {found or 'healthy'}"
