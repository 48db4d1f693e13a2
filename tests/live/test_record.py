"""The record: nothing that counted is lost, whenever the program is killed and whatever fails."""

from __future__ import annotations

import errno
import json
import os
import resource
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from sesamoid.errors import DataError, OutputError
from sesamoid.findings import DataOrigin
from sesamoid.live import picture_file
from sesamoid.live.history import check_patient, restore
from sesamoid.live.picture_file import pixel_digest, read_picture
from sesamoid.live.record import SessionRecord, recorded

from .scripted import PROTOCOL, ManualClock, grade, picture

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a system that can fork")


def start() -> dict:
    return {
        "kind": "start", "protocol": PROTOCOL.id, "protocol_version": PROTOCOL.version,
        "assistant": True,
    }  # fmt: skip


def kept(number: int, plane: str = "S11") -> dict:
    from sesamoid.reports.finding_json import grade_as_json

    return {
        "kind": "kept", "name": f"{number:04d}_{plane}", "number": number, "plane": plane,
        "digit": None, "grade": grade_as_json(grade("A")), "by": "assistant", "sharpness": 1.0,
        "time_s": 0.1 * number, "frame": number, "spacing_mm": [0.05, 0.1], "origin": "virtual",
        "label_names": ["", "MN"], "mirrored": False, "reason": "a test",
    }  # fmt: skip


def write(record: SessionRecord, number: int) -> None:
    record.keep(kept(number), picture(seed=number), (picture(seed=number) > 100).astype(np.uint8))


def write_many(record: SessionRecord, numbers) -> None:
    for number in numbers:
        write(record, number)


def check_whole(folder: Path) -> list[int]:
    """Every picture that the record names is there, whole, and the right one."""
    numbers = []
    for line in recorded(folder):
        if line["kind"] == "kept":
            pixels = read_picture(folder / line["picture"])
            assert pixel_digest(pixels) == line["sha256"]
            np.testing.assert_array_equal(pixels, picture(seed=line["number"]))
            labels = read_picture(folder / line["labels"])
            np.testing.assert_array_equal(labels, picture(seed=line["number"]) > 100)
            numbers.append(line["number"])
    return numbers


def resume(folder: Path) -> int:
    """As a session does it; returns how many frames are kept."""
    with SessionRecord(folder, clock=ManualClock()) as record:
        return restore(record, PROTOCOL, assistant=True).kept


def test_lines_come_back_as_they_were(tmp_path: Path) -> None:
    with SessionRecord(tmp_path) as record:
        record.add(start())
        record.add({"kind": "said", "text": "rotate 10° clockwise"})
        write(record, 1)
    lines = list(recorded(tmp_path))
    assert [line["kind"] for line in lines] == ["record", "start", "said", "kept"]
    assert lines[2]["text"] == "rotate 10° clockwise"
    assert check_whole(tmp_path) == [1]


def test_an_application_can_measure_what_was_kept(tmp_path: Path) -> None:
    with SessionRecord(tmp_path) as record:
        write(record, 1)
    with SessionRecord(tmp_path) as record:
        (item,) = [i for i in restore(record, PROTOCOL, assistant=True).items if i.kept]
    assert item.kept is not None
    image = item.kept.image()
    assert image.spacing_mm == (0.05, 0.1)
    np.testing.assert_array_equal(image.pixels[0], picture(seed=1))
    assert item.kept.grade == grade("A")
    labels = item.kept.label_map()
    assert labels is not None
    assert labels.shape == image.size


@pytest.mark.parametrize("torn", [b'{"kind": "fra', b"{", b"\xc3", b'{"kind": "frame"}'])
def test_a_torn_last_line_is_dropped_and_written_over(tmp_path: Path, torn: bytes) -> None:
    with SessionRecord(tmp_path) as record:
        write(record, 1)
    path = tmp_path / "session.jsonl"
    path.write_bytes(path.read_bytes() + torn)
    assert len(list(recorded(tmp_path))) == 2
    with SessionRecord(tmp_path) as record:
        write(record, 2)
    assert check_whole(tmp_path) == [1, 2]


def test_a_record_damaged_in_its_middle_is_an_error_that_names_the_line(tmp_path: Path) -> None:
    with SessionRecord(tmp_path) as record:
        record.add(start())
        write(record, 1)
    path = tmp_path / "session.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + b"\x00" * 20 + b"\n" + lines[2])
    with pytest.raises(DataError, match="line 2"):
        list(recorded(tmp_path))


def test_a_file_of_another_kind_is_not_written_to(tmp_path: Path) -> None:
    (tmp_path / "session.jsonl").write_text('{"something": "else"}\n')
    with pytest.raises(DataError, match="not a record"):
        SessionRecord(tmp_path)
    assert (tmp_path / "session.jsonl").read_text() == '{"something": "else"}\n'


def test_two_sessions_cannot_write_to_one_folder(tmp_path: Path) -> None:
    with SessionRecord(tmp_path), pytest.raises(OutputError, match="another session"):
        SessionRecord(tmp_path)


def test_another_protocol_or_arm_is_refused(tmp_path: Path) -> None:
    with SessionRecord(tmp_path) as record:
        record.add(start())
    with SessionRecord(tmp_path) as record, pytest.raises(OutputError, match="assistant on"):
        restore(record, PROTOCOL, assistant=False)


@dataclass
class Of:
    """A source, as far as the record looks at it."""

    name: str
    origin: DataOrigin


@pytest.mark.parametrize(
    ("before", "now", "refused"),
    [
        (Of("virtual person 3", DataOrigin.VIRTUAL), Of("device 0", DataOrigin.REAL), True),
        (Of("device 0", DataOrigin.REAL), Of("virtual person 3", DataOrigin.VIRTUAL), True),
        (
            Of("virtual person 3", DataOrigin.VIRTUAL),
            Of("virtual person 4", DataOrigin.VIRTUAL),
            True,
        ),
        (
            Of("virtual person 3", DataOrigin.VIRTUAL),
            Of("virtual person 3", DataOrigin.VIRTUAL),
            False,
        ),
        (Of("a.dcm", DataOrigin.REAL), Of("b.dcm", DataOrigin.REAL), False),
    ],
)
def test_a_virtual_patient_and_another_are_not_made_into_one(
    tmp_path: Path, before: Of, now: Of, refused: bool
) -> None:
    with SessionRecord(tmp_path) as record:
        record.add({**start(), "source": before.name, "origin": before.origin.value})
    with SessionRecord(tmp_path) as record:
        if not refused:
            check_patient(record, now)
            return
        with pytest.raises(OutputError, match=f"{before.name} .* is recorded there") as error:
            check_patient(record, now)
        assert error.value.path == tmp_path


def test_a_picture_without_its_line_is_found_again(tmp_path: Path) -> None:
    with SessionRecord(tmp_path) as record:
        write(record, 1)
        write(record, 2)
    path = tmp_path / "session.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    with SessionRecord(tmp_path) as record:
        history = restore(record, PROTOCOL, assistant=True)
    assert (history.kept, history.recovered) == (2, 1)
    assert check_whole(tmp_path) == [1, 2]
    assert resume(tmp_path) == 2, "found once, not twice"


def test_synced_at_once_or_soon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock, synced = ManualClock(), []
    record = SessionRecord(tmp_path, clock=clock)
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda file: (synced.append(clock.now()), real(file))[1])
    for _ in range(60):
        clock.time_s += 1 / 60
        record.add({"kind": "frame"})
    assert 1 <= len(synced) <= 2
    record.add({"kind": "event"}, at_once=True)
    assert synced[-1] == clock.now()
    record.close()


# Killed


def in_child(work) -> int:
    """Run in a child process; its wait status. Nothing of the parent is torn down in it."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException:
            os._exit(7)
        os._exit(0)
    return os.waitpid(child, 0)[1]


class Killer:
    """Counts what is asked of the system, and kills its own process at one of the moments.

    With `part` a write is half done before: the torn line, the picture cut in two.
    """

    def __init__(self, moment: int, part: bool):
        self.left, self.part = moment, part

    def install(self) -> None:
        write, fsync, replace, unlink = os.write, os.fsync, os.replace, os.unlink
        truncate, mkstemp_open = os.ftruncate, os.open
        path_write, path_replace = Path.write_bytes, Path.replace

        def dies(real, half=None):
            def call(*args, **more):
                self.left -= 1
                if self.left == 0:
                    if half is not None and self.part:
                        half(*args)
                    os.kill(os.getpid(), signal.SIGKILL)
                return real(*args, **more)

            return call

        os.write = dies(write, lambda file, data: write(file, bytes(data)[: len(data) // 2]))
        os.fsync, os.replace, os.unlink = dies(fsync), dies(replace), dies(unlink)
        os.ftruncate, os.open = dies(truncate), dies(mkstemp_open)
        Path.write_bytes = dies(  # type: ignore[method-assign]
            path_write, lambda path, data: path_write(path, data[: len(data) // 2])
        )
        Path.replace = dies(path_replace)  # type: ignore[method-assign]


@needs_fork
@pytest.mark.parametrize("part", [False, True], ids=["before", "half written"])
def test_killed_at_every_moment_nothing_that_counted_is_lost(
    tmp_path: Path, part: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A session that keeps three frames is killed at each system call in turn, then resumed."""
    # Against a kill what was handed to the system is safe; waiting for the disk is another test's.
    monkeypatch.setattr(os, "fsync", lambda file: None)
    told = tmp_path / "told"
    moments = 0
    while True:
        moments += 1
        folder = tmp_path / f"session{moments}"
        told.write_bytes(b"")
        report = os.open(told, os.O_WRONLY | os.O_APPEND)
        plain_write = os.write

        def work(folder=folder, report=report, moment=moments, plain=plain_write) -> None:
            Killer(moment, part).install()
            with SessionRecord(folder, clock=ManualClock()) as record:
                record.add(start(), at_once=True)
                for number in (1, 2, 3):
                    write(record, number)
                    plain(report, bytes([number]))

        status = in_child(work)
        os.close(report)
        promised = list(told.read_bytes())
        if (folder / "session.jsonl").exists():
            after = resume(folder)
            found = check_whole(folder)
            assert set(promised) <= set(found), f"lost at moment {moments}"
            assert found == sorted(set(found))
            assert after == len(found)
            assert not list(folder.glob("frames/.writing-*"))
            with SessionRecord(folder, clock=ManualClock()) as record:
                write(record, after + 1)
            assert check_whole(folder) == [*found, after + 1]
        else:
            assert promised == []
        if os.WIFEXITED(status):
            assert os.WEXITSTATUS(status) == 0
            assert promised == [1, 2, 3]
            break
        assert os.WTERMSIG(status) == signal.SIGKILL
    assert moments > 30


@needs_fork
def test_killed_while_resuming_at_every_moment(tmp_path: Path) -> None:
    """Resuming puts right what a kill left; being killed during that loses nothing either."""
    moments = 0
    while True:
        moments += 1
        folder = tmp_path / f"session{moments}"
        with SessionRecord(folder) as record:
            record.add(start())
            write(record, 1)
            write(record, 2)
        path = folder / "session.jsonl"
        lines = path.read_bytes().splitlines(keepends=True)
        path.write_bytes(b"".join(lines[:-1]) + lines[-1][:30])
        (folder / "frames" / ".writing-x.png").write_bytes(b"half")

        def work(folder=folder, moment=moments) -> None:
            Killer(moment, True).install()
            resume(folder)

        status = in_child(work)
        assert resume(folder) == 2
        assert check_whole(folder) == [1, 2]
        if os.WIFEXITED(status):
            assert os.WEXITSTATUS(status) == 0
            break
    assert moments > 3


CHILD = """
import sys
from pathlib import Path
sys.path.insert(0, {root!r})
from tests.live.test_record import write, start
from sesamoid.live.record import SessionRecord
with SessionRecord(Path({folder!r})) as record:
    first = sum(line["kind"] == "kept" for line in record.lines) + 1
    record.add(start(), at_once=True)
    print("ready", flush=True)
    for number in range(first, first + 100000):
        write(record, number)
        print(number, flush=True)
"""


def test_kill_9_of_a_program_of_its_own_while_it_keeps_frames(tmp_path: Path) -> None:
    folder, root = tmp_path / "session", Path(__file__).resolve().parents[2]
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD.format(root=str(root), folder=str(folder))],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    first = int(child.stdout.readline())
    time.sleep(0.05)
    child.send_signal(signal.SIGKILL)
    told = [first, *(int(line) for line in child.stdout.read().split())]
    child.wait()
    resume(folder)
    assert check_whole(folder) == list(range(1, len(check_whole(folder)) + 1))
    assert told[-1] <= len(check_whole(folder))


@needs_fork
def test_killed_at_any_time_again_and_again(tmp_path: Path) -> None:
    """One session that is killed and resumed ten times, each time after some milliseconds."""
    rng, told = np.random.default_rng(0), tmp_path / "told"
    folder = tmp_path / "session"
    for _ in range(10):
        told.write_bytes(b"")
        child = os.fork()
        if child == 0:
            report = os.open(told, os.O_WRONLY | os.O_APPEND)
            with SessionRecord(folder, clock=ManualClock()) as record:
                number = restore(record, PROTOCOL, assistant=True).kept
                while True:
                    number += 1
                    write(record, number)
                    os.write(report, f"{number}\n".encode())
        time.sleep(float(rng.uniform(0.02, 0.12)))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        promised = [int(line) for line in told.read_text().split("\n")[:-1]]
        if (folder / "session.jsonl").exists():
            resume(folder)
            found = check_whole(folder)
            assert found == list(range(1, len(found) + 1))
            assert set(promised) <= set(found)
    assert len(check_whole(folder)) > 3


# Full disks, folders that cannot be written to


class FullDisk:
    """Takes so many bytes, the last write in part, then says that there is no space left."""

    def __init__(self, room: int):
        self.room = room

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        write, path_write = os.write, Path.write_bytes

        def limited(file, data):
            if self.room <= 0:
                raise OSError(errno.ENOSPC, "No space left on device")
            taken = write(file, bytes(data)[: self.room])
            self.room -= taken
            return taken

        def path_limited(path, data):
            path_write(path, data[: self.room])
            full = len(data) > self.room
            self.room -= min(self.room, len(data))
            if full:
                raise OSError(errno.ENOSPC, "No space left on device")
            return len(data)

        monkeypatch.setattr(os, "write", limited)
        monkeypatch.setattr(Path, "write_bytes", path_limited)


@pytest.mark.parametrize("room", [0, 10, 200, 1500, 2200, 2600, 3300])
def test_a_full_disk_is_told_and_spoils_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: int
) -> None:
    with SessionRecord(tmp_path) as record:
        write(record, 1)
        with monkeypatch.context() as patch:
            FullDisk(room).install(patch)
            with pytest.raises(OutputError, match="No space left") as told:
                write_many(record, range(2, 50))
        assert told.value.fix is not None
        assert "room" in told.value.fix or "free space" in told.value.fix
        done = check_whole(tmp_path)
        assert done[0] == 1
        # There is room again: it goes on.
        record.add({"kind": "said", "text": "again"})
    resume(tmp_path)
    found = check_whole(tmp_path)
    assert set(done) <= set(found)
    assert found == sorted(set(found))


@needs_fork
def test_a_limit_of_the_system_itself_spoils_nothing(tmp_path: Path) -> None:
    """A real one: the system cuts the write short and refuses the rest."""

    def work() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        with SessionRecord(tmp_path, clock=ManualClock()) as record:
            write(record, 1)
            size = (tmp_path / "session.jsonl").stat().st_size
            resource.setrlimit(resource.RLIMIT_FSIZE, (size + 2000, size + 2000))
            try:
                for number in range(2, 100):
                    record.add({"kind": "frame", "number": number})
            except OutputError:
                os._exit(3)

    assert os.WEXITSTATUS(in_child(work)) == 3
    content = (tmp_path / "session.jsonl").read_bytes()
    assert content.endswith(b"\n"), "the part of a line was taken back"
    assert check_whole(tmp_path) == [1]


def test_a_folder_that_cannot_be_made_is_an_error_before_anything_begins(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match="cannot be recorded there"):
        SessionRecord(tmp_path / "file" / "session")


def test_a_read_only_folder_is_an_error_before_anything_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*args, **more):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(os, "open", refused)
    with pytest.raises(OutputError, match="Read-only file system"):
        SessionRecord(tmp_path)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write")
def test_a_folder_without_permission_is_an_error(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError):
        SessionRecord(tmp_path / "session")


def test_nothing_that_json_cannot_hold_is_written(tmp_path: Path) -> None:
    with SessionRecord(tmp_path) as record:
        with pytest.raises(ValueError, match="JSON"):
            record.add({"kind": "frame", "score": float("nan")})
        record.add({"kind": "frame"})
    assert [line["kind"] for line in recorded(tmp_path)] == ["record", "frame"]


def test_a_foreign_picture_in_the_folder_is_left_alone(tmp_path: Path) -> None:
    with SessionRecord(tmp_path) as record:
        write(record, 1)
    from PIL import Image as Pillow

    Pillow.fromarray(picture()).save(tmp_path / "frames" / "holiday.png")
    assert list(picture_file.orphans(tmp_path, {"frames/0001_S11.png"})) == []
    assert json.loads(json.dumps(list(recorded(tmp_path))))[1]["number"] == 1


def test_the_name_of_a_picture_is_on_the_disk_before_the_line_that_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a loss of power could leave a line without its picture."""
    from sesamoid.live import record as module

    done: list[str] = []
    with SessionRecord(tmp_path) as one:
        monkeypatch.setattr(module, "_sync_folder", lambda folder: done.append(folder.name))
        monkeypatch.setattr(os, "fsync", lambda _: done.append("line" if done else "picture"))
        one.keep(kept(1), picture(seed=1))
    assert done == ["picture", "frames", "line"]
