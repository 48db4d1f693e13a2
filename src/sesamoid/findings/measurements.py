"""Numbers that cannot exist without a unit, a method and what they were measured on."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from sesamoid.anatomy import Code
from sesamoid.errors import SesamoidError


@dataclass(frozen=True)
class Quantity:
    """What is measured, whatever its value.

    Parameters
    ----------
    key : str
        Name in code, CSV and JSON, e.g. ``"cross_sectional_area"``.
    name : str
        Name for people.
    code : Code
        Concept for DICOM SR and FHIR.
    definition : str
        How it is computed, in one sentence.
    """

    key: str
    name: str
    code: Code
    definition: str


@dataclass(frozen=True)
class Uncertainty:
    """How far a value may be off.

    Parameters
    ----------
    low, high : float
        Ends of the interval, in the measurement's unit.
    coverage : float
        Nominal share of cases whose truth lies inside, e.g. 0.95.
    method : str
        How the interval was made and from which data (real or virtual).
    """

    low: float
    high: float
    coverage: float
    method: str


@dataclass(frozen=True)
class Measurement:
    """A value with its unit and evidence.

    Parameters
    ----------
    quantity : Quantity
    value : float, optional
        None where it could not be measured; then `reason` says why.
    unit : str
        UCUM, e.g. ``"mm2"``, ``"mm"``, ``"deg"``, ``"1"``, ``"{pixels}"``.
    method : str
        How, in a few words; says so where the unit is pixels for want of calibration.
    evidence : tuple of str
        Identifiers of the regions, lines or landmarks it came from.
    uncertainty : Uncertainty, optional
    reason : str, optional
        Why there is no value.
    frame : int
    """

    quantity: Quantity
    value: float | None
    unit: str
    method: str
    evidence: tuple[str, ...] = ()
    uncertainty: Uncertainty | None = None
    reason: str | None = None
    frame: int = 0
    notes: tuple[str, ...] = field(default_factory=tuple)

    def __post_init__(self) -> None:
        if not self.unit:
            raise SesamoidError(f"measurement {self.quantity.key!r} has no unit")
        if self.value is None and not self.reason:
            raise SesamoidError(f"measurement {self.quantity.key!r} has neither value nor reason")
        if self.value is not None and not math.isfinite(self.value):
            raise SesamoidError(f"measurement {self.quantity.key!r} is {self.value}")
