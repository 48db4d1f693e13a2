import numpy as np
import pytest

from sesamoid.errors import DataError, SesamoidError
from sesamoid.measure.echogenicity_backscatter import BackscatterCalibration
from sesamoid.measure.echogenicity_muscle import muscle_echogenicity

DYNAMIC_RANGE_DB = 70.0
ROW_MM = 0.1
SHAPE = (300, 200)


def scanned(level_db, seed=0, *, gain_db=0.0):
    """A virtual scanner: Rayleigh speckle, gain that changes with depth, log compression."""
    rng = np.random.default_rng(seed)
    envelope = np.hypot(*rng.normal(size=(2, *SHAPE)))
    depth = np.arange(SHAPE[0])[:, None] * ROW_MM
    tgc = 8 * np.sin(depth / 9) + gain_db
    decibels = 20 * np.log10(envelope) + level_db + tgc
    grey = 150 + decibels / DYNAMIC_RANGE_DB * 255
    return np.clip(np.rint(grey), 0, 255).astype(np.uint8)


EVERYWHERE = np.ones(SHAPE, bool)


def calibration(**changes):
    arguments = {
        "phantom_db": 0.0,
        "dynamic_range_db": DYNAMIC_RANGE_DB,
        "row_mm": ROW_MM,
        "reference": "the phantom",
        "settings": "virtual, 30 mm",
    } | changes
    return BackscatterCalibration.from_phantom(scanned(0.0), EVERYWHERE, **arguments)


def muscle():
    mask = np.zeros(SHAPE, bool)
    mask[60:210] = True
    return mask


@pytest.mark.parametrize("level_db", [-9.0, 0.0, 6.0])
def test_a_known_backscatter_is_found_at_any_depth(level_db):
    grey = scanned(level_db, seed=1)
    made, echo = calibration(), muscle_echogenicity(grey, muscle())
    for band in (echo.whole, echo.superficial):
        assert made.band_db(grey, band, row_mm=ROW_MM) == pytest.approx(level_db, abs=0.4)


def test_the_phantom_s_own_backscatter_is_the_zero():
    grey = scanned(3.0, seed=1)
    found = calibration(phantom_db=-12.5).db(grey, muscle(), row_mm=ROW_MM)
    assert found == pytest.approx(-9.5, abs=0.3)


def test_another_gain_on_both_pictures_cancels():
    phantom, grey = (scanned(level, seed=seed, gain_db=-6) for level, seed in ((0, 0), (4, 1)))
    made = BackscatterCalibration.from_phantom(
        phantom,
        EVERYWHERE,
        phantom_db=0,
        dynamic_range_db=DYNAMIC_RANGE_DB,
        row_mm=ROW_MM,
        reference="the phantom",
        settings="6 dB less",
    )
    assert made.db(grey, muscle(), row_mm=ROW_MM) == pytest.approx(4, abs=0.3)


def test_depth_is_in_mm_from_the_top_of_the_scan():
    """The same tissue, pictured at half the scale and with a margin of 40 rows above."""
    grey = np.zeros((40 + SHAPE[0] // 2, SHAPE[1]), np.uint8)
    grey[40:] = scanned(6.0, seed=1)[::2]
    mask = np.zeros(grey.shape, bool)
    mask[40 + 30 : 40 + 105] = True
    found = calibration().db(grey, mask, row_mm=2 * ROW_MM, top_row=40)
    assert found == pytest.approx(6, abs=0.4)


def test_a_depth_that_the_phantom_did_not_show_is_refused():
    upper = EVERYWHERE.copy()
    upper[100:] = False
    made = BackscatterCalibration.from_phantom(
        scanned(0.0), upper, phantom_db=0, dynamic_range_db=70, row_mm=ROW_MM,
        reference="the phantom", settings="",
    )  # fmt: skip
    with pytest.raises(SesamoidError, match=r"6\.1 to 21\.0 mm deep.*to 10\.0"):
        made.db(scanned(0.0), muscle(), row_mm=ROW_MM)


def test_a_region_at_the_end_of_the_scale_is_refused():
    with pytest.raises(SesamoidError, match="end of the scale"):
        calibration().db(scanned(45.0), muscle(), row_mm=ROW_MM)


def test_a_clipped_phantom_is_refused():
    with pytest.raises(SesamoidError, match="the phantom"):
        BackscatterCalibration.from_phantom(
            np.full(SHAPE, 255, np.uint8), EVERYWHERE, phantom_db=0, dynamic_range_db=70,
            row_mm=1, reference="", settings="",
        )  # fmt: skip


@pytest.mark.parametrize("wrong", [{"dynamic_range_db": 0}, {"row_mm": -1}])
def test_impossible_settings_are_refused(wrong):
    with pytest.raises(SesamoidError, match="not above 0"):
        calibration(**wrong)


def test_it_is_the_same_after_writing_and_reading(tmp_path):
    calibration().save(tmp_path / "c.json")
    assert BackscatterCalibration.load(tmp_path / "c.json") == calibration()


@pytest.mark.parametrize("content", ["{}", "no json", '{"format": "sesamoid-backscatter-1"}'])
def test_a_damaged_file_is_named(tmp_path, content):
    (tmp_path / "c.json").write_text(content)
    with pytest.raises(DataError, match=r"c\.json: not a backscatter calibration"):
        BackscatterCalibration.load(tmp_path / "c.json")
