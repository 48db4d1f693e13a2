"""Nerve and vessel on ultrasound: outline, measure, grade."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sesamoid.applications.application import (
    AnalysisSettings,
    TrainingOutcome,
    require_modality,
)
from sesamoid.applications.frames import (
    calibrated,
    check_scale,
    chosen_frames,
    frame_quality,
    model_reference,
    require_size,
)
from sesamoid.applications.remeasuring import LabelMap
from sesamoid.errors import ModelError, SesamoidError
from sesamoid.findings import Measurement, ModelReference, Result
from sesamoid.imaging import Crop, Image, Modality, find_scan_area
from sesamoid.models import ModelBundle, bundle

from . import limits, quantities
from .classical import FILE_NAME as CLASSICAL_FILE
from .comparing import compare_pair, comparison
from .measuring import Measured, find_regions, measure_regions

SMALLEST_SIDE = 32
"""Fewer pixels than this in a row or column cannot show a nerve."""


class NerveApplication:
    """Peripheral nerves and vessels in short axis."""

    name = "nerve"
    question = "Where are the peripheral nerves and vessels, how large are they, how deep?"
    intended_use = (
        "Research and teaching on short-axis B-mode of limb and neck nerves. Not for diagnosis, "
        "and not for guiding a needle."
    )
    modalities = frozenset({Modality.ULTRASOUND, Modality.OTHER})
    methods: tuple[str, ...] = ("network", "classical")
    model = "nerve"
    options: Mapping[str, str] = MappingProxyType({})

    def analyze(self, image: Image, settings: AnalysisSettings) -> Result:
        """Outline, measure and grade the nerves and vessels of `image`.

        Parameters
        ----------
        image : Image
            Ultrasound, or a picture or video of it.
        settings : AnalysisSettings
            ``extra`` knows ``limit``, the name of a normal limit, and ``circumference_cm``.

        Raises
        ------
        UnsuitableImage
            Another modality, or too few pixels.
        """
        started = time.monotonic()
        require_modality(image, self)
        require_size(image, SMALLEST_SIDE, "a nerve")
        self.check(settings)
        image, notes = calibrated(image, settings)
        area = find_scan_area(image)
        frames = chosen_frames(image, settings)
        grades = [frame_quality(image, frame, area) for frame in frames]
        if settings.frames == "best" and len(frames) > 1:
            best = max(range(len(grades)), key=lambda i: (grades[i].measurable, grades[i].score))
            notes += (
                f"Frame {frames[best]} of {image.frames} was analysed: the best image quality of "
                f"{len(frames)} frames looked at.",
            )
            frames, grades = [frames[best]], [grades[best]]
        measurable_frames = [f for f, g in zip(frames, grades, strict=True) if g.measurable]
        model, found, maps = self._find(image, measurable_frames, area, settings)
        if settings.extra.get("limit"):
            notes += _limit_notes(found.measurements, settings.extra)
        if measurable_frames and not found.regions:
            notes += ("No nerve or vessel was found. That does not mean that there is none.",)
        return Result(
            application=self.name,
            image=image,
            model=model,
            grade=max(grades, key=lambda g: (g.measurable, g.score)),
            regions=found.regions,
            lines=found.lines,
            measurements=found.measurements,
            notes=notes,
            scan_area=area,
            evidence_map=maps,
            evidence_classes=("nerve", "vessel") if maps is not None else (),
            seconds=time.monotonic() - started,
            frames_analysed=tuple(frames),
            settings={"method": settings.method, **settings.extra},
        )

    def remeasure(
        self, result: Result, changed: frozenset[str], *, labels: LabelMap | None = None
    ) -> Result:
        """Measure again on outlines that a person changed; see `applications.remeasuring`."""
        from .remeasuring import remeasure

        return remeasure(result, changed)

    def _find(
        self,
        image: Image,
        frames: Sequence[int],
        area: Crop | None,
        settings: AnalysisSettings,
    ) -> tuple[ModelReference, Measured, NDArray[np.float32] | None]:
        from sesamoid.models.decide import label_map
        from sesamoid.models.explain import occlusion_evidence
        from sesamoid.models.runtime import resident_runtime

        one = bundle(settings.model or self.model)
        found, maps = Measured(), None
        classes = one.manifest.classes
        whole = area or Crop(0, 0, *image.size)
        if settings.method == "classical":
            from .classical import load_classical

            classical = load_classical(one)
            for frame in frames:
                labels, probabilities = classical.predict_probabilities(
                    image.grey(frame), scan_area=area
                )
                found += _measured(image, labels, probabilities, classes, whole, frame)
            return _reference(one, method="classical"), found, None
        runtime = resident_runtime(one, settings.threads)
        for frame in frames:
            grey = image.grey(frame)
            probabilities = runtime.probabilities([grey], scan_area=area)[0]
            labels = label_map(probabilities, one.manifest)
            found += _measured(image, labels, probabilities, classes, whole, frame)
            if settings.explain and maps is None:
                maps = occlusion_evidence(runtime, grey, scan_area=area)
        return _reference(one), found, maps

    def check(self, settings: AnalysisSettings) -> None:
        """Refuse an unknown method, limit or pair, and a limit that lacks its circumference."""
        if settings.method not in self.methods:
            raise SesamoidError(
                f"no method {settings.method!r}", fix=f"use one of {', '.join(self.methods)}."
            )
        check_scale(settings.mm_per_pixel)
        if settings.extra.get("circumference_cm") and not settings.extra.get("limit"):
            raise SesamoidError(
                "--circumference-cm is used with a --limit that depends on it, and there is none",
                fix="add --limit, or leave it out.",
            )
        if settings.extra.get("limit"):
            limits.check(settings.extra["limit"], settings.extra.get("circumference_cm"))
        if settings.extra.get("pair"):
            comparison(settings.extra["pair"])
        one = bundle(settings.model or self.model)
        if settings.method == "classical":
            classical_file(one)

    def compare(self, results: Sequence[Result], settings: AnalysisSettings) -> dict[str, Any]:
        """Wrist-to-forearm ratio or delta CSA of the largest nerve on each of two images."""
        return compare_pair(results, settings.extra["pair"])

    def train(self, data: Path, out: Path, settings: dict[str, Any]) -> TrainingOutcome:
        """Cross-validate and train on a data set; see `training.TrainingSettings`."""
        from .training import train
        from .training_settings import TrainingSettings

        known = {k: v for k, v in settings.items() if k != "progress"}
        return train(data, out, TrainingSettings(**known), progress=settings.get("progress"))

    def benchmark(self, *, threads: int, repeats: int) -> dict[str, Any]:
        """Speed beside a plain U-Net; needs the extra ``train``."""
        from .benchmark import benchmark

        return benchmark(threads=threads, repeats=repeats, model=self.model)

    def evaluate(self, data: Path, settings: AnalysisSettings) -> dict[str, Any]:
        """Figures of the shipped (or given) model on a labelled data set."""
        from .evaluation import evaluate

        return evaluate(data, settings, model=settings.model or self.model)


def _measured(
    image: Image,
    labels: NDArray[np.uint8],
    probabilities: NDArray[np.float32],
    classes: Sequence[str],
    area: Crop,
    frame: int,
) -> Measured:
    regions = find_regions(labels, probabilities, classes, frame=frame)
    return measure_regions(image, regions, probabilities, classes, scan_area=area, frame=frame)


def _reference(one: ModelBundle, *, method: str = "network") -> ModelReference:
    if method == "network":
        return model_reference(one)
    name = f"{one.manifest.name} ({method})"
    return model_reference(one, name=name, sha256=weights_digest(one, method))


def classical_file(one: ModelBundle) -> Path:
    """The classical model of a bundle; ModelError where it has none."""
    path = one.folder / CLASSICAL_FILE
    if not path.is_file():
        raise ModelError(
            "this model has no classical method", path=one.folder, fix="leave --method out."
        )
    return path


def weights_digest(one: ModelBundle, method: str) -> str:
    """SHA-256 of the file that a method's result came from."""
    if method == "network":
        return one.manifest.weights_sha256
    return hashlib.sha256(classical_file(one).read_bytes()).hexdigest()


def _limit_notes(measurements: Sequence[Measurement], extra: dict[str, Any]) -> tuple[str, ...]:
    preset = limits.preset(extra["limit"])
    key = quantities.CROSS_SECTIONAL_AREA.key
    notes = []
    for one in measurements:
        if one.quantity.key != key or not one.evidence[0].startswith("nerve"):
            continue
        if one.unit != "mm2":
            return (f"The limit {preset.name!r} needs mm2, and this image has no scale.",)
        assessment = limits.assess(
            one.value, preset, circumference_cm=extra.get("circumference_cm")
        )
        notes.append(f"{one.evidence[0]}: {assessment}")
    return tuple(notes)


APPLICATION = NerveApplication()
