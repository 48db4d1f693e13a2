"""Codes, identifiers and texts that the DICOM objects share."""

from __future__ import annotations

import uuid
from typing import Any

from highdicom import UID
from highdicom.coding_schemes import CodingSchemeIdentificationItem
from highdicom.sr import CodedConcept

from sesamoid import __version__
from sesamoid.anatomy import Code
from sesamoid.anatomy.codes import LOCAL_SCHEME
from sesamoid.findings import GradeLetter, Region, Result, Standing
from sesamoid.imaging import Modality

MANUFACTURER = "Sesamoid (not a medical device)"
DISCLAIMER = "Research and teaching software; not a medical device"
"""Fits an LO (64 characters)."""

ANATOMICAL_STRUCTURE = CodedConcept("91723000", "SCT", "Anatomical Structure")
"""Segmented property category, CID 7150."""

ARTIFICIAL_INTELLIGENCE = CodedConcept("123110", "DCM", "Artificial Intelligence")
"""Algorithm family, CID 7162."""

COMMENT = CodedConcept("121106", "DCM", "Comment")

IMAGE_QUALITY = CodedConcept("111101", "DCM", "Image Quality")
QUALITY_ASSESSMENT = CodedConcept("111050", "DCM", "Quality Assessment")
QUALITY_STANDARD = CodedConcept("111051", "DCM", "Quality Control Standard")
INSTITUTIONAL_STANDARD = CodedConcept(
    "111240", "DCM", "Institutionally defined quality control standard"
)
LOCAL_GRADE = CodedConcept("IMAGE_GRADE", LOCAL_SCHEME, "Image grade A, B or C")
REVIEW = CodedConcept("REVIEW", LOCAL_SCHEME, "Human review")
REVIEWED = {
    Standing.PENDING: CodedConcept("REVIEW_NONE", LOCAL_SCHEME, "Not reviewed by a human"),
    Standing.ACCEPTED: CodedConcept("REVIEW_ACCEPTED", LOCAL_SCHEME, "Accepted by a human"),
    Standing.MODIFIED: CodedConcept("REVIEW_MODIFIED", LOCAL_SCHEME, "Modified by a human"),
    Standing.REJECTED: CodedConcept("REVIEW_REJECTED", LOCAL_SCHEME, "Rejected by a human"),
}
"""How a finding stands; DICOM has no code for a reader's acceptance of a measurement."""

QUALITY = {
    GradeLetter.A: CodedConcept("RID12", "RADLEX", "Diagnostic quality"),
    GradeLetter.B: CodedConcept("RID13", "RADLEX", "Limited quality"),
    GradeLetter.C: CodedConcept("RID14", "RADLEX", "Non-diagnostic quality"),
}
"""CID 7036, by grade (facts 14.3)."""

ASSESSMENT = {
    GradeLetter.A: CodedConcept("111237", "DCM", "Usable - Meets the quality control standard"),
    GradeLetter.B: CodedConcept(
        "111236", "DCM", "Usable - Does not meet the quality control standard"
    ),
    GradeLetter.C: CodedConcept("111235", "DCM", "Unusable - Quality renders image unusable"),
}
"""CID 6044, by grade (facts 14.3)."""

PROCEDURES = {
    Modality.CT: CodedConcept("25045-6", "LN", "CT unspecified body region"),
    Modality.MR: CodedConcept("25056-3", "LN", "MRI unspecified body region"),
    Modality.COMPUTED_RADIOGRAPHY: CodedConcept("43468-8", "LN", "XR unspecified body region"),
    Modality.DIGITAL_RADIOGRAPHY: CodedConcept("43468-8", "LN", "XR unspecified body region"),
}
IMAGING_PROCEDURE = CodedConcept("363679005", "SCT", "Imaging procedure")
"""Procedure reported, CID 100; the general one for ultrasound, which CID 100 has no code for."""

_UNIT_MEANINGS = {
    "mm": "millimeter",
    "mm2": "square millimeter",
    "mm3": "cubic millimeter",
    "cm": "centimeter",
    "cm2": "square centimeter",
    "cm3": "cubic centimeter",
    "deg": "degree",
    "1": "no units",
    "%": "percent",
    "{pixels}": "pixels",
    "/{pixels}": "per pixel",
    "/mm": "per millimeter",
    "{grey}": "grey level",
    "dB": "decibel",
    "s": "second",
    "ms": "millisecond",
    "[hnsf'U]": "Hounsfield unit",
}

_NAMESPACE = uuid.UUID("6b1c2f52-4b0e-4c57-9f3d-2f8f1a3d7c11")


def concept(code: Code) -> CodedConcept:
    """A code as highdicom takes it."""
    return CodedConcept(code.value, code.scheme, code.meaning)


def unit_concept(unit: str) -> CodedConcept:
    """A UCUM unit as a code (CID 7181 and the like)."""
    return CodedConcept(unit, "UCUM", short(_UNIT_MEANINGS.get(unit, unit)))


def local_scheme() -> CodingSchemeIdentificationItem:
    """What the local coding scheme is, as PS3.3 C.12.1 asks of a private one."""
    return CodingSchemeIdentificationItem(
        designator=LOCAL_SCHEME,
        name="Sesamoid local codes",
        version=__version__,
        responsible_organization="Sesamoid open-source project",
    )


def short(text: str, length: int = 64) -> str:
    """`text` cut to `length`, as DICOM's LO and SH ask, in one line and without backslashes.

    Counted in bytes of UTF-8, since not every reader counts characters.
    """
    clean = " ".join(text.replace("\\", "/").split())
    if len(clean.encode()) <= length:
        return clean
    return clean.encode()[: length - 3].decode(errors="ignore").rstrip() + "..."


def stable_uid(*parts: str) -> UID:
    """The same UID for the same parts: 2.25 and a name-based UUID (PS3.5 B.2)."""
    return UID(f"2.25.{uuid.uuid5(_NAMESPACE, '|'.join(parts)).int}")


def tracking(result: Result, source_uid: str, region: Region) -> tuple[str, UID]:
    """Tracking identifier and UID of a region: the same in SR and SEG, and when run again."""
    name = short(f"{result.application} {region.identifier}")
    uid = stable_uid(source_uid, result.application, result.model.sha256, region.identifier)
    return name, uid


def equipment(result: Result) -> dict[str, Any]:
    """Keyword arguments of highdicom constructors that say who made an object, and for what."""
    return {
        "manufacturer": MANUFACTURER,
        "manufacturer_model_name": short(f"Sesamoid {result.application}"),
        "software_versions": __version__,
        "device_serial_number": result.model.sha256[:16] or "none",
        "content_qualification": "RESEARCH",
        "coding_schemes": [local_scheme()],
    }
