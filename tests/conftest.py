"""What several rooms' tests share: where real data lie, a tiny model bundle, a virtual scan."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import numpy as np
import pytest

from sesamoid.models import Manifest, ModelBundle
from sesamoid.models.bundle import TrainingData

ROOT = Path(__file__).resolve().parents[1]


def real_data(name: str) -> Path:
    """Folder of a real data set; the test is skipped, saying so, where it is absent."""
    home = Path(os.environ.get("SESAMOID_DATA", ROOT.parent / "shared" / "data"))
    if not (home / name / "dataset.json").is_file():
        pytest.skip(f"real data set {name} is not at {home} (set SESAMOID_DATA)")
    return home / name


def write_bundle(folder: Path, weights: bytes, **changes: object) -> ModelBundle:
    """A bundle around `weights` with the nerve classes."""
    fields: dict[str, object] = {
        "name": "tiny",
        "version": "0",
        "task": "test",
        "classes": ("background", "nerve", "vessel"),
        "canvas_size": (64, 96),
        "weights_sha256": hashlib.sha256(weights).hexdigest(),
        "weights_precision": "float32",
        "training_data": (TrainingData("none", "CC0", "nobody", "virtual", 0),),
    } | changes
    manifest = Manifest(**fields)  # type: ignore[arg-type]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.onnx").write_bytes(weights)
    (folder / "manifest.json").write_text(manifest.to_json())
    return ModelBundle(folder, manifest)


@pytest.fixture(scope="session")
def threshold_weights() -> bytes:
    """ONNX that calls bright pixels nerve and very dark ones vessel, pixel by pixel."""
    onnx = pytest.importorskip("onnx")
    from onnx import helper, numpy_helper

    # Standardised grey z: nerve logit 8 (z - 1.5), vessel logit 8 (-z - 1.5), background 0.
    weight = np.array([0.0, 8.0, -8.0], dtype=np.float32).reshape(3, 1, 1, 1)
    bias = np.array([0.0, -12.0, -12.0], dtype=np.float32)
    graph = helper.make_graph(
        [helper.make_node("Conv", ["image", "w", "b"], ["logits"])],
        "threshold",
        [helper.make_tensor_value_info("image", onnx.TensorProto.FLOAT, ["n", 1, "r", "c"])],
        [helper.make_tensor_value_info("logits", onnx.TensorProto.FLOAT, ["n", 3, "r", "c"])],
        [numpy_helper.from_array(weight, "w"), numpy_helper.from_array(bias, "b")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return bytes(model.SerializeToString())


@pytest.fixture
def threshold_bundle(tmp_path: Path, threshold_weights: bytes) -> ModelBundle:
    """A bundle whose answer is known: see `threshold_weights`."""
    return write_bundle(tmp_path / "tiny", threshold_weights)
