"""What a file is, told from its content, never from its name."""

from __future__ import annotations

import gzip
import struct
import zlib
from enum import StrEnum
from pathlib import Path

from sesamoid.errors import UnreadableImage
from sesamoid.imaging.quiet import not_permitted, quiet

HEAD_BYTES = 1024


class Format(StrEnum):
    """The formats that can be read."""

    DICOM = "DICOM"
    PNG = "PNG"
    JPEG = "JPEG"
    TIFF = "TIFF"
    BMP = "BMP"
    NIFTI = "NIfTI"
    VIDEO = "video"


IMAGE_SUFFIXES = frozenset(
    {
        *(".dcm", ".dicom", ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".nii"),
        *(".mp4", ".m4v", ".mov", ".avi", ".mkv", ".webm", ".mpg", ".mpeg", ".wmv", ".gif"),
    }
)
"""Names that claim to be an image: a damaged file of such a name is reported, not passed over."""

_UNSUPPORTED = (
    (b"NRRD", "an NRRD volume", "convert it to NIfTI (3D Slicer or SimpleITK do)."),
    (b"ObjectType", "a MetaImage volume", "convert it to NIfTI (3D Slicer or SimpleITK do)."),
    (b"PK\x03\x04", "a ZIP archive", "unpack it and give the folder."),
    (b"7z\xbc\xaf", "a 7-Zip archive", "unpack it and give the folder."),
    (b"%PDF", "a PDF document", "export the image itself, best as DICOM."),
    (b"\x89HDF", "an HDF5 file", "export the image itself, best as DICOM."),
    (b"\x00\x00\x00\x0cjP  ", "a bare JPEG 2000 file", "convert it to PNG or DICOM."),
)
_VIDEO_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")


def detect_format(path: Path | str) -> Format:
    """The format of a file from its first bytes.

    DICOM is known by ``DICM`` at byte 128 (PS3.10 7.1) or, without that preamble, by a header
    that parses to an SOP class.

    Raises
    ------
    UnreadableImage
        Where the file is missing, empty, may not be read, or is of no known format.
    """
    path = Path(path)
    head = read_head(path)
    found = _from_head(path, head)
    if found is None:
        raise _unknown(path, head)
    return found


def sniff_format(path: Path) -> Format | None:
    """Like `detect_format`, but None where the file is of no known format."""
    return _from_head(path, read_head(path))


def read_head(path: Path) -> bytes:
    """The first bytes of a file.

    Raises
    ------
    UnreadableImage
        Where the file is missing, empty, a folder, or may not be read.
    """
    try:
        with path.open("rb") as stream:
            head = stream.read(HEAD_BYTES)
    except FileNotFoundError as error:
        raise UnreadableImage(
            "there is no such file", path=path, fix="check the spelling of the path."
        ) from error
    except PermissionError as error:
        raise not_permitted(path) from error
    except IsADirectoryError as error:
        raise UnreadableImage("this is a folder", path=path, fix="give a file in it.") from error
    except OSError as error:
        raise UnreadableImage(
            f"it cannot be read ({error.strerror or error})",
            path=path,
            fix="check the disk or the network share, or copy the file again.",
        ) from error
    if not head:
        raise UnreadableImage("the file is empty", path=path, fix="copy or export it again.")
    return head


def _from_head(path: Path, head: bytes) -> Format | None:
    if head[128:132] == b"DICM":
        return Format.DICOM
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return Format.PNG
    if head.startswith(b"\xff\xd8\xff"):
        return Format.JPEG
    if head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return Format.TIFF
    if _is_bmp(head):
        return Format.BMP
    if _is_video(head):
        return Format.VIDEO
    if _is_nifti(head) or (head.startswith(b"\x1f\x8b") and _is_nifti(_gunzip(head))):
        return Format.NIFTI
    if _is_bare_dicom(path, head):
        return Format.DICOM
    return None


def _is_bmp(head: bytes) -> bool:
    # "BM" alone also begins plain text; the size of the info header that follows is telling.
    return (
        head.startswith(b"BM")
        and len(head) >= 18
        and struct.unpack_from("<I", head, 14)[0] in (12, 16, 40, 52, 56, 64, 108, 124)
    )


def _is_video(head: bytes) -> bool:
    if head[4:8] in _VIDEO_BOXES or head.startswith((b"GIF87a", b"GIF89a", b"FLV\x01")):
        return True
    if head.startswith(b"RIFF") and head[8:12] == b"AVI ":
        return True
    if head.startswith(
        (b"\x1a\x45\xdf\xa3", b"\x00\x00\x01\xba", b"\x30\x26\xb2\x75\x8e\x66\xcf\x11")
    ):
        return True
    return len(head) > 376 and head[0] == head[188] == head[376] == 0x47


def _is_nifti(head: bytes) -> bool:
    if len(head) < 348:
        return False
    size = {struct.unpack_from(order + "i", head)[0] for order in "<>"}
    if 348 in size:
        return head[344:348] in (b"n+1\0", b"ni1\0")
    return 540 in size and head[4:8] in (b"n+2\0", b"ni2\0")


def _gunzip(head: bytes) -> bytes:
    try:
        return zlib.decompressobj(wbits=31).decompress(head, 1024)
    except (zlib.error, gzip.BadGzipFile):
        return b""


def _is_bare_dicom(path: Path, head: bytes) -> bool:
    """True for a DICOM data set without preamble: groups 2 or 8 first, and an SOP class inside."""
    if len(head) < 8:
        return False
    groups = {struct.unpack_from(order + "H", head)[0] for order in "<>"}
    if not groups & {0x0002, 0x0008}:
        return False
    import pydicom

    try:
        with quiet():
            header = pydicom.dcmread(
                path, force=True, stop_before_pixels=True, specific_tags=["SOPClassUID", "Rows"]
            )
            return "SOPClassUID" in header or "Rows" in header
    except Exception:  # any parser failure means that it is not DICOM
        return False


def _unknown(path: Path, head: bytes) -> UnreadableImage:
    for magic, name, fix in _UNSUPPORTED:
        if head.startswith(magic):
            return UnreadableImage(f"this is {name}, which cannot be read", path=path, fix=fix)
    what = "a text file" if _is_text(head) else "of no known image format"
    return UnreadableImage(
        f"the content is {what}",
        path=path,
        fix="give DICOM, PNG, JPEG, TIFF, BMP, NIfTI or a video; the name alone does not count.",
    )


def _is_text(head: bytes) -> bool:
    return all(byte >= 32 or byte in (9, 10, 12, 13) for byte in head)
