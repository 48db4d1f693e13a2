"""`sesamoid live` as a program of its own, killed while it keeps planes, and started again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sesamoid.anatomy import protocol
from sesamoid.imaging import write_ultrasound_dicom
from sesamoid.live.picture_file import read_picture
from sesamoid.virtual.acquisition import Examination, Offset, placed, usual_settings
from sesamoid.virtual.body import WristHand, draw_person
from sesamoid.virtual.ultrasound import Scanner, preset, probe

from .conftest import Ran

RULE, MACHINE = protocol("wrist-hand-15"), preset("gannet-s9")
PLANES = ("S2", "S6", "S9")
"""Shown at one depth, so that one cine can hold them."""
HELD, FPS = 32, 16
PATIENCE_S = 120.0


@pytest.fixture(scope="module")
def cine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Standard planes of a virtual person, each held for a while."""
    exam = Examination(WristHand(draw_person(700_011)), RULE, slices=1)
    settings = usual_settings(MACHINE, PLANES[0])
    width_mm = probe(settings.probe).width_mm
    shape = (round(settings.depth_mm * 10), round(width_mm * 10))
    scanner = Scanner(MACHINE, settings, picture_shape=shape)
    shown = []
    for plane in PLANES:
        pose = placed(exam.body, exam.view(plane).pose, Offset(press_mm=0.8))
        shown += [exam.frame(scanner, pose).image.pixels] * HELD
    times = np.arange(len(shown)) / FPS
    path = tmp_path_factory.mktemp("cine") / "cine.dcm"
    return write_ultrasound_dicom(path, np.stack(shown), spacing_mm=(0.1, 0.1), frame_times_s=times)


def kept(out: Path) -> list[dict]:
    """Whole lines about kept pictures, as anybody may read them while they are written."""
    path = out / "session" / "session.jsonl"
    text = path.read_text("utf-8") if path.is_file() else ""
    lines = [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]
    return [line for line in lines if line["kind"] == "kept"]


@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
def test_what_was_kept_before_kill_9_is_in_the_report_of_the_second_start(
    sesamoid: Callable[..., Ran], cine: Path, tmp_path: Path
) -> None:
    out = tmp_path / "exam"
    given = ("live", "--source", cine, "--fast", "--headless", "--threads", 1, "--out", out,
             "--formats", "json")  # fmt: skip
    program = "from sesamoid.cli.main import main; main()"
    child = subprocess.Popen(
        [sys.executable, "-c", program, *map(str, given)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    until = time.monotonic() + PATIENCE_S
    while not kept(out) and child.poll() is None and time.monotonic() < until:
        time.sleep(0.005)
    child.send_signal(signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL, "killed in the middle"
    before = kept(out)
    assert before
    assert not (out / "results.json").exists()

    ran = sesamoid(*given)
    assert ran.code == 0, ran.err
    assert "went on from an earlier part" in ran.out
    after = kept(out)
    assert after[: len(before)] == before
    for line in before:
        assert read_picture(out / "session" / line["picture"]).shape[:2]
    results = json.loads((out / "results.json").read_text("utf-8"))["results"]
    reported = {Path(one["path"]).stem.partition("_")[2] for one in results}
    assert {line["plane"] for line in before} <= reported
