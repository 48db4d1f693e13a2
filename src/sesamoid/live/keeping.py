"""Keeping frames: by hand or by the acquirer's choice, first on the disk, then in the checklist."""

from __future__ import annotations

from sesamoid.live.acquisition import Acquirer
from sesamoid.live.assessment import NO_PLANE
from sesamoid.live.candidate import Candidate, Choice
from sesamoid.live.checklist import By, Kept, kept_from_line
from sesamoid.live.planes import PlaneState
from sesamoid.live.record import SessionRecord
from sesamoid.live.requests import Requests
from sesamoid.live.session_lines import kept_line


class Keeper:
    """Writes what is to be kept into the record, and then tells the acquirer.

    Parameters
    ----------
    record : SessionRecord
    acquirer : Acquirer
    assistant : bool
        Without, what is kept by hand does not count for the acquirer.
    mirrored : bool
        The source shows its pictures the other way round than the protocol.
    number : int
        Frames kept so far.
    """

    def __init__(
        self,
        record: SessionRecord,
        acquirer: Acquirer,
        *,
        assistant: bool,
        mirrored: bool,
        number: int = 0,
    ):
        self.record, self.acquirer = record, acquirer
        self.assistant, self.mirrored, self.number = assistant, mirrored, number
        self.requests = Requests()

    def keep(self, choice: Choice, by: By) -> Kept:
        """Keep a frame; nothing counts as kept that is not on the disk."""
        self.number += 1
        line = kept_line(choice, by, self.number, mirrored=self.mirrored)
        candidate = choice.candidate
        whole = self.record.keep(line, candidate.pixels, candidate.assessment.labels)
        kept = kept_from_line(whole, self.record.folder)
        if self.assistant or by == "assistant":
            self.acquirer.keep(kept)
        return kept

    def requested(self, candidate: Candidate, state: PlaneState) -> list[Kept]:
        """Do what was asked for by hand since the last frame."""
        kept = []
        for asked in self.requests.take():
            if asked.what == "retake" and asked.plane is not None:
                self.acquirer.retake(asked.plane)
                self.record.add({"kind": "retake", "plane": asked.plane}, at_once=True)
                continue
            guess = state.plane if state.plane != NO_PLANE else candidate.assessment.plane
            plane = asked.plane if asked.plane is not None else guess
            if plane == NO_PLANE:
                self.record.add({"kind": "refused", "reason": "no plane is seen"}, at_once=True)
                continue
            kept.append(self.keep(Choice(plane, candidate, "kept by hand"), "operator"))
        return kept

    def chosen(self, candidate: Candidate, state: PlaneState, *, passed_s: float) -> list[Kept]:
        """Keep what the acquirer chooses now; mostly nothing."""
        choices = self.acquirer.update(candidate, state, passed_s=passed_s)
        return [self.keep(choice, "assistant") for choice in choices]

    def finish(self) -> None:
        """Keep what waits to be kept when no more frames come."""
        for choice in self.acquirer.finish():
            self.keep(choice, "assistant")
