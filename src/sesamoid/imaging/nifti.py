"""NIfTI volumes: (slice, row, column) with an affine to DICOM's LPS."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nibabel
import numpy as np
from numpy.typing import NDArray

from sesamoid.errors import UnreadableImage
from sesamoid.imaging.digest import sha256_of
from sesamoid.imaging.image import Image, Provenance
from sesamoid.imaging.limits import check_memory
from sesamoid.imaging.quiet import reading

_MILLIMETRES = {"meter": 1000.0, "mm": 1.0, "micron": 1e-3}
_RAS_TO_LPS = np.diag([-1.0, -1.0, 1.0, 1.0])
_REVERSE_INDEX = np.eye(4)[[2, 1, 0, 3]]  # (slice, row, column) to NIfTI's (i, j, k)


def read_nifti(path: Path) -> Image:
    """A NIfTI volume with axes slices, rows, columns; a 2-D one as a single frame.

    NIfTI counts (i, j, k) = (column, row, slice) and places them in RAS; the axes are reversed
    and the affine is turned to LPS. Scale and intercept of the header are applied by the format's
    own definition (NIfTI-1, scl_slope).

    Raises
    ------
    UnreadableImage
        Where it is damaged, too large, or its voxels are not numbers.
    """
    with reading(path, "the NIfTI file is damaged", fix="copy or export it again."):
        volume = _load(path)
        notes: list[str] = []
        shape, dtype = volume.shape, volume.get_data_dtype()
        if dtype.names is not None or dtype.kind == "c":
            raise UnreadableImage(
                f"its voxels are {dtype}, not single numbers",
                path=path,
                fix="save one channel of it as a scalar volume.",
            )
        check_memory(int(np.prod(shape)) * dtype.itemsize, path)
        data = np.asanyarray(volume.dataobj)
    data = _at_most_3d(data, notes)
    if data.dtype == np.float64 and dtype != np.float64:
        data = data.astype(np.float32)
    if data.dtype.byteorder == ">":
        data = data.astype(data.dtype.newbyteorder("="))
    affine, affine_notes = _affine(volume)
    notes.extend(affine_notes)
    spacing = tuple(float(np.linalg.norm(affine[:3, axis])) for axis in range(3))
    if min(spacing[3 - max(2, data.ndim) :]) <= 0 or not np.all(np.isfinite(affine)):
        raise UnreadableImage(
            "its voxel sizes are zero or not numbers", path=path, fix="correct its header."
        )
    provenance = Provenance(path=path, format="NIfTI", sha256=sha256_of(path), notes=tuple(notes))
    if data.ndim == 2:
        return Image(
            pixels=np.ascontiguousarray(data.T[None]),
            provenance=provenance,
            spacing_mm=(spacing[1], spacing[2]),
        )
    return Image(
        pixels=np.ascontiguousarray(data.transpose(2, 1, 0)),
        provenance=provenance,
        axes="slices",
        spacing_mm=(spacing[0], spacing[1], spacing[2]),
        affine=affine,
    )


def _load(path: Path) -> Any:
    """The file by its content: nibabel itself goes by the name, which may be wrong."""
    head = path.open("rb").read(2)
    if head == b"\x1f\x8b":
        import gzip

        raw = gzip.decompress(path.read_bytes())
    else:
        raw = path.read_bytes()
    little = raw[0] in (0x5C, 0x1C)
    size = int.from_bytes(raw[:4], "little" if little else "big")
    if size == 348 and raw[344:348] == b"ni1\0":
        if path.suffix == ".hdr":
            return nibabel.load(path)
        raise UnreadableImage(
            "it is a NIfTI header whose voxels lie in another file",
            path=path,
            fix="save it as one .nii file.",
        )
    kind = nibabel.Nifti2Image if size == 540 else nibabel.Nifti1Image
    return kind.from_bytes(raw)


def _at_most_3d(data: NDArray[np.generic], notes: list[str]) -> NDArray[np.generic]:
    """The first volume of a series, without trailing axes of length 1."""
    while data.ndim > 3:
        if data.shape[-1] > 1:
            notes.append(f"only the first of {data.shape[-1]} volumes (axis {data.ndim}) was read")
        data = data[..., 0]
    while data.ndim < 2:
        data = data[..., None]
    return data


def _affine(volume: Any) -> tuple[NDArray[np.float64], list[str]]:
    """(4, 4) from (slice, row, column) to LPS in mm, and notes."""
    unit = volume.header.get_xyzt_units()[0]
    scale = _MILLIMETRES.get(unit, 1.0)
    notes = []
    if unit not in _MILLIMETRES:
        notes.append("the file does not state its unit of length: mm are assumed")
    elif unit != "mm":
        notes.append(f"lengths were turned from {unit} to mm")
    if int(volume.header["sform_code"]) == 0 and int(volume.header["qform_code"]) == 0:
        notes.append("the file states no orientation: the directions of the axes are assumed")
    to_mm = np.diag([scale, scale, scale, 1.0])
    affine: NDArray[np.float64] = _RAS_TO_LPS @ to_mm @ volume.affine @ _REVERSE_INDEX
    return affine, notes
