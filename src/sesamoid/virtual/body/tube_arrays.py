"""Tubes as the section kernels read them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sesamoid.virtual.body.tubes import Float32, Tube

# Columns of a tube's head.
HEAD_COLUMNS = 24


class PackedTubes(NamedTuple):
    """All tubes as the kernels read them.

    Parameters
    ----------
    heads : ndarray of float32, shape (n, HEAD_COLUMNS)
        Origin, axes, first axis coordinate, 1 / step, power, clip, offsets of the texture (2),
        pulse, half sizes of the fascicles' packing (2).
    stations : ndarray of float32, shape (total, STATION_COLUMNS)
    row : ndarray of int32, shape (n, 8)
        First station, number of stations, tissue, structure, kind, rank, first fascicle, fascicles.
    boxes : ndarray of float32, shape (n, 6)
    fascicles : ndarray of float32, shape (m, 3)
    """

    heads: Float32
    stations: Float32
    row: NDArray[np.int32]
    boxes: Float32
    fascicles: Float32


def pack_tubes(
    tubes: Sequence[Tube], tissue_index: dict[str, int], structure_index: dict[str, int]
) -> PackedTubes:
    """Put tubes into arrays, in the given order."""
    heads = np.zeros((len(tubes), HEAD_COLUMNS), dtype=np.float32)
    index = np.zeros((len(tubes), 8), dtype=np.int32)
    boxes = np.zeros((len(tubes), 6), dtype=np.float32)
    stations, fascicles, first, first_fascicle = [], [np.zeros((0, 3))], 0, 0
    bundles: dict[str, int] = {}
    for i, tube in enumerate(tubes):
        start, step, rows = tube.stations
        name = tube.bundle or f"{tube.key}-{i}"
        number = bundles.setdefault(name, len(bundles))
        heads[i, 0:3] = tube.frame.origin
        heads[i, 3:12] = tube.frame.axes.ravel()
        heads[i, 12], heads[i, 13] = start, 1.0 / step
        heads[i, 14], heads[i, 15] = tube.power, tube.clip
        # Fixed offsets, so that neighbouring tendons do not share one texture.
        heads[i, 16] = 37.0 * (number % 23)
        heads[i, 17] = 53.0 * (number % 17)
        heads[i, 18] = tube.pulse
        heads[i, 19:21] = tube.fascicle_half
        index[i] = (
            first,
            len(rows),
            tissue_index[tube.tissue],
            structure_index.get(tube.key, 0),
            tube.kind,
            tube.rank,
            first_fascicle,
            len(tube.fascicles),
        )
        outline = tube.outline()
        boxes[i] = np.r_[outline.min(axis=0) - 0.3, outline.max(axis=0) + 0.3]
        stations.append(rows)
        first += len(rows)
        fascicles.append(tube.fascicles)
        first_fascicle += len(tube.fascicles)
    return PackedTubes(
        heads,
        np.concatenate(stations),
        index,
        boxes,
        np.concatenate(fascicles).astype(np.float32),
    )
