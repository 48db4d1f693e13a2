"""Weights to train on from, in a quarter of the space: 8 bits per weight, a scale per channel."""

from __future__ import annotations

from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import torch
from torch import Tensor

from sesamoid.errors import ModelError
from sesamoid.imaging import atomic_path

WEIGHTS = "weights.npz"
"""Its name in a bundle's folder."""
_SMALLEST = 512
"""Arrays of fewer numbers, and all biases and statistics, are stored as they are."""
_SCALE = "|scale"


def save_compact(path: Path, weights: dict[str, Tensor]) -> None:
    """Store a network's state; a weight is off by at most 1/254 of its channel's largest."""
    arrays: dict[str, np.ndarray] = {}
    for name, value in weights.items():
        array = value.detach().cpu().numpy()
        if array.ndim < 2 or array.size < _SMALLEST or not np.issubdtype(array.dtype, np.floating):
            arrays[name] = array
            continue
        largest = np.abs(array.reshape(len(array), -1)).max(axis=1)
        scale = (np.maximum(largest, 1e-12) / 127).astype(np.float32)
        arrays[name + _SCALE] = scale
        arrays[name] = np.rint(array / scale.reshape(-1, *[1] * (array.ndim - 1))).astype(np.int8)
    with atomic_path(path) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, **arrays)  # type: ignore[arg-type]


def load_compact(path: Path) -> dict[str, Tensor]:
    """Read back what `save_compact` stored.

    Raises
    ------
    ModelError
        It is missing or no such file.
    """
    try:
        with np.load(path, allow_pickle=False) as content:
            arrays = {name: content[name] for name in content.files}
    except (OSError, ValueError, BadZipFile) as error:
        raise ModelError(
            f"the weights to start from cannot be read ({error})",
            path=path,
            fix=f"give a bundle's folder, or its {WEIGHTS}.",
        ) from None
    out = {}
    for name, array in arrays.items():
        if name.endswith(_SCALE):
            continue
        scale = arrays.get(name + _SCALE)
        if scale is not None:
            array = array.astype(np.float32) * scale.reshape(-1, *[1] * (array.ndim - 1))
        out[name] = torch.from_numpy(np.asarray(array))
    return out
