"""Sizes measured on sections, as a sonographer would: pixels counted, thickness along the beam."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sesamoid.virtual.body import WristHand, view
from sesamoid.virtual.body.tissue_codes import tissue_codes
from sesamoid.virtual.pose import ProbePose, SliceGrid
from sesamoid.virtual.section import Section

A1_PLANES = {1: "S13", 2: "S14", 3: "S14", 4: "S15", 5: "S15"}
RECESS_PLANES = {
    "radiocarpal_recess": ("S5", None),
    "midcarpal_recess": ("S5", None),
    "mcp_recess_2": ("S8", 2),
    "mcp_recess_3": ("S8", 3),
    "mcp_recess_4": ("S8", 4),
    "mcp_recess_5": ("S8", 5),
}


def light_touch(body: WristHand, plane: str, *, digit: int | None = None) -> ProbePose:
    """The standard pose without pressure, which would flatten what is measured."""
    return body.standard_pose(plane, digit=digit).moved(axial_mm=-view(plane).press_mm)


def cut(
    body: WristHand, plane: str, *, digit: int | None = None, mm: float = 0.06, time_s: float = 0.0
) -> Section:
    """A section of a standard plane with square pixels of that size."""
    usual = view(plane)
    grid = SliceGrid(
        round(usual.depth_mm / mm) + 1,
        round(usual.width_mm / mm) + 1,
        usual.depth_mm,
        usual.width_mm,
    )
    return body.section(light_touch(body, plane, digit=digit), grid, time_s=time_s)


def mask(body: WristHand, section: Section, *keys: str) -> NDArray[np.bool_]:
    """Where one of these structures is."""
    return np.isin(section.structure, [body.structures.index(key) for key in keys])


def area_mm2(body: WristHand, section: Section, *keys: str) -> float:
    """Area of structures."""
    row, column = section.grid.spacing_mm
    return float(mask(body, section, *keys).sum() * row * column)


def extent_mm(found: NDArray[np.bool_], section: Section) -> tuple[float, float]:
    """Width and height of a mask along its own main axes, as of an ellipse of the same moments."""
    row, column = section.grid.spacing_mm
    rows, columns = np.nonzero(found)
    spread = np.cov(np.stack([columns * column, rows * row]))
    small, large = np.linalg.eigvalsh(spread)
    return 4 * float(np.sqrt(large)), 4 * float(np.sqrt(small))


def a1_thickness_mm(body: WristHand, number: int) -> float:
    """Of an A1 pulley, palmar of the tendons' middle."""
    plane, rows = A1_PLANES[number], 2400
    head = body.anatomy.skeleton.rays[number].head
    pose = light_touch(body, plane)
    # A narrow picture over this finger alone, looking along its own axis.
    aside = float((head.origin - pose.origin) @ pose.lateral)
    pose = ProbePose.looking(
        pose.moved(lateral_mm=aside).origin, axial=head.axes[1], lateral=pose.lateral
    )
    grid = SliceGrid(rows, 41, 20.0, 4.0)
    pose = pose.moved(axial_mm=body.skin_distance(pose.origin - 20 * pose.axial, pose.axial) - 20)
    section = body.section(pose, grid)
    found = mask(body, section, f"a1_pulley_{number}")
    # The palmar wall: the first run of pixels from the skin, in the middle column.
    column = found[:, 20]
    first = int(column.argmax())
    run = int(np.argmin(column[first:])) if not column[first:].all() else len(column) - first
    return run * grid.spacing_mm[0]


def recess_thickness_mm(body: WristHand, key: str) -> float:
    """Bone-to-capsule distance of a dorsal recess at its middle, perpendicular to the bone."""
    plane, digit = RECESS_PLANES[key]
    recess = next(r for r in body.anatomy.recesses if r.key == key)
    pose = light_touch(body, plane, digit=digit)
    # A narrow, fine picture over its middle.
    aside = float((recess.frame.origin - pose.origin) @ pose.lateral)
    pose = pose.moved(lateral_mm=aside)
    pose = pose.moved(axial_mm=body.skin_distance(pose.origin - 20 * pose.axial, pose.axial) - 20)
    grid = SliceGrid(1401, 41, 14.0, 2.0)
    section = body.section(pose, grid)
    capsule = int(mask(body, section, key)[:, 20].argmax())
    bone = np.isin(section.tissue[:, 20], [tissue_codes()["cortex"], tissue_codes()["bone"]])
    surface = int(bone.argmax())
    return float((surface - capsule) * grid.spacing_mm[0] * section.facing[surface, 20])
