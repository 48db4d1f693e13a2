"""A trained joint network as ONNX, checked against itself, and as weights to train on from."""

from __future__ import annotations

import logging
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import torch
from numpy.typing import NDArray
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from torch import Tensor, nn

from sesamoid.errors import ModelError
from sesamoid.learning.export import OPSET
from sesamoid.learning.joint_network import JointGraph, JointNetwork
from sesamoid.learning.onnx_graph import halved, plain_softmax
from sesamoid.models.joint import HEADS
from sesamoid.models.joint_input import SCALARS
from sesamoid.models.joint_task import JointTask

DECIDED = 0.7
"""Probability from which the network counts as having decided [P]; the rest may fall either way."""
SMALLEST_SAME = 0.98
"""Least tolerated share of decided places, and of decided planes, with the network's answer [P]."""
INPUTS = ("image", "scalars")

Given = tuple[NDArray[np.float32], NDArray[np.float32]]
"""One canvas (rows, columns) and its scalars."""


@dataclass(frozen=True)
class JointParity:
    """How far the exported file is from the network it came from.

    Parameters
    ----------
    same_class_decided : float
        Share of places with the network's class among those it has decided on.
    same_plane_decided : float
        The same of pictures and their nearest plane.
    pose : float
        Mean difference, in units of the task.
    parts : float
        Mean difference of a visibility.
    canvases : int
    """

    same_class_decided: float
    same_plane_decided: float
    pose: float
    parts: float
    canvases: int

    def as_dict(self) -> dict[str, Any]:
        """For the manifest."""
        return asdict(self)

    @property
    def sentence(self) -> str:
        """For the model card."""
        return (
            f"Export checked on {self.canvases} images: of what the network has decided on (a "
            f"probability of {DECIDED} or more) the file gives {self.same_class_decided:.2%} of "
            f"the places the same class and {self.same_plane_decided:.2%} of the pictures the same "
            f"plane; mean difference of a pose {self.pose:.3f} of its unit, of a visibility "
            f"{self.parts:.4f}."
        )


def export_joint(
    network: JointNetwork,
    task: JointTask,
    canvas_size: tuple[int, int],
    *,
    calibration: Sequence[Given] = (),
) -> bytes:
    """The network as ONNX: inputs ``image`` and ``scalars``, outputs `sesamoid.models.joint.HEADS`.

    Parameters
    ----------
    network : JointNetwork
        In evaluation mode, on the CPU.
    task : JointTask
    canvas_size : (rows, columns)
        Fixed in the file; only the batch is free.
    calibration : sequence of (canvas, scalars)
        Where given, encoder and decoder are stored and computed in 8 bits; the small global
        branch stays in float32, for poses are told to tenths of their units.
    """
    graph = JointGraph(network, task).eval()
    return export_graph(
        graph,
        (torch.zeros(1, 1, *canvas_size), torch.zeros(1, len(SCALARS))),
        inputs=INPUTS,
        outputs=HEADS,
        calibration=[
            {"image": image[None, None], "scalars": scalars[None]} for image, scalars in calibration
        ],
        keep="/branch/",
    )


def export_graph(
    graph: nn.Module,
    example: tuple[Tensor, ...],
    *,
    inputs: Sequence[str],
    outputs: Sequence[str],
    calibration: Sequence[dict[str, NDArray[np.float32]]] = (),
    keep: str | None = None,
) -> bytes:
    """A module as ONNX, in 8 bits where there is something to calibrate with.

    Parameters
    ----------
    graph : nn.Module
    example : tuple of Tensor
        To trace with; the first axis stays free.
    inputs, outputs : sequence of str
    calibration : sequence of dict
    keep : str, optional
        Nodes with this in their name stay in float32.
    """
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        whole, small = Path(folder) / "whole.onnx", Path(folder) / "small.onnx"
        torch.onnx.export(
            graph,
            example,
            str(whole),
            input_names=list(inputs),
            output_names=list(outputs),
            dynamic_axes={name: {0: "batch"} for name in (*inputs, *outputs)},
            opset_version=OPSET,
            dynamo=False,
        )
        model = onnx.load(whole)
        onnx.checker.check_model(model)
        if not calibration:
            return bytes(plain_softmax(model).SerializeToString())
        logging.getLogger().setLevel(logging.ERROR)  # the quantiser advises on the root logger
        onnxruntime.set_default_logger_severity(3)
        quantize_static(
            whole,
            small,
            _Reader(calibration),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            nodes_to_exclude=_kept(model, keep),
        )
        return bytes(halved(plain_softmax(onnx.load(small))).SerializeToString())


def _kept(model: onnx.ModelProto, keep: str | None) -> list[str]:
    """Nodes in float32: those named, and all that are no part of a convolutional network."""
    plain = {"Softmax", "ArgMax", "Cast", "ReduceMax", "ReduceSum", "Log", "Exp", "Sigmoid"}
    return [
        node.name
        for node in model.graph.node
        if (keep and keep in node.name) or node.op_type in plain
    ]


class _Reader(CalibrationDataReader):  # type: ignore[misc]
    def __init__(self, given: Sequence[dict[str, NDArray[np.float32]]]) -> None:
        self._rest: Iterator[dict[str, NDArray[np.float32]]] = iter(given)

    def get_next(self) -> dict[str, NDArray[np.float32]] | None:
        return next(self._rest, None)


def check_joint_parity(
    network: JointNetwork, task: JointTask, weights: bytes, given: Sequence[Given]
) -> JointParity:
    """Compare the network with its export.

    Raises
    ------
    ModelError
        They agree on fewer than `SMALLEST_SAME` of the decided places or planes.
    """
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])
    graph = JointGraph(network, task).eval()
    unit = np.array(task.pose_unit, dtype=np.float32)
    places, planes, pose, parts = [0, 0], [0, 0], [], []
    for image, scalars in given:
        batch = {"image": image[None, None], "scalars": scalars[None]}
        with torch.no_grad():
            asked = (torch.from_numpy(value) for value in batch.values())
            wanted = dict(zip(HEADS, (t.numpy() for t in graph(*asked)), strict=True))
        found = dict(zip(HEADS, session.run(list(HEADS), batch), strict=True))
        chance = torch.from_numpy(wanted["scores"]).softmax(dim=1).amax(dim=1).numpy()
        sure = chance >= DECIDED
        places[0] += int(sure.sum())
        places[1] += int((sure & (wanted["winners"] == found["winners"])).sum())
        if wanted["nearest"].max() >= DECIDED:
            planes[0] += 1
            planes[1] += int(wanted["nearest"].argmax() == found["nearest"].argmax())
        at = int(wanted["nearest"].argmax())
        pose.append(np.abs((wanted["pose"] - found["pose"])[0, at] / unit).mean())
        mine = list(task.parts_of(at))
        parts.append(np.abs((wanted["parts"] - found["parts"])[0, mine, 0]).mean())
    parity = JointParity(
        places[1] / places[0] if places[0] else 1.0,
        planes[1] / planes[0] if planes[0] else 1.0,
        float(np.mean(pose)),
        float(np.mean(parts)),
        len(given),
    )
    if min(parity.same_class_decided, parity.same_plane_decided) < SMALLEST_SAME:
        raise ModelError(
            f"the exported file agrees with the network on {parity.same_class_decided:.1%} of the "
            f"places and {parity.same_plane_decided:.1%} of the planes it has decided on",
            fix="export without calibration, in float32.",
        )
    return parity
