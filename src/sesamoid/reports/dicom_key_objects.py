"""The kept pictures of an exam as a DICOM Key Object Selection."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from highdicom import UID
from highdicom.ko import KeyObjectSelection, KeyObjectSelectionDocument
from pydicom.dataset import Dataset
from pydicom.sr.codedict import codes

from sesamoid import NOT_A_MEDICAL_DEVICE
from sesamoid.errors import OutputError
from sesamoid.imaging import atomic_path
from sesamoid.reports.dicom_codes import MANUFACTURER

SERIES_NUMBER = 9703
"""Above what a scanner numbers its series."""


def key_object_selection(headers: Sequence[Dataset], description: str) -> Dataset:
    """A note that says which instances matter, and why (PS3.3 A.35.4, TID 2010).

    Parameters
    ----------
    headers : sequence of Dataset
        Of the instances, all of one study.
    description : str

    Raises
    ------
    OutputError
        There is none, or they are of several studies.
    """
    studies = {str(header.StudyInstanceUID) for header in headers}
    if len(studies) != 1:
        raise OutputError(f"key images of {len(studies)} studies, where one is needed")
    made: Dataset = KeyObjectSelectionDocument(
        evidence=list(headers),
        content=KeyObjectSelection(
            document_title=codes.DCM.OfInterest,
            referenced_objects=list(headers),
            description=f"{description} {NOT_A_MEDICAL_DEVICE}",
        ),
        series_instance_uid=UID(),
        series_number=SERIES_NUMBER,
        sop_instance_uid=UID(),
        instance_number=1,
        manufacturer=MANUFACTURER,
    )
    return made


def write_key_objects(made: Dataset, path: Path | str) -> Path:
    """Write a selection, whole or not at all.

    Raises
    ------
    OutputError
        Where it cannot be written.
    """
    target = Path(path)
    with atomic_path(target) as temporary:
        made.save_as(temporary)
    return target
