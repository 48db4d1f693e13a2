"""The IBSI-1 texture families that only MIRP has: zones, distance zones, neighbourhoods.

MIRP (Zwanenburg and Löck) is an optional extra: its licence is EUPL-1.2, and it brings ITK.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from sesamoid.errors import MissingExtra, SesamoidError
from sesamoid.features.quantise import GREY_RANGE, quantised, region_of

FAMILIES = ("glszm", "gldzm", "ngtdm", "ngldm")
"""Grey-level size zones, distance zones, neighbourhood difference, neighbouring dependence."""

PREFIXES = {"glszm": "szm_", "gldzm": "dzm_", "ngtdm": "ngt_", "ngldm": "ngl_"}


def radiomics(
    grey: NDArray[np.generic],
    mask: NDArray[np.generic] | None = None,
    *,
    families: Iterable[str] = FAMILIES,
    levels: int = 16,
    limits: tuple[float, float] = GREY_RANGE,
) -> dict[str, float]:
    """Features of a region as MIRP computes them, 2-D variants (IBSI-1 sections 3.8 to 3.11).

    Parameters
    ----------
    grey : ndarray of shape (rows, columns)
    mask : ndarray of shape (rows, columns), optional
    families : iterable of str
        Some of `FAMILIES`.
    levels : int
        Bins of equal width over `limits`.
    limits : tuple of float
        Grey levels of the first and the last bin's outer edge.

    Returns
    -------
    dict of str to float
        ``{family}.{IBSI tag}``, e.g. ``glszm.sze``. Without unit.

    Raises
    ------
    MissingExtra
        MIRP is not installed.
    """
    wanted = tuple(families)
    for family in wanted:
        if family not in FAMILIES:
            raise SesamoidError(f"no family {family!r}", fix=f"use some of {', '.join(FAMILIES)}.")
    try:
        from mirp import extract_features
    except ImportError:
        raise MissingExtra(
            "the families beyond first order, GLCM and run length need MIRP",
            fix="pip install 'sesamoid[radiomics]'",
        ) from None
    part, inside = region_of(grey, mask)
    bins = quantised(part, levels=levels, limits=limits)
    logging.getLogger("mirp").setLevel(logging.WARNING)
    row = extract_features(
        image=bins[None].astype(float),
        mask=inside[None].astype(np.uint8),
        by_slice=True,
        base_discretisation_method="none",
        ngldm_distance=[1.0],
        base_feature_families=list(wanted),
    )[0].iloc[0]
    out = {}
    for family in wanted:
        prefix = PREFIXES[family]
        for column in row.index:
            if str(column).startswith(prefix):
                # MIRP appends its settings to the tag: distance, difference, aggregation.
                tag = str(column).removeprefix(prefix).split("_2d")[0].split("_d1")[0]
                out[f"{family}.{tag}"] = float(row[column])
    return out
