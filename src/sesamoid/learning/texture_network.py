"""A small convolutional network on pieces of texture, exported to ONNX."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from sesamoid.errors import ModelError
from sesamoid.learning.texture_labels import TextureExample
from sesamoid.learning.texture_recipe import TextureNetworkSettings
from sesamoid.learning.texture_tiles import corners, region_patch, tiles

OPSET = 17
LARGEST_DIFFERENCE = 1e-3
"""Of a logit between the network and its export."""


def build(settings: TextureNetworkSettings, classes: int) -> nn.Module:
    """(pieces, 1, side, side) in, logits (pieces, classes) out."""
    layers: list[nn.Module] = []
    inputs = 1
    for index, width in enumerate(settings.widths):
        # The first layer keeps the scale: fine texture is what is to be told apart.
        stride = 1 if index == 0 else 2
        layers += [
            nn.Conv2d(inputs, width, 3, stride, 1, bias=False),
            nn.BatchNorm2d(width),
            nn.ReLU(inplace=True),
        ]
        inputs = width
    return nn.Sequential(
        *layers,
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Dropout(settings.dropout),
        nn.Linear(inputs, classes),
    )


@dataclass(frozen=True)
class _Piece:
    grey: NDArray[np.float32]
    places: NDArray[np.int64]


def train_texture_network(
    examples: Sequence[TextureExample],
    classes: NDArray[np.int64],
    weights: NDArray[np.float64],
    *,
    settings: TextureNetworkSettings,
    seed: int,
    on_epoch: Callable[[int, float], None] | None = None,
) -> nn.Module:
    """Train on pieces drawn at random places of the regions.

    Parameters
    ----------
    examples : sequence of TextureExample
    classes : ndarray of int, shape (examples,)
    weights : ndarray of shape (examples,)
        How often an example is drawn, so that people and groups count alike.
    settings : TextureNetworkSettings
    seed : int
        The same seed on the same machine gives the same network.
    on_epoch : callable, optional
        Told the number of finished epochs and the last one's mean loss.

    Returns
    -------
    nn.Module
        On the CPU and in evaluation mode. The last weights are taken: nothing is chosen on the
        people that are tested.
    """
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        rng = np.random.default_rng(seed)
        network = build(settings, int(classes.max()) + 1)
        side = settings.side_px
        pieces = []
        for example in examples:
            grey, inside = region_patch(example, side)
            pieces.append(_Piece(grey, corners(inside, side, step=max(1, side // 8))))
        chances = weights / weights.sum()
        batch = settings.batch_size
        steps = max(1, round(len(examples) * settings.pieces_per_image / batch))
        optimiser = torch.optim.AdamW(
            network.parameters(), lr=settings.learning_rate, weight_decay=settings.weight_decay
        )
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimiser, settings.learning_rate, total_steps=settings.epochs * steps + 1
        )
        network.train()
        for epoch in range(settings.epochs):
            total = 0.0
            for _ in range(steps):
                chosen = rng.choice(len(examples), batch, p=chances)
                image = np.stack([_drawn(pieces[i], settings, rng) for i in chosen])
                loss = functional.cross_entropy(
                    network(torch.from_numpy(image)),
                    torch.from_numpy(classes[chosen]),
                    label_smoothing=settings.label_smoothing,
                )
                optimiser.zero_grad(set_to_none=True)
                loss.backward()  # type: ignore[no-untyped-call]
                optimiser.step()
                schedule.step()
                total += float(loss.detach())
            if on_epoch is not None:
                on_epoch(epoch + 1, total / steps)
    return network.eval()


def _drawn(
    piece: _Piece, settings: TextureNetworkSettings, rng: np.random.Generator
) -> NDArray[np.float32]:
    row, column = piece.places[rng.integers(len(piece.places))]
    side = settings.side_px
    part = piece.grey[row : row + side, column : column + side]
    if rng.random() < 0.5:
        part = part[:, ::-1]
    gain = 1 + settings.gain_jitter * rng.standard_normal()
    shift = settings.gain_jitter * rng.standard_normal()
    return np.asarray(part * gain + shift, dtype=np.float32)[None]


def export_texture_network(
    network: nn.Module, settings: TextureNetworkSettings, check: TextureExample
) -> bytes:
    """ONNX with input ``pieces`` (n, 1, side, side) and output ``logits`` (n, classes).

    Raises
    ------
    ModelError
        The export does not say what the network says on `check`.
    """
    side = settings.side_px
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        path = Path(folder) / "network.onnx"
        torch.onnx.export(
            network,
            (torch.zeros(1, 1, side, side),),
            str(path),
            input_names=["pieces"],
            output_names=["logits"],
            dynamic_axes={"pieces": {0: "n"}, "logits": {0: "n"}},
            opset_version=OPSET,
            dynamo=False,
        )
        weights = path.read_bytes()
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])
    pieces = tiles(check, side)
    with torch.inference_mode():
        expected: Tensor = network(torch.from_numpy(pieces))
    apart = float(np.abs(session.run(None, {"pieces": pieces})[0] - expected.numpy()).max())
    if not apart <= LARGEST_DIFFERENCE:
        raise ModelError(
            f"the exported texture network differs by {apart:.2g} from the trained one"
        )
    return weights
