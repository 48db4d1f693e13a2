"""``kill -9`` in the middle of a scan: every picture that was shown as kept is there afterwards."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from .processes import ServerProcess
from .test_kill import database  # noqa: F401

PLANES = ("S1", "S2", "S3")
PATIENCE_S = 240


def kept(state: dict[str, Any]) -> dict[str, int]:
    """Number of the picture that is kept, by plane."""
    return {
        item["plane"]: item["kept"]["number"] for item in state["checklist"] if item.get("kept")
    }


@pytest.mark.usefixtures("database")
def test_no_kept_picture_is_lost(tmp_path: Path, database: str | None) -> None:  # noqa: F811
    with ServerProcess(tmp_path, database=database, truth=True) as server:
        begun = httpx.post(
            f"{server.url}/scan", json={"patient": {"seed": 700_011}}, timeout=PATIENCE_S
        )
        assert begun.status_code == 201, begun.text
        room = begun.json()["room"]
        shown: dict[str, int] = {}
        for plane in PLANES:
            body = {"do": "capture", "plane": plane}
            httpx.post(f"{server.url}/scan/{room}/do", json=body, timeout=60).raise_for_status()
            end = time.monotonic() + PATIENCE_S
            while plane not in shown:
                assert time.monotonic() < end, "nothing was kept"
                time.sleep(0.05)
                state = httpx.get(f"{server.url}/scan/{room}", timeout=60).json()["state"]
                shown = kept(state)
        server.kill()
    with ServerProcess(tmp_path, database=database, truth=True) as again:
        exam = httpx.get(f"{again.url}/exams/{room}", timeout=60).json()
        assert exam["status"] == "interrupted"
        stored = {picture["number"]: picture for picture in exam["pictures"]}
        for plane, number in shown.items():
            assert stored[number]["plane"] == plane
            url = stored[number]["url"].removeprefix("/api/v1")
            picture = httpx.get(f"{again.url}{url}", timeout=60)
            assert picture.content.startswith(b"\x89PNG")
