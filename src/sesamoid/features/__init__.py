"""Texture and statistics: numbers that describe the grey levels of a region or of every tile.

Each family gives a dict of plain floats for one region, and `texture_features` all families at
once; `dense_features` gives maps for tiles.
"""

from sesamoid.features.cooccurrence import cooccurrence
from sesamoid.features.dense import dense_features
from sesamoid.features.first_order import first_order, intensity_histogram
from sesamoid.features.gabor import gabor
from sesamoid.features.local_binary import local_binary
from sesamoid.features.radiomics import radiomics
from sesamoid.features.run_length import run_length
from sesamoid.features.texture import FAMILIES, SIZE_DEPENDENT, texture_features
from sesamoid.features.wavelet import wavelet_energy

__all__ = [
    "FAMILIES",
    "SIZE_DEPENDENT",
    "cooccurrence",
    "dense_features",
    "first_order",
    "gabor",
    "intensity_histogram",
    "local_binary",
    "radiomics",
    "run_length",
    "texture_features",
    "wavelet_energy",
]
