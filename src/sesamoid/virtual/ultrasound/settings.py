"""What the operator sets on the console."""

from __future__ import annotations

from dataclasses import dataclass

from sesamoid.errors import SesamoidError
from sesamoid.virtual.section import GEL_MM

TGC_SLIDERS = 8
DEEPEST_MM = 120.0
"""Of any picture."""
_LIMITS: dict[str, tuple[float, float]] = {
    "frequency_mhz": (2.0, 30.0),
    "gain_db": (-60.0, 60.0),
    "depth_mm": (5.0, DEEPEST_MM),
    "focus_mm": (1.0, DEEPEST_MM),
    "dynamic_range_db": (20.0, 120.0),
    "speckle_reduction": (0.0, 1.0),
    "persistence": (0.0, 0.95),
    "gel_mm": (0.0, 20.0),
}


@dataclass(frozen=True)
class ScanSettings:
    """Settings of one scan; the values of a preset come from `Preset.settings`.

    Parameters
    ----------
    probe : str
        Name of a probe of ``presets.yaml``.
    frequency_mhz : float
    depth_mm : float
        Of the picture.
    focus_mm : float
        Depth where the beam is narrowest.
    dynamic_range_db : float
        From black to white.
    speckle_reduction : float
        Strength of the filter, 0 (off) to 1.
    looks : int
        Independent pictures that are compounded, 1 to 8.
    gain_db : float
    tgc_db : tuple of float
        Sliders, evenly spaced from the face to the deepest sample, in dB on top of the machine's
        own compensation; two or more.
    persistence : float
        Share of the picture before in the new one.
    gel_mm : float
        Thickest layer between face and skin that still carries sound; a wider gap is air.
    """

    probe: str
    frequency_mhz: float
    depth_mm: float
    focus_mm: float
    dynamic_range_db: float
    speckle_reduction: float = 0.5
    looks: int = 3
    gain_db: float = 0.0
    tgc_db: tuple[float, ...] = (0.0,) * TGC_SLIDERS
    persistence: float = 0.0
    gel_mm: float = GEL_MM

    def __post_init__(self) -> None:
        for name, (low, high) in _LIMITS.items():
            value = getattr(self, name)
            if not low <= value <= high:
                raise SesamoidError(
                    f"{name} is {value}", fix=f"Give a number from {low:g} to {high:g}."
                )
        if not 1 <= self.looks <= 8:
            raise SesamoidError(f"looks is {self.looks}", fix="Give a whole number from 1 to 8.")
        if len(self.tgc_db) < 2:
            raise SesamoidError(
                f"tgc_db has {len(self.tgc_db)} sliders", fix="Give two sliders or more, in dB."
            )
