from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from sesamoid.server.scanning import processor_time

pytestmark = pytest.mark.skipif(not processor_time.PROC.is_dir(), reason="there is no /proc")
BUSY = "import time; t = time.process_time()\nwhile time.process_time() - t < 0.6: pass\ninput()"


def test_a_busy_child_counts_until_it_is_left_out() -> None:
    mine = os.getpid()
    before = processor_time.seconds(mine)
    with subprocess.Popen([sys.executable, "-c", BUSY], stdin=subprocess.PIPE) as child:
        end = time.monotonic() + 60
        while (processor_time.seconds(child.pid) or 0) < 0.4 and time.monotonic() < end:
            time.sleep(0.05)
        child_s = processor_time.seconds(child.pid)
        after = processor_time.seconds(mine)
        alone = processor_time.seconds(mine, without=frozenset({child.pid}))
        child.communicate(b"\n")
    assert child_s is not None
    assert child_s >= 0.4
    assert before is not None
    assert after is not None
    assert alone is not None
    assert after - before >= 0.4
    assert after - alone == pytest.approx(child_s, abs=0.1)


def test_nobody_knows_of_a_process_that_is_not_there() -> None:
    assert processor_time.seconds(2**30) is None
