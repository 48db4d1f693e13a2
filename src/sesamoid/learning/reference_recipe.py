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
_PLAIN = JointRecipe("reference").network


def reference_recipe(kind: Kind, joint: JointRecipe, rounds: int | None = None) -> JointRecipe:
    """How one of the pair is trained, beside a joint network's recipe.

    ResNet-50 sees 224 x 224, as published, which the scan fills whatever its shape: fitted in, it
    would have little more than half of the pixels. HRNet sees the joint network's canvas. Either is
    shown as many pictures as the joint network.

    Parameters
    ----------
    kind : str
    joint : JointRecipe
    rounds : int, optional
        Another number of rounds; the schedule and the average of the weights go with it.
    """
    size = min(ROUND_PICTURES, joint.round_pictures)
    shown = sum(phase.rounds for phase in joint.phases) * joint.round_pictures
    canvas, batch = (RESNET_SIZE, 16) if kind == PLANES else (joint.phases[-1].canvas_size, 8)
    phase = Phase(canvas, rounds or max(1, shown // size), batch_size=batch, learning_rate=1e-3)
    # Only its choice of precision and memory layout is used: those of plain convolutions.
    network = replace(_PLAIN, kind="light", imagenet=False)
    recipe = replace(
        joint, name=kind, phases=(phase,), network=network, encoder_rate=1.0, round_pictures=size
    )
    averaged = AVERAGED_SHARE * phase.rounds * steps_of(recipe)
    return replace(recipe, ema_decay=min(joint.ema_decay, 1 - 1 / max(1.0, averaged)))


def steps_of(recipe: JointRecipe) -> int:
    """Steps of a round: whole batches."""
    return recipe.round_pictures // recipe.phases[0].batch_size
