"""Sesamoid: open-source AI for musculoskeletal imaging. Not a medical device."""

__version__ = "0.1.0"

NOT_A_MEDICAL_DEVICE = (
    "Sesamoid is research and teaching software. It is not a medical device and must not be "
    "used alone to diagnose, to treat or to guide a needle."
)
