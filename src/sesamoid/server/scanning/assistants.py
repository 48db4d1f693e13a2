"""Whoever assesses the frames of a room: the shipped network, or nobody."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol as Shape

import numpy as np
from numpy.typing import NDArray

from sesamoid.anatomy import Protocol
from sesamoid.findings import ModelReference
from sesamoid.live import NO_PLANE, Assessment, Assessor, sharpness
from sesamoid.server.scanning.sources import Opened
from sesamoid.server.settings import ServerSettings


@dataclass(frozen=True)
class Assistant:
    """An assessor for one room, and what is known of it.

    Parameters
    ----------
    assessor : Assessor
    model : ModelReference or None
        None: nobody looks at the frames.
    application : str
        Whose rules measure what was kept.
    label_classes : tuple of str
        Names of label values, of what is measured.
    """

    assessor: Assessor
    model: ModelReference | None = None
    application: str = "wrist_hand"
    label_classes: tuple[str, ...] = field(default=(), repr=False)


class AssistantFactory(Shape):
    """Makes an assistant for what was opened; injected, so that tests can put the truth there."""

    def __call__(self, opened: Opened, protocol: Protocol) -> Assistant:
        """An assistant for this source and protocol."""
        ...


class BlindAssessor:
    """Sees nothing: without a model a room still shows, freezes, measures and keeps by hand."""

    def __init__(self, protocol: Protocol):
        self._chances = {**{plane.id: 0.0 for plane in protocol.planes}, NO_PLANE: 1.0}

    def assess(
        self,
        frame: NDArray[np.uint8],
        *,
        spacing_mm: tuple[float, float] | None,
        time_s: float,
    ) -> Assessment:
        """No plane; only how sharp it is."""
        return Assessment(NO_PLANE, self._chances, lift_off=(0.0, 0.0), sharpness=sharpness(frame))


def without_assistant(opened: Opened, protocol: Protocol) -> Assistant:
    """Nobody looks at the frames."""
    return Assistant(BlindAssessor(protocol))


def shipped_assistant(model: str | None, *, threads: int = 1) -> AssistantFactory:
    """The wrist-hand assistant with a bundle by its name or folder; loaded when first needed.

    Parameters
    ----------
    model : str or None
        None: the one that ships.
    threads : int
        For one inference. The virtual scanner works at the same time on another core.

    Raises
    ------
    ModelError
        When a room is opened: there is no such bundle.
    """

    def make(opened: Opened, protocol: Protocol) -> Assistant:
        from sesamoid.applications import AnalysisSettings
        from sesamoid.applications.frames import model_reference
        from sesamoid.applications.wrist_hand import APPLICATION
        from sesamoid.applications.wrist_hand.assessor import WristHandAssessor

        looker, bundle = APPLICATION.looker(AnalysisSettings(model=model, threads=threads))
        area = None if opened.is_scan else "find"
        return Assistant(
            WristHandAssessor(looker, protocol, scan_area=area),  # type: ignore[arg-type]
            model_reference(bundle),
            APPLICATION.name,
            looker.task.classes,
        )

    return make


def assistant_of(settings: ServerSettings) -> AssistantFactory:
    """The assistant that a server's settings name."""
    if settings.assistant is None:
        return without_assistant
    return shipped_assistant(settings.assistant)
