"""The scan room of an exercise: opened once for an attempt, taken away when it is finished."""

from __future__ import annotations

import logging
from dataclasses import replace

import numpy as np

from sesamoid.errors import SesamoidError
from sesamoid.server.access import Actor, NotFound
from sesamoid.server.scanning.assistants import without_assistant
from sesamoid.server.scanning.request import ScanRequest
from sesamoid.server.scanning.room import ScanRoom
from sesamoid.server.services import Services
from sesamoid.server.store import Attempt
from sesamoid.server.teaching import ExerciseKey
from sesamoid.server.teaching.scan_tasks import ScanTask

log = logging.getLogger(__name__)
JOINT_PLANE = "S5"
"""Where a patient's wrist is looked at first."""


def room_of(services: Services, actor: Actor, attempt: Attempt) -> ScanRoom:
    """The room of an attempt: the running one, or a new one.

    Raises
    ------
    SesamoidError
    """
    exam_id = attempt.detail.get("exam")
    if exam_id:
        try:
            return services.rooms.resume(actor, str(exam_id), assistant=without_assistant)
        except NotFound:
            log.info("the room of attempt %d is gone; a new one is opened", attempt.id)
    task = services.teaching.scans.task(actor, attempt.id)
    request = request_of(task, services, attempt)
    room = services.rooms.open(actor, request, assistant=without_assistant)
    services.teaching.scans.attach(actor, attempt.id, room.id)
    return room


def request_of(task: ScanTask, services: Services, attempt: Attempt) -> ScanRequest:
    """What is scanned: without the assistant, and away from the plane that is to be found."""
    request = ScanRequest(patient=task.patient, assistant=False)
    if task.exercise is ExerciseKey.SYNOVITIS_PATIENT:
        return replace(request, quiz=True, start=JOINT_PLANE)
    if len(task.planes) == 1:
        known = services.teaching.gallery.protocol.planes
        others = [plane.id for plane in known if plane.id not in task.planes]
        rng = np.random.default_rng([attempt.seed or 0, 3])
        return replace(request, start=others[int(rng.integers(len(others)))])
    return request


def close_room(services: Services, actor: Actor, room: ScanRoom) -> None:
    """End the room and remove its exam: what counts of an exercise is kept with the attempt."""
    try:
        services.rooms.close(actor, room.id)
        services.exams.delete(actor, room.id, confirm=room.id)
    except SesamoidError as error:
        log.warning("the room %s of an exercise stays: %s", room.id, error)
