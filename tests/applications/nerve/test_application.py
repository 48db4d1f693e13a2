"""The analysis end to end with a model whose answer is known: bright is nerve, dark is vessel."""

from pathlib import Path

import numpy as np
import pytest

from sesamoid.applications import AnalysisSettings, Application
from sesamoid.applications.nerve import APPLICATION
from sesamoid.errors import SesamoidError, UnsuitableImage
from sesamoid.findings import Result
from sesamoid.imaging import Crop, Image, Modality, Provenance, UltrasoundRegion
from sesamoid.models import ModelBundle

ROWS, COLUMNS = 320, 480
NERVE = (100.0, 150.0, 30.0, 50.0)  # centre row, centre column, semi-axes (rows, columns)
VESSEL = (120.0, 330.0, 40.0, 40.0)


def scene(seed: int = 0) -> np.ndarray:
    """Speckled grey with a bright ellipse and a black disc, sharp enough for the quality gate."""
    rng = np.random.default_rng(seed)
    grey = rng.normal(90, 14, (ROWS, COLUMNS))
    rows, columns = np.indices(grey.shape)
    for (row, column, a, b), level in ((NERVE, 235), (VESSEL, 6)):
        inside = ((rows - row) / a) ** 2 + ((columns - column) / b) ** 2 < 1
        grey[inside] = level
    return np.clip(grey, 1, 255).astype(np.uint8)


def image(pixels: np.ndarray | None = None, **changes: object) -> Image:
    shown = scene() if pixels is None else pixels
    frames = shown[None] if shown.ndim == 2 else shown
    fields: dict[str, object] = {
        "pixels": frames,
        "provenance": Provenance(Path("scan.dcm"), "DICOM"),
        "modality": Modality.ULTRASOUND,
        "spacing_mm": (0.1, 0.1),
    } | changes
    return Image(**fields)  # type: ignore[arg-type]


@pytest.fixture
def settings(tmp_path: Path, threshold_weights: bytes) -> AnalysisSettings:
    from tests.conftest import write_bundle

    bundle = write_bundle(
        tmp_path / "b",
        threshold_weights,
        canvas_size=(320, 480),
        minimal_area_share={"nerve": 0.001, "vessel": 0.001},
    )
    return AnalysisSettings(model=str(bundle.folder))


def value(result: Result, region: str, key: str) -> float:
    found = [m for m in result.of(region) if m.quantity.key == key]
    assert len(found) == 1
    assert found[0].value is not None
    return found[0].value


def test_it_is_an_application() -> None:
    assert isinstance(APPLICATION, Application)


def test_areas_are_those_of_the_drawn_ellipses(settings: AnalysisSettings) -> None:
    result = APPLICATION.analyze(image(), settings)
    area = value(result, "nerve-1", "cross_sectional_area")
    assert area == pytest.approx(np.pi * 30 * 50 * 0.01, rel=0.02)
    assert value(result, "vessel-1", "cross_sectional_area") == pytest.approx(
        np.pi * 40 * 40 * 0.01, rel=0.02
    )


def test_axes_and_flattening(settings: AnalysisSettings) -> None:
    result = APPLICATION.analyze(image(), settings)
    assert value(result, "nerve-1", "long_axis") == pytest.approx(10.0, rel=0.02)
    assert value(result, "nerve-1", "short_axis") == pytest.approx(6.0, rel=0.02)
    assert value(result, "nerve-1", "flattening_ratio") == pytest.approx(5 / 3, rel=0.02)


def test_non_square_pixels_are_measured_in_mm(settings: AnalysisSettings) -> None:
    result = APPLICATION.analyze(image(spacing_mm=(0.2, 0.1)), settings)
    assert value(result, "nerve-1", "long_axis") == pytest.approx(12.0, rel=0.02)
    assert value(result, "nerve-1", "short_axis") == pytest.approx(10.0, rel=0.02)


def test_distance_from_nerve_to_vessel(settings: AnalysisSettings) -> None:
    result = APPLICATION.analyze(image(), settings)
    distance = value(result, "nerve-1", "distance_to_nearest_vessel")
    assert distance == pytest.approx((330 - 40 - 150 - 50) * 0.1, abs=0.5)


def test_depth_is_from_the_top_of_the_scan(settings: AnalysisSettings) -> None:
    result = APPLICATION.analyze(image(), settings)
    assert value(result, "nerve-1", "depth") == pytest.approx(10.0, abs=0.2)


def test_without_calibration_it_is_in_pixels_and_says_so(settings: AnalysisSettings) -> None:
    result = APPLICATION.analyze(image(spacing_mm=None), settings)
    areas = [m for m in result.measurements if m.quantity.key == "cross_sectional_area"]
    assert {m.unit for m in areas} == {"{pixels}"}
    assert any("pixels" in note for note in result.notes)


def test_each_structure_uses_the_region_that_holds_it(settings: AnalysisSettings) -> None:
    regions = (
        UltrasoundRegion(Crop(0, 0, ROWS, 240), (0.1, 0.1), "2D tissue"),
        UltrasoundRegion(Crop(0, 240, ROWS, 240), (0.2, 0.2), "2D tissue"),
    )
    result = APPLICATION.analyze(image(regions=regions), settings)
    assert value(result, "nerve-1", "cross_sectional_area") == pytest.approx(47.1, rel=0.03)
    assert value(result, "vessel-1", "cross_sectional_area") == pytest.approx(201.1, rel=0.03)
    across = [m for m in result.of("nerve-1") if m.quantity.key == "distance_to_nearest_vessel"]
    assert across[0].unit == "{pixels}"


def test_a_stated_scale_is_used_and_told(settings: AnalysisSettings) -> None:
    from dataclasses import replace

    result = APPLICATION.analyze(image(spacing_mm=None), replace(settings, mm_per_pixel=0.1))
    assert value(result, "nerve-1", "cross_sectional_area") == pytest.approx(47.1, rel=0.02)
    assert any("stated by the user" in note for note in result.notes)


def test_a_stated_scale_does_not_overrule_the_file(settings: AnalysisSettings) -> None:
    from dataclasses import replace

    with pytest.raises(SesamoidError, match="calibrated"):
        APPLICATION.analyze(image(), replace(settings, mm_per_pixel=0.1))


def test_a_black_image_is_not_measurable(settings: AnalysisSettings) -> None:
    result = APPLICATION.analyze(image(np.zeros((ROWS, COLUMNS), dtype=np.uint8)), settings)
    assert result.status == "not measurable"
    assert not result.measurements
    assert "black" in " ".join(result.grade.reasons)


def test_ct_is_refused(settings: AnalysisSettings) -> None:
    with pytest.raises(UnsuitableImage, match="CT"):
        APPLICATION.analyze(image(modality=Modality.CT), settings)


def test_one_pixel_is_refused(settings: AnalysisSettings) -> None:
    with pytest.raises(UnsuitableImage, match="1 x 1 pixels"):
        APPLICATION.analyze(image(np.full((1, 1), 9, dtype=np.uint8)), settings)


def test_the_best_frame_of_a_cine_is_taken(settings: AnalysisSettings) -> None:
    frames = np.stack(
        [np.zeros((ROWS, COLUMNS), np.uint8), scene(), np.zeros((ROWS, COLUMNS), np.uint8)]
    )
    result = APPLICATION.analyze(image(frames), settings)
    assert result.frames_analysed == (1,)
    assert {region.frame for region in result.regions} == {1}


def test_all_frames_are_measured_where_asked(settings: AnalysisSettings) -> None:
    from dataclasses import replace

    frames = np.stack([scene(), scene(1)])
    result = APPLICATION.analyze(image(frames), replace(settings, frames="all"))
    assert {m.frame for m in result.measurements} == {0, 1}
    assert len({region.identifier for region in result.regions}) == len(result.regions)


def test_a_frame_that_is_not_there_is_refused(settings: AnalysisSettings) -> None:
    from dataclasses import replace

    with pytest.raises(UnsuitableImage, match="no frame 7"):
        APPLICATION.analyze(image(), replace(settings, frames=7))


def test_evidence_maps_cover_the_frame(settings: AnalysisSettings) -> None:
    from dataclasses import replace

    result = APPLICATION.analyze(image(), replace(settings, explain=True))
    assert result.evidence_map is not None
    assert result.evidence_map.shape == (2, ROWS, COLUMNS)


def test_a_named_limit_is_compared_and_its_source_told(settings: AnalysisSettings) -> None:
    from dataclasses import replace

    chosen = replace(settings, extra={"limit": "practical-neurology-median-wrist"})
    notes = " ".join(APPLICATION.analyze(image(), chosen).notes)
    assert "above" in notes
    assert "11" in notes


def test_an_unknown_limit_fails_before_any_work() -> None:
    with pytest.raises(SesamoidError, match="no-such-limit"):
        APPLICATION.check(AnalysisSettings(extra={"limit": "no-such-limit"}))


def test_wrist_to_forearm_ratio_of_two_images(settings: AnalysisSettings) -> None:
    from dataclasses import replace

    wrist = APPLICATION.analyze(image(), settings)
    forearm = APPLICATION.analyze(image(spacing_mm=(0.08, 0.08)), settings)
    pair = replace(settings, extra={"pair": "wrist-forearm"})
    figures = APPLICATION.compare([wrist, forearm], pair)
    assert figures["value"] == pytest.approx(1 / 0.64, rel=0.01)


def test_delta_area_needs_mm(settings: AnalysisSettings) -> None:
    from dataclasses import replace

    pixels = APPLICATION.analyze(image(spacing_mm=None), settings)
    pair = replace(settings, extra={"pair": "tunnel-pronator"})
    with pytest.raises(SesamoidError, match="in pixels"):
        APPLICATION.compare([pixels, pixels], pair)


def test_the_model_reference_names_data_and_digest(
    settings: AnalysisSettings, threshold_bundle: ModelBundle
) -> None:
    reference = APPLICATION.analyze(image(), settings).model
    assert reference.sha256 == threshold_bundle.manifest.weights_sha256
    assert reference.origin.value == "virtual"
