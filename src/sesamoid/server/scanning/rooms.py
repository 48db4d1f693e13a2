"""All exams that are running on this server."""

from __future__ import annotations

import logging
import threading
import uuid
from typing import Any

import numpy as np

from sesamoid.anatomy import Protocol
from sesamoid.anatomy import protocol as named_protocol
from sesamoid.live import Kept
from sesamoid.live.picture_file import line_of
from sesamoid.server.access import Access, Actor, Forbidden, NotFound
from sesamoid.server.access.roles import SEES_ALL_EXAMS
from sesamoid.server.scanning.allowed import allowed
from sesamoid.server.scanning.assistants import Assistant, AssistantFactory
from sesamoid.server.scanning.choices import drawn_ailment
from sesamoid.server.scanning.clerk import Clerk
from sesamoid.server.scanning.commands import obey
from sesamoid.server.scanning.exam_rows import exam_of, person_of
from sesamoid.server.scanning.ingest import Ingest
from sesamoid.server.scanning.patients import Bodies
from sesamoid.server.scanning.request import ScanRequest
from sesamoid.server.scanning.request_file import read_request, write_request
from sesamoid.server.scanning.room import ScanRoom
from sesamoid.server.scanning.room_table import RoomTable
from sesamoid.server.scanning.sources import Opened, open_source
from sesamoid.server.settings import ServerSettings
from sesamoid.server.store import Exam, ExamStatus, Store, audit, exams
from sesamoid.virtual.body import WristHand

log = logging.getLogger(__name__)


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
        self._opening = threading.Lock()
        self._table = RoomTable(3600 * settings.idle_hours)
        self.recovered = self.ingest.recover()

    def open(
        self, actor: Actor, request: ScanRequest, *, assistant: AssistantFactory | None = None
    ) -> ScanRoom:
        """Begin an exam. Making a body may take seconds.

        Parameters
        ----------
        actor : Actor
        request : ScanRequest
        assistant : AssistantFactory, optional
            In place of the server's own; an exercise has none.

        Raises
        ------
        Forbidden
            Real sources need the role.
        Conflict
            Too many exams are running.
        SesamoidError
            There is no such source, patient or scanner.
        """
        actor, request = allowed(request, actor, self.access, self.settings)
        if request.quiz and not request.patient.pathologies:
            request = request.with_ailment(drawn_ailment(np.random.default_rng()))
        protocol = named_protocol(request.protocol)
        self._table.make_room()
        with self._opening:
            opened = open_source(request, protocol, self.bodies)
            looking = (assistant or self._assistant)(opened, protocol)
        exam_id = str(uuid.uuid4())
        folder = self.settings.data / "exams" / exam_id
        folder.mkdir(parents=True)
        write_request(folder, request)
        with self.store.write() as session:
            person = person_of(session, actor, request, opened)
            session.add(exam_of(exam_id, person, request, opened, looking, protocol))
            audit.append(
                session, "exam.begin", account=actor.name, object=f"exam {exam_id}",
                detail={"kind": request.kind, "assistant": request.assistant},
                address=actor.address,
            )  # fmt: skip
        return self._begin(exam_id, actor.account_id, request, opened, looking, protocol)

    def resume(
        self, actor: Actor, exam_id: str, *, assistant: AssistantFactory | None = None
    ) -> ScanRoom:
        """Go on with an exam that was interrupted, or ended; the running one where it still runs.

        `assistant` is as of `open`.

        Raises
        ------
        NotFound
            There is no such exam of this account.
        SesamoidError
            Its source is gone.
        """
        found = self._own(actor, exam_id)
        with self._opening:
            running = self._table.get(exam_id)
            if running is not None and not running.ended:
                return running
            folder = self.settings.data / found.folder
            request = read_request(folder)
            protocol = named_protocol(found.protocol)
            self._table.make_room()
            opened = open_source(request, protocol, self.bodies)
            looking = (assistant or self._assistant)(opened, protocol)
            with self.store.write() as session:
                exam = exams.get(session, exam_id)
                if exam is not None:
                    exam.status, exam.ended_at = ExamStatus.RUNNING, None
            return self._begin(exam_id, found.account_id, request, opened, looking, protocol)

    def get(self, actor: Actor, room_id: str) -> ScanRoom:
        """A running exam that this account may watch.

        Raises
        ------
        NotFound
            None such runs, or it is another's.
        """
        actor = self.access.require(actor)
        room = self._table.get(room_id)
        if room is None or not (self.operates(actor, room) or actor.has(*SEES_ALL_EXAMS)):
            raise NotFound("no such exam is running", fix="look among the exams.")
        return room

    def operates(self, actor: Actor, room: ScanRoom) -> bool:
        """Whether this account holds the probe; others watch."""
        return actor.account_id == room.account_id

    def running(self, actor: Actor) -> tuple[ScanRoom, ...]:
        """Exams that this account may watch."""
        actor = self.access.require(actor)
        every, rooms = actor.has(*SEES_ALL_EXAMS), self._table.running
        return tuple(room for room in rooms if every or self.operates(actor, room))

    def close(self, actor: Actor, room_id: str) -> None:
        """End an exam; it is all in the store afterwards."""
        room = self._operated(actor, room_id)
        room.end()
        self._clerk.finish()
        self._table.remove(room_id)

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
        self._table.close()
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
        self._table.add(room)
        room.start()
        return room

    def _kept(self, room: ScanRoom, kept: Kept) -> None:
        thought = room.thoughts.of(kept.time_s)
        drawn = room.take_drawn() if kept.by == "operator" else []

        def store() -> None:
            self.ingest.keep(room.id, line_of(kept.picture), thought=thought, drawn=drawn)
            room.broadcast.news("stored", number=kept.number, plane=kept.plane)

        self._clerk.give(store)

    def _ended(self, room: ScanRoom, failed: bool, why: str) -> None:
        """In the session's thread: nobody is told of the end before all of it is stored."""
        status = ExamStatus.FAILED if failed else ExamStatus.ENDED
        self._clerk.give(lambda: self.ingest.end(room.id, status))
        self._clerk.finish()

    def _own(self, actor: Actor, exam_id: str) -> Exam:
        actor = self.access.require(actor)
        with self.store.read() as session:
            found = exams.get(session, exam_id)
        if found is None or found.account_id != actor.account_id:
            raise NotFound("there is no such exam", fix="look among your exams.")
        return found
