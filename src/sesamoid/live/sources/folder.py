"""A folder of stills as a source; also one that grows."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import Path

from sesamoid.errors import SesamoidError
from sesamoid.imaging import read_image
from sesamoid.imaging.inputs import is_input
from sesamoid.live.clock import Clock
from sesamoid.live.frames import Happening, LiveFrame, Orientation, SourceEvent
from sesamoid.live.settings import SourceSettings, live_settings
from sesamoid.live.sources.base import PacedSource
from sesamoid.live.sources.cine import eight_bits

MOST_NAMES = 100_000
"""Names that are remembered as read; a folder beyond is refused rather than read twice."""


class FolderSource(PacedSource):
    """Stills in natural order of their names (2 before 10), each one a frame.

    Of a file with more frames than one the first is read, and an event says so.

    Parameters
    ----------
    folder : Path or str
    watch : bool
        Go on waiting for new files until stopped; a file counts when its size has stood still for
        one look, so that one that is being written is not read.
    frames_per_second : float
        Of a folder that does not grow; the files of a growing one have the time they came at.
    quiet_s : float, optional
        End a watched folder when nothing new came for that long; None: never.
    spacing_mm : (row, column), optional
        Where the files do not say.
    settings, orientation, pace, clock
        As of the other sources.
    """

    def __init__(
        self,
        folder: Path | str,
        *,
        watch: bool = False,
        frames_per_second: float = 10.0,
        quiet_s: float | None = None,
        spacing_mm: tuple[float, float] | None = None,
        settings: SourceSettings | None = None,
        orientation: Orientation | None = None,
        pace: bool = True,
        clock: Clock | None = None,
    ):
        self.folder, self.watch, self.quiet_s = Path(folder), watch, quiet_s
        if not self.folder.is_dir():
            raise SesamoidError(
                "there is no such folder", path=self.folder, fix="check the spelling of the path."
            )
        if not frames_per_second > 0:
            raise SesamoidError(f"{frames_per_second} frames a second", fix="give more than 0.")
        self.frames_per_second, self.spacing_mm = frames_per_second, spacing_mm
        self.settings = settings if settings is not None else live_settings().source
        super().__init__(
            self.folder.name, orientation=orientation, pace=pace and not watch, clock=clock
        )

    def frames(self) -> Iterator[LiveFrame | SourceEvent]:
        """The stills; what cannot be read is an event, and the rest is read."""
        if self.watch:
            yield from self._growing()
            return
        files = self._files()
        if not files:
            raise SesamoidError("no image is in the folder", path=self.folder, fix="give another.")
        for number, file in enumerate(files):
            yield from self._frame(file, number / self.frames_per_second, number)

    def _growing(self) -> Iterator[LiveFrame | SourceEvent]:
        began = news = self.clock.now()
        sizes: dict[Path, int] = {}
        read: set[Path] = set()
        number = 0
        while not self.stopped.is_set():
            for file in self._files(without=read):
                size = _size(file)
                if size == 0 or sizes.get(file) != size:
                    sizes[file] = size
                    continue
                read.add(file)
                sizes.pop(file, None)
                if len(read) > MOST_NAMES:
                    raise SesamoidError(
                        f"more than {MOST_NAMES} files came into the watched folder",
                        path=self.folder,
                        fix="end the session and begin another with an empty folder.",
                    )
                news = self.clock.now()
                yield from self._frame(file, news - began, number)
                number += 1
            if self.quiet_s is not None and self.clock.now() - news >= self.quiet_s:
                return
            if self.clock.wait(self.settings.poll_s, self.stopped):
                return

    def _files(self, without: Collection[Path] = ()) -> list[Path]:
        try:
            names = [f for f in self.folder.iterdir() if f not in without and f.name[0] != "."]
            found = [file for file in names if is_input(file)]
        except OSError:  # the share is gone for a moment; it may come back
            return []
        return sorted(found, key=_natural)

    def _frame(self, file: Path, time_s: float, number: int) -> Iterator[LiveFrame | SourceEvent]:
        try:
            image = read_image(file)
            spacing = self.spacing_mm
            if image.spacing_mm is not None:
                spacing = (float(image.spacing_mm[-2]), float(image.spacing_mm[-1]))
            frame = LiveFrame(eight_bits(image.pixels[0]), time_s, number, spacing, self.origin)
        except SesamoidError as error:
            text = f"{file.name} was passed over: {error.problem}"
            yield SourceEvent(Happening.UNREADABLE, text, time_s)
            return
        if image.frames > 1:
            text = (
                f"of the {image.frames} frames of {file.name} only the first is read: give a cine "
                "or video as a source of its own"
            )
            yield SourceEvent(Happening.ONLY_FIRST, text, time_s)
        yield frame


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0


def _natural(path: Path) -> list[tuple[int, int, str]]:
    parts = re.split(r"(\d+)", path.name)
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts if part]
