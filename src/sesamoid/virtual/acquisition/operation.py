"""What an operator does: sets the machine, holds the probe, well or badly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from sesamoid.anatomy import PoseTolerance
from sesamoid.virtual.acquisition.placing import Offset
from sesamoid.virtual.acquisition.variation import Rng, between, either_side, variation
from sesamoid.virtual.body.planes import view
from sesamoid.virtual.ultrasound import Preset, ScanSettings, probe

OUT_OF_PLANE = np.array([1, 2, 3])
"""Across, rotation and tilt among along, across, rotation, tilt, rock."""


@dataclass(frozen=True)
class Operation:
    """One picture's settings, probe and faults.

    Parameters
    ----------
    settings : ScanSettings
    offset : Offset
        From the standard pose.
    motion_mm : (axial, lateral)
        How far the picture slides while it is taken.
    faults : tuple of str
    """

    settings: ScanSettings
    offset: Offset
    motion_mm: tuple[float, float] = (0.0, 0.0)
    faults: tuple[str, ...] = ()


def usual_settings(machine: Preset, plane: str) -> ScanSettings:
    """A machine set for a plane: the probe that fits its width best, its usual depth."""
    usual = view(plane)
    fitting = min(
        machine.frequencies_mhz, key=lambda name: abs(probe(name).width_mm - usual.width_mm)
    )
    focus = float(np.mean(variation()["nominal"]["focus_share"])) * usual.depth_mm
    gel = float(np.mean(variation()["nominal"]["gel_mm"]))
    return machine.settings(
        probe=fitting, depth_mm=float(usual.depth_mm), focus_mm=focus, gel_mm=gel
    )


def nominal(rng: Rng, machine: Preset, plane: str) -> Operation:
    """Set as a careful operator would, and held at the standard pose."""
    table = variation()["nominal"]
    usual = usual_settings(machine, plane)
    depth = usual.depth_mm * between(rng, table["depth_share"])
    settings = replace(
        usual,
        depth_mm=depth,
        focus_mm=depth * between(rng, table["focus_share"]),
        gain_db=usual.gain_db + table["gain_db"] * _normal(rng),
        dynamic_range_db=usual.dynamic_range_db + table["dynamic_range_db"] * _normal(rng),
        speckle_reduction=float(
            np.clip(usual.speckle_reduction + table["speckle_reduction"] * _normal(rng), 0, 1)
        ),
        gel_mm=between(rng, table["gel_mm"]),
    )
    return Operation(settings, Offset(press_mm=between(rng, table["press_mm"])))


def displaced(
    rng: Rng, tolerance: PoseTolerance, size: float, *, in_plane: float | None = None
) -> Offset:
    """A random error whose largest part is `size` tolerances.

    With `in_plane`, the errors that shift or turn what is seen within the picture (along the probe,
    and its rock) are that many tolerances at most, and the largest part is one of the others.
    """
    most = variation()["most_turn_deg"]
    share = size * rng.uniform(-1, 1, 5)
    free = np.arange(5) if in_plane is None else OUT_OF_PLANE
    share[rng.choice(free)] = size * rng.choice((-1, 1))
    if in_plane is not None:
        share[[0, 4]] = rng.uniform(-in_plane, in_plane, 2)
    along, across, rotation, tilt, rock = share
    return Offset(
        along_mm=along * tolerance.along_mm,
        across_mm=across * tolerance.across_mm,
        rotation_deg=_cut(rotation * tolerance.rotation_deg, most["rotation"]),
        tilt_deg=_cut(tilt * tolerance.tilt_deg, most["tilt"]),
        rock_deg=_cut(rock * tolerance.rock_deg, most["rock"]),
    )


def with_fault(rng: Rng, operation: Operation, fault: str) -> Operation:
    """The same with something done wrong; `fault` is a key of ``variation.yaml``."""
    changed = _FAULTS[fault](rng, operation, variation()["faults"][fault])
    return replace(changed, faults=(*operation.faults, fault))


def draw_faults(rng: Rng, count: int) -> tuple[str, ...]:
    """Different faults, by their weights, in the order of the table."""
    table = variation()["faults"]
    names = list(table)
    weights = np.array([table[name]["weight"] for name in names], dtype=float)
    drawn = rng.choice(len(names), size=count, replace=False, p=weights / weights.sum())
    chosen = [names[i] for i in sorted(drawn)]
    for pair in (("gain_low", "gain_high"), ("too_shallow", "too_deep")):
        if set(pair) <= set(chosen):
            chosen.remove(pair[1])
    return tuple(chosen)


def draw_operation(
    rng: Rng, machine: Preset, plane: str, tolerance: PoseTolerance, *, mode: str
) -> Operation:
    """A picture of one of the modes of ``variation.yaml``."""
    entry = variation()["modes"][mode]
    operation = nominal(rng, machine, plane)
    low, high = entry["faults"]
    faults = draw_faults(rng, int(rng.integers(low, high + 1)))
    size = between(rng, entry["tolerances"])
    error = displaced(rng, tolerance, size, in_plane=entry.get("in_plane"))
    operation = replace(operation, offset=operation.offset + error)
    for fault in faults:
        operation = with_fault(rng, operation, fault)
    return operation


def draw_mode(rng: Rng) -> str:
    """One of the modes, by their shares."""
    modes = variation()["modes"]
    shares = np.array([modes[name]["share"] for name in modes], dtype=float)
    return str(rng.choice(list(modes), p=shares / shares.sum()))


Fault = Callable[[Rng, Operation, dict[str, list[float]]], Operation]


def _gain(rng: Rng, operation: Operation, by: dict[str, list[float]]) -> Operation:
    settings = operation.settings
    return replace(
        operation,
        settings=replace(settings, gain_db=settings.gain_db + between(rng, by["gain_db"])),
    )


def _tgc(rng: Rng, operation: Operation, by: dict[str, list[float]]) -> Operation:
    sliders = np.array(operation.settings.tgc_db)
    low, high = (int(n) for n in by["sliders"])
    count = int(rng.integers(low, high + 1))
    first = int(rng.integers(0, len(sliders) - count + 1))
    sliders[first : first + count] += either_side(rng, by["slider_db"])
    values = tuple(float(value) for value in sliders)
    return replace(operation, settings=replace(operation.settings, tgc_db=values))


def _depth(rng: Rng, operation: Operation, by: dict[str, list[float]]) -> Operation:
    settings = operation.settings
    depth = max(6.0, settings.depth_mm * between(rng, by["depth_share"]))
    focus = settings.focus_mm * depth / settings.depth_mm
    return replace(operation, settings=replace(settings, depth_mm=depth, focus_mm=focus))


def _focus(rng: Rng, operation: Operation, by: dict[str, list[float]]) -> Operation:
    focus = operation.settings.depth_mm * between(rng, by["focus_share"])
    return replace(operation, settings=replace(operation.settings, focus_mm=focus))


def _frequency(rng: Rng, operation: Operation, by: dict[str, list[float]]) -> Operation:
    settings = operation.settings
    frequency = settings.frequency_mhz * between(rng, by["frequency_share"])
    return replace(operation, settings=replace(settings, frequency_mhz=frequency))


def _contact(rng: Rng, operation: Operation, by: dict[str, list[float]]) -> Operation:
    """Less gel, one end or all of the face off the skin: whatever the entry names."""
    settings, offset = operation.settings, operation.offset
    if "gel_mm" in by:
        settings = replace(settings, gel_mm=between(rng, by["gel_mm"]))
    if "press_mm" in by:
        offset = replace(offset, press_mm=between(rng, by["press_mm"]))
    if "rock_deg" in by:
        offset = offset + Offset(rock_deg=either_side(rng, by["rock_deg"]))
    return replace(operation, settings=settings, offset=offset)


def _off_centre(rng: Rng, operation: Operation, by: dict[str, list[float]]) -> Operation:
    width = probe(operation.settings.probe).width_mm
    along = Offset(along_mm=width * either_side(rng, by["along_share"]))
    return replace(operation, offset=operation.offset + along)


def _tilted(rng: Rng, operation: Operation, by: dict[str, list[float]]) -> Operation:
    tilt = Offset(tilt_deg=either_side(rng, by["tilt_deg"]))
    return replace(operation, offset=operation.offset + tilt)


def _motion(rng: Rng, operation: Operation, by: dict[str, list[float]]) -> Operation:
    length, angle = between(rng, by["motion_mm"]), rng.uniform(0, 2 * np.pi)
    return replace(
        operation, motion_mm=(float(length * np.sin(angle)), float(length * np.cos(angle)))
    )


def _reversed(rng: Rng, operation: Operation, by: dict[str, list[float]]) -> Operation:
    return replace(operation, offset=operation.offset + Offset(rotation_deg=180.0))


_FAULTS: dict[str, Fault] = {
    "gain_low": _gain,
    "gain_high": _gain,
    "tgc": _tgc,
    "too_shallow": _depth,
    "too_deep": _depth,
    "focus": _focus,
    "low_frequency": _frequency,
    "little_gel": _contact,
    "lost_contact": _contact,
    "no_contact": _contact,
    "off_centre": _off_centre,
    "tilted": _tilted,
    "motion": _motion,
    "reversed": _reversed,
}


def _normal(rng: Rng) -> float:
    return float(np.clip(rng.standard_normal(), -2, 2))


def _cut(value: float, most: float) -> float:
    return float(np.clip(value, -most, most))
