"""What of a protocol has been kept so far."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from sesamoid.findings import DataOrigin, Grade, GradeLetter, SubScore
from sesamoid.imaging import Image, Modality, Provenance
from sesamoid.live.picture_file import read_picture, read_scan

By = Literal["assistant", "operator"]


class PlaneProgress(StrEnum):
    """How far one plane is."""

    TODO = "to do"
    SEEN = "seen"
    KEPT = "kept"
    RETAKE = "retake"


@dataclass(frozen=True)
class Kept:
    """A frame that was kept of a plane.

    Parameters
    ----------
    plane : str
    digit : int or None
    grade : Grade or None
    sharpness : float
    time_s : float
        On the source's clock.
    frame : int
        Its index in the source.
    by : {"assistant", "operator"}
    picture : Path
        PNG, shown as the protocol wants it.
    labels : Path or None
    label_names : tuple of str
        By the values of `labels`.
    spacing_mm : (row, column) or None
    origin : DataOrigin
    number : int
        Counted over the session, from 1.
    reason : str
        Why it was kept, in words.
    """

    plane: str
    digit: int | None
    grade: Grade | None
    sharpness: float
    time_s: float
    frame: int
    by: By
    picture: Path
    labels: Path | None
    label_names: tuple[str, ...]
    spacing_mm: tuple[float, float] | None
    origin: DataOrigin
    number: int
    reason: str

    @property
    def letter(self) -> GradeLetter:
        """Of the grade; what was not graded counts as C."""
        return GradeLetter.C if self.grade is None else self.grade.letter

    def image(self) -> Image:
        """The picture with its calibration, black beside the scan, to be measured and reported."""
        return Image(
            pixels=read_scan(self.picture)[None],
            provenance=Provenance(
                path=self.picture, format="PNG", notes=(f"kept live as plane {self.plane}",)
            ),
            modality=Modality.ULTRASOUND,
            spacing_mm=self.spacing_mm,
        )

    def label_map(self) -> NDArray[np.uint8] | None:
        """The labels on the picture's pixels, where there are any."""
        return None if self.labels is None else read_picture(self.labels)


@dataclass(frozen=True)
class ChecklistItem:
    """One plane of the protocol.

    Parameters
    ----------
    plane : str
    progress : PlaneProgress
    seconds : float
        During which the plane was there.
    kept : Kept or None
        The best so far.
    history : int
        How many frames were kept of it, replaced ones included.
    """

    plane: str
    progress: PlaneProgress = PlaneProgress.TODO
    seconds: float = 0.0
    kept: Kept | None = None
    history: int = 0


@dataclass(frozen=True)
class Checklist:
    """All planes of the protocol, in its order."""

    items: tuple[ChecklistItem, ...]

    def item(self, plane: str) -> ChecklistItem:
        """One of them; KeyError where there is none."""
        for item in self.items:
            if item.plane == plane:
                return item
        raise KeyError(plane)

    @property
    def kept(self) -> tuple[Kept, ...]:
        """The frames to measure on, one a plane."""
        return tuple(item.kept for item in self.items if item.kept is not None)

    @property
    def wanted(self) -> tuple[str, ...]:
        """Planes of which nothing, or not yet grade A, is kept, or that are to be taken again."""
        return tuple(
            item.plane
            for item in self.items
            if item.progress is not PlaneProgress.KEPT
            or item.kept is None
            or item.kept.letter is not GradeLetter.A
        )

    @property
    def fair(self) -> tuple[str, ...]:
        """Planes of which something is kept that is not grade A; nothing more is asked of them."""
        wanted = self.wanted
        return tuple(
            item.plane
            for item in self.items
            if item.progress is PlaneProgress.KEPT and item.plane in wanted
        )

    @property
    def complete(self) -> bool:
        """Something is kept of every plane."""
        return all(item.progress is PlaneProgress.KEPT for item in self.items)


def kept_from_line(line: dict[str, Any], folder: Path) -> Kept:
    """A kept frame from its line of the record."""
    spacing = line.get("spacing_mm")
    labels = line.get("labels")
    return Kept(
        plane=line["plane"],
        digit=line["digit"],
        grade=grade_from_json(line["grade"]),
        sharpness=line["sharpness"],
        time_s=line["time_s"],
        frame=line["frame"],
        by=line["by"],
        picture=folder / line["picture"],
        labels=None if labels is None else folder / labels,
        label_names=tuple(line["label_names"]),
        spacing_mm=None if spacing is None else (spacing[0], spacing[1]),
        origin=DataOrigin(line["origin"]),
        number=line["number"],
        reason=line["reason"],
    )


def grade_from_json(content: dict[str, Any] | None) -> Grade | None:
    """The grade that `sesamoid.reports.finding_json.grade_as_json` wrote."""
    if content is None:
        return None
    return Grade(
        GradeLetter(content["letter"]),
        content["score"],
        tuple(SubScore(**part) for part in content["sub_scores"]),
        tuple(content["reasons"]),
        content["rule"],
        content["frame"],
    )
