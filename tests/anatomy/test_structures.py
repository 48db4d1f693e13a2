"""Structures of the wrist and hand: complete, coded as DICOM allows, coloured apart."""

from __future__ import annotations

from collections import Counter

import pytest
from pydicom.sr._concepts_dict import concepts

from sesamoid.anatomy import protocol, structure, structures
from sesamoid.anatomy.codes import LOCAL_SCHEME
from sesamoid.errors import SesamoidError

OKABE_ITO = {
    "#000000", "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7",
}  # fmt: skip

NAMES = """
radius ulna scaphoid lunate triquetrum pisiform trapezium trapezoid capitate hamate
lister_tubercle ulnar_groove thumb_sesamoid_radial thumb_sesamoid_ulnar cartilage
apl epb ecrl ecrb epl extensor_digitorum edm ecu fcr fcu palmaris_longus fpl
median_nerve ulnar_nerve radial_artery ulnar_artery persistent_median_artery vein
extensor_retinaculum flexor_retinaculum scapholunate_ligament tfcc
radiocarpal_recess midcarpal_recess carpometacarpal_recess
thenar_muscle hypothenar_muscle interosseous_muscle pronator_quadratus
fascia subcutaneous_fat skin
"""
NUMBERED = {
    "metacarpal": range(1, 6), "proximal_phalanx": range(1, 6), "middle_phalanx": range(2, 6),
    "distal_phalanx": range(1, 6), "extensor_tendon": range(2, 6), "fds": range(2, 6),
    "fdp": range(2, 6), "a1_pulley": range(1, 6), "volar_plate": range(1, 6),
    "volar_plate_pip": range(2, 6), "mcp_recess": range(2, 6),
}  # fmt: skip
ALL_KEYS = [*NAMES.split(), *(f"{stem}_{k}" for stem, digits in NUMBERED.items() for k in digits)]

DICOM_SUBSET = {
    (code, meaning.lower())
    for entries in concepts["SCT"].values()
    for code, (meaning, _) in entries.items()
}

# What lies side by side on a picture of a plane, by label.
NEIGHBOURS = {
    "S1": ["APL EPB", "APL Rad", "EPB Rad"],
    "S2": ["ECRL ECRB", "ECRB Lister", "Lister EPL"],
    "S3": ["EDC EDM", "EDC Rad", "EDM Uln", "Rad Uln"],
    "S4": ["ECU UlnGroove"],
    "S5": ["Rad Lun", "Lun Cap", "Cap 3rd Met", "R-C.JS Rad", "R-C.JS Lun", "L-C.JS Lun",
           "L-C.JS Cap", "C-M.JS Cap", "C-M.JS 3rd Met", "EDC R-C.JS", "EDC Cap", "EDC Lun"],
    "S6": ["Sca Lun", "Sca SLL", "Lun SLL", "EDC SLL"],
    "S7": ["TFCC Tri", "TFCC Uln", "TFCC ECU", "Tri Uln", "ECU Tri", "ECU Uln"],
    "S8": ["MC PP", "MC MCP.JS", "PP MCP.JS", "MC Cart", "Cart MCP.JS", "ET MCP.JS", "ET MC",
           "ET PP", "ET Cart"],
    "S9": ["D&Ss PP", "D&Ss VP", "VP PP", "PP MP", "VP MP"],
    "S10": ["MN FD", "FD Lun", "Lun Rad", "Lun Cap", "FR MN"],
    "S11": ["MN FD", "MN FPL", "FPL FD", "FPL Sca", "FCR Sca", "FCR FPL", "UA UN", "UN Pis",
            "UA Pis", "UA FD", "FD Pis", "FR MN", "FR FD", "PL FR", "Sca Lun", "Sca Cap"],
    "S12": ["MN FD", "MN FPL", "FPL FD", "FPL Trm", "FD Ham", "FR MN", "UA UN", "Cap Ham"],
    "S13": ["FPL A1", "FPL Ses", "Ses MC", "VP Ses", "VP FPL"],
    "S14": ["D&Ss A1", "D&Ss MC", "VP MC", "VP D&Ss", "Cart MC", "Cart VP"],
    "S15": ["D&Ss A1", "D&Ss MC", "VP MC", "VP D&Ss", "Cart MC", "Cart VP"],
}  # fmt: skip


@pytest.mark.parametrize("key", ALL_KEYS)
def test_every_structure_of_the_virtual_hand_is_there(key: str) -> None:
    assert structure(key).key == key


def test_snomed_codes_are_in_the_dicom_subset_with_its_meaning() -> None:
    coded = [s.code for s in structures().values()]
    coded += [s.broader for s in structures().values() if s.broader]
    snomed = {(code.value, code.meaning.lower()) for code in coded if code.scheme == "SCT"}
    assert snomed <= DICOM_SUBSET


def test_codes_fit_dicom() -> None:
    for s in structures().values():
        assert len(s.code.value) <= 16, s.key  # SH, PS3.5 table 6.2-1
        assert len(s.code.meaning) <= 64, s.key  # LO


def test_no_two_structures_share_a_code() -> None:
    counts = Counter((s.code.scheme, s.code.value) for s in structures().values())
    assert [code for code, count in counts.items() if count > 1] == []


def test_local_codes_say_so_and_name_something_broader() -> None:
    for s in structures().values():
        if s.code.scheme == LOCAL_SCHEME:
            assert s.source.startswith("local"), s.key
            assert s.broader is not None, s.key
            assert s.broader.scheme == "SCT", s.key


def test_the_radius_is_the_bone() -> None:
    assert structure("radius").code.value == "62413002"  # 131190003 is the geometric radius


def test_colours_are_of_the_colour_blind_safe_palette() -> None:
    assert {s.colour for s in structures().values()} <= OKABE_ITO - {"#000000"}


def test_the_nerve_keeps_its_colour() -> None:
    assert structure("median_nerve").colour == structure("nerve").colour == "#E69F00"


@pytest.mark.parametrize("plane_id", NEIGHBOURS)
def test_neighbours_in_a_plane_differ_in_colour(plane_id: str) -> None:
    labels = protocol("wrist-hand-15").plane(plane_id).labels
    for pair in NEIGHBOURS[plane_id]:
        first, second = next((a, b) for a in labels for b in labels if f"{a} {b}" == pair)
        assert labels[first].colour != labels[second].colour, pair


@pytest.mark.parametrize("plane_id", ["S8", "S9"])
def test_neighbours_differ_on_every_finger(plane_id: str) -> None:
    plane = protocol("wrist-hand-15").plane(plane_id)
    for other in plane.on_other_digits:
        for pair in NEIGHBOURS[plane_id]:
            first, second = pair.split()
            assert other.labels[first].colour != other.labels[second].colour, (other.digit, pair)


def test_two_fingers_in_one_plane_differ_in_bone_colour() -> None:
    for plane_id in ("S14", "S15"):
        group = protocol("wrist-hand-15").plane(plane_id).labels["MC"]
        assert len({structure(key).colour for key in group.structures}) == 2


def test_an_unknown_structure_names_the_known_ones() -> None:
    with pytest.raises(SesamoidError, match="median_nerve"):
        structure("funny_bone")
