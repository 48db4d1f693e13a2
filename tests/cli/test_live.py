"""`sesamoid live` in process: a virtual novice, the simulator's truth in place of the network."""

from __future__ import annotations

import io
import json
import os
import signal
from pathlib import Path
from types import SimpleNamespace

import pytest

from sesamoid.applications.wrist_hand import WristHandApplication, virtual_session
from sesamoid.applications.wrist_hand.assessor import WristHandAssessor
from sesamoid.live import Checklist, recorded
from sesamoid.live.loop import LoopReport

from ..applications.wrist_hand.truth_look import NAMES, TruthLooker

PLANES = ["S11", "S14"]


class LateLooker:
    """The truth of whichever virtual probe was opened last; any other picture is its last one."""

    task = NAMES
    truth: TruthLooker

    def look(self, frame, *, scan_area=None, spacing_mm=None):
        truth = LateLooker.truth
        try:
            return truth.look(frame)
        except AssertionError:
            return truth.last(frame)


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch):
    manifest = SimpleNamespace(
        name="scripted", version="0", weights_sha256="0" * 64, trained_on="nothing",
        origin="virtual",
    )  # fmt: skip
    bundle = SimpleNamespace(manifest=manifest, card=Path("none"))
    monkeypatch.setattr(WristHandApplication, "looker", lambda *_: (LateLooker(), bundle))
    monkeypatch.setattr(WristHandAssessor, "warm_up", lambda _: None)
    opened = virtual_session.virtual_novice
    heard = []

    def two_planes(rule, **how):
        found = opened(rule, **{**how, "pace": False})
        probe = found.source
        LateLooker.truth = TruthLooker(probe)
        probe.pixels_per_mm, probe.frames_per_second = 6.0, 6.0
        novice = found.novice
        novice._waiting, novice._plane = PLANES[1:], PLANES[0]
        novice._put_down(0.0)
        inner = found.operator.hear

        def hear(update):
            heard.append(update)
            inner(update)

        found.operator.hear = hear
        return found

    monkeypatch.setattr(virtual_session, "virtual_novice", two_planes)
    return heard


ARGUMENTS = ("live", "--source", "virtual", "--headless", "--person", "700003")


def test_a_virtual_exam_ends_with_kept_planes_and_a_report(sesamoid, scripted, tmp_path) -> None:
    ran = sesamoid(*ARGUMENTS, "--out", tmp_path, "--formats", "json,csv,html")
    assert ran.code == 0, ran.err
    assert "planes kept" in ran.out
    content = json.loads((tmp_path / "results.json").read_text())
    kept = {row["plane"] for row in content["checklist"] if row["progress"] == "kept"}
    assert kept >= set(PLANES)
    assert (tmp_path / "report.html").is_file()
    lines = list(recorded(tmp_path / "session"))
    assert any(line["kind"] == "said" for line in lines)


def test_ctrl_c_ends_properly_and_the_same_command_goes_on(sesamoid, scripted, tmp_path) -> None:
    class Interrupting(list):
        def append(self, update) -> None:
            super().append(update)
            if len(self) == 5:
                os.kill(os.getpid(), signal.SIGINT)

    before = signal.getsignal(signal.SIGINT)
    heard = Interrupting()
    inner = virtual_session.virtual_novice

    def interrupted(rule, **how):
        found = inner(rule, **how)
        hear = found.operator.hear
        found.operator.hear = lambda update: (heard.append(update), hear(update))
        return found

    virtual_session.virtual_novice = interrupted
    ran = sesamoid(*ARGUMENTS, "--out", tmp_path, "--formats", "json")
    virtual_session.virtual_novice = inner
    assert ran.code == 1, "nothing was kept yet"
    assert "stopped on request" in ran.out
    assert len(heard) < 30
    assert signal.getsignal(signal.SIGINT) is before
    assert next(line for line in recorded(tmp_path / "session") if line["kind"] == "end")
    again = sesamoid(*ARGUMENTS, "--out", tmp_path, "--formats", "json")
    assert again.code == 0, again.err
    assert "went on from an earlier part" in again.out


def test_without_the_assistant_the_operator_s_pictures_count(sesamoid, scripted, tmp_path) -> None:
    ran = sesamoid(*ARGUMENTS, "--no-assistant", "--out", tmp_path, "--formats", "json")
    assert all(update.assessment is None and update.instruction is None for update in scripted)
    content = json.loads((tmp_path / "results.json").read_text())
    by = {row["plane"]: row["kept_by"] for row in content["checklist"] if row["kept_by"]}
    assert set(by.values()) == {"operator"}
    assert ran.code == 0


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("--source", "nowhere.dcm"), "there is no source 'nowhere.dcm'"),
        (("--source", "device:"), "no device is named"),
        (("--source", "virtual", "--side", "up"), "--side 'up' is no side"),
        (("--source", "virtual", "--protocol", "foot"), "no protocol 'foot'"),
        (("--source", "virtual", "--mm-per-pixel", "-1"), "is no scale"),
        (("--source", "virtual", "--mm-per-pixel", "nan"), "--mm-per-pixel nan is no scale"),
        (("--source", "virtual", "--mm-per-pixel", "inf"), "--mm-per-pixel inf is no scale"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    sesamoid, scripted, tmp_path, arguments, text
) -> None:
    ran = sesamoid("live", *arguments, "--headless", "--out", tmp_path)
    assert ran.code == 1
    assert text in ran.err


def test_a_source_without_a_frame_is_one_line_and_leaves_nothing(
    sesamoid, scripted, tmp_path
) -> None:
    (tmp_path / "empty").mkdir()
    ran = sesamoid("live", "--source", tmp_path / "empty", "--headless", "--out", tmp_path / "x")
    assert ran.code == 1
    assert "no image is in the folder" in ran.err
    assert len(ran.err.strip().splitlines()) <= 2
    assert ran.out == ""
    assert not (tmp_path / "x" / "session").exists()


def test_stills_that_cannot_be_read_are_named_at_the_end(sesamoid, scripted, tmp_path) -> None:
    source = tmp_path / "stills"
    source.mkdir()
    (source / "b.png").write_bytes(b"\x89PNG\r\n\x1a\nno more")
    ran = sesamoid("live", "--source", source, "--headless", "--out", tmp_path / "x")
    assert ran.code == 1
    assert "the source ended; b.png was passed over" in " ".join(ran.out.split())


@pytest.mark.parametrize(
    ("arguments", "assessed", "told"),
    [
        (("--source", "cine"), 3, True),
        (("--source", "cine"), 300, False),
        (("--source", "cine", "--fast"), 3, False),
        (("--source", "virtual"), 3, False),
    ],
)
def test_a_recording_of_which_most_is_dropped_asks_for_fast(
    sesamoid, scripted, tmp_path, monkeypatch, arguments, assessed, told
) -> None:
    report = LoopReport(100 + assessed, assessed, 100, 0.1, 0.2, 0.3, "source ended", "it ended.")
    result = SimpleNamespace(report=report, resumed=False)
    monkeypatch.setattr("sesamoid.cli.live.examine", lambda *_, **__: (result, Checklist(())))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cine").mkdir()
    ran = sesamoid("live", *arguments, "--headless", "--out", tmp_path / "x")
    assert ("Give --fast" in " ".join(ran.err.split())) is told
    assert " ".join(ran.out.split()).endswith("100 dropped, p95 200 ms; it ended.")


def test_the_display_shows_what_to_do_and_what_is_kept(scripted, sesamoid, tmp_path) -> None:
    from rich.console import Console

    from sesamoid.anatomy import protocol
    from sesamoid.cli.live_display import LiveDisplay

    sesamoid(*ARGUMENTS, "--out", tmp_path, "--formats", "json")
    display = LiveDisplay(protocol("wrist-hand-15"))
    update = next(
        u
        for u in reversed(scripted)
        if u.checklist is not None and u.checklist.kept
        # The last pictures may be of no plane, or off the skin: which ones, the load decides.
        and u.assessment is not None and u.assessment.grade is not None and u.state is not None
        and u.instruction is not None
    )  # fmt: skip
    console = Console(width=120, record=True, file=io.StringIO())
    console.print(display.view(update))
    text = console.export_text()
    assert update.instruction.text[:40] in text
    assert "grade" in text
    assert "Transverse section of the proximal carpal tunnel" in text
    hidden = LiveDisplay(protocol("wrist-hand-15"), assistant=False)
    console.print(hidden.view(update))
    assert "grade" not in console.export_text().split("assistant off")[-1]


def test_the_demo_scans_a_hand_and_shows_its_true_sizes(
    sesamoid, scripted, tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr("sesamoid.models.bundles", lambda: {"wrist_hand": None})
    ran = sesamoid("demo", "--out", tmp_path)
    assert ran.code == 0, ran.err
    row = next(line for line in ran.out.splitlines() if "S11/MN" in line and "sectional" in line)
    true, measured = (float(cell) for cell in row.split("│")[3:5])
    assert measured == pytest.approx(true, rel=0.25)
    assert (tmp_path / "S14.sr.dcm").is_file()
    again = sesamoid("demo", "--out", tmp_path)
    assert again.code == 0, again.err
    assert "earlier part" not in again.out, "an earlier demo is not gone on with"


def test_the_demo_leaves_a_real_session_alone(sesamoid, scripted, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("sesamoid.models.bundles", lambda: {"wrist_hand": None})
    folder = tmp_path / "session"
    folder.mkdir()
    lines = [
        {"kind": "record", "format": "sesamoid live session 1"},
        {"kind": "start", "origin": "real"},
    ]
    text = "".join(json.dumps(line) + "\n" for line in lines)
    (folder / "session.jsonl").write_text(text)
    ran = sesamoid("demo", "--out", tmp_path)
    assert ran.code == 1
    assert "not virtual" in ran.err
    assert (folder / "session.jsonl").read_text() == text
