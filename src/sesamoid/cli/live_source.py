"""What ``sesamoid live --source`` names, opened."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sesamoid.errors import SesamoidError

if TYPE_CHECKING:
    from sesamoid.anatomy import Protocol
    from sesamoid.applications.wrist_hand.virtual_session import VirtualExam, VirtualOperator
    from sesamoid.live.instruction import Side
    from sesamoid.live.slot import Slot
    from sesamoid.live.sources import Source

VIRTUAL = "virtual"
DEVICE = "device:"


@dataclass(frozen=True)
class Opened:
    """A source, and what goes with it.

    Parameters
    ----------
    source : Source
    is_scan : bool
        Its frames are the scan alone, without a console around it.
    in_step : bool
        Every frame is assessed.
    side : {"left", "right"} or None
        Where the source knows it.
    operator : VirtualOperator or None
        Gets the updates: a virtual novice listens.
    slot : Slot or None
        In place of the session's own.
    """

    source: Source
    is_scan: bool
    in_step: bool = False
    side: Side | None = None
    operator: VirtualOperator | None = None
    slot: Slot | None = None

    @classmethod
    def virtual(cls, exam: VirtualExam) -> Opened:
        """A virtual novice with a virtual hand."""
        return cls(
            exam.source, is_scan=True, in_step=True, side=exam.side, operator=exam.operator,
            slot=exam.slot,
        )  # fmt: skip


def open_source(
    text: str, rule: Protocol, *, mirrored: bool = False, mm_per_pixel: float | None = None,
    watch: bool = False, fast: bool = False, person: int = 0, seed: int = 0, listens: bool = True,
) -> Opened:  # fmt: skip
    """Open a source.

    Parameters
    ----------
    text : str
        ``virtual``, ``device:`` and a number or an address, or the path of a file or folder.
    rule : Protocol
        That a virtual novice scans.
    mirrored, mm_per_pixel, watch, fast, person, seed
        As the command's options.
    listens : bool
        Whether a virtual novice hears what the assistant says.

    Raises
    ------
    SesamoidError
        There is no such source.
    """
    from sesamoid.applications.frames import check_scale
    from sesamoid.imaging import Format, detect_format
    from sesamoid.live import Orientation
    from sesamoid.live.sources import CineSource, DeviceSource, FolderSource, VideoSource

    check_scale(mm_per_pixel)
    spacing = None if mm_per_pixel is None else (mm_per_pixel, mm_per_pixel)
    way = Orientation(mirrored)
    if text == VIRTUAL:
        from sesamoid.applications.wrist_hand import virtual_session

        return Opened.virtual(
            virtual_session.virtual_novice(
                rule, person=person, seed=seed, listens=listens, pace=not fast
            )
        )
    if text.startswith(DEVICE):
        number = text.removeprefix(DEVICE)
        if not number:
            raise SesamoidError(
                "no device is named", fix="use device:0, or device: and an address."
            )
        which: int | str = int(number) if number.isdigit() else number
        return Opened(DeviceSource(which, spacing_mm=spacing, orientation=way), is_scan=False)
    path = Path(text)
    if path.is_dir():
        folder = FolderSource(
            path, watch=watch, spacing_mm=spacing, orientation=way, pace=not fast
        )  # fmt: skip
        return Opened(folder, is_scan=False)
    if not path.exists():
        raise SesamoidError(
            f"there is no source {text!r}",
            fix="use virtual, device:0, or the path of a file or folder.",
        )
    if detect_format(path) is Format.VIDEO:
        video = VideoSource(path, spacing_mm=spacing, orientation=way, pace=not fast)
        return Opened(video, is_scan=False)
    cine = CineSource(path, spacing_mm=spacing, orientation=way, pace=not fast)
    return Opened(cine, is_scan=True)
