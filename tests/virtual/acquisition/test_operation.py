"""Operators: careful ones, and each thing that is done wrong."""

from __future__ import annotations

import numpy as np
import pytest

from sesamoid.anatomy import protocol
from sesamoid.virtual.acquisition.operation import (
    displaced,
    draw_faults,
    draw_mode,
    draw_operation,
    nominal,
    usual_settings,
    with_fault,
)
from sesamoid.virtual.acquisition.variation import variation
from sesamoid.virtual.ultrasound import preset, presets

PLANES = [plane.id for plane in protocol("wrist-hand-15").planes]
TOLERANCE = protocol("wrist-hand-15").plane("S11").tolerance
FAULTS = list(variation()["faults"])


@pytest.mark.parametrize("machine", presets(), ids=lambda machine: machine.name)
def test_every_machine_is_set_for_every_plane(machine):
    for plane in PLANES:
        settings = usual_settings(machine, plane)
        low, high = protocol("wrist-hand-15").plane(plane).depth_mm
        assert low <= settings.depth_mm <= high
        assert settings.focus_mm < settings.depth_mm


def test_small_places_get_the_small_probe_where_there_is_one():
    assert usual_settings(preset("aster-a3"), "S13").probe == "L25"
    assert usual_settings(preset("aster-a3"), "S11").probe == "L38"


@pytest.mark.parametrize("size", [0.3, 1.0, 2.5])
def test_the_worst_error_is_as_large_as_asked(size):
    rng = np.random.default_rng(1)
    for _ in range(50):
        offset = displaced(rng, TOLERANCE, size)
        found = TOLERANCE.excess(
            along_mm=offset.along_mm, across_mm=offset.across_mm, rotation_deg=offset.rotation_deg,
            tilt_deg=offset.tilt_deg, rock_deg=offset.rock_deg,
        )  # fmt: skip
        assert found == pytest.approx(size)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("machine", presets("train"), ids=lambda machine: machine.name)
def test_every_fault_changes_something_and_stays_possible(fault, machine):
    rng = np.random.default_rng(3)
    careful = nominal(rng, machine, "S11")
    wrong = with_fault(rng, careful, fault)
    assert wrong.faults == (fault,)
    assert (wrong.settings, wrong.offset, wrong.motion_mm) != (
        careful.settings, careful.offset, careful.motion_mm,
    )  # fmt: skip


def test_faults_do_not_contradict_each_other():
    rng = np.random.default_rng(0)
    for _ in range(200):
        drawn = draw_faults(rng, 3)
        assert len(set(drawn)) == len(drawn)
        assert not {"gain_low", "gain_high"} <= set(drawn)
        assert not {"too_shallow", "too_deep"} <= set(drawn)


def test_modes_come_by_their_shares():
    rng = np.random.default_rng(0)
    drawn = [draw_mode(rng) for _ in range(4000)]
    for mode, entry in variation()["modes"].items():
        assert drawn.count(mode) / 4000 == pytest.approx(entry["share"], abs=0.03)


@pytest.mark.parametrize("mode", list(variation()["modes"]))
def test_the_same_seed_does_the_same(mode):
    machine = preset("delta-x5")
    one, other = (
        draw_operation(np.random.default_rng(5), machine, "S14", TOLERANCE, mode=mode)
        for _ in range(2)
    )
    assert one == other


def test_a_standard_picture_has_no_fault():
    rng = np.random.default_rng(0)
    for _ in range(20):
        drawn = draw_operation(rng, preset("aster-a3"), "S11", TOLERANCE, mode="standard")
        assert drawn.faults == ()
        assert abs(drawn.offset.along_mm) <= 0.5 * TOLERANCE.along_mm
