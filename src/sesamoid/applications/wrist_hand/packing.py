"""What is known of the pictures of a data set, as the joint network learns it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sesamoid.anatomy import Plane, structure
from sesamoid.errors import DataError
from sesamoid.imaging import Crop, read_image
from sesamoid.imaging.raw_dataset import RawDataset
from sesamoid.learning.joint_example import JointExample, nothing_known
from sesamoid.measure import PlaneEvidence
from sesamoid.models.joint_task import ASPECTS, JointTask
from sesamoid.virtual.acquisition import NO_PLANE
from sesamoid.virtual.acquisition.dataset import TRUTH
from sesamoid.virtual.acquisition.frame import LEAST_CONTACT
from sesamoid.virtual.acquisition.truth_table import evidence_of, read_table

from .described import described
from .evidence import POSE
from .own_frames import FRAMES, read_own_frames, scan_of
from .scanned import scanned_protocol
from .task import joint_settings, pose_error

_COLUMNS = (
    "name", "image", "label", "split", "person", "plane", "nearest_plane", "digit", "reversed",
    "along_mm", "across_mm", "rotation_deg", "tilt_deg", "rock_deg", "contact", "parts",
    "plane_probability", "centre_offset", "continuity", "tendon_echo", "depth_fill", "mean_grey",
    "usable", "lift_off", "reverberation", "depth_cut", "dropout", "edge_cut", "region_top",
    "region_left", "region_height", "region_width", "row_spacing_mm", "column_spacing_mm",
)  # fmt: skip
_MARKS = (TRUTH, FRAMES, "dataset.json")
"""Any of these makes a folder a data set."""


@dataclass(frozen=True)
class LabelledPictures:
    """Pictures to learn from.

    Parameters
    ----------
    name, licence, origin : str
        Of the data set.
    examples : tuple of JointExample
    label_values : tuple of int
        The task's class by value of the label images.
    """

    name: str
    licence: str
    origin: str
    examples: tuple[JointExample, ...]
    label_values: tuple[int, ...]

    @property
    def training(self) -> tuple[JointExample, ...]:
        """Those that are not held out."""
        return tuple(one for one in self.examples if not one.held_out)


def labelled_pictures(folder: Path, task: JointTask) -> LabelledPictures:
    """The training part of a data set: one that `sesamoid simulate` wrote, or a site's own.

    A site's own has ``frames.csv`` (see `own_frames`), or is in nnU-Net raw layout: outlines, and
    nothing else known. Classes are named as in ``label_classes.yaml``, any subset. Heads that a
    picture says nothing about are not taught by it. A folder of such data sets counts as all of
    them together.

    Raises
    ------
    DataError
        The folder is neither, holds no picture for training, or names what the task does not have;
        or its data sets differ in origin, licence or classes.
    """
    sets = _sets_in(folder)
    if not sets:
        return _of_one(folder, task)
    first, *others = (_of_one(one, task) for one in sets)
    examples = list(first.examples)
    for path, one in zip(sets[1:], others, strict=True):
        for what in ("origin", "licence", "label_values"):
            if getattr(one, what) != getattr(first, what):
                raise DataError(
                    f"its {what.replace('_', ' ')} is another than that of {sets[0].name}",
                    path=path,
                    fix="put data sets of one kind together; train on one after the other else.",
                )
        examples += one.examples
    names = dict.fromkeys((first.name, *(one.name for one in others)))
    return replace(first, name=", ".join(names), examples=tuple(examples))


def _sets_in(folder: Path) -> list[Path]:
    """The data sets in a folder that is none itself; DataError where it is one all the same."""
    if not folder.is_dir():
        return []
    within = sorted(one for one in folder.iterdir() if _is_set(one))
    if within and _is_set(folder):
        raise DataError(
            f"it is a data set, and so is {within[0].name} in it",
            path=folder,
            fix="keep data sets that belong together side by side in a folder that is none.",
        )
    return within


def _is_set(folder: Path) -> bool:
    return any((folder / name).is_file() for name in _MARKS)


def _of_one(folder: Path, task: JointTask) -> LabelledPictures:
    virtual = (folder / TRUTH).is_file()
    told = described(folder, task.classes)
    if virtual and not (folder / "dataset.json").is_file():
        raise DataError(
            "there is a truth.parquet and no dataset.json",
            path=folder,
            fix="simulate with --format png: training reads no DICOM.",
        )
    if virtual:
        examples = tuple(_virtual(folder, task))
    elif (folder / FRAMES).is_file():
        examples = tuple(_own(folder, task))
    else:
        examples = tuple(_outlined(RawDataset.read(folder), task))
    values = (0, *(task.classes.index(name) for name in told.classes[1:]))
    origin = "virtual" if virtual else "real"
    found = LabelledPictures(told.name, told.licence, origin, examples, values)
    if not found.training:
        raise DataError(
            "there is no picture to train on",
            path=folder,
            fix="simulate with a scanner for training and more people, or give lines of "
            f"{FRAMES} the split train.",
        )
    return found


def is_held_out(person: int) -> bool:
    """Spread evenly over the people."""
    share = float(joint_settings()["held_out_people"])
    return math.floor((person + 1) * share + 1e-9) > math.floor(person * share + 1e-9)


def _virtual(folder: Path, task: JointTask) -> Iterator[JointExample]:
    table = read_table(folder / TRUTH).select(list(_COLUMNS))
    for batch in table.to_batches(max_chunksize=1000):
        for row in batch.to_pylist():
            if row["split"] == "train":
                yield example_of(row, folder, task)


def example_of(row: Mapping[str, Any], folder: Path, task: JointTask) -> JointExample:
    """A row of ``truth.parquet`` as an example.

    Without contact there is nothing to tell a plane by: nothing is known then but that it is none.
    """
    place: dict[str, Any] = {
        "name": row["name"],
        "image": folder / row["image"],
        "label": folder / row["label"],
        "box": Crop(*(int(row[f"region_{k}"]) for k in ("top", "left", "height", "width"))),
        "spacing_mm": (row["row_spacing_mm"], row["column_spacing_mm"]),
        "held_out": is_held_out(row["person"]),
    }
    if row["contact"] < LEAST_CONTACT:
        return JointExample(**{**nothing_known(task), **place, "inside": 0.0})
    evidence = evidence_of(row)
    told = [getattr(evidence, name) for name in task.picture]
    nearest = task.planes.index(row["nearest_plane"])
    return JointExample(
        **place,
        nearest=nearest,
        inside=float(row["plane"] != NO_PLANE),
        reversed=float(row["reversed"]),
        pose=np.array([pose_error(row, name) for name in task.pose], dtype=np.float32),
        parts=_parts(row, evidence, nearest, task),
        picture=np.array([np.nan if v is None else v for v in told], dtype=np.float32),
    )


def _parts(
    row: Mapping[str, Any], evidence: PlaneEvidence, nearest: int, task: JointTask
) -> NDArray[np.float32]:
    plane = scanned_protocol().plane(row["nearest_plane"], digit=row["digit"])
    out = np.full((len(task.parts), len(ASPECTS)), np.nan, dtype=np.float32)
    for index in task.parts_of(nearest):
        key = task.parts[index]
        quality = _quality(key, plane, evidence.continuity, evidence.tendon_echo)
        out[index] = (
            evidence.visibility[key],
            quality,
            key in evidence.depth_cut,
            key in evidence.dropout,
        )
    return out


def _quality(
    key: str, plane: Plane, lines: Mapping[str, float], echoes: Mapping[str, float]
) -> float:
    category = structure(plane.parts[key][0].structures[0]).category
    known = {"bone": lines, "tendon": echoes}.get(category, {})
    return min(1.0, float(known.get(key, np.nan)))


def _own(folder: Path, task: JointTask) -> Iterator[JointExample]:
    for row in read_own_frames(folder, task.planes):
        if row.split == "test":
            continue
        known = nothing_known(task)
        if row.nearest is not None:
            known["nearest"] = task.planes.index(row.nearest)
        if row.plane is not None:
            known["inside"] = float(row.plane != NO_PLANE)
        if row.reversed is not None:
            known["reversed"] = float(row.reversed)
        if row.pose is not None:
            told = dict(zip(POSE, row.pose, strict=True))
            known["pose"] = np.array([told[name] for name in task.pose], dtype=np.float32)
        yield JointExample(
            name=f"line {row.line}",
            image=row.image,
            label=row.label,
            box=scan_of(read_image(row.image)),
            spacing_mm=row.spacing_mm,
            held_out=row.split == "val",
            **known,
        )


def _outlined(data: RawDataset, task: JointTask) -> Iterator[JointExample]:
    for case in data.training:
        yield JointExample(
            name=case.name,
            image=case.image,
            label=case.label,
            box=scan_of(read_image(case.image)),
            spacing_mm=None,
            **nothing_known(task),
        )
