"""From a trained network to a bundle's ONNX file, with a check that both say the same."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from sesamoid.errors import ModelError

OPSET = 17
SMALLEST_HALVED = 256
"""Initialisers with fewer values stay float32: halving them saves nothing."""
LARGEST_DIFFERENCE = 0.02
"""Largest tolerated difference of a class probability between PyTorch and the exported file."""


@dataclass(frozen=True)
class Parity:
    """How far the exported file is from the network it came from.

    Parameters
    ----------
    largest_difference : float
        Of a class probability, over all canvases and pixels.
    same_class : float
        Share of pixels with the same most probable class.
    canvases : int
    """

    largest_difference: float
    same_class: float
    canvases: int


def export_onnx(
    network: nn.Module, canvas_size: tuple[int, int], *, half_weights: bool = True
) -> bytes:
    """The network as ONNX: input ``image`` (batch, 1, rows, columns), output ``logits``.

    Parameters
    ----------
    network : nn.Module
        In evaluation mode, on the CPU.
    canvas_size : tuple of int
    half_weights : bool
        Store weights as float16 with a cast to float32 in front of their use; onnxruntime folds
        the casts when it loads, so that arithmetic and speed are those of float32.
    """
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        target = Path(folder) / "model.onnx"
        torch.onnx.export(
            network,
            (torch.zeros(1, 1, *canvas_size),),
            str(target),
            input_names=["image"],
            output_names=["logits"],
            dynamic_axes={"image": {0: "batch"}, "logits": {0: "batch"}},
            opset_version=OPSET,
            dynamo=False,
        )
        model = onnx.load(target)
    if half_weights:
        _halve(model)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


def _halve(model: onnx.ModelProto) -> None:
    graph = model.graph
    casts = []
    for initialiser in graph.initializer:
        if initialiser.data_type != TensorProto.FLOAT:
            continue
        values = numpy_helper.to_array(initialiser)
        if values.size < SMALLEST_HALVED:
            continue
        name = initialiser.name
        stored = numpy_helper.from_array(values.astype(np.float16), f"{name}_half")
        initialiser.CopyFrom(stored)
        casts.append(helper.make_node("Cast", [f"{name}_half"], [name], to=TensorProto.FLOAT))
    nodes = list(graph.node)
    del graph.node[:]
    graph.node.extend([*casts, *nodes])


def check_parity(
    network: nn.Module, weights: bytes, canvases: Sequence[NDArray[np.float32]]
) -> Parity:
    """Compare the network with its export on canvases of shape (rows, columns).

    Raises
    ------
    ModelError
        A probability differs by more than `LARGEST_DIFFERENCE`.
    """
    session = onnxruntime.InferenceSession(weights, providers=["CPUExecutionProvider"])
    largest, same = 0.0, []
    for canvas in canvases:
        batch = np.asarray(canvas, dtype=np.float32)[None, None]
        with torch.no_grad():
            expected = network(torch.from_numpy(batch)).softmax(dim=1).numpy()
        logits = torch.from_numpy(session.run(None, {"image": batch})[0])
        found = logits.softmax(dim=1).numpy()
        largest = max(largest, float(np.abs(expected - found).max()))
        same.append(float((expected.argmax(axis=1) == found.argmax(axis=1)).mean()))
    parity = Parity(largest, float(np.mean(same)), len(canvases))
    if largest > LARGEST_DIFFERENCE:
        raise ModelError(
            f"the exported weights differ from the network by {largest:.4f} in probability",
            fix="export with half_weights=False.",
        )
    return parity
