"""What may ail a virtual patient, for lists; and what one has by chance."""

from __future__ import annotations

import numpy as np

from sesamoid.virtual.body.pathology import Pathology, pathology_names
from sesamoid.virtual.body.population import load_table

WORDS = {1: "mild", 2: "moderate", 3: "severe"}
HEALTHY_SHARE = 0.35
"""Of patients that are drawn by chance (P)."""


def ailments() -> list[tuple[str, str]]:
    """(``kind:severity``, words) of everything that can be asked for, at its first site."""
    return [
        (f"{kind}:{severity}", f"{kind.replace('_', ' ')}, {WORDS[severity]}")
        for kind in pathology_names()
        for severity in load_table("pathology")[kind]["severities"]
        if severity
    ]


def drawn_ailment(rng: np.random.Generator) -> tuple[str, ...]:
    """What a patient of a quiz has: nothing, or one thing of any kind, severity and site."""
    if rng.random() < HEALTHY_SHARE:
        return ()
    kind = str(rng.choice(pathology_names()))
    entry = load_table("pathology")[kind]
    severity = int(rng.choice([one for one in entry["severities"] if one]))
    sites = entry.get("sites", [""])
    one = Pathology(kind, severity, str(rng.choice(sites)))
    return (f"{one.kind}:{one.severity}:{one.site}".rstrip(":"),)
