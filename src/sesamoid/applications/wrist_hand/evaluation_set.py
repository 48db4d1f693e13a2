"""Labelled frames for an evaluation: what `simulate` writes, or a site's own pictures."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from sesamoid.anatomy import Protocol
from sesamoid.errors import DataError
from sesamoid.findings import DataOrigin
from sesamoid.imaging import Crop, Image, find_scan_area, read_image
from sesamoid.live import NO_PLANE
from sesamoid.live.sources.cine import eight_bits
from sesamoid.virtual.acquisition.truth_table import read_table

from .scored import FrameTruthRow, truth_of_row

TRUTH, FRAMES = "truth.parquet", "frames.csv"
"""Of a virtual data set; of a site's own (see `read_frames`)."""


@dataclass(frozen=True)
class LabelledFrame:
    """A frame with its truth, not yet read from the disk.

    Parameters
    ----------
    truth : FrameTruthRow
    image : Path
    label : Path or None
    area : Crop or None
        None: the whole picture, or what is found in it.
    spacing_mm : (row, column) or None
    frame : int
        Of a cine.
    """

    truth: FrameTruthRow
    image: Path
    label: Path | None
    area: Crop | None
    spacing_mm: tuple[float, float] | None
    frame: int = 0

    def read(self) -> tuple[NDArray[np.uint8], NDArray[np.uint8] | None, Crop]:
        """Grey frame, classes, scan area; DataError where label and picture differ in size."""
        image = read_image(self.image)
        grey = eight_bits(image.grey(self.frame if image.frames > 1 else 0))
        area = self.area if self.area is not None else _area_of(image)
        labels = None if self.label is None else _labels(self.label, self.frame)
        if labels is not None and labels.shape != grey.shape:
            raise DataError(
                f"the label has {labels.shape[0]} x {labels.shape[1]} pixels and its picture "
                f"{grey.shape[0]} x {grey.shape[1]}",
                path=self.label,
                fix="export both in the same size.",
            )
        return grey, labels, area


@dataclass(frozen=True)
class EvaluationSet:
    """All frames of a data set.

    Parameters
    ----------
    name, licence : str
    origin : DataOrigin
    part : str
        ``"test"`` where the set has one, else ``"all"``.
    frames : tuple of LabelledFrame
    classes : tuple of str
        Names of the label values in its files.
    """

    name: str
    licence: str
    origin: DataOrigin
    part: str
    frames: tuple[LabelledFrame, ...]
    classes: tuple[str, ...]


def read_set(folder: Path, protocol: Protocol, classes: Sequence[str]) -> EvaluationSet:
    """The frames of a folder: those for testing where it has such.

    Parameters
    ----------
    folder : Path
        With ``truth.parquet`` (from ``sesamoid simulate wrist_hand``), or with ``frames.csv``.
    protocol : Protocol
    classes : sequence of str
        That the network knows.

    Raises
    ------
    DataError
        There is neither, or it names planes or labels that are not known.
    """
    if (folder / TRUTH).is_file():
        return _virtual(folder, protocol, tuple(classes))
    if (folder / FRAMES).is_file():
        return _own(folder, protocol, tuple(classes))
    raise DataError(
        f"there is neither {TRUTH} nor {FRAMES}",
        path=folder,
        fix="give a folder that `sesamoid simulate wrist_hand` wrote, or list your own pictures in "
        f"{FRAMES} with columns image, person, plane and, where known, label, grade, "
        "mm_per_pixel, along_mm, across_mm, rotation_deg, tilt_deg, rock_deg.",
    )


def _virtual(folder: Path, protocol: Protocol, classes: tuple[str, ...]) -> EvaluationSet:
    rows = read_table(folder / TRUTH).to_pylist()
    test = [row for row in rows if row["split"] == "test"]
    chosen = test or rows
    frames = tuple(
        LabelledFrame(
            truth_of_row(row, protocol),
            folder / row["image"],
            folder / row["label"],
            Crop(row["region_top"], row["region_left"], row["region_height"], row["region_width"]),
            (float(row["row_spacing_mm"]), float(row["column_spacing_mm"])),
            int(row["frame"]),
        )
        for row in chosen
    )
    described = _description(folder)
    names = tuple(described.get("labels", {})) or classes
    _check_classes(names, classes, folder)
    return EvaluationSet(
        described.get("name", folder.name),
        described.get("licence", "not stated"),
        DataOrigin.VIRTUAL,
        "test" if test else "all",
        frames,
        names,
    )


def _own(folder: Path, protocol: Protocol, classes: tuple[str, ...]) -> EvaluationSet:
    path = folder / FRAMES
    with path.open(newline="", encoding="utf-8-sig") as stream:
        rows = list(csv.DictReader(stream))
    known = {plane.id for plane in protocol.planes} | {NO_PLANE}
    frames = []
    for number, row in enumerate(rows, start=2):
        for needed in ("image", "person", "plane"):
            if not row.get(needed):
                raise DataError(f"line {number} has no {needed}", path=path, fix="fill it in.")
        if row["plane"] not in known:
            raise DataError(
                f"line {number} names plane {row['plane']!r}",
                path=path,
                fix=f"use one of {', '.join(sorted(known))}.",
            )
        frames.append(_own_frame(row, folder))
    described = _description(folder)
    names = tuple(described.get("labels", {})) or classes
    _check_classes(names, classes, folder)
    return EvaluationSet(
        described.get("name", folder.name), described.get("licence", "not stated"),
        DataOrigin(described.get("origin", DataOrigin.REAL.value)), "all", tuple(frames), names,
    )  # fmt: skip


def _own_frame(row: dict[str, str], folder: Path) -> LabelledFrame:
    pose_names = ("along_mm", "across_mm", "rotation_deg", "tilt_deg", "rock_deg")
    stated = [row.get(name) for name in pose_names]
    pose = tuple(float(value or 0) for value in stated) if all(stated) else None
    scale = row.get("mm_per_pixel")
    plane = row["plane"]
    nearest = row.get("nearest_plane") or (plane if plane != NO_PLANE else None)
    truth = FrameTruthRow(
        Path(row["image"]).stem, row["person"], plane, nearest, row.get("grade") or None, pose=pose
    )
    return LabelledFrame(
        truth,
        folder / row["image"],
        folder / row["label"] if row.get("label") else None,
        None,
        (float(scale), float(scale)) if scale else None,
    )


def _check_classes(names: tuple[str, ...], classes: tuple[str, ...], folder: Path) -> None:
    unknown = [name for name in names if name not in classes]
    if unknown:
        raise DataError(
            f"the data set has a label {unknown[0]!r} that the model does not know",
            path=folder / "dataset.json",
            fix=f"use the names {', '.join(classes[1:6])}, …",
        )


def _description(folder: Path) -> dict[str, Any]:
    path = folder / "dataset.json"
    if not path.is_file():
        return {}
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def in_classes(
    labels: NDArray[np.uint8], names: Sequence[str], classes: Sequence[str]
) -> NDArray[np.uint8]:
    """Label values of a data set as those of the network."""
    values = np.zeros(256, np.uint8)
    for value, name in enumerate(names):
        values[value] = list(classes).index(name)
    return np.asarray(values[labels], np.uint8)


def _labels(path: Path, frame: int) -> NDArray[np.uint8]:
    if path.suffix == ".npz":
        with np.load(path) as content:
            return np.asarray(content["labels"][frame], dtype=np.uint8)
    found = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    if found is None:
        raise DataError("the label cannot be read", path=path, fix="export it again as PNG.")
    return np.asarray(found, dtype=np.uint8)


def _area_of(image: Image) -> Crop:
    found = find_scan_area(image)
    return found if found is not None else Crop(0, 0, *image.size)


def people_of(frames: Sequence[LabelledFrame]) -> Iterator[str]:
    """Whose each frame is."""
    return (frame.truth.person for frame in frames)
