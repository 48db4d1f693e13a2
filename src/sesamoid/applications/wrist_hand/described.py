"""What a data set of wrist and hand says of itself, held against what the network knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sesamoid.errors import DataError
from sesamoid.findings import DataOrigin
from sesamoid.imaging.raw_dataset import Description


def described(folder: Path, classes: Sequence[str]) -> Description:
    """``dataset.json`` of a folder; where there is none, label values are those of the network.

    Parameters
    ----------
    folder : Path
    classes : sequence of str
        Label classes that the network knows, from 0 (background).

    Raises
    ------
    DataError
        It cannot be understood, or names a class or an origin that is not known.
    """
    path = folder / "dataset.json"
    if not path.is_file():
        return Description(folder.name, "not stated", tuple(classes), ".png", "")
    told = Description.read(path)
    unknown = [name for name in told.classes[1:] if name not in classes]
    if unknown:
        raise DataError(
            f"the class {unknown[0]!r} is not one of this application",
            path=path,
            fix=f"name classes as they are here: {', '.join(classes[1:])}.",
        )
    if told.origin and told.origin not in list(DataOrigin):
        raise DataError(
            f"the origin {told.origin!r} is not known",
            path=path,
            fix=f"use one of {', '.join(DataOrigin)}, or leave it out: real.",
        )
    # Value 0 is the background, whatever a site calls it.
    return replace(told, classes=(classes[0], *told.classes[1:]))
