"""Storing a task's frames: nnU-Net raw layout, or DICOM with labels beside it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from sesamoid.imaging.atomic import atomic_path
from sesamoid.virtual.acquisition.cine_dicom import Cine, write_cine
from sesamoid.virtual.acquisition.frame import Frame
from sesamoid.virtual.acquisition.render import Picture, Screen, render
from sesamoid.virtual.acquisition.simulation import Simulation, Task
from sesamoid.virtual.acquisition.truth_table import truth_row

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Shot:
    """A frame with what is needed to store it.

    Parameters
    ----------
    number : int
        Within its task.
    frame : Frame
    screen : Screen
    mode : str
        Of ``variation.yaml``, or ``"cine"``.
    """

    number: int
    frame: Frame
    screen: Screen
    mode: str


def store(
    simulation: Simulation, task: Task, shots: Iterable[Shot], on_frame: Callable[[], None]
) -> Rows:
    """Write a task's frames as they come; their rows of truth."""
    form = _store_dicom if simulation.file_format == "dicom" else _store_png
    return form(simulation, task, shots, on_frame)


def _store_png(
    simulation: Simulation, task: Task, shots: Iterable[Shot], on_frame: Callable[[], None]
) -> Rows:
    """nnU-Net raw layout: image NAME_0000.png, label NAME.png."""
    rows = []
    for shot in shots:
        picture = render(shot.frame, shot.screen)
        name = f"{task.name}-{shot.number:03d}"
        split = simulation.split(task.person, shot.frame.truth.machine)
        end = "Ts" if split == "test" else "Tr"
        image, label = f"images{end}/{name}_0000.png", f"labels{end}/{name}.png"
        _write_png(simulation.out / image, picture.pixels)
        _write_png(simulation.out / label, picture.labels)
        rows.append(_row(shot, picture, name, image, label, split))
        on_frame()
    return rows


def _store_dicom(
    simulation: Simulation, task: Task, shots: Iterable[Shot], on_frame: Callable[[], None]
) -> Rows:
    """One multi-frame file for a cine, one file for each single picture; labels beside them."""
    rows: Rows = []
    held: list[tuple[Shot, Picture]] = []
    for shot in shots:
        held.append((shot, render(shot.frame, shot.screen)))
        if not simulation.cine:
            rows += _write_dicom(simulation, task, f"{task.name}-{shot.number:03d}", held)
            held = []
        on_frame()
    if held:
        rows += _write_dicom(simulation, task, f"{task.name}-cine", held)
    return rows


def _write_dicom(
    simulation: Simulation, task: Task, name: str, held: list[tuple[Shot, Picture]]
) -> Rows:
    first, picture = held[0]
    truth = first.frame.truth
    image, label = f"dicom/{name}.dcm", f"masks/{name}.npz"
    planes = [plane.id for plane in simulation.protocol.planes]
    cine = Cine(
        name=name,
        series=series_key(simulation),
        number=planes.index(task.plane) * 1000 + first.number + 1,
        description=f"{task.plane} {simulation.protocol.plane(task.plane).name}"[:60],
        frames=[shown.pixels for _, shown in held],
        frames_per_second=simulation.frames_per_second,
        box=picture.box,
        spacing_mm=picture.spacing_mm,
    )
    write_cine(simulation.out / image, cine, truth, several=simulation.cine)
    with atomic_path(simulation.out / label) as temporary:
        np.savez_compressed(temporary, labels=np.stack([shown.labels for _, shown in held]))
    split = simulation.split(task.person, truth.machine)
    return [
        _row(shot, shown, name, image, label, split, frame=number)
        for number, (shot, shown) in enumerate(held)
    ]


def series_key(simulation: Simulation) -> str:
    """A short digest of how a data set is made."""
    text = json.dumps(simulation.recipe(), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _row(
    shot: Shot, picture: Picture, name: str, image: str, label: str, split: str, *, frame: int = 0
) -> dict[str, Any]:
    box = picture.box
    return truth_row(
        shot.frame.truth,
        name=name,
        image=image,
        label=label,
        frame=frame,
        split=split,
        mode=shot.mode,
        layout=shot.screen.layout,
        rows=picture.labels.shape[0],
        columns=picture.labels.shape[1],
        region_top=box.top,
        region_left=box.left,
        region_height=box.height,
        region_width=box.width,
        row_spacing_mm=picture.spacing_mm[0],
        column_spacing_mm=picture.spacing_mm[1],
    )


def _write_png(path: Path, pixels: NDArray[np.uint8]) -> None:
    ordered = pixels[..., ::-1] if pixels.ndim == 3 else pixels
    encoded = cv2.imencode(".png", ordered, [cv2.IMWRITE_PNG_COMPRESSION, 3])[1]
    with atomic_path(path) as temporary:
        temporary.write_bytes(encoded.tobytes())
