"""Sources: what they give, at which times, and what happens to them."""

from __future__ import annotations

from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from PIL import Image as Pillow

from sesamoid.errors import SesamoidError, UnreadableImage
from sesamoid.imaging import Crop, read_image, write_ultrasound_dicom
from sesamoid.live.frames import Happening, LiveFrame, Orientation, SourceEvent
from sesamoid.live.sources import CineSource, DeviceSource, FolderSource, VideoSource

from .scripted import ManualClock


def asymmetric(number: int = 0, rows: int = 48, columns: int = 64) -> np.ndarray:
    """A picture that no flip or turn leaves as it is, with its number in its grey levels."""
    picture = np.full((rows, columns), 30, np.uint8)
    picture[: rows // 3, : columns // 4] = 200
    picture[-rows // 4 :, columns // 2 :] = 100 + number
    return picture


def live(items) -> list[LiveFrame]:
    return [item for item in items if isinstance(item, LiveFrame)]


def events(items) -> list[Happening]:
    return [item.happening for item in items if isinstance(item, SourceEvent)]


def png(path: Path, pixels: np.ndarray) -> Path:
    Pillow.fromarray(pixels).save(path)
    return path


# Folders


def test_a_folder_gives_its_stills_in_natural_order(tmp_path: Path) -> None:
    for number in (2, 10, 1):
        png(tmp_path / f"f{number}.png", asymmetric(number))
    (tmp_path / "notes.txt").write_text("not a picture")
    frames = live(FolderSource(tmp_path, frames_per_second=5, pace=False))
    assert [int(f.pixels[-1, -1]) for f in frames] == [101, 102, 110]
    assert [f.time_s for f in frames] == pytest.approx([0, 0.2, 0.4])
    np.testing.assert_array_equal(frames[0].pixels, asymmetric(1))


def test_a_damaged_still_is_an_event_and_the_rest_is_given(tmp_path: Path) -> None:
    png(tmp_path / "a.png", asymmetric(1))
    whole = png(tmp_path / "b.png", asymmetric(2)).read_bytes()
    (tmp_path / "b.png").write_bytes(whole[: len(whole) // 2])
    png(tmp_path / "c.png", asymmetric(3))
    items = list(FolderSource(tmp_path, pace=False))
    assert len(live(items)) == 2
    assert events(items) == [Happening.UNREADABLE]


def test_an_empty_or_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SesamoidError, match="no image"):
        list(FolderSource(tmp_path))
    with pytest.raises(SesamoidError, match="no such folder"):
        FolderSource(tmp_path / "not there")


class Writer(ManualClock):
    """A clock during whose waits somebody writes files: each step is one poll."""

    def __init__(self, steps):
        super().__init__()
        self.steps = list(steps)

    def wait(self, seconds, stop):
        if self.steps:
            self.steps.pop(0)()
        return super().wait(seconds, stop)


def test_a_growing_folder_is_watched_and_unfinished_files_wait(tmp_path: Path) -> None:
    whole = png(tmp_path / "later.png", asymmetric(7)).read_bytes()
    (tmp_path / "later.png").unlink()
    steps = [
        lambda: png(tmp_path / "1.png", asymmetric(1)),
        lambda: (tmp_path / "2.png").write_bytes(whole[:100]),
        lambda: (tmp_path / "2.png").write_bytes(whole[:150]),
        lambda: (tmp_path / "2.png").write_bytes(whole),
    ]
    clock = Writer(steps)
    items = list(FolderSource(tmp_path, watch=True, quiet_s=3.0, clock=clock))
    assert events(items) == [], "the file was read before it was finished"
    assert [int(f.pixels[-1, -1]) for f in live(items)] == [101, 107]
    assert [f.index for f in live(items)] == [0, 1]
    assert live(items)[0].time_s < live(items)[1].time_s


# Cines and videos


def cine(path: Path, frames: int = 4) -> Path:
    pixels = np.stack([asymmetric(n) for n in range(frames)])
    write_ultrasound_dicom(
        path, pixels, spacing_mm=(0.1, 0.2), frame_times_s=np.arange(frames) * 0.05
    )
    return path


def test_a_scale_is_taken_for_a_cine_that_states_none(tmp_path: Path) -> None:
    given = (0.07, 0.07)
    known = live(CineSource(cine(tmp_path / "known.dcm"), crop=False, spacing_mm=given, pace=False))
    assert known[0].spacing_mm == pytest.approx((0.1, 0.2))
    path = tmp_path / "unknown.dcm"
    write_ultrasound_dicom(
        path, np.stack([asymmetric(n) for n in range(2)]), frame_times_s=np.arange(2) * 0.05
    )
    unknown = live(CineSource(path, crop=False, spacing_mm=given, pace=False))
    assert {frame.spacing_mm for frame in unknown} == {given}


def test_a_dicom_cine_keeps_pixels_times_and_spacing(tmp_path: Path) -> None:
    path = cine(tmp_path / "cine.dcm")
    image = read_image(path)
    clock = ManualClock()
    frames = live(CineSource(path, crop=False, clock=clock))
    assert len(frames) == 4
    np.testing.assert_array_equal(frames[2].pixels, image.pixels[2])
    assert image.frame_times_s is not None
    assert [f.time_s for f in frames] == pytest.approx(image.frame_times_s.tolist())
    assert frames[0].spacing_mm == pytest.approx((0.1, 0.2))
    assert clock.now() == pytest.approx(100.0 + image.frame_times_s[-1])


def test_a_cine_played_twice_goes_on_in_time(tmp_path: Path) -> None:
    frames = live(CineSource(cine(tmp_path / "cine.dcm"), crop=False, times=2, pace=False))
    assert [f.index for f in frames] == list(range(8))
    assert np.all(np.diff([f.time_s for f in frames]) > 0)


def video(path: Path, frames: int = 6, fps: int = 10) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=fps)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        stream.bit_rate = 8_000_000
        for number in range(frames):
            rgb = np.repeat(asymmetric(number * 20)[..., None], 3, axis=-1)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(rgb, format="rgb24")))
        container.mux(stream.encode(None))
    return path


def test_a_video_gives_its_frames_upright_in_time(tmp_path: Path) -> None:
    source = VideoSource(video(tmp_path / "v.mp4"), pace=False)
    frames = live(source)
    assert source.frames_per_second == pytest.approx(10)
    assert [f.time_s for f in frames] == pytest.approx([n / 10 for n in range(6)], abs=1e-3)
    for number, frame in enumerate(frames):
        grey = frame.pixels if frame.pixels.ndim == 2 else frame.pixels.mean(axis=2)
        assert np.abs(grey.astype(int) - asymmetric(number * 20)).mean() < 6


def test_a_file_that_is_no_video_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "v.mp4"
    path.write_bytes(b"nothing of the kind" * 50)
    with pytest.raises(UnreadableImage, match="cannot be opened"):
        VideoSource(path)


# A capture device


class FakeCapture:
    """cv2.VideoCapture as far as it is used; `script` says what each read gives."""

    def __init__(self, script, opens: bool = True):
        self.script, self.opens, self.released = script, opens, False

    def isOpened(self) -> bool:
        return self.opens and not self.released

    def read(self):
        if not self.script:
            return False, None
        item = self.script.pop(0)
        if isinstance(item, Exception):
            raise item
        return item is not None, item

    def release(self) -> None:
        self.released = True


def coloured(number: int) -> np.ndarray:
    """Blue, green, red, as OpenCV gives it; red is the brightest."""
    return np.stack([asymmetric(number) // 4, asymmetric(number) // 2, asymmetric(number)], axis=-1)


def test_a_device_gives_red_green_blue_cut_to_the_scan() -> None:
    fake = FakeCapture([coloured(n) for n in range(3)])
    source = DeviceSource(
        0, crop=Crop(8, 4, 40, 60), open_device=lambda d: fake, clock=ManualClock()
    )
    with source:
        first = next(iter(source))
    assert isinstance(first, LiveFrame)
    np.testing.assert_array_equal(first.pixels[..., 0], asymmetric(0)[8:48, 4:64])
    assert fake.released


def test_frames_do_not_share_the_devices_buffer() -> None:
    buffer = coloured(0)
    source = DeviceSource(
        0, open_device=lambda d: FakeCapture([buffer, buffer]), clock=ManualClock()
    )
    frames = iter(source)
    first = next(frames)
    assert isinstance(first, LiveFrame)
    before = first.pixels.copy()
    buffer[:] = 0
    np.testing.assert_array_equal(first.pixels, before)


def test_an_unplugged_device_comes_back() -> None:
    captures = [
        FakeCapture([coloured(0), coloured(1)] + [None] * 5),
        FakeCapture([], opens=False),
        FakeCapture([cv2.error("bus")]),
        FakeCapture([coloured(9), coloured(2)]),
    ]
    clock = ManualClock()
    source = DeviceSource(0, open_device=lambda d: captures.pop(0), clock=clock)
    items = []
    for item in source:
        items.append(item)
        if len(live(items)) == 3:
            source.stop()
    assert events(items) == [Happening.UNPLUGGED, Happening.PLUGGED_IN]
    assert [f.index for f in live(items)] == [0, 1, 2]
    assert live(items)[2].time_s >= 1.5, "three tries, half a second each"


def test_a_single_lost_read_is_no_event() -> None:
    fake = FakeCapture([coloured(0), None, coloured(1)])
    source = DeviceSource(0, open_device=lambda d: fake, clock=ManualClock())
    frames = iter(source)
    assert all(isinstance(next(frames), LiveFrame) for _ in range(2))


def test_a_device_that_stays_away_ends_the_source() -> None:
    captures = iter([FakeCapture([coloured(0)])])
    clock = ManualClock()
    source = DeviceSource(
        0, open_device=lambda d: next(captures, FakeCapture([], opens=False)), clock=clock
    )
    items: list[LiveFrame | SourceEvent] = []
    with pytest.raises(SesamoidError, match="device 0 did not come back in 120 s"):
        items.extend(source)
    assert events(items) == [Happening.UNPLUGGED, Happening.GONE]
    assert clock.now() - 100.0 == pytest.approx(source.settings.give_up_s, abs=1)


def test_a_stated_scale_holds_for_the_size_it_was_stated_for() -> None:
    large = np.repeat(np.repeat(coloured(1), 2, axis=0), 2, axis=1)
    fake = FakeCapture([coloured(0), large, coloured(2)])
    source = DeviceSource(0, open_device=lambda d: fake, clock=ManualClock(), spacing_mm=(0.1, 0.1))
    frames = iter(source)
    found = [next(frames) for _ in range(3)]
    assert [f.spacing_mm for f in live(found)] == [(0.1, 0.1), None, (0.1, 0.1)]


def test_a_device_that_is_not_there_is_an_error() -> None:
    source = DeviceSource(7, open_device=lambda d: FakeCapture([], opens=False))
    with pytest.raises(SesamoidError, match="device 7 cannot be opened"):
        list(source)


# Orientation and frames


def test_of_a_file_with_more_frames_in_a_folder_the_first_is_read_and_it_is_said(tmp_path) -> None:
    for name, count in (("a", 1), ("b", 3)):
        frames = [Pillow.fromarray(np.full((40, 50), 60 + n, np.uint8)) for n in range(count)]
        frames[0].save(tmp_path / f"{name}.tiff", save_all=True, append_images=frames[1:])
    items = list(FolderSource(tmp_path, pace=False))
    assert [int(f.pixels[0, 0]) for f in live(items)] == [60, 60]
    (event,) = (item for item in items if isinstance(item, SourceEvent))
    assert event.happening is Happening.ONLY_FIRST
    assert event.text.startswith("of the 3 frames of b.tiff only the first is read")


def test_a_mirrored_source_is_turned_back() -> None:
    pixels = np.stack([asymmetric()] * 3, axis=-1)
    np.testing.assert_array_equal(Orientation(True).upright(pixels), pixels[:, ::-1])
    assert Orientation().upright(pixels) is pixels


@pytest.mark.parametrize(
    "bad", [np.zeros((4, 4)), np.zeros((0, 4), np.uint8), np.zeros((4, 4, 4), np.uint8)]
)
def test_a_frame_is_a_picture_of_8_bits(bad: np.ndarray) -> None:
    with pytest.raises(SesamoidError, match="live frame"):
        LiveFrame(bad, 0.0, 0)
