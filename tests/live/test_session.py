"""Sessions from end to end, with what goes wrong in them."""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sesamoid.errors import OutputError
from sesamoid.findings import DataOrigin
from sesamoid.imaging import Crop, Outlines
from sesamoid.live import (
    Act,
    Happening,
    LiveFrame,
    LiveUpdate,
    Orientation,
    PlaneProgress,
    Session,
    SessionResult,
    SourceEvent,
    live_settings,
    recorded,
)
from sesamoid.live.assessment import Assessment
from sesamoid.live.picture_file import read_picture
from sesamoid.live.sources import DeviceSource, PacedSource

from .scripted import PROTOCOL, ManualClock, Script, assessment, offset, picture
from .test_record import needs_fork
from .test_sources import FakeCapture

FPS = 20
BASE = picture(48, 64)
SPACING = (0.05, 0.1)


def marked(number: int) -> np.ndarray:
    """A picture that carries its number."""
    pixels = BASE.copy()
    pixels[0, 0], pixels[0, 1] = number % 251, number // 251
    return pixels


class Frames(PacedSource):
    """Numbered frames, or whatever a function makes of their numbers."""

    def __init__(self, count: int, make=None, *, fps: float = FPS, **options):
        super().__init__("a test", origin=DataOrigin.VIRTUAL, **options)
        self.count, self.fps = count, fps
        self.make = make or marked

    def frames(self) -> Iterator[LiveFrame | SourceEvent]:
        for n in range(self.count):
            made = self.make(n)
            if isinstance(made, SourceEvent):
                yield made
            else:
                yield LiveFrame(made, n / self.fps, n, SPACING, self.origin)


def course(*legs: tuple[str, str, float]):
    """What is seen over time: (plane, grade, seconds) one after the other."""

    def says(time_s: float) -> Assessment:
        end = 0.0
        for leg in legs:
            plane, letter, seconds = leg
            end += seconds
            if time_s < end:
                break
        sharpness = 1 + 0.01 * (round(time_s * FPS) % 3)
        labels = np.zeros(BASE.shape, np.uint8)
        labels[5:9, 7:20] = 1
        return assessment(
            plane, letter, sharpness=sharpness,
            outlines=Outlines.of(labels), label_names=("", "MN"),
            pose=None if plane == "none" else offset(plane, across_mm=0.5),
        )  # fmt: skip

    return says


TWO_PLANES = course(("none", "C", 1), ("S11", "B", 2), ("S11", "A", 2), ("none", "C", 1),
                    ("S12", "A", 2), ("none", "C", 9))  # fmt: skip


def session(out: Path, says=TWO_PLANES, frames=None, **options) -> Session:
    source = frames if frames is not None else Frames(9 * FPS, pace=False)
    options = {"drop": False, "clock": ManualClock()} | options
    return Session(source, Script(says), PROTOCOL, out, **options)


def lines(folder: Path, kind: str) -> list[dict]:
    return [line for line in recorded(folder) if line["kind"] == kind]


def planes(result: SessionResult) -> list[str]:
    return [kept.plane for kept in result.checklist.kept]


def test_planes_are_kept_and_recorded(tmp_path: Path) -> None:
    result = session(tmp_path).run()
    assert result.report.ending == "source ended"
    assert planes(result) == ["S11", "S12"]
    for kept in result.checklist.kept:
        assert kept.letter.value == "A"
        np.testing.assert_array_equal(read_picture(kept.picture), marked(kept.frame))
        labels = kept.label_map()
        assert labels is not None
        assert labels[6, 8] == 1
        assert labels.sum() == 4 * 13
        assert kept.label_names == ("", "MN")
        assert kept.spacing_mm == SPACING
        assert kept.origin is DataOrigin.VIRTUAL
    assert result.checklist.item("S11").seconds == pytest.approx(4, abs=0.5)
    assert result.checklist.item("S1").progress is PlaneProgress.TODO
    assert len(lines(tmp_path, "frame")) == 9 * FPS
    (end,) = lines(tmp_path, "end")
    assert (end["grabbed"], end["dropped"]) == (9 * FPS, 0)
    (begin,) = lines(tmp_path, "start")
    assert (begin["origin"], begin["assistant"]) == ("virtual", True)


def test_what_is_told_on_the_way(tmp_path: Path) -> None:
    updates: list[LiveUpdate] = []
    session(tmp_path, side="right").run(updates.append)
    assert len(updates) == 9 * FPS
    texts = list(dict.fromkeys(u.instruction.text for u in updates if u.instruction))
    assert texts[0].startswith("find S1,")
    assert "hold still" in texts
    assert any(text.startswith("S11 is kept. find S1,") for text in texts)
    assert [u.state.plane for u in updates if u.state and u.state.changed] == [
        "S11", "none", "S12", "none",
    ]  # fmt: skip
    assert sum(len(u.kept) for u in updates) == len(lines(tmp_path, "kept"))
    last = updates[-1]
    assert last.checklist is not None
    assert last.checklist.item("S11").progress is PlaneProgress.KEPT


def test_with_the_assistant_off_the_same_is_recorded_and_nothing_shown(tmp_path: Path) -> None:
    updates: list[LiveUpdate] = []
    session(tmp_path / "on").run()
    result = session(tmp_path / "off", assistant=False).run(updates.append)
    for update in updates:
        assert update.frame is not None
        assert update.picture is not None
        shown = (update.assessment, update.state, update.instruction, update.checklist)
        assert shown == (None,) * 4
        assert update.kept == ()
    for kind in ("frame", "kept", "end"):
        assert lines(tmp_path / "on", kind) == lines(tmp_path / "off", kind)
    on, off = lines(tmp_path / "on", "said"), lines(tmp_path / "off", "said")
    assert [line["text"] for line in on] == [line["text"] for line in off]
    assert {line["shown"] for line in off} == {False}
    assert planes(result) == ["S11", "S12"]


def test_a_mirrored_source_is_assessed_and_kept_as_the_protocol_shows_it(tmp_path: Path) -> None:
    seen: list[np.ndarray] = []

    class Looking(Script):
        def assess(self, frame, *, spacing_mm, time_s):
            seen.append(frame)
            assert not frame.flags.writeable
            return super().assess(frame, spacing_mm=spacing_mm, time_s=time_s)

    source = Frames(5 * FPS, lambda n: marked(n)[:, ::-1], pace=False,
                    orientation=Orientation(mirrored=True))  # fmt: skip
    result = Session(
        source, Looking(TWO_PLANES), PROTOCOL, tmp_path, drop=False, clock=ManualClock()
    ).run()
    np.testing.assert_array_equal(seen[3], marked(3))
    (kept,) = result.checklist.kept
    np.testing.assert_array_equal(read_picture(kept.picture), marked(kept.frame))
    assert lines(tmp_path, "kept")[0]["mirrored"] is True


def test_what_stands_beside_the_scan_is_kept_and_not_reported(tmp_path: Path) -> None:
    box = Crop(8, 16, 30, 40)

    def says(time_s: float) -> Assessment:
        outlines = Outlines(np.zeros((30, 40), np.uint8), box, (48, 64))
        return assessment("S11", "A", outlines=outlines, label_names=("", "MN"))

    (kept,) = session(tmp_path, says).run().checklist.kept
    whole, reported = read_picture(kept.picture), kept.image().pixels[0]
    np.testing.assert_array_equal(whole, marked(kept.frame))
    inside = np.zeros(whole.shape, bool)
    inside[box.top : box.bottom, box.left : box.right] = True
    np.testing.assert_array_equal(reported, np.where(inside, whole, 0))


def test_capture_by_hand_keeps_what_is_there_whatever_its_grade(tmp_path: Path) -> None:
    one = session(tmp_path, course(("S11", "C", 9)), assistant=False)
    told: list[LiveUpdate] = []

    def hear(update: LiveUpdate) -> None:
        told.append(update)
        if len(told) == 60:
            one.capture()
        if len(told) == 80:
            one.capture("S3")

    result = one.run(hear)
    assert planes(result) == []
    assert [(kept.plane, kept.frame) for kept in result.by_hand.kept] == [("S3", 80), ("S11", 60)]
    assert {kept.by for kept in result.by_hand.kept} == {"operator"}
    by_hand = [kept.plane for update in told for kept in update.kept]
    assert by_hand == ["S11", "S3"], "the operator's own pictures are shown"


def test_kept_by_hand_as_another_plane_it_has_no_grade(tmp_path: Path) -> None:
    one = session(tmp_path, course(("S11", "A", 2)))
    one.capture("S3")
    kept = one.run().checklist.item("S3").kept
    assert kept is not None
    assert kept.grade is None
    assert kept.letter.value == "C"
    assert lines(tmp_path, "kept")[0]["grade"] is None


def test_kept_by_hand_as_the_plane_nearby_it_has_the_grade_of_that(tmp_path: Path) -> None:
    near = assessment("none", "B", pose=offset("S3", across_mm=4.0))
    one = session(tmp_path, lambda time_s: near)
    for plane in ("S3", "S11"):
        one.capture(plane)
    checklist = one.run().checklist
    assert checklist.item("S3").kept.letter.value == "B"
    assert checklist.item("S11").kept.grade is None


def test_with_the_assistant_off_neither_replaces_the_others_pictures(tmp_path: Path) -> None:
    def examine() -> SessionResult:
        one = session(tmp_path, course(("S11", "C", 2), ("S11", "A", 9)), assistant=False)
        one.capture("S11")
        return one.run()

    for _ in range(2):  # the second time resumed
        result = examine()
        (theirs,), (ours,) = result.by_hand.kept, result.checklist.kept
        assert (theirs.by, theirs.frame, theirs.letter.value) == ("operator", 0, "C")
        assert (ours.by, ours.letter.value) == ("assistant", "A")


def test_with_the_assistant_on_a_better_picture_replaces_one_kept_by_hand(tmp_path: Path) -> None:
    one = session(tmp_path, course(("S11", "C", 2), ("S11", "A", 9)))
    one.capture("S11")
    result = one.run()
    assert [kept.letter.value for kept in result.checklist.kept] == ["A"]
    assert result.checklist.item("S11").history >= 2
    assert [kept.letter.value for kept in result.by_hand.kept] == ["C"]


def test_a_b_that_waits_is_kept_even_where_the_assessor_fails(tmp_path: Path) -> None:
    def says(time_s: float) -> Assessment:
        if time_s >= 3:
            raise RuntimeError("the network fell over")
        return course(("S11", "B", 9))(time_s)

    result = session(tmp_path, says).run()
    assert result.report.reason == "the network fell over"
    assert [kept.letter.value for kept in result.checklist.kept] == ["B"]


def test_capture_of_nothing_is_refused_in_the_record(tmp_path: Path) -> None:
    one = session(tmp_path, course(("none", "C", 9)))
    one.capture()
    assert planes(one.run()) == []
    assert len(lines(tmp_path, "refused")) == 1


def test_a_session_is_not_resumed_with_another_model(tmp_path: Path) -> None:
    session(tmp_path, model="one 1.0 (aa)").run()
    with pytest.raises(OutputError, match=r"with the model one 1.0 \(aa\) is recorded there"):
        session(tmp_path, model="one 1.1 (bb)")
    assert session(tmp_path, model="one 1.0 (aa)").run().resumed


def test_a_session_of_one_hand_is_not_resumed_with_the_other(tmp_path: Path) -> None:
    session(tmp_path, side="left").run()
    with pytest.raises(OutputError, match="of the left hand is recorded there, not of the right"):
        session(tmp_path, side="right")
    assert session(tmp_path).run().resumed, "not told: the same"
    assert session(tmp_path, side="left").run().resumed


def test_a_retake_replaces_and_the_history_stays(tmp_path: Path) -> None:
    one = session(tmp_path, course(("S11", "A", 9)))
    count = 0

    def hear(update: LiveUpdate) -> None:
        nonlocal count
        count += 1
        if count == 100:
            one.retake("S11")

    result = one.run(hear)
    assert [line["frame"] > 100 for line in lines(tmp_path, "kept")] == [False, True]
    assert result.checklist.item("S11").history == 2
    assert result.checklist.kept[0].frame > 100


# What goes wrong


def test_black_frames_sizes_and_colour_go_by_and_the_examination_goes_on(tmp_path: Path) -> None:
    def make(n: int):
        if 20 <= n < 40:
            return np.zeros_like(BASE)
        if 40 <= n < 60:
            return picture(60, 80)
        if n >= 100:
            flow = np.repeat(marked(n)[..., None], 3, axis=-1)
            flow[16:32, 16:40] = (230, 20, 10)
            return flow
        return marked(n)

    told: list[LiveUpdate] = []
    says = course(("none", "C", 3), ("S11", "A", 9))
    source = Frames(9 * FPS, make, pace=False)
    result = session(tmp_path, says, source).run(told.append)
    assert result.report.ending == "source ended"
    assert planes(result) == ["S11"]
    happened = [line["happening"] for line in lines(tmp_path, "event")]
    assert happened == ["black", "size changed", "picture back", "size changed", "colour Doppler"]
    assert {u.instruction.act for u in told[20:40] if u.instruction} == {Act.WAIT}
    assert len(lines(tmp_path, "frame")) == 9 * FPS - 20
    assert lines(tmp_path, "event")[-1]["box"] == [16, 16, 16, 24]


def test_a_hold_does_not_reach_across_a_black_gap(tmp_path: Path) -> None:
    says = course(("S11", "A", 99))
    source = Frames(FPS * 3, lambda n: marked(n) if n % 4 else np.zeros_like(BASE), pace=False)
    assert planes(session(tmp_path, says, source).run()) == []


def test_unplugged_in_the_middle_the_examination_goes_on(tmp_path: Path) -> None:
    colour = [np.repeat(marked(n)[..., None], 3, axis=-1) for n in range(150)]
    captures = [FakeCapture([*colour[:60], *[None] * 5]), FakeCapture([], opens=False),
                FakeCapture(colour[60:])]  # fmt: skip

    class Ticking(ManualClock):
        def now(self) -> float:
            self.time_s += 0.01
            return self.time_s

    clock = Ticking()
    source = DeviceSource(
        0, open_device=lambda d: captures.pop(0) if captures else FakeCapture([], False),
        clock=clock, spacing_mm=SPACING,
    )  # fmt: skip
    told: list[LiveUpdate] = []
    result = Session(
        source, Script(course(("S11", "C", 1.3), ("S11", "A", 99))), PROTOCOL, tmp_path,
        drop=False, clock=clock,
    ).run(told.append)  # fmt: skip
    assert planes(result) == ["S11"]
    happened = [line["happening"] for line in lines(tmp_path, "event")]
    assert happened == ["unplugged", "plugged in", "unplugged", "gone"]
    assert result.report.ending == "failed"
    assert "did not come back" in result.report.reason
    alone = [u for u in told if u.frame is None]
    assert [u.events[0].happening for u in alone][:2] == [
        Happening.UNPLUGGED, Happening.PLUGGED_IN,
    ]  # fmt: skip
    assert all(u.instruction and u.instruction.act is Act.WAIT for u in alone)
    assert all(u.checklist is not None for u in told), "what is kept stays in view"


def failing(after_s: float):
    def says(time_s: float) -> Assessment:
        if time_s >= after_s:
            raise RuntimeError("the network fell over")
        return TWO_PLANES(time_s)

    return says


def test_an_assessor_that_fails_ends_it_and_what_was_kept_is_safe(tmp_path: Path) -> None:
    result = session(tmp_path, failing(5.5)).run()
    assert (result.report.ending, result.report.reason) == ("failed", "the network fell over")
    assert planes(result) == ["S11"]
    assert lines(tmp_path, "end")[0]["reason"] == "the network fell over"
    again = session(tmp_path, course(("S12", "A", 9))).run()
    assert again.resumed
    assert planes(again) == ["S11", "S12"]
    assert again.checklist.item("S11").seconds == pytest.approx(
        result.checklist.item("S11").seconds, abs=0.02
    )
    assert [line["part"] for line in lines(tmp_path, "start")] == [1, 2]
    numbers = [line["number"] for line in lines(tmp_path, "kept")]
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_source_that_fails_ends_it_with_its_reason(tmp_path: Path) -> None:
    def make(n: int):
        if n == 100:
            raise OSError("the share is gone")
        return marked(n)

    result = session(tmp_path, TWO_PLANES, Frames(9 * FPS, make, pace=False)).run()
    assert (result.report.ending, result.report.reason) == ("failed", "the share is gone")
    assert planes(result) == ["S11"]


def test_a_screen_that_fails_ends_it_too(tmp_path: Path) -> None:
    def broken(update: LiveUpdate) -> None:
        raise ValueError("no display")

    assert session(tmp_path).run(broken).report.reason == "no display"


def test_a_full_disk_ends_it_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, written = Path.write_bytes, []

    def full(path: Path, data: bytes) -> int:
        written.append(path)
        if len(written) > 2:  # the first plane's labels and picture
            raise OSError(28, "No space left on device")
        return real(path, data)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", full)
        result = session(tmp_path, course(("S11", "A", 2), ("S12", "A", 9))).run()
    assert result.report.ending == "failed"
    assert "No space left" in result.report.reason
    assert "make room" in result.report.reason
    assert planes(result) == ["S11"]
    assert [read_picture(kept.picture).shape for kept in result.checklist.kept] == [BASE.shape]
    again = session(tmp_path, course(("S11", "A", 2), ("S12", "A", 9))).run()
    assert planes(again) == ["S11", "S12"]


def test_a_folder_in_use_is_refused_before_the_source_is_touched(tmp_path: Path) -> None:
    first = session(tmp_path)
    with pytest.raises(OutputError, match="another session"):
        session(tmp_path)
    first.run()
    assert session(tmp_path).run().resumed


def test_stopping_from_another_thread(tmp_path: Path) -> None:
    one = session(tmp_path, course(("S11", "B", 9)), Frames(10**9, pace=False))
    count = 0

    def hear(update: LiveUpdate) -> None:
        nonlocal count
        count += 1
        if count == 40:
            threading.Thread(target=one.stop).start()

    result = one.run(hear)
    assert result.report.ending == "stopped"
    assert planes(result) == ["S11"], "the B that waited is kept at the end"
    assert not [t for t in threading.enumerate() if t.name.startswith("sesamoid-")]


@needs_fork
@pytest.mark.parametrize("number", [30, 70, 75, 76, 90, 150])
def test_kill_9_in_the_middle_then_resumed(tmp_path: Path, number: int) -> None:
    """The process dies on a given frame, around those that are kept as well as between."""
    folder = tmp_path / "session"
    told = tmp_path / "told"
    told.write_text("")
    child = os.fork()
    if child == 0:
        try:
            report = os.open(told, os.O_WRONLY | os.O_APPEND)

            def hear(update: LiveUpdate) -> None:
                for kept in update.kept:
                    os.write(report, f"{kept.plane} {kept.number}\n".encode())
                if update.frame is not None and update.frame.index == number:
                    os.kill(os.getpid(), signal.SIGKILL)

            session(folder).run(hear)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)
    promised = {tuple(line.split()) for line in told.read_text().splitlines()}
    again = session(folder).run()
    assert again.resumed
    found = {(line["plane"], str(line["number"])) for line in lines(folder, "kept")}
    assert promised <= found
    assert planes(again) == ["S11", "S12"]
    for line in lines(folder, "kept"):
        assert read_picture(folder / line["picture"]).shape == BASE.shape


def resident_bytes() -> int:
    """Of this process; 0 where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def test_memory_is_flat_over_twenty_thousand_frames(tmp_path: Path) -> None:
    """All rooms of a session over 17 minutes at 20 frames/s, with planes that come and go."""
    legs = [("none", "C", 1.0), *((p, g, 1.5) for p in ("S11", "S12", "S5") for g in "BCA")]
    period = sum(seconds for *_, seconds in legs)
    says = course(*legs)
    flat = picture(16, 16)
    blocks: dict[int, int] = {}
    resident: dict[int, int] = {}

    def hear(update: LiveUpdate) -> None:
        assert update.frame is not None
        if update.frame.index in (4_000, 19_999):
            gc.collect()
            blocks[update.frame.index] = sys.getallocatedblocks()
            resident[update.frame.index] = resident_bytes()

    def cheap(time_s: float) -> Assessment:
        found = says(time_s % period)
        return assessment(
            found.plane, found.grade.letter.value if found.grade else None, pose=found.pose,
            sharpness=found.sharpness,
        )  # fmt: skip

    source = Frames(20_000, lambda n: flat, pace=False)
    settings = live_settings()
    settings = replace(settings, record=replace(settings.record, sync_s=60.0))
    result = session(tmp_path, cheap, source, settings=settings).run(hear)
    assert result.report.assessed == 20_000
    grown = blocks[19_999] - blocks[4_000]
    assert abs(grown) < 400, f"{grown} objects more after 16,000 frames"
    assert resident[19_999] - resident[4_000] < 8 * 2**20
    assert len(result.checklist.kept) == 3
