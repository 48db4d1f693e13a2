"""The virtual muscle against theory: straight parallel muscles, arcs, and its own picture."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage

from sesamoid.errors import SesamoidError
from sesamoid.virtual.muscle import VirtualMuscle, draw_muscle, picture, truth_of
from sesamoid.virtual.muscle.geometry import Geometry


@pytest.mark.parametrize("tilt", [-10.0, 0.0, 7.0])
@pytest.mark.parametrize("rises_right", [True, False])
@pytest.mark.parametrize("pennation", [5.0, 20.0, 40.0])
def test_parallel_straight_muscle_has_the_textbook_numbers(
    pennation: float, rises_right: bool, tilt: float
) -> None:
    # FL = MT / sin(PA) holds exactly between parallel straight aponeuroses.
    muscle = VirtualMuscle(
        pennation_deg=pennation,
        rises_right=rises_right,
        deep_tilt_deg=tilt,
        superficial_tilt_deg=tilt,
        thickness_mm=15.0,
    )
    truth = truth_of(muscle)
    assert truth.thickness_mm == pytest.approx((15.0, 15.0, 15.0), abs=1e-6)
    assert truth.aponeurosis_distance_mm == pytest.approx(15.0 / np.cos(np.radians(tilt)))
    assert truth.fascicle_length_mm == pytest.approx(15.0 / np.sin(np.radians(pennation)))
    assert truth.fascicle_chord_mm == pytest.approx(truth.fascicle_length_mm)
    assert truth.pennation_deg == pytest.approx(pennation)
    assert truth.superficial_pennation_deg == pytest.approx(pennation)
    assert truth.deep_aponeurosis_angle_deg == pytest.approx(tilt)
    assert truth.fascicle_angle_deg == pytest.approx(
        tilt + (pennation if rises_right else -pennation)
    )


def test_an_arc_is_longer_than_its_chord_by_theory() -> None:
    muscle = VirtualMuscle(
        curvature_per_mm=0.006, deep_tilt_deg=0, superficial_tilt_deg=0, pennation_deg=25
    )
    truth = truth_of(muscle)
    # chord = 2 / k sin(k s / 2)
    expected = 2 / 0.006 * np.sin(0.003 * truth.fascicle_length_mm)
    assert truth.fascicle_chord_mm == pytest.approx(expected, rel=1e-6)
    assert truth.fascicle_length_mm > truth.fascicle_chord_mm


def test_fascicles_with_positive_curvature_are_steeper_at_the_skin() -> None:
    shape = Geometry.of(VirtualMuscle(curvature_per_mm=0.005, deep_tilt_deg=0))
    bottom, top = np.degrees(shape.angle(np.array([0.0, 18.0])))
    assert bottom < 18 < top


def test_the_frame_goes_there_and_back() -> None:
    shape = Geometry.of(VirtualMuscle(rises_right=False, deep_tilt_deg=9))
    x, y = np.array([3.0, 20.0]), np.array([5.0, 30.0])
    assert np.allclose(shape.from_frame(*shape.to_frame(x, y)), (x, y))


def test_the_same_seed_gives_the_same_muscle_and_the_same_bytes() -> None:
    first, second = draw_muscle(5, rows=128, columns=160), draw_muscle(5, rows=128, columns=160)
    assert first == second
    assert picture(first).pixels.tobytes() == picture(second).pixels.tobytes()
    other = picture(replace(first, seed=6))
    assert other.pixels.tobytes() != picture(first).pixels.tobytes()


def test_the_population_covers_the_range_of_angles_and_lengths() -> None:
    drawn = [draw_muscle(seed, rows=128, columns=128) for seed in range(80)]
    angles = [m.pennation_deg for m in drawn]
    lengths = [truth_of(m).fascicle_length_mm for m in drawn]
    assert min(angles) < 8
    assert max(angles) > 36
    assert min(lengths) < 40
    assert max(lengths) > 80
    assert {m.rises_right for m in drawn} == {True, False}
    assert np.all(np.isfinite(lengths))


def test_the_bands_are_bright_and_the_mask_ends_at_the_facing_edges() -> None:
    drawn = picture(VirtualMuscle(rows=256, columns=256, mm_per_pixel=0.18))
    shape = Geometry.of(drawn.muscle)
    inside, bands = drawn.pixels[drawn.region], drawn.pixels[drawn.aponeuroses]
    assert np.median(bands) > 2 * np.median(inside)
    column = 100
    rows = np.flatnonzero(drawn.region[:, column]) * 0.18
    x = np.asarray(column * 0.18)
    assert rows[0] - 0.18 <= shape.superficial(x) < rows[0]
    assert rows[-1] < shape.deep(x) <= rows[-1] + 0.18
    assert not np.any(drawn.region & drawn.aponeuroses)


def test_bright_lines_run_along_the_stated_directions() -> None:
    # The longest axis of each large fragment against the field: no image processing in between.
    muscle = VirtualMuscle(pennation_deg=22, rises_right=False, curvature_per_mm=0.004)
    drawn = picture(muscle)
    labels, count = ndimage.label(drawn.fascicles)
    errors = []
    for index in range(1, count + 1):
        rows, columns = np.nonzero(labels == index)
        if len(rows) < 120:
            continue
        across = np.cov(np.stack([columns, -rows]))
        values, vectors = np.linalg.eigh(across)
        if values[1] < 60 * values[0]:
            continue  # two lines that touch have no direction of their own
        along = np.arctan2(vectors[1, 1], vectors[0, 1])
        expected = np.median(drawn.angle[rows, columns])
        errors.append((along - expected + np.pi / 2) % np.pi - np.pi / 2)
    assert len(errors) >= 8
    assert np.degrees(np.median(np.abs(errors))) < 0.7
    assert abs(np.degrees(np.median(errors))) < 0.4


def test_sparse_labels_are_a_part_of_the_fascicles() -> None:
    drawn = picture(draw_muscle(3, rows=256, columns=256))
    sparse = drawn.sparse_fascicles()
    assert not np.any(sparse & ~drawn.fascicles)
    assert 0.02 < sparse.sum() / drawn.fascicles.sum() < 0.8


@pytest.mark.parametrize(
    "wrong",
    [{"pennation_deg": 0.0}, {"mm_per_pixel": -0.1}, {"curvature_per_mm": 0.05}],
)
def test_impossible_muscles_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(SesamoidError):
        VirtualMuscle(**wrong)  # type: ignore[arg-type]
