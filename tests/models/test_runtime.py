from pathlib import Path

import numpy as np
import pytest

from sesamoid.errors import ModelError
from sesamoid.imaging import Crop
from sesamoid.models import ModelBundle
from sesamoid.models.decide import label_map
from sesamoid.models.runtime import SegmentationRuntime
from tests.conftest import write_bundle


def scene(rows: int = 120, columns: int = 200) -> np.ndarray:
    """Mid-grey with a bright square up left and a dark one down right."""
    frame = np.full((rows, columns), 120, dtype=np.uint8)
    frame[20:40, 30:60] = 240
    frame[80:100, 150:180] = 5
    return frame


def test_classes_land_where_they_are_on_the_frame(threshold_bundle: ModelBundle) -> None:
    labels = SegmentationRuntime(threshold_bundle).probabilities([scene()])[0].argmax(axis=0)
    assert labels.shape == (120, 200)
    assert labels[30, 45] == 1
    assert labels[90, 165] == 2
    assert labels[90, 45] == 0


def test_probabilities_sum_to_one(threshold_bundle: ModelBundle) -> None:
    maps = SegmentationRuntime(threshold_bundle).probabilities([scene()])[0]
    np.testing.assert_allclose(maps.sum(axis=0), 1, atol=1e-5)


def test_a_batch_says_what_single_frames_say(threshold_bundle: ModelBundle) -> None:
    runtime = SegmentationRuntime(threshold_bundle)
    frames = [scene(), scene(90, 260), scene()[:, ::-1], *([scene()] * 8)]
    together = runtime.probabilities(frames)
    for frame, maps in zip(frames, together, strict=True):
        np.testing.assert_allclose(maps, runtime.probabilities([frame])[0], atol=1e-5)


def test_nothing_is_found_outside_the_scan_area(threshold_bundle: ModelBundle) -> None:
    maps = SegmentationRuntime(threshold_bundle).probabilities(
        [scene()], scan_area=Crop(0, 0, 120, 100)
    )[0]
    assert maps[0, :, 100:].min() == 1


def test_the_mirror_changes_nothing_for_a_pointwise_model(
    tmp_path: Path, threshold_weights: bytes
) -> None:
    plain = SegmentationRuntime(write_bundle(tmp_path / "a", threshold_weights))
    mirror = SegmentationRuntime(write_bundle(tmp_path / "b", threshold_weights, mirror=True))
    np.testing.assert_allclose(
        mirror.probabilities([scene()])[0], plain.probabilities([scene()])[0], atol=1e-5
    )


def test_tiles_keep_the_scale_and_cover_everything(
    tmp_path: Path, threshold_weights: bytes
) -> None:
    runtime = SegmentationRuntime(write_bundle(tmp_path / "t", threshold_weights, tiled=True))
    labels = runtime.probabilities([scene(300, 500)])[0].argmax(axis=0)
    expected = np.zeros((300, 500), dtype=int)
    expected[20:40, 30:60], expected[80:100, 150:180] = 1, 2
    np.testing.assert_array_equal(labels, expected)


def test_weights_that_are_no_onnx_are_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="onnxruntime cannot load"):
        SegmentationRuntime(write_bundle(tmp_path / "x", b"not onnx"))


def test_small_islands_are_dropped(tmp_path: Path, threshold_weights: bytes) -> None:
    bundle = write_bundle(
        tmp_path / "s", threshold_weights, minimal_area_share={"nerve": 0.01, "vessel": 0.0}
    )
    maps = np.zeros((3, 100, 100), dtype=np.float32)
    maps[0] = 0.5
    maps[1, 10:15, 10:15] = 0.9
    maps[1, 50:80, 50:80] = 0.9
    maps[2, 90:93, 90:93] = 0.9
    labels = label_map(maps, bundle.manifest)
    assert labels[12, 12] == 0
    assert labels[60, 60] == 1
    assert labels[91, 91] == 2


def test_doubtful_islands_are_dropped(tmp_path: Path, threshold_weights: bytes) -> None:
    bundle = write_bundle(tmp_path / "d", threshold_weights, minimal_peak={"nerve": 0.7})
    maps = np.full((3, 60, 60), 0.2, dtype=np.float32)
    maps[1, 10:20, 10:20] = 0.6
    maps[1, 40:50, 40:50] = 0.6
    maps[1, 45, 45] = 0.8
    labels = label_map(maps, bundle.manifest)
    assert labels[12, 12] == 0
    assert labels[42, 42] == 1


def test_two_canvas_sizes_are_averaged(tmp_path: Path, threshold_weights: bytes) -> None:
    one = SegmentationRuntime(write_bundle(tmp_path / "1", threshold_weights))
    other = SegmentationRuntime(
        write_bundle(tmp_path / "2", threshold_weights, canvas_size=(96, 128))
    )
    both = SegmentationRuntime(
        write_bundle(tmp_path / "3", threshold_weights, further_canvas_sizes=((96, 128),))
    )
    expected = (one.probabilities([scene()])[0] + other.probabilities([scene()])[0]) / 2
    np.testing.assert_allclose(both.probabilities([scene()])[0], expected, atol=1e-5)


def test_a_class_is_called_from_its_own_threshold(tmp_path: Path, threshold_weights: bytes) -> None:
    bundle = write_bundle(tmp_path / "t", threshold_weights, threshold={"nerve": 0.3})
    maps = np.zeros((3, 20, 20), dtype=np.float32)
    maps[:, :, :10] = np.array([0.6, 0.35, 0.05], dtype=np.float32)[:, None, None]
    maps[:, :, 10:] = np.array([0.6, 0.05, 0.35], dtype=np.float32)[:, None, None]
    labels = label_map(maps, bundle.manifest)
    assert set(labels[:, :10].ravel()) == {1}
    assert set(labels[:, 10:].ravel()) == {0}
