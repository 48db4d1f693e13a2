"""Processors that a process was denied are not counted; what they are is said."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from sesamoid.cores import processor, usable_cores


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


def test_the_processor_is_what_the_system_calls_it(tmp_path: Path) -> None:
    listed = tmp_path / "cpuinfo"
    listed.write_text("vendor_id\t: GenuineIntel\nmodel name\t: Intel(R)  Xeon(R) Gold\n\n" * 2)
    assert processor(listed) == "Intel(R) Xeon(R) Gold"


def test_without_a_name_it_is_the_architecture(tmp_path: Path) -> None:
    listed = tmp_path / "cpuinfo"
    listed.write_text("Features\t: fp asimd\n")
    for path in (listed, tmp_path / "missing"):
        assert processor(path) == (platform.processor() or platform.machine())
