"""HRNet-W32 for segmentation, as published: the anatomy half of the pair we compare with.

Four stages of parallel branches at 1/4 to 1/32, exchanged after every module; the head scales all
to 1/4, joins them (480 channels), and is brought to full size (HRNetV2: Wang 2020,
doi 10.1109/TPAMI.2020.2983686; Sun 2019, arXiv:1904.04514). Exchange upwards is by nearest
neighbours, as in the first HRNet (arXiv:1902.09212), which is the faster of the two ways. From
random weights: none from ImageNet come with a package of the training environment.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

WIDTHS = (32, 64, 128, 256)
MODULES = (1, 4, 3)
"""Of stage 2, 3 and 4."""
_BLOCKS = 4
_EXPANSION = 4
_STEM = 64


def _norm(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, momentum=0.1)


def _conv(inputs: int, outputs: int, *, kernel: int = 3, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False), _norm(outputs)
    )


class _Block(nn.Module):
    """Of ResNet: two 3 x 3 convolutions, or a bottleneck where `outputs` is larger."""

    def __init__(self, inputs: int, width: int, *, bottleneck: bool = False) -> None:
        super().__init__()
        outputs = width * _EXPANSION if bottleneck else width
        kernels = (1, 3, 1) if bottleneck else (3, 3)
        layers: list[nn.Module] = []
        before = inputs
        for number, kernel in enumerate(kernels):
            last = number == len(kernels) - 1
            after = outputs if last else width
            layers.append(_conv(before, after, kernel=kernel))
            if not last:
                layers.append(nn.ReLU(inplace=True))
            before = after
        self.layers = nn.Sequential(*layers)
        self.shortcut = nn.Identity() if inputs == outputs else _conv(inputs, outputs, kernel=1)

    def forward(self, x: Tensor) -> Tensor:
        return functional.relu(self.layers(x) + self.shortcut(x))


class _Module(nn.Module):
    """Four blocks on each branch, then every branch gets the sum of all."""

    def __init__(self, widths: Sequence[int]) -> None:
        super().__init__()
        self.branches = nn.ModuleList(
            nn.Sequential(*(_Block(width, width) for _ in range(_BLOCKS))) for width in widths
        )
        self.fuse = nn.ModuleList(
            nn.ModuleList(_exchange(widths, source, target) for source in range(len(widths)))
            for target in range(len(widths))
        )

    def forward(self, maps: list[Tensor]) -> list[Tensor]:
        maps = [branch(x) for branch, x in zip(self.branches, maps, strict=True)]
        out = []
        for target, row in enumerate(self.fuse):
            steps: list[nn.Module] = list(row)  # type: ignore[call-overload]
            size = maps[target].shape[2:]
            total = maps[target]
            for source, step in enumerate(steps):
                if source == target:
                    continue
                moved = step(maps[source])
                if source > target:
                    moved = functional.interpolate(moved, size=size, mode="nearest")
                total = total + moved
            out.append(functional.relu(total))
        return out


def _exchange(widths: Sequence[int], source: int, target: int) -> nn.Module:
    if source == target:
        return nn.Identity()
    if source > target:
        return _conv(widths[source], widths[target], kernel=1)
    steps: list[nn.Module] = []
    for number in range(target - source):
        last = number == target - source - 1
        steps.append(_conv(widths[source], widths[target if last else source], stride=2))
        if not last:
            steps.append(nn.ReLU(inplace=True))
    return nn.Sequential(*steps)


class HRNet(nn.Module):
    """See the module's text.

    Parameters
    ----------
    classes : int
    widths : tuple of int
        Channels of the four branches; those of W32 if left out.
    """

    def __init__(self, classes: int, widths: tuple[int, int, int, int] = WIDTHS) -> None:
        super().__init__()
        relu = nn.ReLU(inplace=True)
        self.stem = nn.Sequential(
            _conv(1, _STEM, stride=2), relu, _conv(_STEM, _STEM, stride=2), relu
        )
        wide = _STEM * _EXPANSION
        self.stage1 = nn.Sequential(
            *(_Block(_STEM if n == 0 else wide, _STEM, bottleneck=True) for n in range(_BLOCKS))
        )
        before = [wide]
        self.transitions, self.stages = nn.ModuleList(), nn.ModuleList()
        for number, modules in enumerate(MODULES):
            now = list(widths[: number + 2])
            self.transitions.append(_transition(before, now))
            self.stages.append(nn.ModuleList(_Module(now) for _ in range(modules)))
            before = now
        total = sum(widths)
        self.head = nn.Sequential(
            nn.Conv2d(total, total, 1), _norm(total), relu, nn.Conv2d(total, classes, 1)
        )

    def forward(self, image: Tensor) -> Tensor:
        """Logits (batch, classes, rows / 4, columns / 4) of images (batch, 1, rows, columns)."""
        maps = [self.stage1(self.stem(image))]
        for transition, stage in zip(self.transitions, self.stages, strict=True):
            steps = list(transition)  # type: ignore[call-overload]
            maps = [step(maps[min(number, len(maps) - 1)]) for number, step in enumerate(steps)]
            for module in list(stage):  # type: ignore[call-overload]
                maps = module(maps)
        size = maps[0].shape[2:]
        joined = [maps[0]] + [
            functional.interpolate(x, size=size, mode="bilinear", align_corners=False)
            for x in maps[1:]
        ]
        logits: Tensor = self.head(torch.cat(joined, dim=1))
        return logits


def _transition(before: Sequence[int], now: Sequence[int]) -> nn.ModuleList:
    """Branches that stay keep their width or are brought to it; the new one halves the last."""
    steps = nn.ModuleList()
    for number, width in enumerate(now):
        if number >= len(before):
            steps.append(nn.Sequential(_conv(before[-1], width, stride=2), nn.ReLU(inplace=True)))
        elif before[number] != width:
            steps.append(nn.Sequential(_conv(before[number], width), nn.ReLU(inplace=True)))
        else:
            steps.append(nn.Identity())
    return steps
