"""Labelled frames for an evaluation: what `simulate` writes, or a site's own pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sesamoid.anatomy import Protocol
from sesamoid.errors import DataError
from sesamoid.findings import DataOrigin
from sesamoid.imaging import Crop, read_image, read_labels
from sesamoid.live import NO_PLANE
from sesamoid.live.sources.cine import eight_bits
from sesamoid.virtual.acquisition.dataset import TRUTH
from sesamoid.virtual.acquisition.truth_table import read_table

from .described import described
from .own_frames import FRAMES, OwnFrame, read_own_frames, scan_of
from .scored import FrameTruthRow, truth_of_row


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
        area = self.area if self.area is not None else scan_of(image)
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
    folder : str
        Its folder's name, without what leads there.
    """

    name: str
    licence: str
    origin: DataOrigin
    part: str
    frames: tuple[LabelledFrame, ...]
    classes: tuple[str, ...]
    folder: str

    def drawn(self, classes: Sequence[str]) -> frozenset[int]:
        """Values among a network's `classes` of those that are outlined wherever they are seen."""
        return frozenset(list(classes).index(name) for name in self.classes)


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
        f"{FRAMES} (see the application's page, Your own pictures).",
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
    told = described(folder, classes)
    part = "test" if test else "all"
    return EvaluationSet(
        told.name, told.licence, DataOrigin.VIRTUAL, part, frames, told.classes,
        folder.resolve().name,
    )  # fmt: skip


def _own(folder: Path, protocol: Protocol, classes: tuple[str, ...]) -> EvaluationSet:
    rows = read_own_frames(folder, [plane.id for plane in protocol.planes])
    test = [row for row in rows if row.split == "test"]
    chosen = test or rows
    told = described(folder, classes)
    return EvaluationSet(
        told.name, told.licence, DataOrigin(told.origin or DataOrigin.REAL),
        "test" if test else "all", tuple(_own_frame(row, folder) for row in chosen), told.classes,
        folder.resolve().name,
    )  # fmt: skip


def _own_frame(row: OwnFrame, folder: Path) -> LabelledFrame:
    if row.plane is None:
        raise DataError(
            f"line {row.line} has no plane",
            path=folder / FRAMES,
            fix=f"name it, or {NO_PLANE}; or give the lines to score the split test.",
        )
    truth = FrameTruthRow(
        row.image.stem, row.person, row.plane, row.nearest, row.grade,
        reversed=bool(row.reversed), pose=row.pose,
    )  # fmt: skip
    return LabelledFrame(truth, row.image, row.label, None, row.spacing_mm)


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
    return read_labels(path)
