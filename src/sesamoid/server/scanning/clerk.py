"""One thread that writes to the store, in order, so that no frame waits for the disk twice."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable

log = logging.getLogger(__name__)

Job = Callable[[], None]


class Clerk:
    """Does jobs one after the other; a job that fails is logged and the next is done.

    What is lost with a kill is found again in the exams' records.
    """

    def __init__(self) -> None:
        self._jobs: queue.Queue[Job | None] = queue.Queue()
        self._thread = threading.Thread(target=self._work, name="sesamoid-clerk", daemon=True)
        self._thread.start()

    def give(self, job: Job) -> None:
        """Have something done soon."""
        self._jobs.put(job)

    def finish(self) -> None:
        """Wait until all that was given is done."""
        done = threading.Event()
        self._jobs.put(done.set)
        while not done.wait(0.2):
            if not self._thread.is_alive():
                return

    def close(self) -> None:
        """Finish, and take no more; twice does no harm."""
        self._jobs.put(None)
        self._thread.join()

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            try:
                job()
            except Exception:
                log.exception("something could not be stored; it is still in the exam's record")
