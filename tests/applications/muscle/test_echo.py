"""Echo against a phantom, reference values and the bone: numbers where they hold, else a reason."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sesamoid.anatomy import structure
from sesamoid.applications import AnalysisSettings
from sesamoid.applications.muscle import APPLICATION
from sesamoid.applications.muscle.echo import echo_measurements
from sesamoid.applications.muscle.echo_options import EchoOptions, echo_options
from sesamoid.errors import SesamoidError
from sesamoid.findings import Measurement, Region
from sesamoid.imaging import Crop, Image, Provenance
from sesamoid.measure.echogenicity_backscatter import BackscatterCalibration
from sesamoid.models import bundle
from sesamoid.virtual.muscle import VirtualMuscle, picture

ROWS, COLUMNS, ROW_MM = 400, 300, 0.1
TOP, BOTTOM, BONE = 60, 210, 300
DYNAMIC_RANGE_DB = 70.0


def speckle(level_db: float, seed: int, *, bone: bool = False) -> np.ndarray:
    """Virtual speckle of one level; with a bright line and nothing below it where `bone`."""
    rng = np.random.default_rng(seed)
    envelope = np.hypot(*rng.normal(size=(2, ROWS, COLUMNS)))
    grey = 120 + (20 * np.log10(envelope) + level_db) / DYNAMIC_RANGE_DB * 255
    if bone:
        grey[BONE - 2 : BONE + 3] = 250
        grey[BONE + 8 :] = 5
    return np.clip(np.rint(grey), 1, 254).astype(np.uint8)


def calibration() -> BackscatterCalibration:
    return BackscatterCalibration.from_phantom(
        speckle(0, 0),
        np.ones((ROWS, COLUMNS), bool),
        phantom_db=0,
        dynamic_range_db=DYNAMIC_RANGE_DB,
        row_mm=ROW_MM,
        reference="the phantom",
        settings="virtual",
    )


def measured(
    grey: np.ndarray, options: EchoOptions, *, spacing: tuple[float, float] | None = (0.1, 0.1)
) -> dict[str, Measurement]:
    image = Image(grey[None], Provenance(Path("virtual.png"), "PNG"), spacing_mm=spacing)
    mask = np.zeros(grey.shape, bool)
    mask[TOP:BOTTOM] = True
    muscle = Region("muscle-1", structure("muscle"), mask, 1.0)
    found, notes = echo_measurements(image, [muscle], 0, None, options)
    assert notes == ()
    return {one.quantity.key: one for one in found}


def references(folder: Path, *, mean: float = 100, parts: tuple[str, ...] = ("whole",)) -> Path:
    path = folder / "references.csv"
    rows = [f"soleus,any,18,60,X1 MSK,{part},{mean},10,40,virtual" for part in parts]
    head = "muscle,sex,age_from,age_to,device,part,mean,sd,people,source"
    path.write_text("\n".join([head, *rows]) + "\n")
    return path


def chosen(path: Path, **more: str) -> EchoOptions:
    own = {"echo_reference": str(path), "muscle": "soleus", "device": "X1 MSK", "age": "40"}
    return echo_options(own | more)


@pytest.mark.parametrize("level_db", [-6.0, 5.0])
def test_a_known_backscatter_is_found_with_its_interval(level_db: float) -> None:
    found = measured(speckle(level_db, 1), EchoOptions(calibration=calibration()))
    for key in ("backscatter", "backscatter_superficial"):
        one = found[key]
        assert one.value == pytest.approx(level_db, abs=0.4)
        assert one.unit == "dB"
        grey = found[key.replace("backscatter", "echo_intensity")].uncertainty
        assert one.uncertainty is not None
        assert grey is not None
        width = (grey.high - grey.low) * DYNAMIC_RANGE_DB / 255
        assert one.uncertainty.high - one.uncertainty.low == pytest.approx(width)
        assert one.uncertainty.low < one.value < one.uncertainty.high
        assert "0 dB is the phantom." in one.notes


def test_without_a_calibration_there_is_no_decibel() -> None:
    assert set(measured(speckle(0, 1), EchoOptions())) == {
        "echo_intensity",
        "echo_intensity_superficial",
    }


def test_without_a_scale_the_decibel_is_refused() -> None:
    found = measured(speckle(0, 1), EchoOptions(calibration=calibration()), spacing=None)
    assert found["backscatter"].value is None
    assert "no scale" in str(found["backscatter"].reason)


def test_a_clipped_muscle_is_refused() -> None:
    grey = speckle(0, 1)
    grey[TOP:BOTTOM:4] = 255
    one = measured(grey, EchoOptions(calibration=calibration()))["backscatter"]
    assert one.value is None
    assert "black or white" in str(one.reason)


def test_depths_that_the_phantom_did_not_show_are_refused() -> None:
    shallow = calibration()
    shallow = replace(
        shallow, depth_mm=shallow.depth_mm[:100], phantom_grey=shallow.phantom_grey[:100]
    )
    found = measured(speckle(0, 1), EchoOptions(calibration=shallow))
    assert "mm deep" in str(found["backscatter"].reason)
    assert found["backscatter_superficial"].value is None


def test_a_z_score_is_that_of_the_chosen_row(tmp_path: Path) -> None:
    found = measured(speckle(0, 1), chosen(references(tmp_path)))
    echo = found["echo_intensity"].value
    assert echo is not None
    assert found["echo_z_score"].value == pytest.approx((echo - 100) / 10)
    assert "soleus, X1 MSK" in found["echo_z_score"].notes[0]
    assert found["echo_z_score_superficial"].value is None
    assert "part 'superficial'" in str(found["echo_z_score_superficial"].reason)


def test_no_grade_from_grey_alone(tmp_path: Path) -> None:
    grade = measured(speckle(0, 1, bone=True), chosen(references(tmp_path)))["heckmatt_style_grade"]
    assert grade.value is None
    assert "grey level alone" in str(grade.reason)


@pytest.mark.parametrize(("above", "expected"), [(0.0, 1), (25.0, 2), (50.0, 2)])
def test_the_grade_over_a_distinct_bone_follows_the_echo(
    tmp_path: Path, above: float, expected: int
) -> None:
    grey = speckle(0, 1, bone=True)
    mean = float(grey[TOP:BOTTOM].mean()) - above
    options = chosen(references(tmp_path, mean=mean), bone_mm=str(BONE * ROW_MM))
    grade = measured(grey, options)["heckmatt_style_grade"]
    assert grade.value == expected
    assert "proposal" in grade.method
    assert "[P]" in grade.method


def test_a_bone_in_the_muscle_gives_no_grade(tmp_path: Path) -> None:
    options = chosen(references(tmp_path), bone_mm="15")
    grade = measured(speckle(0, 1, bone=True), options)["heckmatt_style_grade"]
    assert grade.value is None
    assert "would lie in the muscle" in str(grade.reason)


def test_depth_counts_from_the_scan_and_not_from_the_picture() -> None:
    level = measured(speckle(5, 1), EchoOptions(calibration=calibration()))["backscatter"].value
    moved = np.zeros((ROWS + 100, COLUMNS), np.uint8)
    moved[100:] = speckle(5, 1)
    image = Image(moved[None], Provenance(Path("virtual.png"), "PNG"), spacing_mm=(0.1, 0.1))
    mask = np.zeros(moved.shape, bool)
    mask[100 + TOP : 100 + BOTTOM] = True
    found, _ = echo_measurements(
        image,
        [Region("muscle-1", structure("muscle"), mask, 1.0)],
        0,
        Crop(100, 0, ROWS, COLUMNS),
        EchoOptions(calibration=calibration()),
    )
    again = next(one for one in found if one.quantity.key == "backscatter")
    assert again.value == pytest.approx(level, abs=1e-9)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"bone_mm": "30"}, "there are none"),
        ({"age": "40"}, "there are none"),
        ({"echo_reference": "x.csv", "device": "X1", "age": "4"}, "chosen by muscle"),
        ({"backscatter": "nothing.json"}, "nothing.json"),
    ],
)
def test_options_that_cannot_be_met_are_refused(settings: dict[str, str], words: str) -> None:
    with pytest.raises(SesamoidError, match=words):
        echo_options(settings)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"age": "forty"}, "no number"),
        ({"bone_mm": "-3"}, "no number above 0"),
        ({"sex": "x"}, "sex 'x'"),
        ({"device": "Y2"}, "device 'Y2'"),
        ({"age": "90"}, "age 90"),
    ],
)
def test_a_value_that_chooses_nothing_is_refused(
    tmp_path: Path, change: dict[str, str], words: str
) -> None:
    with pytest.raises(SesamoidError, match=words):
        chosen(references(tmp_path), **change)


def test_the_options_reach_the_report_of_an_analysis(tmp_path: Path) -> None:
    """Whole way: a virtual muscle, the shipped model, every option."""
    try:
        bundle(APPLICATION.model)
    except SesamoidError:
        pytest.skip("the muscle model is not in this installation")
    calibration().save(tmp_path / "cal.json")
    drawn = picture(VirtualMuscle(seed=4001, pennation_deg=20.0, thickness_mm=20.0))
    image = Image(drawn.pixels[None], Provenance(Path("v.png"), "PNG"), spacing_mm=(0.1, 0.1))
    options = {
        "backscatter": str(tmp_path / "cal.json"),
        "echo_reference": str(references(tmp_path)),
        "muscle": "soleus",
        "device": "X1 MSK",
        "age": "40",
        "bone_mm": "45",
    }
    result = APPLICATION.analyze(image, AnalysisSettings(threads=1, extra=options))
    found = {one.quantity.key: one for one in result.measurements}
    assert found["echo_z_score"].value is not None
    for key in ("backscatter", "backscatter_superficial", "heckmatt_style_grade"):
        assert found[key].value is not None or found[key].reason
    assert result.settings["bone_mm"] == "45"
