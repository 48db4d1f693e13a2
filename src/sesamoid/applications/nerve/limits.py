"""Named reference limits, from ``limits.yaml``, and the comparison of a value with one of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

import yaml

from sesamoid.errors import SesamoidError

CROSS_SECTIONAL_AREA = "cross_sectional_area"
DELTA = "delta_cross_sectional_area"

CIRCUMFERENCE_CM = (8.0, 30.0)
"""A wrist outside this range is taken for a slip of unit (mm or inch) [P]."""


@dataclass(frozen=True)
class Preset:
    """One published limit.

    Parameters
    ----------
    name : str
        By which it is chosen.
    quantity : str
        Key of the quantity that it is for.
    unit : str
        UCUM.
    lower, upper : float, optional
        In `unit`; None: no such limit, or given by the formula.
    slope_per_cm, offset : float, optional
        Upper limit = slope x wrist circumference in cm + offset.
    nerve, site, population, statistic : str
    source : str
        Reference and, in brackets, the tag of the clinical facts.
    short : str
        Source in a few words, for a sentence.
    status : {"R", "M", "P"}
        Read at its source, recalled, or this project's proposal.
    """

    name: str
    quantity: str
    unit: str
    nerve: str
    site: str
    population: str
    statistic: str
    source: str
    short: str
    status: Literal["R", "M", "P"]
    lower: float | None = None
    upper: float | None = None
    slope_per_cm: float | None = None
    offset: float | None = None

    @property
    def needs_circumference(self) -> bool:
        """True where the limit depends on the wrist circumference."""
        return self.slope_per_cm is not None

    def upper_limit(self, circumference_cm: float | None = None) -> float | None:
        """Upper limit in `unit`, or None where there is none.

        Raises
        ------
        SesamoidError
            The circumference is needed and missing, or no human wrist.
        """
        if self.slope_per_cm is None or self.offset is None:
            return self.upper
        if circumference_cm is None:
            raise SesamoidError(
                f"limit {self.name!r} depends on the wrist circumference, which is not given",
                fix="give the circumference in cm.",
            )
        low, high = CIRCUMFERENCE_CM
        if not low <= circumference_cm <= high:
            raise SesamoidError(
                f"a wrist circumference of {circumference_cm} cm is outside {low:g}-{high:g} cm",
                fix="give it in cm.",
            )
        return self.slope_per_cm * circumference_cm + self.offset


@dataclass(frozen=True)
class Assessment:
    """Where a value lies against a preset; reads as a sentence.

    Parameters
    ----------
    position : {"below", "within", "above", "not measured"}
    preset : Preset
    text : str
    """

    position: Literal["below", "within", "above", "not measured"]
    preset: Preset
    text: str

    def __str__(self) -> str:
        return self.text


@cache
def presets() -> dict[str, Preset]:
    """All presets by name."""
    text = resources.files("sesamoid.applications.nerve").joinpath("limits.yaml").read_text("utf-8")
    out = {}
    for name, entry in yaml.safe_load(text)["presets"].items():
        formula = entry.pop("formula", {})
        out[name] = Preset(name=name, **entry, **formula)
    return out


def preset(name: str) -> Preset:
    """One preset; SesamoidError, with the names there are, where there is none of that name."""
    try:
        return presets()[name]
    except KeyError:
        raise SesamoidError(
            f"no reference limit {name!r}", fix=f"use one of {', '.join(sorted(presets()))}."
        ) from None


def check(
    name: str,
    circumference_cm: float | None = None,
    *,
    quantity: str = CROSS_SECTIONAL_AREA,
) -> None:
    """SesamoidError where `name` is no preset for `quantity`, or lacks a usable circumference."""
    chosen = preset(name)
    if chosen.quantity != quantity:
        fitting = sorted(p.name for p in presets().values() if p.quantity == quantity)
        raise SesamoidError(
            f"limit {name!r} is for {chosen.quantity}, not for {quantity}",
            fix=f"use one of {', '.join(fitting)}.",
        )
    chosen.upper_limit(circumference_cm)


def assess(
    value: float | None, limit: Preset | str, *, circumference_cm: float | None = None
) -> Assessment:
    """Compare a value with a named limit; never a judgement on a patient.

    Parameters
    ----------
    value : float or None
        In the preset's unit; None where it could not be measured.
    limit : Preset or str
    circumference_cm : float, optional
        Of the wrist, where the preset needs it.

    Returns
    -------
    Assessment
        A value equal to a limit is within it.
    """
    chosen = preset(limit) if isinstance(limit, str) else limit
    upper, lower = chosen.upper_limit(circumference_cm), chosen.lower
    unit, digits = ("", 2) if chosen.unit == "1" else (f" {chosen.unit}", 1)
    caveat = "" if chosen.status == "R" else f"; status {chosen.status}: not checked at its source"
    where = f"({chosen.short}; {chosen.nerve} nerve, {chosen.site}{caveat})"
    if value is None:
        return Assessment("not measured", chosen, f"not measured, so not compared {where}")
    if not math.isfinite(value) or (value < 0 and chosen.quantity != DELTA):
        raise SesamoidError(f"{value} is no {chosen.quantity}")
    shown = f"{value:.{digits}f}{unit}"
    if upper is not None and value > upper:
        text = f"{shown} is above the preset's upper limit of {upper:.3g}{unit} {where}"
        return Assessment("above", chosen, text)
    if lower is not None and value < lower:
        text = f"{shown} is below the preset's lower limit of {lower:.3g}{unit} {where}"
        return Assessment("below", chosen, text)
    bounds = f"up to {upper:.3g}{unit}" if lower is None else f"{lower:.3g} to {upper:.3g}{unit}"
    return Assessment("within", chosen, f"{shown} is within the limit of {bounds} {where}")


def wrist_forearm_ratio(wrist_mm2: float, forearm_mm2: float) -> float:
    """CSA at the wrist over CSA in the forearm, 12 cm proximal (clinical facts 2.3); no unit.

    Raises
    ------
    SesamoidError
        An area is not positive.
    """
    if not (wrist_mm2 > 0 and forearm_mm2 > 0):
        raise SesamoidError(f"areas of {wrist_mm2} and {forearm_mm2} mm2 have no ratio")
    return wrist_mm2 / forearm_mm2


def delta_csa(tunnel_mm2: float, pronator_mm2: float) -> float:
    """CSA in the carpal tunnel minus CSA at pronator quadratus (Klauser 2009), in mm2.

    Raises
    ------
    SesamoidError
        An area is not positive.
    """
    if not (tunnel_mm2 > 0 and pronator_mm2 > 0):
        raise SesamoidError(f"areas of {tunnel_mm2} and {pronator_mm2} mm2 have no difference")
    return tunnel_mm2 - pronator_mm2
