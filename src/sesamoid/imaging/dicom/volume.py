"""CT and MR slices into volumes: grouped, sorted along the normal, checked, with an affine."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sesamoid.errors import UnreadableImage
from sesamoid.imaging.dicom.slices import SPLIT_KEYWORDS, Slice

GAP_TOLERANCE = 0.02
"""Largest part of the slice distance by which single distances may differ."""

_SAME_PLACE_MM = 1e-3
_TILT_MM = 0.01
_SAME_DIRECTION = 2e-3  # direction cosines; a tenth of a degree


def group_stacks(slices: Iterable[Slice]) -> list[list[Slice]]:
    """Slices by stack, each sorted along its normal; phases and echoes told apart.

    A localizer, a slice of another size or another direction is a stack of its own.
    """
    by_direction: list[list[Slice]] = []
    for item in slices:
        for members in by_direction:
            if members[0].stack == item.stack and _parallel(members[0], item):
                members.append(item)
                break
        else:
            by_direction.append([item])
    stacks: list[list[Slice]] = []
    for members in by_direction:
        stacks.extend(_without_duplicates(_sorted(members)))
    return stacks


def _parallel(one: Slice, other: Slice) -> bool:
    if one.along_row is None or other.along_row is None:
        return one.along_row is other.along_row
    if one.along_column is None or other.along_column is None:
        return False
    return bool(
        np.allclose(one.along_row, other.along_row, atol=_SAME_DIRECTION)
        and np.allclose(one.along_column, other.along_column, atol=_SAME_DIRECTION)
    )


def _sorted(stack: Sequence[Slice]) -> list[Slice]:
    if any(item.position is None or item.along_row is None for item in stack):
        return sorted(stack, key=lambda item: item.number)
    return sorted(stack, key=lambda item: (_offset(item, stack[0]), item.number))


def _offset(item: Slice, reference: Slice) -> float:
    assert item.position is not None
    return float(item.position @ reference.normal)


def _without_duplicates(stack: list[Slice]) -> list[list[Slice]]:
    """The stack, or its parts where a header attribute tells slices at one place apart."""
    if not _duplicates(stack):
        return [stack]
    for index in range(len(SPLIT_KEYWORDS)):
        parts: dict[str, list[Slice]] = {}
        for item in stack:
            parts.setdefault(item.splits[index], []).append(item)
        if len(parts) > 1 and not any(_duplicates(part) for part in parts.values()):
            return list(parts.values())
    return [stack]


def _duplicates(stack: Sequence[Slice]) -> bool:
    if any(item.position is None or item.along_row is None for item in stack):
        return False
    offsets = [_offset(item, stack[0]) for item in stack]
    return bool(np.any(np.diff(offsets) < _SAME_PLACE_MM))


def stack_geometry(
    stack: Sequence[Slice], path: Path
) -> tuple[tuple[float, float, float] | None, NDArray[np.float64] | None, tuple[str, ...]]:
    """Spacing (slice, row, column) in mm, affine to LPS, and notes, of a sorted stack.

    Parameters
    ----------
    stack : sequence of Slice
        Sorted along the normal.
    path : Path
        File or folder, for messages.

    Raises
    ------
    UnreadableImage
        Where slices have no position, lie at the same place, are missing, or are unevenly spaced.

    Notes
    -----
    The affine follows PS3.3 C.7.6.2.1.1, equation C.7.6.2.1-1, with the array index in the order
    (slice, row, column).
    """
    first = stack[0]
    if first.spacing is None:
        return None, None, ("no Pixel Spacing: not calibrated",)
    placed = all(item.position is not None and item.along_row is not None for item in stack)
    if not placed:
        if len(stack) > 1:
            raise UnreadableImage(
                f"{len(stack)} slices of one series do not all say where they lie "
                "(Image Position and Orientation Patient)",
                path=path,
                fix="export the original series, or read the slices one by one.",
            )
        distance, notes = _single_distance(first)
        return (distance, *first.spacing), None, (*notes, "no position in the patient is given")
    assert first.position is not None
    assert first.along_row is not None
    assert first.along_column is not None
    notes_list: list[str] = []
    if len(stack) == 1:
        distance, notes = _single_distance(first)
        notes_list.extend(notes)
        step = first.normal * distance
    else:
        last = stack[-1]
        assert last.position is not None
        distance = _even_distance(stack, path)
        step = (last.position - first.position) / (len(stack) - 1)
        if np.linalg.norm(step - (step @ first.normal) * first.normal) > _TILT_MM:
            notes_list.append("the slices are sheared (tilted gantry): the affine says so")
    affine = np.eye(4)
    affine[:3, 0] = step
    affine[:3, 1] = first.along_column * first.spacing[0]
    affine[:3, 2] = first.along_row * first.spacing[1]
    affine[:3, 3] = first.position
    return (distance, *first.spacing), affine, tuple(notes_list)


def _single_distance(item: Slice) -> tuple[float, tuple[str, ...]]:
    if item.thickness is not None:
        return item.thickness, ("a single slice: its thickness stands for the slice distance",)
    return 1.0, ("a single slice of unstated thickness: 1 mm is assumed",)


def _even_distance(stack: Sequence[Slice], path: Path) -> float:
    offsets = np.array([_offset(item, stack[0]) for item in stack])
    gaps = np.diff(offsets)
    usual = float(np.median(gaps))
    if gaps.min() < _SAME_PLACE_MM:
        at = int(np.argmin(gaps))
        raise UnreadableImage(
            f"instances {stack[at].number} and {stack[at + 1].number} of one series lie at the "
            "same place",
            path=path,
            fix="keep one acquisition (phase, echo) of the series in the folder.",
        )
    wrong = np.flatnonzero(np.abs(gaps - usual) > GAP_TOLERANCE * usual)
    if len(wrong):
        at = int(wrong[0])
        missing = int(np.rint(gaps[at] / usual)) - 1
        what = f"{missing} slice(s) missing" if missing >= 1 else "slices unevenly spaced"
        raise UnreadableImage(
            f"{what} between instances {stack[at].number} and {stack[at + 1].number}: "
            f"{gaps[at]:.3f} mm apart, the others {usual:.3f} mm",
            path=path,
            fix="export the complete series from the PACS.",
        )
    return float((offsets[-1] - offsets[0]) / (len(stack) - 1))


def to_hounsfield(
    pixels: NDArray[np.generic], slopes: Sequence[float], intercepts: Sequence[float]
) -> NDArray[np.generic]:
    """Stored CT values as Hounsfield units: int16 where exact, else float32.

    Parameters
    ----------
    pixels : ndarray of shape (slices, rows, columns)
    slopes, intercepts : sequence of float
        One of each a slice.
    """
    slope = np.asarray(slopes, dtype=float)[:, None, None]
    intercept = np.asarray(intercepts, dtype=float)[:, None, None]
    whole = bool(np.all(slope == np.rint(slope)) and np.all(intercept == np.rint(intercept)))
    if whole and np.issubdtype(pixels.dtype, np.integer):
        low, high = float(pixels.min(initial=0)), float(pixels.max(initial=0))
        ends = np.concatenate([low * slope + intercept, high * slope + intercept])
        if ends.min() >= -32768 and ends.max() <= 32767:
            exact = pixels.astype(np.int32) * slope.astype(np.int32) + intercept.astype(np.int32)
            return exact.astype(np.int16)
    return (pixels * slope.astype(np.float32) + intercept.astype(np.float32)).astype(np.float32)
