"""File names of a run's artefacts, from the names of its inputs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

_LONGEST = 80
_UNSAFE = re.compile(r"[^\w.-]+", re.ASCII)


def report_names(paths: Sequence[Path | str]) -> tuple[str, ...]:
    """A name for each input, without suffix, unique in the run and safe in any folder.

    The stem where it is unique; else the folder's name before it, then the suffix after it, then
    a number. Names that differ by case alone count as equal, as some file systems have it.

    Examples
    --------
    >>> report_names(["a/1.png", "b/1.png", "b/2.png"])
    ('a_1', 'b_1', '2')
    """
    inputs = [Path(path) for path in paths]
    forms: tuple[Callable[[Path], str], ...] = (
        lambda p: _safe(_stem(p)),
        lambda p: _safe(f"{p.parent.name}_{_stem(p)}"),
        lambda p: _safe(f"{p.parent.name}_{p.name}"),
    )
    names = [forms[0](path) for path in inputs]
    for form in forms[1:]:
        counts = Counter(name.casefold() for name in names)
        names = [
            form(path) if counts[name.casefold()] > 1 else name
            for path, name in zip(inputs, names, strict=True)
        ]
    return _numbered(names)


def _stem(path: Path) -> str:
    """The name without a short suffix; ``1.2.840.113619`` is a name, not a suffix."""
    suffix = path.suffix
    known = 1 < len(suffix) <= 5 and not suffix[1:].isdigit()
    stem = path.name[: -len(suffix)] if known else path.name
    return stem[:-4] if stem.lower().endswith(".nii") else stem


def _safe(text: str) -> str:
    name = _UNSAFE.sub("_", text).strip("._-")
    return name[-_LONGEST:].strip("._-") or "image"


def _numbered(names: Sequence[str]) -> tuple[str, ...]:
    taken: set[str] = set()
    out = []
    counts = Counter(name.casefold() for name in names)
    taken.update(name for name, count in counts.items() if count == 1)
    for name in names:
        candidate, number = name, 1
        while counts[name.casefold()] > 1 and candidate.casefold() in taken:
            number += 1
            candidate = f"{name}-{number}"
        taken.add(candidate.casefold())
        out.append(candidate)
    return tuple(out)
