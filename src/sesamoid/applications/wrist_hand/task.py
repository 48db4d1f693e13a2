"""What the joint network of the wrist-hand assistant is asked: planes, parts, classes, pose."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

import yaml

from sesamoid.anatomy import Protocol
from sesamoid.models.joint_task import JointTask
from sesamoid.virtual.acquisition.label_classes import label_classes

from .scanned import scanned_protocol


@cache
def joint_settings() -> dict[str, Any]:
    """The table ``joint.yaml``; read, not changed."""
    folder = resources.files("sesamoid.applications.wrist_hand")
    content: dict[str, Any] = yaml.safe_load(folder.joinpath("joint.yaml").read_text("utf-8"))
    return content


def pose_error(row: Mapping[str, Any], name: str) -> float:
    """An error of a true pose, as the network is asked for it.

    Of a probe that is held the wrong way round the rotation beyond the half turn counts.
    """
    value = float(row[name])
    return (value + 360) % 360 - 180 if name == "rotation_deg" and row["reversed"] else value


def joint_task(scanned: Protocol | None = None) -> JointTask:
    """The task of a protocol; of the one that ships if left out."""
    one = scanned_protocol(scanned)
    pose, picture = joint_settings()["pose"], joint_settings()["picture"]
    parts = [(key, index) for index, plane in enumerate(one.planes) for key in plane.parts]
    return JointTask(
        protocol=f"{one.id} {one.version}",
        planes=tuple(plane.id for plane in one.planes),
        parts=tuple(key for key, _ in parts),
        part_owner=tuple(owner for _, owner in parts),
        classes=label_classes(),
        pose=tuple(pose),
        pose_unit=tuple(float(entry["unit"]) for entry in pose.values()),
        capture=tuple(float(entry["capture"]) for entry in pose.values()),
        tolerance=tuple(
            tuple(float(getattr(plane.tolerance, name)) for name in pose) for plane in one.planes
        ),
        picture=tuple(picture),
        mirrored=tuple(name for name, entry in picture.items() if entry["mirrored"]),
    )
