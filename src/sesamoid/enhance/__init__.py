"""Making images easier to read: speckle reduction and local contrast.

Nothing here rescales grey levels silently, and nothing is measured on what comes out unless said.
"""

from sesamoid.enhance.chart import SpeckleChart, speckle_chart
from sesamoid.enhance.comparison import (
    MethodFigures,
    compare_methods,
    equivalent_looks,
    even_patch,
    median_figures,
    signal_to_noise_db,
    speckle_suppression_index,
)
from sesamoid.enhance.contrast import clahe
from sesamoid.enhance.despeckle import METHODS, Method, despeckle
from sesamoid.enhance.edge_figures import (
    edge_contrast_kept,
    edge_preservation_index,
    figure_of_merit,
)

__all__ = [
    "METHODS",
    "Method",
    "MethodFigures",
    "SpeckleChart",
    "clahe",
    "compare_methods",
    "despeckle",
    "edge_contrast_kept",
    "edge_preservation_index",
    "equivalent_looks",
    "even_patch",
    "figure_of_merit",
    "median_figures",
    "signal_to_noise_db",
    "speckle_chart",
    "speckle_suppression_index",
]
