"""A U-Net with VGG-16's encoder: the kind of network that published muscle software runs."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

_STAGES = ((64, 64), (128, 128), (256, 256, 256), (512, 512, 512), (512, 512, 512))


class VggUNet(nn.Module):
    """Logits (batch, 1, rows, columns) from (batch, 3, rows, columns); rows, columns of 16s.

    The encoder is VGG-16's thirteen convolutions (Simonyan & Zisserman 2015); the decoder doubles
    the size with transposed convolutions to 512, 256, 128 and 64 channels, each followed by two
    convolutions over it and the encoder's map of that size.
    """

    def __init__(self) -> None:
        super().__init__()
        inputs = 3
        stages = []
        for widths in _STAGES:
            layers: list[nn.Module] = []
            for width in widths:
                layers += [nn.Conv2d(inputs, width, 3, padding=1), nn.ReLU(inplace=True)]
                inputs = width
            stages.append(nn.Sequential(*layers))
        self.stages = nn.ModuleList(stages)
        self.pool = nn.MaxPool2d(2)
        self.ups = nn.ModuleList()
        self.blocks = nn.ModuleList()
        for widths in _STAGES[-2::-1]:
            width = widths[-1]
            self.ups.append(nn.ConvTranspose2d(inputs, width, 2, stride=2))
            self.blocks.append(nn.Sequential(*_block(2 * width, width), *_block(width, width)))
            inputs = width
        self.head = nn.Conv2d(inputs, 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Logits of one structure."""
        kept = []
        for index, stage in enumerate(self.stages):
            x = stage(self.pool(x) if index else x)
            kept.append(x)
        for up, block, skip in zip(self.ups, self.blocks, kept[-2::-1], strict=True):
            x = block(torch.cat([up(x), skip], dim=1))
        logits: Tensor = self.head(x)
        return logits


def forward_passes(count: int, side: int, *, threads: int) -> Callable[[], object]:
    """A call that runs `count` such networks with fresh weights, one after the other, eagerly.

    Parameters
    ----------
    count : int
    side : int
        Rows and columns of the picture, random.
    threads : int
    """
    torch.set_num_threads(threads)
    networks = [VggUNet().eval() for _ in range(count)]
    picture = torch.rand(1, 3, side, side)

    def forward() -> object:
        with torch.inference_mode():
            return [network(picture) for network in networks]

    return forward


def _block(inputs: int, outputs: int) -> tuple[nn.Module, ...]:
    return (
        nn.Conv2d(inputs, outputs, 3, padding=1, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    )
