"""What is measured on the kept pictures, with codes (clinical facts 14.2, pydicom 3.0.2)."""

from __future__ import annotations

from sesamoid.anatomy import Code
from sesamoid.anatomy.codes import LOCAL_SCHEME
from sesamoid.findings import Quantity

PART_VISIBILITY = Quantity(
    "part_visibility",
    "Seen, by the network's estimate",
    Code("VISIBILITY", LOCAL_SCHEME, "Estimated visibility of the structure, 0 to 1"),
    "How much of the structure the network judges to be seen: 1 is its least area, clearly shown.",
)
"""Confidence of a region."""
QUANTITIES = {
    "area": Quantity(
        "cross_sectional_area",
        "Cross-sectional area",
        Code("42798000", "SCT", "Area"),
        "Pixels inside the outline times the area of a pixel (trace method).",
    ),
    "flattening": Quantity(
        "flattening_ratio",
        "Flattening ratio",
        Code("FLATTENING", LOCAL_SCHEME, "Flattening ratio"),
        "Long axis divided by short axis of the ellipse with the same second moments.",
    ),
    "diameter": Quantity(
        "diameter",
        "Diameter",
        Code("81827009", "SCT", "Diameter"),
        "Of the circle with the area of the outline.",
    ),
    "thickness": Quantity(
        "thickness",
        "Thickness",
        Code("THICKNESS", LOCAL_SCHEME, "Thickness of a band"),
        "Area of the middle part of the band divided by the length of its middle line.",
    ),
    "recess": Quantity(
        "recess_depth",
        "Recess depth, bone to capsule",
        Code("RECESS_DEPTH", LOCAL_SCHEME, "Depth of a joint recess, bone to capsule"),
        "Diameter of the largest circle that fits into the recess: bone to capsule at its deepest.",
    ),
    "height": Quantity(
        "height",
        "Height",
        Code("HEIGHT", LOCAL_SCHEME, "Extent along the beam"),
        "Mean extent along the beam over the middle part of its columns.",
    ),
}
"""By the words of ``measurements.yaml``."""
