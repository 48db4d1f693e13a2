from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from sesamoid.errors import UnreadableImage
from sesamoid.imaging import read_image
from sesamoid.imaging.limits import LIMIT_VARIABLE

from .samples import asymmetric


def encode(
    path: Path, frames: NDArray[np.uint8], *, codec: str = "ffv1", rate: int = 20, aspect: int = 1
) -> Path:
    """Write grey (n, rows, columns) or RGB (n, rows, columns, 3) frames."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate)
        stream.height, stream.width = frames.shape[1:3]
        grey = frames.ndim == 3
        stream.pix_fmt = "yuv420p" if codec == "mpeg4" else ("gray" if grey else "bgr0")
        stream.codec_context.sample_aspect_ratio = Fraction(aspect)
        for frame in frames:
            plane = av.VideoFrame.from_ndarray(frame, format="gray" if grey else "rgb24")
            container.mux(stream.encode(plane))
        container.mux(stream.encode())
    return path


def cine(count: int = 6) -> NDArray[np.uint8]:
    return np.stack([np.roll(asymmetric(48, 80), 2 * i, axis=1) for i in range(count)])


def test_grey_frames_are_exact(tmp_path: Path) -> None:
    image = read_image(encode(tmp_path / "a.mkv", cine()))
    np.testing.assert_array_equal(image.pixels, cine())


def test_frame_times_come_from_the_file(tmp_path: Path) -> None:
    image = read_image(encode(tmp_path / "a.mkv", cine(), rate=20))
    assert image.frame_times_s == pytest.approx(np.arange(6) / 20)


def test_colour_frames_are_rgb(tmp_path: Path) -> None:
    colour = np.stack([cine(), cine() // 2, cine() // 4], axis=-1)
    image = read_image(encode(tmp_path / "a.mkv", colour))
    np.testing.assert_array_equal(image.pixels, colour)


def test_an_mp4_keeps_its_orientation(tmp_path: Path) -> None:
    image = read_image(encode(tmp_path / "a.mp4", cine(), codec="mpeg4"))
    assert image.provenance.transfer_syntax == "mpeg4"
    difference = np.abs(image.grey(0).astype(int) - cine()[0])
    assert difference.mean() < 8


@pytest.mark.parametrize(("turn", "quarter_turns"), [("cw", 3), ("ccw", 1)])
def test_the_display_matrix_is_applied(tmp_path: Path, turn: str, quarter_turns: int) -> None:
    path = encode(tmp_path / "a.mp4", cine(), codec="mpeg4")
    data = bytearray(path.read_bytes())
    one, minus = 0x10000, -0x10000
    # ISO/IEC 14496-12 8.3.2: (a b u c d v x y w); a=0 b=1 c=-1 turns clockwise on display.
    matrix = (0, one, 0, minus, 0, 0) if turn == "cw" else (0, minus, 0, one, 0, 0)
    start = data.index(b"tkhd") + 4 + 40
    struct.pack_into(">6i", data, start, *matrix)
    path.write_bytes(data)
    image = read_image(path)
    expected = np.rot90(cine()[0], quarter_turns)
    assert image.size == expected.shape
    assert np.abs(image.grey(0).astype(int) - expected).mean() < 8


def test_pixels_that_are_not_square_are_noted(tmp_path: Path) -> None:
    image = read_image(encode(tmp_path / "a.mp4", cine(), codec="mpeg4", aspect=2))
    assert image.size == (48, 80)
    assert any("not square" in note for note in image.provenance.notes)


def test_there_is_no_spacing(tmp_path: Path) -> None:
    assert read_image(encode(tmp_path / "a.mkv", cine())).spacing_mm is None


def test_a_cut_off_video_is_refused(tmp_path: Path) -> None:
    path = encode(tmp_path / "a.mp4", cine(), codec="mpeg4")
    path.write_bytes(path.read_bytes()[:600])
    with pytest.raises(UnreadableImage, match="Fix:"):
        read_image(path)


def test_too_large_a_video_is_refused_before_it_fills_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = encode(tmp_path / "a.mkv", cine())
    monkeypatch.setenv(LIMIT_VARIABLE, str(1e-5))
    with pytest.raises(UnreadableImage, match=f"GiB.*{LIMIT_VARIABLE}"):
        read_image(path)
