"""What every runtime shares: a resident session, and frames brought into its canvas."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sesamoid.imaging.geometry import Crop
from sesamoid.imaging.letterbox import Letterbox, content_box, standardise
from sesamoid.models.bundle import Manifest, ModelBundle
from sesamoid.models.onnx_session import onnx_session


class CanvasRuntime:
    """A bundle, loaded and ready.

    Parameters
    ----------
    bundle : ModelBundle
    threads : int
        For one inference; 0: all cores.
    """

    def __init__(self, bundle: ModelBundle, *, threads: int = 0) -> None:
        self.bundle = bundle
        self._session = onnx_session(
            bundle.verified_weights(),
            bundle.weights,
            threads=threads,
            fix="restore the file, or train the bundle again.",
        )
        self._input = self._session.get_inputs()[0].name

    @property
    def manifest(self) -> Manifest:
        """The bundle's manifest."""
        return self.bundle.manifest

    def scan_box(self, frame: NDArray[np.generic], scan_area: Crop | None = None) -> Crop:
        """The part of `frame` that goes into the canvas: the scan area less its black borders."""
        rows, columns = frame.shape
        area = scan_area or Crop(0, 0, rows, columns)
        inner = content_box(frame[area.top : area.bottom, area.left : area.right])
        return inner.inside(area)

    def fit(self, frame: NDArray[np.generic], scan_area: Crop | None = None) -> Letterbox:
        """How `frame` goes into the first canvas."""
        box = self.scan_box(frame, scan_area)
        return Letterbox.fit((frame.shape[0], frame.shape[1]), box, self.manifest.canvas_size)

    def standardised(self, canvas: NDArray[np.generic], placed: Crop) -> NDArray[np.float32]:
        """`canvas` as the network takes it."""
        return standardise(canvas, placed, grey_exponent=self.manifest.grey_exponent)

    def outputs(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        """The network's output channels for canvases of shape (batch, 1, rows, columns)."""
        return np.asarray(self._session.run(None, {self._input: batch})[0], dtype=np.float32)
