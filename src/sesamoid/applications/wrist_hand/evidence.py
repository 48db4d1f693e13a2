"""From a look at a frame to the evidence that its grade is made of."""

from __future__ import annotations

import math
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from sesamoid.anatomy import GradeRule, Plane, PoseTolerance, Protocol
from sesamoid.measure import PlaneEvidence, of_category

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
        Of the same scan, on any number of pixels.
    lift_off : (left, right)
        Measured on the picture; used where the network does not tell.
    rules : AssessingRules
    bounds : (left, right)
        Columns of the scan on the masks' pixels.
    spacing_mm : (row, column), optional
        Of the masks' pixels.
    """
    rows = part_rows(names, plane)
    told = dict(zip(rows, look.parts[list(rows.values())].tolist(), strict=True))
    seen = {key: _share(part[VISIBILITY]) for key, part in told.items()}
    judged = {key: part for key, part in told.items() if seen[key] >= rules.quality_from}
    quality = {key: _share(part[QUALITY]) for key, part in judged.items()}
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
        centre_offset=None if offset is None else min(max(float(offset), -0.5), 0.5),
        continuity=of_category(quality, plane, "bone"),
        tendon_echo=of_category(quality, plane, "tendon"),
        depth_fill=None if fill is None else max(0.0, float(fill)),
        mean_grey=mean_grey,
        usable=usable,
        lift_off=_share(loss),
        reverberation=None if echo is None else _share(echo),
        depth_cut=frozenset(key for key, part in judged.items() if part[CUT] >= rules.flag_from),
        dropout=frozenset(key for key, part in told.items() if part[DROPOUT] >= rules.flag_from),
        edge_cut={key: edge for key, edge in edges.items() if edge},
    )


@lru_cache(maxsize=128)
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
    return _share(look.nearest[index] * max(near, float(look.inside[index])))


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
    silent = part.max(axis=0) < rule.black_level
    count = bottom * (len(silent) - int(np.count_nonzero(silent)))
    if not count:
        return None, None
    grey = cv2.sumElems(part)[0]
    if silent.any():
        grey -= float(part[:, silent].sum(dtype=np.int64))  # and none of these is bright enough
    good = cv2.inRange(part, math.ceil(rule.black_level), math.floor(rule.saturated_level))
    return grey / count, cv2.countNonZero(good) / count


def _share(value: float) -> float:
    return min(max(float(value), 0.0), 1.0)


def _laplace(x: float) -> float:
    """Distribution function of Laplace's law."""
    return 0.5 * math.exp(x) if x < 0 else 1 - 0.5 * math.exp(-min(x, 700.0))
