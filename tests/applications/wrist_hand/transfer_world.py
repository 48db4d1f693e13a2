"""A drawn data set, a bundle to start from and a tiny recipe: transfer in seconds."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import cv2
import torch

from sesamoid.evidence.transfer import TransferRecipe
from sesamoid.learning.compact_weights import WEIGHTS, save_compact
from sesamoid.learning.joint_network import JointNetwork
from sesamoid.learning.network import NetworkSettings
from tests.conftest import write_bundle
from tests.learning import joint_pictures
from tests.learning.test_training import TINY, drawn

NETWORK = NetworkSettings(
    widths=(8, 8, 8, 8, 16), blocks=(1, 1, 1, 1), decoder_widths=(8, 8, 8, 8), dropout=0.1
)
RECIPE = TransferRecipe(
    replace(TINY, network=NETWORK, round_pictures=8, eight_bit=False), ((4, 2), (None, 4))
)
IMAGES = 12


def write_model(folder: Path) -> Path:
    """What `sesamoid train wrist_hand` writes, as far as a start needs it."""
    recipe = replace(joint_pictures.TINY, network=NETWORK)
    torch.manual_seed(1)
    network = JointNetwork(recipe, joint_pictures.TASK)
    for value in network.buffers():  # a trained network's statistics are not those it began with
        if value.is_floating_point():
            value.add_(torch.rand_like(value))
    bundle = write_bundle(folder, b"", name="wrist_hand")
    save_compact(bundle.folder / WEIGHTS, network.state_dict())
    return bundle.folder


def write_data(root: Path) -> Path:
    """Drawn nerves and vessels in nnU-Net raw layout."""
    for folder in ("imagesTr", "labelsTr"):
        (root / folder).mkdir(parents=True)
    labels = {"background": 0, "nerve": 1, "vessel": 2}
    (root / "dataset.json").write_text(json.dumps({"name": "drawn", "labels": labels}))
    for case in drawn(IMAGES, seed=3):
        cv2.imwrite(str(root / "imagesTr" / f"{case.name}_0000.png"), case.grey)
        cv2.imwrite(str(root / "labelsTr" / f"{case.name}.png"), case.label)
    return root
