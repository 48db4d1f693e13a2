"""Numbers of the echo kernel for one grid and one machine."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class EchoPlan(NamedTuple):
    """What the echo kernel needs besides the tissue and the textures.

    Parameters
    ----------
    row_mm, column_mm : float
    interface : float
        Amplitude of a perfect reflector; 1 is the mean echo of muscle.
    multiple : float
        Reflection of the transducer's face.
    clutter, clutter_decay : float
        Reverberation within the tissue: its amplitude, and what is left of it after a row.
    glow, glow_decay : float
        Afterglow of bone, whose surface is rough and curved within the slice: its amplitude, and
        what is left of it after a row.
    spread : float
        Share of a beam that its neighbours take over per row: softens shadows with depth.
    half_steps : int
        2 to look up the scatterers at half a lateral step too, where cells are finer; else 1.
    speckle_gain : ndarray of float32, shape (rows, T, 9)
    gel : int
        Index of the tissue that fills a gap.
    """

    row_mm: float
    column_mm: float
    interface: float
    multiple: float
    clutter: float
    clutter_decay: float
    glow: float
    glow_decay: float
    spread: float
    half_steps: int
    speckle_gain: NDArray[np.float32]
    gel: int
