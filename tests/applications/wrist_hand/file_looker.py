"""The truth table of a simulated data set as a network."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from sesamoid.live import NO_PLANE
from sesamoid.virtual.acquisition.truth_table import evidence_of, read_table

from .truth_look import NAMES, POSE, ScriptedLook

PLANES = NAMES.planes


class FileLooker:
    """The truth table as a network: looks are known by the picture's bytes."""

    task = NAMES

    def __init__(self, folder: Path):
        self.rows = {}
        for row in read_table(folder / "truth.parquet").to_pylist():
            pixels = cv2.imread(str(folder / row["image"]), cv2.IMREAD_GRAYSCALE)
            label = cv2.imread(str(folder / row["label"]), cv2.IMREAD_UNCHANGED)
            self.rows[pixels.tobytes()] = (row, label)

    def look(self, frame, *, scan_area=None, spacing_mm=None) -> ScriptedLook:
        row, labels = self.rows[frame.tobytes()]
        at = PLANES.index(row["nearest_plane"])
        nearest, inside = np.full(15, 1e-3, np.float32), np.full(15, 0.5, np.float32)
        nearest[at], inside[at] = 0.985, 0.99 if row["plane"] != NO_PLANE else 0.01
        evidence = evidence_of(row)
        parts = np.zeros((len(NAMES.parts), 4), np.float32)
        for number, (key, owner) in enumerate(zip(NAMES.parts, NAMES.part_owner, strict=True)):
            if owner == at:
                quality = {**evidence.continuity, **evidence.tendon_echo}.get(key, 1.0)
                parts[number] = (
                    evidence.visibility.get(key, 0), quality, key in evidence.depth_cut,
                    key in evidence.dropout,
                )  # fmt: skip
        pose = np.zeros((15, 5), np.float32)
        pose[at] = [row[name] for name in POSE]
        picture = {
            name: getattr(evidence, name)
            for name in ("centre_offset", "depth_fill", "lift_off")
            if getattr(evidence, name) is not None
        }
        turned = float(row["reversed"])
        return ScriptedLook(
            nearest, inside, turned, pose, np.full((15, 5), 0.5, np.float32), parts, picture, labels
        )
