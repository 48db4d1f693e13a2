"""What is known of the pictures of a data set, as the joint network learns it."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sesamoid.anatomy import Plane, protocol, structure
from sesamoid.errors import DataError, SesamoidError
from sesamoid.imaging import Crop
from sesamoid.imaging.raw_dataset import RawDataset
from sesamoid.learning.joint_example import JointExample, nothing_known
from sesamoid.models.joint_task import ASPECTS, JointTask
from sesamoid.virtual.acquisition import NO_PLANE
from sesamoid.virtual.acquisition.dataset import TRUTH
from sesamoid.virtual.acquisition.frame import LEAST_CONTACT
from sesamoid.virtual.acquisition.simulation import PROTOCOL
from sesamoid.virtual.acquisition.truth_table import evidence_of, read_table

from .task import joint_settings, pose_error

PLANES = "planes.csv"
"""Beside ``dataset.json`` of a site's own pictures: which plane each shows."""
_COLUMNS = (
    "name", "image", "label", "split", "person", "plane", "nearest_plane", "digit", "reversed",
    "along_mm", "across_mm", "rotation_deg", "tilt_deg", "rock_deg", "contact", "parts",
    "plane_probability", "centre_offset", "continuity", "tendon_echo", "depth_fill", "mean_grey",
    "usable", "lift_off", "reverberation", "depth_cut", "dropout", "edge_cut", "region_top",
    "region_left", "region_height", "region_width", "row_spacing_mm", "column_spacing_mm",
)  # fmt: skip


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


def labelled_pictures(folder: Path, task: JointTask) -> LabelledPictures:
    """The training part of a data set: one that `sesamoid simulate` wrote, or a site's own.

    A site's own is in nnU-Net raw layout; its classes are named as in ``label_classes.yaml``, any
    subset. ``planes.csv`` beside it may give for each ``name`` the ``plane`` (an id, or ``none``),
    ``reversed`` (0 or 1), ``row_spacing_mm`` and ``column_spacing_mm``; what is left empty is not
    known, and the heads that it would teach stay as they are on that picture.

    Raises
    ------
    DataError
        The folder is neither, holds no picture for training, or names what the task does not have.
    """
    data = RawDataset.read(folder)
    unknown = [name for name in data.classes[1:] if name not in task.classes]
    if unknown:
        raise DataError(
            f"the class {unknown[0]!r} is not one of this application",
            path=folder / "dataset.json",
            fix=f"name classes as they are here: {', '.join(task.classes[1:])}.",
        )
    values = (0, *(task.classes.index(name) for name in data.classes[1:]))
    virtual = (folder / TRUTH).is_file()
    examples = tuple(_virtual(folder, task) if virtual else _own(folder, data, task))
    if not any(not one.held_out for one in examples):
        raise DataError(
            "there is no picture to train on",
            path=folder,
            fix="simulate with a scanner for training and more people, or fill imagesTr.",
        )
    origin = "virtual" if virtual else "real"
    return LabelledPictures(data.name, data.licence, origin, examples, values)


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
        parts=_parts(row, nearest, task),
        picture=np.array([np.nan if v is None else v for v in told], dtype=np.float32),
    )


def _parts(row: Mapping[str, Any], nearest: int, task: JointTask) -> NDArray[np.float32]:
    evidence = evidence_of(row)
    plane = protocol(PROTOCOL).plane(row["nearest_plane"], digit=row["digit"])
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


def _own(folder: Path, data: RawDataset, task: JointTask) -> Iterator[JointExample]:
    told = _told(folder / PLANES, task)
    unmatched = set(told) - {case.name for case in data.training}
    if unmatched:
        raise DataError(
            f"{PLANES} names {sorted(unmatched)[0]!r}, and there is no such picture in imagesTr",
            path=folder / PLANES,
            fix="give names without _0000 and ending.",
        )
    for case in data.training:
        row = told.get(case.name, {})
        known = nothing_known(task)
        plane = row.get("plane", "")
        if plane == NO_PLANE:
            known["inside"] = 0.0
        elif plane:
            known |= {"nearest": task.planes.index(plane), "inside": 1.0}
        if row.get("reversed"):
            known["reversed"] = _number(row["reversed"], folder / PLANES)
        spacing = [row.get(name) for name in ("row_spacing_mm", "column_spacing_mm")]
        yield JointExample(
            name=case.name,
            image=case.image,
            label=case.label,
            box=None,
            spacing_mm=(
                (_number(spacing[0], folder / PLANES), _number(spacing[1], folder / PLANES))
                if spacing[0] and spacing[1]
                else None
            ),
            **known,
        )


def _told(path: Path, task: JointTask) -> dict[str, dict[str, str]]:
    if not path.is_file():
        return {}
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        plane = row.get("plane") or ""
        if "name" not in row or (plane and plane not in (*task.planes, NO_PLANE)):
            raise DataError(
                f"the plane {plane!r} is not known" if "name" in row else "no column 'name'",
                path=path,
                fix=f"use columns name, plane; planes are {', '.join(task.planes)} and {NO_PLANE}.",
            )
    return {row["name"]: {k: v or "" for k, v in row.items() if k} for row in rows}


def _number(text: str | None, path: Path) -> float:
    try:
        value = float(text or "")
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise SesamoidError(f"{text!r} in {path.name} is no number", fix="write it with a point.")
    return value
