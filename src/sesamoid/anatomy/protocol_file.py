"""A protocol from its YAML file, checked: every mistake is named with its place and a remedy."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any

from sesamoid.anatomy.fields import Fields, read_yaml
from sesamoid.anatomy.grade_rule import read_grade_rule
from sesamoid.anatomy.plane_file import PlaneDefaults, read_plane
from sesamoid.anatomy.planes import ENDS, Axis, Plane
from sesamoid.anatomy.protocol_model import Checks, Protocol, PublishedLabel, Source
from sesamoid.errors import SesamoidError


def shipped_files() -> dict[str, Path]:
    """Files of the protocols that ship, by protocol id."""
    folder = Path(str(resources.files("sesamoid.anatomy"))) / "protocols"
    return {path.stem.replace("_", "-"): path for path in sorted(folder.glob("*.yaml"))}


def read_protocol(path: Path) -> Protocol:
    """The protocol in a file; SesamoidError names file, place and remedy."""
    fields = Fields(_extended(path), path)
    identity, version = fields.text("id"), fields.text("version")
    sources = _sources(fields.child("sources"))
    defaults = PlaneDefaults(
        left=_orientation(fields.child("orientation")),
        minimal_share=fields.number("minimal_share", above=0, high=1),
        sources=tuple(sources),
    )
    planes = tuple(read_plane(key, part, defaults) for key, part in _planes(fields).children())
    protocol = Protocol(
        id=identity,
        version=version,
        name=fields.text("name"),
        basis=fields.text("basis"),
        planes=planes,
        grading=read_grade_rule(fields.child("grading"), f"{identity} {version}"),
        checks=_checks(fields.child("checks")),
        published_labels=_published(fields, planes),
        sources=sources,
    )
    fields.finish()
    return protocol


def _extended(path: Path) -> dict[str, Any]:
    """Content of the file, laid over the shipped protocol that it extends, if any."""
    content = read_yaml(path)
    if "extends" not in content:
        return content
    base = content.pop("extends")
    files = shipped_files()
    if base not in files:
        raise SesamoidError(
            f"extends {base!r}, which does not ship",
            path=path,
            fix=f"use one of {', '.join(files)}, or write the protocol out in full.",
        )
    for key in ("id", "version"):
        if key not in content:
            raise SesamoidError(
                f"{key} is missing: a changed protocol needs its own",
                path=path,
                fix=f"add {key!r}, so that results say which protocol made them.",
            )
    return _laid_over(read_yaml(files[base]), content)


def _laid_over(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """`base` with `changes`; mappings are merged, an empty value takes its key away."""
    out = dict(base)
    for key, value in changes.items():
        if value is None:
            out.pop(key, None)
        elif isinstance(value, dict) and isinstance(out.get(key), dict):
            out[key] = _laid_over(out[key], value)
        else:
            out[key] = value
    return out


def _planes(fields: Fields) -> Fields:
    planes = fields.child("planes")
    if not planes.names():
        raise planes.error("is empty", fix="give at least one plane.")
    return planes


def _sources(fields: Fields) -> dict[str, Source]:
    sources = {}
    for key, part in fields.children():
        sources[key] = Source(part.text("tag", choices=("R", "M", "P")), part.text("text"))
        part.finish()
    return sources


def _orientation(fields: Fields) -> dict[Axis, str]:
    left = {axis: fields.text(axis.value, choices=ENDS[axis]) for axis in Axis}
    fields.finish()
    return left


def _checks(fields: Fields) -> Checks:
    tendon = fields.child("tendon_tilt")
    pose = fields.child("pose")
    checks = Checks(
        tilt_visible_deg=tendon.pair("visible_deg", low=0, high=90),
        tilt_exponent=tendon.pair("exponent", low=0),
        wrong_plane_factor=pose.number("wrong_plane_factor", low=1),
    )
    for part in (tendon, pose):
        part.get("source")
        part.finish()
    fields.finish()
    return checks


def _published(fields: Fields, planes: tuple[Plane, ...]) -> tuple[PublishedLabel, ...]:
    labels = {plane.id: plane.labels for plane in planes}
    out = []
    listed = fields.child("published_labels", {})
    for label, part in listed.children():
        ids = part.texts("planes")
        for plane_id in ids:
            if label not in labels.get(plane_id, {}):
                raise part.error(
                    f"names {plane_id}, which does not have this label",
                    "planes",
                    fix=f"give planes that have {label!r}, or leave the label out (empty value).",
                )
        out.append(PublishedLabel(label, part.text("name"), ids))
        part.finish()
    return tuple(out)
