"""The shipped muscle model end to end, on virtual muscles and on what is no muscle."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from sesamoid.applications import AnalysisSettings, Application, remeasured
from sesamoid.applications.muscle import APPLICATION
from sesamoid.applications.muscle.flat import REPORTED
from sesamoid.errors import SesamoidError, UnsuitableImage
from sesamoid.findings import Result
from sesamoid.imaging import Image, Provenance
from sesamoid.virtual.muscle import MusclePicture, VirtualMuscle, picture

MUSCLE = VirtualMuscle(seed=4001, pennation_deg=20.0, thickness_mm=20.0, deep_tilt_deg=3.0)


@pytest.fixture(scope="module")
def drawn() -> MusclePicture:
    return picture(MUSCLE)


def image(pixels: NDArray[np.uint8], **changes: object) -> Image:
    frames = pixels[None] if pixels.ndim == 2 else pixels
    fields: dict[str, object] = {
        "pixels": frames,
        "provenance": Provenance(Path("scan.png"), "PNG"),
        "spacing_mm": (0.1, 0.1),
    } | changes
    return Image(**fields)  # type: ignore[arg-type]


def analysed(pixels: NDArray[np.uint8], **changes: object) -> Result:
    return APPLICATION.analyze(image(pixels, **changes), AnalysisSettings(threads=1))


def value(result: Result, key: str) -> float:
    found = [m for m in result.measurements if m.quantity.key == key]
    assert found
    assert found[0].value is not None
    return found[0].value


def reason(result: Result, key: str) -> str:
    found = [m for m in result.measurements if m.quantity.key == key]
    assert found
    assert found[0].value is None
    return found[0].reason or ""


def test_it_is_an_application() -> None:
    assert isinstance(APPLICATION, Application)


def test_a_virtual_muscle_is_measured(drawn: MusclePicture) -> None:
    result = analysed(drawn.pixels)
    truth = drawn.truth
    assert value(result, "thickness") == pytest.approx(float(np.mean(truth.thickness_mm)), rel=0.02)
    assert value(result, "pennation_angle") == pytest.approx(truth.pennation_deg, abs=1.0)
    assert value(result, "fascicle_length") == pytest.approx(truth.fascicle_length_mm, rel=0.05)


def test_no_image_has_to_be_flipped(drawn: MusclePicture) -> None:
    result = analysed(np.ascontiguousarray(drawn.pixels[:, ::-1]))
    truth = drawn.truth
    assert value(result, "thickness") == pytest.approx(float(np.mean(truth.thickness_mm)), rel=0.02)
    assert value(result, "pennation_angle") == pytest.approx(truth.pennation_deg, abs=1.0)
    assert value(result, "fascicle_angle") == pytest.approx(-truth.fascicle_angle_deg, abs=1.0)


@pytest.mark.parametrize("convergence_deg", [-4.0, 4.0])
@pytest.mark.parametrize("rises_right", [True, False])
def test_either_end_may_be_the_narrow_one(convergence_deg: float, rises_right: bool) -> None:
    tilted = replace(
        MUSCLE,
        deep_tilt_deg=0.0,
        superficial_tilt_deg=convergence_deg,
        rises_right=rises_right,
        fat_depth_mm=7.0,
    )
    one = picture(tilted)
    result = analysed(one.pixels)
    assert value(result, "thickness") == pytest.approx(
        float(np.mean(one.truth.thickness_mm)), rel=0.03
    )
    assert value(result, "pennation_angle") == pytest.approx(one.truth.pennation_deg, abs=1.0)


def test_the_flat_fields_are_in_pixels_of_the_image(drawn: MusclePicture) -> None:
    flat = analysed(drawn.pixels).extras
    assert set(REPORTED) <= set(flat)
    assert flat["aponeurosis_distance_px"] == pytest.approx(
        drawn.truth.aponeurosis_distance_mm / 0.1, rel=0.02
    )
    assert flat["deep_aponeurosis_angle_deg"] == pytest.approx(
        drawn.truth.deep_aponeurosis_angle_deg, abs=0.6
    )
    assert 0.5 < flat["confidence"]["thickness_px"] <= 1
    assert flat["reasons"] == {}


def test_twice_the_pixels_twice_the_pixel_numbers(drawn: MusclePicture) -> None:
    small = analysed(drawn.pixels).extras
    large = analysed(np.kron(drawn.pixels, np.ones((2, 2), np.uint8))).extras
    assert large["thickness_px"] == pytest.approx(2 * small["thickness_px"], rel=0.02)
    assert large["pennation_deg"] == pytest.approx(small["pennation_deg"], abs=0.7)


def test_without_scale_lengths_are_in_pixels_and_it_says_so(drawn: MusclePicture) -> None:
    result = analysed(drawn.pixels, spacing_mm=None)
    thickness = next(m for m in result.measurements if m.quantity.key == "thickness")
    assert thickness.unit == "{pixels}"
    assert any("no scale" in note for note in result.notes)


def test_speckle_without_a_muscle_gives_no_number() -> None:
    rng = np.random.default_rng(0)
    speckle = np.clip(rng.rayleigh(40, (400, 400)), 0, 255).astype(np.uint8)
    result = analysed(speckle)
    assert result.extras["thickness_px"] is None
    assert "aponeuros" in result.extras["reasons"]["thickness_px"]
    assert result.extras["fascicle_length_px"] is None


def test_an_aponeurosis_out_of_view_refuses_the_thickness(drawn: MusclePicture) -> None:
    depth = MUSCLE.fat_depth_mm + 0.6 * MUSCLE.thickness_mm
    cut = drawn.pixels[: round(depth / MUSCLE.mm_per_pixel)]
    result = analysed(np.ascontiguousarray(cut))
    assert "aponeurosis" in reason(result, "thickness")
    assert "aponeurosis" in reason(result, "fascicle_length")
    assert any("No muscle was measured" in note for note in result.notes)


def test_a_panoramic_picture_is_measured_within_its_width(drawn: MusclePicture) -> None:
    wide = picture(replace(MUSCLE, columns=1536, seed=4002, deep_tilt_deg=0.5))
    result = analysed(wide.pixels)
    thickness = next(m for m in result.measurements if m.quantity.key == "thickness")
    assert thickness.value is None or thickness.value == pytest.approx(
        float(np.mean(wide.truth.thickness_mm)), rel=0.05
    )


def test_a_black_frame_is_not_measurable() -> None:
    result = analysed(np.zeros((300, 300), np.uint8))
    assert not result.grade.measurable
    assert set(result.extras["reasons"]) == set(REPORTED)


def test_too_few_pixels_are_refused() -> None:
    with pytest.raises(UnsuitableImage, match="too few"):
        analysed(np.zeros((40, 300), np.uint8))


def contraction(times: NDArray[np.float64]) -> NDArray[np.uint8]:
    shares = np.clip(np.sin(np.linspace(-0.6, np.pi + 0.6, len(times))), 0, 1)
    return np.stack([picture(replace(MUSCLE, pennation_deg=18.0 + 9.0 * s)).pixels for s in shares])


def test_a_contraction_becomes_a_series_with_phases() -> None:
    times = np.arange(24) / 8
    settings = AnalysisSettings(frames="all", threads=2)
    told: list[tuple[int, int]] = []
    settings = replace(settings, on_frame=lambda done, of: told.append((done, of)))
    result = APPLICATION.analyze(image(contraction(times), frame_times_s=times), settings)
    angle = next(s for s in result.series if s.quantity.key == "pennation_angle")
    assert angle.smooth.max() - angle.smooth.min() == pytest.approx(9.0, abs=2.0)
    length = next(s for s in result.series if s.quantity.key == "fascicle_length")
    assert {"rest", "shortening", "lengthening"} <= {stretch.name for stretch in length.stretches}
    assert told == [(n + 1, 24) for n in range(24)]


@pytest.mark.parametrize("times", [None, np.zeros(6)])
def test_without_a_frame_rate_frames_stand_for_time(times: NDArray[np.float64] | None) -> None:
    frames = contraction(np.arange(6))
    result = APPLICATION.analyze(
        image(frames, frame_times_s=times), AnalysisSettings(frames="all", threads=1)
    )
    assert result.series
    assert all(series.seconds is None for series in result.series)


def test_options_of_other_applications_are_refused() -> None:
    with pytest.raises(SesamoidError, match="--limit"):
        APPLICATION.check(AnalysisSettings(extra={"limit": "x"}))


def test_a_lower_deep_aponeurosis_makes_a_thicker_muscle(drawn: MusclePicture) -> None:
    """A person shifts the outline by 20 pixels of 0.1 mm; the application measures again."""
    result = analysed(drawn.pixels)
    name = next(r.identifier for r in result.regions if r.structure.key == "deep_aponeurosis")
    moved = tuple(
        replace(r, mask=np.roll(r.mask, 20, axis=0)) if r.identifier == name else r
        for r in result.regions
    )
    by = "modified by anna, 2026-11-21"
    after = remeasured(replace(result, regions=moved), {name}, by=by)
    assert value(after, "thickness") - value(result, "thickness") == pytest.approx(2.0, abs=0.15)
    thickness = next(m for m in after.measurements if m.quantity.key == "thickness")
    assert thickness.notes[-1] == "Modified by anna, 2026-11-21."
    drawn_anew = next(r for r in after.regions if r.identifier == name)
    assert (drawn_anew.mask == np.roll(_mask(result, name), 20, axis=0)).all()


def test_the_muscle_itself_is_not_redrawn(drawn: MusclePicture) -> None:
    result = analysed(drawn.pixels)
    with pytest.raises(SesamoidError, match="follows from its aponeuroses"):
        remeasured(result, {"muscle-1"}, by="modified by anna")


def _mask(result: Result, name: str) -> NDArray[np.bool_]:
    return next(r.mask for r in result.regions if r.identifier == name)
