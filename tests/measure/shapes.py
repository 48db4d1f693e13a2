"""Masks with known geometry."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def ellipse(
    semi_long: float,
    semi_short: float,
    *,
    angle_deg: float = 0.0,
    spacing: tuple[float, float] = (1.0, 1.0),
    offset: tuple[float, float] = (0.0, 0.0),
) -> NDArray[np.bool_]:
    """A digital ellipse; lengths in the spacing's unit, angle of the long axis against the rows."""
    reach = max(semi_long, semi_short) + 4 * max(spacing)
    rows, columns = (int(2 * reach / s) + 1 for s in spacing)
    down, right = np.mgrid[:rows, :columns].astype(float)
    down = (down - (rows - 1) / 2 - offset[0]) * spacing[0]
    right = (right - (columns - 1) / 2 - offset[1]) * spacing[1]
    angle = np.deg2rad(angle_deg)
    along = right * np.cos(angle) + down * np.sin(angle)
    across = -right * np.sin(angle) + down * np.cos(angle)
    return (along / semi_long) ** 2 + (across / semi_short) ** 2 <= 1


def rectangle(
    shape: tuple[int, int], top: int, left: int, height: int, width: int
) -> NDArray[np.bool_]:
    """A filled rectangle in an empty image."""
    mask = np.zeros(shape, dtype=bool)
    mask[top : top + height, left : left + width] = True
    return mask
