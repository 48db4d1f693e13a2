"""Texture and statistics: numbers that describe the grey levels of a region or of every tile.

Each function gives a dict of plain floats for one region; `dense_features` gives maps for tiles.
"""

from sesamoid.features.cooccurrence import cooccurrence
from sesamoid.features.dense import dense_features
from sesamoid.features.first_order import first_order
from sesamoid.features.gabor import gabor
from sesamoid.features.local_binary import local_binary
from sesamoid.features.run_length import run_length
from sesamoid.features.wavelet import wavelet_energy

__all__ = [
    "cooccurrence",
    "dense_features",
    "first_order",
    "gabor",
    "local_binary",
    "run_length",
    "wavelet_energy",
]
