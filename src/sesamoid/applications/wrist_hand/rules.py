"""The limits of `assessing.yaml`, read once."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from importlib import resources
from pathlib import Path

from sesamoid.anatomy.fields import Fields, read_yaml


@dataclass(frozen=True)
class AssessingRules:
    """When what the network sees counts; see ``assessing.yaml`` for each."""

    reversed_from: float
    flag_from: float
    quality_from: float
    pose_from: float
    edge_mm: float
    edge_share: float
    gap_mm: float
    gap_share: float
    scan_area_every_s: float


def read_rules(path: Path) -> AssessingRules:
    """Limits from a file in the form of ``assessing.yaml``; SesamoidError names what is wrong."""
    content = Fields(read_yaml(path), path)
    content.text("tag", choices=("R", "M", "P"))
    values = {one.name: content.number(one.name, low=0) for one in fields(AssessingRules)}
    content.finish()
    return AssessingRules(**values)


@cache
def assessing_rules() -> AssessingRules:
    """Those that ship."""
    home = resources.files("sesamoid.applications.wrist_hand")
    return read_rules(Path(str(home.joinpath("assessing.yaml"))))
