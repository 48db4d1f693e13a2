"""Pathologies of known severity: what they change in a person."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from sesamoid.errors import SesamoidError
from sesamoid.virtual.body.population import load_table


@cache
def _table() -> dict[str, Any]:
    return load_table("pathology")


def pathology_names() -> tuple[str, ...]:
    """The pathologies that can be asked for."""
    return tuple(_table())


@dataclass(frozen=True)
class Pathology:
    """One pathology.

    Parameters
    ----------
    kind : str
        One of `pathology_names()`.
    severity : int
        1 mild, 2 moderate, 3 severe; the grade 0-3 for synovitis.
    site : str
        The finger, or the bone, for those that have a choice; the first choice if left empty.
    """

    kind: str
    severity: int = 2
    site: str = ""

    def __post_init__(self) -> None:
        if self.kind not in _table():
            raise SesamoidError(
                f"There is no pathology {self.kind!r}",
                fix=f"use one of {', '.join(pathology_names())}",
            )
        entry = _table()[self.kind]
        if self.severity not in entry["severities"]:
            raise SesamoidError(
                f"{self.kind} has no severity {self.severity}",
                fix=f"use one of {entry['severities']}",
            )
        sites = entry.get("sites", [])
        if self.site and self.site not in sites:
            raise SesamoidError(
                f"{self.kind} has no site {self.site!r}",
                fix=f"use one of {', '.join(sites)}" if sites else "leave the site empty",
            )
        if sites and not self.site:
            object.__setattr__(self, "site", sites[0])

    @classmethod
    def parse(cls, text: str) -> Pathology:
        """From ``kind``, ``kind:severity`` or ``kind:severity:site``."""
        kind, _, rest = text.partition(":")
        severity, _, site = rest.partition(":")
        if not severity:
            return cls(kind)
        if not severity.isdigit():
            raise SesamoidError(
                f"{severity!r} is no severity in {text!r}", fix="write it as kind:severity:site"
            )
        return cls(kind, int(severity), site)

    def apply(self, values: dict[str, float], rng: np.random.Generator) -> dict[str, float]:
        """A copy of a person's values with this pathology's effects."""
        changed = dict(values)
        entry = _table()[self.kind]
        step = entry["severities"].index(self.severity)
        for pattern, effect in entry["effects"].items():
            name = pattern.format(site=self.site)
            if "set" in effect:
                mean, sd = effect["set"][step]
                changed[name] = mean + sd * float(np.clip(rng.standard_normal(), -2.5, 2.5))
            else:
                mean, sd = effect["add"][step]
                extra = mean + sd * float(np.clip(rng.standard_normal(), -2.5, 2.5))
                changed[name] = changed[name] + extra
        return changed
