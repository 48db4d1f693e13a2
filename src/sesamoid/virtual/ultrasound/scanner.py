"""The virtual ultrasound scanner: sections of a body in, a B-mode picture out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from sesamoid.errors import SesamoidError
from sesamoid.virtual.pose import SliceGrid
from sesamoid.virtual.section import Section
from sesamoid.virtual.ultrasound import beam_kernel, display_kernel, echo_kernel
from sesamoid.virtual.ultrasound.beams import contact_of, section_weights
from sesamoid.virtual.ultrasound.kernel_input import kernel_maps, salt
from sesamoid.virtual.ultrasound.picture import (
    cubic_positions,
    labels_to_picture,
    linear_positions,
    slid,
)
from sesamoid.virtual.ultrasound.plan import Plan, make_plan
from sesamoid.virtual.ultrasound.pointspread import PointSpread
from sesamoid.virtual.ultrasound.presets import Preset, preset, probe
from sesamoid.virtual.ultrasound.scan_image import ScanImage
from sesamoid.virtual.ultrasound.settings import ScanSettings
from sesamoid.virtual.ultrasound.textures import textures

BEAM_ROWS, BEAM_COLUMNS = 512, 192
PICTURE_SHAPE = (512, 384)
BLOOD_LIFETIME_S = 0.03
"""Time after which blood's speckle is another (P)."""
BLACK_DB = -120.0


class Scanner:
    """A machine with its settings.

    It keeps work space from one image to the next, so use one scanner in each thread.

    Parameters
    ----------
    machine : Preset or str
        A preset, or its name.
    settings : ScanSettings, optional
        The machine's own where none are given.
    picture_shape : (rows, columns)
        Of the images.
    """

    def __init__(
        self,
        machine: Preset | str,
        settings: ScanSettings | None = None,
        *,
        picture_shape: tuple[int, int] = PICTURE_SHAPE,
    ):
        self.preset = preset(machine) if isinstance(machine, str) else machine
        self.settings = settings if settings is not None else self.preset.settings()
        self.probe = probe(self.settings.probe)
        self.picture_shape = picture_shape
        self.point_spread = PointSpread.of(
            self.settings.frequency_mhz,
            cycles=self.preset.cycles,
            f_number=self.preset.f_number,
            focus_mm=self.settings.focus_mm,
            elevation_mm=self.probe.elevation_mm,
            lens_focus_mm=self.probe.lens_focus_mm,
        )
        self._plan: Plan | None = None

    def with_settings(self, **changes: Any) -> Scanner:
        """The same machine with some settings changed."""
        return Scanner(
            self.preset, replace(self.settings, **changes), picture_shape=self.picture_shape
        )

    def grid(self, *, rows: int = BEAM_ROWS, columns: int = BEAM_COLUMNS) -> SliceGrid:
        """The samples on which a body has to be cut for this scanner."""
        return SliceGrid(rows, columns, self.settings.depth_mm, self.probe.width_mm)

    def section_grid(self) -> SliceGrid:
        """The samples of the sections that `image` takes; what is seen is told on `grid`."""
        return self.grid()

    def elevation_offsets_mm(self, sections: int = 3) -> tuple[float, ...]:
        """Where to cut for the slice's thickness, along `ProbePose.elevation`; the first is 0."""
        step = 0.5 * self.probe.elevation_mm
        order = [0.0]
        for number in range(1, (sections + 1) // 2):
            order += [-number * step, number * step]
        if len(order) != sections:
            raise SesamoidError(
                f"{sections} sections have no middle one", fix="Take an odd number of sections."
            )
        return tuple(order)

    def echoes(
        self, sections: Sequence[Section] | Section, *, seed: int = 0, time_s: float = 0.0
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Complex field of echoes before the beam and the pulse blur it: (real, imaginary).

        Returns
        -------
        two ndarrays of float32, shape (looks, grid rows, grid columns)
            Work space: valid until the next call.
        """
        sections = (sections,) if isinstance(sections, Section) else tuple(sections)
        plan = self._planned(sections)
        plan.real[:] = 0
        plan.imag[:] = 0
        contact = contact_of(sections[0].gap_mm, self.settings.gel_mm, plan.grid)
        offsets = self.elevation_offsets_mm(len(sections))
        each = section_weights(offsets, plan.elevation_sigma_mm)
        for number, (section, weights) in enumerate(zip(sections, each, strict=True)):
            echo_kernel.add_section(
                kernel_maps(section),
                contact * plan.edge,
                weights,
                salt(seed, number),
                time_s / BLOOD_LIFETIME_S,
                plan.echo if number == 0 else plan.echo_beside,
                plan.acoustics,
                textures(),
                plan.real,
                plan.imag,
            )
        ring = plan.ring[:, None] + plan.ring_in_air[:, None] * (1 - contact)[None]
        real = plan.real
        real += ring * plan.column_texture
        return plan.real, plan.imag

    def levels(
        self, sections: Sequence[Section] | Section, *, seed: int = 0, time_s: float = 0.0
    ) -> NDArray[np.float32]:
        """Echo in dB on the beam grid, gain included, before any filter; 0 dB is muscle.

        Returns
        -------
        ndarray of float32, shape (grid rows, grid columns)
        """
        sections = (sections,) if isinstance(sections, Section) else tuple(sections)
        plan = self._planned(sections)
        self.echoes(sections, seed=seed, time_s=time_s)
        for part in (plan.real, plan.imag):
            beam_kernel.blur_beams(part, plan.lateral_kernels, plan.lateral_reach, plan.padded)
        beam_kernel.add_noise(
            plan.real,
            plan.imag,
            plan.noise,
            salt(seed, 1000, round(time_s * 1e6)),
            textures().normal,
        )
        beam_kernel.envelope(plan.real, plan.imag, plan.pulse, plan.rows_work, plan.envelope)
        level = np.maximum(plan.envelope, 10 ** (BLACK_DB / 20))
        np.log(level, out=level)
        level *= np.float32(20 / np.log(10))
        # Mean of a Rayleigh envelope whose parts have variance 1, so that muscle is 0 dB.
        level += plan.gain_db[:, None] - np.float32(20 * np.log10(np.sqrt(np.pi / 2)))
        return level

    def image(
        self,
        sections: Sequence[Section] | Section,
        *,
        seed: int = 0,
        time_s: float = 0.0,
        previous: ScanImage | None = None,
        motion_mm: tuple[float, float] = (0.0, 0.0),
    ) -> ScanImage:
        """Scan.

        Parameters
        ----------
        sections : Section or sequence of Section
            The central plane first, further ones at `elevation_offsets_mm`, all on one grid.
        seed : int
            Draws the scatterers (one person, one seed) and, with the time, the noise.
        time_s : float
            Of the frame: blood and noise change with it, tissue does not.
        previous : ScanImage, optional
            The frame before, for persistence.
        motion_mm : (axial, lateral)
            How far the picture slides while it is taken.
        """
        sections = (sections,) if isinstance(sections, Section) else tuple(sections)
        level = self.levels(sections, seed=seed, time_s=time_s)
        plan = self._planned(sections)
        if self.settings.speckle_reduction > 0 or self.preset.sharpen > 0:
            display_kernel.reduce_speckle(
                level,
                plan.speckle_variance,
                self.settings.speckle_reduction,
                self.preset.sharpen,
                plan.window,
                plan.filter_work,
            )
        pixels = np.empty(self.picture_shape, np.uint8)
        rows, columns = self.picture_shape
        display_kernel.to_picture(
            level,
            plan.scale,
            linear_positions(plan.grid.rows, rows),
            cubic_positions(plan.grid.columns, columns),
            plan.grey,
            plan.rows_work[0],
            pixels,
        )
        spacing = (
            plan.grid.depth_mm / rows,
            plan.grid.width_mm / columns,
        )
        if any(motion_mm):
            pixels = slid(pixels, motion_mm, spacing)
        if previous is not None and self.settings.persistence > 0:
            share = self.settings.persistence
            pixels = np.asarray(
                cv2.addWeighted(previous.pixels, share, pixels, 1 - share, 0), dtype=np.uint8
            )
        return ScanImage(pixels, spacing, self.preset, self.settings, time_s)

    def labels(self, labels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """A map of a section (`tissue`, `structure`) as it lies on this scanner's pictures."""
        return labels_to_picture(labels, self.picture_shape)

    def _planned(self, sections: tuple[Section, ...]) -> Plan:
        if not sections:
            raise SesamoidError("there is no section to scan", fix="Give one section or more.")
        grid = sections[0].grid
        for section in sections:
            if section.grid != grid or section.tissue.shape != (grid.rows, grid.columns):
                raise SesamoidError(
                    f"a section of {section.tissue.shape} samples does not fit {grid}",
                    fix="Cut all sections on one grid, that of `Scanner.grid`.",
                )
        if abs(grid.depth_mm - self.settings.depth_mm) > 1e-6:
            raise SesamoidError(
                f"the section is {grid.depth_mm:g} mm deep, the scan {self.settings.depth_mm:g} mm",
                fix="Cut the section on the grid of `Scanner.grid`.",
            )
        return self._plan_for(grid)

    def _plan_for(self, grid: SliceGrid) -> Plan:
        if self._plan is None or self._plan.grid != grid:
            self._plan = make_plan(self.preset, self.settings, self.probe, self.point_spread, grid)
        return self._plan
