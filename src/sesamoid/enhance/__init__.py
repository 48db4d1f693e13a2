"""Making images easier to read: speckle reduction and local contrast.

Nothing here rescales grey levels silently, and nothing is measured on what comes out unless said.
"""

from sesamoid.enhance.comparison import (
    MethodFigures,
    compare_methods,
    edge_preservation_index,
    equivalent_looks,
    speckle_suppression_index,
)
from sesamoid.enhance.contrast import clahe
from sesamoid.enhance.despeckle import METHODS, Method, despeckle

__all__ = [
    "METHODS",
    "Method",
    "MethodFigures",
    "clahe",
    "compare_methods",
    "despeckle",
    "edge_preservation_index",
    "equivalent_looks",
    "speckle_suppression_index",
]
