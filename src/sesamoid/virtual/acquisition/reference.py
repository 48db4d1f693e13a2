"""What the best picture of a plane shows in one body: the measure of its bone lines and tendons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sesamoid.virtual.acquisition.body import Body
from sesamoid.virtual.acquisition.operation import usual_settings
from sesamoid.virtual.acquisition.part_seen import PartSeen, parts_seen
from sesamoid.virtual.acquisition.seen import rules, see
from sesamoid.virtual.acquisition.seen_structures import Counts
from sesamoid.virtual.acquisition.standards import StandardView
from sesamoid.virtual.ultrasound import Scanner, presets


@dataclass(frozen=True)
class Reference:
    """Of a plane at its standard pose; a picture is judged against it, not against what cannot be.

    The flexor carpi radialis runs askew through the proximal carpal tunnel's plane and the flanks
    of the hook of the hamate are steep in anybody, and nobody's picture is worse for it (clinical
    facts 1.4: "reference tendon echo of the plane").

    Parameters
    ----------
    continuity : mapping of str to float
        Of bone lines, by part key.
    echo : mapping of str to float
        Of tendons, 1 at a right angle, by part key.
    """

    continuity: Mapping[str, float] = field(default_factory=dict)
    echo: Mapping[str, float] = field(default_factory=dict)

    def of_bone_lines(self, parts: Mapping[str, PartSeen]) -> dict[str, float]:
        """Continuity of the shown bone lines against the plane's own."""
        bones = {k: p.continuity for k, p in parts.items() if p.category == "bone"}
        return _relative(bones, self.continuity)

    def of_tendons(self, parts: Mapping[str, PartSeen]) -> dict[str, float]:
        """Echo of the shown tendons against the plane's own."""
        tendons = {k: p.echo for k, p in parts.items() if p.category == "tendon"}
        return _relative(tendons, self.echo)


def reference_of(body: Body, view: StandardView) -> Reference:
    """Look at a plane once, with one machine for all: the same whatever is scanned with."""
    machine = presets("train")[0]
    scanner = Scanner(machine, usual_settings(machine, view.plane.id))
    seen = see(body.section(view.pose, scanner.grid()), scanner, body.structures)
    counts = Counts.of(seen, len(body.structures))
    shown = {
        key: part
        for key, part in parts_seen(seen, counts, view.plane, body.structures).items()
        if part.total
    }
    whole = Reference()
    return Reference(whole.of_bone_lines(shown), whole.of_tendons(shown))


def _relative(values: Mapping[str, float], best: Mapping[str, float]) -> dict[str, float]:
    least = float(rules()["reference_least"])
    return {k: min(1.0, value / max(best.get(k, 1.0), least)) for k, value in values.items()}
