"""From a look at a frame to the evidence that its grade is made of."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from sesamoid.anatomy import GradeRule, Plane, PoseTolerance, Protocol, structure
from sesamoid.measure import PlaneEvidence

from .look import CUT, DROPOUT, QUALITY, VISIBILITY, Look, Names
from .plane_masks import PlaneMasks
from .rules import AssessingRules

POSE = ("along_mm", "across_mm", "rotation_deg", "tilt_deg", "rock_deg")
"""Columns of `Look.pose`, by the names that `PoseTolerance` has for them."""


def evidence_of(
    look: Look,
    names: Names,
    plane: Plane,
    protocol: Protocol,
    scan: NDArray[np.uint8],
    masks: PlaneMasks,
    *,
    lift_off: tuple[float, float],
    rules: AssessingRules,
    bounds: tuple[int, int],
    spacing_mm: tuple[float, float] | None,
) -> PlaneEvidence:
    """What a frame shows of `plane`, as the network sees it.

    Parameters
    ----------
    look : Look
    names : Names
    plane : Plane
    protocol : Protocol
    scan : ndarray of uint8, shape (rows, columns)
        The scan alone.
    masks : PlaneMasks
        On the same pixels.
    lift_off : (left, right)
        Measured on the picture; used where the network does not tell.
    rules : AssessingRules
    bounds : (left, right)
        Columns of the scan on these pixels.
    spacing_mm : (row, column), optional
    """
    rows = part_rows(names, plane)
    seen = {key: float(np.clip(look.parts[row, VISIBILITY], 0, 1)) for key, row in rows.items()}
    judged = {key: row for key, row in rows.items() if seen[key] >= rules.quality_from}
    quality = {key: float(np.clip(look.parts[row, QUALITY], 0, 1)) for key, row in judged.items()}
    width = bounds[1] - bounds[0]
    margin = rules.edge_share * width if spacing_mm is None else rules.edge_mm / spacing_mm[1]
    edges = {key: masks.edge(key, max(1, round(margin)), bounds) for key in rows}
    fill = look.picture.get("depth_fill")
    mean_grey, usable = grey_figures(scan, fill, protocol.grading)
    offset = look.picture.get("centre_offset")
    loss = look.picture.get("lift_off", (lift_off[0] + lift_off[1]) / 2)
    echo = look.picture.get("reverberation")
    return PlaneEvidence(
        visibility=seen,
        plane_probability=plane_probability(look, names.planes.index(plane.id), plane, protocol),
        reversed=look.reversed >= rules.reversed_from,
        centre_offset=None if offset is None else float(np.clip(offset, -0.5, 0.5)),
        continuity={k: q for k, q in quality.items() if _category(plane, k) == "bone"},
        tendon_echo={k: q for k, q in quality.items() if _category(plane, k) == "tendon"},
        depth_fill=None if fill is None else max(0.0, float(fill)),
        mean_grey=mean_grey,
        usable=usable,
        lift_off=float(np.clip(loss, 0, 1)),
        reverberation=None if echo is None else float(np.clip(echo, 0, 1)),
        depth_cut=frozenset(
            k for k, row in judged.items() if look.parts[row, CUT] >= rules.flag_from
        ),
        dropout=frozenset(
            k for k, row in rows.items() if look.parts[row, DROPOUT] >= rules.flag_from
        ),
        edge_cut={key: edge for key, edge in edges.items() if edge},
    )


def part_rows(names: Names, plane: Plane) -> dict[str, int]:
    """Row in `Look.parts` of each part that `plane` must show."""
    here = names.planes.index(plane.id)
    of = zip(names.parts, names.part_owner, strict=True)
    rows = {key: row for row, (key, owner) in enumerate(of) if owner == here}
    return {key: rows[key] for key in plane.parts if key in rows}


def plane_probability(look: Look, index: int, plane: Plane, protocol: Protocol) -> float:
    """That the frame may be graded as a picture of `plane`.

    The probability that it is the nearest one, times that of a pose within as many tolerances as
    the protocol calls another plane (``checks.wrong_plane_factor``); the grade's limit of one half
    is thus met where it is as likely as not.
    """
    factor = protocol.checks.wrong_plane_factor
    near = within(look.pose[index], look.pose_sd[index], plane.tolerance, factor)
    if look.reversed >= 0.5:
        near = 1.0  # the offset of a reversed probe is half a turn: it says nothing here
    return float(np.clip(look.nearest[index] * max(near, float(look.inside[index])), 0, 1))


def within(
    pose: NDArray[np.float32], sd: NDArray[np.float32], tolerance: PoseTolerance, factor: float
) -> float:
    """Probability that all five errors lie within `factor` tolerances; errors as of Laplace."""
    share = 1.0
    for value, spread, name in zip(pose, sd, POSE, strict=True):
        limit = factor * float(getattr(tolerance, name))
        scale = max(float(spread), 1e-6) / math.sqrt(2)
        share *= _laplace((limit - value) / scale) - _laplace((-limit - value) / scale)
    return share


def grey_figures(
    scan: NDArray[np.uint8], depth_fill: float | None, rule: GradeRule
) -> tuple[float | None, float | None]:
    """Mean grey, and share of pixels neither black nor white, from the skin to the plane's depth.

    Columns without an echo anywhere are without contact and do not count.
    """
    if depth_fill is None:
        return None, None
    bottom = int(np.clip(round(depth_fill * scan.shape[0]), 1, scan.shape[0]))
    part = scan[:bottom]
    touching = cv2.reduce(part, 0, cv2.REDUCE_MAX)[0] >= rule.black_level
    if not touching.any():
        return None, None
    if not touching.all():
        part = part[:, touching]
    counts = cv2.calcHist([np.ascontiguousarray(part)], [0], None, [256], [0, 256]).ravel()
    levels = np.arange(256)
    good = (levels >= rule.black_level) & (levels <= rule.saturated_level)
    total = float(counts.sum(dtype=np.float64))
    return float(counts @ levels) / total, float(counts[good].sum(dtype=np.float64)) / total


def _category(plane: Plane, key: str) -> str:
    return structure(plane.parts[key][0].structures[0]).category


def _laplace(x: float) -> float:
    """Distribution function of Laplace's law."""
    return 0.5 * math.exp(x) if x < 0 else 1 - 0.5 * math.exp(-min(x, 700.0))
