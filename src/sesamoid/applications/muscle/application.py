"""Muscle in long axis: aponeuroses, fascicles, and the numbers that follow from them."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sesamoid.applications.application import (
    AnalysisSettings,
    TrainingOutcome,
    require_modality,
)
from sesamoid.applications.frames import (
    check_scale,
    chosen_frames,
    frame_quality,
    model_reference,
    require_size,
    side_by_side,
)
from sesamoid.applications.remeasuring import LabelMap
from sesamoid.errors import SesamoidError
from sesamoid.findings import Grade, Result, TimeSeries
from sesamoid.imaging import Crop, Image, Modality, find_scan_area
from sesamoid.measure.muscle import MuscleArchitecture
from sesamoid.models import bundle

from .echo import echo_measurements
from .echo_options import OPTIONS, echo_options
from .flat import REPORTED
from .looking import METHODS, Look, looker
from .measuring import MuscleFindings, muscle_findings
from .scale import scaled
from .video import series_of

SMALLEST_SIDE = 64
"""Fewer pixels than this in a row or column cannot show fascicles."""


class MuscleApplication:
    """Pennate muscle on longitudinal B-mode."""

    name = "muscle"
    question = "How thick is the muscle, how steep and how long are its fascicles?"
    intended_use = (
        "Research, teaching and training control on longitudinal B-mode of pennate limb muscle. "
        "Not for diagnosis."
    )
    modalities = frozenset({Modality.ULTRASOUND, Modality.OTHER})
    methods: tuple[str, ...] = METHODS
    model = "muscle"
    options: Mapping[str, str] = OPTIONS

    def analyze(self, image: Image, settings: AnalysisSettings) -> Result:
        """Find aponeuroses and fascicles, measure the muscle between them.

        Of a cine, ``frames="all"`` gives every frame's numbers as time series; findings are then
        those of the frame whose numbers are nearest to the medians.

        Raises
        ------
        UnsuitableImage
            Another modality, or too few pixels.
        """
        started = time.monotonic()
        require_modality(image, self)
        require_size(image, SMALLEST_SIDE, "a muscle")
        self.check(settings)
        area = find_scan_area(image)
        scale = scaled(image, settings, area)
        image, notes = scale.image, scale.notes
        frames = chosen_frames(image, settings)
        graded = side_by_side(
            lambda frame: frame_quality(image, frame, area), frames, threads=settings.threads
        )
        grades = dict(zip(frames, graded, strict=True))
        if settings.frames == "best" and len(frames) > 1:
            best = max(frames, key=lambda f: (grades[f].measurable, grades[f].score))
            notes += (
                f"Frame {best} of {image.frames} was analysed: the best image quality of "
                f"{len(frames)} frames looked at. --frame all measures every frame.",
            )
            frames = [best]
        one = bundle(settings.model or self.model)
        look = looker(one, settings)
        series: tuple[TimeSeries, ...] = ()
        shown = frames[0]
        measurable = [frame for frame in frames if grades[frame].measurable]
        if len(frames) > 1 and measurable:
            # Frames are shared out over the cores, each with a network of one thread; they are
            # smoothed over time, so the mirrored canvas is left out.
            quick = looker(one, replace(settings, threads=1), mirror=False)
            series, shown = series_of(
                image,
                quick,
                frames,
                measurable,
                area,
                threads=settings.threads,
                on_frame=settings.on_frame,
            )
        elif measurable:
            shown = measurable[0]
        grade = grades[shown]
        found = MuscleFindings((), (), (), {})
        if grade.measurable:
            found, architecture = _frame_findings(image, look, shown, area)
            if not architecture.thickness_px.known:
                notes += (f"No muscle was measured: {architecture.thickness_px.reason}.",)
            echo, echo_notes = echo_measurements(
                image, found.regions, shown, area, echo_options(settings.extra)
            )
            found = replace(found, measurements=found.measurements + echo)
            notes += echo_notes
        else:
            found = replace(found, extras=_no_numbers(grade))
        return Result(
            application=self.name,
            image=image,
            model=model_reference(one, name=look.name, sha256=look.digest),
            grade=grade,
            regions=found.regions,
            lines=found.lines + scale.lines,
            measurements=found.measurements,
            notes=notes,
            scan_area=area,
            seconds=time.monotonic() - started,
            frames_analysed=tuple(frames),
            settings={"method": settings.method, **settings.extra},
            series=series,
            extras=found.extras,
        )

    def remeasure(
        self, result: Result, changed: frozenset[str], *, labels: LabelMap | None = None
    ) -> Result:
        """Measure again on aponeuroses that a person changed; see `applications.remeasuring`."""
        from .remeasuring import remeasure

        return remeasure(result, changed, model=self.model)

    def check(self, settings: AnalysisSettings) -> None:
        """Refuse an unknown method, a scale that is none, and options of other applications."""
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
        echo_options(settings.extra)
        bundle(settings.model or self.model)

    def compare(self, results: Sequence[Result], settings: AnalysisSettings) -> dict[str, Any]:
        """Nothing: no figure of this application is defined over several images."""
        return {}

    def train(self, data: Path, out: Path, settings: dict[str, Any]) -> TrainingOutcome:
        """Cross-validate and train on data sets; see `training.TrainingSettings`."""
        from .training import TrainingSettings, train

        known = {k: v for k, v in settings.items() if k != "progress"}
        return train(data, out, TrainingSettings(**known), progress=settings.get("progress"))

    def evaluate(self, data: Path, settings: AnalysisSettings) -> dict[str, Any]:
        """Figures of the shipped (or given) model on labelled data sets."""
        from .evaluation import evaluate

        return evaluate(data, model=settings.model or self.model, threads=settings.threads)

    def benchmark(self, *, threads: int, repeats: int) -> dict[str, Any]:
        """Speed beside networks of the published kind; see `benchmark.benchmark`."""
        from .benchmark import benchmark

        return benchmark(threads=threads, repeats=repeats)


def _frame_findings(
    image: Image, look: Look, frame: int, area: Crop | None
) -> tuple[MuscleFindings, MuscleArchitecture]:
    seen = look(image.grey(frame), area)
    architecture = look.architecture(seen, area, image, frame=frame)
    found = muscle_findings(
        architecture,
        seen.aponeurosis,
        threshold=look.threshold,
        calibrated=image.calibrated,
        frame=frame,
    )
    return found, architecture


def _no_numbers(grade: Grade) -> dict[str, Any]:
    reason = "; ".join(grade.reasons) or "the image quality is too low"
    return {
        **dict.fromkeys(REPORTED),
        "confidence": {},
        "reasons": dict.fromkeys(REPORTED, reason),
    }


APPLICATION = MuscleApplication()
