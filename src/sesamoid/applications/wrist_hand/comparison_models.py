"""What a comparison says of its networks: which they are, and how much they were trained."""

from __future__ import annotations

from typing import Any

from sesamoid.findings import DataOrigin, ModelReference
from sesamoid.models import Manifest
from sesamoid.models.published_network import PublishedNetwork
from sesamoid.models.published_pair import PublishedPair

from .evaluation import model_entry

PAIR = "published pair"


def joint_entry(model: ModelReference, manifest: Manifest) -> dict[str, Any]:
    """What is said of the joint network, with how much it was trained."""
    training = manifest.training
    recipe = training.get("recipe", {})
    rounds = sum(phase["rounds"] for phase in recipe.get("phases", ()))
    return {
        **model_entry(model),
        "canvas_size": list(manifest.canvas_size),
        "training": {
            "data": [one.name for one in manifest.training_data],
            "pictures_shown": rounds * recipe.get("round_pictures", 0) or None,
            "minutes": training.get("minutes"),
            "starting_weights": training.get("starting_weights"),
        },
    }


def pair_entry(pair: PublishedPair) -> dict[str, Any]:
    """What is said of the pair: a name and digests that no joint network has."""
    first = pair.networks[0]
    reference = ModelReference(
        f"{PAIR}: {' + '.join(one.network for one in pair.networks)}",
        first.version,
        "+".join(one.sha256 for one in pair.networks),
        f"{first.data} ({first.licence})",
        DataOrigin(first.origin),
        "",
    )
    networks = {one.network: _network_entry(one) for one in pair.networks}
    return {**model_entry(reference, PAIR), "networks": networks}


def _network_entry(one: PublishedNetwork) -> dict[str, Any]:
    told = ("pictures", "pictures_shown", "minutes", "starting_weights", "command", "date")
    return {
        "version": one.version,
        "sha256": one.sha256,
        "canvas_size": list(one.canvas_size),
        "training": {"data": one.data} | {key: one.training.get(key) for key in told},
    }
