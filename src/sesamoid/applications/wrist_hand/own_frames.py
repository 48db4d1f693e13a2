"""A site's own pictures: ``frames.csv``, one table for fine-tuning and for evaluation."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Literal, cast, get_args

from sesamoid.errors import DataError
from sesamoid.findings import GradeLetter
from sesamoid.imaging import Crop, Image, find_scan_area
from sesamoid.live import NO_PLANE

from .evidence import POSE

FRAMES = "frames.csv"
"""Its name in the folder of a data set."""
Split = Literal["train", "val", "test"]
LABELS = "dataset.json"
"""Beside it: what the values of labels mean."""
_NEEDED = ("image", "person")
COLUMNS = (
    *_NEEDED, "split", "plane", "nearest_plane", "reversed", "label", "grade", "mm_per_pixel",
    *POSE,
)  # fmt: skip
"""Those that are known."""


@dataclass(frozen=True)
class OwnFrame:
    """A row of ``frames.csv``; what the table does not state is None.

    Parameters
    ----------
    line : int
        In the file, from 1.
    image : Path
    person : str
        Whose picture; intervals resample people.
    split : {"train", "val", "test"} or None
        For training, for its figures, or for evaluation.
    label : Path or None
        In the pixels of the image, with the values of ``dataset.json``.
    plane : str or None
        Id, or ``"none"``.
    nearest : str or None
        Id of the nearest plane: `plane` itself where it is one.
    reversed : bool or None
        Held the wrong way round.
    grade : str or None
        A, B or C.
    pose : tuple of float or None
        Error against the nearest plane in the order of `POSE`, in mm and degrees.
    mm_per_pixel : float or None
        Pixels are square.
    """

    line: int
    image: Path
    person: str
    split: Split | None = None
    label: Path | None = None
    plane: str | None = None
    nearest: str | None = None
    reversed: bool | None = None
    grade: str | None = None
    pose: tuple[float, ...] | None = None
    mm_per_pixel: float | None = None

    @property
    def spacing_mm(self) -> tuple[float, float] | None:
        """(row, column)."""
        return None if self.mm_per_pixel is None else (self.mm_per_pixel, self.mm_per_pixel)


def read_own_frames(folder: Path, planes: Sequence[str]) -> tuple[OwnFrame, ...]:
    """The rows of ``frames.csv``; columns that are not known are passed over.

    A name that is nearly that of a known column, which is not there, is a mistake and not passed
    over.

    Parameters
    ----------
    folder : Path
        Paths in the table start here.
    planes : sequence of str
        Ids that may be named.

    Raises
    ------
    DataError
        It is no table in UTF-8; a row lacks its image or person, names a file that is not there,
        holds a word or number that cannot be, or a person is in two splits; there are labels and
        nothing says what their values mean. The line is named.
    """
    path = folder / FRAMES
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            table = csv.DictReader(stream)
            columns, rows = tuple(table.fieldnames or ()), list(table)
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(
            f"the table cannot be read ({error})", path=path, fix='save it as "CSV UTF-8".'
        ) from None
    _check_columns(columns, path)
    if not rows:
        raise DataError("the table has no row", path=path, fix="give one row a picture.")
    frames = tuple(
        _Row(path, line, {k: (v or "").strip() for k, v in row.items() if k}).frame(planes)
        for line, row in enumerate(rows, start=2)
    )
    _keep_people_apart(frames, path)
    labelled = next((frame for frame in frames if frame.label is not None), None)
    if labelled is not None and not (folder / LABELS).is_file():
        raise DataError(
            f"line {labelled.line} has a label, and no {LABELS} says what its values mean",
            path=path,
            fix=f'put a {LABELS} beside it: {{"labels": {{"background": 0, "median_nerve": 1}}}}.',
        )
    return frames


def _check_columns(columns: Sequence[str], path: Path) -> None:
    for name in _NEEDED:
        if name not in columns:
            raise DataError(
                f"the table has no column {name!r}",
                path=path,
                fix=f"name the columns in the first line, with commas between: {', '.join(COLUMNS)}"
                f"; needed are {' and '.join(_NEEDED)}.",
            )
    missing = [name for name in COLUMNS if name not in columns]
    for name in columns:
        if name in COLUMNS:
            continue
        plain = name.strip().lower()
        close = [known for known in missing if known.startswith(f"{plain}_")]
        close += get_close_matches(plain, missing, n=1, cutoff=0.75)
        if close:
            raise DataError(
                f"the table has a column {name!r}, and none {close[0]!r}",
                path=path,
                fix=f"call it {close[0]}; or something else, if it is another thing.",
            )


def _keep_people_apart(frames: Sequence[OwnFrame], path: Path) -> None:
    """A person who is learnt from is no test of what was learnt."""
    if all(frame.split is None for frame in frames):
        return
    splits: dict[str, str] = {}
    for frame in frames:
        own = frame.split or "train"
        other = splits.setdefault(frame.person, own)
        if other != own:
            raise DataError(
                f"line {frame.line} puts person {frame.person!r} into {own}, another into {other}",
                path=path,
                fix="split by person; a line without a split is for training.",
            )


def scan_of(image: Image) -> Crop:
    """Where the scan lies in a picture that does not say so; all of it where nothing is found."""
    found = find_scan_area(image)
    return found if found is not None else Crop(0, 0, *image.size)


@dataclass(frozen=True)
class _Row:
    path: Path
    line: int
    cells: Mapping[str, str]

    def frame(self, planes: Sequence[str]) -> OwnFrame:
        for name in _NEEDED:
            if not self.cells.get(name):
                raise self._error(f"has no {name}", "fill it in.")
        plane = self._one_of("plane", (*planes, NO_PLANE))
        nearest = self._one_of("nearest_plane", planes)
        if plane is not None and plane != NO_PLANE:
            if nearest not in (None, plane):
                raise self._error(
                    f"is of plane {plane} and nearest to {nearest}", "make them the same."
                )
            nearest = plane
        turned = self._one_of("reversed", ("0", "1"))
        pose = [self._number(name) for name in POSE]
        if any(value is not None for value in pose) and (None in pose or nearest is None):
            raise self._error(
                "states a part of the pose", f"give the plane, and all of {', '.join(POSE)}."
            )
        return OwnFrame(
            line=self.line,
            image=self._file("image"),
            person=self.cells["person"],
            split=cast(Split | None, self._one_of("split", get_args(Split))),
            label=self._file("label") if self.cells.get("label") else None,
            plane=plane,
            nearest=nearest,
            reversed=None if turned is None else turned == "1",
            grade=self._one_of("grade", [letter.value for letter in GradeLetter]),
            pose=None if None in pose else tuple(float(value or 0) for value in pose),
            mm_per_pixel=self._number("mm_per_pixel", positive=True),
        )

    def _file(self, column: str) -> Path:
        found = self.path.parent / self.cells[column]
        if not found.is_file():
            raise self._error(
                f"names the {column} {self.cells[column]!r}, which is not there",
                f"give paths from the folder of {FRAMES}.",
            )
        return found

    def _one_of(self, column: str, known: Sequence[str]) -> str | None:
        text = self.cells.get(column) or None
        if text is not None and text not in known:
            raise self._error(f"has {column} {text!r}", f"use one of {', '.join(known)}.")
        return text

    def _number(self, column: str, *, positive: bool = False) -> float | None:
        text = self.cells.get(column)
        if not text:
            return None
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not math.isfinite(value) or (positive and value <= 0):
            raise self._error(f"has {column} {text!r}", "write a number with a point.")
        return value

    def _error(self, what: str, fix: str) -> DataError:
        return DataError(f"line {self.line} {what}", path=self.path, fix=fix)
