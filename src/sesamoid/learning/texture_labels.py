"""A user's own labelled images: a CSV of image, group and person."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sesamoid.errors import DataError
from sesamoid.imaging.read import read_image
from sesamoid.learning.texture_region import eight_bit, texture_region

COLUMNS = ("image", "group", "person")
MASK_COLUMN = "mask"


@dataclass(frozen=True)
class LabelLine:
    """One line of the CSV.

    Parameters
    ----------
    line : int
        Its number in the file, from 1.
    image : Path
    group, person : str
    mask : Path or None
    """

    line: int
    image: Path
    group: str
    person: str
    mask: Path | None


@dataclass(frozen=True)
class TextureExample:
    """One labelled image with its pixels.

    Parameters
    ----------
    name : str
    grey : ndarray of uint8, shape (rows, columns)
    region : ndarray of bool, shape (rows, columns)
        Where texture is taken.
    group, person : str
    """

    name: str
    grey: NDArray[np.uint8]
    region: NDArray[np.bool_]
    group: str
    person: str


def read_labels(path: Path) -> tuple[LabelLine, ...]:
    """Read and check a CSV with the columns image, group, person and, optionally, mask.

    Files are relative to the CSV's folder. The person must be written wherever one person has
    several images: it decides what may stand on both sides of a split.

    Raises
    ------
    DataError
        A column or value is missing, a file is missing or listed twice, a person stands in two
        groups, or a group has fewer than two people.
    """
    lines = _lines(path)
    seen: dict[Path, int] = {}
    groups: dict[str, tuple[str, int]] = {}
    for line in lines:
        for what, file in (("image", line.image), ("mask", line.mask)):
            if file is not None and not file.is_file():
                raise DataError(
                    f"line {line.line}: there is no {what} {file.name}",
                    path=path,
                    fix=f"put it at {file}, or correct the line.",
                )
        if line.image in seen:
            raise DataError(
                f"line {line.line}: {line.image.name} stands in line {seen[line.image]} already",
                path=path,
                fix="list every image once.",
            )
        seen[line.image] = line.line
        group, first = groups.setdefault(line.person, (line.group, line.line))
        if group != line.group:
            raise DataError(
                f"line {line.line}: person {line.person!r} is in group {line.group!r}, but in line "
                f"{first} in {group!r}",
                path=path,
                fix="a person has one group; correct the group or the person.",
            )
    check_groups([(line.group, line.person) for line in lines], path=path)
    return lines


def check_groups(pairs: Sequence[tuple[str, str]], *, path: Path | None = None) -> None:
    """DataError where there are not two groups of two people or more.

    Parameters
    ----------
    pairs : sequence of (group, person)
    path : Path, optional
        The file to name.
    """
    people: dict[str, set[str]] = {}
    for group, person in pairs:
        people.setdefault(group, set()).add(person)
    if len(people) < 2:
        raise DataError(
            f"{len(people)} group is no choice" if people else "no labelled image",
            path=path,
            fix="label images of two groups or more.",
        )
    for group, members in sorted(people.items()):
        if len(members) < 2:
            raise DataError(
                f"group {group!r} has one person, {next(iter(members))!r}: nobody is left to "
                "learn from when this person is tested",
                path=path,
                fix="add people to the group, or leave it out.",
            )


def _lines(path: Path) -> tuple[LabelLine, ...]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                raise DataError(
                    f"no column {missing[0]!r}",
                    path=path,
                    fix="the first line must be image,group,person or image,group,person,mask.",
                )
            return tuple(_line(row, path, reader.line_num) for row in reader)
    except OSError as error:
        raise DataError(f"cannot be read ({error.strerror})", path=path) from None
    except UnicodeDecodeError:
        raise DataError("is not text in UTF-8", path=path, fix="save it as CSV UTF-8.") from None


def _line(row: dict[str, str | None], path: Path, number: int) -> LabelLine:
    values = {name: (row.get(name) or "").strip() for name in (*COLUMNS, MASK_COLUMN)}
    for name in COLUMNS:
        if not values[name]:
            raise DataError(f"line {number}: no {name}", path=path, fix="fill it in.")
    folder = path.parent
    return LabelLine(
        line=number,
        image=folder / values["image"],
        group=values["group"],
        person=values["person"],
        mask=folder / values[MASK_COLUMN] if values[MASK_COLUMN] else None,
    )


def load_examples(
    lines: Sequence[LabelLine], *, on_progress: Callable[[str, float], None] | None = None
) -> list[TextureExample]:
    """Read the pixels; without a mask the region is the part of the frame that is not black.

    Parameters
    ----------
    lines : sequence of LabelLine
    on_progress : callable, optional
        Told what runs and the share that is done.

    Raises
    ------
    DataError
        A mask does not fit or is empty, an image is not of 8 bits, or the same pixels are given
        as two people's.
    """
    examples = []
    owners: dict[str, LabelLine] = {}
    for line in lines:
        try:
            grey = eight_bit(read_image(line.image).grey(), path=line.image)
            region = texture_region(grey, line.mask, image=line.image)
        except DataError as error:
            raise DataError(
                f"line {line.line}: {error.problem}", path=error.path, fix=error.fix
            ) from None
        digest = hashlib.sha256(repr(grey.shape).encode() + grey.tobytes()).hexdigest()
        owner = owners.setdefault(digest, line)
        if owner.person != line.person:
            raise DataError(
                f"line {line.line}: the pixels are those of line {owner.line} ({owner.image.name}),"
                f" which is person {owner.person!r} and not {line.person!r}",
                path=line.image,
                fix="correct the person, or leave the copy out.",
            )
        examples.append(
            TextureExample(
                name=line.image.name,
                grey=grey,
                region=region,
                group=line.group,
                person=line.person,
            )
        )
        if on_progress is not None:
            on_progress("reading", len(examples) / len(lines))
    return examples
