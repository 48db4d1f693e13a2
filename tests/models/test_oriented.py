"""The oriented runtime on a network whose answer is known."""

from pathlib import Path

import numpy as np
import pytest

from sesamoid.imaging.geometry import Crop
from sesamoid.models.oriented import OrientedRuntime
from tests.conftest import write_bundle


@pytest.fixture
def weights() -> bytes:
    """ONNX: structure logit 8 z; direction (z, horizontal gradient of z)."""
    onnx = pytest.importorskip("onnx")
    from onnx import helper, numpy_helper

    weight = np.zeros((3, 1, 1, 3), dtype=np.float32)
    weight[0, 0, 0, 1] = 8.0
    weight[1, 0, 0, 1] = 1.0
    weight[2, 0, 0] = (-0.5, 0.0, 0.5)
    graph = helper.make_graph(
        [helper.make_node("Conv", ["image", "w"], ["logits"], pads=[0, 1, 0, 1])],
        "oriented",
        [helper.make_tensor_value_info("image", onnx.TensorProto.FLOAT, ["n", 1, "r", "c"])],
        [helper.make_tensor_value_info("logits", onnx.TensorProto.FLOAT, ["n", 3, "r", "c"])],
        [numpy_helper.from_array(weight, "w")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return bytes(model.SerializeToString())


def runtime(folder: Path, weights: bytes, **changes: object) -> OrientedRuntime:
    return OrientedRuntime(
        write_bundle(
            folder, weights, classes=("background", "stroke"), canvas_size=(64, 64), **changes
        )
    )


def ramp() -> np.ndarray:
    """Brighter to the right and downward, no black border."""
    rows, columns = np.indices((64, 64))
    return (60 + 2 * columns + rows / 4).astype(np.uint8)


def test_maps_lie_on_the_frame(tmp_path: Path, weights: bytes) -> None:
    maps = runtime(tmp_path, weights).maps(ramp())
    bright = maps.probability["stroke"]
    assert bright.shape == (64, 64)
    assert bright[32, 60] > 0.99
    assert bright[32, 3] < 0.01
    z = (ramp() - ramp().mean()) / ramp().std()
    np.testing.assert_allclose(maps.doubled[0][5:-5, 5:-5], z[5:-5, 5:-5], atol=0.05)
    assert (maps.doubled[1][:, 5:-5] > 0).all()
    assert (maps.confidence <= 1).all()
    np.testing.assert_allclose(
        maps.angle, np.arctan2(maps.doubled[1], maps.doubled[0]) / 2, atol=1e-6
    )


def test_a_mirror_changes_the_sign_of_the_slope(tmp_path: Path, weights: bytes) -> None:
    # The gradient changes its sign with the mirror, as the sine of a direction does: averaging
    # with the mirrored image must leave the answer as it is.
    plain = runtime(tmp_path / "a", weights).maps(ramp())
    mirrored = runtime(tmp_path / "b", weights, mirror=True).maps(ramp())
    np.testing.assert_allclose(mirrored.doubled, plain.doubled, atol=1e-5)
    np.testing.assert_allclose(
        mirrored.probability["stroke"], plain.probability["stroke"], atol=1e-5
    )


def test_outside_the_scan_area_nothing_is_said(tmp_path: Path, weights: bytes) -> None:
    maps = runtime(tmp_path, weights).maps(ramp(), scan_area=Crop(10, 8, 40, 50))
    outside = np.ones((64, 64), dtype=bool)
    outside[10:50, 8:58] = False
    assert not maps.probability["stroke"][outside].any()
    assert not maps.doubled[:, outside].any()
    assert maps.probability["stroke"][~outside].any()


def test_several_canvases_are_averaged(tmp_path: Path, weights: bytes) -> None:
    one = runtime(tmp_path / "a", weights).maps(ramp())
    two = runtime(tmp_path / "b", weights, further_canvas_sizes=((64, 64),)).maps(ramp())
    np.testing.assert_allclose(two.doubled, one.doubled, atol=1e-5)
