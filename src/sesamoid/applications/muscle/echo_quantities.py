"""What is measured of a muscle's echo, with codes (clinical facts 3)."""

from __future__ import annotations

from sesamoid.anatomy import Code
from sesamoid.anatomy.codes import LOCAL_SCHEME
from sesamoid.findings import Quantity

WHOLE = Quantity(
    "echo_intensity",
    "Echo intensity",
    Code("ECHO_INTENSITY", LOCAL_SCHEME, "Mean grey level of muscle"),
    "Mean grey level (0 to 255) between the aponeuroses; holds for one machine and preset.",
)
SUPERFICIAL = Quantity(
    "echo_intensity_superficial",
    "Echo intensity, superficial third",
    Code("ECHO_SUPERFICIAL", LOCAL_SCHEME, "Mean grey level of muscle, upper third"),
    "Mean grey level (0 to 255) of the upper third of the muscle; holds for one machine and "
    "preset.",
)
BACKSCATTER = {
    "whole": Quantity(
        "backscatter",
        "Backscatter",
        Code("BACKSCATTER", LOCAL_SCHEME, "Calibrated backscatter of muscle"),
        "Mean between the aponeuroses, in dB against the reference of the phantom's calibration.",
    ),
    "superficial": Quantity(
        "backscatter_superficial",
        "Backscatter, superficial third",
        Code("BACKSCATTER_SUP", LOCAL_SCHEME, "Calibrated backscatter of muscle, upper third"),
        "Mean of the upper third of the muscle, in dB against the reference of the phantom's "
        "calibration.",
    ),
}
Z_SCORE = {
    "whole": Quantity(
        "echo_z_score",
        "Echo intensity, z-score",
        Code("ECHO_Z", LOCAL_SCHEME, "z-score of mean grey level of muscle"),
        "(Echo intensity - mean) / SD of the reference values given by the user.",
    ),
    "superficial": Quantity(
        "echo_z_score_superficial",
        "Echo intensity of the superficial third, z-score",
        Code("ECHO_Z_SUP", LOCAL_SCHEME, "z-score of mean grey level of muscle, upper third"),
        "(Echo intensity of the upper third - mean) / SD of the reference values given by the "
        "user.",
    ),
}
HECKMATT = Quantity(
    "heckmatt_style_grade",
    "Heckmatt-style grade (proposal)",
    Code("HECKMATT_STYLE", LOCAL_SCHEME, "Heckmatt-style grade, proposal of Sesamoid"),
    "1 to 4 from the z-score of the muscle's echo, the echo of the bone and the loss of echo "
    "within the muscle; a rule of this project [P], not compared with readers.",
)
