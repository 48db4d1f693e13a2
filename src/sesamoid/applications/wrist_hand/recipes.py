"""How the networks of the wrist-hand assistant are trained."""

from __future__ import annotations

from sesamoid.learning.joint_recipe import JointRecipe, Phase

JOINT = JointRecipe(
    name="wrist_hand",
    # Most pictures are wider than high: on 224 x 352 a pixel of S11 and S14 is 0.11 mm, a tenth
    # finer than on 256 x 320, for less work.
    canvas_size=(224, 352),
    # Anatomy and planes are learnt on the small canvas, in a third of the time of the large one;
    # there, outlines and thin structures.
    phases=(
        Phase((128, 192), 72, batch_size=16, learning_rate=2e-3),
        Phase((224, 352), 44, batch_size=16, learning_rate=1e-3),
    ),
    round_pictures=2000,
)
FINE_TUNING_RATE = 3e-4
FINE_TUNING_ROUNDS = 20
"""Of a site's own pictures, from the weights that ship; a round is then one pass over them."""
