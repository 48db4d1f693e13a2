"""Networks: a light residual U-Net for 2 cores, and the plain U-Net it is measured against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch
from monai.networks.nets import BasicUNet
from torch import Tensor, nn
from torch.nn import functional


@dataclass(frozen=True)
class NetworkSettings:
    """What to build.

    Parameters
    ----------
    kind : {"light", "basic_unet"}
        `LightUNet`, or MONAI's BasicUNet with its own defaults (the floor).
    widths : tuple of int
        Channels at 1/2, 1/4, 1/8, 1/16 and 1/32 of the input (light only).
    blocks : tuple of int
        Residual blocks at 1/4, 1/8, 1/16 and 1/32 (light only).
    decoder_widths : tuple of int
        Channels at 1/16, 1/8, 1/4 and 1/2 on the way up (light only).
    dropout : float
        Channel dropout at the bottom (light only).
    """

    kind: Literal["light", "basic_unet"] = "light"
    widths: tuple[int, int, int, int, int] = (24, 32, 64, 128, 256)
    blocks: tuple[int, int, int, int] = (2, 2, 2, 2)
    decoder_widths: tuple[int, int, int, int] = (96, 64, 48, 24)
    dropout: float = 0.1

    @property
    def memory_format(self) -> torch.memory_format:
        """Layout that trains fastest on a CPU: measured, a quarter less time for `LightUNet`."""
        return torch.channels_last if self.kind == "light" else torch.contiguous_format

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


class LightUNet(nn.Module):
    """Residual encoder at stride 2 to 32, thin decoder to stride 2, bilinear to full size.

    Full-resolution convolutions are what makes a plain U-Net slow on a CPU; this one has none.
    In training it returns a list: full logits, then those of the deeper decoder stages.

    Parameters
    ----------
    settings : NetworkSettings
    classes : int
    """

    def __init__(self, settings: NetworkSettings, classes: int) -> None:
        super().__init__()
        w, up = settings.widths, settings.decoder_widths
        self.stem = nn.Sequential(_conv(1, w[0], stride=2), _conv(w[0], w[0]))
        stages = []
        for level, blocks in enumerate(settings.blocks):
            stages.append(
                nn.Sequential(
                    _ResidualBlock(w[level], w[level + 1], stride=2),
                    *(
                        _ResidualBlock(w[level + 1], w[level + 1], stride=1)
                        for _ in range(blocks - 1)
                    ),
                )
            )
        self.stages = nn.ModuleList(stages)
        self.context = _ContextPool(w[4])
        self.dropout = nn.Dropout2d(settings.dropout)
        skips = (w[3], w[2], w[1], w[0])
        deeper = (w[4], *up[:3])
        self.laterals = nn.ModuleList(
            nn.Sequential(nn.Conv2d(s, u, 1, bias=False), nn.BatchNorm2d(u))
            for s, u in zip(skips, up, strict=True)
        )
        self.reduces = nn.ModuleList(
            nn.Sequential(nn.Conv2d(d, u, 1, bias=False), nn.BatchNorm2d(u))
            for d, u in zip(deeper, up, strict=True)
        )
        self.fuses = nn.ModuleList(_conv(u, u) for u in up)
        self.heads = nn.ModuleList(nn.Conv2d(u, classes, 1) for u in up[1:])

    def forward(self, x: Tensor) -> Tensor | list[Tensor]:
        """Logits of shape (batch, classes, rows, columns); a list of them in training."""
        features = [self.stem(x)]
        for stage in self.stages:
            features.append(stage(features[-1]))
        y = self.dropout(self.context(features[-1]))
        outputs = []
        for level, skip in enumerate((features[3], features[2], features[1], features[0])):
            y = functional.interpolate(self.reduces[level](y), scale_factor=2.0, mode="nearest")
            y = self.fuses[level](functional.relu(y + self.laterals[level](skip)))
            if level and (self.training or level == 3):
                outputs.append(self.heads[level - 1](y))
        full = functional.interpolate(
            outputs[-1], scale_factor=2.0, mode="bilinear", align_corners=False
        )
        return [full, *outputs[-2::-1]] if self.training else full
