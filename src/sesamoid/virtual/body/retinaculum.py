"""The flexor retinaculum: a thin arched sheet, and the roof of the carpal tunnel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sesamoid.virtual.body.bones import Skeleton
from sesamoid.virtual.body.frames import Array
from sesamoid.virtual.body.person import Person

STEP_MM = 0.5
INLET_Z_MM, OUTLET_Z_MM = -3.0, 11.0
PROXIMAL_Z_MM, DISTAL_Z_MM = -12.0, 18.5
# The arch stays up a little proximal and distal of the sheet, as a roof for the packing of tendons.
ROOF_FROM_Z_MM, ROOF_TO_Z_MM = -24.0, 26.0


@dataclass(frozen=True)
class Sheet:
    """A height field over x and z: the mid-surface's y, and the half thickness.

    Parameters
    ----------
    x0, z0, step : float
        First node and distance of nodes, in mm.
    height : ndarray of float32, shape (nx, nz)
        y of the mid-surface, in mm.
    half_thickness : ndarray of float32, shape (nx, nz)
        0 where there is no sheet, in mm.
    """

    x0: float
    z0: float
    step: float
    height: NDArray[np.float32]
    half_thickness: NDArray[np.float32]

    def at(self, x: ArrayLike, z: ArrayLike) -> Array:
        """y of the mid-surface; the nearest node outside of the field."""
        i = np.clip(np.rint((np.asarray(x) - self.x0) / self.step), 0, self.height.shape[0] - 1)
        j = np.clip(np.rint((np.asarray(z) - self.z0) / self.step), 0, self.height.shape[1] - 1)
        values: Array = self.height[i.astype(int), j.astype(int)].astype(np.float64)
        return values


@dataclass(frozen=True)
class Tunnel:
    """The carpal tunnel's roof and where it is fixed.

    Parameters
    ----------
    sheet : Sheet
    inlet_z_mm, outlet_z_mm : float
        Planes of pisiform and scaphoid tubercle, and of hook and trapezium tubercle.
    radial, ulnar : ndarray of shape (n, 3)
        Attachments along z, in mm.
    floor_inlet_mm : float
        y of the bone under the middle of the inlet.
    """

    sheet: Sheet
    inlet_z_mm: float
    outlet_z_mm: float
    radial: Array
    ulnar: Array
    floor_inlet_mm: float


def _palmar_y(skeleton: Skeleton, bones: tuple[str, ...], x: float, z: float) -> float:
    """Lowest y of the bones on a palmar-dorsal line, in mm."""
    y = np.arange(-25.0, 5.0, 0.05)
    points = np.c_[np.full_like(y, x), y, np.full_like(y, z)]
    inside = np.min([skeleton.solid(b).distance(points) for b in bones], axis=0) < 0
    return float(y[inside][0]) if inside.any() else 0.0


def build_tunnel(person: Person, skeleton: Skeleton) -> Tunnel:
    """Span the retinaculum between its four bony pillars."""
    scale, values = person.scale, person.values
    inlet, outlet = INLET_Z_MM * scale, OUTLET_Z_MM * scale
    floor = _palmar_y(skeleton, ("lunate", "capitate"), -1.0 * scale, inlet)
    roof_inlet = floor - values["tunnel_depth_inlet_mm"]

    pisiform = skeleton.solid("pisiform").parts[0]
    scaphoid = skeleton.part("scaphoid", "tubercle")
    hook = skeleton.part("hamate", "hook")
    ridge = skeleton.part("trapezium", "tubercle")
    px, py, _ = pisiform.frame.origin
    sx, sy, _ = scaphoid.frame.origin
    hx, hy, _ = hook.frame.point(0, 0, hook.length + 0.9 * hook.to_size[2])
    tx, ty, _ = ridge.frame.point(0, 0, ridge.length + 0.9 * ridge.to_size[2])
    ulnar_in = np.array([px + 0.8 * pisiform.size[0], py - 0.45 * pisiform.size[1]])
    radial_in = np.array([sx - 0.35 * scaphoid.size[0], sy - 0.80 * scaphoid.size[1]])
    ulnar_out, radial_out = np.array([hx, hy]), np.array([tx, ty])

    bowing = values["retinaculum_bowing_mm"]
    healthy = person.healthy_values["retinaculum_bowing_mm"]
    step = STEP_MM
    z = np.arange(ROOF_FROM_Z_MM * scale, ROOF_TO_Z_MM * scale + step, step)
    x = np.arange(-26.0 * scale, 24.0 * scale, step)
    share = np.clip((z - inlet) / (outlet - inlet), -0.35, 1.3)
    ease = np.clip(share, 0, 1)
    ease = ease * ease * (3 - 2 * ease)
    ulnar = ulnar_in + (ulnar_out - ulnar_in) * ease[:, None]
    radial = radial_in + (radial_out - radial_in) * ease[:, None]
    chord_in = (ulnar_in[1] + radial_in[1]) / 2
    # A bowed retinaculum bows at the inlet too; the drawn depth is the healthy one.
    bulge_in = chord_in - roof_inlet + 0.6 * max(bowing - healthy, 0.0)
    # Bowing is measured from the line between hook and trapezium tubercle.
    bulge = bulge_in + (bowing - bulge_in) * ease
    xi = (x[:, None] - (ulnar[:, 0] + radial[:, 0]) / 2) / ((radial[:, 0] - ulnar[:, 0]) / 2)
    along = np.clip((xi + 1) / 2, -0.3, 1.3)
    chord = ulnar[:, 1] + (radial[:, 1] - ulnar[:, 1]) * along
    flat = np.clip(1 - np.abs(xi) ** 2.2, -0.7, 1)
    height = chord - bulge * flat
    thickness = values["retinaculum_thickness_mm"] / 2
    edge = np.clip((1.10 - np.abs(xi)) / 0.06, 0, 1)
    ends = np.clip((z - PROXIMAL_Z_MM * scale) / 2.5, 0, 1) * np.clip(
        (DISTAL_Z_MM * scale - z) / 2.5, 0, 1
    )
    half = thickness * edge * ends
    sheet = Sheet(
        float(x[0]), float(z[0]), step, height.astype(np.float32), half.astype(np.float32)
    )
    return Tunnel(sheet, inlet, outlet, np.c_[radial, z], np.c_[ulnar, z], floor_inlet_mm=floor)
