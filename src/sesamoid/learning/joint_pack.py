"""Pictures with all that is known of them, packed once as arrays that are read without decoding."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from sesamoid.errors import DataError
from sesamoid.imaging import atomic_path, read_labels
from sesamoid.imaging.geometry import Crop
from sesamoid.learning.joint_example import JointExample
from sesamoid.models.joint_input import joint_letterbox
from sesamoid.models.joint_task import JointTask

VERSION = 1
"""Of the arrays; part of the fingerprint."""
CHUNK = 256
"""Pictures between two marks from which a stopped packing goes on."""
_HERE = "pack.json"


@dataclass(frozen=True)
class JointPack:
    """Packed pictures; `images` and `labels` are memory maps of shape (n, rows, columns).

    Parameters
    ----------
    folder : Path
    images, labels : ndarray of uint8
    targets : dict of ndarray
        ``placed`` (n, 4): top, left, height, width of the scan in the canvas; ``mm`` per canvas
        pixel; ``labelled``; ``held_out``; and those of `JointExample` by name.
    known_classes : ndarray of bool, shape (classes,)
        Label classes that were drawn wherever they are seen; the others hide in the background.
    label_share : ndarray of float64, shape (classes,)
        Of all labelled pixels within scans.
    fingerprint : str
    """

    folder: Path
    images: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    targets: dict[str, NDArray[Any]]
    known_classes: NDArray[np.bool_]
    label_share: NDArray[np.float64]
    fingerprint: str

    def __len__(self) -> int:
        return len(self.images)

    def placed(self, index: int) -> Crop:
        """Where the scan lies in a canvas."""
        return Crop(*(int(value) for value in self.targets["placed"][index]))

    def mm(self, index: int) -> float | None:
        """Of a canvas pixel."""
        value = float(self.targets["mm"][index])
        return None if np.isnan(value) else value

    def where(self, *, held_out: bool) -> NDArray[np.intp]:
        """Indices of the pictures for validation, or of all the others."""
        return np.flatnonzero(self.targets["held_out"] == held_out)


def pack_examples(
    examples: Sequence[JointExample],
    task: JointTask,
    canvas_size: tuple[int, int],
    folder: Path,
    *,
    label_values: Sequence[int] | None = None,
    on_picture: Callable[[int, int], None] | None = None,
) -> JointPack:
    """Pack pictures into `folder`, go on where an earlier run stopped, or open what is there.

    Parameters
    ----------
    examples : sequence of JointExample
    task : JointTask
    canvas_size : (rows, columns)
    folder : Path
    label_values : sequence of int, optional
        The task's class of each value of the label images; the values themselves if left out.
        Classes that are not among them count as not drawn.
    on_picture : callable
        Told how many pictures are done, and of how many.

    Raises
    ------
    DataError
        A picture is missing, cannot be read, or does not fit its labels.
    """
    values = tuple(range(len(task.classes)) if label_values is None else label_values)
    fingerprint = _fingerprint(examples, task, canvas_size, values)
    folder.mkdir(parents=True, exist_ok=True)
    state = _state(folder, fingerprint, len(task.classes))
    shape = (len(examples), *canvas_size)
    images, labels = (_array(folder / f"{name}.npy", shape, state) for name in ("image", "label"))
    placed = _array(folder / "placed.npy", (len(examples), 4), state, np.int32)
    scale = _array(folder / "mm.npy", (len(examples),), state, np.float64)
    table = np.zeros(256, dtype=np.uint8)
    table[: len(values)] = values
    counts = np.array(state["counts"], dtype=np.int64)
    for index in range(state["done"], len(examples)):
        one = _read(examples[index], canvas_size, len(values))
        images[index], labels[index] = one.image, table[one.label]
        placed[index] = (one.placed.top, one.placed.left, one.placed.height, one.placed.width)
        scale[index] = one.mm
        if examples[index].label is not None:
            scan = labels[index][
                one.placed.top : one.placed.bottom, one.placed.left : one.placed.right
            ]
            counts += np.bincount(scan.ravel(), minlength=len(counts))
        done = index + 1
        if done % CHUNK == 0 or done == len(examples):
            for array in (images, labels, placed, scale):
                array.flush()
            _write_state(folder, {**state, "done": done, "counts": counts.tolist()})
        if on_picture is not None:
            on_picture(done, len(examples))
    known = np.zeros(len(task.classes), dtype=bool)
    known[list(values)] = True
    return JointPack(
        folder,
        np.load(folder / "image.npy", mmap_mode="r"),
        np.load(folder / "label.npy", mmap_mode="r"),
        _targets(examples, np.asarray(placed), np.asarray(scale)),
        known,
        counts / max(1, counts.sum()),
        fingerprint,
    )


@dataclass(frozen=True)
class _Read:
    image: NDArray[np.generic]
    label: NDArray[np.uint8]
    placed: Crop
    mm: float


def _read(example: JointExample, canvas_size: tuple[int, int], values: int) -> _Read:
    grey = _grey(example.image)
    size = (grey.shape[0], grey.shape[1])
    box = example.box or Crop(0, 0, *size)
    fit, mm = joint_letterbox(size, box, canvas_size, example.spacing_mm)
    label = np.zeros(canvas_size, dtype=np.uint8)
    if example.label is not None:
        drawn = read_labels(example.label)
        if drawn.shape != grey.shape or int(drawn.max(initial=0)) >= values:
            raise DataError(
                f"labels of shape {drawn.shape} with values up to {int(drawn.max(initial=0))} do "
                f"not fit an image of shape {grey.shape} and {values} classes",
                path=example.label,
                fix="store labels in the pixels of their image, and list them in dataset.json.",
            )
        label = fit.forward(drawn, nearest=True).astype(np.uint8)
    return _Read(fit.forward(grey), label, fit.placed, np.nan if mm is None else mm)


def _grey(path: Path) -> NDArray[np.uint8]:
    found = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if found is None:
        raise DataError(
            "this picture is missing or cannot be read",
            path=path,
            fix="make the data set again; export your own pictures as PNG.",
        )
    return np.asarray(found, dtype=np.uint8)


def _targets(
    examples: Sequence[JointExample], placed: NDArray[Any], scale: NDArray[Any]
) -> dict[str, NDArray[Any]]:
    def column(name: str, kind: type[np.generic] = np.float32) -> NDArray[Any]:
        return np.array([getattr(one, name) for one in examples], dtype=kind)

    return {
        "placed": placed,
        "mm": scale,
        "labelled": np.array([one.label is not None for one in examples]),
        "held_out": column("held_out", np.bool_),
        "nearest": column("nearest", np.int64),
        **{name: column(name) for name in ("inside", "reversed", "pose", "parts", "picture")},
    }


def _fingerprint(
    examples: Sequence[JointExample],
    task: JointTask,
    canvas_size: tuple[int, int],
    values: Sequence[int],
) -> str:
    digest = hashlib.sha256(
        json.dumps([VERSION, task.as_dict(), list(canvas_size), list(values)]).encode()
    )
    for one in examples:
        stat = one.image.stat() if one.image.is_file() else None
        told = (one.name, stat and stat.st_size, one.label is None, one.box, one.spacing_mm)
        digest.update(repr((*told, one.nearest, one.inside, one.reversed, one.held_out)).encode())
        for array in (one.pose, one.parts, one.picture):
            digest.update(np.ascontiguousarray(array, dtype=np.float32).tobytes())
    return digest.hexdigest()


def _state(folder: Path, fingerprint: str, classes: int) -> dict[str, Any]:
    fresh = {"fingerprint": fingerprint, "done": 0, "counts": [0] * classes}
    try:
        there: dict[str, Any] = json.loads((folder / _HERE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return fresh
    return there if there.get("fingerprint") == fingerprint else fresh


def _write_state(folder: Path, state: dict[str, Any]) -> None:
    with atomic_path(folder / _HERE) as path:
        path.write_text(json.dumps(state) + "\n", encoding="utf-8")


def _array(
    path: Path, shape: tuple[int, ...], state: dict[str, Any], kind: type[np.generic] = np.uint8
) -> np.memmap[Any, Any]:
    if state["done"] and path.is_file():
        return np.lib.format.open_memmap(path, mode="r+")
    return np.lib.format.open_memmap(path, mode="w+", dtype=kind, shape=shape)
