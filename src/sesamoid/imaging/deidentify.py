"""De-identifying a DICOM image: its attributes, its UIDs, and the text burned into its pixels."""

from __future__ import annotations

import copy
import secrets
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

from sesamoid import __version__
from sesamoid.errors import OutputError, SesamoidError, UnreadableImage
from sesamoid.imaging.atomic import atomic_path
from sesamoid.imaging.audit import Audit, changes, snapshot
from sesamoid.imaging.confidentiality import PROFILE, Pseudonyms, apply_basic_profile
from sesamoid.imaging.detect import Format, detect_format
from sesamoid.imaging.dicom.attributes import modality
from sesamoid.imaging.dicom.header import open_dataset
from sesamoid.imaging.dicom.pixels import decode_pixels
from sesamoid.imaging.dicom.still import still_or_cine
from sesamoid.imaging.digest import sha256_of
from sesamoid.imaging.geometry import Crop
from sesamoid.imaging.image import Modality
from sesamoid.imaging.quiet import quiet, reading
from sesamoid.imaging.redaction import area_to_keep, outside, redact
from sesamoid.imaging.writers import IMPLEMENTATION_UID

_PALETTE = ("Red", "Green", "Blue")


def new_salt() -> str:
    """A fresh secret for one batch, 32 hexadecimal digits."""
    return secrets.token_hex(16)


@quiet()
def deidentify(
    source: Path | str,
    destination: Path | str,
    *,
    salt: str | None = None,
    pseudonym: str | None = None,
    keep: Sequence[Crop] | None = None,
    confirm_no_text: bool = False,
) -> Audit:
    """Write a de-identified copy of one DICOM image, uncompressed Explicit VR Little Endian.

    Everything outside the ultrasound regions of the file is set to black; where it has none, the
    scan area is looked for. Attributes follow the Basic Profile of PS3.15 Annex E.

    Parameters
    ----------
    source, destination : Path or str
        DICOM image to read, and file to write; must differ.
    salt : str, optional
        Secret of the batch. With the same salt, files of one study keep pointing at each other
        and one patient keeps one code. None: a new one, so nothing can be linked.
    pseudonym : str, optional
        Patient name and ID to write; None: a code drawn from the salt and the original ID.
    keep : sequence of Crop, optional
        Rectangles to keep instead of those found.
    confirm_no_text : bool
        State that nobody's data are burned into the pixels, so that none are redacted. Needed
        where no scan area can be told, e.g. for a scan that fills the picture.

    Returns
    -------
    Audit
        What was changed, without values.

    Raises
    ------
    UnreadableImage
        Where the source is no readable DICOM image.
    SesamoidError
        Where burned-in text can be neither ruled out nor redacted.
    OutputError
        Where the destination is the source or cannot be written.
    """
    source, destination = Path(source), Path(destination)
    if destination.exists() and source.exists() and destination.samefile(source):
        raise OutputError(
            "the original would be overwritten",
            path=destination,
            fix="choose another output file.",
        )
    if detect_format(source) is not Format.DICOM:
        raise UnreadableImage(
            "only DICOM images can be de-identified", path=source, fix="give a DICOM file."
        )
    dataset = open_dataset(source)
    kept, area_source = _rectangles(dataset, source, keep, confirm_no_text)
    pixels, _ = decode_pixels(dataset, source, invert_monochrome1=False)
    size = (int(pixels.shape[1]), int(pixels.shape[2]))
    if kept:
        pixels = redact(pixels, kept, black=_black(dataset))
    before = snapshot(dataset)
    clean = copy.deepcopy(dataset)
    with reading(source, "its attributes cannot be de-identified", fix="export it again."):
        pseudonyms = Pseudonyms((salt or new_salt()).encode())
        patient = str(clean.get("PatientID") or clean.get("PatientName") or "")
        apply_basic_profile(clean, pseudonyms)
        clean.PatientID = clean.PatientName = (
            pseudonym if pseudonym is not None else pseudonyms.person(patient)
        )
        _set_pixels(clean, pixels)
        _state_method(clean, redacted=bool(kept))
        _new_file_meta(clean)
    found = changes(before, snapshot(clean))
    with (
        atomic_path(destination) as temporary,
        reading(source, "the result is not valid DICOM", fix="export the original again."),
    ):
        clean.save_as(temporary, enforce_file_format=True)
    return Audit(
        destination=destination.name,
        source_sha256=sha256_of(source),
        profile=PROFILE,
        redacted=outside(kept, size) if kept else (),
        kept=tuple(kept) if kept else (Crop(0, 0, *size),),
        area_source=area_source,
        **found,
    )


def _rectangles(
    dataset: Dataset, source: Path, keep: Sequence[Crop] | None, confirm_no_text: bool
) -> tuple[tuple[Crop, ...], str]:
    """The rectangles to keep and their source; none where the pixels are said to be clean."""
    if keep:
        return tuple(keep), "stated"
    if confirm_no_text:
        return (), "not redacted"
    volume = modality(dataset) in (Modality.CT, Modality.MR)
    # CT and MR pixels are values of a reconstruction; their file says so where text was burned in.
    stated_clean = str(dataset.get("BurnedInAnnotation") or "").strip().upper() == "NO"
    if volume and stated_clean:
        return (), "not redacted"
    found, area_source = ((), "") if volume else area_to_keep(still_or_cine(dataset, source))
    if not found:
        raise SesamoidError(
            "it cannot be told where the scan ends and where text may be burned in",
            path=source,
            fix="look at the picture; if it shows no names or dates, confirm that there is no "
            "text in it (--confirm-no-text).",
        )
    return found, area_source


def _black(dataset: Dataset) -> int:
    if str(dataset.PhotometricInterpretation).strip() != "MONOCHROME1":
        return 0
    bits = int(dataset.get("BitsStored") or dataset.BitsAllocated)
    return (1 << (bits - int(dataset.get("PixelRepresentation") or 0))) - 1


def _set_pixels(dataset: Dataset, pixels: NDArray[np.generic]) -> None:
    """Uncompressed pixels and the attributes that describe them."""
    coloured = pixels.ndim == 4
    photometric = str(dataset.PhotometricInterpretation).strip()
    if coloured or not photometric.startswith("MONOCHROME"):
        dataset.PhotometricInterpretation = "RGB" if coloured else "MONOCHROME2"
    dataset.SamplesPerPixel = 3 if coloured else 1
    if coloured:
        dataset.PlanarConfiguration = 0
    elif "PlanarConfiguration" in dataset:
        del dataset.PlanarConfiguration
    for colour in _PALETTE:
        for name in ("Descriptor", "Data"):
            keyword = f"{colour}PaletteColorLookupTable{name}"
            if keyword in dataset:
                del dataset[keyword]
    bits = pixels.dtype.itemsize * 8
    if int(dataset.BitsAllocated) != bits:
        dataset.BitsAllocated = dataset.BitsStored = bits
        dataset.HighBit = bits - 1
    data = np.ascontiguousarray(pixels).tobytes()
    dataset.PixelData = data + b"\0" * (len(data) % 2)
    dataset["PixelData"].VR = "OB" if bits == 8 else "OW"
    for keyword in ("ExtendedOffsetTable", "ExtendedOffsetTableLengths"):
        if keyword in dataset:
            del dataset[keyword]


def _state_method(dataset: Dataset, *, redacted: bool) -> None:
    """What PS3.15 E.1.1 asks a de-identified object to say about itself."""
    codes = [("113100", "Basic Application Confidentiality Profile")]
    if redacted:
        codes.append(("113101", "Clean Pixel Data Option"))
    items = []
    for value, meaning in codes:
        item = Dataset()
        item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, "DCM", meaning
        items.append(item)
    dataset.PatientIdentityRemoved = "YES"
    dataset.DeidentificationMethod = ["PS3.15 Annex E Basic Profile", f"Sesamoid {__version__}"]
    dataset.DeidentificationMethodCodeSequence = items
    dataset.LongitudinalTemporalInformationModified = "REMOVED"
    dataset.BurnedInAnnotation = "NO"


def _new_file_meta(dataset: Dataset) -> None:
    """File meta information from nothing: the old one names the sending machine."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.ImplementationClassUID = IMPLEMENTATION_UID
    meta.ImplementationVersionName = f"SESAMOID_{__version__}"[:16]
    dataset.file_meta = meta
    dataset.preamble = b"\0" * 128
