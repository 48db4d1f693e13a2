"""What an application is, and how it is found."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any, Literal, Protocol, runtime_checkable

from sesamoid.errors import SesamoidError, UnsuitableImage
from sesamoid.findings import Result
from sesamoid.imaging import Image, Modality
from sesamoid.models import ModelBundle

ENTRY_POINTS = "sesamoid.applications"
NAMES = {
    Modality.ULTRASOUND: "ultrasound",
    Modality.CT: "CT",
    Modality.MR: "magnetic resonance",
    Modality.COMPUTED_RADIOGRAPHY: "computed radiography",
    Modality.DIGITAL_RADIOGRAPHY: "digital radiography",
    Modality.OTHER: "PNG, JPEG or video",
}


@dataclass(frozen=True)
class AnalysisSettings:
    """How an analysis is run.

    Parameters
    ----------
    method : str
        One of the application's `methods`.
    model : str, optional
        A bundle's name or folder in place of the one that ships.
    frames : "best", "all" or int
        Of a cine: the frame of best quality, every frame, or this one (from 0).
    threads : int
        For one inference; 0: all cores.
    explain : bool
        Add class-evidence maps.
    mm_per_pixel : float, optional
        Calibration stated by the user, where the file gives none; square pixels.
    extra : dict
        Settings that only one application knows, e.g. a named normal limit, and what it lists as
        its `options`.
    on_frame : callable, optional
        Told how many frames of a cine are done, and of how many.
    """

    method: str = "network"
    model: str | None = None
    frames: Literal["best", "all"] | int = "best"
    threads: int = 0
    explain: bool = False
    mm_per_pixel: float | None = None
    extra: dict[str, Any] = field(default_factory=dict)
    on_frame: Callable[[int, int], None] | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class TrainingOutcome:
    """What a training run made.

    Parameters
    ----------
    figures : dict
        Of the cross-validation; empty where none was made.
    bundle : ModelBundle, optional
        The network that ships, where one was trained.
    """

    figures: dict[str, Any]
    bundle: ModelBundle | None


@runtime_checkable
class Application(Protocol):
    """One clinical question, answered from an image.

    Parameters
    ----------
    name : str
        As typed on the command line.
    question : str
        The clinical question, in a sentence.
    intended_use : str
        For whom, for what, and for what not.
    modalities : frozenset of Modality
        What it accepts; ``Modality.OTHER`` (a PNG, a video) is the user's word for it.
    methods : tuple of str
        The first is the default.
    model : str
        Name of the bundle that ships.
    options : mapping of str to str
        What ``--set NAME=VALUE`` may set, with a line of help each; empty where there is nothing.
    """

    name: str
    question: str
    intended_use: str
    modalities: frozenset[Modality]
    methods: tuple[str, ...]
    model: str
    options: Mapping[str, str]

    def analyze(self, image: Image, settings: AnalysisSettings) -> Result:
        """Findings on `image`; UnsuitableImage where it is not for this application."""
        ...

    def check(self, settings: AnalysisSettings) -> None:
        """Refuse settings that no image could satisfy; SesamoidError, before any work."""
        ...

    def compare(self, results: Sequence[Result], settings: AnalysisSettings) -> dict[str, Any]:
        """What follows from several images together, e.g. a ratio; ``text`` is for people."""
        ...

    def train(self, data: Path, out: Path, settings: dict[str, Any]) -> TrainingOutcome:
        """Train on a data set. Needs the extra ``train``."""
        ...

    def evaluate(self, data: Path, settings: AnalysisSettings) -> dict[str, Any]:
        """Figures on a labelled data set, as ``metrics.json`` carries them."""
        ...


def require_modality(image: Image, application: Application) -> None:
    """Refuse an image of a modality that the application does not read.

    Raises
    ------
    UnsuitableImage
    """
    if image.modality not in application.modalities or image.axes != "frames":
        accepted = " or ".join(NAMES[m] for m in sorted(application.modalities))
        what = "volume" if image.axes == "slices" else "image"
        raise UnsuitableImage(
            f"this is a {NAMES[image.modality]} {what} ({image.modality.value}), and "
            f"{application.name!r} reads {accepted} images",
            path=image.provenance.path,
            fix="choose the application for this kind of image: `sesamoid applications`.",
        )


def applications() -> dict[str, Application]:
    """All installed applications by name."""
    found = {}
    for entry in metadata.entry_points(group=ENTRY_POINTS):
        one = entry.load()
        found[entry.name] = one
    return dict(sorted(found.items()))


def application(name: str) -> Application:
    """The application of that name; only that one is imported.

    Raises
    ------
    SesamoidError
        There is none, or it does not offer what an application must.
    """
    entries = {e.name: e for e in metadata.entry_points(group=ENTRY_POINTS)}
    if name not in entries:
        raise SesamoidError(
            f"no application {name!r}",
            fix=f"use one of {', '.join(sorted(entries)) or 'none installed'}.",
        )
    one = entries[name].load()
    if not isinstance(one, Application):
        raise SesamoidError(
            f"the entry point {name!r} gives a {type(one).__name__}, which is no application",
            fix="it must offer what sesamoid.applications.Application lists.",
        )
    return one
