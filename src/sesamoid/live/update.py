"""What a session tells whoever watches it, after each frame."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sesamoid.live.assessment import Assessment
from sesamoid.live.checklist import Checklist, Kept
from sesamoid.live.frames import LiveFrame, SourceEvent
from sesamoid.live.instruction import Instruction
from sesamoid.live.loop import LoopReport
from sesamoid.live.planes import PlaneState


@dataclass(frozen=True)
class LiveUpdate:
    """After one frame, or one event between frames.

    With the assistant off only the frame, its upright picture and the events are told; the rest is
    None, because it must not be seen.

    Parameters
    ----------
    frame : LiveFrame or None
        None where only events happened.
    picture : ndarray of uint8 or None
        The frame as the protocol shows it.
    events : tuple of SourceEvent
    assessment, state, instruction, checklist : optional
    kept : tuple of Kept
        Frames that were kept just now.
    frames_assessed, frames_dropped : int
    p50_s, p95_s : float or None
        Latency so far.
    """

    frame: LiveFrame | None
    picture: NDArray[np.uint8] | None = field(repr=False)
    events: tuple[SourceEvent, ...] = ()
    assessment: Assessment | None = None
    state: PlaneState | None = None
    instruction: Instruction | None = None
    checklist: Checklist | None = None
    kept: tuple[Kept, ...] = ()
    frames_assessed: int = 0
    frames_dropped: int = 0
    p50_s: float | None = None
    p95_s: float | None = None

    @property
    def of_operator(self) -> LiveUpdate:
        """Without anything that the assistant has to say: only frames and what was kept by hand."""
        by_hand = tuple(kept for kept in self.kept if kept.by == "operator")
        return replace(
            self, assessment=None, state=None, instruction=None, checklist=None, kept=by_hand
        )


@dataclass(frozen=True)
class SessionResult:
    """What a session has come to.

    Parameters
    ----------
    folder : Path
    checklist : Checklist
        With the frames that were kept, earlier parts of a resumed session included; with the
        assistant off those that it would have kept.
    by_hand : Checklist
        With the frames that the operator kept, and nothing else.
    report : LoopReport
        Of this part; it says how it ended, and why.
    resumed : bool
        It went on from an earlier part.
    recovered : int
        Pictures that were whole but not yet in the record when the earlier part was killed.
    """

    folder: Path
    checklist: Checklist
    by_hand: Checklist
    report: LoopReport
    resumed: bool
    recovered: int
