"""Pictures and files that the tests of this room share."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.data import get_testdata_file


def asymmetric(rows: int = 24, columns: int = 40) -> NDArray[np.uint8]:
    """A picture that no flip, turn or transposition leaves as it is."""
    picture = np.zeros((rows, columns), dtype=np.uint8)
    picture[: rows // 3, : columns // 4] = 250
    picture[rows // 3 : rows // 2, : columns // 8] = 160
    picture[-max(1, rows // 8) :, columns // 2 :] = 80
    return picture


def shipped(name: str) -> Path:
    """A test file inside the pydicom wheel."""
    found = get_testdata_file(name, download=False)
    assert found is not None
    return Path(found)
