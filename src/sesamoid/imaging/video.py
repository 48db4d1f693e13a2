"""Video files as cines: grey or RGB frames with their presentation times."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from sesamoid.errors import UnreadableImage
from sesamoid.imaging.dicom.pixels import grey_if_equal
from sesamoid.imaging.digest import sha256_of
from sesamoid.imaging.image import Image, Provenance
from sesamoid.imaging.limits import check_memory
from sesamoid.imaging.quiet import reading

_DAMAGED_FIX = "copy or export it again; best as a DICOM cine, which keeps the calibration."


def read_video(path: Path) -> Image:
    """Every frame of the first video stream, as uint8; grey where its channels are equal.

    The rotation that the file states is applied. Pixels that are not square are kept as stored.
    A video states no lengths, so there is no spacing.

    Raises
    ------
    UnreadableImage
        Where it holds no video, is damaged or cut off, or would not fit into memory.
    """
    with (
        reading(path, "the video is damaged or of an unknown codec", fix=_DAMAGED_FIX),
        av.open(str(path)) as container,
    ):
        if not container.streams.video:
            raise UnreadableImage("it holds no video", path=path, fix="give a video file.")
        stream = container.streams.video[0]
        _check_announced(stream, path)
        frames, times, quarter_turns = _decode(container, stream, path)
        codec = stream.codec_context.name
        notes = _aspect_note(stream)
        announced = int(stream.frames or 0)
    if not frames:
        raise UnreadableImage("no frame of it can be decoded", path=path, fix=_DAMAGED_FIX)
    if announced > len(frames) + 1:
        raise UnreadableImage(
            f"the video is cut off: {len(frames)} of {announced} frames can be decoded",
            path=path,
            fix=_DAMAGED_FIX,
        )
    pixels = _joined(frames)
    if quarter_turns:
        pixels = np.ascontiguousarray(np.rot90(pixels, quarter_turns, axes=(1, 2)))
        notes.append(f"turned by {90 * quarter_turns} degrees counterclockwise, as the file says")
    stamps, time_note = _frame_times(times)
    if time_note:
        notes.append(time_note)
    return Image(
        pixels=pixels,
        provenance=Provenance(
            path=path,
            format="video",
            transfer_syntax=codec,
            sha256=sha256_of(path),
            notes=tuple(notes),
        ),
        frame_times_s=stamps,
    )


def _check_announced(stream: Any, path: Path) -> None:
    check_memory(int(stream.frames or 1) * stream.width * stream.height, path)


def _decode(
    container: Any, stream: Any, path: Path
) -> tuple[list[NDArray[np.generic]], list[float | None], int]:
    frames: list[NDArray[np.generic]] = []
    times: list[float | None] = []
    quarter_turns = 0
    size = 0
    coloured = False
    for frame in container.decode(stream):
        if not frames:
            quarter_turns = round(frame.rotation / 90) % 4
        pixels, grey = grey_if_equal(frame.to_ndarray(format="rgb24"))
        coloured = coloured or not grey
        if frames and pixels.shape[:2] != frames[0].shape[:2]:
            raise UnreadableImage(
                "its frames change size", path=path, fix="convert it to one size."
            )
        frames.append(pixels)
        times.append(float(frame.pts * frame.time_base) if frame.pts is not None else None)
        size += pixels.shape[0] * pixels.shape[1]
        check_memory(size * (3 if coloured else 1), path)
    return frames, times, quarter_turns


def _joined(frames: list[NDArray[np.generic]]) -> NDArray[np.generic]:
    """Frames as one array; grey ones are widened where any is coloured."""
    coloured = any(frame.ndim == 3 for frame in frames)
    shape = (len(frames), *frames[0].shape[:2], *((3,) if coloured else ()))
    joined = np.empty(shape, dtype=np.uint8)
    for index, frame in enumerate(frames):
        joined[index] = frame[..., None] if coloured and frame.ndim == 2 else frame
    return joined


def _frame_times(times: list[float | None]) -> tuple[NDArray[np.float64] | None, str | None]:
    if len(times) < 2:
        return None, None
    if any(time is None for time in times):
        return None, "the video gives no frame times"
    stamps = np.array(times, dtype=np.float64)
    stamps -= stamps[0]
    if np.any(np.diff(stamps) <= 0):
        return None, "the frame times of the video do not increase: not used"
    return stamps, None


def _aspect_note(stream: Any) -> list[str]:
    ratio = stream.sample_aspect_ratio
    if ratio and ratio != 1:
        return [f"pixels are not square (aspect ratio {ratio}) and kept as stored"]
    return []
