"""How the published pair is trained beside a joint network: as published, on as many pictures."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from sesamoid.learning.joint_recipe import JointRecipe, Phase
from sesamoid.models.published_network import PLANES

Kind = Literal["resnet50", "hrnet_w32"]
RESNET_SIZE = (224, 224)
"""Pixels that the published classifier sees."""
ROUND_PICTURES = 800
"""In a round, after which a training can be stopped: a few minutes on two cores."""
AVERAGED_SHARE = 0.1
"""Of the steps, over which weights are averaged at most [P]: a longer average would hold on to the
random start of a short training."""
_BATCH: dict[Kind, int] = {"resnet50": 16, "hrnet_w32": 8}
_DEEPEST = 32
"""Pixels under one cell of the deepest features."""
_PLAIN = JointRecipe("reference").network


def reference_recipe(kind: Kind, joint: JointRecipe, rounds: int | None = None) -> JointRecipe:
    """How one of the pair is trained, beside a joint network's recipe.

    ResNet-50 sees 224 x 224, as published, which the scan fills whatever its shape: fitted in, it
    would have little more than half of the pixels. HRNet sees the joint network's canvas. Either is
    shown as many pictures as the joint network, the same share of them on a smaller canvas first.

    Parameters
    ----------
    kind : str
    joint : JointRecipe
    rounds : int, optional
        Another number of rounds; the schedule and the average of the weights go with it.
    """
    size = min(ROUND_PICTURES, joint.round_pictures)
    all_rounds = sum(phase.rounds for phase in joint.phases)
    rounds = rounds or max(1, all_rounds * joint.round_pictures // size)
    full = joint.phases[-1].canvas_size
    smaller = [phase for phase in joint.phases if phase.canvas_size != full]
    first = int(rounds * sum(phase.rounds for phase in smaller) / all_rounds)
    canvases = {smaller[0].canvas_size: first, full: rounds - first} if first else {full: rounds}
    phases = tuple(
        Phase(_canvas(kind, canvas, full), number, batch_size=_BATCH[kind], learning_rate=1e-3)
        for canvas, number in canvases.items()
    )
    # Only its choice of precision and memory layout is used: those of plain convolutions.
    network = replace(_PLAIN, kind="light", imagenet=False)
    recipe = replace(
        joint, name=kind, phases=phases, network=network, encoder_rate=1.0, round_pictures=size
    )
    # By the shortest phase: the average begins anew with each.
    averaged = AVERAGED_SHARE * min(phase.rounds for phase in phases) * steps_of(recipe)
    return replace(recipe, ema_decay=min(joint.ema_decay, 1 - 1 / max(1.0, averaged)))


def steps_of(recipe: JointRecipe) -> int:
    """Steps of a round: whole batches."""
    return recipe.round_pictures // recipe.phases[0].batch_size


def pictures_shown(recipe: JointRecipe) -> int:
    """In all rounds of all phases."""
    rounds = sum(phase.rounds for phase in recipe.phases)
    return rounds * steps_of(recipe) * recipe.phases[0].batch_size


def _canvas(kind: Kind, canvas: tuple[int, int], full: tuple[int, int]) -> tuple[int, int]:
    """The joint network's; a square of the same share of 224 pixels for the classifier."""
    if kind != PLANES:
        return canvas
    rows, columns = (
        max(_DEEPEST, round(side * canvas[0] / full[0] / _DEEPEST) * _DEEPEST)
        for side in RESNET_SIZE
    )
    return rows, columns
