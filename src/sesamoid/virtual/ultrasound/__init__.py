"""The virtual ultrasound scanner: B-mode physics on sections of a body, machines and consoles."""

from sesamoid.virtual.ultrasound.console import ConsoleFrame, console, labels_on_console
from sesamoid.virtual.ultrasound.furniture import ScanBox
from sesamoid.virtual.ultrasound.pointspread import PointSpread
from sesamoid.virtual.ultrasound.presets import Layout, Preset, Probe, preset, presets, probe
from sesamoid.virtual.ultrasound.scan_image import ScanImage
from sesamoid.virtual.ultrasound.scanner import Scanner
from sesamoid.virtual.ultrasound.settings import ScanSettings

__all__ = [
    "ConsoleFrame",
    "Layout",
    "PointSpread",
    "Preset",
    "Probe",
    "ScanBox",
    "ScanImage",
    "ScanSettings",
    "Scanner",
    "console",
    "labels_on_console",
    "preset",
    "presets",
    "probe",
]
