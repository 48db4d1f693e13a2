"""Names by which a reviewer's decision finds what it is about."""

from __future__ import annotations

from collections.abc import Iterable

from sesamoid.findings.grades import Category
from sesamoid.findings.measurements import Measurement

GRADE_KEY = "grade"
LONGEST_KEY = 160


def category_key(one: Category) -> str:
    """The key of a category; regions, lines and landmarks have their identifiers."""
    return f"category/{one.name}"[:LONGEST_KEY]


def measurement_keys(measurements: Iterable[Measurement]) -> tuple[str, ...]:
    """A key for each: what it was measured on and what was measured; numbered where that repeats.

    The same measurements in the same order have the same keys, so that what is measured anew on a
    changed outline takes the place of the old.

    Examples
    --------
    >>> measurement_keys([])
    ()
    """
    seen: dict[str, int] = {}
    keys = []
    for one in measurements:
        key = f"{one.evidence[0] if one.evidence else 'image'}#{one.quantity.key}"
        seen[key] = seen.get(key, 0) + 1
        keys.append((f"{key}#{seen[key]}" if seen[key] > 1 else key)[:LONGEST_KEY])
    return tuple(keys)
