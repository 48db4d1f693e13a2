"""Virtual machines and probes, from ``presets.yaml``."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any, Literal

import yaml

from sesamoid.errors import SesamoidError
from sesamoid.virtual.ultrasound.settings import ScanSettings

Split = Literal["train", "test", "all"]


@dataclass(frozen=True)
class Probe:
    """A linear transducer.

    Parameters
    ----------
    name : str
    width_mm : float
        Of the face, and of the picture.
    elevation_mm, lens_focus_mm : float
        Slice thickness at the depth where it is least, and that depth.
    lens_mm : float
        Thickness of the lens.
    """

    name: str
    width_mm: float
    elevation_mm: float
    lens_focus_mm: float
    lens_mm: float


@dataclass(frozen=True)
class Layout:
    """Where a console puts things; sizes in pixels, colours as (red, green, blue).

    Parameters
    ----------
    size : (rows, columns)
        Of the frame.
    background, text_colour, accent : tuple of int
    bar_side, bar_size, bar_colour
        The panel at one edge of the frame.
    margin : (top, left, bottom, right)
        Room around the scan region, inside the panel.
    marker : {"dot", "letter", "triangle", "square"}
        Sign of the probe's marked side, at the upper `marker_side` corner.
    scale_side, grey_bar, parameters_side : str
        ``left``, ``right``, ``bottom`` or ``none``.
    text : tuple of str
        What is written: ``title``, ``patient``, ``mi``, ``parameters``.
    """

    size: tuple[int, int]
    background: tuple[int, int, int]
    text_colour: tuple[int, int, int]
    accent: tuple[int, int, int]
    bar_side: str
    bar_size: int
    bar_colour: tuple[int, int, int]
    margin: tuple[int, int, int, int]
    marker: str
    marker_side: str
    scale_side: str
    grey_bar: str
    parameters_side: str
    text: tuple[str, ...]


@dataclass(frozen=True)
class Preset:
    """A virtual machine: what the operator cannot change, and where the settings start.

    Parameters
    ----------
    name, title : str
        `title` is what the screen shows; a made-up name.
    reserved_for : {"train", "test"}
    frequencies_mhz : dict of str to float
        By probe.
    cycles, f_number : float
        Length of the pulse and aperture; see `PointSpread.of`.
    compensation : float
        Attenuation in dB/cm/MHz, one way, that the machine makes up for.
    glow_db : float
        Afterglow of bone, relative to the echo of its surface.
    noise_db, clutter_db, ring_db, white_db : float
        Electronic noise before compensation, haze behind bright echoes, near-field lines and
        white, all relative to the mean echo of muscle.
    sharpen : float
        Edge enhancement.
    grey_map : tuple of (level, grey)
        Both from 0 to 1.
    defaults : dict
        Of `ScanSettings`.
    layout : Layout
    """

    name: str
    title: str
    reserved_for: str
    frequencies_mhz: dict[str, float]
    cycles: float
    f_number: float
    compensation: float
    noise_db: float
    clutter_db: float
    glow_db: float
    ring_db: float
    white_db: float
    sharpen: float
    grey_map: tuple[tuple[float, float], ...]
    layout: Layout
    defaults: dict[str, Any] = field(default_factory=dict)

    def settings(self, **changes: Any) -> ScanSettings:
        """The machine's own settings, with changes; a probe brings its frequency.

        Raises
        ------
        SesamoidError
            For a probe that the machine does not have.
        """
        name = changes.pop("probe", next(iter(self.frequencies_mhz)))
        if name not in self.frequencies_mhz:
            raise SesamoidError(
                f"{self.title} has no probe {name!r}",
                fix=f"Take one of {', '.join(self.frequencies_mhz)}.",
            )
        own = {"frequency_mhz": self.frequencies_mhz[name], **self.defaults}
        return ScanSettings(**{**own, "probe": name, **changes})


def preset(name: str) -> Preset:
    """The machine of that name; SesamoidError names the ones that exist."""
    machines = _load()[1]
    if name not in machines:
        raise SesamoidError(
            f"there is no virtual scanner {name!r}", fix=f"Take one of {', '.join(machines)}."
        )
    return machines[name]


def presets(split: Split = "all") -> tuple[Preset, ...]:
    """Machines for training, those kept for testing, or all; in the order of the file."""
    if split not in ("train", "test", "all"):
        raise SesamoidError(f"there is no split {split!r}", fix="Take train, test or all.")
    return tuple(m for m in _load()[1].values() if split in ("all", m.reserved_for))


def probe(name: str) -> Probe:
    """The probe of that name; SesamoidError names the ones that exist."""
    probes = _load()[0]
    if name not in probes:
        raise SesamoidError(f"there is no probe {name!r}", fix=f"Take one of {', '.join(probes)}.")
    return probes[name]


@cache
def _load() -> tuple[dict[str, Probe], dict[str, Preset]]:
    text = (
        resources.files("sesamoid.virtual.ultrasound").joinpath("presets.yaml").read_text("utf-8")
    )
    content = yaml.safe_load(text)
    probes = {name: Probe(name, **values) for name, values in content["probes"].items()}
    return probes, {name: _machine(name, values) for name, values in content["machines"].items()}


def _machine(name: str, values: dict[str, Any]) -> Preset:
    rest = dict(values)
    nodes = tuple((float(level), float(grey)) for level, grey in rest.pop("grey_map"))
    return Preset(
        name=name,
        frequencies_mhz={key: float(mhz) for key, mhz in rest.pop("frequency_mhz").items()},
        grey_map=nodes,
        defaults=rest.pop("settings"),
        layout=_layout(rest.pop("layout")),
        **rest,
    )


def _layout(values: dict[str, Any]) -> Layout:
    bar = values["bar"]
    rest: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in values.items()
        if key != "bar"
    }
    return Layout(
        bar_side=bar["side"], bar_size=bar["size"], bar_colour=tuple(bar["colour"]), **rest
    )
