"""Sweeps of virtual novices over many virtual people, with guidance and without; resumable."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import cv2

from sesamoid import __version__
from sesamoid.anatomy import Protocol
from sesamoid.errors import DataError, SesamoidError
from sesamoid.imaging import atomic_path
from sesamoid.live.settings import live_settings
from sesamoid.live.sources.probe import VirtualProbe
from sesamoid.live.sources.skill import Skill
from sesamoid.virtual.acquisition.simulation import machine_names

from .look import Looker
from .scanned import scanned_protocol
from .sweep_exam import ExamPlan, LookerFactory, outcome_row, run_exam
from .sweep_figures import sweep_figures

FIRST_PERSON = 740_001
"""Seed of the first person: far from those of the data sets that shipped recipes train on, and from
those on whom guidance was made better (700,001 to 700,999, 720,001 to 720,009, 730,001 to
730,052)."""
EXAMS, SUMMARY = "exams", "sweeps.json"
POLL_S = 0.2


@dataclass(frozen=True)
class SweepSettings:
    """What is swept.

    Parameters
    ----------
    people : int
    unguided : int
        How many of them are scanned without guidance too.
    first_person : int
        Seed of the first one.
    machines : str
        As `sesamoid.virtual.acquisition.simulation.machine_names` takes it: those that are kept
        for testing, by turns.
    planes : tuple of str
        All of the protocol where empty.
    seed : int
    frames_per_second, pixels_per_mm : float
    skill : Skill
    """

    people: int = 200
    unguided: int = 200
    first_person: int = FIRST_PERSON
    machines: str = "test"
    planes: tuple[str, ...] = ()
    seed: int = 0
    frames_per_second: float = 8.0
    pixels_per_mm: float = 12.0
    skill: Skill = field(default_factory=Skill)

    def plans(self, rule: Protocol) -> Iterator[ExamPlan]:
        """All examinations, each person's together."""
        machines = machine_names(self.machines)
        planes = self.planes or tuple(plane.id for plane in rule.planes)
        for number in range(self.people):
            for guided in (True, False):
                if guided or number < self.unguided:
                    yield ExamPlan(
                        self.first_person + number, machines[number % len(machines)], guided,
                        self.seed, planes, self.frames_per_second, self.pixels_per_mm, self.skill,
                    )  # fmt: skip


def sweep(
    settings: SweepSettings,
    out: Path,
    *,
    looker: LookerFactory,
    model: dict[str, Any],
    jobs: int = 1,
    on_exam: Callable[[int, int], None] = lambda done, total: None,
    scanned: Protocol | None = None,
) -> dict[str, Any]:
    """Run all examinations, or go on where an earlier run stopped; figures of all of them.

    Parameters
    ----------
    settings : SweepSettings
    out : Path
        Each examination is a file in ``out/exams``; the figures are ``out/sweeps.json``.
    looker : callable
        Picklable where there are several `jobs`.
    model : dict
        Names the network in the results; another one's examinations are not mixed in.
    jobs : int
        Processes; they change nothing but the time it takes.
    on_exam : callable
        Told how many are done, of how many.
    scanned : Protocol, optional

    Raises
    ------
    SesamoidError
        An examination failed, or a process was killed; what was done is kept.
    """
    rule = scanned_protocol(scanned)
    plans = list(settings.plans(rule))
    folder = out / EXAMS
    folder.mkdir(parents=True, exist_ok=True)
    waiting = [plan for plan in plans if _read(folder, plan, rule, model) is None]
    done = len(plans) - len(waiting)
    on_exam(done, len(plans))
    work = partial(_exam, rule=rule, looker=looker, folder=folder, model=model)
    for _ in _all(work, waiting, jobs):
        done += 1
        on_exam(done, len(plans))
    rows = [row for plan in plans for row in _read(folder, plan, rule, model) or ()]
    figures = {
        "schema": "sesamoid-sweeps-v1",
        "origin": "virtual",
        "sesamoid": __version__,
        "date": datetime.now(UTC).date().isoformat(),
        "protocol": f"{rule.id} {rule.version}",
        "model": model,
        "settings": {**asdict(settings), "machines": list(machine_names(settings.machines))},
        **sweep_figures(rows),
    }
    with atomic_path(out / SUMMARY) as path:
        path.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return figures


def network_looker(model: str, _probe: VirtualProbe) -> Looker:
    """The network as a factory of lookers: ``partial(network_looker, "wrist_hand")``."""
    from sesamoid.models import bundle
    from sesamoid.models.joint import resident_joint_runtime

    return resident_joint_runtime(bundle(model), 1)


def recipe_of(plan: ExamPlan, rule: Protocol, model: dict[str, Any]) -> str:
    """Digest of what decides an examination's result."""
    live = asdict(live_settings())
    what = [asdict(plan), rule.id, rule.version, __version__, model, live]
    text = json.dumps(what, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _exam(
    plan: ExamPlan, *, rule: Protocol, looker: LookerFactory, folder: Path, model: dict[str, Any]
) -> str:
    cv2.setNumThreads(1)
    outcomes = run_exam(plan, rule, looker, folder / f"{plan.name}.session")
    content = {
        "recipe": recipe_of(plan, rule, model),
        "plan": asdict(plan),
        "planes": [outcome_row(one) for one in outcomes],
    }
    with atomic_path(folder / f"{plan.name}.json") as path:
        path.write_text(json.dumps(content) + "\n", encoding="utf-8")
    return plan.name


def _read(
    folder: Path, plan: ExamPlan, rule: Protocol, model: dict[str, Any]
) -> list[dict[str, Any]] | None:
    """The rows of an examination that is done; None where it is to be done."""
    path = folder / f"{plan.name}.json"
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise DataError(
            "the examination's file is damaged", path=path, fix="delete it and run again."
        ) from error
    if content.get("recipe") != recipe_of(plan, rule, model):
        return None
    return [
        {**row, "person": plan.person, "guided": plan.guided, "machine": plan.machine}
        for row in content["planes"]
    ]


def _all(work: Callable[[ExamPlan], str], plans: Sequence[ExamPlan], jobs: int) -> Iterator[str]:
    if jobs == 1 or len(plans) <= 1:
        yield from map(work, plans)
        return
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(min(jobs, len(plans)), mp_context=context, initializer=_quiet)
    try:
        waiting = {pool.submit(work, plan) for plan in plans}
        while waiting:
            ready, waiting = wait(waiting, timeout=POLL_S, return_when=FIRST_COMPLETED)
            for future in ready:
                yield future.result()
    except BrokenProcessPool:
        raise SesamoidError(
            "a process was killed, perhaps because memory ran out",
            fix="run the same command again, it goes on where it was; use fewer --jobs.",
        ) from None
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _quiet() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the first process hears Ctrl-C and ends the pool
