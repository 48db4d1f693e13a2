from __future__ import annotations

import threading
import time

from sesamoid.server.scanning.clock import FreezableClock


def test_frozen_time_does_not_count() -> None:
    clock = FreezableClock()
    clock.freeze()
    frozen = clock.now()
    time.sleep(0.05)
    assert clock.now() == frozen
    clock.thaw()
    assert clock.now() - frozen < 0.04
    time.sleep(0.05)
    assert clock.now() - frozen >= 0.05


def test_a_wait_lasts_over_a_freeze() -> None:
    clock, stop = FreezableClock(), threading.Event()
    clock.freeze()
    ended: list[bool] = []
    thread = threading.Thread(target=lambda: ended.append(clock.wait(0.05, stop)))
    thread.start()
    thread.join(0.3)
    assert thread.is_alive()
    clock.thaw()
    thread.join(5)
    assert ended == [False]


def test_a_frozen_wait_can_be_stopped() -> None:
    clock, stop = FreezableClock(), threading.Event()
    clock.freeze()
    ended: list[bool] = []
    thread = threading.Thread(target=lambda: ended.append(clock.wait(10.0, stop)))
    thread.start()
    stop.set()
    thread.join(5)
    assert ended == [True]


def test_freezing_twice_is_freezing_once() -> None:
    clock = FreezableClock()
    clock.freeze()
    clock.freeze()
    clock.thaw()
    assert not clock.frozen
    before = clock.now()
    clock.thaw()
    assert clock.now() >= before
