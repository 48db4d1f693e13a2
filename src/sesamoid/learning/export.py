"""From a trained network to a bundle's ONNX file, with a check that both say the same."""

from __future__ import annotations

import logging
import tempfile
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from numpy.typing import NDArray
from onnxruntime.quantization import (
    CalibrationDataReader,
    QuantFormat,
    QuantType,
    quantize_static,
)
from torch import Tensor, nn

from sesamoid.errors import ModelError

OPSET = 17
NAMES = ("image", "logits")
DECIDED = 0.7
"""From this probability on the network has decided on a pixel's class."""
SMALLEST_SAME_CLASS = 0.99
"""Least tolerated share of decided pixels that the exported file gives the network's class."""


@dataclass(frozen=True)
class Parity:
    """How far the exported file is from the network it came from.

    Parameters
    ----------
    largest_difference : float
        Of a class probability, over all canvases and pixels.
    same_class : float
        Share of pixels with the same most probable class.
    same_class_decided : float
        The same among pixels that the network has decided on; 1 where there are none.
    canvases : int
    """

    largest_difference: float
    same_class: float
    same_class_decided: float
    canvases: int

    def as_dict(self) -> dict[str, float | int]:
        """For the manifest."""
        return {
            "largest_probability_difference": self.largest_difference,
            "same_class_share": self.same_class,
            "same_class_share_of_decided": self.same_class_decided,
            "canvases": self.canvases,
        }


def export_onnx(
    network: nn.Module,
    canvas_size: tuple[int, int],
    *,
    calibration: Sequence[NDArray[np.float32]] = (),
) -> bytes:
    """The network as ONNX: input ``image`` (batch, 1, rows, columns), output ``logits``.

    Parameters
    ----------
    network : nn.Module
        In evaluation mode, on the CPU.
    canvas_size : tuple of int
        The size to trace with; batch, rows and columns stay free.
    calibration : sequence of ndarray of shape (rows, columns)
        Typical canvases. Where given, weights and activations are stored and computed in 8 bits
        (weights per channel), with ranges taken from these canvases; else in float32.
    """
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        whole, small = Path(folder) / "whole.onnx", Path(folder) / "small.onnx"
        torch.onnx.export(
            network,
            (torch.zeros(1, 1, *canvas_size),),
            str(whole),
            input_names=["image"],
            output_names=["logits"],
            dynamic_axes={name: {0: "batch", 2: "rows", 3: "columns"} for name in NAMES},
            opset_version=OPSET,
            dynamo=False,
        )
        onnx.checker.check_model(onnx.load(whole))
        if not len(calibration):
            return whole.read_bytes()
        logging.getLogger().setLevel(logging.ERROR)  # the quantiser advises on the root logger
        onnxruntime.set_default_logger_severity(3)  # its session tells of every folded constant
        quantize_static(
            whole,
            small,
            _Canvases(calibration),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
        )
        return small.read_bytes()


class _Canvases(CalibrationDataReader):  # type: ignore[misc]
    def __init__(self, canvases: Sequence[NDArray[np.float32]]) -> None:
        self._rest = iter(canvases)

    def get_next(self) -> dict[str, NDArray[np.float32]] | None:
        canvas = next(self._rest, None)
        return None if canvas is None else {"image": canvas[None, None]}


def check_parity(
    network: nn.Module, weights: bytes, canvases: Sequence[NDArray[np.float32]]
) -> Parity:
    """Compare the network with its export on canvases of shape (rows, columns).

    Raises
    ------
    ModelError
        Fewer than `SMALLEST_SAME_CLASS` of the decided pixels get the same class.
    """
    return compare_outputs(
        network, weights, canvases, probabilities=lambda logits: logits.softmax(dim=1)
    )


def check_oriented_parity(
    network: nn.Module, weights: bytes, canvases: Sequence[NDArray[np.float32]]
) -> Parity:
    """The same for a network whose structures are independent of each other.

    Each structure is compared with "not this structure"; the two direction channels are not.
    """

    def probabilities(logits: Tensor) -> Tensor:
        of_structures = logits[:, :-2].sigmoid()
        both = torch.stack([1 - of_structures, of_structures], dim=1)
        return both.flatten(2, 3)

    return compare_outputs(network, weights, canvases, probabilities=probabilities)


def compare_outputs(
    network: nn.Module,
    weights: bytes,
    canvases: Sequence[NDArray[np.float32]],
    *,
    probabilities: Callable[[Tensor], Tensor],
) -> Parity:
    """Compare two outputs after `probabilities`, which puts classes on the second axis."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])
    largest, same = 0.0, []
    decided, kept = 0, 0
    for canvas in canvases:
        batch = np.asarray(canvas, dtype=np.float32)[None, None]
        with torch.no_grad():
            expected = probabilities(network(torch.from_numpy(batch))).numpy()
        found = probabilities(torch.from_numpy(session.run(None, {"image": batch})[0])).numpy()
        largest = max(largest, float(np.abs(expected - found).max()))
        equal = expected.argmax(axis=1) == found.argmax(axis=1)
        sure = expected.max(axis=1) >= DECIDED
        same.append(float(equal.mean()))
        decided, kept = decided + int(sure.sum()), kept + int((equal & sure).sum())
    share = kept / decided if decided else 1.0
    parity = Parity(largest, float(np.mean(same)), share, len(canvases))
    if share < SMALLEST_SAME_CLASS:
        raise ModelError(
            f"the exported file gives {share:.1%} of the decided pixels the network's class",
            fix="export without calibration, in float32.",
        )
    return parity
