from __future__ import annotations

from pathlib import Path

import numpy as np
import pydicom
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset

from sesamoid.imaging import Crop, UltrasoundRegion, read_image, write_ultrasound_dicom
from sesamoid.imaging.dicom.regions import main_spacing, per_frame_regions, ultrasound_regions

from ..samples import asymmetric, shipped

TISSUE, MMODE, SPECTRAL = (1, 1), (2, 1), (3, 3)


def item(kind: tuple[int, int], bounds: tuple[int, int, int, int], **changes: object) -> Dataset:
    """A region with inclusive bounds (x0, y0, x1, y1), 0.1 mm columns and 0.2 mm rows."""
    region = Dataset()
    region.RegionSpatialFormat, region.RegionDataType = kind
    region.RegionFlags = 0
    region.RegionLocationMinX0, region.RegionLocationMinY0 = bounds[:2]
    region.RegionLocationMaxX1, region.RegionLocationMaxY1 = bounds[2:]
    region.PhysicalUnitsXDirection = region.PhysicalUnitsYDirection = 3
    region.PhysicalDeltaX, region.PhysicalDeltaY = 0.01, 0.02
    for keyword, value in changes.items():
        setattr(region, keyword, value)
    return region


def header(*items: Dataset) -> Dataset:
    dataset = Dataset()
    dataset.SequenceOfUltrasoundRegions = list(items)
    return dataset


def only(region: Dataset, size: tuple[int, int] = (100, 200)) -> UltrasoundRegion:
    regions, _ = ultrasound_regions(header(region), size)
    return regions[0]


def test_bounds_are_inclusive_pixel_coordinates() -> None:
    assert only(item(TISSUE, (10, 20, 109, 69))).bounds == Crop(20, 10, 50, 100)


def test_spacing_is_row_column_in_mm() -> None:
    assert only(item(TISSUE, (0, 0, 9, 9))).spacing_mm == pytest.approx((0.2, 0.1))


def test_a_negative_delta_is_a_direction() -> None:
    region = only(item(TISSUE, (0, 0, 9, 9), PhysicalDeltaY=-0.02))
    assert region.spacing_mm == pytest.approx((0.2, 0.1))


@pytest.mark.parametrize("kind", [MMODE, SPECTRAL])
def test_an_axis_of_time_is_no_length(kind: tuple[int, int]) -> None:
    assert only(item(kind, (0, 0, 9, 9))).spacing_mm is None


def test_units_other_than_cm_give_no_spacing() -> None:
    assert only(item(TISSUE, (0, 0, 9, 9), PhysicalUnitsXDirection=4)).spacing_mm is None


def test_a_delta_of_zero_gives_no_spacing() -> None:
    assert only(item(TISSUE, (0, 0, 9, 9), PhysicalDeltaX=0.0)).spacing_mm is None


@pytest.mark.parametrize(
    ("codes", "name"),
    [((1, 1), "2D tissue"), ((1, 2), "2D colour flow"), ((2, 1), "M-mode"), ((5, 14), "graphics")],
)
def test_kinds(codes: tuple[int, int], name: str) -> None:
    assert only(item(codes, (0, 0, 9, 9))).kind == name


def test_tissue_comes_first() -> None:
    regions, _ = ultrasound_regions(
        header(item(MMODE, (0, 50, 99, 99)), item(TISSUE, (0, 0, 99, 49))), (100, 200)
    )
    assert [region.kind for region in regions] == ["2D tissue", "M-mode"]


def test_the_largest_tissue_region_gives_the_spacing() -> None:
    small = UltrasoundRegion(Crop(0, 0, 10, 10), (0.1, 0.1), "2D tissue")
    large = UltrasoundRegion(Crop(20, 0, 30, 30), (0.3, 0.3), "2D tissue")
    flow = UltrasoundRegion(Crop(0, 0, 90, 90), (0.9, 0.9), "2D colour flow")
    assert main_spacing((small, large, flow)) == (0.3, 0.3)


def test_the_shipped_scan_measures_what_its_caliper_shows() -> None:
    # On the screen the two crosses at (291, 460) and (302, 499) are 1.06 cm apart.
    image = read_image(shipped("examples_palette.dcm"))
    points = np.array([(291.0, 460.0), (302.0, 499.0)])
    spacing = image.calibration(points).spacing_mm
    assert spacing is not None
    assert np.linalg.norm((points[1] - points[0]) * spacing) == pytest.approx(10.6, abs=0.1)


def test_the_calibration_of_a_resized_picture_is_not_used() -> None:
    # Its regions are those of 640 x 480, its pixels 320 x 240: the depth of 19 cm would halve.
    image = read_image(shipped("examples_ybr_color.dcm"))
    assert image.spacing_mm is None
    assert any("resized" in note for note in image.provenance.notes)


def test_an_exclusive_maximum_is_forgiven() -> None:
    assert only(item(TISSUE, (0, 0, 200, 100))).bounds == Crop(0, 0, 100, 200)


def two_regions(tmp_path: Path) -> Path:
    """Two scans side by side, of 0.1 and of 0.2 mm a pixel."""
    return write_ultrasound_dicom(
        tmp_path / "a.dcm",
        asymmetric(40, 100),
        regions=[
            UltrasoundRegion(Crop(0, 0, 40, 50), (0.1, 0.1), "2D tissue"),
            UltrasoundRegion(Crop(0, 50, 40, 50), (0.2, 0.2), "2D tissue"),
        ],
    )


@pytest.mark.parametrize(("column", "spacing"), [(10, 0.1), (60, 0.2)])
def test_each_of_two_regions_has_its_own_scale(tmp_path: Path, column: int, spacing: float) -> None:
    image = read_image(two_regions(tmp_path))
    found = image.calibration(((5, column), (20, column + 9)))
    assert found.spacing_mm == pytest.approx((spacing, spacing))


def test_a_line_across_two_regions_is_in_pixels(tmp_path: Path) -> None:
    found = read_image(two_regions(tmp_path)).calibration(((5, 10), (5, 90)))
    assert (found.spacing_mm, found.length_unit) == (None, "{pixels}")


def test_a_crop_keeps_the_regions_in_place(tmp_path: Path) -> None:
    part = read_image(two_regions(tmp_path)).cropped(Crop(0, 45, 40, 55))
    assert part.calibration(((5, 10), (9, 10))).spacing_mm == pytest.approx((0.2, 0.2))


def test_a_strip_laid_over_the_scan_is_not_measured_with_its_scale(tmp_path: Path) -> None:
    path = write_ultrasound_dicom(
        tmp_path / "a.dcm",
        asymmetric(40, 100),
        regions=[
            UltrasoundRegion(Crop(0, 0, 40, 100), (0.1, 0.1), "2D tissue"),
            UltrasoundRegion(Crop(30, 0, 10, 100), None, "M-mode", priority=True),
        ],
    )
    image = read_image(path)
    assert image.calibration(((5, 5), (35, 5))).spacing_mm is None
    assert image.calibration(((5, 5), (25, 5))).spacing_mm == pytest.approx((0.1, 0.1))


def test_a_colour_box_inside_the_scan_does_not_break_a_line(tmp_path: Path) -> None:
    path = write_ultrasound_dicom(
        tmp_path / "a.dcm",
        asymmetric(40, 100),
        regions=[
            UltrasoundRegion(Crop(0, 0, 40, 100), (0.1, 0.1), "2D tissue"),
            UltrasoundRegion(Crop(10, 10, 20, 30), (0.1, 0.1), "2D colour flow", priority=True),
        ],
    )
    assert read_image(path).calibration(((5, 5), (20, 20))).spacing_mm is not None


def test_regions_for_some_frames_only() -> None:
    dataset = Dataset()
    frames = []
    for spacing in (0.1, 0.1, 0.2):
        group, measures = Dataset(), Dataset()
        measures.PixelSpacing = [spacing, spacing]
        group.PixelMeasuresSequence = [measures]
        frames.append(group)
    dataset.PerFrameFunctionalGroupsSequence = frames
    regions = per_frame_regions(dataset, 3, (10, 20))
    assert [(region.frames, region.spacing_mm) for region in regions] == [
        ((0, 1), (0.1, 0.1)),
        ((2,), (0.2, 0.2)),
    ]


def test_pixel_spacing_stands_in_where_regions_have_no_unit(tmp_path: Path) -> None:
    path = write_ultrasound_dicom(
        tmp_path / "a.dcm",
        asymmetric(),
        regions=[UltrasoundRegion(Crop(0, 0, 20, 30), None, "2D tissue")],
    )
    dataset = pydicom.dcmread(path)
    dataset.PixelSpacing = [0.3, 0.4]
    dataset.save_as(path)
    assert read_image(path).spacing_mm == (0.3, 0.4)


@settings(max_examples=30, deadline=None)
@given(
    st.tuples(st.integers(0, 20), st.integers(0, 30), st.integers(1, 4), st.integers(1, 10)),
    st.tuples(st.floats(0.01, 1), st.floats(0.01, 1)),
    st.booleans(),
)
def test_writing_and_reading_a_region_is_exact(
    tmp_path_factory: pytest.TempPathFactory,
    bounds: tuple[int, int, int, int],
    spacing: tuple[float, float],
    priority: bool,
) -> None:
    region = UltrasoundRegion(Crop(*bounds), spacing, "2D tissue", priority=priority)
    path = tmp_path_factory.mktemp("region") / "a.dcm"
    write_ultrasound_dicom(path, asymmetric(), regions=[region])
    (found,) = read_image(path).regions
    assert (found.bounds, found.kind, found.priority) == (region.bounds, region.kind, priority)
    assert found.spacing_mm == pytest.approx(spacing, rel=1e-12)
