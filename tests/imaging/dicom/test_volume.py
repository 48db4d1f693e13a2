from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.uid import EnhancedCTImageStorage
from scipy.spatial.transform import Rotation

from sesamoid.errors import UnreadableImage
from sesamoid.imaging import find_inputs, orientation_letters, read_image, read_images

from ..samples import shipped

Make = Callable[..., Dataset]
Save = Callable[[Dataset, Path], Path]


def series(folder: Path, make: Make, save: Save, indices: list[int], **changes: object) -> Path:
    for number, index in enumerate(indices):
        save(make(index, **changes), folder / f"{(number * 7) % 10}_{index}.dcm")
    return folder


def test_a_folder_of_slices_is_one_volume(tmp_path: Path, ct_slice: Make, save: Save) -> None:
    image = read_image(series(tmp_path, ct_slice, save, [2, 0, 3, 1]))
    assert image.pixels.shape == (4, 4, 6)
    # Slice k holds 100 k + its pixel number, minus 1024.
    np.testing.assert_array_equal(image.pixels[:, 0, 0], [-1024, -924, -824, -724])


def test_spacing_is_slice_row_column(tmp_path: Path, ct_slice: Make, save: Save) -> None:
    image = read_image(series(tmp_path, ct_slice, save, [0, 1, 2]))
    assert image.spacing_mm == pytest.approx((2.0, 0.5, 0.25))


def test_the_affine_places_a_voxel(tmp_path: Path, ct_slice: Make, save: Save) -> None:
    image = read_image(series(tmp_path, ct_slice, save, [0, 1, 2]))
    assert image.affine is not None
    # x = -10 + 0.25 * 5, y = -20 + 0.5 * 3, z = 30 + 2 * 2
    np.testing.assert_allclose(image.affine @ [2, 3, 5, 1], [-8.75, -18.5, 34, 1])
    assert orientation_letters(image.affine) == "SPL"


def test_hounsfield_units_are_int16(tmp_path: Path, ct_slice: Make, save: Save) -> None:
    image = read_image(series(tmp_path, ct_slice, save, [0, 1]))
    assert image.pixels.dtype == np.int16


def test_a_slope_with_fractions_gives_float32(tmp_path: Path, ct_slice: Make, save: Save) -> None:
    image = read_image(save(ct_slice(0, RescaleSlope=0.5), tmp_path / "a.dcm"))
    assert image.pixels.dtype == np.float32
    assert image.pixels[0, 0, 1] == pytest.approx(-1023.5)


def test_provenance_lists_files_and_instances_in_slice_order(
    tmp_path: Path, ct_slice: Make, save: Save
) -> None:
    image = read_image(series(tmp_path, ct_slice, save, [2, 0, 1]))
    assert [path.name[-5] for path in image.provenance.source_files] == ["0", "1", "2"]
    assert len(image.provenance.instance_uids) == 3


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.tuples(*[st.floats(-3, 3)] * 3),
    st.tuples(*[st.floats(0.2, 4)] * 3),
)
def test_an_oblique_series_of_oblong_pixels_lies_where_its_slices_say(
    tmp_path_factory: pytest.TempPathFactory,
    ct_slice: Make,
    save: Save,
    angles: tuple[float, float, float],
    spacing: tuple[float, float, float],
) -> None:
    folder = tmp_path_factory.mktemp("oblique")
    along_row, along_column, normal = Rotation.from_euler("xyz", angles).as_matrix().T
    origin = np.array([5.0, -7.0, 11.0])
    for index in (1, 0, 2):
        position = origin + spacing[0] * index * normal
        dataset = ct_slice(
            index,
            ImageOrientationPatient=[f"{v:.9f}" for v in (*along_row, *along_column)],
            ImagePositionPatient=[f"{v:.9f}" for v in position],
            PixelSpacing=[f"{v:.9f}" for v in spacing[1:]],
        )
        save(dataset, folder / f"{index}.dcm")
    image = read_image(folder)
    assert image.affine is not None
    expected = origin + 2 * spacing[0] * normal + 3 * spacing[1] * along_column
    expected = expected + 5 * spacing[2] * along_row
    np.testing.assert_allclose((image.affine @ [2, 3, 5, 1])[:3], expected, atol=1e-4)
    assert image.spacing_mm == pytest.approx(spacing, rel=1e-4)
    assert image.pixels[2, 0, 0] == 200 - 1024


def test_a_missing_slice_is_named(tmp_path: Path, ct_slice: Make, save: Save) -> None:
    with pytest.raises(UnreadableImage, match=r"1 slice\(s\) missing between instances 2 and 4"):
        read_image(series(tmp_path, ct_slice, save, [0, 1, 3, 4]))


def test_doubled_slices_are_named(tmp_path: Path, ct_slice: Make, save: Save) -> None:
    with pytest.raises(UnreadableImage, match="same place"):
        read_image(series(tmp_path, ct_slice, save, [0, 1, 1, 2]))


def test_two_echoes_are_two_volumes(tmp_path: Path, ct_slice: Make, save: Save) -> None:
    for echo in (1, 2):
        for index in (0, 1):
            dataset = ct_slice(index, Modality="MR", EchoNumbers=echo)
            save(dataset, tmp_path / f"{echo}{index}.dcm")
    assert [image.frames for image in read_images(tmp_path)] == [2, 2]


def test_a_localizer_is_a_series_of_its_own(tmp_path: Path, ct_slice: Make, save: Save) -> None:
    series(tmp_path, ct_slice, save, [0, 1, 2])
    localizer = ct_slice(
        0, ImageOrientationPatient=[1, 0, 0, 0, 0, -1], ImageType=["ORIGINAL", "LOCALIZER"]
    )
    save(localizer, tmp_path / "z.dcm")
    assert sorted(image.frames for image in read_images(tmp_path)) == [1, 3]


def test_a_slice_of_another_size_is_apart(tmp_path: Path, ct_slice: Make, save: Save) -> None:
    series(tmp_path, ct_slice, save, [0, 1, 2])
    save(ct_slice(3, Rows=5), tmp_path / "z.dcm")
    assert sorted(image.frames for image in read_images(tmp_path)) == [1, 3]


def test_a_series_folder_is_one_input(tmp_path: Path, ct_slice: Make, save: Save) -> None:
    (tmp_path / "ct").mkdir()
    series(tmp_path / "ct", ct_slice, save, [0, 1, 2])
    assert find_inputs([tmp_path]) == [tmp_path / "ct"]


def test_a_single_slice_is_a_volume_of_one() -> None:
    image = read_image(shipped("CT_small.dcm"))
    assert (image.axes, image.pixels.shape) == ("slices", (1, 128, 128))
    assert image.spacing_mm == pytest.approx((5.0, 0.661468, 0.661468))


def test_slices_that_do_not_say_where_they_lie(tmp_path: Path, ct_slice: Make, save: Save) -> None:
    with pytest.raises(UnreadableImage, match="do not all say where they lie"):
        read_image(series(tmp_path, ct_slice, save, [0, 1], ImagePositionPatient=None))


def test_a_tilted_gantry_shears_the_affine(tmp_path: Path, ct_slice: Make, save: Save) -> None:
    for index in range(3):
        tilted = [-10.0, -20.0 + index, 30.0 + 2 * index]
        save(ct_slice(index, ImagePositionPatient=tilted), tmp_path / f"{index}.dcm")
    image = read_image(tmp_path)
    assert image.affine is not None
    assert image.spacing_mm is not None
    np.testing.assert_allclose(image.affine[:3, 0], [0, 1, 2])
    assert image.spacing_mm[0] == pytest.approx(2.0)
    assert any("tilted" in note for note in image.provenance.notes)


def test_an_enhanced_file_is_sorted_by_position(tmp_path: Path, ct_slice: Make, save: Save) -> None:
    dataset = ct_slice(0, SOPClassUID=EnhancedCTImageStorage, NumberOfFrames=3)
    dataset.file_meta.MediaStorageSOPClassUID = EnhancedCTImageStorage
    for keyword in ("PixelSpacing", "ImageOrientationPatient", "ImagePositionPatient"):
        delattr(dataset, keyword)
    for keyword in ("RescaleSlope", "RescaleIntercept", "SliceThickness"):
        delattr(dataset, keyword)
    shared, measures, plane, values = Dataset(), Dataset(), Dataset(), Dataset()
    measures.PixelSpacing, measures.SliceThickness = [0.5, 0.25], 2.0
    plane.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    values.RescaleSlope, values.RescaleIntercept = 2, -1000
    shared.PixelMeasuresSequence = [measures]
    shared.PlaneOrientationSequence = [plane]
    shared.PixelValueTransformationSequence = [values]
    dataset.SharedFunctionalGroupsSequence = [shared]
    frames = []
    for z in (4.0, 0.0, 2.0):
        group, position = Dataset(), Dataset()
        position.ImagePositionPatient = [1.0, 2.0, z]
        group.PlanePositionSequence = [position]
        frames.append(group)
    dataset.PerFrameFunctionalGroupsSequence = frames
    dataset.PixelData = np.repeat(np.array([4, 0, 2], np.uint16), 24).tobytes()
    image = read_image(save(dataset, tmp_path / "a.dcm"))
    assert image.pixels[:, 0, 0].tolist() == [-1000, -996, -992]
    assert image.spacing_mm == pytest.approx((2.0, 0.5, 0.25))
    assert image.affine is not None
    np.testing.assert_allclose(image.affine @ [2, 0, 0, 1], [1, 2, 4, 1])


def test_screenshots_of_a_ct_are_stills(tmp_path: Path, ct_slice: Make, save: Save) -> None:
    for index in (0, 1):
        shot = ct_slice(index, SOPClassUID="1.2.840.10008.5.1.4.1.1.7")
        save(shot, tmp_path / f"{index}.dcm")
    assert [image.axes for image in read_images(tmp_path)] == ["frames", "frames"]


def test_a_damaged_slice_without_a_suffix_is_not_passed_over(
    tmp_path: Path, ct_slice: Make, save: Save
) -> None:
    series(tmp_path, ct_slice, save, [0, 1, 2])
    whole = save(ct_slice(3), tmp_path / "IM4").read_bytes()
    (tmp_path / "IM4").write_bytes(whole[:400])
    with pytest.raises(UnreadableImage, match=r"IM4.*Fix:"):
        read_images(tmp_path)
