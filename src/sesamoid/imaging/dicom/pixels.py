"""Decoding DICOM pixels of every common encoding into plain grey or RGB arrays."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.pixels import apply_color_lut, pixel_array
from pydicom.pixels.decoders.base import get_decoder
from pydicom.uid import UID, JPEGExtended12Bit

from sesamoid.errors import UnreadableImage
from sesamoid.imaging.dicom.header import number_of_frames, transfer_syntax
from sesamoid.imaging.limits import check_memory
from sesamoid.imaging.quiet import reading

_DECODERS = ("pydicom", "gdcm", "pyjpegls", "pillow")
_READABLE = "uncompressed, RLE, JPEG, JPEG-LS and JPEG 2000"


def decode_pixels(
    dataset: Dataset, path: Path, *, invert_monochrome1: bool = True
) -> tuple[NDArray[np.generic], tuple[str, ...]]:
    """The stored pixels as (frames, rows, columns[, 3]), with what was decided on the way.

    YBR becomes RGB, a palette is applied, MONOCHROME1 is turned so that more is brighter, and RGB
    with three equal channels becomes grey. No rescale slope is applied.

    Parameters
    ----------
    dataset : Dataset
        With pixels.
    path : Path
        Its file, for messages.
    invert_monochrome1 : bool
        False keeps the stored values, for modalities whose values are a physical quantity.

    Returns
    -------
    pixels : ndarray
        In the stored dtype; uint8 for an 8-bit palette or colour image.
    notes : tuple of str

    Raises
    ------
    UnreadableImage
        Where the transfer syntax is not supported, the pixel data are shorter than the header
        says, or the decoder fails.
    """
    frames = number_of_frames(dataset, path)
    samples = int(dataset.get("SamplesPerPixel") or 1)
    photometric = str(dataset.PhotometricInterpretation).strip()
    rows, columns = int(dataset.Rows), int(dataset.Columns)
    channels = 3 if photometric == "PALETTE COLOR" else samples
    check_memory(frames * rows * columns * channels * max(1, int(dataset.BitsAllocated) // 8), path)

    pixels = _decode(dataset, path).reshape(
        (frames, rows, columns) if samples == 1 else (frames, rows, columns, samples)
    )
    notes: list[str] = []
    if photometric == "MONOCHROME1":
        if invert_monochrome1:
            pixels = _inverted(pixels, int(dataset.get("BitsStored") or dataset.BitsAllocated))
            notes.append("MONOCHROME1 was turned into MONOCHROME2 (more is brighter)")
        else:
            notes.append("MONOCHROME1: values kept as they are, they are a physical quantity")
    elif photometric == "PALETTE COLOR":
        pixels = _with_palette(pixels, dataset, path)
        notes.append("the colour palette was applied")
    if pixels.ndim == 4 and pixels.shape[-1] == 3:
        pixels, was_grey = grey_if_equal(pixels)
        if was_grey:
            notes.append("the three colour channels are equal: read as grey")
    elif pixels.ndim == 4:
        raise UnreadableImage(
            f"it has {pixels.shape[-1]} samples a pixel ({photometric})",
            path=path,
            fix="export it as grey or RGB.",
        )
    return np.ascontiguousarray(pixels), tuple(notes)


def grey_if_equal(pixels: NDArray[np.generic]) -> tuple[NDArray[np.generic], bool]:
    """(…, 3) RGB as (…) grey where the three channels are equal everywhere; and whether so."""
    first = pixels[..., 0]
    if np.array_equal(first, pixels[..., 1]) and np.array_equal(first, pixels[..., 2]):
        return np.ascontiguousarray(first), True
    return pixels, False


def _decode(dataset: Dataset, path: Path) -> NDArray[np.generic]:
    syntax = transfer_syntax(dataset)
    plugins = _plugins(syntax, path)
    if not syntax.is_encapsulated:
        _check_length(dataset, path)
    if not getattr(dataset, "file_meta", None) or "TransferSyntaxUID" not in dataset.file_meta:
        from pydicom.dataset import FileMetaDataset

        dataset.file_meta = FileMetaDataset()
        dataset.file_meta.TransferSyntaxUID = syntax
    with reading(
        path,
        f"the pixels ({syntax.name}) cannot be decoded",
        fix="copy or export it again, best uncompressed (dcmdjpeg or gdcmconv --raw do so).",
    ):
        if syntax == JPEGExtended12Bit and int(dataset.get("BitsStored") or 8) > 8:
            return _decode_deep_jpeg(path, dataset)
        pixels = _decode_with(plugins, dataset)
        return pixels.astype(pixels.dtype.newbyteorder("="), copy=False)


def _decode_with(plugins: list[str], dataset: Dataset) -> NDArray[np.generic]:
    """The first decoder that succeeds; the first one's exception where none does."""
    failure: Exception | None = None
    for plugin in plugins:
        try:
            pixels: NDArray[np.generic] = pixel_array(
                dataset, decoding_plugin=plugin, allow_excess_frames=False
            )
        except Exception as error:
            failure = failure or error
        else:
            return pixels
    raise failure or ValueError("there is no decoder for it")


def _decode_deep_jpeg(path: Path, dataset: Dataset) -> NDArray[np.generic]:
    """12-bit JPEG, which pydicom's GDCM plug-in refuses and GDCM's own file reader decodes."""
    import gdcm

    reader = gdcm.ImageReader()
    reader.SetFileName(str(path))
    if not reader.Read():
        raise ValueError("GDCM does not read it")
    buffer = reader.GetImage().GetBuffer()
    if buffer is None:
        raise ValueError("GDCM does not decode it")
    dtype = np.dtype("<i2" if int(dataset.get("PixelRepresentation") or 0) else "<u2")
    return np.frombuffer(buffer.encode("utf-8", "surrogateescape"), dtype=dtype).copy()


def _plugins(syntax: UID, path: Path) -> list[str]:
    """The decoders to try; chosen by us, so that what else is installed changes nothing."""
    try:
        decoder = get_decoder(syntax)
    except NotImplementedError as error:
        raise UnreadableImage(
            f"its transfer syntax {syntax.name!r} is not supported; readable are {_READABLE}",
            path=path,
            fix="convert it with: gdcmconv --raw IN OUT, or export it uncompressed.",
        ) from error
    if not syntax.is_encapsulated:
        return [""]
    plugins = [name for name in _DECODERS if name in decoder.available_plugins]
    if plugins:
        return plugins
    raise UnreadableImage(
        f"its transfer syntax {syntax.name!r} is not supported; readable are {_READABLE}",
        path=path,
        fix="convert it to an uncompressed transfer syntax in the PACS or on the scanner.",
    )


def _check_length(dataset: Dataset, path: Path) -> None:
    if "PixelData" not in dataset:
        return
    samples = int(dataset.get("SamplesPerPixel") or 1)
    if str(dataset.PhotometricInterpretation) == "YBR_FULL_422":
        samples = 2
    count = number_of_frames(dataset, path) * int(dataset.Rows) * int(dataset.Columns) * samples
    expected = (count * int(dataset.BitsAllocated) + 7) // 8
    found = len(dataset.PixelData)
    if found < expected:
        raise UnreadableImage(
            f"the pixel data are cut off: {found} of {expected} bytes are there",
            path=path,
            fix="copy or export it again.",
        )


def _inverted(pixels: NDArray[np.generic], bits: int) -> NDArray[np.generic]:
    if np.issubdtype(pixels.dtype, np.signedinteger):
        return (-1 - pixels.astype(np.int64)).astype(pixels.dtype)
    if np.issubdtype(pixels.dtype, np.floating):
        return np.negative(pixels)  # type: ignore[no-any-return]
    return ((1 << bits) - 1 - pixels.astype(np.int64)).astype(pixels.dtype)


def _with_palette(pixels: NDArray[np.generic], dataset: Dataset, path: Path) -> NDArray[np.generic]:
    with reading(path, "the colour palette is damaged", fix="export the image as RGB."):
        coloured: NDArray[np.generic] = apply_color_lut(pixels, dataset)
    bits = int(dataset.RedPaletteColorLookupTableDescriptor[2])
    if bits == 16 and coloured.dtype == np.uint16:
        # Scanners put 8-bit colours into the high byte of 16-bit entries (PS3.3 C.7.6.3.1.6).
        return np.right_shift(coloured, 8).astype(np.uint8)  # type: ignore[no-any-return]
    return coloured.astype(np.uint8) if coloured.max(initial=0) <= 255 else coloured
