"""Running the published pair: plane by ResNet-50, anatomy by HRNet, from one look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sesamoid.errors import ModelError
from sesamoid.imaging.geometry import Crop
from sesamoid.imaging.letterbox import Letterbox
from sesamoid.imaging.outlines import Outlines
from sesamoid.models.joint_input import joint_input, joint_letterbox
from sesamoid.models.joint_labels import outlines_of
from sesamoid.models.joint_task import JointTask
from sesamoid.models.onnx_session import onnx_session
from sesamoid.models.published_network import ANATOMY, PLANES, PublishedNetwork, weights_in

Array = NDArray[np.float32]


@dataclass(frozen=True)
class PairLook:
    """What the pair says of one frame. Pose, parts and the picture's quality it does not tell.

    Parameters
    ----------
    nearest : ndarray of float32, shape (P,)
        Share of each plane in the chance that it is any; they sum to 1.
    inside : ndarray of float32, shape (P,)
        The chance that it is any plane, P times: ``nearest * inside`` is what ResNet-50 said.
    outlines : Outlines
        Indices of the classes.
    """

    nearest: Array
    inside: Array
    outlines: Outlines = field(repr=False)

    @property
    def labels(self) -> NDArray[np.uint8]:
        """Index of the class on the frame's pixels, shape (rows, columns); 0 outside the scan."""
        return self.outlines.on_frame


class PublishedPair:
    """Both networks, loaded and ready.

    Parameters
    ----------
    folders : sequence of Path
        Where `sesamoid train wrist_hand --recipe …` wrote them: one folder or two.
    threads : int
        For one inference; 0: all cores.

    Raises
    ------
    ModelError
        One is missing or damaged, or they were not trained on the same pictures for the same task.
    """

    def __init__(self, folders: Sequence[Path], *, threads: int = 0) -> None:
        paths = [weights_in(folders, name) for name in (PLANES, ANATOMY)]
        (self.planes, first), (self.anatomy, second) = map(PublishedNetwork.read, paths)
        _require_pair(self.planes, self.anatomy, paths[1])
        self._planes, self._anatomy = (
            onnx_session(content, path, threads=threads, fix="train it again.")
            for content, path in zip((first, second), paths, strict=True)
        )

    @property
    def task(self) -> JointTask:
        """What planes and classes are called."""
        return self.anatomy.task

    @property
    def networks(self) -> tuple[PublishedNetwork, PublishedNetwork]:
        """For planes, for anatomy."""
        return self.planes, self.anatomy

    def look(
        self,
        frame: NDArray[np.uint8],
        *,
        scan_area: Crop | None = None,
        spacing_mm: tuple[float, float] | None = None,
    ) -> PairLook:
        """Plane and anatomy of one frame; see `sesamoid.models.joint.JointRuntime.look`."""
        size = (frame.shape[0], frame.shape[1])
        box = scan_area or Crop(0, 0, *size)
        fit, mm = joint_letterbox(size, box, self.anatomy.canvas_size, spacing_mm)
        canvas = fit.forward(frame)
        exponent = self.anatomy.grey_exponent
        image, _ = joint_input(canvas, fit.placed, mm, grey_exponent=exponent)
        scores = np.asarray(self._anatomy.run(["scores"], {"image": image[None, None]})[0][0])
        # As in its training: from the canvas that HRNet sees, stretched over the whole of its own.
        square = Crop(0, 0, *self.planes.canvas_size)
        small = Letterbox(fit.canvas_size, fit.placed, self.planes.canvas_size, square)
        image, _ = joint_input(small.forward(canvas), square, None, grey_exponent=exponent)
        chances = self._planes.run(["planes"], {"image": image[None, None]})[0][0]
        nearest, inside = _as_look(chances)
        winners = scores.argmax(axis=0).astype(np.uint8)
        return PairLook(nearest, inside, outlines_of(scores, winners, fit))


def _as_look(chances: Array) -> tuple[Array, Array]:
    """Probabilities of planes and, last, of none as those of `PairLook`."""
    of_planes = np.asarray(chances[:-1], dtype=np.float64)
    any_of_them = float(of_planes.sum())
    count = len(of_planes)
    nearest = of_planes / any_of_them if any_of_them > 0 else np.full(count, 1 / count)
    return nearest.astype(np.float32), np.full(count, min(1.0, any_of_them), dtype=np.float32)


def _require_pair(planes: PublishedNetwork, anatomy: PublishedNetwork, path: Path) -> None:
    """Refuse two networks that were not trained to stand beside each other."""
    for what in ("task", "packed_size", "grey_exponent", "data", "origin"):
        if getattr(planes, what) != getattr(anatomy, what):
            raise ModelError(
                f"its {what.replace('_', ' ')} is another than that of {planes.network}",
                path=path.with_suffix(".json"),
                fix="train both on the same data with the same version.",
            )
    if anatomy.canvas_size != anatomy.packed_size:
        raise ModelError(
            f"it takes {anatomy.canvas_size[0]} x {anatomy.canvas_size[1]} pixels and not the "
            f"joint network's {anatomy.packed_size[0]} x {anatomy.packed_size[1]}",
            path=path.with_suffix(".json"),
            fix="train it again.",
        )
