"""Losses of a joint network: each head learns from what is known, and only from that."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from sesamoid.learning.joint_network import JointOutput
from sesamoid.learning.joint_recipe import LossWeights
from sesamoid.models.joint_task import JointTask

_LEAST = 1e-7
"""Added to a probability before its logarithm."""


def label_loss(
    scores: Tensor, label: Tensor, labelled: Tensor, weights: Tensor, known: Tensor
) -> Tensor:
    """Weighted cross-entropy and batch Dice of label maps that are finer than the scores.

    Each score stands for a block of label pixels and is held against all of them, so that a
    structure thinner than a block is learnt as a share of it.

    Parameters
    ----------
    scores : Tensor, shape (batch, classes, rows, columns)
    label : Tensor of uint8, shape (batch, rows * n, columns * n)
    labelled : Tensor of bool, shape (batch,)
        Pictures without labels cost nothing.
    weights : Tensor, shape (classes,)
        Of the classes in the cross-entropy.
    known : Tensor of bool, shape (classes,)
        Classes that were drawn; the others are part of what is labelled background (marginal
        loss: Shi 2021, doi 10.1016/j.media.2021.101979).
    """
    if not bool(labelled.any()):
        return scores.sum() * 0
    if not bool(labelled.all()):
        scores, label = scores[labelled], label[labelled]
    batch, classes, rows, columns = scores.shape
    block = label.shape[1] // rows
    # Places by classes: with the classes side by side all that follows is fast.
    chance = scores.float().permute(0, 2, 3, 1).reshape(-1, classes).softmax(dim=1)
    if not bool(known.all()):
        merged = torch.cat([known[:1], ~known[1:]])
        background = chance[:, merged].sum(dim=1, keepdim=True)
        chance = torch.cat([background, chance[:, 1:].masked_fill(~known[1:], 0)], dim=1)
    # The label pixels of each place.
    pixels = label.view(batch, rows, block, columns, block).permute(0, 1, 3, 2, 4)
    pixels = pixels.reshape(-1, block * block).long()
    told = chance.gather(1, pixels)
    weight = weights[pixels]
    entropy = -((told + _LEAST).log() * weight).sum() / weight.sum()
    flat = pixels.reshape(-1)
    common = torch.zeros(classes, device=flat.device).index_add_(0, flat, told.reshape(-1))
    held = torch.bincount(flat, minlength=classes).to(common)
    found = chance.sum(dim=0) * block * block
    there = held > 0
    there[0] = False
    dice = (2 * common + 1) / (held + found + 1)
    return entropy + ((1 - dice)[there].mean() if bool(there.any()) else 0.0)


def head_losses(
    out: JointOutput, batch: dict[str, Tensor], task: JointTask, owner: Tensor
) -> dict[str, Tensor]:
    """Losses of all heads but the label map, by the names of `LossWeights`.

    Parameters
    ----------
    out : JointOutput
    batch : dict of Tensor
        See `sesamoid.learning.joint_data.JointDataset`.
    task : JointTask
    owner : Tensor of int64, shape (Q,)
        `JointTask.part_owner`.
    """
    nearest, inside = batch["nearest"], batch["inside"]
    of_plane = nearest >= 0
    index = nearest.clamp(min=0)
    rows = torch.arange(len(index), device=index.device)
    zero = out.nearest.sum() * 0
    told = functional.cross_entropy(out.nearest, index, reduction="none")
    known = ~inside.isnan()
    at_nearest = functional.binary_cross_entropy_with_logits(
        out.inside[rows, index], inside.nan_to_num(), reduction="none"
    )
    nowhere = functional.softplus(out.inside).mean(dim=1)  # of no plane at all: 0 for each
    parts = _binary(out.parts, batch["parts"])
    mine = (owner[None] == nearest[:, None])[..., None]
    return {
        "nearest": _mean(told, of_plane, zero),
        "inside": _mean(torch.where(of_plane, at_nearest, nowhere), known, zero),
        "reversed": _known_mean(_binary(out.reversed[:, 0], batch["reversed"]), zero),
        "pose": _known_mean(_pose(out, batch["pose"], index, task), zero, where=of_plane[:, None]),
        "parts": _known_mean(parts, zero, where=mine),
        "picture": _known_mean(_huber(out.picture, batch["picture"]), zero),
    }


def weighted(losses: dict[str, Tensor], weights: LossWeights) -> Tensor:
    """Their sum by the recipe's weights."""
    return torch.stack([getattr(weights, name) * value for name, value in losses.items()]).sum()


def _pose(out: JointOutput, truth: Tensor, index: Tensor, task: JointTask) -> Tensor:
    """Laplace negative log-likelihood at the nearest plane; NaN where out of the capture range."""
    rows = torch.arange(len(index), device=index.device)
    unit, capture = truth.new_tensor(task.pose_unit), truth.new_tensor(task.capture)
    caught = (truth.abs() <= capture).all(dim=1, keepdim=True)
    log = out.pose_log[rows, index]
    # A NaN here would come back as the gradient, masked or not.
    error = (out.pose[rows, index] - truth.nan_to_num() / unit).abs()
    loss = error * torch.exp(-log) + log
    return loss.masked_fill(~caught, float("nan"))


def _binary(logit: Tensor, truth: Tensor) -> Tensor:
    loss = functional.binary_cross_entropy_with_logits(logit, truth.nan_to_num(), reduction="none")
    return loss.masked_fill(truth.isnan(), float("nan"))


def _huber(value: Tensor, truth: Tensor) -> Tensor:
    loss = functional.smooth_l1_loss(value, truth.nan_to_num(), beta=0.05, reduction="none")
    return loss.masked_fill(truth.isnan(), float("nan"))


def _known_mean(loss: Tensor, zero: Tensor, *, where: Tensor | None = None) -> Tensor:
    known = ~loss.isnan()
    if where is not None:
        known = known & where
    return _mean(loss, known, zero)


def _mean(loss: Tensor, known: Tensor, zero: Tensor) -> Tensor:
    return loss[known].mean() if bool(known.any()) else zero
