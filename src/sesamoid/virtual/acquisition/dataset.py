"""A data set of virtual pictures on disk: prepared, made, resumed, finished."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from sesamoid.errors import OutputError
from sesamoid.imaging.atomic import atomic_path
from sesamoid.virtual.acquisition.label_classes import class_of, label_classes
from sesamoid.virtual.acquisition.processes import Failure, run_tasks
from sesamoid.virtual.acquisition.renderers import SCANNER, renderer_title
from sesamoid.virtual.acquisition.simulation import Simulation
from sesamoid.virtual.acquisition.truth_table import SCHEMA, read_table, write_table
from sesamoid.virtual.acquisition.work import PARTS, part_path
from sesamoid.virtual.body.structures import structure_keys

RECIPE = "simulation.json"
TRUTH = "truth.parquet"
FOLDERS = ("imagesTr", "labelsTr", "imagesTs", "labelsTs", "dicom", "masks", PARTS, ".")
NAME = "virtual-wrist-hand"
UNFINISHED = ".writing-*"
LICENCE = "CC0-1.0"
"""Virtual pictures show nobody and copy nothing."""


@dataclass(frozen=True)
class Outcome:
    """What a run did.

    Parameters
    ----------
    frames : int
        Of the whole data set, found ones included.
    resumed : int
        Tasks that were there before.
    failures : tuple of Failure
    table : pyarrow.Table
        The truth of the whole data set.
    """

    frames: int
    resumed: int
    failures: tuple[Failure, ...]
    table: pa.Table


def make_dataset(
    simulation: Simulation, *, jobs: int = 1, on_frame: Callable[[int], None] = lambda _: None
) -> Outcome:
    """Make a data set, or go on where an earlier run stopped.

    Parameters
    ----------
    simulation : Simulation
    jobs : int
        Processes; they change nothing but the time it takes.
    on_frame : callable
        Called with the number of frames that were done since the last call.

    Raises
    ------
    SesamoidError
        The folder holds another data set, or files cannot be written.
    """
    prepare(simulation)
    tasks = list(simulation.tasks())
    waiting = [task for task in tasks if not part_path(simulation, task).is_file()]
    found = len(tasks) - len(waiting)
    if found:
        on_frame(found * simulation.frames_per_plane)
    failures = run_tasks(simulation, waiting, jobs=jobs, on_frame=lambda: on_frame(1))
    table = finish(simulation)
    return Outcome(table.num_rows, found, failures, table)


def prepare(simulation: Simulation) -> None:
    """Check that the folder takes this data set, and clear what a killed run left unfinished.

    Raises
    ------
    OutputError
        The folder holds a data set that was made otherwise.
    """
    recipe = simulation.recipe()
    path = simulation.out / RECIPE
    if path.is_file():
        with suppress(ValueError):
            there = json.loads(path.read_text(encoding="utf-8"))
            keys = [*recipe, *(key for key in there if key not in recipe)]
            changed = [key for key in keys if there.get(key) != recipe.get(key)]
            if changed:
                raise OutputError(
                    f"this folder holds a data set made with another {changed[0]} "
                    f"({there.get(changed[0])} instead of {recipe.get(changed[0])})",
                    path=simulation.out,
                    fix="give --out another folder, or the same options to go on.",
                )
    elif any((simulation.out / name).exists() for name in (TRUTH, "dataset.json", PARTS)):
        raise OutputError(
            "this folder holds another data set",
            path=simulation.out,
            fix="give --out another folder.",
        )
    for folder in FOLDERS:
        for left in (simulation.out / folder).glob(UNFINISHED):
            left.unlink(missing_ok=True)
    _write_json(path, recipe)


def finish(simulation: Simulation) -> pa.Table:
    """Write ``truth.parquet`` and ``dataset.json`` from the tasks that are done."""
    parts = sorted((simulation.out / PARTS).glob("*.parquet"), key=_order(simulation))
    table = (
        pa.concat_tables([read_table(part) for part in parts]) if parts else SCHEMA.empty_table()
    )
    write_table(simulation.out / TRUTH, table)
    if simulation.file_format == "png":
        _write_json(simulation.out / "dataset.json", description(simulation, table))
    return table


def description(simulation: Simulation, table: pa.Table) -> dict[str, Any]:
    """What ``dataset.json`` says: nnU-Net's keys, and where the data come from."""
    training = pc.sum(pc.equal(table["split"], "train")).as_py() or 0
    renderer = renderer_title(simulation.renderer)
    return {
        "name": NAME if simulation.renderer == SCANNER else f"{NAME} by {renderer}",
        "description": "Virtual ultrasound of wrist and hand: simulated, nobody's; not clinical",
        "origin": "virtual",
        "renderer": renderer,
        "licence": LICENCE,
        "channel_names": {"0": "ultrasound"},
        "labels": {name: value for value, name in enumerate(label_classes())},
        "structures": dict(_members()),
        "numTraining": training,
        "numTest": table.num_rows - training,
        "file_ending": ".png",
        "split": "by person; truth.parquet has the truth of every image",
        "simulation": simulation.recipe(),
    }


def _members() -> Iterator[tuple[str, list[str]]]:
    keys = structure_keys()[1:]
    for name in label_classes()[1:]:
        yield name, [key for key in keys if class_of(key) == name]


def _order(simulation: Simulation) -> Callable[[Path], tuple[int, int]]:
    planes = [plane.id for plane in simulation.protocol.planes]

    def key(part: Path) -> tuple[int, int]:
        person, _, plane = part.stem.partition("-")
        return int(person.removeprefix("P")), planes.index(plane)

    return key


def _write_json(path: Path, content: dict[str, Any]) -> None:
    with atomic_path(path) as temporary:
        temporary.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
