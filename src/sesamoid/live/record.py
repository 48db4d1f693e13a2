"""A session's record: lines of JSON that are only ever added to, and pictures beside them.

What is in the record stays readable whenever the program is killed: a line counts from its newline
on, a picture is written under another name and renamed when it is whole, and the line that names
it comes after. A picture whose line is missing is found again by what it carries in itself.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sesamoid.errors import OutputError
from sesamoid.live.clock import Clock, SystemClock
from sesamoid.live.picture_file import PICTURES, write_picture
from sesamoid.live.record_lines import FORMAT, LINES, read_lines, whole_bytes
from sesamoid.live.settings import RecordSettings, live_settings

try:
    import fcntl
except ImportError:  # no such locks on Windows: two sessions in one folder are not noticed there
    fcntl = None  # type: ignore[assignment]

Line = Mapping[str, Any]


class SessionRecord:
    """The record in a folder, open for adding; resumes what is there.

    Parameters
    ----------
    folder : Path or str
        Made where missing.
    clock : Clock, optional
    settings : RecordSettings, optional

    Raises
    ------
    OutputError
        The folder cannot be written to, or another session is writing to it.
    DataError
        There is a record of another format.
    """

    def __init__(
        self,
        folder: Path | str,
        *,
        clock: Clock | None = None,
        settings: RecordSettings | None = None,
    ):
        self.folder = Path(folder)
        self.path = self.folder / LINES
        self.clock: Clock = clock if clock is not None else SystemClock()
        self.settings = settings if settings is not None else live_settings().record
        self._synced_s = self.clock.now()
        self._unsynced = False
        try:
            (self.folder / PICTURES).mkdir(parents=True, exist_ok=True)
            self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        except OSError as error:
            raise OutputError(
                f"the session cannot be recorded there ({error.strerror or error})",
                path=self.folder,
                fix="choose a folder that can be written to.",
            ) from error
        try:
            self._lock()
            self.lines: tuple[dict[str, Any], ...] = tuple(read_lines(self.path))
            # A line that was being written when the last session was killed never counted.
            os.ftruncate(self._file, whole_bytes(self.path))
            if not self.lines:
                self.add({"kind": "record", "format": FORMAT}, at_once=True)
                _sync_folder(self.folder)
        except BaseException:
            os.close(self._file)
            raise

    def _lock(self) -> None:
        if fcntl is None:
            return
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise OutputError(
                "another session is recording there",
                path=self.folder,
                fix="end it, or choose another folder.",
            ) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def add(self, line: Line, *, at_once: bool = False) -> None:
        """Add a line; a program that is killed later does not lose it.

        Parameters
        ----------
        line : mapping
            Plain types.
        at_once : bool
            Wait until it is on the disk, against a loss of power too; else that happens soon.

        Raises
        ------
        OutputError
            It cannot be written, e.g. because the disk is full; the record is as it was before.
        """
        content = (json.dumps(line, ensure_ascii=False, allow_nan=False) + "\n").encode()
        try:
            before = os.fstat(self._file).st_size
            try:
                _write_all(self._file, content)
            except OSError:
                with suppress(OSError):
                    os.ftruncate(self._file, before)
                raise
            now = self.clock.now()
            self._unsynced = True
            if at_once or now - self._synced_s >= self.settings.sync_s:
                os.fsync(self._file)
                self._synced_s, self._unsynced = now, False
        except OSError as error:
            raise OutputError(
                f"the session cannot be recorded any more ({error.strerror or error}); "
                "what was kept before is safe",
                path=self.path,
                fix="make room on the disk and start again with the same folder to go on.",
            ) from error

    def keep(self, line: Line, pixels: Any, labels: Any = None) -> dict[str, Any]:
        """Write a picture, then the line that names it; returns the line as written.

        Parameters
        ----------
        line : mapping
            Plain types; it is also stored inside of the picture.
        pixels : ndarray of uint8, shape (rows, columns) or (rows, columns, 3)
        labels : ndarray of uint8, shape (rows, columns), optional

        Raises
        ------
        OutputError
            As `add`; then there is neither the line nor a picture that is not whole.
        """
        whole = write_picture(self.folder, line, pixels, labels)
        _sync_folder(self.folder / PICTURES)
        self.add(whole, at_once=True)
        return whole

    def close(self) -> None:
        """Bring everything to the disk and let go; twice does no harm."""
        if self._file < 0:
            return
        with suppress(OSError):
            if self._unsynced:
                os.fsync(self._file)
        os.close(self._file)
        self._file = -1


def discard(folder: Path | str) -> None:
    """Remove a record without pictures; one that has some stays, and what else lies there."""
    folder = Path(folder)
    with suppress(OSError):
        (folder / PICTURES).rmdir()
        (folder / LINES).unlink()
        folder.rmdir()


def recorded(folder: Path | str) -> Iterator[dict[str, Any]]:
    """The lines of a record, also of one that is being written to; a torn last one is left out.

    Raises
    ------
    DataError
        There is no record, or it is damaged elsewhere than at its end.
    """
    yield from read_lines(Path(folder) / LINES)


def _write_all(file: int, content: bytes) -> None:
    """All of it, or OSError: a full disk may take a part before it says so."""
    left = memoryview(content)
    while left:
        left = left[os.write(file, left) :]


def _sync_folder(folder: Path) -> None:
    """The names in a folder, on the disk; not every system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
