"""A file that could not be analysed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Failure:
    """An input that gave no result, and why.

    Parameters
    ----------
    path : Path
    error : str
        In plain words, with what to do about it.
    """

    path: Path
    error: str
