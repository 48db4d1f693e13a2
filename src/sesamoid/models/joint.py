"""Running a joint network: plane, pose, parts, picture and label map from one look."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from sesamoid.errors import ModelError
from sesamoid.imaging.geometry import Crop
from sesamoid.imaging.letterbox import Letterbox
from sesamoid.imaging.outlines import Outlines
from sesamoid.models.bundle import ModelBundle
from sesamoid.models.canvas_runtime import CanvasRuntime
from sesamoid.models.joint_input import joint_input, joint_letterbox
from sesamoid.models.joint_labels import outlines_of
from sesamoid.models.joint_task import JointTask

TASK = "joint"
"""What a joint bundle's manifest has as its ``task``."""
HEADS = (
    "scores",
    "winners",
    "nearest",
    "inside",
    "reversed",
    "pose",
    "pose_sd",
    "parts",
    "picture",
)
"""The graph's outputs, in this order."""
_PATCHES, _BATCH = 8, 8

Array = NDArray[np.float32]


@dataclass(frozen=True)
class JointLook:
    """What a joint network says of one frame; P planes, J pose errors, Q parts of `JointTask`.

    Parameters
    ----------
    nearest : ndarray of float32, shape (P,)
        Probability that a plane is the nearest one; they sum to 1.
    inside : ndarray of float32, shape (P,)
        Probability that the frame lies within a plane's tolerance, if that plane is the nearest.
    reversed : float
        Probability that the probe is held the wrong way round.
    pose, pose_sd : ndarray of float32, shape (P, J)
        Error against each plane, with its standard deviation, in mm and degrees; of a probe held
        the wrong way round, what is left beyond the half turn.
    parts : ndarray of float32, shape (Q, 4)
        By `sesamoid.models.joint_task.ASPECTS`, 0..1.
    picture : dict of str to float
    outlines : Outlines
        Indices of the classes.
    """

    nearest: Array
    inside: Array
    reversed: float
    pose: Array
    pose_sd: Array
    parts: Array
    picture: dict[str, float]
    outlines: Outlines = field(repr=False)

    @property
    def labels(self) -> NDArray[np.uint8]:
        """Index of the class on the frame's pixels, shape (rows, columns); 0 outside the scan."""
        return self.outlines.on_frame

    @property
    def planes(self) -> Array:
        """Probability of each plane, then of none: shape (P + 1,), summing to 1."""
        of = self.nearest * self.inside
        return np.append(of, max(0.0, 1.0 - float(of.sum()))).astype(np.float32)


@dataclass(frozen=True)
class _Prepared:
    fit: Letterbox
    canvas: NDArray[np.uint8]
    image: Array
    scalars: Array

    @property
    def scan(self) -> NDArray[np.uint8]:
        """The canvas without what surrounds the scan."""
        placed = self.fit.placed
        return self.canvas[placed.top : placed.bottom, placed.left : placed.right]


class JointRuntime(CanvasRuntime):
    """A bundle of task ``"joint"``, loaded and ready; see `CanvasRuntime`.

    Raises
    ------
    ModelError
        The bundle is not of this task.
    """

    def __init__(self, bundle: ModelBundle, *, threads: int = 0) -> None:
        if bundle.manifest.task != TASK:
            raise ModelError(
                f"the model {bundle.manifest.name!r} is not a joint network",
                path=bundle.folder,
                fix="give the bundle that `sesamoid train wrist_hand` wrote.",
            )
        super().__init__(bundle, threads=threads)
        self.task = JointTask.from_dict(bundle.manifest.outputs)

    def look(
        self,
        frame: NDArray[np.uint8],
        *,
        scan_area: Crop | None = None,
        spacing_mm: tuple[float, float] | None = None,
    ) -> JointLook:
        """Everything about one frame.

        Parameters
        ----------
        frame : ndarray of uint8, shape (rows, columns)
        scan_area : Crop, optional
            The ultrasound picture in it, face of the probe at the top; the whole frame if left out.
        spacing_mm : (row, column), optional
        """
        ready = self._prepare(frame, scan_area, spacing_mm)
        found = self.run(ready.image[None], ready.scalars[None])
        return JointLook(
            nearest=found["nearest"][0],
            inside=found["inside"][0],
            reversed=float(found["reversed"][0, 0]),
            pose=found["pose"][0],
            pose_sd=found["pose_sd"][0],
            parts=found["parts"][0],
            picture=dict(zip(self.task.picture, found["picture"][0].tolist(), strict=True)),
            outlines=outlines_of(found["scores"][0], found["winners"][0], ready.fit, ready.scan),
        )

    def evidence_map(
        self,
        frame: NDArray[np.uint8],
        plane: int,
        *,
        scan_area: Crop | None = None,
        spacing_mm: tuple[float, float] | None = None,
    ) -> Array:
        """Which parts of a frame the decision for a plane rests on, by occlusion.

        A patch is replaced by its blurred self; where the plane's log-odds fall, the network had
        looked there (Zeiler and Fergus 2014, doi 10.1007/978-3-319-10590-1_53). Some 100 times the
        work of a look: for explanation on demand.

        Parameters
        ----------
        frame, scan_area, spacing_mm
            See `look`.
        plane : int
            Index into the task's planes.

        Returns
        -------
        ndarray of float32, shape (rows, columns)
            0: no effect; 1: the strongest on this frame. All 0 where nothing has any effect.
        """
        ready = self._prepare(frame, scan_area, spacing_mm)
        base = self._log_odds(ready.image[None], ready.scalars, plane)[0]
        blurred = cv2.GaussianBlur(ready.image, (0, 0), max(ready.image.shape) / 16)
        patches = list(_patches(ready.fit.placed))
        drop = np.zeros(ready.image.shape, dtype=np.float32)
        count = np.zeros(ready.image.shape, dtype=np.float32)
        for start in range(0, len(patches), _BATCH):
            part = patches[start : start + _BATCH]
            batch = np.repeat(ready.image[None], len(part), axis=0)
            for one, patch in zip(batch, part, strict=True):
                one[patch] = blurred[patch]
            for patch, odds in zip(part, self._log_odds(batch, ready.scalars, plane), strict=True):
                drop[patch] += max(0.0, float(base - odds))
                count[patch] += 1
        smooth = cv2.GaussianBlur(drop / np.maximum(count, 1), (0, 0), max(drop.shape) / 24)
        peak = float(smooth.max())
        shown = np.asarray(smooth / (peak if peak > 1e-6 else 1.0), dtype=np.float32)
        return np.asarray(ready.fit.back(shown[None], background=False)[0])

    def _prepare(
        self,
        frame: NDArray[np.uint8],
        scan_area: Crop | None,
        spacing_mm: tuple[float, float] | None,
    ) -> _Prepared:
        size = (frame.shape[0], frame.shape[1])
        box = scan_area or Crop(0, 0, *size)
        fit, mm = joint_letterbox(size, box, self.manifest.canvas_size, spacing_mm)
        canvas = np.asarray(fit.forward(frame), dtype=np.uint8)
        image, scalars = joint_input(
            canvas, fit.placed, mm, grey_exponent=self.manifest.grey_exponent
        )
        return _Prepared(fit, canvas, image, scalars)

    def run(self, images: Array, scalars: Array) -> dict[str, Array]:
        """The graph's outputs by `HEADS`, of canvases (batch, rows, columns) and their scalars."""
        given = {"image": images[:, None], "scalars": scalars}
        return dict(zip(HEADS, self._session.run(list(HEADS), given), strict=True))

    def _log_odds(self, images: Array, scalars: Array, plane: int) -> Array:
        found = self.run(images, np.repeat(scalars[None], len(images), axis=0))
        chance = np.clip(found["nearest"][:, plane] * found["inside"][:, plane], 1e-6, 1 - 1e-6)
        return np.asarray(np.log(chance / (1 - chance)), dtype=np.float32)


def _patches(placed: Crop) -> Iterator[tuple[slice, slice]]:
    side = max(8, round(max(placed.height, placed.width) / _PATCHES * 1.5))
    step = max(4, side // 2)
    for top in range(placed.top, placed.bottom, step):
        for left in range(placed.left, placed.right, step):
            yield np.s_[top : min(top + side, placed.bottom), left : min(left + side, placed.right)]


def resident_joint_runtime(bundle: ModelBundle, threads: int) -> JointRuntime:
    """The runtime of a bundle, loaded once in a process; anew where its files changed."""
    return _loaded(bundle.folder, bundle.manifest.to_json(), threads)


@lru_cache(maxsize=4)
def _loaded(folder: Path, _manifest: str, threads: int) -> JointRuntime:
    return JointRuntime(ModelBundle.read(folder), threads=threads)
