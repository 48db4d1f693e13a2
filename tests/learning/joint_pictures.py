"""A world of two planes, simple enough to be learnt in seconds: one disc, or two."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from sesamoid.learning.joint_augmentation import JointAugmentation
from sesamoid.learning.joint_example import JointExample
from sesamoid.learning.joint_recipe import JointRecipe, LossWeights, Phase
from sesamoid.learning.network import NetworkSettings
from sesamoid.models.joint_task import JointTask

SIZE = (64, 96)
MM = 0.5
TASK = JointTask(
    protocol="discs 1",
    planes=("one", "two"),
    parts=("disc", "left", "right"),
    part_owner=(0, 1, 1),
    classes=("background", "disc", "line"),
    pose=("along_mm", "rock_deg"),
    pose_unit=(4.0, 10.0),
    capture=(15.0, 30.0),
    tolerance=((4.0, 90.0), (4.0, 90.0)),
    picture=("centre_offset",),
    mirrored=("centre_offset",),
)
PLAIN = JointAugmentation(
    flip=0, smaller=0, cut_depth=0, forget_scale=0, tone=0, gain=0, gamma=0, contrast=0, speckle=0,
    blur=0, noise=0, jpeg=0,
)  # fmt: skip
TINY = JointRecipe(
    name="tiny",
    network=NetworkSettings(
        widths=(8, 16, 24, 32, 48), blocks=(1, 1, 1, 1), decoder_widths=(24, 24, 16, 16), dropout=0
    ),
    canvas_size=SIZE,
    phases=(
        Phase((32, 64), 6, batch_size=8, learning_rate=6e-3),
        Phase(SIZE, 8, batch_size=8, learning_rate=6e-3),
    ),
    round_pictures=160,
    hidden=32,
    grid=(2, 3),
    ema_decay=0.9,
    augmentation=PLAIN,
    losses=LossWeights(pose=1.0),
    eight_bit=False,
)


def draw(folder: Path, count: int, seed: int = 0, *, labelled: bool = True) -> list[JointExample]:
    """Pictures with discs and a line above them; the discs lie off the middle by the pose."""
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    out = []
    for number in range(count):
        plane = int(rng.integers(2))
        # Nothing near the tolerance of 4 mm: there even a good network is of two minds.
        within = bool(rng.random() < 0.5)
        along = float(rng.uniform(*((0, 2.5) if within else (5.5, 8))) * rng.choice((-1, 1)))
        backward = bool(rng.random() < 0.5)
        shift = along / MM
        label = np.zeros(SIZE, dtype=np.uint8)
        cv2.line(label, (0, 6), (95, 6), 2, 2)
        middles = (48 - shift,) if plane == 0 else (36 - shift, 60 - shift)
        for middle in middles:
            cv2.circle(label, (round(middle), 34), 7, 1, -1)
        image = rng.normal(60, 12, SIZE)
        image[label == 1] += 110
        image[label == 2] += 60
        # A wedge at one side tells which way round the probe is.
        image[44:, :16] += 0 if backward else 90
        image[44:, -16:] += 90 if backward else 0
        name = f"s{seed}-{number:03d}"
        cv2.imwrite(str(folder / f"{name}_0000.png"), np.clip(image, 1, 255).astype(np.uint8))
        cv2.imwrite(str(folder / f"{name}.png"), label)
        parts = np.full((3, 4), np.nan, dtype=np.float32)
        mine = TASK.parts_of(plane)
        parts[list(mine)] = (1.0, np.nan, 0.0, 0.0)
        out.append(
            JointExample(
                name=name,
                image=folder / f"{name}_0000.png",
                label=folder / f"{name}.png" if labelled else None,
                box=None,
                spacing_mm=(MM, MM),
                nearest=plane,
                inside=float(abs(along) <= 4),
                reversed=float(backward),
                pose=np.array([along, 0], dtype=np.float32),
                parts=parts,
                picture=np.array([-shift / 96], dtype=np.float32),
                held_out=number % 8 == 0,
            )
        )
    return out
