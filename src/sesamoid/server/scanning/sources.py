"""Sources for a browser: every one of them can be frozen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from sesamoid.anatomy import Protocol
from sesamoid.errors import SesamoidError
from sesamoid.findings import DataOrigin
from sesamoid.imaging import Format, detect_format
from sesamoid.live import LiveFrame, Orientation, SourceEvent
from sesamoid.live.instruction import Side
from sesamoid.live.sources import CineSource, DeviceSource, FolderSource, Source, VideoSource
from sesamoid.live.sources.base import PacedSource
from sesamoid.live.sources.probe import HeldProbe
from sesamoid.server.scanning.clock import FreezableClock
from sesamoid.server.scanning.live_probe import LiveProbe
from sesamoid.server.scanning.looping import Looped
from sesamoid.server.scanning.machine_control import MachineControl
from sesamoid.server.scanning.patients import Bodies
from sesamoid.server.scanning.probe_control import ProbeControl
from sesamoid.server.scanning.request import ScanRequest
from sesamoid.virtual.acquisition import usual_settings
from sesamoid.virtual.ultrasound import preset


class Freezable:
    """A source whose frames stop while its clock is frozen.

    Parameters
    ----------
    source : Source
    clock : FreezableClock
        The source's own.
    """

    def __init__(self, source: Source, clock: FreezableClock):
        self.source, self.clock = source, clock

    @property
    def name(self) -> str:
        """For people and for the record."""
        return self.source.name

    @property
    def origin(self) -> DataOrigin:
        """Real or virtual."""
        return self.source.origin

    @property
    def orientation(self) -> Orientation:
        """How it shows what it sees."""
        return self.source.orientation

    def __iter__(self) -> Iterator[LiveFrame | SourceEvent]:
        for item in self.source:
            # A device goes on while it is frozen; a paced source stands still with its clock.
            if isinstance(item, LiveFrame) and self.clock.frozen:
                continue
            yield item

    def __enter__(self) -> Self:
        self.source.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.source.__exit__(kind, error, trace)

    def stop(self) -> None:
        """Let the iteration end soon; from any thread."""
        self.source.stop()


@dataclass(frozen=True)
class Opened:
    """A source, and what goes with it.

    Parameters
    ----------
    source : Freezable
    is_scan : bool
        Its frames are the scan alone, without a console around it.
    side : {"left", "right"} or None
    probe, machine : optional
        Of a virtual patient.
    device : LiveProbe, optional
        The virtual source itself, which knows the truth.
    """

    source: Freezable
    is_scan: bool
    side: Side | None = None
    probe: ProbeControl | None = None
    machine: MachineControl | None = None
    device: LiveProbe | None = None


def open_source(request: ScanRequest, protocol: Protocol, bodies: Bodies) -> Opened:
    """The source that a request names.

    Raises
    ------
    SesamoidError
        There is none such.
    """
    if request.kind == "virtual":
        return _virtual(request, protocol, bodies)
    clock, way = FreezableClock(), Orientation(request.mirrored)
    scale = request.mm_per_pixel
    spacing = None if scale is None else (scale, scale)
    if request.kind == "device":
        text = request.address.strip()
        which: int | str = int(text) if text.isdigit() else text
        device = DeviceSource(which, spacing_mm=spacing, orientation=way, clock=clock)
        return Opened(Freezable(device, clock), is_scan=False, side=request.side)
    path = Path(request.address)
    if not path.exists():
        raise SesamoidError("there is no such recording", path=path, fix="check the path.")
    if path.is_dir():
        folder = FolderSource(path, spacing_mm=spacing, orientation=way, clock=clock)
        return _recording(folder, clock, request, is_scan=False)
    if detect_format(path) is Format.VIDEO:
        video = VideoSource(path, spacing_mm=spacing, orientation=way, clock=clock)
        return _recording(video, clock, request, is_scan=False)
    cine = CineSource(path, spacing_mm=spacing, orientation=way, clock=clock)
    return _recording(cine, clock, request, is_scan=True)


def _recording(
    played: PacedSource, clock: FreezableClock, request: ScanRequest, *, is_scan: bool
) -> Opened:
    source = Looped(played) if request.loop else played
    return Opened(Freezable(source, clock), is_scan=is_scan, side=request.side)


def _virtual(request: ScanRequest, protocol: Protocol, bodies: Bodies) -> Opened:
    exam = bodies.examination(request.patient, protocol)
    machine = preset(request.machine)
    start = request.start or protocol.planes[0].id
    held = HeldProbe(exam.view(start).pose, usual_settings(machine, start))
    clock = FreezableClock()
    device = LiveProbe(exam, held, machine=machine, clock=clock)
    console = MachineControl(held, machine, on_preset=device.use)
    probe = ProbeControl(exam, held, console, seed=request.patient.seed)
    probe.go(start)
    return Opened(
        Freezable(device, clock), is_scan=True, side=probe.side,
        probe=probe, machine=console, device=device,
    )  # fmt: skip
