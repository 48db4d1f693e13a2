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
    """

    names: tuple[str, ...]
    impedance: NDArray[np.float32]
    attenuation: NDArray[np.float32]
    echogenicity_db: NDArray[np.float32]
    anisotropy_exponent: NDArray[np.float32]

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
    )
