"""What of a section reaches the screen: contact, shadow behind bone, what gain and noise leave."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import cv2
import numpy as np
import yaml
from numpy.typing import NDArray

from sesamoid.virtual.body.visibility import bone_line_mm, first_bone, rigid_tissues
from sesamoid.virtual.section import Section
from sesamoid.virtual.tissues import tissue_table
from sesamoid.virtual.ultrasound import Scanner

Mask = NDArray[np.bool_]


@cache
def rules() -> dict[str, Any]:
    """Limits of what counts as shown, from ``seen.yaml``; read, not changed."""
    text = resources.files("sesamoid.virtual.acquisition").joinpath("seen.yaml").read_text("utf-8")
    content: dict[str, Any] = yaml.safe_load(text)
    return content


@dataclass(frozen=True)
class Seen:
    """The acoustic truth of one section; maps have shape (rows, columns).

    Parameters
    ----------
    section : Section
    structure : ndarray of uint8
        `Section.structure` where sound comes to: of a bone its outer line, nothing behind bone or
        under lost contact.
    clarity : ndarray of float32
        How well gain, depth and noise let a place be seen, 0..1.
    contact : ndarray of bool, shape (columns,)
        Beams that enter the body.
    bone_line : ndarray of bool, shape (columns,)
        Beams on which the line of some bone is seen.
    """

    section: Section
    structure: NDArray[np.uint8]
    clarity: NDArray[np.float32]
    contact: Mask
    bone_line: Mask


def see(section: Section, scanner: Scanner, structures: tuple[str, ...]) -> Seen:
    """What a scanner shows of a section.

    Parameters
    ----------
    section : Section
    scanner : Scanner
    structures : tuple of str
        Keys by index in `Section.structure`.
    """
    contact = section.gap_mm <= scanner.settings.gel_mm
    row_mm = section.grid.spacing_mm[0]
    rows = np.arange(section.grid.rows, dtype=np.int32)[:, None]
    rigid, first, hit = first_bone(section)
    bone_line = _bone_line(section, first) & contact
    last = first + np.maximum(1, np.rint(bone_line_mm(structures)[hit] / row_mm)).astype(np.int32)
    line = (rows < last) & (section.structure == hit) & bone_line & (rows >= first)
    shown = (_open(rows < first, section) & ~rigid & contact) | line
    return Seen(
        section,
        np.where(shown, section.structure, np.uint8(0)),
        clarity(section, scanner),
        contact,
        bone_line,
    )


def clarity(section: Section, scanner: Scanner) -> NDArray[np.float32]:
    """How well muscle would be seen at each place: its level on the grey scale, and over the noise.

    Attenuation is that of the tissues above; the machine's compensation, the sliders and the gain
    are added; losses at interfaces are left out (bone, which matters, is dealt with as shadow).

    Returns
    -------
    ndarray of float32, shape (rows, columns)
        0..1.
    """
    rule, settings, machine = rules(), scanner.settings, scanner.preset
    grid = section.grid
    # Bone counts as lossless: its line is judged by the sound that comes to it.
    alpha = np.where(rigid_tissues()[: len(tissue_table().names)], 0, tissue_table().attenuation)
    loss = (2 * settings.frequency_mhz * grid.spacing_mm[0] / 10) * alpha
    way = np.cumsum(loss.astype(np.float32)[section.tissue], axis=0)
    depth = np.linspace(0, grid.depth_mm, grid.rows)
    sliders = np.linspace(0, settings.depth_mm, len(settings.tgc_db))
    gain = 2 * machine.compensation * settings.frequency_mhz * depth / 10 + settings.gain_db
    gain += np.interp(depth, sliders, settings.tgc_db)
    black = machine.white_db - settings.dynamic_range_db
    level = (gain.astype(np.float32)[:, None] - way - black) / settings.dynamic_range_db
    zero, full = rule["level_zero"], rule["level_full"]
    dark = (level - zero[0]) / (full[0] - zero[0])
    bright = (zero[1] - level) / (zero[1] - full[1])
    noise = (-way - machine.noise_db) / rule["snr_db"]
    least = np.minimum(np.minimum(dark, bright), noise)
    return np.asarray(np.clip(least, 0, 1), dtype=np.float32)


def _open(above: Mask, section: Section) -> Mask:
    """What no bone is above of, without slits between bones that are narrower than a beam."""
    width = round(rules()["slit_mm"] / section.grid.spacing_mm[1]) | 1
    kernel = np.ones((1, width), np.uint8)
    opened = cv2.morphologyEx(
        above.astype(np.uint8), cv2.MORPH_OPEN, kernel, borderType=cv2.BORDER_REPLICATE
    )
    return np.asarray(opened, dtype=np.bool_)


def _bone_line(section: Section, first: NDArray[np.intp]) -> Mask:
    """Beams whose first bone sends enough back: it is steep where the echo goes elsewhere."""
    table = tissue_table()
    cortex = table.index("cortex")
    specular, diffuse = float(table.specular[cortex]), float(table.diffuse[cortex])
    at = np.minimum(first, section.grid.rows - 1)
    facing = section.facing[at, np.arange(section.grid.columns)].astype(np.float64)
    weight = (1 - diffuse) * facing**specular + diffuse * facing
    least = 10 ** (rules()["bone_least_db"] / 20)
    return np.asarray((weight >= least) & (first < section.grid.rows))
