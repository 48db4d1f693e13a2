"""The names of what a section shows."""

from __future__ import annotations

from functools import cache

FINGERS = (2, 3, 4, 5)
DIGITS = (1, 2, 3, 4, 5)


@cache
def structure_keys() -> tuple[str, ...]:
    """All structures in the order of their index; index 0, no structure, is the empty name."""
    bones = [
        "radius",
        "ulna",
        "scaphoid",
        "lunate",
        "triquetrum",
        "pisiform",
        "trapezium",
        "trapezoid",
        "capitate",
        "hamate",
        *(f"metacarpal_{n}" for n in DIGITS),
        *(f"proximal_phalanx_{n}" for n in DIGITS),
        *(f"middle_phalanx_{n}" for n in FINGERS),
        *(f"distal_phalanx_{n}" for n in DIGITS),
        "thumb_sesamoid_radial",
        "thumb_sesamoid_ulnar",
        "lister_tubercle",
        "ulnar_groove",
        "cartilage",
    ]
    tendons = [
        "apl",
        "epb",
        "ecrl",
        "ecrb",
        "epl",
        "extensor_digitorum",
        *(f"extensor_tendon_{n}" for n in FINGERS),
        "edm",
        "ecu",
        "fcr",
        "fcu",
        "palmaris_longus",
        "fpl",
        *(f"fds_{n}" for n in FINGERS),
        *(f"fdp_{n}" for n in FINGERS),
    ]
    others = [
        "median_nerve",
        "ulnar_nerve",
        "radial_artery",
        "ulnar_artery",
        "persistent_median_artery",
        "vein",
        "extensor_retinaculum",
        "flexor_retinaculum",
        *(f"a1_pulley_{n}" for n in DIGITS),
        *(f"volar_plate_{n}" for n in DIGITS),
        *(f"volar_plate_pip_{n}" for n in FINGERS),
        "scapholunate_ligament",
        "tfcc",
        "radiocarpal_recess",
        "midcarpal_recess",
        "carpometacarpal_recess",
        *(f"mcp_recess_{n}" for n in FINGERS),
        "thenar_muscle",
        "hypothenar_muscle",
        "interosseous_muscle",
        "pronator_quadratus",
        "fascia",
        "subcutaneous_fat",
        "skin",
        "ganglion",
    ]
    return ("", *bones, *tendons, *others)
