"""Two ways to look at a frame: the network, or classical filters alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

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
from sesamoid.models import Manifest, ModelBundle
from sesamoid.models.oriented import OrientedMaps, resident_oriented_runtime

METHODS = ("network", "classical")
VISIBILITY_POWER = 3
"""Of the network's fascicle probability, in the weight of a direction [P]. Speckle between the
fascicles runs along the beam's width: unweighted, the mean direction is 1.1 to 3 degrees too flat
on real images out of fold (folds 0 and 1, on which this was chosen), with power 2 0.8 to 1.5, with
power 4 0.6 to 1.3; there lengths of virtual muscles begin to suffer."""


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
            seen.aponeurosis,
            seen.directions,
            box=box,
            spacing_mm=spacing,
            threshold=self.threshold,
            repeats=repeats,
        )


def looker(one: ModelBundle, settings: AnalysisSettings, *, mirror: bool | None = None) -> Look:
    """The way of looking that the settings ask for.

    Both take the aponeuroses from the network and the direction at a pixel from oriented filters.
    ``network`` weights each pixel by the network's probability that a fascicle is visible there,
    ``classical`` does not. The network's own directions are no part of either: out of fold they
    are further off than the filters' (see the model card). `mirror` as in
    `sesamoid.models.oriented.OrientedRuntime.maps`.
    """
    runtime = resident_oriented_runtime(one, settings.threads)
    manifest = one.manifest
    threshold = aponeurosis_threshold(manifest)
    classical = settings.method == "classical"

    def see(grey: NDArray[np.generic], area: Crop | None) -> Seen:
        maps = runtime.maps(grey, scan_area=area, mirror=mirror)
        return seen(grey, maps, area, threshold=threshold, classical=classical)

    name = manifest.name if not classical else f"{manifest.name} (classical directions)"
    return Look(name, manifest.weights_sha256, threshold, see)


def aponeurosis_threshold(manifest: Manifest) -> float:
    """Probability from which a pixel is aponeurosis."""
    return float(manifest.threshold.get("aponeurosis", 0.5))


def seen(
    grey: NDArray[np.generic],
    maps: OrientedMaps,
    area: Crop | None,
    *,
    threshold: float,
    classical: bool = False,
) -> Seen:
    """What is seen on a frame of which the network said `maps`; see `looker`."""
    aponeurosis = maps.probability["aponeurosis"]
    field = oriented_filter_orientation(grey, box=area, exclude=aponeurosis >= threshold)
    return Seen(aponeurosis, field if classical else on_visible_fascicles(field, maps))


def on_visible_fascicles(field: OrientationField, maps: OrientedMaps) -> OrientationField:
    """`field` with its weight where the network sees a fascicle, and hardly any elsewhere."""
    weight = np.nan_to_num(field.weight) * maps.probability["fascicle"] ** VISIBILITY_POWER
    largest = float(weight.max(initial=0.0))
    return OrientationField(field.angle, weight / largest if largest > 0 else weight)
