"""Processors that a process was denied are not counted."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from sesamoid.cores import usable_cores


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system pins no process")
def test_a_process_on_one_processor_uses_one() -> None:
    mine = os.sched_getaffinity(0)
    assert usable_cores() == len(mine)
    code = (
        f"import os; os.sched_setaffinity(0, {{{min(mine)}}}); "
        "from sesamoid.cores import usable_cores; print(usable_cores())"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "1"


def test_there_is_a_core() -> None:
    assert 1 <= usable_cores() <= (os.cpu_count() or 1)
