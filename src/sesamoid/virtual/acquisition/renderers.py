"""What draws the pictures of a data set: the virtual scanner, or a field simulator."""

from __future__ import annotations

from sesamoid import __version__
from sesamoid.errors import SesamoidError
from sesamoid.virtual.ultrasound import Preset, Scanner, ScanSettings
from sesamoid.virtual.ultrasound.field import FieldScanner, pymust_version

SCANNER, PYMUST = "scanner", "pymust"
RENDERERS = (SCANNER, PYMUST)


def renderer_title(renderer: str) -> str:
    """Name and version, as a data set says them.

    Raises
    ------
    SesamoidError
        There is no such renderer, or it is not installed.
    """
    if renderer not in RENDERERS:
        raise SesamoidError(
            f"there is no renderer {renderer!r}", fix=f"use {' or '.join(RENDERERS)}."
        )
    if renderer == PYMUST:
        return f"PyMUST {pymust_version()}, virtual"
    return f"Sesamoid {__version__} virtual scanner"


def scanner_of(
    renderer: str, machine: Preset, settings: ScanSettings, *, picture_shape: tuple[int, int]
) -> Scanner:
    """A machine with its settings, drawn by one of `RENDERERS`."""
    kind = FieldScanner if renderer == PYMUST else Scanner
    return kind(machine, settings, picture_shape=picture_shape)
