"""Where the probe goes for each standard plane, from the body's own landmarks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sesamoid.errors import SesamoidError
from sesamoid.virtual.body.anatomy import Anatomy
from sesamoid.virtual.body.frames import Array, unit
from sesamoid.virtual.body.population import load_table
from sesamoid.virtual.body.tubes import Tube

PLANES = tuple(f"S{n}" for n in range(1, 16))


@dataclass(frozen=True)
class Aim:
    """What a plane looks at, in the flat body.

    Parameters
    ----------
    target : ndarray of shape (3,)
        A point on the picture's middle line, in mm.
    axial : ndarray of shape (3,)
        Beam direction.
    lateral : ndarray of shape (3,)
        Towards the right of the picture, with radial, or proximal, on the left.
    """

    target: Array
    axial: Array
    lateral: Array


@dataclass(frozen=True)
class View:
    """How a plane is usually recorded: depth, aperture, pressure; in mm."""

    depth_mm: float
    width_mm: float
    press_mm: float


def view(plane: str) -> View:
    """The usual view of a plane.

    Raises
    ------
    SesamoidError
        Where there is no such plane.
    """
    table = load_table("planes")["planes"]
    if plane not in table:
        raise SesamoidError(f"There is no plane {plane!r}", fix=f"use one of {', '.join(PLANES)}")
    return View(**table[plane])


def aim(anatomy: Anatomy, plane: str, *, scale: float, digit: int | None = None) -> Aim:
    """Find a plane in a body.

    Parameters
    ----------
    anatomy : Anatomy
    plane : str
        ``S1`` to ``S15``.
    scale : float
        Of the person.
    digit : int, optional
        Of S8 (2 to 5, index if left out) and S9 (2 to 5, middle finger if left out).
    """
    view(plane)
    if digit is not None and (plane not in ("S8", "S9") or digit not in (2, 3, 4, 5)):
        raise SesamoidError(
            f"{plane} cannot be taken of digit {digit}", fix="give 2 to 5, for S8 or S9 only"
        )
    return _AIMS[plane](anatomy, scale, digit)


def _across(target: Array, axial: Array, along: Array, *, palmar: bool) -> Aim:
    """A short-axis plane perpendicular to `along`, with radial on the left."""
    beam = unit(axial - unit(along) * (axial @ unit(along)))
    side = np.cross(unit(along), beam) if palmar else np.cross(beam, unit(along))
    return Aim(target, beam, unit(side))


def _tangent(tube: Tube, z: float) -> Array:
    return unit(tube.at(z + 2.0) - tube.at(z - 2.0))


def _up(tube: Tube, z: float) -> Array:
    return unit([np.interp(z, tube.points[:, 2], tube.up[:, i]) for i in range(3)])


def _extensors(anatomy: Anatomy, keys: tuple[str, ...], z: float, x: float | None = None) -> Aim:
    """Across several extensor tendons at z, the picture's middle between them."""
    found = [t for t in anatomy.tubes if t.key in keys]
    middle = np.mean([t.at(z) for t in found], axis=0)
    if x is not None:
        middle[0] = x
    up = unit(np.sum([_up(t, z) for t in found], axis=0))
    along = unit(np.sum([_tangent(t, z) for t in found], axis=0))
    # Across the limb rather than across one slanting tendon.
    return _across(middle, -up, unit(along + np.array([0.0, 0.0, 2.0])), palmar=False)


def _s1(a: Anatomy, scale: float, _: int | None) -> Aim:
    return _extensors(a, ("apl", "epb"), -18.5 * scale)


def _s2(a: Anatomy, scale: float, _: int | None) -> Aim:
    lister = a.skeleton.part("radius", "lister")
    top = lister.frame.point(0, 0, lister.length * 0.5)
    aimed = _extensors(a, ("ecrb", "epl"), top[2], x=float(top[0]) + 1.5 * scale)
    return aimed


def _s3(a: Anatomy, scale: float, _: int | None) -> Aim:
    return _extensors(a, ("extensor_digitorum", "edm"), -22.5 * scale, x=-7.5 * scale)


def _s4(a: Anatomy, scale: float, _: int | None) -> Aim:
    return _extensors(a, ("ecu",), -22.5 * scale)


def _s5(a: Anatomy, scale: float, _: int | None) -> Aim:
    capitate = a.skeleton.part("capitate", "head").frame.origin
    third = a.skeleton.rays[3].metacarpal.origin
    # From the middle of the lunate's back over the capitate to the third metacarpal.
    lunate = a.skeleton.solid("lunate").parts[0].frame.origin + np.array([1.0 * scale, 0, 0])
    along = unit(np.array([third[0] - lunate[0], 0.0, third[2] - lunate[2]]))
    middle = (lunate + third) / 2 - 6.0 * scale * along
    middle[1] = capitate[1] + 8.0 * scale
    return Aim(middle, np.array([0.0, -1.0, 0.0]), along)


def _s6(a: Anatomy, scale: float, _: int | None) -> Aim:
    blob = next(b for b in a.blobs if b.solid.key == "scapholunate_ligament")
    centre = blob.solid.parts[0].frame.origin
    return _across(centre, np.array([0.0, -1.0, 0.0]), np.array([0.0, 0, 1]), palmar=False)


def _s7(a: Anatomy, scale: float, _: int | None) -> Aim:
    tube = a.tube("ecu")
    disc = next(b for b in a.blobs if b.solid.key == "tfcc").solid.parts[0].frame.origin
    at = tube.at(disc[2])
    return Aim(at + 0.5 * (disc - at), unit(disc - at), _tangent(tube, disc[2]))


def _s8(a: Anatomy, scale: float, digit: int | None) -> Aim:
    ray = a.skeleton.rays[digit or 2]
    return Aim(ray.head.point(0, ray.head_half[1], 2.0), -ray.head.axes[1], ray.head.axes[2])


def _s9(a: Anatomy, scale: float, digit: int | None) -> Aim:
    ray = a.skeleton.rays[digit or 3]
    joint = ray.segments[1].frame.moved(-6.0 * scale)
    return Aim(joint.point(0, -ray.segments[0].head_half[1], 0), ray.head.axes[1], ray.head.axes[2])


def _s10(a: Anatomy, scale: float, _: int | None) -> Aim:
    nerve = a.tube("median_nerve")
    lunate = a.skeleton.solid("lunate").parts[0].frame.origin
    first, last = nerve.at(-24.0 * scale), nerve.at(6.0 * scale)
    target = nerve.at(-7.0 * scale)
    # Half-way from straight to the lunate: the plane lies along a tendon under the nerve.
    lean = np.array([0.50 * (lunate[0] - target[0]) / (lunate[1] - target[1]), 1.0, 0.0])
    along = last - first
    return Aim(target, lean - unit(along) * (lean @ unit(along)), along)


def _s11(a: Anatomy, scale: float, _: int | None) -> Aim:
    z = a.tunnel.inlet_z_mm
    nerve = a.tube("median_nerve")
    pisiform = a.skeleton.solid("pisiform").parts[0].frame.origin
    tubercle = a.skeleton.part("scaphoid", "tubercle").frame.origin
    middle = np.array([(pisiform[0] + tubercle[0]) / 2, nerve.at(z)[1], z])
    return _across(middle, np.array([0.0, 1.0, 0.0]), _tangent(nerve, z), palmar=True)


def _s12(a: Anatomy, scale: float, _: int | None) -> Aim:
    z = a.tunnel.outlet_z_mm
    nerve = a.tube("median_nerve")
    hook = a.skeleton.part("hamate", "hook").frame.origin
    ridge = a.skeleton.part("trapezium", "tubercle").frame.origin
    middle = np.array([(hook[0] + ridge[0]) / 2, nerve.at(z)[1], z])
    return _across(middle, np.array([0.0, 1.0, 0.0]), _tangent(nerve, z), palmar=True)


def _s13(a: Anatomy, scale: float, _: int | None) -> Aim:
    head = a.skeleton.rays[1].head
    target = head.point(0, -a.skeleton.rays[1].head_half[1], 0.5)
    return _across(target, head.axes[1], head.axes[2], palmar=True)


def _two_heads(a: Anatomy, radial: int, ulnar: int) -> Aim:
    first, second = a.skeleton.rays[radial].head, a.skeleton.rays[ulnar].head
    axial = unit(first.axes[1] + second.axes[1])
    target = (first.origin + second.origin) / 2 - 8.0 * axial
    lateral = second.origin - first.origin
    return Aim(target, axial, unit(lateral - axial * (lateral @ axial)))


_AIMS: dict[str, Callable[[Anatomy, float, int | None], Aim]] = {
    "S1": _s1,
    "S2": _s2,
    "S3": _s3,
    "S4": _s4,
    "S5": _s5,
    "S6": _s6,
    "S7": _s7,
    "S8": _s8,
    "S9": _s9,
    "S10": _s10,
    "S11": _s11,
    "S12": _s12,
    "S13": _s13,
    "S14": lambda a, s, d: _two_heads(a, 2, 3),
    "S15": lambda a, s, d: _two_heads(a, 4, 5),
}
