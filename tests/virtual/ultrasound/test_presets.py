from __future__ import annotations

import pytest

from sesamoid.errors import SesamoidError
from sesamoid.virtual.ultrasound import ScanSettings, preset, presets, probe


def test_enough_machines_and_two_kept_for_testing():
    everything, train, test = (presets(split) for split in ("all", "train", "test"))
    assert len(everything) >= 7
    assert len(test) >= 2
    assert {m.name for m in train} | {m.name for m in test} == {m.name for m in everything}
    assert not {m.name for m in train} & {m.name for m in test}


@pytest.mark.parametrize(
    "what",
    ["frequencies_mhz", "cycles", "f_number", "grey_map", "layout", "white_db", "noise_db"],
)
def test_machines_differ(what):
    values = [str(getattr(machine, what)) for machine in presets()]
    assert len(set(values)) > len(values) // 2


def test_machines_differ_in_layout_size_and_settings():
    assert len({machine.layout.size for machine in presets()}) >= 6
    assert len({machine.settings().dynamic_range_db for machine in presets()}) >= 5
    assert len({machine.settings().speckle_reduction for machine in presets()}) >= 5


def test_both_probes():
    assert probe("L38").width_mm == pytest.approx(38, abs=1)
    assert probe("L25").width_mm == pytest.approx(25, abs=1)
    assert any("L25" in machine.frequencies_mhz for machine in presets("test"))


def test_a_probe_brings_its_frequency():
    machine = preset("aster-a3")
    assert machine.settings(probe="L25").frequency_mhz == machine.frequencies_mhz["L25"]
    assert machine.settings(probe="L25", frequency_mhz=13).frequency_mhz == 13


@pytest.mark.parametrize(
    ("call", "names"),
    [
        (lambda: preset("nonesuch"), ["nonesuch", "aster-a3", "halcyon-u2"]),
        (lambda: probe("C5"), ["C5", "L38", "L25"]),
        (lambda: presets("validation"), ["validation", "train"]),  # type: ignore[arg-type]
        (lambda: preset("cirrus-p2").settings(probe="L25"), ["L25", "L38"]),
        (lambda: preset("aster-a3").settings(gain_db=100), ["gain_db", "100", "60"]),
        (lambda: preset("aster-a3").settings(depth_mm=float("nan")), ["depth_mm"]),
        (lambda: preset("aster-a3").settings(looks=0), ["looks", "0"]),
        (lambda: preset("aster-a3").settings(tgc_db=(1.0,)), ["tgc_db", "1"]),
    ],
)
def test_errors_name_the_value_and_what_is_valid(call, names):
    with pytest.raises(SesamoidError) as error:
        call()
    for name in names:
        assert name in str(error.value)


def test_settings_are_hashable_and_equal_by_value():
    one, other = preset("aster-a3").settings(), preset("aster-a3").settings()
    assert isinstance(one, ScanSettings)
    assert hash(one) == hash(other)
