"""A request beside the exam's record, so that the exam can be resumed after a restart."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from sesamoid.errors import DataError
from sesamoid.imaging.atomic import atomic_path
from sesamoid.server.scanning.patients import Patient
from sesamoid.server.scanning.request import ScanRequest

REQUEST = "request.json"


def write_request(folder: Path, request: ScanRequest) -> None:
    """Keep it in the exam's folder."""
    with atomic_path(folder / REQUEST) as temporary:
        temporary.write_text(json.dumps(asdict(request), indent=1), encoding="utf-8")


def read_request(folder: Path) -> ScanRequest:
    """The request of an exam.

    Raises
    ------
    DataError
        It is gone or damaged.
    """
    path = folder / REQUEST
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        who = content.pop("patient")
        patient = Patient(who["seed"], tuple(who["pathologies"]), who["side"])
        return ScanRequest(**content, patient=patient)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(
            f"what was to be scanned cannot be read ({error})",
            path=path,
            fix="begin a new exam; what was kept in this one stays.",
        ) from error
