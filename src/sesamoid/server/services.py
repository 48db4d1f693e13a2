"""Everything that pages and the API call, in one bundle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sesamoid.errors import OutputError
from sesamoid.server.access import Access
from sesamoid.server.access.audit_log import AuditLog
from sesamoid.server.exams import Exams, People
from sesamoid.server.reviewing import Reviewing
from sesamoid.server.settings import ServerSettings
from sesamoid.server.store import Store, open_store


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
    reviewing : Reviewing
    """

    settings: ServerSettings
    store: Store
    access: Access
    audit: AuditLog
    exams: Exams
    people: People
    reviewing: Reviewing
    rooms: Any = None
    teaching: Any = None

    def close(self) -> None:
        """End what runs and let the database go."""
        self.store.close()


def open_services(settings: ServerSettings, *, store: Store | None = None) -> Services:
    """Open the store and everything upon it.

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
    return Services(
        settings,
        opened,
        access,
        AuditLog(access, opened),
        exams,
        People(access, opened),
        Reviewing(access, opened, exams, settings.data),
    )


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
