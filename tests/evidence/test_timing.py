import time

import pytest

from sesamoid.evidence.timing import side_by_side


def test_the_ratio_is_that_of_two_known_times() -> None:
    compared = side_by_side(lambda: time.sleep(0.005), lambda: time.sleep(0.02), repeats=7)
    assert compared.speed_up == pytest.approx(4, rel=0.4)
    assert compared.ours.p50_ms <= compared.ours.p95_ms


def test_both_are_called_in_turn() -> None:
    calls: list[str] = []
    side_by_side(lambda: calls.append("a"), lambda: calls.append("b"), repeats=3, warm_up=1)
    assert calls == ["a", "b"] * 4
