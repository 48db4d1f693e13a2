"""Weights that a training starts from, whatever file they lie in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor

from sesamoid.errors import ModelError
from sesamoid.imaging.digest import sha256_of
from sesamoid.learning.compact_weights import load_compact
from sesamoid.learning.network import NetworkSettings

HEADS = "decoder.heads."
"""Names of the arrays that say which class a feature means."""


@dataclass(frozen=True)
class Start:
    """Weights to start from.

    Parameters
    ----------
    path : Path
        The compact weights of a bundle (``.npz``), or a state that ``torch.save`` wrote.
    heads : bool
        Take the segmentation heads too; not where the classes are others.
    """

    path: Path
    heads: bool = True

    @property
    def fingerprint(self) -> str:
        """Of the file's content and of what is taken from it."""
        return f"{sha256_of(self.path)} {'with' if self.heads else 'without'} heads"

    def weights(self) -> dict[str, Tensor]:
        """By name.

        Raises
        ------
        ModelError
            A compact file is missing or damaged.
        """
        if self.path.suffix == ".npz":
            found = load_compact(self.path)
        else:
            found = torch.load(self.path, map_location="cpu", weights_only=True)
        return {k: v for k, v in found.items() if self.heads or not k.startswith(HEADS)}

    def require_fit(self, network: NetworkSettings, classes: int) -> None:
        """Refuse weights that would leave part of a network as it was made.

        Raises
        ------
        ModelError
            An array of encoder or decoder is not there, or has another shape.
        """
        own = replace(network, imagenet=False).build(classes).state_dict()
        wanted = {k: v for k, v in own.items() if self.heads or not k.startswith(HEADS)}
        given = self.weights()
        missing = [k for k, v in wanted.items() if k not in given or given[k].shape != v.shape]
        if missing:
            raise ModelError(
                f"{len(missing)} of the network's {len(wanted)} arrays are not among these "
                f"weights, the first is {missing[0]}",
                path=self.path,
                fix="start from a network with the same encoder and decoder.",
            )
