"""Wrist and hand ultrasound: stills and cines, by the same eye and rules as the live assistant."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sesamoid.anatomy import Protocol, protocol
from sesamoid.applications.application import (
    AnalysisSettings,
    TrainingOutcome,
    require_modality,
)
from sesamoid.applications.frames import calibrated, check_scale, model_reference, require_size
from sesamoid.applications.remeasuring import LabelMap
from sesamoid.errors import SesamoidError, UnsuitableImage
from sesamoid.evidence.measured import MeasuredTable
from sesamoid.findings import Grade, GradeLetter, Result
from sesamoid.imaging import Crop, Image, Modality, find_scan_area
from sesamoid.live import Session
from sesamoid.live.sources import CineSource
from sesamoid.live.sources.cine import eight_bits
from sesamoid.models import Manifest, ModelBundle, bundle

from .assessor import WristHandAssessor
from .look import Looker
from .remeasuring import remeasure
from .results import PlanePicture, picture_of, result_of
from .scanned import PROTOCOL
from .training_settings import RECIPES, TrainingSettings

SMALLEST_SIDE = 64
"""Fewer pixels than this in a row or column cannot show a standard plane."""


class WristHandApplication:
    """Which of the fifteen standard planes, which anatomy, how good, how large."""

    name = "wrist_hand"
    question = "Which standard plane of wrist or hand is it, what does it show, and how well?"
    intended_use = (
        "Teaching and research on B-mode of wrist and hand. Trained on virtual people only. Not "
        "for diagnosis."
    )
    modalities = frozenset({Modality.ULTRASOUND, Modality.OTHER})
    methods: tuple[str, ...] = ("network",)
    model = "wrist_hand"
    options: Mapping[str, str] = MappingProxyType({})
    recipes = RECIPES

    def looker(self, settings: AnalysisSettings) -> tuple[Looker, ModelBundle]:
        """The network that looks at frames, loaded once in a process."""
        from sesamoid.models.joint import resident_joint_runtime

        one = bundle(settings.model or self.model)
        return resident_joint_runtime(one, settings.threads), one

    def analyze(self, image: Image, settings: AnalysisSettings) -> Result:
        """Recognise, label, grade and measure.

        A cine is examined frame by frame as the live assistant would, without leaving one out; of
        each plane that was held the best frame is kept. ``frames`` may name one frame instead.

        Raises
        ------
        UnsuitableImage
            Another modality, too few pixels, or no such frame.
        """
        began = time.monotonic()
        require_modality(image, self)
        require_size(image, SMALLEST_SIDE, "a standard plane")
        self.check(settings)
        image, notes = calibrated(image, settings)
        area = find_scan_area(image)
        looker, one = self.looker(settings)
        scanned = protocol(str(settings.extra.get("protocol", PROTOCOL)))
        whole = area if area is not None else Crop(0, 0, *image.size)
        assessor = WristHandAssessor(looker, scanned, scan_area=whole)
        more: dict[str, Any] = {}
        if image.frames > 1 and not isinstance(settings.frames, int):
            pictures, cine_notes, more = _cine(image, assessor, scanned)
            notes += cine_notes
        else:
            pictures = [_still(image, assessor, scanned, settings)]
        if settings.explain:
            more |= _evidence(image, looker, pictures[0], whole)
        return result_of(
            image, pictures, looker.task.classes, model_reference(one),
            application=self.name, scan_area=area, notes=notes,
            seconds=time.monotonic() - began,
            settings={"method": settings.method, "protocol": f"{scanned.id} {scanned.version}"},
            **more,
        )  # fmt: skip

    def remeasure(
        self, result: Result, changed: frozenset[str], *, labels: LabelMap | None = None
    ) -> Result:
        """Measure again on outlines that a person changed; see `applications.remeasuring`."""
        return remeasure(result, changed, self._protocol_of(result), labels=labels)

    def _protocol_of(self, result: Result) -> Protocol:
        named = str(result.settings.get("protocol", PROTOCOL)).split()
        return protocol(named[0] if named else PROTOCOL)

    def check(self, settings: AnalysisSettings) -> None:
        """Refuse an unknown method or model, a scale that is none, options of others."""
        if settings.method not in self.methods:
            raise SesamoidError(
                f"no method {settings.method!r}", fix=f"use one of {', '.join(self.methods)}."
            )
        check_scale(settings.mm_per_pixel)
        for name in ("limit", "circumference_cm", "pair"):
            if settings.extra.get(name) is not None:
                option = "--" + name.replace("_", "-")
                raise SesamoidError(
                    f"{option} is an option of other applications", fix=f"leave {option} out."
                )
        bundle(settings.model or self.model)

    def compare(self, results: Sequence[Result], settings: AnalysisSettings) -> dict[str, Any]:
        """Nothing: no figure of this application is defined over several images."""
        return {}

    def train(self, data: Path, out: Path, settings: dict[str, Any]) -> TrainingOutcome:
        """Train the joint network on a data set; see `training`."""
        from .training import train

        known = {k: v for k, v in settings.items() if k != "progress"}
        return train(data, out, TrainingSettings(**known), progress=settings.get("progress"))

    def evaluate(self, data: Path, settings: AnalysisSettings) -> dict[str, Any]:
        """Figures on a labelled data set: planes, labels, grades, poses."""
        from .evaluation import evaluate

        looker, one = self.looker(settings)
        return evaluate(data, looker, model=model_reference(one))

    def measured_tables(
        self, content: Mapping[str, Any], manifest: Manifest
    ) -> list[MeasuredTable]:
        """Tables for the card, of a file of figures that a command wrote."""
        from .measured import measured_tables

        return measured_tables(content, manifest)

    def write_card(self, one: ModelBundle) -> Path:
        """Write the card of a bundle from its manifest."""
        from .training_texts import write_joint_card

        return write_joint_card(one)


def _still(
    image: Image, assessor: WristHandAssessor, scanned: Protocol, settings: AnalysisSettings
) -> PlanePicture:
    frame = settings.frames if isinstance(settings.frames, int) else 0
    if not 0 <= frame < image.frames:
        raise UnsuitableImage(
            f"there is no frame {frame}: it has {image.frames}, from 0",
            path=image.provenance.path,
            fix="choose another --frame.",
        )
    grey = eight_bits(image.grey(frame))
    found = assessor.assess(grey, spacing_mm=_spacing(image), time_s=0.0)
    return picture_of(found, scanned, frame=frame)


def _cine(
    image: Image, assessor: WristHandAssessor, scanned: Protocol
) -> tuple[list[PlanePicture], tuple[str, ...], dict[str, Any]]:
    """One picture of each plane that was held; the checklist goes into the result's extras."""
    source = CineSource(image, crop=False, pace=False)
    with tempfile.TemporaryDirectory(prefix="sesamoid-") as folder:
        session = Session(source, assessor, scanned, Path(folder) / "session", drop=False)
        result = session.run()
        if result.report.error is not None:
            raise result.report.error
        pictures = [
            _kept_picture(image, kept.frame % image.frames, assessor, scanned.plane(kept.plane).id,
                          scanned, kept.grade, kept.time_s, kept.reason)
            for kept in result.checklist.kept
        ]  # fmt: skip
        checklist = [
            {
                "plane": item.plane,
                "progress": item.progress.value,
                "seconds": round(item.seconds, 3),
            }
            for item in result.checklist.items
        ]
    note = f"{result.report.assessed} frames were assessed; {len(pictures)} planes were kept."
    more = {"extras": {"checklist": checklist}}
    if pictures:
        return pictures, (note,), more
    middle = image.frames // 2
    grey = eight_bits(image.grey(middle))
    found = assessor.assess(grey, spacing_mm=_spacing(image), time_s=0.0)
    picture = picture_of(found, scanned, frame=middle)
    reason = "C: no standard plane was held long enough in this cine"
    grade = replace(
        picture.grade, letter=GradeLetter.C, reasons=(reason, *picture.grade.reasons)
    )  # fmt: skip
    return [replace(picture, grade=grade)], (note,), more


def _kept_picture(
    image: Image, frame: int, assessor: WristHandAssessor, plane: str, scanned: Protocol,
    grade: Grade | None, time_s: float, reason: str,
) -> PlanePicture:  # fmt: skip
    """A kept frame once more: its outlines and how sure the network is of them."""
    grey = eight_bits(image.grey(frame))
    found = assessor.assess(grey, spacing_mm=_spacing(image), time_s=time_s)
    picture = picture_of(found, scanned, frame=frame)
    kept = grade if grade is not None else picture.grade
    return replace(
        picture, plane=scanned.plane(plane), grade=replace(kept, frame=frame), time_s=time_s,
        reason=reason,
    )  # fmt: skip


def _spacing(image: Image) -> tuple[float, float] | None:
    spacing = image.spacing_mm
    return None if spacing is None else (float(spacing[-2]), float(spacing[-1]))


def _evidence(image: Image, looker: Looker, picture: PlanePicture, area: Crop) -> dict[str, Any]:
    """What the decision for the plane rests on, where the network can tell."""
    tell = getattr(looker, "evidence_map", None)
    if tell is None:
        return {}
    plane = looker.task.planes.index(picture.plane.id)
    grey = eight_bits(image.grey(picture.frame))
    found: NDArray[np.float32] = tell(
        grey, plane, scan_area=area, spacing_mm=_spacing(image)
    )  # fmt: skip
    return {"evidence_map": found[None], "evidence_classes": (f"plane {picture.plane.id}",)}


APPLICATION = WristHandApplication()
