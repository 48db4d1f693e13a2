"""Frames as they are stored: the scan region alone with square pixels, or the whole screen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sesamoid.virtual.acquisition.fine_labels import fine_labels
from sesamoid.virtual.acquisition.frame import Frame
from sesamoid.virtual.acquisition.label_classes import class_values
from sesamoid.virtual.acquisition.simulation import Simulation
from sesamoid.virtual.acquisition.variation import Rng
from sesamoid.virtual.ultrasound import (
    Preset,
    ScanBox,
    ScanSettings,
    console,
    labels_on_console,
    preset,
    presets,
    probe,
)
from sesamoid.virtual.ultrasound.console import scan_box

MOST_ROWS = 640
"""Of bare pictures: what is deeper is shown coarser, as on a screen."""


@dataclass(frozen=True)
class Screen:
    """How a frame is stored.

    Parameters
    ----------
    layout : str
        Name of the machine whose console is around it; empty for the scan region alone.
    shape : (rows, columns)
        Of the scan region.
    """

    layout: str
    shape: tuple[int, int]


@dataclass(frozen=True)
class Picture:
    """A frame as it is stored.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (rows, columns) or (rows, columns, 3)
        Grey, or red, green, blue.
    labels : ndarray of uint8, shape (rows, columns)
        Values of `label_classes`.
    box : ScanBox
    spacing_mm : (row, column)
    """

    pixels: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    box: ScanBox
    spacing_mm: tuple[float, float]


def draw_screen(
    rng: Rng, simulation: Simulation, machine: Preset, settings: ScanSettings
) -> Screen:
    """Which screen a frame gets; consoles kept for testing stay with their machines' split."""
    kind = simulation.frame_kind
    on_screen = simulation.file_format == "dicom" or kind == "console"
    if kind == "mixed" and not on_screen:
        on_screen = bool(rng.random() < 0.5)
    alike = presets("test" if machine.reserved_for == "test" else "train")
    layout = alike[int(rng.integers(len(alike)))]
    width = probe(settings.probe).width_mm
    if on_screen:
        box = scan_box(layout.layout, settings.depth_mm, width)
        return Screen(layout.name, (box.height, box.width))
    density = min(simulation.pixels_per_mm, MOST_ROWS / settings.depth_mm)
    return Screen("", (round(settings.depth_mm * density), round(width * density)))


def render(frame: Frame, screen: Screen) -> Picture:
    """A frame as it is stored."""
    labels = fine_labels(
        class_values(frame.structures)[frame.beam_labels], frame.image.pixels.shape
    )
    if not screen.layout:
        rows, columns = frame.image.pixels.shape
        box = ScanBox(0, 0, rows, columns)
        return Picture(frame.image.pixels, labels, box, frame.image.spacing_mm)
    shown = console(frame.image, layout=preset(screen.layout).layout)
    return Picture(shown.pixels, labels_on_console(labels, shown), shown.box, shown.spacing_mm)
