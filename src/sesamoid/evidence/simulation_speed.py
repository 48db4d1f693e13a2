"""How fast virtual pictures are made: a frame, a data set; and beside a field simulator."""

from __future__ import annotations

import importlib.util
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from sesamoid.anatomy import protocol
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
DATASET_PEOPLE, DATASET_FRAMES = 2, 2
SCATTERERS, ELEMENTS, DEPTH_MM, WIDTH_MM = 1000, 128, 25.0, 38.4
FIELD_SIMULATOR_SCENE = (
    f"one plane wave, {ELEMENTS} elements over {WIDTH_MM:g} mm, 12 MHz, {SCATTERERS} scatterers "
    f"within {DEPTH_MM:g} mm; radio-frequency signals only, no beamforming"
)


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
        For JSON; times in milliseconds, one core unless said otherwise.
    """
    exam = Examination(WristHand(draw_person(0)), protocol(PROTOCOL), slices=1)
    stages = _stages(exam, repeats)
    figures: dict[str, Any] = {
        "what": "full hand, section to picture with labels",
        "picture": list(PICTURE_SHAPE),
        "machine": MACHINE,
        "repeats": repeats,
        "planes": len(exam.protocol.planes),
        "frame": {key: _figures(times) for key, times in stages.items()},
        "frames_per_second": 1000 / float(np.median(stages["section, picture, labels"])),
        "data_set": [_data_set(count) for count in processes],
    }
    if importlib.util.find_spec("pymust") is not None:
        field = _field_simulator(max(3, repeats // 10))
        ours = float(np.median(stages["section, picture, labels"]))
        figures["field_simulator"] = {
            "what": f"PyMUST SIMUS, {FIELD_SIMULATOR_SCENE}",
            **_figures(field),
            "ratio": float(np.median(field)) / ours,
        }
    return figures


def _stages(exam: Examination, repeats: int) -> dict[str, list[float]]:
    views = [exam.view(plane.id) for plane in exam.protocol.planes]
    scanners = [Scanner(MACHINE, usual_settings(preset(MACHINE), view.plane.id)) for view in views]
    times: dict[str, list[float]] = {}
    for round_ in range(-1, repeats):
        for view, scanner in zip(views, scanners, strict=True):
            for name, milliseconds in _one(exam, view, scanner, 0.04 * round_ + 0.04).items():
                if round_ >= 0:
                    times.setdefault(name, []).append(milliseconds)
    return times


def _one(
    exam: Examination, view: StandardView, scanner: Scanner, time_s: float
) -> dict[str, float]:
    body, grid = exam.body, scanner.grid()
    section, cut = _timed(lambda: body.section(view.pose, grid, time_s=time_s))
    _, scanned = _timed(lambda: scanner.image(section, time_s=time_s))
    _, labelled = _timed(lambda: scanner.labels(see(section, scanner, body.structures).structure))
    _, whole = _timed(lambda: exam.frame(scanner, view.pose, time_s=time_s))
    return {
        "section of the body": cut,
        "picture": scanned,
        "labels": labelled,
        "section, picture, labels": cut + scanned + labelled,
        "the same with the whole truth and grade": whole,
    }


def _timed(call: Callable[[], Any]) -> tuple[Any, float]:
    started = time.perf_counter()
    result = call()
    return result, (time.perf_counter() - started) * 1000


def _figures(times: list[float]) -> dict[str, float]:
    p50, p95 = np.percentile(times, [50, 95])
    timing = Timing(float(p50), float(p95))
    return {"p50_ms": timing.p50_ms, "p95_ms": timing.p95_ms}


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


def _field_simulator(repeats: int) -> list[float]:
    import pymust

    rng = np.random.default_rng(0)
    array = pymust.utils.Param()
    array.fc, array.fs, array.c = 12e6, 48e6, 1540.0
    array.pitch = WIDTH_MM / 1000 / ELEMENTS
    array.kerf, array.Nelements, array.bandwidth = 0.1 * array.pitch, ELEMENTS, 60
    delays = np.zeros((1, ELEMENTS))
    half = WIDTH_MM / 2000
    x = rng.uniform(-half, half, SCATTERERS)
    z = rng.uniform(2e-3, DEPTH_MM / 1000, SCATTERERS)
    strength = rng.standard_normal(SCATTERERS)
    calls = [_timed(lambda: pymust.simus(x, z, strength, delays, array))[1] for _ in range(repeats)]
    return calls
