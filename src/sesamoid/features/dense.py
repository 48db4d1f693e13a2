"""Features at every tile of an image at once, by box filters."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from sesamoid.errors import SesamoidError
from sesamoid.features.gabor import ORIENTATIONS_DEG, gabor_magnitude

Plane = NDArray[np.float32]
Maps = Iterator[tuple[str, NDArray[np.floating]]]

SCALES_PX = (5, 9, 17, 33)
"""Sides of the windows that statistics are taken in."""

CONTEXT_SCALES_PX = (17, 33, 65)
"""Sides of the windows that a tile is compared with the surroundings of."""

GABOR_WAVELENGTHS_PX = (6.0, 12.0)

OFFSETS_PX = (20, 40)

DIRECTIONS = {"above": (-1, 0), "below": (1, 0), "left": (0, -1), "right": (0, 1)}


def dense_features(
    grey: NDArray[np.generic], *, step_px: int = 4
) -> tuple[NDArray[np.float32], tuple[str, ...]]:
    """Texture, contrast and place at the nodes of a grid.

    Parameters
    ----------
    grey : ndarray of shape (rows, columns)
        Grey levels 0..255, e.g. after `enhance.despeckle`.
    step_px : int
        Distance of the grid's nodes; node (i, j) stands for the tile of rows
        ``i * step_px : (i + 1) * step_px``, and so for columns.

    Returns
    -------
    features : ndarray of float32, shape (rows // step_px, columns // step_px, features)
    names : tuple of str
        Of each feature, with its window in pixels.

    Notes
    -----
    First-order statistics, GLCM contrast and correlation of neighbours (closed form over a window,
    no binning), shares of local binary pattern classes, Haar detail energy and Gabor magnitude:
    the families of the sibling files, each as a mean over windows.
    """
    if grey.ndim != 2 or min(grey.shape) < max(CONTEXT_SCALES_PX):
        raise SesamoidError(
            f"tile features need a grey image of {max(CONTEXT_SCALES_PX)} pixels or more a side, "
            f"not {grey.shape}"
        )
    image = np.ascontiguousarray(grey, dtype=np.float32)
    rows, columns = image.shape[0] // step_px, image.shape[1] // step_px
    at = (
        (np.arange(rows) * step_px + step_px // 2)[:, None],
        (np.arange(columns) * step_px + step_px // 2)[None],
    )
    names, planes = [], []
    for name, plane in _planes(image):
        names.append(name)
        planes.append(plane[at].astype(np.float32))
    return np.stack(planes, axis=-1), tuple(names)


def _mean(image: Plane, side: int) -> Plane:
    return np.asarray(cv2.blur(image, (side, side), borderType=cv2.BORDER_REFLECT))


def _planes(image: Plane) -> Maps:
    rows, columns = image.shape
    yield "row", np.broadcast_to(np.linspace(0, 1, rows, dtype=np.float32)[:, None], image.shape)
    yield "column", np.broadcast_to(np.linspace(0, 1, columns, dtype=np.float32), image.shape)
    square, cube = image**2, image**3
    means = {side: _mean(image, side) for side in {*SCALES_PX, *CONTEXT_SCALES_PX}}
    spread_of = {}
    for side in SCALES_PX:
        mean = means[side]
        variance = np.maximum(_mean(square, side) - mean**2, 0)
        spread = np.sqrt(variance)
        spread_of[side] = spread
        third = _mean(cube, side) - 3 * mean * variance - mean**3
        yield f"mean_{side}", mean
        yield f"sd_{side}", spread
        yield f"skewness_{side}", np.clip(third / np.maximum(variance * spread, 1.0), -5, 5)
        yield f"variation_{side}", spread / (mean + 1)
    yield from _context(means, spread_of)
    yield from _neighbours(image, means, spread_of)
    yield from _patterns(image)
    yield from _detail(image)


def _context(means: dict[int, Plane], spread: dict[int, Plane]) -> Maps:
    for inner, outer in ((5, 17), (9, 33), (17, 65), (33, 65)):
        share = inner**2 / outer**2
        ring = (means[outer] - share * means[inner]) / (1 - share)
        yield f"contrast_{inner}_{outer}", (means[inner] - ring) / (means[inner] + ring + 2)
    yield "spread_ratio_5_33", spread[5] / (spread[33] + 1)
    # What lies around: brightness and roughness some way off in each direction.
    for away in OFFSETS_PX:
        brightness = {name: _moved(means[17], *turn, away) for name, turn in DIRECTIONS.items()}
        for name, plane in brightness.items():
            yield f"mean_17_{name}_{away}", plane
            yield f"sd_17_{name}_{away}", _moved(spread[17], *DIRECTIONS[name], away)
        darkest = np.minimum.reduce(list(brightness.values()))
        yield f"darker_than_around_{away}", darkest - means[9]
        yield (
            f"darker_than_sides_{away}",
            np.minimum(brightness["left"], brightness["right"]) - means[9],
        )


def _moved(plane: Plane, down: int, right: int, away: int) -> Plane:
    """The plane as seen `away` pixels off; beyond the edge, the nearest pixel."""
    rows = np.clip(np.arange(plane.shape[0]) + down * away, 0, plane.shape[0] - 1)
    columns = np.clip(np.arange(plane.shape[1]) + right * away, 0, plane.shape[1] - 1)
    return plane[rows[:, None], columns[None]]


def _neighbours(image: Plane, means: dict[int, Plane], spread: dict[int, Plane]) -> Maps:
    """GLCM contrast and correlation of a pixel with the one `distance` away, over a window."""
    for distance in (2, 5):
        for name, axis in (("vertical", 0), ("horizontal", 1)):
            other = np.roll(image, -distance, axis=axis)
            difference = (image - other) ** 2
            for side in (17,):
                contrast = np.maximum(_mean(difference, side), 0)
                yield f"glcm_contrast_{name}_{distance}_{side}", np.sqrt(contrast)
                correlation = 1 - contrast / (2 * spread[side] ** 2 + 2)
                yield f"glcm_correlation_{name}_{distance}_{side}", correlation


def _patterns(image: Plane) -> Maps:
    """Number of brighter 8-neighbours: flat, edge and spot classes of the local binary pattern."""
    padded = np.pad(image, 2, mode="symmetric")
    rows, columns = image.shape
    brighter = np.zeros_like(image)
    for down, right in ((0, 0), (0, 2), (0, 4), (2, 0), (2, 4), (4, 0), (4, 2), (4, 4)):
        brighter += padded[down : down + rows, right : right + columns] > image + 2
    for name, low, high in (("peak", 0, 1), ("edge", 3, 5), ("pit", 7, 8)):
        inside = ((brighter >= low) & (brighter <= high)).astype(np.float32)
        yield f"pattern_{name}_17", _mean(inside, 17)


def _detail(image: Plane) -> Maps:
    previous = image
    for level, side in ((1, 2), (2, 4), (3, 8)):
        smooth = np.asarray(cv2.GaussianBlur(image, (0, 0), side))
        yield (
            f"detail_energy_{level}_17",
            np.sqrt(np.maximum(_mean((previous - smooth) ** 2, 17), 0)),
        )
        previous = smooth
    for wavelength in GABOR_WAVELENGTHS_PX:
        fields = [
            _mean(gabor_magnitude(image, wavelength_px=wavelength, angle_deg=angle), 9)
            for angle in ORIENTATIONS_DEG
        ]
        total: Plane = np.asarray(np.sum(fields, axis=0), dtype=np.float32)
        yield f"gabor_{wavelength:g}", total
        for angle, field in zip(ORIENTATIONS_DEG, fields, strict=True):
            yield f"gabor_share_{wavelength:g}_{angle:g}", field / (total + 1)
