"""Nerves: how large they are along their way, and the fascicles inside."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import PchipInterpolator

from sesamoid.virtual.body.frames import Array
from sesamoid.virtual.body.person import Person
from sesamoid.virtual.body.retinaculum import INLET_Z_MM, OUTLET_Z_MM

EPINEURIUM_MM = 0.16
ATTEMPTS = 700


@dataclass(frozen=True)
class Calibre:
    """Cross-section of a nerve along z.

    Parameters
    ----------
    z, area, flattening : ndarray of shape (n,)
        mm, mm2, and width over height.
    """

    z: Array
    area: Array
    flattening: Array

    def half_sizes(self, z: Array) -> Array:
        """Half width and half height at z, shape (n, 2), in mm."""
        inside = np.clip(z, self.z[0], self.z[-1])
        area = PchipInterpolator(self.z, self.area)(inside)
        ratio = PchipInterpolator(self.z, self.flattening)(inside)
        height = np.sqrt(area / (np.pi * ratio))
        return np.stack([ratio * height, height], axis=-1)


def median_calibre(person: Person) -> Calibre:
    """The median nerve's drawn areas at pronator quadratus, inlet and outlet."""
    v, s = person.values, person.scale
    inlet, outlet = INLET_Z_MM * s, OUTLET_Z_MM * s
    forearm, at_inlet = v["median_nerve_csa_forearm_mm2"], v["median_nerve_csa_inlet_mm2"]
    at_outlet = v["median_nerve_csa_outlet_mm2"]
    z = np.array([-72 * s, -28 * s, inlet - 5, inlet, inlet + 3, outlet - 2, outlet + 2, 32 * s])
    area = [forearm, forearm, at_inlet, at_inlet, at_inlet, at_outlet, at_outlet, 0.6 * at_outlet]
    fi, fo = v["median_nerve_flattening_inlet"], v["median_nerve_flattening_outlet"]
    flattening = [1.6, 1.9, fi, fi, fi, fo, fo, 3.4]
    return Calibre(z, np.array(area), np.array(flattening))


def ulnar_calibre(person: Person) -> Calibre:
    """The ulnar nerve: its drawn area as far as the pisiform, then thinner."""
    v, s = person.values, person.scale
    area, ratio = v["ulnar_nerve_csa_mm2"], v["ulnar_nerve_flattening"]
    z = np.array([-72.0, -20.0, 2.0, 14.0, 28.0]) * s
    return Calibre(
        z,
        np.array([area, area, area, 0.6 * area, 0.35 * area]),
        np.array([1.25, ratio, ratio, 1.5, 1.6]),
    )


def pack_fascicles(
    half: tuple[float, float], rng: np.random.Generator, *, share: float = 0.50
) -> Array:
    """Round fascicles in an ellipse.

    Parameters
    ----------
    half : tuple of float
        Half width and half height of the nerve, in mm.
    rng : numpy Generator
    share : float
        Of the nerve's area that fascicles should fill.

    Returns
    -------
    ndarray of shape (m, 3)
        Centre (across, up) and radius, in mm.
    """
    w, h = half[0] - EPINEURIUM_MM, half[1] - EPINEURIUM_MM
    largest = min(0.46 * h, 0.55)
    target, filled = share * np.pi * half[0] * half[1], 0.0
    found: list[tuple[float, float, float]] = []
    draws = rng.uniform(-1, 1, (ATTEMPTS, 3))
    for attempt in range(ATTEMPTS):
        radius = largest * max(0.5, 1 - attempt / ATTEMPTS) * (0.95 + 0.1 * draws[attempt, 2])
        u, v = float(draws[attempt, 0]) * w, float(draws[attempt, 1]) * h
        if (u / (w - radius)) ** 2 + (v / max(h - radius, 1e-3)) ** 2 > 1:
            continue
        if all((u - a) ** 2 + (v - b) ** 2 > (radius + c + 0.07) ** 2 for a, b, c in found):
            found.append((u, v, radius))
            filled += np.pi * radius**2
            if filled > target:
                break
    return np.array(found).reshape(-1, 3)
