"""One family of errors: caught once, at the command line, and shown as one line."""

from __future__ import annotations

from pathlib import Path


class SesamoidError(Exception):
    """Something a user can act on.

    Parameters
    ----------
    problem : str
        What is wrong, with the offending value.
    path : Path, optional
        The file or folder that it concerns.
    fix : str, optional
        What to do about it, as an instruction.
    """

    def __init__(self, problem: str, *, path: Path | str | None = None, fix: str | None = None):
        self.problem = problem
        self.path = Path(path) if path is not None else None
        self.fix = fix
        super().__init__(str(self))

    @property
    def sentence(self) -> str:
        """Problem and fix in one line, for where the file is named beside it."""
        fix = f" Fix: {self.fix}" if self.fix else ""
        problem = self.problem if self.problem.endswith((".", "?", "!")) else f"{self.problem}."
        return " ".join(f"{problem}{fix}".split())

    def __str__(self) -> str:
        return f"{self.path}: {self.sentence}" if self.path is not None else self.sentence


class UnreadableImage(SesamoidError):
    """The file cannot be read as an image."""


class UnsuitableImage(SesamoidError):
    """The image was read, but the application cannot work on it."""


class NotCalibrated(SesamoidError):
    """A measurement in mm was asked for where the image has no calibration."""


class OutputError(SesamoidError):
    """The output cannot be written."""


class DataError(SesamoidError):
    """A data set for training or evaluation is not as it should be."""


class ModelError(SesamoidError):
    """A model bundle is missing, damaged or does not fit its manifest."""


class MissingExtra(SesamoidError):
    """An optional dependency is needed and not installed."""
