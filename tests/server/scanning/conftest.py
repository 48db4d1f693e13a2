"""A virtual patient and rooms with the truth as their assistant."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from sesamoid.anatomy import Protocol, protocol
from sesamoid.server.access import Actor
from sesamoid.server.scanning.patients import Bodies, Patient
from sesamoid.server.services import Services, open_services
from sesamoid.server.settings import ServerSettings
from sesamoid.virtual.acquisition import Examination

from .truth import truth_assistant

_BODIES = Bodies()


@pytest.fixture(scope="session")
def rule() -> Protocol:
    return protocol("wrist-hand-15")


@pytest.fixture(scope="session")
def exam(rule: Protocol) -> Examination:
    """The first patient, a right hand."""
    return _BODIES.examination(Patient(side="right"), rule)


@pytest.fixture(scope="session")
def left_exam(rule: Protocol) -> Examination:
    return _BODIES.examination(Patient(side="left"), rule)


@pytest.fixture
def services(settings: ServerSettings) -> Iterator[Services]:
    """Of local use; its rooms know the truth."""
    opened = open_services(settings, assistant=truth_assistant)
    opened.rooms.bodies = _BODIES
    yield opened
    opened.close()


@pytest.fixture
def actor(services: Services) -> Actor:
    return services.access.local("127.0.0.1")


def until(happened: Callable[[], object], *, seconds: float = 60.0) -> None:
    """Wait for something; a loaded machine takes its time."""
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)
