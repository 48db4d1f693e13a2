"""Protocols: named, versioned sets of standard planes, from data files.

A site writes a file of its own, or one that ``extends`` a protocol that ships and names only what
differs; see the page on protocols in the documentation.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from sesamoid.anatomy.protocol_file import read_protocol, shipped_files
from sesamoid.anatomy.protocol_model import Protocol
from sesamoid.errors import SesamoidError


@cache
def protocols() -> dict[str, Protocol]:
    """The protocols that ship, by id."""
    return {key: read_protocol(path) for key, path in shipped_files().items()}


def protocol(which: str | Path) -> Protocol:
    """A protocol by its id, or from a file of your own.

    Parameters
    ----------
    which : str or Path
        ``"wrist-hand-15"``, or the path of a YAML file.

    Raises
    ------
    SesamoidError
        There is no such protocol; or the file is not one: the message names the place in it.

    Examples
    --------
    >>> protocol("wrist-hand-15").plane("S11").name
    'Transverse section of the proximal carpal tunnel'
    """
    if isinstance(which, Path) or which.endswith((".yaml", ".yml")):
        return read_protocol(Path(which))
    if which in protocols():
        return protocols()[which]
    raise SesamoidError(
        f"no protocol {which!r}",
        fix=f"use one of {', '.join(protocols())}, or the path of a YAML file.",
    )
