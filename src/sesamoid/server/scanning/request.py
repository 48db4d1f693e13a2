"""What somebody wants to scan, and how."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from sesamoid.errors import SesamoidError
from sesamoid.server.scanning.patients import Patient

Kind = Literal["virtual", "device", "file"]
DEFAULT_PROTOCOL = "wrist-hand-15"
DEFAULT_MACHINE = "gannet-s9"
"""One of those that no network was trained on."""


@dataclass(frozen=True)
class ScanRequest:
    """An exam to begin.

    Parameters
    ----------
    kind : {"virtual", "device", "file"}
        A virtual patient, a capture device, or a recording (DICOM cine, video, folder of stills).
    patient : Patient
        Of a virtual exam.
    machine : str
        Preset of the virtual scanner.
    start : str
        Plane near which the virtual probe is put down at first; empty: the protocol's first.
    quiz : bool
        What the patient has is not told.
    protocol : str
    assistant : bool
        Without, nothing of what it sees is shown, and only what is captured by hand counts.
    address : str
        Number or address of a device; path of a recording.
    loop : bool
        Play a recording again and again.
    mirrored : bool
        The source shows what the protocol has at the left at the right.
    mm_per_pixel : float, optional
        Scale of a source that states none.
    side : {"left", "right"} or None
        The hand of a real person, where known.
    label : str
        Pseudonym of a real person.
    person_id : int, optional
        Of somebody who was examined before; a new person where left out.
    """

    kind: Kind = "virtual"
    patient: Patient = field(default_factory=Patient)
    machine: str = DEFAULT_MACHINE
    start: str = ""
    quiz: bool = False
    protocol: str = DEFAULT_PROTOCOL
    assistant: bool = True
    address: str = ""
    loop: bool = False
    mirrored: bool = False
    mm_per_pixel: float | None = None
    side: Literal["left", "right"] | None = None
    label: str = ""
    person_id: int | None = None

    def __post_init__(self) -> None:
        if self.kind != "virtual" and not self.address.strip():
            raise SesamoidError(
                "no source is named", fix="give the device's number, or the path of a recording."
            )
        if self.mm_per_pixel is not None and not 0 < self.mm_per_pixel < 10:
            raise SesamoidError(
                f"{self.mm_per_pixel:g} mm a pixel is no scale", fix="give more than 0."
            )

    def at(self, address: str) -> ScanRequest:
        """The same with another address."""
        return replace(self, address=address)

    def with_ailment(self, pathologies: tuple[str, ...]) -> ScanRequest:
        """The same with a patient who has that."""
        return replace(self, patient=replace(self.patient, pathologies=pathologies))
