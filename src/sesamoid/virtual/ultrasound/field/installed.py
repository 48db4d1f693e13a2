"""Whether PyMUST is there."""

from __future__ import annotations

from importlib import metadata, util

from sesamoid.errors import SesamoidError


def pymust_version() -> str:
    """Of the PyMUST that is installed; SesamoidError with the fix where it is not."""
    if util.find_spec("pymust") is None:
        raise SesamoidError(
            "pictures by a field simulator need PyMUST, which is not installed",
            fix="pip install 'sesamoid[pymust]'",
        )
    return metadata.version("pymust")
