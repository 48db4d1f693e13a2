"""Everything that pages and the API call, in one bundle."""

from __future__ import annotations

from dataclasses import dataclass

from sesamoid.errors import OutputError
from sesamoid.server.access import Access
from sesamoid.server.access.audit_log import AuditLog
from sesamoid.server.exams import Exams, People
from sesamoid.server.exams.uploads import Uploads
from sesamoid.server.reviewing import Reviewing
from sesamoid.server.reviewing.reporting import Reporting
from sesamoid.server.scanning.assistants import AssistantFactory, assistant_of
from sesamoid.server.scanning.rooms import ScanRooms
from sesamoid.server.settings import ServerSettings
from sesamoid.server.store import Store, open_store
from sesamoid.server.teaching import Teaching


@dataclass(frozen=True)
class Services:
    """What a server offers; every call takes the `Actor` that makes it.

    Parameters
    ----------
    settings : ServerSettings
    store : Store
    access : Access
    audit : AuditLog
    exams : Exams
    people : People
    uploads : Uploads
    reviewing : Reviewing
    reporting : Reporting
    rooms : ScanRooms
    teaching : Teaching
    """

    settings: ServerSettings
    store: Store
    access: Access
    audit: AuditLog
    exams: Exams
    people: People
    uploads: Uploads
    reviewing: Reviewing
    reporting: Reporting
    rooms: ScanRooms
    teaching: Teaching

    def close(self) -> None:
        """End what runs and let the database go."""
        self.rooms.stop()
        self.uploads.stop()
        self.reporting.stop()
        self.store.close()


def open_services(
    settings: ServerSettings,
    *,
    store: Store | None = None,
    assistant: AssistantFactory | None = None,
) -> Services:
    """Open the store and everything upon it.

    Parameters
    ----------
    settings : ServerSettings
    store : Store, optional
        Opened from the settings where not given.
    assistant : AssistantFactory, optional
        In place of the model that the settings name.

    Raises
    ------
    SesamoidError
        The settings are unsafe, the data folder or the database cannot be opened.
    """
    settings.check()
    prepare_folder(settings)
    opened = store if store is not None else open_store(settings.database_url)
    access = Access(settings, opened)
    exams = Exams(access, opened, settings.data)
    exams.empty_bin()
    people = People(access, opened)
    reporting = Reporting(access, exams, settings.data)
    reporting.clear()
    rooms = ScanRooms(settings, opened, access, assistant=assistant or assistant_of(settings))
    services = Services(
        settings,
        opened,
        access,
        AuditLog(access, opened),
        exams,
        people,
        Uploads(settings, access, opened, exams, people),
        Reviewing(access, opened, exams, settings.data),
        reporting,
        rooms,
        Teaching(opened, access, rooms.bodies),
    )
    services.uploads.resume()
    return services


def prepare_folder(settings: ServerSettings) -> None:
    """Make the data folder, closed to other users of the machine.

    Raises
    ------
    OutputError
    """
    try:
        settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise OutputError(
            f"the data folder cannot be made ({error.strerror})",
            path=settings.data,
            fix="give --data a folder that you may write to.",
        ) from error
