"""One plane from a protocol file, checked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches

from sesamoid.anatomy.fields import Fields
from sesamoid.anatomy.planes import (
    ECHOES,
    ENDS,
    SIDES,
    Axis,
    LabelGroup,
    LabelPart,
    Plane,
    PoseTolerance,
    Requirement,
)
from sesamoid.anatomy.structures import structures

FINGERS = {1: "thumb", 2: "index", 3: "middle", 4: "ring", 5: "little"}


@dataclass(frozen=True)
class PlaneDefaults:
    """What the protocol says once for all its planes.

    Parameters
    ----------
    left : mapping of Axis to str
        What lies at the left of the screen.
    minimal_share : float
    sources : tuple of str
        Keys that planes and requirements may name.
    """

    left: Mapping[Axis, str]
    minimal_share: float
    sources: tuple[str, ...]


def read_plane(identity: str, fields: Fields, defaults: PlaneDefaults) -> Plane:
    """The plane; one that exists on several fingers carries itself on each of the others."""
    digits = fields.get("digits", None)
    if digits is None:
        return _plane(identity, fields, defaults, None)
    good = isinstance(digits, list) and digits and all(digit in FINGERS for digit in digits)
    if not good or len(set(digits)) != len(digits):
        raise fields.error(
            f"is {digits!r}", "digits", fix="list digits from 1 (thumb) to 5, the usual one first."
        )
    first, *others = (_plane(identity, fields, defaults, digit) for digit in digits)
    return replace(first, on_other_digits=tuple(others))


def _plane(identity: str, fields: Fields, defaults: PlaneDefaults, digit: int | None) -> Plane:
    axis = Axis(fields.text("axis", choices=tuple(Axis)))
    plane = Plane(
        id=identity,
        name=fields.text("name"),
        name_fixed=fields.flag("name_fixed", False),
        side=fields.text("side", choices=SIDES),
        axis=axis,
        left=fields.text("left", defaults.left[axis], choices=ENDS[axis]),
        depth_mm=_depth(fields),
        tolerance=_tolerance(fields.child("tolerance")),
        required=tuple(
            _requirement(label, part, defaults, digit)
            for label, part in fields.child("structures").children()
        ),
        optional=tuple(
            _optional(label, part, digit) for label, part in fields.child("optional", {}).children()
        ),
        landmark=fields.text("landmark"),
        position=fields.text("position"),
        source=fields.text("source", choices=defaults.sources),
        digit=digit,
        min_px_per_mm=fields.number("min_px_per_mm", 0.0, low=0),
    )
    fields.finish()
    _check(plane, fields)
    return plane


def _depth(fields: Fields) -> tuple[float, float]:
    depth = fields.pair("depth_mm", low=0)
    if depth[0] <= 0:
        raise fields.error(f"is {list(depth)}", "depth_mm", fix="give depths above 0 mm.")
    return depth


def _tolerance(fields: Fields) -> PoseTolerance:
    tolerance = PoseTolerance(
        along_mm=fields.number("along_mm", above=0),
        across_mm=fields.number("across_mm", above=0),
        rotation_deg=fields.number("rotation_deg", above=0, high=90),
        tilt_deg=fields.number("tilt_deg", above=0, high=90),
        rock_deg=fields.number("rock_deg", above=0, high=90),
    )
    fields.finish()
    return tolerance


def _requirement(
    label: str, fields: Fields, defaults: PlaneDefaults, digit: int | None
) -> Requirement:
    needed = Requirement(
        group=_group(label, fields, digit),
        width_mm=fields.number("w", above=0),
        height_mm=fields.number("h", above=0),
        centre_depth_mm=fields.number("cd", above=0),
        echo=fields.text("echo", choices=ECHOES),
        critical=fields.flag("crit", False),
        minimal_share=fields.number("minimal_share", defaults.minimal_share, above=0, high=1),
        source=fields.text("src", choices=defaults.sources),
    )
    fields.finish()
    return needed


def _optional(label: str, fields: Fields, digit: int | None) -> LabelGroup:
    group = _group(label, fields, digit)
    fields.finish()
    return group


def _group(label: str, fields: Fields, digit: int | None) -> LabelGroup:
    """`of` lists the structures of one part; `parts` names several, each with its structures."""
    if ("of" in fields) == ("parts" in fields):
        raise fields.error(
            "needs either 'of' or 'parts'",
            fix="write of: [structure] for one part, parts: {name: [structure]} for several.",
        )
    if "of" in fields:
        keys = _structures(fields, "of", digit)
        own = structures()[keys[0]].name if len(keys) == 1 else ...
        name = fields.text("name", own)
        title = name if "name" in fields else _lower(name)
        title = title if digit is None else _of(FINGERS[digit], title)
        return LabelGroup(label, name, (LabelPart(label, title, keys),))
    name, listed = fields.text("name"), fields.child("parts")
    parts = tuple(
        LabelPart(f"{label}:{part}", _of(part, name), _structures(listed, part, digit))
        for part in listed.names()
    )
    if not parts:
        raise listed.error("is empty", fix="name at least one part.")
    return LabelGroup(label, name, parts)


def _of(part: str, name: str) -> str:
    """'flexor tendons of the index finger', 'radial thumb sesamoid'."""
    if part not in FINGERS.values():
        return f"{part} {name}"
    return f"{name} of the {part}" + ("" if part == "thumb" else " finger")


def _structures(fields: Fields, key: str, digit: int | None) -> tuple[str, ...]:
    keys = []
    for template in fields.texts(key):
        if "{digit}" in template and digit is None:
            raise fields.error(f"names {template!r}", key, fix="give the plane its 'digits'.")
        name = template.replace("{digit}", str(digit))
        if name not in structures():
            raise fields.error(
                f"names {name!r}, which is not a structure",
                key,
                fix=_nearest(name),
            )
        keys.append(name)
    return tuple(keys)


def _nearest(name: str) -> str:
    close = get_close_matches(name, structures(), n=4)
    every = "all names stand in structures.yaml"
    return f"use {' or '.join(close)}; {every}." if close else f"{every}."


def _lower(name: str) -> str:
    """The name as it stands inside a sentence: 'Pisiform' but 'A1 pulley', 'TFCC'."""
    return name if name[1:2].isupper() or name[1:2].isdigit() else name[0].lower() + name[1:]


def _check(plane: Plane, fields: Fields) -> None:
    if not plane.critical:
        raise fields.error(
            "has no critical structure", "structures", fix="mark at least one with crit: true."
        )
    labels = [*(needed.label for needed in plane.required), *(g.label for g in plane.optional)]
    used = [key for group in plane.labels.values() for key in group.structures]
    for what, names in (("label", labels), ("structure", used)):
        name, count = Counter(names).most_common(1)[0]
        if count > 1:
            raise fields.error(f"has {what} {name!r} {count} times", fix="let each stand once.")
    for needed in plane.required:
        bottom = needed.centre_depth_mm + needed.height_mm / 2
        if bottom > plane.depth_mm[1]:
            raise fields.error(
                f"reaches to {bottom:g} mm, below the deepest image of {plane.depth_mm[1]:g} mm",
                f"structures.{needed.label}",
                fix="make depth_mm larger or the structure shallower.",
            )
