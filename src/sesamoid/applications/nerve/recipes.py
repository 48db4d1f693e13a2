"""How the nerve and vessel network is trained, and the plain U-Net it is compared with."""

from __future__ import annotations

from sesamoid.learning.augmentation import AugmentationSettings
from sesamoid.learning.network import NetworkSettings
from sesamoid.learning.recipe import PLAIN_UNET_FLOOR, SegmentationRecipe

NERVE = SegmentationRecipe(
    name="nerve",
    network=NetworkSettings(kind="lite0", decoder_widths=(64, 48, 32, 16)),
    canvas_size=(192, 224),
    epochs=120,
    batch_size=4,
    learning_rate=1e-3,
    encoder_rate=0.5,
    ema_decay=0.998,
    augmentation=AugmentationSettings(
        scale=0.25, elastic_px=3.0, noise=0.05, blur=0.1, speckle=0.1, gain=0.3
    ),
)
FLOOR = PLAIN_UNET_FLOOR
FOLDS = 5
FOLD_SEED = 0

MIRROR = True
FURTHER_CANVAS_SIZES = ((256, 288),)
"""Run-time averaging over two sizes and the mirror image: four passes of a small network."""
THRESHOLD = {"nerve": 0.35, "vessel": 0.5}
"""Nerves are missed more often than invented, so they are called from a lower probability [P].
Chosen on fold 0 of the cross-validation, among 0.25, 0.35 and 0.5."""
MINIMAL_AREA_SHARE = {"nerve": 0.0006, "vessel": 0.0006}
"""About 13 x 13 pixels of a 534 x 512 frame; hardly any labelled structure is smaller [P]."""
MINIMAL_PEAK = {"nerve": 0.5, "vessel": 0.9}
"""An island whose most certain pixel stays below this is dropped [P]. Chosen on folds 0 to 3 of the
cross-validation, among 0 and 0.5 to 0.96: invented vessels are faint, true ones are not."""
