"""Something to look at: a scanned exam, learners with a history."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

import numpy as np

from sesamoid.server.access import Actor, Role
from sesamoid.server.scanning.patients import Patient
from sesamoid.server.scanning.request import ScanRequest
from sesamoid.server.services import Services
from sesamoid.server.store import Account, Attempt
from sesamoid.server.store.columns import now
from sesamoid.server.teaching.attempt_log import fresh_detail

PATIENCE_S, BY_HAND_AFTER_S = 180.0, 12.0
LEARNERS = ("mina.okafor", "noor", "jonas.von-und-zu-hohenlohe-langenburg@teaching-hospital")


def scanned_exam(
    services: Services, actor: Actor, planes: tuple[str, ...], *, pathologies: tuple[str, ...] = ()
) -> str:
    """Scan some planes of a virtual patient, the probe held where it should be; the exam's id."""
    request = ScanRequest(patient=Patient(pathologies=pathologies), start=planes[0])
    room = services.rooms.open(actor, request)
    assert room.probe is not None
    for plane in planes:
        room.probe.go(plane, size=0.0)
        until, asked = time.monotonic() + PATIENCE_S, False
        while room.checklist.item(plane).kept is None:
            assert time.monotonic() < until, f"{plane} was not kept"
            room.rest(False)  # nobody watches, and it goes on all the same
            if not asked and time.monotonic() > until - PATIENCE_S + BY_HAND_AFTER_S:
                # On a busy machine frames come too rarely for the assistant to hold still.
                room.capture(plane)
                asked = True
            time.sleep(0.1)
    services.rooms.close(actor, room.id)
    return room.id


def learners(services: Services, *, days: int = 12) -> list[Account]:
    """Accounts with attempts over some days; scores rise, more or less."""
    rng = np.random.default_rng(4)
    accounts = []
    for name in LEARNERS:
        account = services.access.accounts.add(None, name, "a long enough sentence", [Role.STUDENT])
        accounts.append(account)
        for key in ("structures", "synovitis-pictures", "find-plane"):
            _history(services, account.id, key, rng, days)
    return accounts


def history(services: Services, account_id: int, *, days: int = 9) -> None:
    """Attempts of one account."""
    rng = np.random.default_rng(7)
    for key in ("structures", "synovitis-pictures"):
        _history(services, account_id, key, rng, days)


def _history(
    services: Services, account_id: int, key: str, rng: np.random.Generator, days: int
) -> None:
    start = now() - timedelta(days=days)
    level = float(rng.uniform(25, 55))
    with services.store.write() as session:
        for day in range(days):
            if rng.random() < 0.3:
                continue
            for number in range(int(rng.integers(1, 4))):
                level = min(96.0, level + float(rng.normal(3.0, 4.0)))
                moment = start + timedelta(days=day, minutes=12 * number)
                session.add(_attempt(account_id, key, moment, level, rng))


def _attempt(
    account_id: int, key: str, moment: datetime, level: float, rng: np.random.Generator
) -> Attempt:
    score = float(np.clip(level + rng.normal(0, 9), 0, 100).round(1))
    seconds = float(rng.integers(90, 420))
    return Attempt(
        account_id=account_id,
        exercise=key,
        subject="S11" if key == "find-plane" else "",
        seed=1,
        started_at=moment,
        ended_at=moment + timedelta(seconds=seconds),
        score=score,
        hints=int(rng.integers(0, 4)),
        seconds=seconds,
        detail=fresh_detail(moment),
    )
