"""DICOM headers that carry a script: no scanner writes one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pydicom
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError

from sesamoid.server.access.errors import Unprocessable

TAG = re.compile(r"<\s*[a-zA-Z/!?]")
"""What a browser would take for the beginning of an element; "< 10 MHz" is none."""
TEXTS = frozenset({"AE", "CS", "LO", "LT", "PN", "SH", "ST", "UC", "UR", "UT"})


def refuse_markup(files: Iterable[Path]) -> None:
    """Refuse files of which one has markup in its header.

    Whatever shows a header escapes it all the same; other software that the file is passed on to
    may not.

    Raises
    ------
    Unprocessable
        Naming the file and the element, never its text.
    """
    for file in files:
        where = markup_in(file)
        if where is not None:
            raise Unprocessable(
                f"the header of {file.name} carries markup in {where}",
                fix="look where the file comes from; sesamoid deidentify removes such texts.",
            )


def markup_in(file: Path) -> str | None:
    """The element of a DICOM header that holds markup; None: none does, or it is no DICOM file."""
    try:
        header = pydicom.dcmread(file, stop_before_pixels=True)
        return _first(header)
    except (InvalidDicomError, OSError, ValueError, AttributeError, EOFError, TypeError):
        return None  # what cannot be read is told of by the analysis


def _first(header: Dataset) -> str | None:
    for element in header:
        if element.VR == "SQ":
            found = next(filter(None, (_first(item) for item in element.value)), None)
            if found is not None:
                return found
        elif element.VR in TEXTS and TAG.search(str(element.value)):
            return element.keyword or f"({element.tag.group:04x},{element.tag.element:04x})"
    return None
