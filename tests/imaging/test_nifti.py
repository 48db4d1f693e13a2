from __future__ import annotations

from pathlib import Path

import nibabel
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sesamoid.errors import UnreadableImage
from sesamoid.imaging import orientation_letters, read_image

VOXELS = np.arange(2 * 3 * 4, dtype=np.int16).reshape(2, 3, 4)  # i, j, k


def save(path: Path, data: np.ndarray, affine: np.ndarray) -> Path:
    nibabel.save(nibabel.Nifti1Image(data, affine), path)
    return path


def test_axes_are_slice_row_column(tmp_path: Path) -> None:
    image = read_image(save(tmp_path / "a.nii", VOXELS, np.eye(4)))
    assert image.axes == "slices"
    assert image.pixels.shape == (4, 3, 2)
    assert image.pixels[3, 1, 0] == VOXELS[0, 1, 3]


def test_spacing_follows_the_array_order(tmp_path: Path) -> None:
    image = read_image(save(tmp_path / "a.nii.gz", VOXELS, np.diag([0.5, 0.7, 3.0, 1])))
    assert image.spacing_mm == pytest.approx((3.0, 0.7, 0.5))


def test_ras_becomes_lps(tmp_path: Path) -> None:
    affine = np.diag([2.0, 3.0, 4.0, 1])
    affine[:3, 3] = 10, 20, 30
    image = read_image(save(tmp_path / "a.nii", VOXELS, affine))
    assert image.affine is not None
    # NIfTI voxel (1, 2, 3) lies at RAS (12, 26, 42), so at LPS (-12, -26, 42).
    np.testing.assert_allclose(image.affine @ [3, 2, 1, 1], [-12, -26, 42, 1])
    assert orientation_letters(image.affine) == "SAR"


@settings(max_examples=25, deadline=None)
@given(
    st.tuples(*[st.floats(-3, 3)] * 3),
    st.tuples(*[st.floats(0.2, 4)] * 3),
    st.tuples(*[st.floats(-200, 200)] * 3),
)
def test_a_rotated_volume_of_oblong_voxels_lies_where_nibabel_says(
    tmp_path_factory: pytest.TempPathFactory,
    angles: tuple[float, float, float],
    zooms: tuple[float, float, float],
    origin: tuple[float, float, float],
) -> None:
    from scipy.spatial.transform import Rotation

    affine = np.eye(4)
    affine[:3, :3] = Rotation.from_euler("xyz", angles).as_matrix() @ np.diag(zooms)
    affine[:3, 3] = origin
    path = save(tmp_path_factory.mktemp("nifti") / "a.nii", VOXELS, affine)
    image = read_image(path)
    assert image.affine is not None
    index = (1, 2, 3)
    ras = nibabel.load(path).affine @ [*index, 1]
    lps = image.affine @ [*index[::-1], 1]
    np.testing.assert_allclose(lps[:3], ras[:3] * [-1, -1, 1], atol=1e-3)
    assert image.spacing_mm == pytest.approx(zooms[::-1], rel=1e-4)


def test_two_dimensions_are_a_frame(tmp_path: Path) -> None:
    image = read_image(save(tmp_path / "a.nii", VOXELS[..., 0], np.diag([0.5, 0.7, 1, 1])))
    assert image.axes == "frames"
    np.testing.assert_array_equal(image.pixels[0], VOXELS[..., 0].T)
    assert image.spacing_mm == pytest.approx((0.7, 0.5))


def test_the_first_of_several_volumes_is_read_with_a_note(tmp_path: Path) -> None:
    series = np.stack([VOXELS, VOXELS + 100], axis=-1)
    image = read_image(save(tmp_path / "a.nii", series, np.eye(4)))
    np.testing.assert_array_equal(image.pixels, VOXELS.T)
    assert any("first of 2" in note for note in image.provenance.notes)


def test_the_content_decides_not_the_name(tmp_path: Path) -> None:
    save(tmp_path / "a.nii.gz", VOXELS, np.eye(4)).rename(tmp_path / "volume.bin")
    assert read_image(tmp_path / "volume.bin").provenance.format == "NIfTI"


def test_metres_become_millimetres(tmp_path: Path) -> None:
    volume = nibabel.Nifti1Image(VOXELS, np.diag([1e-3, 1e-3, 2e-3, 1]))
    volume.header.set_xyzt_units("meter")
    nibabel.save(volume, tmp_path / "a.nii")
    assert read_image(tmp_path / "a.nii").spacing_mm == pytest.approx((2, 1, 1))


def test_a_cut_off_volume_is_refused(tmp_path: Path) -> None:
    path = save(tmp_path / "a.nii", VOXELS, np.eye(4))
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(UnreadableImage, match=r"NIfTI.*Fix:"):
        read_image(path)
