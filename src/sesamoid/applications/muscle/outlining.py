"""What is drawn of a muscle: its region, its aponeuroses, calipers and fascicles."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from sesamoid.anatomy import structure
from sesamoid.findings import Line, Region
from sesamoid.measure.muscle import MuscleArchitecture

from .flat import confidence
from .quantities import STEADINESS

Curve = NDArray[np.floating[Any]]


def regions(
    found: MuscleArchitecture, probability: NDArray[np.float32], threshold: float, frame: int
) -> tuple[Region, ...]:
    """The muscle between the facing edges, and the bands that the edges belong to."""
    suffix = f"@{frame}" if frame else ""
    count, islands = cv2.connectedComponents((probability >= threshold).astype(np.uint8))
    out = []
    shape = (probability.shape[0], probability.shape[1])
    edges = (
        ("superficial_aponeurosis", found.geometry.superficial_edge, -2.0),
        ("deep_aponeurosis", found.geometry.deep_edge, 2.0),
    )
    muscle = _between(found.geometry.superficial_edge, found.geometry.deep_edge, shape)
    if muscle is not None and muscle.any():
        sure = [found.thickness_px, found.fascicle_angle_deg]
        known = [
            confidence(name, e)
            for name, e in zip(("thickness_px", "fascicle_angle_deg"), sure, strict=True)
            if e.known and e.standard_error is not None
        ]
        whole = float(np.mean(known)) if known else None
        out.append(
            Region(f"muscle-1{suffix}", structure("muscle"), muscle, whole, frame, STEADINESS)
        )
    for key, edge, beyond in edges:
        if edge is None:
            continue
        rows = np.clip(np.rint(edge[:, 0] + beyond).astype(int), 0, shape[0] - 1)
        columns = np.clip(np.rint(edge[:, 1]).astype(int), 0, shape[1] - 1)
        touched = np.bincount(islands[rows, columns], minlength=count)
        touched[0] = 0
        mask = np.isin(islands, np.flatnonzero(touched >= 3))
        if mask.any():
            sure_of = float(probability[mask].mean())
            out.append(Region(f"{key}-1{suffix}", structure(key), mask, sure_of, frame))
    return tuple(out)


def _between(
    top: Curve | None, bottom: Curve | None, shape: tuple[int, int]
) -> NDArray[np.bool_] | None:
    """Pixels between two (row, column) curves over the columns of both."""
    if top is None or bottom is None:
        return None
    first = max(top[0, 1], bottom[0, 1])
    last = min(top[-1, 1], bottom[-1, 1])
    columns = np.arange(max(0, int(np.ceil(first))), min(shape[1] - 1, int(last)) + 1)
    upper = np.interp(columns, top[:, 1], top[:, 0])
    lower = np.interp(columns, bottom[:, 1], bottom[:, 0])
    rows = np.arange(shape[0])[:, None]
    mask = np.zeros(shape, dtype=bool)
    mask[:, columns] = (rows > upper) & (rows < lower)
    return mask


def lines(found: MuscleArchitecture, frame: int) -> tuple[Line, ...]:
    """Calipers of thickness and distance, and the traced fascicles."""
    suffix = f"@{frame}" if frame else ""
    geometry = found.geometry
    out = [
        Line(
            f"thickness-{number}{suffix}",
            "Muscle thickness",
            one.superficial,
            one.deep,
            frame,
        )
        for number, one in enumerate(geometry.thickness, start=1)
    ]
    if geometry.vertical is not None:
        vertical = geometry.vertical
        out.append(
            Line(
                f"distance-1{suffix}",
                "Distance of the aponeuroses",
                vertical.superficial,
                vertical.deep,
                frame,
            )
        )
    for number, trace in enumerate(geometry.traces, start=1):
        points = [(float(row), float(column)) for row, column in trace]
        out.append(
            Line(
                f"fascicle-{number}{suffix}",
                "Fascicle",
                points[0],
                points[-1],
                frame,
                via=tuple(points[1:-1]),
            )
        )
    return tuple(out)
