"""How the nerve and vessel network is trained, and the plain U-Net it is compared with."""

from __future__ import annotations

from sesamoid.learning.network import NetworkSettings
from sesamoid.learning.recipe import PLAIN_UNET_FLOOR, SegmentationRecipe

NERVE = SegmentationRecipe(
    name="nerve",
    network=NetworkSettings(widths=(16, 40, 80, 160, 256), decoder_widths=(64, 48, 32, 16)),
    canvas_size=(256, 288),
    epochs=120,
    learning_rate=2e-3,
)
FLOOR = PLAIN_UNET_FLOOR
FOLDS = 5
FOLD_SEED = 0

MIRROR = True
"""Averaging with the mirrored image costs a second pass of a small network."""
MINIMAL_AREA_SHARE = {"nerve": 0.0004, "vessel": 0.0004}
"""About 10 x 10 pixels of a 534 x 512 frame; the smallest labelled structures are larger [P]."""
MINIMAL_PEAK = {"nerve": 0.6, "vessel": 0.6}
"""An island that nowhere reaches this probability is dropped [P], fixed before any figure."""
