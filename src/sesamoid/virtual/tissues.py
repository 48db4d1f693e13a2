"""The tissue table, from ``tissues.yaml``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
import yaml
from numpy.typing import NDArray


@dataclass(frozen=True)
class TissueTable:
    """Acoustic properties, one entry a tissue, in the order of the index in a `Section`.

    Parameters
    ----------
    names : tuple of str
    impedance : ndarray of float32
        In MRayl.
    attenuation : ndarray of float32
        In dB/cm/MHz, one way.
    echogenicity_db : ndarray of float32
        Of the scatterers with the beam perpendicular to the fibres; 0 dB is muscle.
    anisotropy_exponent : ndarray of float32
        n of cos^n(angle off perpendicular) on the echo's amplitude.
    speed : ndarray of float32
        Of sound, in m/s; 0 for sheets too thin to bend a beam.
    cell_mm : ndarray of float32, shape (tissues, 2)
        Size of a scatterer cell across and along the third material axis.
    bundle_mm : ndarray of float32
        Mean width of fibre bundles across the third material axis; 0 where there are none.
    bundle_db : ndarray of float32
        Standard deviation of the bundles' brightness.
    line_db : ndarray of float32
        Strongest echo of the sheath between two bundles, met perpendicularly; 0 dB is muscle.
    line_power : ndarray of float32
        Echo amplitude of a sheath is that of the strongest times a uniform number to this power.
    lump_db : ndarray of float32
        Standard deviation of the slow change of echogenicity within the tissue.
    specular, diffuse : ndarray of float32
        k and D of an interface's weight (1 - D) |facing|^k + D |facing|.
    """

    names: tuple[str, ...]
    impedance: NDArray[np.float32]
    attenuation: NDArray[np.float32]
    echogenicity_db: NDArray[np.float32]
    anisotropy_exponent: NDArray[np.float32]
    speed: NDArray[np.float32]
    cell_mm: NDArray[np.float32]
    bundle_mm: NDArray[np.float32]
    bundle_db: NDArray[np.float32]
    line_db: NDArray[np.float32]
    line_power: NDArray[np.float32]
    lump_db: NDArray[np.float32]
    specular: NDArray[np.float32]
    diffuse: NDArray[np.float32]

    def index(self, name: str) -> int:
        """Position of a tissue; ValueError where there is none of that name."""
        return self.names.index(name)


@cache
def tissue_table() -> TissueTable:
    """The table that ships."""
    text = resources.files("sesamoid.virtual").joinpath("tissues.yaml").read_text("utf-8")
    entries = yaml.safe_load(text)["tissues"]

    def column(key: str) -> NDArray[np.float32]:
        return np.array([entry[key] for entry in entries.values()], dtype=np.float32)

    return TissueTable(
        tuple(entries),
        column("impedance"),
        column("attenuation"),
        column("echogenicity"),
        column("anisotropy_exponent"),
        column("speed"),
        column("cell_mm"),
        column("bundle_mm"),
        column("bundle_db"),
        column("line_db"),
        column("line_power"),
        column("lump_db"),
        column("specular"),
        column("diffuse"),
    )
