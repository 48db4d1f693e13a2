"""Writing a file so that it is either whole or not there."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sesamoid.errors import OutputError


@contextmanager
def atomic_path(destination: Path | str) -> Iterator[Path]:
    """A temporary path to write to, which becomes `destination` when the block ends well.

    The temporary file lies in the folder of `destination` (made where missing) and has its
    suffix, so that writers that look at the suffix work. On an exception nothing is left behind
    and a file that was there before is untouched.

    Parameters
    ----------
    destination : Path or str
        The file to write.

    Yields
    ------
    Path
        Where to write; the file exists and is empty.

    Raises
    ------
    OutputError
        Where the folder cannot be made or written to, or `destination` is a folder.

    Examples
    --------
    >>> with atomic_path("report.csv") as path:  # doctest: +SKIP
    ...     path.write_text("name,value\\n")
    """
    target = Path(destination)
    if target.is_dir():
        raise OutputError(
            "there is a folder of this name", path=target, fix="give the name of a file."
        )
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(
            dir=target.parent, prefix=".writing-", suffix="".join(target.suffixes[-2:])
        )
    except OSError as error:
        raise OutputError(
            f"the folder cannot be written to ({error.strerror or error})",
            path=target.parent,
            fix="choose another output folder or change its permissions.",
        ) from error
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        _settle(temporary)
        temporary.replace(target)
    except OSError as error:
        raise OutputError(
            f"the file cannot be written ({error.strerror or error})",
            path=target,
            fix="check the free space and the permissions of the folder.",
        ) from error
    finally:
        with suppress(FileNotFoundError):
            temporary.unlink()


def _settle(path: Path) -> None:
    """Give the file the usual permissions and wait until it is on the disk."""
    mask = os.umask(0)
    os.umask(mask)
    path.chmod(0o666 & ~mask)
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())
