"""Library noise and library exceptions, turned into silence and one clear line."""

from __future__ import annotations

import logging
import os
import sys
import tempfile
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sesamoid.errors import SesamoidError, UnreadableImage

_LOGGERS = ("pydicom", "tifffile", "nibabel.global", "nibabel", "PIL", "libav")
_STDERR = threading.RLock()


@contextmanager
def quiet() -> Iterator[None]:
    """Keep warnings, log lines and C-level stderr of the decoders off the terminal.

    Decoders (GDCM, libjpeg, libtiff, FFmpeg) print to the process's stderr; what matters of it
    comes back as an exception or a wrong length, which the readers check.
    """
    levels = {name: logging.getLogger(name).level for name in _LOGGERS}
    with warnings.catch_warnings(), _native_stderr_closed():
        warnings.simplefilter("ignore")
        for name in _LOGGERS:
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        try:
            yield
        finally:
            for name, level in levels.items():
                logging.getLogger(name).setLevel(level)


@contextmanager
def _native_stderr_closed() -> Iterator[None]:
    """File descriptor 2 sent to a scratch file, one thread at a time."""
    with _STDERR:
        try:
            sys.stderr.flush()
            saved = os.dup(2)
        except (OSError, ValueError, AttributeError):
            yield
            return
        with tempfile.TemporaryFile() as scratch:
            os.dup2(scratch.fileno(), 2)
            try:
                yield
            finally:
                os.dup2(saved, 2)
                os.close(saved)


@contextmanager
def reading(path: Path, problem: str, *, fix: str) -> Iterator[None]:
    """Run a library's reader quietly; its exceptions become `UnreadableImage`.

    Parameters
    ----------
    path : Path
        The file that is read.
    problem : str
        What is wrong where the library fails; its own first line is added in brackets.
    fix : str
        What the user should do then.

    Raises
    ------
    UnreadableImage
        For every exception that is not a `SesamoidError` already.
    """
    try:
        with quiet():
            yield
    except SesamoidError:
        raise
    except PermissionError as error:
        raise not_permitted(path) from error
    except MemoryError as error:
        raise UnreadableImage(
            "there is not enough memory to decode it",
            path=path,
            fix="cut it into shorter or smaller parts.",
        ) from error
    except Exception as error:
        raise UnreadableImage(f"{problem} ({first_line(error)})", path=path, fix=fix) from error


def not_permitted(path: Path) -> UnreadableImage:
    """The error for a file that may not be read."""
    return UnreadableImage(
        "permission denied", path=path, fix="ask its owner for read permission (chmod +r)."
    )


def first_line(error: BaseException) -> str:
    """The first line of an exception's text, at most 160 characters."""
    text = str(error).strip().splitlines()
    if len(text) > 1 and text[0].rstrip().endswith(":"):
        text = text[1:]  # a list follows, whose first item says more
    line = text[0].strip().rstrip(".") if text else type(error).__name__
    return line if len(line) <= 160 else f"{line[:157]}..."
