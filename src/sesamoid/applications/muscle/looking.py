"""Two ways to look at a frame: the network, or classical filters alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sesamoid.applications.application import AnalysisSettings
from sesamoid.imaging import Crop, Image
from sesamoid.measure.muscle import (
    MuscleArchitecture,
    OrientationField,
    muscle_architecture,
    oriented_filter_orientation,
)
from sesamoid.models import ModelBundle
from sesamoid.models.oriented import OrientedMaps, resident_oriented_runtime

METHODS = ("network", "classical")
FLOOR = 0.2
"""Weight of a direction where no stroke is visible, beside 1 on a stroke [P]."""


@dataclass(frozen=True)
class Seen:
    """What was seen on a frame, in its pixels.

    Parameters
    ----------
    aponeurosis : ndarray of float32, shape (rows, columns)
        Probability.
    directions : OrientationField
    """

    aponeurosis: NDArray[np.float32]
    directions: OrientationField


@dataclass(frozen=True)
class Look:
    """One way of looking, loaded and ready.

    Parameters
    ----------
    name : str
        For the report.
    digest : str
        SHA-256 of the weights.
    threshold : float
        From which a pixel is aponeurosis.
    see : callable
        A grey frame and its scan area to what is seen.
    """

    name: str
    digest: str
    threshold: float
    see: Callable[[NDArray[np.generic], Crop | None], Seen]

    def __call__(self, grey: NDArray[np.generic], area: Crop | None) -> Seen:
        """What is seen on a frame of shape (rows, columns)."""
        return self.see(grey, area)

    def architecture(
        self,
        seen: Seen,
        area: Crop | None,
        image: Image,
        *,
        frame: int,
        repeats: int | None = None,
    ) -> MuscleArchitecture:
        """The numbers of a frame; `repeats` of the bootstrap, None for the rule's own."""
        box = area or Crop(0, 0, *image.size)
        corners = np.array([[box.top, box.left], [box.bottom - 1, box.right - 1]], dtype=float)
        spacing = image.calibration(corners, frame=frame).spacing_mm
        return muscle_architecture(
            seen.aponeurosis, seen.directions, box=box, spacing_mm=spacing, repeats=repeats
        )


def looker(one: ModelBundle, settings: AnalysisSettings) -> Look:
    """The way of looking that the settings ask for.

    The classical method takes the aponeuroses from the network and the directions from
    oriented filters on the picture alone.
    """
    runtime = resident_oriented_runtime(one, settings.threads)
    manifest = one.manifest
    classical = settings.method == "classical"

    def see(grey: NDArray[np.generic], area: Crop | None) -> Seen:
        maps = runtime.maps(grey, scan_area=area)
        aponeurosis = maps.probability["aponeurosis"]
        if not classical:
            return Seen(aponeurosis, orientation_field(maps))
        exclude = aponeurosis >= threshold
        return Seen(aponeurosis, oriented_filter_orientation(grey, box=area, exclude=exclude))

    threshold = float(manifest.threshold.get("aponeurosis", 0.5))
    name = manifest.name if not classical else f"{manifest.name} (classical directions)"
    return Look(name, manifest.weights_sha256, threshold, see)


def orientation_field(maps: OrientedMaps) -> OrientationField:
    """The network's directions, weighted by how sure it is and by where it sees a stroke."""
    weight: NDArray[np.floating[Any]] = maps.confidence * (
        FLOOR + (1 - FLOOR) * maps.probability["fascicle"]
    )
    return OrientationField(maps.angle.astype(np.float64), weight.astype(np.float64))
