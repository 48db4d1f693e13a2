"""The Basic Application Level Confidentiality Profile of PS3.15 Annex E, on a data set.

The tables of the profile and the walk over them come from dicom-anonymizer. It works on the top
level of a data set only, draws random UIDs and writes the date 00010101 (which validators refuse)
where the profile says to empty; so here every sequence item is visited, UIDs are drawn from a
salt, and empty means empty.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from typing import Any

from dicomanonymizer.dicomfields_selector import dicom_anonymization_database_selector
from dicomanonymizer.simpledicomanonymizer import anonymize_dataset, replace_element
from pydicom.datadict import dictionary_has_tag
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence
from pydicom.tag import BaseTag

EDITION = "dicomfields_2026c"
"""Edition of PS3.15 table E.1-1 in dicom-anonymizer."""

PROFILE = "PS3.15 2026c Annex E Basic Application Level Confidentiality Profile"

_STANDARD_ROOT = "1.2.840.10008."
"""UIDs under it name classes and syntaxes, not instances (PS3.6 Annex A)."""

DUMMY_TIMES = {"DA": "19000101", "TM": "000000", "DT": "19000101000000"}
"""Dates and times where the profile asks for a value that is not empty."""

Action = Callable[[Dataset, Any], None]


class Pseudonyms:
    """Replacement UIDs and person identifiers, the same each time for the same salt.

    Parameters
    ----------
    salt : bytes
        Secret; who has it and an original identifier can find the replacement.
    """

    def __init__(self, salt: bytes):
        self._salt = salt

    def uid(self, original: str) -> str:
        """A UID under 2.25 (PS3.5 B.2) in place of `original`; standard ones stay."""
        if not original or original.startswith(_STANDARD_ROOT):
            return original
        number = int.from_bytes(self._digest("uid", original)[:16], "big")
        # The bits of a version 8 UUID (RFC 9562), which is what 2.25 stands for.
        number = (number & ~(0xF << 76) & ~(0x3 << 62)) | (0x8 << 76) | (0x2 << 62)
        return f"2.25.{number}"

    def person(self, original: str) -> str:
        """A short code for a patient identifier; empty for an empty one."""
        if not original.strip():
            return ""
        return f"S-{self._digest('person', original.strip()).hex()[:12].upper()}"

    def _digest(self, kind: str, text: str) -> bytes:
        return hmac.new(self._salt, f"{kind}:{text}".encode(), hashlib.sha256).digest()


def apply_basic_profile(dataset: Dataset, pseudonyms: Pseudonyms) -> None:
    """De-identify the attributes of `dataset` and of all its sequence items, in place.

    Private attributes and those that no edition of PS3.6 knows are removed.
    """
    rules = _rules(pseudonyms)
    _apply(dataset, rules)


def _apply(dataset: Dataset, rules: dict[Any, Action]) -> None:
    dataset.remove_private_tags()
    for tag in [element.tag for element in dataset if not _is_known(element.tag)]:
        del dataset[tag]
    anonymize_dataset(dataset, base_rules_gen=lambda: dict(rules))
    for element in dataset:
        if element.VR == "SQ":
            for item in element.value:
                _apply(item, rules)


def _is_known(tag: BaseTag) -> bool:
    """True for an attribute of PS3.6, or of the repeating groups of curves and overlays."""
    return bool(dictionary_has_tag(tag)) or 0x5000 <= tag.group <= 0x60FF


def _rules(pseudonyms: Pseudonyms) -> dict[Any, Action]:
    tables = dicom_anonymization_database_selector(EDITION)

    def new_uids(dataset: Dataset, tag: Any) -> None:
        element = dataset.get(tag)
        if element is not None:
            _replace_uids(element, pseudonyms)

    def dummy(dataset: Dataset, tag: Any) -> None:
        element = dataset.get(tag)
        if element is None:
            return
        if element.VR == "UI":
            _replace_uids(element, pseudonyms)
        elif element.VR == "SQ":
            _dummy_items(element, pseudonyms)
        elif element.VR in DUMMY_TIMES:
            element.value = DUMMY_TIMES[element.VR]
        else:
            replace_element(element)

    actions: dict[str, Action] = {
        "D_TAGS": dummy,
        "Z_TAGS": _empty,
        "X_TAGS": _remove,
        "U_TAGS": new_uids,
        "Z_D_TAGS": dummy,
        "X_Z_TAGS": _empty,
        "X_D_TAGS": dummy,
        "X_Z_D_TAGS": dummy,
        # Kept for their references, whose UIDs are replaced when the items are visited.
        "X_Z_U_STAR_TAGS": lambda dataset, tag: None,
    }
    return {tag: action for name, action in actions.items() for tag in tables[name]}


def _replace_uids(element: DataElement, pseudonyms: Pseudonyms) -> None:
    if element.is_empty:
        return
    if isinstance(element.value, MultiValue | list):
        element.value = [pseudonyms.uid(str(uid)) for uid in element.value]
    else:
        element.value = pseudonyms.uid(str(element.value))


def _dummy_items(element: DataElement, pseudonyms: Pseudonyms) -> None:
    """Every value in the items of a sequence replaced by a dummy; what has none is removed."""
    for item in element.value:
        for inner in list(item):
            if inner.VR == "SQ":
                _dummy_items(inner, pseudonyms)
            elif inner.VR == "UI":
                _replace_uids(inner, pseudonyms)
            elif inner.VR in DUMMY_TIMES:
                inner.value = DUMMY_TIMES[inner.VR]
            else:
                try:
                    replace_element(inner)
                except NotImplementedError:
                    del item[inner.tag]


def _empty(dataset: Dataset, tag: Any) -> None:
    element = dataset.get(tag)
    if element is not None:
        element.value = Sequence() if element.VR == "SQ" else None


def _remove(dataset: Dataset, tag: Any) -> None:
    if dataset.get(tag) is not None:
        del dataset[tag]
