"""Label images for learning and evaluation: whole numbers, never colours."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from sesamoid.errors import UnreadableImage
from sesamoid.imaging.detect import Format, detect_format
from sesamoid.imaging.limits import check_memory
from sesamoid.imaging.nifti import read_nifti
from sesamoid.imaging.orientation import upright
from sesamoid.imaging.quiet import reading
from sesamoid.imaging.tiff import read_tiff

_ORIENTATION_TAG = 274


def read_mask(path: Path | str) -> NDArray[np.integer]:
    """A label image as whole numbers.

    Parameters
    ----------
    path : Path or str
        PNG or BMP (grey values, or palette indices where it has a palette), TIFF, or NIfTI.

    Returns
    -------
    ndarray of shape (rows, columns), or (slices, rows, columns) for a volume
        Labels in the smallest dtype of the file; 0 is background by convention.

    Raises
    ------
    UnreadableImage
        Where the file is damaged, lossy (JPEG, video), coloured, or holds fractions.
    """
    path = Path(path)
    kind = detect_format(path)
    if kind in (Format.PNG, Format.BMP):
        return _indexed(path, kind)
    if kind is Format.NIFTI:
        return _whole(read_nifti(path).pixels, path)
    if kind is Format.TIFF:
        image = read_tiff(path)
        if image.is_colour:
            raise _coloured(path)
        return _whole(image.pixels, path)
    raise UnreadableImage(
        f"a {kind.value} file does not hold labels exactly",
        path=path,
        fix="save the labels as PNG or NIfTI.",
    )


def read_labels(path: Path | str) -> NDArray[np.uint8]:
    """A label image as values up to 255, shape (rows, columns); see `read_mask`.

    Raises
    ------
    UnreadableImage
        As `read_mask`; or it is a volume, or has larger or negative values.
    """
    labels = read_mask(path)
    least, most = (int(labels.min()), int(labels.max())) if labels.size else (0, 0)
    if labels.ndim != 2 or least < 0 or most > 255:
        raise UnreadableImage(
            f"labels of shape {labels.shape} with values from {least} to {most}",
            path=Path(path),
            fix="save one picture with values from 0 to 255.",
        )
    return labels.astype(np.uint8)


def _indexed(path: Path, kind: Format) -> NDArray[np.integer]:
    with (
        reading(path, f"the {kind.value} file is damaged", fix="copy or export it again."),
        Pillow.open(path) as picture,
    ):
        check_memory(picture.size[0] * picture.size[1] * 4, path)
        picture.load()
        orientation = int(picture.getexif().get(_ORIENTATION_TAG, 1) or 1)
        labels = np.array(picture)
    if labels.dtype == np.bool_:
        labels = labels.astype(np.uint8)
    if labels.ndim == 3:
        colours = labels[..., :1] if labels.shape[-1] == 2 else labels[..., :3]
        if np.any(colours != colours[..., :1]):
            raise _coloured(path)
        labels = colours[..., 0]
    return _whole(upright(labels[None], orientation), path)


def _whole(labels: NDArray[np.generic], path: Path) -> NDArray[np.integer]:
    """`labels` without a first axis of length 1, as integers."""
    if labels.shape[0] == 1:
        labels = labels[0]
    if np.issubdtype(labels.dtype, np.integer):
        return np.ascontiguousarray(labels)
    values = labels.astype(np.float64)
    if not np.all(np.isfinite(values)) or np.any(values != np.rint(values)):
        raise UnreadableImage(
            "it holds fractions, so it is not a label image",
            path=path,
            fix="give the label image, or threshold the probabilities first.",
        )
    low, high = values.min(initial=0), values.max(initial=0)
    dtype = np.result_type(np.min_scalar_type(int(low)), np.min_scalar_type(int(high)))
    return values.astype(dtype)


def _coloured(path: Path) -> UnreadableImage:
    return UnreadableImage(
        "it holds colours, so its labels are not known",
        path=path,
        fix="save it with a palette or as grey values, one number a label.",
    )
