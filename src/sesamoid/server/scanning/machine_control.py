"""The virtual machine's knobs."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sesamoid.errors import SesamoidError
from sesamoid.live.sources.probe import HeldProbe
from sesamoid.server.scanning.arrows import Control
from sesamoid.virtual.ultrasound import Preset, ScanSettings, preset, presets

RANGES = {
    "depth_mm": (10.0, 60.0, 2.0),
    "gain_db": (-30.0, 30.0, 2.0),
    "dynamic_range_db": (40.0, 90.0, 5.0),
    "focus_mm": (2.0, 50.0, 1.0),
    "gel_mm": (0.0, 12.0, 1.5),
}
"""(least, most, one step) of what can be set; within the scanner's own limits."""
_STEPS = {
    Control.DEEPER: ("depth_mm", 1), Control.SHALLOWER: ("depth_mm", -1),
    Control.BRIGHTER: ("gain_db", 1), Control.DARKER: ("gain_db", -1),
    Control.GEL: ("gel_mm", 1),
}  # fmt: skip


class MachineControl:
    """Sets a virtual machine; from any thread.

    Parameters
    ----------
    held : HeldProbe
        Its settings are the machine's.
    machine : Preset
    on_preset : callable, optional
        Gets the preset when another machine is chosen.
    """

    def __init__(
        self,
        held: HeldProbe,
        machine: Preset,
        *,
        on_preset: Callable[[Preset], None] = lambda machine: None,
    ):
        self.held, self.preset, self._on_preset = held, machine, on_preset
        self._lock = threading.Lock()

    @property
    def settings(self) -> ScanSettings:
        """As of now."""
        return self.held.at(0.0)[1]

    def do(self, control: Control) -> None:
        """One step of a knob; nothing for controls of the probe."""
        if control in _STEPS:
            name, way = _STEPS[control]
            low, high, step = RANGES[name]
            value = getattr(self.settings, name) + way * step
            self.set(**{name: min(high, max(low, value))})

    def set(self, **values: float | str) -> None:
        """Set knobs by name; the focus follows the depth unless it is set itself.

        Parameters
        ----------
        **values
            Those of `RANGES`, ``probe`` (a transducer of the machine) and ``machine`` (a preset).

        Raises
        ------
        SesamoidError
            There is no such knob, or not so far.
        """
        with self._lock:
            given: dict[str, Any] = dict(values)
            if "machine" in given:
                self._choose(preset(str(given.pop("machine"))))
            now = self.settings
            if "probe" in given:
                chosen = self.preset.settings(probe=str(given.pop("probe")))
                now = replace(now, probe=chosen.probe, frequency_mhz=chosen.frequency_mhz)
            for name, value in given.items():
                given[name] = _checked(name, value)
            if "depth_mm" in given and "focus_mm" not in given:
                given["focus_mm"] = now.focus_mm * given["depth_mm"] / now.depth_mm
            self.held.set(settings=replace(now, **given))

    def take_over(self, usual: ScanSettings) -> None:
        """Depth, focus and transducer as usual for another plane; gain and the rest stay."""
        with self._lock:
            self.held.set(
                settings=replace(
                    self.settings, probe=usual.probe, frequency_mhz=usual.frequency_mhz,
                    depth_mm=usual.depth_mm, focus_mm=usual.focus_mm,
                )
            )  # fmt: skip

    def state(self) -> dict[str, Any]:
        """For a screen."""
        now = self.settings
        values = {name: round(float(getattr(now, name)), 2) for name in RANGES}
        return {**values, "probe": now.probe, "machine": self.preset.name}

    def choices(self) -> dict[str, Any]:
        """What can be set, for a screen."""
        return {
            "ranges": {name: list(limits) for name, limits in RANGES.items()},
            "probes": list(self.preset.frequencies_mhz),
            "machines": {one.name: one.title for one in presets()},
        }

    def _choose(self, machine: Preset) -> None:
        now = self.settings
        name = now.probe if now.probe in machine.frequencies_mhz else None
        start = machine.settings(**({} if name is None else {"probe": name}))
        start = replace(
            start, depth_mm=now.depth_mm, focus_mm=now.focus_mm, gain_db=now.gain_db,
            gel_mm=now.gel_mm,
        )  # fmt: skip
        self.preset = machine
        self.held.set(settings=start)
        self._on_preset(machine)


def _checked(name: str, value: float | str) -> float:
    if name not in RANGES:
        raise SesamoidError(f"there is no knob {name!r}", fix=f"use one of {', '.join(RANGES)}.")
    low, high, _ = RANGES[name]
    try:
        number = float(value)
    except ValueError:
        number = float("nan")
    if not low <= number <= high:
        raise SesamoidError(f"{name} is {value}", fix=f"give {low:g} to {high:g}.")
    return number
