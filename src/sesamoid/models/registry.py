"""Which bundles there are: those that ship here, and those that other packages bring."""

from __future__ import annotations

from importlib import metadata, resources
from pathlib import Path

from sesamoid.errors import ModelError
from sesamoid.models.bundle import ModelBundle

ENTRY_POINTS = "sesamoid.bundles"
"""A third party's entry point names a callable that returns its bundle's folder as a Path."""


def bundles() -> dict[str, ModelBundle]:
    """All bundles by name; manifests are read, weights are not."""
    found: dict[str, ModelBundle] = {}
    home = Path(str(resources.files("sesamoid.models").joinpath("bundles")))
    folders = sorted(p.parent for p in home.glob("*/manifest.json"))
    folders += [Path(e.load()()) for e in metadata.entry_points(group=ENTRY_POINTS)]
    for folder in folders:
        one = ModelBundle.read(folder)
        found[one.manifest.name] = one
    return found


def bundle(name_or_folder: str | Path) -> ModelBundle:
    """The bundle of that name, or the one in that folder; a name goes before a folder."""
    known = bundles()
    if str(name_or_folder) not in known:
        if Path(name_or_folder).is_dir():
            return ModelBundle.read(Path(name_or_folder))
        raise ModelError(
            f"no model {str(name_or_folder)!r}",
            fix=f"use one of {', '.join(sorted(known)) or 'none installed'}, or a bundle's folder.",
        )
    return known[str(name_or_folder)]
