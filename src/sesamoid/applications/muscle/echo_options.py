"""What a user may add for a muscle's echo: calibration, reference values, place of the bone."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sesamoid.errors import SesamoidError
from sesamoid.measure.echogenicity_backscatter import BackscatterCalibration
from sesamoid.measure.echogenicity_reference import (
    PARTS,
    EchogenicityReference,
    choose_echogenicity_reference,
    read_echogenicity_references,
)

OPTIONS: Mapping[str, str] = MappingProxyType(
    {
        "backscatter": "calibration of this machine and preset, from `sesamoid calibrate` (JSON): "
        "echo in dB",
        "echo_reference": "reference values of echo intensity (CSV): z-score, and with bone_mm a "
        "Heckmatt-style grade; needs muscle, device and age",
        "muscle": "of the reference values, as the CSV writes it",
        "device": "machine, probe and preset of the reference values, as the CSV writes it",
        "age": "of the person in years, for the reference values",
        "sex": "of the person, F or M, for the reference values; without it only those of any sex",
        "bone_mm": "depth of the bone below the skin line, for the Heckmatt-style grade",
    }
)
"""What ``--set`` may set."""

CHOOSING = ("muscle", "device", "age")
"""Needed to choose reference values, which hold for one muscle and one machine."""


@dataclass(frozen=True)
class EchoOptions:
    """The options, read and checked.

    Parameters
    ----------
    calibration : BackscatterCalibration or None
    references : dict of str to (EchogenicityReference or str)
        By part: what is normal, or why that is not known; empty where no CSV was given.
    bone_mm : float or None
    """

    calibration: BackscatterCalibration | None = None
    references: Mapping[str, EchogenicityReference | str] = field(default_factory=dict)
    bone_mm: float | None = None


def echo_options(settings: Mapping[str, Any]) -> EchoOptions:
    """The options among an application's settings.

    Raises
    ------
    SesamoidError
        A file that cannot be used, a value that is no number, an option without the one that it
        belongs to, or no reference value that fits.
    """
    given = {name: str(settings[name]) for name in OPTIONS if settings.get(name) is not None}
    table = given.get("echo_reference")
    if table is None:
        for name in (*CHOOSING, "sex", "bone_mm"):
            if name in given:
                raise SesamoidError(
                    f"--set {name} is used with reference values, and there are none",
                    fix=f"add --set echo_reference=FILE.csv, or leave {name} out.",
                )
    calibration = given.get("backscatter")
    return EchoOptions(
        calibration=None if calibration is None else BackscatterCalibration.load(Path(calibration)),
        references={} if table is None else _references(Path(table), given),
        bone_mm=_positive(given, "bone_mm") if "bone_mm" in given else None,
    )


def _references(path: Path, given: Mapping[str, str]) -> dict[str, EchogenicityReference | str]:
    for name in CHOOSING:
        if name not in given:
            raise SesamoidError(
                f"reference values are chosen by {name}, which is not given",
                fix=f"add --set {name}=VALUE.",
            )
    sex = given.get("sex", "any")
    if sex not in ("F", "M", "any"):
        raise SesamoidError(f"sex {sex!r} is not known", fix="use F or M, or leave it out.")
    table = read_echogenicity_references(path)
    age = _positive(given, "age")
    found: dict[str, EchogenicityReference | str] = {}
    failed: SesamoidError | None = None
    for part in PARTS:
        try:
            found[part] = choose_echogenicity_reference(
                table, muscle=given["muscle"], device=given["device"], age=age, sex=sex, part=part
            )
        except SesamoidError as error:
            failed = failed or error
            found[part] = error.problem
    if failed is not None and all(isinstance(one, str) for one in found.values()):
        raise SesamoidError(failed.problem, path=path, fix=failed.fix)
    return found


def _positive(given: Mapping[str, str], name: str) -> float:
    try:
        value = float(given[name])
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value > 0):
        raise SesamoidError(
            f"--set {name}={given[name]} is no number above 0", fix="use digits and a point."
        )
    return value
