"""How fast virtual pictures are made: a frame and its parts, a data set with processes."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from sesamoid.anatomy import protocol
from sesamoid.cores import usable_cores
from sesamoid.evidence.field_simulator_speed import beside_field_simulator
from sesamoid.evidence.timing import Timing
from sesamoid.virtual.acquisition import Examination, StandardView, usual_settings
from sesamoid.virtual.acquisition.dataset import make_dataset
from sesamoid.virtual.acquisition.seen import see
from sesamoid.virtual.acquisition.simulation import PROTOCOL, Simulation
from sesamoid.virtual.body.person import draw_person
from sesamoid.virtual.body.wrist_hand import WristHand
from sesamoid.virtual.ultrasound import Scanner, preset
from sesamoid.virtual.ultrasound.scanner import PICTURE_SHAPE

MACHINE = "aster-a3"
DATASET_PEOPLE, DATASET_FRAMES = 2, 4
WHOLE = "frame with labels"


def measure_speed(*, repeats: int, processes: tuple[int, ...] = (1, 2)) -> dict[str, Any]:
    """Time everything.

    Parameters
    ----------
    repeats : int
        Rounds over the 15 planes.
    processes : tuple of int
        With how many a data set is made; none for none.

    Returns
    -------
    dict
        For JSON. Times of a frame are processor time of one core in milliseconds, so that other
        work on the machine does not count; those of data sets are by the clock.
    """
    exam = Examination(WristHand(draw_person(0)), protocol(PROTOCOL), slices=1)
    stages = _stages(exam, repeats)
    grid = Scanner(MACHINE).grid()
    frame_ms = float(np.median(stages[WHOLE]))
    figures: dict[str, Any] = {
        "what": "full virtual hand, from section to picture, with labels",
        "picture": list(PICTURE_SHAPE),
        "samples": [grid.rows, grid.columns],
        "machine": MACHINE,
        "repeats": repeats,
        "planes": len(exam.protocol.planes),
        "frame": {key: Timing.of(times).as_dict() for key, times in stages.items()},
        "frames_per_second": 1000 / frame_ms,
        "cores": usable_cores(),
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0,
        "data_set": [_data_set(count) for count in processes],
    }
    beside = beside_field_simulator(frame_ms, grid, repeats=max(3, repeats // 2))
    if beside is not None:
        figures["field_simulator"] = beside
    return figures


def _stages(exam: Examination, repeats: int) -> dict[str, list[float]]:
    views = [exam.view(plane.id) for plane in exam.protocol.planes]
    scanners = [Scanner(MACHINE, usual_settings(preset(MACHINE), view.plane.id)) for view in views]
    times: dict[str, list[float]] = {}
    for round_ in range(-1, repeats):  # the first one compiles, and does not count
        for view, scanner in zip(views, scanners, strict=True):
            for name, milliseconds in _one(exam, view, scanner, 0.04 * round_ + 0.04).items():
                if round_ >= 0:
                    times.setdefault(name, []).append(milliseconds)
    return times


def _one(
    exam: Examination, view: StandardView, scanner: Scanner, time_s: float
) -> dict[str, float]:
    """Times of a frame; steps of the scanner as differences of longer and shorter ways."""
    body, grid = exam.body, scanner.grid()
    section, cut = _timed(lambda: body.section(view.pose, grid, time_s=time_s))
    _, scanned = _timed(lambda: scanner.image(section, time_s=time_s))
    _, labelled = _timed(lambda: scanner.labels(see(section, scanner, body.structures).structure))
    _, echoes = _timed(lambda: scanner.echoes(section, time_s=time_s))
    _, levels = _timed(lambda: scanner.levels(section, time_s=time_s))
    _, whole = _timed(lambda: exam.frame(scanner, view.pose, time_s=time_s))
    return {
        WHOLE: cut + scanned + labelled,
        "  section of the body": cut,
        "  echoes": echoes,
        "  beam, pulse, noise, envelope": levels - echoes,
        "  filter and display": scanned - levels,
        "  labels": labelled,
        "with the whole truth and grade": whole,
    }


def _timed(call: Callable[[], Any]) -> tuple[Any, float]:
    started = time.process_time()
    result = call()
    return result, (time.process_time() - started) * 1000


def _data_set(processes: int) -> dict[str, Any]:
    """Bodies, start of the processes, pictures and files, all of it."""
    with tempfile.TemporaryDirectory() as folder:
        planes = tuple(f"S{n}" for n in range(1, 16))
        simulation = Simulation(
            Path(folder),
            tuple(range(DATASET_PEOPLE * max(1, processes))),
            planes,
            (MACHINE,),
            frames_per_plane=DATASET_FRAMES,
        )
        started = time.perf_counter()
        outcome = make_dataset(simulation, jobs=processes)
        seconds = time.perf_counter() - started
    return {
        "processes": processes,
        "frames": outcome.frames,
        "seconds": seconds,
        "frames_per_second": outcome.frames / seconds,
    }
