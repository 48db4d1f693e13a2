"""The few DICOM texts worth carrying along, none of which identifies a person."""

from __future__ import annotations

from pydicom.dataset import Dataset

from sesamoid.imaging.image import Modality

_KEYWORDS = {
    "modality": "Modality",
    "manufacturer": "Manufacturer",
    "model": "ManufacturerModelName",
    "transducer": "TransducerData",
    "transducer_type": "TransducerType",
    "body_part": "BodyPartExamined",
    "laterality": "ImageLaterality",
    "view_position": "ViewPosition",
    "mechanical_index": "MechanicalIndex",
    "depth_of_scan_field_mm": "DepthOfScanField",
    "magnetic_field_strength_t": "MagneticFieldStrength",
    "peak_voltage_kv": "KVP",
}


def attributes(dataset: Dataset) -> dict[str, str]:
    """Non-identifying texts of the header: maker, model, transducer, body part, side, …"""
    found: dict[str, str] = {}
    for name, keyword in _KEYWORDS.items():
        text = _text(dataset, keyword)
        if name == "laterality" and not text:
            text = _text(dataset, "Laterality")
        if text:
            found[name] = text
    return found


def _text(dataset: Dataset, keyword: str) -> str:
    value = dataset.get(keyword)
    if value is None:
        return ""
    if hasattr(value, "__iter__") and not isinstance(value, str):
        parts = [str(part).strip() for part in value]
        return " ".join(part for part in parts if part and part.upper() != "UNUSED")
    return str(value).strip()


def modality(dataset: Dataset) -> Modality:
    """The modality as our type; OTHER for one that it does not name (kept in the attributes)."""
    try:
        return Modality(str(dataset.get("Modality") or "OT").strip())
    except ValueError:
        return Modality.OTHER
