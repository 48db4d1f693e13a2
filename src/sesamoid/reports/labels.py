"""Short names of regions: the same on the picture and in the tables."""

from __future__ import annotations

from collections import Counter

from sesamoid.findings import Result


def region_labels(result: Result) -> dict[str, str]:
    """A short label for each region identifier, e.g. ``{"nerve-1": "N1", "nerve-2": "N2"}``.

    The abbreviation of the structure alone where a frame holds one region of it.
    """
    per_frame = Counter((r.frame, r.structure.key) for r in result.regions)
    seen: Counter[tuple[int, str]] = Counter()
    labels = {}
    for region in result.regions:
        key = (region.frame, region.structure.key)
        seen[key] += 1
        short = region.structure.abbreviation
        labels[region.identifier] = f"{short}{seen[key]}" if per_frame[key] > 1 else short
    return labels
