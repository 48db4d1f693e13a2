"""Running a bundle that marks structures and says which way thin strokes run."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sesamoid.imaging.geometry import Crop
from sesamoid.imaging.letterbox import Letterbox
from sesamoid.models.bundle import ModelBundle
from sesamoid.models.canvas_runtime import CanvasRuntime


@dataclass(frozen=True)
class OrientedMaps:
    """What the network says of one frame, in the frame's pixels.

    Parameters
    ----------
    probability : dict of ndarray, shape (rows, columns)
        By structure; 0 outside the scan.
    doubled : ndarray of float32, shape (2, rows, columns)
        Cosine and sine of the strokes' doubled angle to the horizontal, positive when rising to
        the right; the shorter the vector, the less sure.
    """

    probability: dict[str, NDArray[np.float32]]
    doubled: NDArray[np.float32]

    @property
    def angle(self) -> NDArray[np.float32]:
        """Radians, -pi/2 to pi/2, in this image's pixels."""
        return np.asarray(np.arctan2(self.doubled[1], self.doubled[0]) / 2, dtype=np.float32)

    @property
    def confidence(self) -> NDArray[np.float32]:
        """Length of the vector, at most 1."""
        length = np.hypot(self.doubled[0], self.doubled[1])
        return np.asarray(np.minimum(length, 1), dtype=np.float32)


class OrientedRuntime(CanvasRuntime):
    """A bundle of task ``"oriented"``, loaded and ready; see `CanvasRuntime`."""

    def maps(
        self,
        frame: NDArray[np.generic],
        *,
        scan_area: Crop | None = None,
        mirror: bool | None = None,
    ) -> OrientedMaps:
        """Structures and directions on one frame.

        Parameters
        ----------
        frame : ndarray of shape (rows, columns)
            Grey, any numeric type.
        scan_area : Crop, optional
            The part to look at.
        mirror : bool, optional
            Average with the mirrored canvas, which takes twice as long; as the manifest says where
            None.
        """
        sizes = (self.manifest.canvas_size, *self.manifest.further_canvas_sizes)
        box = self.scan_box(frame, scan_area)
        total: NDArray[np.float32] | None = None
        for size in sizes:
            fit = Letterbox.fit((frame.shape[0], frame.shape[1]), box, size)
            canvas = self.standardised(fit.forward(frame), fit.placed)
            one = fit.back(self.run_canvas(canvas, mirror=mirror), background=False)
            total = one if total is None else np.add(total, one, out=total)
        assert total is not None
        total /= len(sizes)
        names = self.manifest.classes[1:]
        return OrientedMaps(dict(zip(names, total, strict=False)), total[len(names) :])

    def run_canvas(
        self, canvas: NDArray[np.float32], *, mirror: bool | None = None
    ) -> NDArray[np.float32]:
        """Probabilities of the structures, then the doubled direction, of one canvas."""
        batch = canvas[None, None]
        both = self.manifest.mirror if mirror is None else mirror
        if both:
            batch = np.concatenate([batch, batch[..., ::-1]])
        found = self.outputs(batch)
        structures = found.shape[1] - 2
        np.reciprocal(1 + np.exp(-found[:, :structures]), out=found[:, :structures])
        if both:
            found[1] = found[1][..., ::-1]
            found[1, -1] *= -1  # a mirrored stroke falls where it rose
        return np.asarray(found.mean(axis=0))


def resident_oriented_runtime(bundle: ModelBundle, threads: int) -> OrientedRuntime:
    """The runtime of a bundle, loaded once in a process; anew where its files changed."""
    return _loaded(bundle.folder, bundle.manifest.to_json(), threads)


@lru_cache(maxsize=4)
def _loaded(folder: Path, _manifest: str, threads: int) -> OrientedRuntime:
    return OrientedRuntime(ModelBundle.read(folder), threads=threads)
