"""Figures of the muscle maps on answers whose error is known."""

import numpy as np
import pytest

from sesamoid.applications.muscle.scoring import MuscleImageFigures, band_errors, summary
from sesamoid.imaging.geometry import Crop

BOX = Crop(0, 0, 200, 160)


def bands(*rows: float, columns: slice = slice(None)) -> np.ndarray:
    mask = np.zeros((200, 160), dtype=np.float32)
    for row in rows:
        mask[round(row) : round(row) + 6, columns] = 1
    return mask


@pytest.mark.parametrize("shift", [0, 1, 4, 7])
def test_a_shifted_band_is_off_by_its_shift(shift: int) -> None:
    position, missed = band_errors(bands(40 + shift, 120 + shift), bands(40, 120) > 0, BOX)
    assert position == pytest.approx(100 * shift / 200, abs=0.02)
    assert missed == 0


def test_a_band_out_of_reach_is_missed() -> None:
    position, missed = band_errors(bands(40, 150), bands(40, 120) > 0, BOX)
    assert position == pytest.approx(0, abs=0.02)
    assert missed == pytest.approx(50, abs=1)


def test_half_a_band_is_half_missed() -> None:
    _, missed = band_errors(bands(40, columns=slice(0, 80)), bands(40) > 0, BOX)
    assert missed == pytest.approx(50, abs=3)


def test_nothing_found_has_no_position() -> None:
    position, missed = band_errors(bands(), bands(40) > 0, BOX)
    assert position is None
    assert missed == 100


def test_a_further_band_costs_nothing_here() -> None:
    # A muscle below is often drawn in one image and not in the next: precision is Dice's matter.
    _, missed = band_errors(bands(40, 80, 120), bands(40, 120) > 0, BOX)
    assert missed == 0


def figures(name: str, angle: float | None) -> MuscleImageFigures:
    return MuscleImageFigures(name, 0.9, 0.1, 0.0, angle, 0.0, None)


def test_the_summary_leaves_out_what_is_not_labelled() -> None:
    rows = [figures("a", 1.0), figures("b", None), figures("c", 3.0), figures("d", 8.0)]
    found = summary(rows, {"a": 0, "b": 1, "c": 2, "d": 3})
    assert found["n_images"] == 4
    assert found["orientation_deg"]["n"] == 3
    assert found["orientation_deg"]["mean"] == pytest.approx(4)
    assert found["orientation_deg"]["median"] == pytest.approx(3)
    assert "classical_orientation_deg" not in found


def test_the_interval_resamples_groups_of_scans() -> None:
    rng = np.random.default_rng(0)
    means = rng.normal(3, 1, 12)
    rows = [figures(f"{g}-{i}", float(means[g])) for g in range(12) for i in range(10)]
    names = {r.image: int(r.image.split("-")[0]) for r in rows}
    grouped = summary(rows, names)["orientation_deg"]["ci95"]
    alone = summary(rows, {r.image: i for i, r in enumerate(rows)})["orientation_deg"]["ci95"]
    assert grouped[1] - grouped[0] > 2 * (alone[1] - alone[0])
