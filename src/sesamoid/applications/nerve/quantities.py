"""What is measured on a nerve or vessel, with codes (clinical facts 14.2, pydicom 3.0.2)."""

from __future__ import annotations

from sesamoid.anatomy import Code
from sesamoid.anatomy.codes import LOCAL_SCHEME
from sesamoid.findings import Quantity

CROSS_SECTIONAL_AREA = Quantity(
    "cross_sectional_area",
    "Cross-sectional area",
    Code("42798000", "SCT", "Area"),
    "Pixels inside the outline times the area of a pixel (trace method).",
)
PERIMETER = Quantity(
    "perimeter",
    "Perimeter",
    Code("131191004", "SCT", "Perimeter"),
    "Length of the smoothed outline.",
)
SHORT_AXIS = Quantity(
    "short_axis",
    "Short axis",
    Code("103340004", "SCT", "Short Axis"),
    "Short axis of the ellipse with the same second moments.",
)
LONG_AXIS = Quantity(
    "long_axis",
    "Long axis",
    Code("103339001", "SCT", "Long Axis"),
    "Long axis of the ellipse with the same second moments.",
)
FLATTENING_RATIO = Quantity(
    "flattening_ratio",
    "Flattening ratio",
    Code("FLATTENING", LOCAL_SCHEME, "Flattening ratio"),
    "Long axis divided by short axis.",
)
CIRCULARITY = Quantity(
    "circularity",
    "Circularity",
    Code("CIRCULARITY", LOCAL_SCHEME, "Circularity"),
    "4 pi times the area divided by the square of the perimeter; a circle has 1.",
)
DEPTH = Quantity(
    "depth",
    "Depth of the centre",
    Code("131197000", "SCT", "Depth"),
    "From the top of the scan straight down to the centre of the outline.",
)
RELATIVE_ECHOGENICITY = Quantity(
    "relative_echogenicity",
    "Relative echogenicity",
    Code("REL_ECHO", LOCAL_SCHEME, "Relative echogenicity"),
    "Mean grey inside the outline divided by that of a ring around it; machine and preset change "
    "it.",
)
DISTANCE_TO_VESSEL = Quantity(
    "distance_to_nearest_vessel",
    "Distance to the nearest vessel",
    Code("121206", "DCM", "Distance"),
    "Shortest distance from outline to outline.",
)
WRIST_FOREARM_RATIO = Quantity(
    "wrist_forearm_ratio",
    "Wrist-to-forearm ratio",
    Code("WFR", LOCAL_SCHEME, "Wrist-forearm ratio of median nerve area"),
    "Cross-sectional area at the wrist divided by that in the forearm, 12 cm further proximal.",
)
DELTA_AREA = Quantity(
    "delta_cross_sectional_area",
    "Delta CSA",
    Code("DELTA_CSA", LOCAL_SCHEME, "Difference of cross-sectional areas"),
    "Cross-sectional area in the carpal tunnel less that at the level of pronator quadratus.",
)
