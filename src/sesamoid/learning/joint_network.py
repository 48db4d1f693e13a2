"""One network for plane, anatomy, pose and quality: an encoder, a decoder, a global branch.

The global branch looks three ways: at the deepest features, averaged in a coarse grid and by
attention; at where on the scan the decoder finds which class (area, middle, spread), for a plane is
told by its anatomy and a pose by where the anatomy lies; and, for each part of each plane, at the
places of a finer map that a query of its own picks.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from sesamoid.learning.joint_recipe import JointRecipe
from sesamoid.learning.network import Decoder, build_encoder
from sesamoid.models.joint_input import SCALARS
from sesamoid.models.joint_task import ASPECTS, JointTask

_ATTENTIONS = 4
"""Maps by which the deepest features are averaged."""
_NARROW, _CELL = 128, 48
"""Channels of what attention averages, and of the coarse grid's cells."""
_MOMENTS = 5
"""Numbers that `_moments` gives of each class."""
_GAIN = 4.0
"""Of places beside the other inputs of the global branch: they vary by a quarter of the canvas."""
_LEAST_LOG, _MOST_LOG = -4.0, 3.0
"""Of the log of a pose's scale: 0.02 to 20 units, so that neither loss nor gradient runs away."""


@dataclass(frozen=True)
class JointOutput:
    """What the network gives; B pictures, P planes, J pose errors, Q parts, K picture numbers.

    Parameters
    ----------
    scores : tuple of Tensor
        Logits of the label classes at half the canvas, then of the deeper decoder stages (these
        in training only).
    nearest, inside : Tensor, shape (B, P)
        Logits.
    reversed : Tensor, shape (B, 1)
        Logit.
    pose, pose_log : Tensor, shape (B, P, J)
        Median and log of the scale of a Laplace distribution, in units of the task.
    parts : Tensor, shape (B, Q, 4)
        Logits.
    picture : Tensor, shape (B, K)
    """

    scores: tuple[Tensor, ...]
    nearest: Tensor
    inside: Tensor
    reversed: Tensor
    pose: Tensor
    pose_log: Tensor
    parts: Tensor
    picture: Tensor


class JointNetwork(nn.Module):
    """See the module's text.

    Parameters
    ----------
    recipe : JointRecipe
    task : JointTask
    """

    def __init__(self, recipe: JointRecipe, task: JointTask) -> None:
        super().__init__()
        settings = recipe.network
        self.encoder = build_encoder(settings)
        self.decoder = Decoder(
            self.encoder.channels, settings.decoder_widths, len(task.classes), settings.dropout
        )
        self.branch = _Branch(recipe, task, self.encoder.channels[-1], settings.decoder_widths[1])

    def forward(self, image: Tensor, scalars: Tensor) -> JointOutput:
        """Of images (B, 1, rows, columns) with `sesamoid.models.joint_input.SCALARS` (B, S)."""
        maps = self.decoder.maps(self.encoder(image))
        heads = self.decoder.heads
        scores = [heads[2](maps[4]), heads[1](maps[3])]
        if self.training:
            scores.append(heads[0](maps[2]))
        # In float32 whatever the rest is in: eight bits of mantissa do not tell tenths of a mm.
        with torch.autocast(image.device.type, enabled=False):
            found = self.branch(
                maps[0].float(), maps[2].float(), scores[1].detach().float(), scalars.float()
            )
        return JointOutput(tuple(scores if self.training else scores[:1]), **found)


class _Branch(nn.Module):
    def __init__(self, recipe: JointRecipe, task: JointTask, deep: int, fine: int) -> None:
        super().__init__()
        planes, errors, parts = len(task.planes), len(task.pose), len(task.parts)
        self.shape, self.grid = (planes, errors, parts), recipe.grid
        self.narrow = nn.Sequential(
            nn.Conv2d(deep, _NARROW, 1, bias=False), nn.BatchNorm2d(_NARROW), nn.ReLU(inplace=True)
        )
        self.attention = nn.Conv2d(_NARROW, _ATTENTIONS, 1)
        self.cell = nn.Sequential(
            nn.Conv2d(_NARROW, _CELL, 1, bias=False), nn.BatchNorm2d(_CELL), nn.ReLU(inplace=True)
        )
        told = _NARROW * _ATTENTIONS + _CELL * recipe.grid[0] * recipe.grid[1]
        told += _MOMENTS * len(task.classes) + len(SCALARS)
        self.trunk = nn.Sequential(
            nn.Linear(told, recipe.hidden),
            nn.ReLU(inplace=True),
            nn.Dropout(recipe.network.dropout),
            nn.Linear(recipe.hidden, recipe.hidden),
            nn.ReLU(inplace=True),
        )
        # Where the anatomy lies goes to the heads directly as well: poses follow from it almost
        # linearly, and the trunk alone is slow to learn it.
        wide = recipe.hidden + _MOMENTS * len(task.classes)
        self.nearest, self.inside = nn.Linear(wide, planes), nn.Linear(wide, planes)
        self.reversed = nn.Linear(wide, 1)
        self.pose = nn.Linear(wide, planes * errors)
        self.pose_log = nn.Linear(wide, planes * errors)
        self.parts = nn.Linear(wide, parts * len(ASPECTS))
        self.picture = nn.Linear(wide, len(task.picture))
        # A frame is within tolerance if its largest error is: the pose head's word counts.
        unit = torch.tensor(task.pose_unit)
        self.register_buffer("per_tolerance", unit / torch.tensor(task.tolerance), persistent=False)
        self.trust = nn.Parameter(torch.full((planes,), 6.0))
        # One query per part over the map at 1/8, which also knows where it is.
        self.query = nn.Conv2d(fine + 2, parts, 1)
        self.detail = nn.Parameter(torch.zeros(parts, len(ASPECTS), fine + 2))

    def forward(
        self, deep: Tensor, fine: Tensor, scores: Tensor, scalars: Tensor
    ) -> dict[str, Tensor]:
        planes, errors, parts = self.shape
        narrow = self.narrow(deep)
        looked = self.attention(narrow).flatten(2).softmax(dim=2)
        attended = torch.bmm(looked, narrow.flatten(2).transpose(1, 2)).flatten(1)
        cells = _cells(self.cell(narrow), self.grid).flatten(1)
        moments = _moments(scores)
        told = torch.cat([attended, cells, moments, scalars], dim=1)
        hidden = torch.cat([self.trunk(told), moments], dim=1)
        pose = self.pose(hidden).unflatten(1, (planes, errors))
        # Detached: a tolerance knows no sign, and would push the pose the way it already leans.
        most = (pose.detach().abs() * self.per_tolerance).amax(dim=2)
        place = torch.cat([fine, _places(fine)], dim=1)
        picked = self.query(place).flatten(2).softmax(dim=2)
        detail = torch.bmm(picked, place.flatten(2).transpose(1, 2))
        fine_parts = (detail.unsqueeze(2) * self.detail).sum(dim=3)
        return {
            "nearest": self.nearest(hidden),
            "inside": self.inside(hidden) + self.trust * (1 - most),
            "reversed": self.reversed(hidden),
            "pose": pose,
            "pose_log": self.pose_log(hidden)
            .unflatten(1, (planes, errors))
            .clamp(_LEAST_LOG, _MOST_LOG),
            "parts": self.parts(hidden).unflatten(1, (parts, len(ASPECTS))) + fine_parts,
            "picture": self.picture(hidden),
        }


def _places(x: Tensor) -> Tensor:
    """Row and column of each place, -1 to 1, shape (batch, 2, rows, columns)."""
    rows = torch.linspace(-1, 1, x.shape[2], device=x.device, dtype=x.dtype)
    columns = torch.linspace(-1, 1, x.shape[3], device=x.device, dtype=x.dtype)
    both = torch.stack(
        [rows[:, None].expand(x.shape[2], x.shape[3]), columns[None].expand(x.shape[2], x.shape[3])]
    )
    return both[None].expand(x.shape[0], -1, -1, -1)


def _moments(scores: Tensor) -> Tensor:
    """Of each class: area, largest probability, middle (2) and its spread across the scan.

    Where a class is not found its middle is drawn to the centre.
    """
    chance = scores.softmax(dim=1)
    places = _places(chance)[:1].flatten(2)[0]  # (2, n)
    flat = chance.flatten(2)
    area = flat.sum(dim=2)
    weight = area + flat.shape[2] * 1e-3
    middle = flat @ places.transpose(0, 1) / weight[..., None]
    square = flat @ (places[1] ** 2)[:, None] / weight[..., None]
    spread = (square[..., 0] - middle[..., 1] ** 2).clamp(min=0)
    size = torch.log1p(area * (100 / flat.shape[2]))
    told = [size, flat.amax(dim=2), middle.flatten(1) * _GAIN, spread * _GAIN]
    return torch.cat(told, dim=1)


def _cells(x: Tensor, grid: tuple[int, int]) -> Tensor:
    """Means over a grid of cells that need not fit the pixels; in ONNX two products."""
    down, across = (
        _averages(size, cells).to(x) for size, cells in zip(x.shape[2:], grid, strict=True)
    )
    return down @ x @ across.transpose(0, 1)


def _averages(size: int, cells: int) -> Tensor:
    """Weights of `size` pixels in the mean of each cell, shape (cells, size)."""
    edges = torch.linspace(0, size, cells + 1)
    low = torch.arange(size).float()
    overlap = torch.minimum(edges[1:, None], low + 1) - torch.maximum(edges[:-1, None], low)
    overlap = overlap.clamp(min=0)
    return overlap / overlap.sum(dim=1, keepdim=True)


class JointGraph(nn.Module):
    """The network as it is exported: probabilities, mm and degrees; see `sesamoid.models.joint`.

    Parameters
    ----------
    network : JointNetwork
    task : JointTask
    """

    def __init__(self, network: JointNetwork, task: JointTask) -> None:
        super().__init__()
        self.network = network
        self.register_buffer("unit", torch.tensor(task.pose_unit), persistent=False)

    def forward(self, image: Tensor, scalars: Tensor) -> tuple[Tensor, ...]:
        """The outputs `sesamoid.models.joint.HEADS`, in their order."""
        out = self.network(image, scalars)
        spread = out.pose_log.exp() * (2**0.5) * self.unit  # SD of a Laplace distribution
        return (
            out.scores[0],
            out.scores[0].argmax(dim=1).to(torch.uint8),
            out.nearest.softmax(dim=1),
            out.inside.sigmoid(),
            out.reversed.sigmoid(),
            out.pose * self.unit,
            spread,
            out.parts.sigmoid(),
            out.picture,
        )
