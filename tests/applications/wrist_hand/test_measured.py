"""What commands wrote becomes tables; those of planes, sweeps and robustness in their own tests."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sesamoid.applications.wrist_hand.measured import measured_tables
from sesamoid.applications.wrist_hand.measured_parts import spread
from sesamoid.errors import DataError
from sesamoid.models import Manifest, bundle

SHA = "ab" * 32
MANIFEST = replace(bundle("wrist_hand").manifest, weights_sha256=SHA)
TIME = {"p50_ms": 12.34, "p95_ms": 20.0}
SPEED = {
    "schema": "sesamoid-live-speed-v1", "origin": "virtual", "what": "a live frame",
    "model": {"name": "wrist_hand", "version": "1", "sha256": SHA}, "date": "2026-01-02",
    "command": "sesamoid bench live --threads 2", "repeats": 60, "threads": 2, "cores": 2,
    "running": 0.99, "stages": {"decode": TIME}, "end_to_end": TIME,
}  # fmt: skip
OTHER = {
    "speed_up": 10.04, "speed_up_networks": 13.0,
    "reference": {"networks": {"resnet50.onnx": TIME}, "end_to_end": {**TIME, "p50_ms": 170.0}},
}  # fmt: skip
ENDURANCE = {
    **{key: SPEED[key] for key in ("origin", "model", "date")},
    "schema": "sesamoid-live-endurance-v1", "command": "sesamoid bench live --frames 200",
    "what": "a live session", "assessed": 200, "dropped": 7, "fps": 60.0,
    "memory_mib": {"start": 100.0, "end": None}, "memory_slope_kib": -0.25,
    "latency_ms": {"first quarter": TIME},
}  # fmt: skip
TRANSFER = {
    "schema": "sesamoid-transfer-v1", "origin": "real", "model": SPEED["model"],
    "command": "sesamoid evaluate wrist_hand --transfer nerve", "date": "2026-01-02",
    "note": "Figures on real images.", "findings": ["It helps.", "It does not."],
    "data": {"name": "nerve", "images": 9, "groups": 3, "folds": 3},
    "table": {"title": "x", "columns": ["images", "start"], "rows": [["20", "virtual"]]},
}  # fmt: skip


def of(manifest: Manifest = MANIFEST, **content):
    return measured_tables(content, manifest)


def test_speed_alone_and_beside_others() -> None:
    (alone,) = of(**SPEED)
    assert alone.rows == (("decode", "12.3", "20.0"), ("end to end", "12.3", "20.0"))
    assert alone.origin == "virtual"
    assert "times faster" not in alone.note
    (beside,) = of(**SPEED, **OTHER)
    assert beside.rows[-1] == ("end to end with these", "170.0", "20.0")
    assert beside.note.startswith("10.0 times faster end to end, 13.0 times the networks alone")
    assert beside.of == alone.of


def test_timings_of_two_processors_stand_side_by_side() -> None:
    (unnamed,) = of(**SPEED)
    (one,) = of(**SPEED, processor="AMD EPYC")
    (other,) = of(**SPEED, processor="Intel Xeon")
    assert len({unnamed.of, one.of, other.of}) == 3
    assert one.title == "speed of a live frame, AMD EPYC"
    assert "processor: AMD EPYC" in one.data
    assert "processor: not recorded" in unnamed.data


def test_a_disturbed_timing_says_so() -> None:
    (found,) = of(**{**SPEED, "running": 0.5})
    assert "50% of its time" in found.note


def test_a_long_session() -> None:
    (found,) = of(**ENDURANCE)
    assert found.rows == (
        ("resident memory at the start, MiB", "100.0"),
        ("resident memory at the end, MiB", "-"),
        ("its slope, KiB over 1000 frames", "-0.2"),
        ("latency, first quarter of the frames, p50 / p95 ms", "12.3 / 20.0"),
    )


def test_what_was_measured_on_real_images_says_so() -> None:
    (found,) = of(**TRANSFER)
    assert (found.origin, found.command) == ("real", TRANSFER["command"])
    assert found.note == "Figures on real images.\n\n- It helps.\n- It does not."


def test_figures_of_other_weights_are_refused() -> None:
    with pytest.raises(DataError, match="other weights"):
        of(bundle("wrist_hand").manifest, **SPEED)
    with pytest.raises(DataError, match="no model"):
        of(**{**TRANSFER, "model": None})


def test_other_files_are_refused() -> None:
    with pytest.raises(DataError, match="no figures"):
        of(schema="sesamoid-result-v1")


def test_an_interval_that_tells_nothing_is_not_shown() -> None:
    assert spread([0.25, 0.5]) == "0.250 to 0.500"
    assert spread(None) == spread([1.0, 1.0]) == "", "resamples of what is always the same"
