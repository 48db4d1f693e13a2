"""What is measured on a muscle in long axis, with codes (clinical facts 3 and 14.2)."""

from __future__ import annotations

from sesamoid.anatomy import Code
from sesamoid.anatomy.codes import LOCAL_SCHEME
from sesamoid.findings import Quantity

_ANGLE = Code("1483009", "SCT", "Angle")

STEADINESS = Quantity(
    "steadiness",
    "Steadiness of thickness and angle",
    Code("STEADINESS", LOCAL_SCHEME, "Steadiness of thickness and fascicle angle, 0 to 1"),
    "From their standard errors when places of the image are drawn again; see confidence.yaml.",
)
"""Confidence of the muscle's region."""
THICKNESS = Quantity(
    "thickness",
    "Muscle thickness",
    Code("59089-3", "LN", "Thickness"),
    "Perpendicular to the aponeuroses between their facing edges, mean of three places (25, 50 and "
    "75 % of the scan's width).",
)
APONEUROSIS_DISTANCE = Quantity(
    "aponeurosis_distance",
    "Distance of the aponeuroses",
    Code("121206", "DCM", "Distance"),
    "Vertical, between the facing edges, at the centre column of the scan.",
)
PENNATION = Quantity(
    "pennation_angle",
    "Pennation angle",
    Code("PENNATION_DEEP", LOCAL_SCHEME, "Pennation angle to the deep aponeurosis"),
    "Acute angle between the fascicles' mean direction and the deep aponeurosis.",
)
SUPERFICIAL_PENNATION = Quantity(
    "superficial_pennation_angle",
    "Pennation angle, superficial",
    Code("PENNATION_SUPER", LOCAL_SCHEME, "Pennation angle to the superficial aponeurosis"),
    "Acute angle between the fascicles' mean direction and the superficial aponeurosis.",
)
FASCICLE_LENGTH = Quantity(
    "fascicle_length",
    "Fascicle length",
    Code("FASCICLE_LENGTH", LOCAL_SCHEME, "Length of muscle fascicle"),
    "Along curved traces from edge to edge, extrapolated where they leave what is seen; median.",
)
STRAIGHT_LENGTH = Quantity(
    "fascicle_length_straight",
    "Fascicle length, straight",
    Code("FASC_LENGTH_STR", LOCAL_SCHEME, "Length of muscle fascicle, straight line"),
    "Along straight lines in the fascicles' mean direction, from edge to edge; median.",
)
EXTRAPOLATED_SHARE = Quantity(
    "extrapolated_share",
    "Extrapolated share",
    Code("EXTRAPOL_SHARE", LOCAL_SCHEME, "Extrapolated share of fascicle length"),
    "Share of the fascicles' length that lies outside what is seen.",
)
CURVATURE = Quantity(
    "fascicle_curvature",
    "Fascicle curvature",
    Code("FASC_CURVATURE", LOCAL_SCHEME, "Curvature of muscle fascicle"),
    "Of the traces; positive where fascicles are steeper towards the skin.",
)
FASCICLE_ANGLE = Quantity(
    "fascicle_angle",
    "Fascicle angle",
    _ANGLE,
    "Of the fascicles' mean direction to the horizontal, positive when rising to the right.",
)
APONEUROSIS_ANGLE = Quantity(
    "aponeurosis_angle",
    "Aponeurosis angle",
    _ANGLE,
    "Of the line through the facing edge to the horizontal, positive when rising to the right.",
)
