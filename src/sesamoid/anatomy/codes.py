"""A coded concept, as DICOM and FHIR carry it."""

from __future__ import annotations

from dataclasses import dataclass

LOCAL_SCHEME = "99SESAMOID"
"""Private coding scheme for what has no code in the DICOM subset of SNOMED CT; said so wherever
it appears."""
VALUE_LENGTH = 16
MEANING_LENGTH = 64


@dataclass(frozen=True)
class Code:
    """Value, scheme and meaning (PS3.3 section 8).

    Parameters
    ----------
    value : str
        At most 16 characters, as DICOM's SH.
    scheme : str
        ``"SCT"``, ``"DCM"``, ``"LN"``, ``"UCUM"`` or `LOCAL_SCHEME`.
    meaning : str
        At most 64 characters, as DICOM's LO.

    Raises
    ------
    ValueError
        Longer than DICOM can hold.
    """

    value: str
    scheme: str
    meaning: str

    def __post_init__(self) -> None:
        if len(self.value) > VALUE_LENGTH or len(self.meaning) > MEANING_LENGTH:
            raise ValueError(f"code {self.value!r} ({self.meaning!r}) does not fit into DICOM")

    @property
    def is_local(self) -> bool:
        """True where the scheme is this project's own."""
        return self.scheme == LOCAL_SCHEME
