"""A scanner whose echoes are those of a field simulator, PyMUST."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from sesamoid.virtual.pose import SliceGrid
from sesamoid.virtual.section import Section
from sesamoid.virtual.tissues import tissue_table
from sesamoid.virtual.ultrasound.acoustics import acoustics, amplitude
from sesamoid.virtual.ultrasound.field.array import FieldArray, field_settings
from sesamoid.virtual.ultrasound.field.compounding import Weighted, envelope
from sesamoid.virtual.ultrasound.field.medium import interfaces, scatterers
from sesamoid.virtual.ultrasound.field.reference import reference
from sesamoid.virtual.ultrasound.field.ways import Ways, losses_db
from sesamoid.virtual.ultrasound.plan import Plan
from sesamoid.virtual.ultrasound.scanner import BLACK_DB, Scanner
from sesamoid.virtual.ultrasound.textures import BUNDLE_PIXELS, BUNDLES_ACROSS

DEPTH_STEP_MM = 10.0
"""The reference is measured to a multiple of this, so that it serves many frames."""


class FieldScanner(Scanner):
    """`Scanner` with the echoes of PyMUST; the same machine, display and labels.

    One section makes a picture: the slice has no thickness. Multiples, haze, rings of the probe and
    refraction are not simulated.
    """

    def section_grid(self) -> SliceGrid:
        """Finer than the beams: what reflects has to lie where it is to within a wavelength."""
        axial, lateral = field_settings()["medium"]["samples_per_wavelength"]
        wavelength = FieldArray.of(self.preset, self.settings, self.probe).wavelength_mm
        depth, width = self.settings.depth_mm, self.probe.width_mm
        return self.grid(
            rows=int(np.ceil(depth * axial / wavelength)),
            columns=int(np.ceil(width * lateral / wavelength)),
        )

    def elevation_offsets_mm(self, sections: int = 3) -> tuple[float, ...]:
        """The central plane alone."""
        return (0.0,)

    def levels(
        self, sections: Sequence[Section] | Section, *, seed: int = 0, time_s: float = 0.0
    ) -> NDArray[np.float32]:
        """As of `Scanner`, on its `grid`; of the section given, which is on `section_grid`."""
        section = sections if isinstance(sections, Section) else sections[0]
        with threadpool_limits(limits=1):
            return self._levels(section, np.random.default_rng([seed, round(time_s * 1e6), 51]))

    def _levels(self, section: Section, rng: np.random.Generator) -> NDArray[np.float32]:
        table, settings = field_settings()["medium"], self.settings
        array = FieldArray.of(self.preset, settings, self.probe)
        spread, grid = self.point_spread, self.grid()
        # An ellipse of the half-amplitude widths.
        per_mm2 = table["scatterers_per_cell"] / (spread.axial_mm * spread.lateral_mm)
        deepest = DEPTH_STEP_MM * np.ceil(settings.depth_mm / DEPTH_STEP_MM)
        scale = reference(array, per_mm2, float(deepest))
        tables = acoustics(
            tissue_table(),
            frequency_mhz=settings.frequency_mhz,
            row_mm=section.grid.spacing_mm[0],
            pixels_per_bundle=BUNDLE_PIXELS / BUNDLES_ACROSS,
        )
        rough = table["roughness_wavelengths"] * array.wavelength_mm
        points = scatterers(section, tables, rng, per_mm2=per_mm2).with_mirrors(
            interfaces(section, tables, rng, roughness_mm=rough), scale.mirror
        )
        loss = losses_db(
            section,
            tables,
            frequency_mhz=settings.frequency_mhz,
            compensated=array.attenuation,
            gel_mm=settings.gel_mm,
        )
        ways = Ways(loss, array.angles, section.grid)
        least = float(amplitude(table["least_db"]))

        def met(angle: float) -> Weighted:
            strength = points.strength * ways.left(angle, points.row, points.column)
            counts = np.abs(strength) > least
            return points.x_mm[counts], points.z_mm[counts], strength[counts]

        noise = float(amplitude(self.preset.noise_db - scale.noise_db))
        seen = envelope(array, met, grid, noise=noise, rng=rng)
        level = 20 * np.log10(np.maximum(seen, amplitude(BLACK_DB)))
        depths = np.linspace(0, grid.depth_mm, grid.rows)
        shown = level - scale.muscle_at(depths)[:, None] + self._plan_for(grid).gain_db[:, None]
        return np.asarray(shown, dtype=np.float32)

    def _planned(self, sections: tuple[Section, ...]) -> Plan:
        return self._plan_for(self.grid())
