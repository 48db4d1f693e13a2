"""A published pair of tiny networks whose answers are known, as the training writes it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from sesamoid.models.joint_task import JointTask
from sesamoid.models.published_network import ANATOMY, PLANES, PublishedNetwork

EXPONENT = 0.5
TRAINING = {
    "pictures": 9, "pictures_shown": 1800, "minutes": 41.6, "starting_weights": "random",
    "recipe": {}, "command": "sesamoid train wrist_hand", "date": "2026-01-02",
}  # fmt: skip


def plane_graph(answers: int, *, seed: int = 0) -> bytes:
    """Probabilities that hang on what lies where: the means of random edges."""
    rng = np.random.default_rng(seed)
    weight = rng.normal(0, 1, (answers, 1, 9, 9)).astype(np.float32)
    return _graph(
        weight, np.zeros(answers, np.float32), "planes",
        [("Relu", ("c", "r")), ("GlobalAveragePool", ("r", "p")), ("Flatten", ("p", "f")),
         ("Softmax", ("f", "planes"))],
    )  # fmt: skip


def anatomy_graph(classes: int) -> bytes:
    """Class 1 where it is bright, the last one where it is dark, pixel by pixel."""
    weight, bias = np.zeros((classes, 1, 1, 1), np.float32), np.full(classes, -20, np.float32)
    bias[0] = 0
    for value, sign in ((1, 8), (classes - 1, -8)):
        weight[value], bias[value] = sign, -12
    return _graph(weight, bias, "scores", [("Identity", ("c", "scores"))])


def write_pair(
    folder: Path, task: JointTask, canvas: tuple[int, int], *, square: int = 48, **changes: object
) -> Path:
    """Both networks with what stands beside them; `changes` are those of HRNet."""
    folder.mkdir(parents=True, exist_ok=True)
    shared = {
        "version": "0", "packed_size": canvas, "grey_exponent": EXPONENT, "task": task,
        "data": "drawn", "licence": "CC0-1.0", "origin": "virtual", "training": TRAINING,
        "figures": {},
    }  # fmt: skip
    for name, size, content, own in (
        (PLANES, (square, square), plane_graph(len(task.planes) + 1), {}),
        (ANATOMY, canvas, anatomy_graph(len(task.classes)), changes),
    ):
        weights = folder / f"{name}.onnx"
        weights.write_bytes(content)
        fields = {
            "network": name, "canvas_size": size, "sha256": hashlib.sha256(content).hexdigest(),
        }  # fmt: skip
        PublishedNetwork(**{**shared, **fields, **own}).write(weights)  # type: ignore[arg-type]
    return folder


def _graph(
    weight: np.ndarray, bias: np.ndarray, output: str, steps: list[tuple[str, tuple[str, str]]]
) -> bytes:
    onnx = pytest.importorskip("onnx")
    from onnx import helper, numpy_helper

    half = weight.shape[-1] // 2
    nodes = [helper.make_node("Conv", ["image", "w", "b"], ["c"], pads=[half] * 4)]
    nodes += [helper.make_node(kind, [before], [after]) for kind, (before, after) in steps]
    graph = helper.make_graph(
        nodes,
        output,
        [helper.make_tensor_value_info("image", onnx.TensorProto.FLOAT, ["n", 1, "r", "c"])],
        [helper.make_tensor_value_info(output, onnx.TensorProto.FLOAT, None)],
        [numpy_helper.from_array(weight, "w"), numpy_helper.from_array(bias, "b")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return bytes(model.SerializeToString())
