"""A section of a body as points that scatter: tissue at random, interfaces in rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sesamoid.virtual.section import Section
from sesamoid.virtual.ultrasound.acoustics import Acoustics, amplitude
from sesamoid.virtual.ultrasound.plan import INTERFACE_DB
from sesamoid.virtual.ultrasound.textures import (
    BUNDLE_PIXELS,
    BUNDLE_STEPS,
    BUNDLES_ACROSS,
    textures,
)

Floats = NDArray[np.float32]
Whole = NDArray[np.int64]
_BYTE, _LAST_STEP = 255, BUNDLE_STEPS - 1


@dataclass(frozen=True)
class Points:
    """Points of a medium; all arrays have shape (n,).

    Parameters
    ----------
    x_mm, z_mm : ndarray of float32
        Along the face, 0 in its middle; depth.
    strength : ndarray of float32
        Of scatterers 1 is muscle's; of interfaces 1 is a millimetre of a perfect mirror.
    row, column : ndarray of int64
        Sample of the section on whose way the point lies.
    """

    x_mm: Floats
    z_mm: Floats
    strength: Floats
    row: Whole
    column: Whole

    def with_mirrors(self, mirrors: Points, strength: float) -> Points:
        """Both, the second ones so many times as strong."""
        return Points(
            np.concatenate([self.x_mm, mirrors.x_mm]),
            np.concatenate([self.z_mm, mirrors.z_mm]),
            np.concatenate([self.strength, np.float32(strength) * mirrors.strength]),
            np.concatenate([self.row, mirrors.row]),
            np.concatenate([self.column, mirrors.column]),
        )


def scatterers(
    section: Section, tables: Acoustics, rng: np.random.Generator, *, per_mm2: float
) -> Points:
    """Points at random all over a section, as strong as the tissue where they lie.

    Echogenicity, anisotropy, slow inhomogeneity and brightness of fibre bundles are those of the
    virtual scanner; where the points lie and which sign they have is not.
    """
    grid = section.grid
    count = round(grid.depth_mm * grid.width_mm * per_mm2)
    x = rng.uniform(-0.5, 0.5, count) * grid.width_mm
    z = rng.uniform(0, 1, count) * grid.depth_mm
    row = np.rint(z / grid.spacing_mm[0]).astype(np.int64)
    column = np.rint((x + grid.width_mm / 2) / grid.spacing_mm[1]).astype(np.int64)
    tissue = section.tissue[row, column]
    at = section.material[row, column]
    angle = tables.anisotropy[tissue, (section.fibre[row, column] * _BYTE).astype(np.int64)]
    lump = _lump(at, tissue, tables)
    level = tables.echo[tissue] * angle * tables.lump[tissue, lump]
    _, along = _bundle(at, tissue, lump, tables)
    bundled = tables.bundle_pixels[tissue] > 0
    level[bundled] *= tables.bundle_gain[tissue[bundled], along[bundled]]
    strength = level * rng.standard_normal(count)
    return Points(_f32(x), _f32(z), _f32(strength), row, column)


def interfaces(
    section: Section, tables: Acoustics, rng: np.random.Generator, *, roughness_mm: float
) -> Points:
    """A point wherever a sample differs from the one above: in tissue, or in its fibre bundle.

    Reflection follows the impedances, and its weight the angle in space between beam and surface;
    sheaths between bundles are as bright as the virtual scanner's. That rows of points add up to a
    mirror where a surface is smooth, and only for the elements that it faces, is the simulator's.
    """
    lump = _lump(section.material, section.tissue, tables)
    surfaces, sheaths = _surfaces(section, tables, lump), _sheaths(section, tables, lump)
    row = np.concatenate([surfaces[0], sheaths[0]])
    column = np.concatenate([surfaces[1], sheaths[1]])
    weight = np.concatenate([surfaces[2], sheaths[2]])
    row_mm, column_mm = section.grid.spacing_mm
    x = (column + rng.uniform(-0.5, 0.5, len(row))) * column_mm - section.grid.width_mm / 2
    z = (row + 0.5 + rng.uniform(-0.5, 0.5, len(row))) * row_mm
    z = np.maximum(z + roughness_mm * rng.standard_normal(len(row)), 0)
    return Points(_f32(x), _f32(z), _f32(weight * column_mm), row, column)


def _surfaces(
    section: Section, tables: Acoustics, lump: NDArray[np.uint8]
) -> tuple[Whole, Whole, Floats]:
    """(row above, column, reflected share) of borders between tissues."""
    tissue, facing = section.tissue, section.facing
    row, column = np.nonzero(tissue[1:] != tissue[:-1])
    above, below = tissue[row, column], tissue[row + 1, column]
    cosine = np.minimum(facing[row, column], facing[row + 1, column])
    law = tables.law[above, below]
    share = tables.reflection[above, below] * tables.facing[law, _index(cosine)]
    return row, column, _f32(share * tables.lump[law, lump[row + 1, column]] ** 2)


def _sheaths(
    section: Section, tables: Acoustics, lump: NDArray[np.uint8]
) -> tuple[Whole, Whole, Floats]:
    """The same of sheaths between the fibre bundles of a tissue."""
    tissue, material = section.tissue, section.material
    bundle, _ = _bundle(material, tissue, lump, tables)
    differs = (bundle[1:] != bundle[:-1]) & (tissue[1:] == tissue[:-1])
    row, column = np.nonzero(differs & (tables.bundle_pixels[tissue[1:]] > 0))
    inside, at = tissue[row + 1, column], material[row + 1, column]
    one, other = bundle[row, column], bundle[row + 1, column]
    beam = (at - material[row, column]) / section.grid.spacing_mm[0]
    facing = tables.facing[inside, _index(_sheath_facing(one, other, beam))]
    # Sheaths fade in and out along the fibres: few are bright, most hardly seen.
    seen = textures().along[(one * 7 + other * 13) & _BYTE, _step(at) & _LAST_STEP]
    fibre = tables.anisotropy[inside, _index(section.fibre[row + 1, column])]
    line = tables.line[inside, seen] * fibre * facing / np.float32(amplitude(INTERFACE_DB))
    return row, column, _f32(line * tables.lump[inside, lump[row + 1, column]] ** 2)


def _step(material: Floats) -> Whole:
    """Where along its course a bundle is."""
    return np.asarray(np.floor(2 * material[..., 2]).astype(np.int64))


def _lump(material: Floats, tissue: NDArray[np.uint8], tables: Acoustics) -> NDArray[np.uint8]:
    """Slow inhomogeneity, a byte; as in the echo kernel."""
    u, v, w = (material[..., axis] for axis in range(3))
    w = np.where(tables.per_along[tissue] > 3, w, 0.3 * w)
    index = tuple(np.floor(4 * value).astype(np.int64) & 63 for value in (u, v, w))
    return np.asarray(textures().lump[index])


def _bundle(
    material: Floats, tissue: NDArray[np.uint8], lump: NDArray[np.uint8], tables: Acoustics
) -> tuple[Whole, NDArray[np.uint8]]:
    """(number of the fibre bundle, byte of its course); as in the echo kernel."""
    tx = textures()
    per_mm = tables.bundle_pixels[tissue]
    step = _step(material)
    part = 2 * material[..., 2] - step
    here, after = tx.wobble[:, step & _LAST_STEP], tx.wobble[:, (step + 1) & _LAST_STEP]
    wave = here * (1 - part) + after * part
    bent = (lump.astype(np.float32) - 127.5) * np.float32(0.5 / _BYTE)
    width = BUNDLE_PIXELS / BUNDLES_ACROSS
    across = [
        np.floor(material[..., axis] * per_mm + width * (wave[axis] + sign * bent)).astype(np.int64)
        & (BUNDLE_PIXELS - 1)
        for axis, sign in ((0, 1), (1, -1))
    ]
    bundle = tx.bundle[across[0], across[1]].astype(np.int64)
    return bundle, tx.along[bundle & _BYTE, step & _LAST_STEP]


def _sheath_facing(one: Whole, other: Whole, beam: Floats) -> Floats:
    """|cosine| of the beam and the normal of the border between two bundles of the mosaic."""
    seeds, size = textures().seeds, BUNDLE_PIXELS
    apart = (seeds[other] - seeds[one] + 1.5 * size) % size - 0.5 * size
    length = np.maximum(np.hypot(apart[:, 0], apart[:, 1]), 1e-6)
    return _f32(np.minimum(np.abs((apart * beam[:, :2]).sum(axis=1)) / length, 1))


def _index(cosine: Floats) -> Whole:
    return np.asarray((np.clip(cosine, 0, 1) * _BYTE).astype(np.int64))


def _f32(values: NDArray[np.floating]) -> Floats:
    return np.asarray(values, dtype=np.float32)
