"""Measuring again on outlines that a person changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sesamoid.anatomy import Protocol
from sesamoid.applications.remeasuring import LabelMap
from sesamoid.findings import GRADE_KEY, Line, Measurement, Region, Result

from .measuring import PlaneFindings, measure_plane
from .plane_masks import PlaneMasks, plane_masks


def remeasure(
    result: Result, changed: frozenset[str], scanned: Protocol, *, labels: LabelMap | None = None
) -> Result:
    """`result` with what follows from changed outlines, or from a changed grade, made anew.

    Parameters
    ----------
    result : Result
        Of one picture; regions have the identifiers of `measure_plane`: plane, part and tag.
    changed : frozenset of str
    scanned : Protocol
    labels : LabelMap, optional
        Outlines are taken from it where the result has none.
    """
    frame = result.grade.frame
    found = PlaneFindings()
    for plane_id, tag in _pictures(result):
        plane = scanned.plane(plane_id)
        own = {
            _part(region): region
            for region in result.regions
            if _place(region.identifier) == (plane_id, tag)
        }
        masks = PlaneMasks({part: region.mask for part, region in own.items()})
        if not own and labels is not None:
            spacing = result.image.spacing_mm
            masks = plane_masks(
                labels.pixels, plane, labels.names,
                spacing_mm=None if spacing is None else (float(spacing[-2]), float(spacing[-1])),
            )  # fmt: skip
        seen = {part: one.confidence for part, one in own.items() if one.confidence is not None}
        found += measure_plane(
            result.image, plane, result.grade, masks, frame=frame, tag=tag, visibility=seen,
        )  # fmt: skip
    if not found.measurements and not found.regions:
        return result
    everything = GRADE_KEY in changed
    return replace(
        result,
        regions=result.regions or found.regions,
        lines=_lines(result.lines, found.lines, None if everything else changed),
        measurements=_merged(
            result.measurements, found.measurements, None if everything else changed
        ),
    )


def _pictures(result: Result) -> list[tuple[str, str]]:
    """Planes and tags that the result holds."""
    names = [region.identifier for region in result.regions]
    names += [one.evidence[0] for one in result.measurements if one.evidence]
    return list(dict.fromkeys(_place(name) for name in names if "/" in name))


def _place(identifier: str) -> tuple[str, str]:
    """Plane and tag: ``"S11/MN@7"`` is of plane S11, tag ``"@7"``."""
    plane, _, rest = identifier.partition("/")
    _, mark, tag = rest.partition("@")
    return plane, f"{mark}{tag}"


def _part(region: Region) -> str:
    return region.identifier.partition("/")[2].partition("@")[0]


def _owner(one: Measurement) -> str:
    return one.evidence[0] if one.evidence else ""


def _merged(
    old: tuple[Measurement, ...], new: tuple[Measurement, ...], changed: frozenset[str] | None
) -> tuple[Measurement, ...]:
    """New ones in place of those that follow from what changed (None: of all)."""
    fresh: Mapping[tuple[str, str], Measurement] = {
        (_owner(one), one.quantity.key): one for one in new
    }
    kept = tuple(
        fresh.get((_owner(one), one.quantity.key), one)
        if changed is None or _owner(one) in changed
        else one
        for one in old
    )
    known = {(_owner(one), one.quantity.key) for one in old}
    return kept + tuple(one for key, one in fresh.items() if key not in known)


def _lines(
    old: tuple[Line, ...], new: tuple[Line, ...], changed: frozenset[str] | None
) -> tuple[Line, ...]:
    def touched(line: Line) -> bool:
        return changed is None or any(line.identifier.startswith(f"{name}/") for name in changed)

    return tuple(line for line in old if not touched(line)) + tuple(
        line for line in new if touched(line)
    )
