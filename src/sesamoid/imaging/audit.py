"""What a de-identification did: which attributes and which pixels, never their values."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from pydicom.datadict import keyword_for_tag
from pydicom.dataset import Dataset

from sesamoid.imaging.geometry import Crop


@dataclass(frozen=True)
class AuditedElement:
    """One attribute that was changed.

    Parameters
    ----------
    tag : str
        ``"(gggg,eeee)"``.
    keyword : str
        Its keyword, or ``"private"``.
    where : str
        The sequence items that it lies in, e.g. ``"SourceImageSequence[0]"``; empty at the top.
    """

    tag: str
    keyword: str
    where: str = ""


@dataclass(frozen=True)
class Audit:
    """The record of one de-identified file; holds no value of the original.

    Parameters
    ----------
    destination : str
        Name of the file written.
    source_sha256 : str
        Digest of the original file.
    profile : str
        What was applied, with its edition.
    removed, replaced, emptied, added : tuple of AuditedElement
    redacted : tuple of Crop
        Rectangles set to black, in every frame.
    kept : tuple of Crop
        Rectangles left as they were.
    area_source : str
        Where `kept` comes from: ``"ultrasound regions"`` of the file, ``"found"`` in the picture
        (look at the result: text close to the scan may be left), ``"stated"`` by the caller, or
        ``"not redacted"`` where the caller or the file says that no text is burned in.
    """

    destination: str
    source_sha256: str
    profile: str
    removed: tuple[AuditedElement, ...]
    replaced: tuple[AuditedElement, ...]
    emptied: tuple[AuditedElement, ...]
    added: tuple[AuditedElement, ...]
    redacted: tuple[Crop, ...]
    kept: tuple[Crop, ...]
    area_source: str

    def to_json(self) -> str:
        """This audit as indented JSON."""
        return json.dumps(asdict(self), indent=2)


Snapshot = dict[tuple[str, str], tuple[str, object]]
"""(where, tag) to (keyword, value) of every element of a data set, sequences opened."""

_PIXEL_GROUP = 0x7FE0


def snapshot(dataset: Dataset) -> Snapshot:
    """Every element but the pixels, to compare with later."""
    return {(where, tag): (keyword, value) for where, tag, keyword, value in _elements(dataset, "")}


def changes(before: Snapshot, after: Snapshot) -> dict[str, tuple[AuditedElement, ...]]:
    """What differs: ``removed``, ``replaced``, ``emptied`` and ``added`` elements."""
    found: dict[str, list[AuditedElement]] = {
        "removed": [],
        "replaced": [],
        "emptied": [],
        "added": [],
    }
    for key in sorted(before.keys() | after.keys()):
        where, tag = key
        keyword = (before.get(key) or after[key])[0]
        element = AuditedElement(tag, keyword, where)
        if key not in after:
            found["removed"].append(element)
        elif key not in before:
            found["added"].append(element)
        elif before[key][1] != after[key][1]:
            emptied = after[key][1] in ("", "[]", "None")
            found["emptied" if emptied else "replaced"].append(element)
    return {name: tuple(elements) for name, elements in found.items()}


def _elements(dataset: Dataset, where: str) -> Iterator[tuple[str, str, str, object]]:
    for element in dataset:
        if element.tag.group == _PIXEL_GROUP:
            continue
        tag = f"({element.tag.group:04X},{element.tag.element:04X})"
        keyword = keyword_for_tag(element.tag) or ("private" if element.tag.is_private else "")
        if element.VR == "SQ":
            yield where, tag, keyword, f"{len(element.value)} items"
            for index, item in enumerate(element.value):
                inner = f"{where}{'.' if where else ''}{keyword or tag}[{index}]"
                yield from _elements(item, inner)
        else:
            yield where, tag, keyword, "" if element.is_empty else repr(element.value)
