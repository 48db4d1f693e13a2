"""The robustness table: what each row changes, and that nothing else changes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sesamoid.applications.wrist_hand import robustness as table
from sesamoid.applications.wrist_hand.measured import measured_tables
from sesamoid.applications.wrist_hand.robustness import robustness, variants
from sesamoid.models import bundle
from sesamoid.virtual.ultrasound import preset

from .conftest import ScriptedLooker
from .truth_look import NAMES, frame_look

BY_NAME = {one.name: one for one in variants()}
MACHINE = preset("halcyon-u2")


def shown(exam, name: str, plane: str = "S11"):
    return table._picture(exam, BY_NAME[name], MACHINE, plane, 0)


def test_every_row_that_is_asked_for_is_there() -> None:
    wanted = (
        "gain +12 dB", "gain -12 dB", "depth +50 %", "depth -50 %", "gamma", "contrast", "JPEG 60",
        "console", "left-right flip", "pathology carpal_tunnel_syndrome", "pathology trigger",
    )  # fmt: skip
    for text in wanted:
        assert any(text in name for name in BY_NAME), text
    assert len(BY_NAME) == len(variants())


def test_gain_and_depth_are_made_anew_by_the_scanner(exam) -> None:
    plain, _ = shown(exam, "unchanged")
    loud, _ = shown(exam, "gain +12 dB")
    deep, _ = shown(exam, "depth +50 %")
    assert loud.truth.settings.gain_db == pytest.approx(plain.truth.settings.gain_db + 12)
    assert deep.truth.settings.depth_mm == pytest.approx(1.5 * plain.truth.settings.depth_mm)
    assert loud.truth.error == plain.truth.error == deep.truth.error
    assert loud.image.pixels.mean() > plain.image.pixels.mean() + 10


def test_grey_rows_change_grey_and_nothing_else(exam) -> None:
    _, plain = shown(exam, "unchanged")
    for name in ("gamma 0.6", "gamma 1.6", "contrast +40 %", "contrast -40 %", "JPEG 60"):
        _, changed = shown(exam, name)
        assert changed.pixels.shape == plain.pixels.shape
        assert not np.array_equal(changed.pixels, plain.pixels)
        np.testing.assert_array_equal(changed.labels, plain.labels)
    _, bright = shown(exam, "gamma 0.6")
    assert bright.pixels.mean() > plain.pixels.mean()


def test_a_flip_turns_picture_and_labels_and_says_so(exam) -> None:
    _, plain = shown(exam, "unchanged")
    _, turned = shown(exam, "left-right flip")
    np.testing.assert_array_equal(turned.pixels, plain.pixels[:, ::-1])
    np.testing.assert_array_equal(turned.labels, plain.labels[:, ::-1])
    assert turned.reversed


def test_a_console_lies_around_the_same_scan(exam) -> None:
    _, on = shown(exam, "console, scan found")
    _, cut = shown(exam, "console cropped")
    assert on.area is None
    assert cut.pixels.shape[0] < on.pixels.shape[0]
    assert np.unique(on.labels).size > 5


def test_the_truth_scores_full_marks_on_the_unchanged_row(exam, monkeypatch) -> None:
    frames = {}

    def picture(_exam, variant, machine, plane, seed):
        frame, on = table_picture(exam, variant, machine, plane, seed)
        frames[on.pixels.tobytes()] = frame
        return frame, on

    table_picture = table._picture
    monkeypatch.setattr(table, "_picture", picture)
    monkeypatch.setattr(table, "_exam", lambda *_: exam)

    class Looker(ScriptedLooker):
        task = NAMES

        def look(self, frame, *, scan_area=None, spacing_mm=None):
            return frame_look(frames[frame.tobytes()])

    found = robustness(
        Looker(), people=2, planes=("S11", "S5"), chosen=[BY_NAME["unchanged"]]
    )  # fmt: skip
    row = found["rows"]["unchanged"]
    assert row["n"] == 4
    assert row["macro_f1"] == 1
    assert row["grade_agreement"] == 1
    assert found["origin"] == "virtual"
    model = {"name": "truth", "version": "0", "sha256": "0"}
    manifest = replace(bundle("wrist_hand").manifest, weights_sha256="0")
    (shown,) = measured_tables({**found, "model": model}, manifest)
    assert shown.origin == "virtual"
    assert shown.command == "sesamoid evaluate wrist_hand --robustness 2 --seed 0"
    assert shown.rows[0][:2] == ("unchanged", "1.000")
    assert len(shown.rows[0]) == len(shown.columns)
