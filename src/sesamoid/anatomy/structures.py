"""Anatomical structures with their codes and colours, from ``structures.yaml``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml

from sesamoid.anatomy.codes import Code
from sesamoid.errors import SesamoidError


@dataclass(frozen=True)
class Structure:
    """Something that can be outlined.

    Parameters
    ----------
    key : str
        Name in code and files, e.g. ``"median_nerve"``.
    name : str
        Name for people.
    abbreviation : str
        For labels on an image.
    code : Code
        SNOMED CT inside the DICOM subset where it has one, else local.
    category : str
        ``"nerve"``, ``"vessel"``, ``"bone"``, ``"tendon"``, …
    colour : str
        ``#rrggbb`` of the Okabe-Ito palette: the same structure, the same colour, everywhere.
    source : str
        Where the code comes from.
    broader : Code, optional
        Of a local code: the nearest concept above it in the DICOM subset of SNOMED CT, for a
        receiver that does not know the local scheme.
    """

    key: str
    name: str
    abbreviation: str
    code: Code
    category: str
    colour: str
    source: str
    broader: Code | None = None

    @property
    def rgb(self) -> tuple[int, int, int]:
        """Colour as three values in 0..255."""
        value = self.colour.lstrip("#")
        return int(value[:2], 16), int(value[2:4], 16), int(value[4:], 16)


@cache
def structures() -> dict[str, Structure]:
    """All structures by key."""
    text = resources.files("sesamoid.anatomy").joinpath("structures.yaml").read_text("utf-8")
    out = {}
    for key, entry in yaml.safe_load(text)["structures"].items():
        out[key] = Structure(
            key=key,
            name=entry["name"],
            abbreviation=entry["abbreviation"],
            code=Code(*map(str, entry["code"])),
            category=entry["category"],
            colour=entry["colour"],
            source=entry["source"],
            broader=Code(*map(str, entry["broader"])) if "broader" in entry else None,
        )
    return out


def structure(key: str) -> Structure:
    """One structure; SesamoidError where there is none of that key."""
    try:
        return structures()[key]
    except KeyError:
        raise SesamoidError(
            f"no structure {key!r}", fix=f"use one of {', '.join(sorted(structures()))}."
        ) from None
