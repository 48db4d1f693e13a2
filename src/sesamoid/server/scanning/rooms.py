"""All exams that are running on this server."""

from __future__ import annotations

import logging
import threading
import time
import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session as StoreSession

from sesamoid.anatomy import Protocol
from sesamoid.anatomy import protocol as named_protocol
from sesamoid.live import Kept
from sesamoid.reports.finding_json import model_as_json
from sesamoid.server.access import Access, Actor, Conflict, Forbidden, NotFound
from sesamoid.server.access.roles import SCANS_REAL, SEES_ALL_EXAMS
from sesamoid.server.scanning.assistants import Assistant, AssistantFactory
from sesamoid.server.scanning.clerk import Clerk
from sesamoid.server.scanning.commands import obey
from sesamoid.server.scanning.ingest import Ingest, line_of
from sesamoid.server.scanning.patients import Bodies
from sesamoid.server.scanning.request import ScanRequest
from sesamoid.server.scanning.request_file import read_request, write_request
from sesamoid.server.scanning.room import ScanRoom
from sesamoid.server.scanning.sources import Opened, open_source
from sesamoid.server.settings import ServerSettings
from sesamoid.server.store import Exam, ExamStatus, Person, Store, audit, exams
from sesamoid.virtual.body import WristHand

log = logging.getLogger(__name__)
RECORDINGS = "recordings"
"""Folder in the data folder from which a public server plays recordings."""
MOST_ROOMS = 12
LOOK_S = 2.0
REST_AFTER_S = 20.0
"""Without a viewer; a page that is loaded again is back sooner."""


@dataclass(frozen=True)
class Watched:
    """Since when nobody has watched a room; None: somebody does."""

    room: ScanRoom
    alone_s: float | None = None


class ScanRooms:
    """Opens exams and finds them again.

    Parameters
    ----------
    settings : ServerSettings
    store : Store
    access : Access
    assistant : AssistantFactory
    """

    def __init__(
        self,
        settings: ServerSettings,
        store: Store,
        access: Access,
        *,
        assistant: AssistantFactory,
    ):
        self.settings, self.store, self.access = settings, store, access
        self.bodies = Bodies()
        self.ingest = Ingest(store, settings.data)
        self._assistant = assistant
        self._clerk = Clerk()
        self._lock = threading.Lock()
        self._opening = threading.Lock()
        self._watched: dict[str, Watched] = {}
        self._closing = threading.Event()
        self.recovered = self.ingest.recover()
        threading.Thread(target=self._watch, name="sesamoid-rooms", daemon=True).start()

    def open(self, actor: Actor, request: ScanRequest) -> ScanRoom:
        """Begin an exam. Making a body may take seconds.

        Raises
        ------
        Forbidden
            Real sources need the role.
        Conflict
            Too many exams are running.
        SesamoidError
            There is no such source, patient or scanner.
        """
        actor = self.access.require(actor, *(SCANS_REAL if request.kind != "virtual" else ()))
        request = self._safe(request)
        protocol = named_protocol(request.protocol)
        self._make_room()
        with self._opening:
            opened = open_source(request, protocol, self.bodies)
            assistant = self._assistant(opened, protocol)
        exam_id = str(uuid.uuid4())
        folder = self.settings.data / "exams" / exam_id
        folder.mkdir(parents=True)
        write_request(folder, request)
        with self.store.write() as session:
            person = self._person(session, actor, request, opened)
            session.add(self._exam(exam_id, person, actor, request, opened, assistant, protocol))
            audit.append(
                session, "exam.begin", account=actor.name, object=f"exam {exam_id}",
                detail={"kind": request.kind, "assistant": request.assistant},
                address=actor.address,
            )  # fmt: skip
        return self._begin(exam_id, actor.account_id, request, opened, assistant, protocol)

    def resume(self, actor: Actor, exam_id: str) -> ScanRoom:
        """Go on with an exam that was interrupted, or ended; the running one where it still runs.

        Raises
        ------
        NotFound
            There is no such exam of this account.
        SesamoidError
            Its source is gone.
        """
        found = self._own(actor, exam_id)
        with self._opening:
            running = self._watched.get(exam_id)
            if running is not None and not running.room.ended:
                return running.room
            folder = self.settings.data / found.folder
            request = read_request(folder)
            protocol = named_protocol(found.protocol)
            self._make_room()
            opened = open_source(request, protocol, self.bodies)
            assistant = self._assistant(opened, protocol)
            with self.store.write() as session:
                exam = exams.get(session, exam_id)
                if exam is not None:
                    exam.status, exam.ended_at = ExamStatus.RUNNING, None
            return self._begin(exam_id, found.account_id, request, opened, assistant, protocol)

    def get(self, actor: Actor, room_id: str) -> ScanRoom:
        """A running exam that this account may watch.

        Raises
        ------
        NotFound
            None such runs, or it is another's.
        """
        actor = self.access.require(actor)
        watched = self._watched.get(room_id)
        if watched is None or not (
            watched.room.account_id == actor.account_id or actor.has(*SEES_ALL_EXAMS)
        ):
            raise NotFound("no such exam is running", fix="look among the exams.")
        return watched.room

    def operates(self, actor: Actor, room: ScanRoom) -> bool:
        """Whether this account holds the probe; others watch."""
        return actor.account_id == room.account_id

    def running(self, actor: Actor) -> tuple[ScanRoom, ...]:
        """Exams that this account may watch."""
        actor = self.access.require(actor)
        every = actor.has(*SEES_ALL_EXAMS)
        rooms = [one.room for one in self._watched.values() if not one.room.ended]
        return tuple(room for room in rooms if every or room.account_id == actor.account_id)

    def close(self, actor: Actor, room_id: str) -> None:
        """End an exam; it is all in the store afterwards."""
        room = self._operated(actor, room_id)
        room.end()
        self._clerk.finish()
        with self._lock:
            self._watched.pop(room_id, None)

    def obey(self, actor: Actor, room_id: str, message: dict[str, Any]) -> None:
        """Do what a command asks for; see `commands`.

        Raises
        ------
        NotFound, Forbidden
        SesamoidError
            It cannot be done.
        """
        obey(self._operated(actor, room_id), message)

    def annotations(self, room: ScanRoom, number: int) -> list[dict[str, Any]]:
        """Calipers and notes on a kept picture."""
        self._clerk.finish()
        return self.ingest.annotations(room.id, number)

    def annotate(
        self, actor: Actor, room_id: str, number: int, drawn: list[dict[str, Any]]
    ) -> None:
        """Replace the calipers and notes on a kept picture; stored when this returns.

        Raises
        ------
        NotFound, Forbidden
        SesamoidError
            Something of it is no annotation.
        """
        room = self._operated(actor, room_id)
        self._clerk.finish()
        self.ingest.annotate(room.id, number, drawn)

    def hand(self, room: ScanRoom) -> bytes:
        """The skin of a virtual patient's hand; NotFound of a real one."""
        device = room.opened.device
        if device is None or not isinstance(device.exam.body, WristHand):
            raise NotFound("a real hand has no mesh")
        return self.bodies.hand(room.request.patient, device.exam.body)

    def warm_up(self, request: ScanRequest | None = None) -> None:
        """Make what the first exam needs, while somebody still looks at the start page."""
        wanted = request if request is not None else ScanRequest()
        protocol = named_protocol(wanted.protocol)
        with self._opening:
            opened = open_source(wanted, protocol, self.bodies)
            self._assistant(opened, protocol)
        if opened.device is not None:
            opened.device.take(0.0, 0)

    def stop(self) -> None:
        """The server ends: end all exams and store what they have."""
        self._closing.set()
        for watched in list(self._watched.values()):
            watched.room.end()
        self._clerk.close()

    def _operated(self, actor: Actor, room_id: str) -> ScanRoom:
        room = self.get(actor, room_id)
        if not self.operates(actor, room):
            raise Forbidden("the exam is another's", fix="ask its operator.")
        return room

    def _begin(
        self, exam_id: str, account_id: int, request: ScanRequest, opened: Opened,
        assistant: Assistant, protocol: Protocol,
    ) -> ScanRoom:  # fmt: skip
        room = ScanRoom(
            exam_id, account_id, request, opened, assistant, protocol,
            self.settings.data / "exams" / exam_id, on_kept=self._kept, on_end=self._ended,
        )  # fmt: skip
        with self._lock:
            self._watched[exam_id] = Watched(room, time.monotonic())
        room.start()
        return room

    def _kept(self, room: ScanRoom, kept: Kept) -> None:
        thought = room.thought_of(kept)
        drawn = room.take_drawn() if kept.by == "operator" else []

        def store() -> None:
            self.ingest.keep(room.id, line_of(kept.picture), thought=thought, drawn=drawn)
            room.broadcast.news("stored", number=kept.number, plane=kept.plane)

        self._clerk.give(store)

    def _ended(self, room: ScanRoom, failed: bool, why: str) -> None:
        status = ExamStatus.FAILED if failed else ExamStatus.ENDED
        if failed:
            log.warning("exam %s failed: %s", room.id, why)
        self._clerk.give(lambda: self.ingest.end(room.id, status))

    def _own(self, actor: Actor, exam_id: str) -> Exam:
        actor = self.access.require(actor)
        with self.store.read() as session:
            found = exams.get(session, exam_id)
        if found is None or found.account_id != actor.account_id:
            raise NotFound("there is no such exam", fix="look among your exams.")
        return found

    def _person(
        self, session: StoreSession, actor: Actor, request: ScanRequest, opened: Opened
    ) -> Person:
        virtual = request.kind == "virtual"
        query = select(Person).where(Person.account_id == actor.account_id)
        if request.person_id is not None:
            query = query.where(Person.id == request.person_id, Person.virtual.is_(virtual))
        elif virtual:
            query = query.where(Person.virtual.is_(True), Person.seed == request.patient.seed)
        else:
            query = query.where(Person.id < 0)
        known = session.scalars(query).first()
        if known is not None:
            return known
        if request.person_id is not None:
            raise NotFound("there is no such person", fix="choose one of yours.")
        label = request.patient.label if virtual else request.label.strip()[:120] or "Unnamed"
        person = Person(
            account_id=actor.account_id, label=label, virtual=virtual,
            seed=request.patient.seed if virtual else None, side=opened.side,
        )  # fmt: skip
        session.add(person)
        session.flush()
        return person

    @staticmethod
    def _exam(
        exam_id: str, person: Person, actor: Actor, request: ScanRequest, opened: Opened,
        assistant: Assistant, protocol: Protocol,
    ) -> Exam:  # fmt: skip
        model = assistant.model
        return Exam(
            id=exam_id, person_id=person.id, account_id=actor.account_id,
            application=assistant.application, protocol=protocol.id,
            protocol_version=protocol.version, source=opened.source.name[:255],
            origin=opened.source.origin.value, side=opened.side,
            assistant_on=request.assistant, folder=f"exams/{exam_id}",
            model_name="" if model is None else model.name,
            model_version="" if model is None else model.version,
            model={} if model is None else model_as_json(model),
        )  # fmt: skip

    def _safe(self, request: ScanRequest) -> ScanRequest:
        """A public server plays recordings of its own folder, and opens its own devices, only."""
        if request.kind == "device" and self.settings.public:
            if not request.address.strip().isdecimal():
                # An address on the network would make the server fetch what its users name.
                raise Forbidden(
                    "devices elsewhere are not opened", fix="give a device's number, e.g. 0."
                )
        if request.kind == "file" and self.settings.public:
            home = (self.settings.data / RECORDINGS).resolve()
            path = (home / request.address).resolve()
            if not path.is_relative_to(home):
                raise Forbidden(
                    "recordings outside of the server's folder are not played",
                    fix=f"put it into {RECORDINGS}/ of the data folder.",
                )
            return request.at(str(path))
        return request

    def _make_room(self) -> None:
        with self._lock:
            for key in [k for k, one in self._watched.items() if one.room.ended]:
                self._watched.pop(key)
            if len(self._watched) >= MOST_ROOMS:
                raise Conflict(
                    f"{MOST_ROOMS} exams are running", fix="end one, or try again later."
                )

    def _watch(self) -> None:
        """Let rooms rest that nobody watches, and end those that nobody comes back to."""
        while not self._closing.wait(LOOK_S):
            for key, watched in list(self._watched.items()):
                self._look(key, watched)

    def _look(self, key: str, watched: Watched) -> None:
        room, now = watched.room, time.monotonic()
        if room.broadcast.fan.feeds:
            if watched.alone_s is not None:
                self._watched[key] = Watched(room)
                room.rest(False)
            return
        if watched.alone_s is None:
            self._watched[key] = Watched(room, now)
        elif now - watched.alone_s > 3600 * self.settings.idle_hours:
            room.end()
            with self._lock:
                self._watched.pop(key, None)
        elif now - watched.alone_s > REST_AFTER_S:
            room.rest(True)
