"""How the networks of the wrist-hand assistant are trained."""

from __future__ import annotations

from dataclasses import replace

from sesamoid.applications.nerve.recipes import NERVE
from sesamoid.evidence.transfer import TransferRecipe
from sesamoid.learning.joint_recipe import JointRecipe, LossWeights, Phase

JOINT = JointRecipe(
    name="wrist_hand",
    # Most pictures are wider than high: on 224 x 352 a pixel of S11 and S14 is 0.11 mm, a tenth
    # finer than on 256 x 320, for less work.
    canvas_size=(224, 352),
    # Anatomy and planes are learnt on the small canvas, in a third of the time of the large one;
    # there, outlines and thin structures. The last phases were added because pictures of held-out
    # people were not yet worse than those of training.
    phases=(
        Phase((128, 192), 72, batch_size=16, learning_rate=2e-3),
        Phase((224, 352), 28, batch_size=16, learning_rate=1e-3),
        Phase((128, 192), 40, batch_size=16, learning_rate=8e-4),
        Phase((224, 352), 16, batch_size=16, learning_rate=6e-4),
        Phase((224, 352), 60, batch_size=16, learning_rate=1e-3),
    ),
    round_pictures=2000,
    # What misses most: whether a picture is within its plane's tolerance, and how far off.
    losses=LossWeights(inside=1.0, pose=1.0),
)
FINE_TUNING_RATE = 3e-4
FINE_TUNING_ROUNDS = 20
"""Of a site's own pictures, from the weights that ship; a round is then one pass over them."""

TRANSFER = TransferRecipe(
    # As nerves are learnt otherwise, by the joint network's encoder and decoder: canvas, variation,
    # rates, and the grey exponent of 0.5, which both have.
    whole=replace(
        NERVE,
        name="transfer",
        network=JOINT.network,
        # The average must forget the start within the shortest training.
        ema_decay=0.99,
        round_pictures=200,
        eight_bit=False,
    ),
    steps=((20, 750), (50, 1000), (None, 2000)),
)
"""From virtual to real: the same for every start. Steps of four pictures [P]."""
