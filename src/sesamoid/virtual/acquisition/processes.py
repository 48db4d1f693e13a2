"""Running the tasks of a data set: in this process, or in several."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import Any

from sesamoid.errors import OutputError, SesamoidError
from sesamoid.virtual.acquisition.simulation import Simulation, Task
from sesamoid.virtual.acquisition.work import run_task

POLL_S = 0.2


@dataclass(frozen=True)
class Failure:
    """A task that could not be made, and why."""

    task: Task
    reason: str


class Stopped(Exception):
    """The run was asked to stop."""


def run_tasks(
    simulation: Simulation,
    tasks: Sequence[Task],
    *,
    jobs: int,
    on_frame: Callable[[], None] = lambda: None,
) -> tuple[Failure, ...]:
    """Make all tasks; what failed of them.

    A task that fails does not stop the others. What concerns them all, such as a full disk, does.

    Parameters
    ----------
    simulation : Simulation
    tasks : sequence of Task
    jobs : int
        Processes.
    on_frame : callable
        Called in this process for each frame that is done.

    Raises
    ------
    SesamoidError
        Where files cannot be written, or a process was killed.
    """
    if jobs == 1 or len(tasks) <= 1:
        return tuple(_made(simulation, tasks, on_frame))
    context = multiprocessing.get_context("spawn")
    stop, done = context.Event(), context.SimpleQueue()
    groups = list(_groups(tasks, jobs))
    pool = ProcessPoolExecutor(
        min(jobs, len(groups)), mp_context=context, initializer=_begin, initargs=(stop, done)
    )
    failures: list[Failure] = []
    try:
        waiting = {pool.submit(_group, simulation, group) for group in groups}
        while waiting:
            ready, waiting = wait(waiting, timeout=POLL_S, return_when=FIRST_COMPLETED)
            _report(done, on_frame)
            for future in ready:
                failures += future.result()
    except BrokenProcessPool:
        raise SesamoidError(
            "a process was killed, perhaps because memory ran out",
            fix="run the same command again, it goes on where it was; use fewer --jobs.",
        ) from None
    finally:
        stop.set()
        pool.shutdown(wait=True, cancel_futures=True)
    return tuple(failures)


def _groups(tasks: Sequence[Task], jobs: int) -> Iterator[list[Task]]:
    """Tasks of one person together, who is built once; enough groups for all processes."""
    people: dict[int, list[Task]] = {}
    for task in tasks:
        people.setdefault(task.person, []).append(task)
    parts = max(1, -(-2 * jobs // len(people)))
    for own in people.values():
        size = -(-len(own) // parts)
        for first in range(0, len(own), size):
            yield own[first : first + size]


def _report(done: Any, on_frame: Callable[[], None]) -> None:
    while not done.empty():
        done.get()
        on_frame()


def _made(
    simulation: Simulation, tasks: Sequence[Task], on_frame: Callable[[], None]
) -> Iterator[Failure]:
    for task in tasks:
        try:
            run_task(simulation, task, on_frame=on_frame)
        except (OutputError, Stopped):
            raise
        except SesamoidError as error:
            yield Failure(task, error.sentence)
        except Exception as error:
            text = " ".join(str(error).split())
            yield Failure(task, f"unexpected {type(error).__name__}: {text}")


# In a worker process:

_signals: dict[str, Any] = {}


def _begin(stop: Any, done: Any) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the first process hears it and says stop
    _signals.update(stop=stop, done=done)
    threading.Thread(target=_leave_with_parent, daemon=True).start()


def _leave_with_parent() -> None:
    """A worker whose parent was killed would wait for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _group(simulation: Simulation, tasks: Sequence[Task]) -> list[Failure]:
    def on_frame() -> None:
        if _signals["stop"].is_set():
            raise Stopped
        _signals["done"].put(None)

    try:
        return list(_made(simulation, tasks, on_frame))
    except Stopped:
        return []
