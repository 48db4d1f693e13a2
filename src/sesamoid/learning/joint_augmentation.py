"""Variation of packed canvases: what changes the truth changes it exactly, or takes it away."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from sesamoid.imaging.geometry import Crop

Rng = np.random.Generator
Grey = NDArray[np.float32]


@dataclass(frozen=True)
class JointAugmentation:
    """How strongly pictures are varied; probabilities unless said otherwise, 0 switches off.

    Parameters
    ----------
    flip : float
        Left-right mirror, which is what a probe held the wrong way round shows: `reversed` is
        toggled and the pose error stays, for it is counted beyond the half turn.
    smaller : float
        The scan is placed smaller and anywhere in the canvas; the scale follows.
    least_scale : float
        Its smallest size, as a share.
    cut_depth : float
        The lower part is taken away; what is judged of parts and picture is not known then.
    least_depth : float
        Smallest share that is left.
    forget_scale : float
        The scale is not told.
    tone : float
        Another machine's grey map: a rising curve through 0.
    gain, gamma, contrast, speckle, blur, noise, jpeg : float
    """

    flip: float = 0.15
    smaller: float = 0.4
    least_scale: float = 0.75
    cut_depth: float = 0.08
    least_depth: float = 0.5
    forget_scale: float = 0.2
    tone: float = 0.3
    gain: float = 0.4
    gamma: float = 0.3
    contrast: float = 0.3
    speckle: float = 0.25
    blur: float = 0.25
    noise: float = 0.25
    jpeg: float = 0.15


def vary_grey(canvas: NDArray[np.uint8], settings: JointAugmentation, rng: Rng) -> Grey:
    """Grey as another machine, another setting or another export would have it; 0..255."""
    if rng.random() < settings.tone:
        canvas = np.asarray(cv2.LUT(canvas, _tone(rng)), dtype=np.uint8)
    image = canvas.astype(np.float32)
    if rng.random() < settings.gain:
        image *= np.exp(_curve(rng, image.shape[0], 0.2))[:, None]
        image *= np.float32(rng.uniform(0.8, 1.2))
    if rng.random() < settings.gamma:
        power = np.exp(rng.uniform(-np.log(1.6), np.log(1.6)))
        image = np.float32(255) * (np.clip(image, 0, 255) / np.float32(255)) ** np.float32(power)
    if rng.random() < settings.contrast:
        image = (image - 80) * np.float32(rng.uniform(0.75, 1.3)) + 80
        image[canvas == 0] = 0
    if rng.random() < settings.speckle:
        grain = rng.uniform(0.6, 1.6)
        noise = rng.standard_normal(image.shape, dtype=np.float32)
        noise = cv2.GaussianBlur(noise, (0, 0), sigmaX=1.5 * grain, sigmaY=grain)
        image *= 1 + np.float32(rng.uniform(0.05, 0.25)) * noise / (noise.std() + 1e-6)
    if rng.random() < settings.blur:
        image = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.3, 1.1))
    if rng.random() < settings.noise:
        image += np.float32(rng.uniform(2, 12)) * rng.standard_normal(image.shape, dtype=np.float32)
    image = np.clip(image, 0, 255)
    if rng.random() < settings.jpeg:
        quality = int(rng.integers(40, 90))
        _, coded = cv2.imencode(".jpg", image.astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, quality])
        image = np.asarray(cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE), dtype=np.float32)
    return np.asarray(image, dtype=np.float32)


@dataclass(frozen=True)
class Placing:
    """Where a part of a packed scan goes in a canvas.

    Parameters
    ----------
    source : Crop
        The part, in the packed canvas.
    placed : Crop
        Where it comes to lie.
    canvas_size : (rows, columns)
    mirrored : bool
    cut : bool
        The lower part was taken away.
    """

    source: Crop
    placed: Crop
    canvas_size: tuple[int, int]
    mirrored: bool = False
    cut: bool = False

    @property
    def scale(self) -> float:
        """Canvas pixels per packed pixel."""
        return self.placed.width / self.source.width

    def move(self, packed: NDArray[np.generic], *, nearest: bool = False) -> NDArray[np.generic]:
        """A packed canvas in the new one; 0 outside the scan."""
        s, p = self.source, self.placed
        part = np.ascontiguousarray(packed[s.top : s.bottom, s.left : s.right])
        if self.mirrored:
            part = cv2.flip(part, 1)
        if (p.height, p.width) != part.shape:
            small = p.height < s.height
            method = cv2.INTER_NEAREST if nearest else cv2.INTER_AREA if small else cv2.INTER_LINEAR
            part = cv2.resize(part, (p.width, p.height), interpolation=method)
        return p.paste(part, self.canvas_size)


def usual_placing(scan: Crop, canvas_size: tuple[int, int], *, stretched: bool = False) -> Placing:
    """As at run time: as large as it goes, centred; or stretched over the whole canvas."""
    return _place(scan, canvas_size, 1.0, (0.5, 0.5), stretched=stretched)


def draw_placing(
    scan: Crop,
    canvas_size: tuple[int, int],
    settings: JointAugmentation,
    rng: Rng,
    *,
    stretched: bool = False,
) -> Placing:
    """A random one."""
    cut = bool(rng.random() < settings.cut_depth)
    if cut:
        share = rng.uniform(settings.least_depth, 0.9)
        scan = Crop(scan.top, scan.left, max(8, round(scan.height * share)), scan.width)
    size, where = 1.0, (0.5, 0.5)
    if rng.random() < settings.smaller:
        size = float(rng.uniform(settings.least_scale, 1.0))
        where = (float(rng.random()), float(rng.random()))
    mirrored = bool(rng.random() < settings.flip)
    return _place(scan, canvas_size, size, where, mirrored=mirrored, cut=cut, stretched=stretched)


def _place(
    scan: Crop,
    canvas_size: tuple[int, int],
    size: float,
    where: tuple[float, float],
    *,
    mirrored: bool = False,
    cut: bool = False,
    stretched: bool = False,
) -> Placing:
    down, across = size * (canvas_size[0] / scan.height), size * (canvas_size[1] / scan.width)
    if not stretched:
        down = across = min(down, across)
    height = max(1, min(canvas_size[0], round(scan.height * down)))
    width = max(1, min(canvas_size[1], round(scan.width * across)))
    top = int((canvas_size[0] - height) * where[0])
    left = int((canvas_size[1] - width) * where[1])
    return Placing(scan, Crop(top, left, height, width), canvas_size, mirrored, cut)


def _tone(rng: Rng) -> NDArray[np.uint8]:
    nodes = np.linspace(0, 1, 5)
    level = np.maximum.accumulate(nodes + np.append(0, rng.normal(0, 0.07, 4)))
    return np.clip(255 * np.interp(np.linspace(0, 1, 256), nodes, level), 0, 255).astype(np.uint8)


def _curve(rng: Rng, length: int, strength: float) -> Grey:
    nodes = rng.normal(0, strength, 4)
    return np.interp(np.linspace(0, 3, length), np.arange(4), nodes).astype(np.float32)
