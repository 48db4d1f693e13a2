"""Running a segmentation bundle: batches, tiles, mirrors."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sesamoid.imaging.geometry import Crop
from sesamoid.imaging.letterbox import Letterbox
from sesamoid.models.bundle import ModelBundle
from sesamoid.models.canvas_runtime import CanvasRuntime
from sesamoid.models.tiling import blend, tile_origins

BATCH = 8
"""Canvases given to the session at once; more gains nothing on 2 cores."""


class SegmentationRuntime(CanvasRuntime):
    """A segmentation bundle, loaded and ready; see `CanvasRuntime`."""

    def probabilities(
        self, frames: Sequence[NDArray[np.generic]], *, scan_area: Crop | None = None
    ) -> list[NDArray[np.float32]]:
        """Class probabilities of each frame.

        Parameters
        ----------
        frames : sequence of ndarray of shape (rows, columns)
            Grey, any numeric type.
        scan_area : Crop, optional
            The part to look at; console furniture stays out. Black borders are always cut.

        Returns
        -------
        list of ndarray
            Each of shape (classes, rows, columns), summing to 1 over classes.
        """
        out: list[NDArray[np.float32]] = []
        for start in range(0, len(frames), BATCH):
            part = frames[start : start + BATCH]
            if self.manifest.tiled:
                out += [self._tiled(frame, scan_area) for frame in part]
            else:
                out += self._scaled(part, scan_area)
        return out

    def _scaled(
        self, frames: Sequence[NDArray[np.generic]], scan_area: Crop | None
    ) -> list[NDArray[np.float32]]:
        sizes = (self.manifest.canvas_size, *self.manifest.further_canvas_sizes)
        boxes = [self.scan_box(frame, scan_area) for frame in frames]
        sums: list[NDArray[np.float32]] = []
        for size in sizes:
            fits = [
                Letterbox.fit((frame.shape[0], frame.shape[1]), box, size)
                for frame, box in zip(frames, boxes, strict=True)
            ]
            canvases = np.stack(
                [
                    self.standardised(fit.forward(frame), fit.placed)
                    for fit, frame in zip(fits, frames, strict=True)
                ]
            )
            maps = [
                fit.back(one) for fit, one in zip(fits, self.run_canvases(canvases), strict=True)
            ]
            sums = (
                maps if not sums else [np.add(a, b, out=a) for a, b in zip(sums, maps, strict=True)]
            )
        return [np.divide(total, len(sizes), out=total) for total in sums]

    def run_canvases(self, canvases: NDArray[np.float32]) -> NDArray[np.float32]:
        """Probabilities (batch, classes, rows, columns) of canvases (batch, rows, columns)."""
        batch = canvases[:, None]
        result = self._infer(batch)
        if self.manifest.mirror:
            mirrored = self._infer(np.ascontiguousarray(batch[..., ::-1]))
            result = np.asarray((result + mirrored[..., ::-1]) / 2, dtype=np.float32)
        return result

    def _infer(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        logits = self.outputs(batch)
        logits -= logits.max(axis=1, keepdims=True)
        np.exp(logits, out=logits)
        logits /= logits.sum(axis=1, keepdims=True)
        return logits

    def _tiled(self, frame: NDArray[np.generic], scan_area: Crop | None) -> NDArray[np.float32]:
        rows, columns = frame.shape
        box = self.scan_box(frame, scan_area)
        whole = Crop(0, 0, box.height, box.width)
        scan = self.standardised(frame[box.top : box.bottom, box.left : box.right], whole)
        size = self.manifest.canvas_size
        origins = tile_origins((box.height, box.width), size)
        tiles = np.zeros((len(origins), *size), dtype=np.float32)
        for tile, (top, left) in zip(tiles, origins, strict=True):
            part = scan[top : top + size[0], left : left + size[1]]
            tile[: part.shape[0], : part.shape[1]] = part
        maps = np.concatenate(
            [self.run_canvases(tiles[i : i + BATCH]) for i in range(0, len(tiles), BATCH)]
        )
        joined = blend(maps, origins, (box.height, box.width))
        out = np.zeros((len(joined), rows, columns), dtype=np.float32)
        out[0] = 1.0
        out[:, box.top : box.bottom, box.left : box.right] = joined
        return out


def resident_runtime(bundle: ModelBundle, threads: int) -> SegmentationRuntime:
    """The runtime of a bundle, loaded once in a process; anew where its files changed."""
    return _loaded(bundle.folder, bundle.manifest.to_json(), threads)


@lru_cache(maxsize=4)
def _loaded(folder: Path, _manifest: str, threads: int) -> SegmentationRuntime:
    return SegmentationRuntime(ModelBundle.read(folder), threads=threads)
