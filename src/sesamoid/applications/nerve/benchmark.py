"""Speed of the shipped network on whole images, beside the plain U-Net in eager PyTorch."""

from __future__ import annotations

from typing import Any

from sesamoid.applications.nerve import recipes
from sesamoid.evidence.timing import side_by_side
from sesamoid.learning.eager import EagerSegmenter
from sesamoid.models import bundle
from sesamoid.models.runtime import SegmentationRuntime
from sesamoid.virtual import nerve_phantom

FRAME = (512, 534)
"""Rows and columns of most frames of nerve-usgra."""


def benchmark(*, threads: int, repeats: int, model: str = "nerve") -> dict[str, Any]:
    """Time frame to probabilities on the frame, both ways in turn, on a virtual frame."""
    one = bundle(model)
    frame = nerve_phantom(0, rows=FRAME[0], columns=FRAME[1]).pixels
    runtime = SegmentationRuntime(one, threads=threads)
    plain = EagerSegmenter(recipes.FLOOR, classes=len(one.manifest.classes), threads=threads)
    compared = side_by_side(
        lambda: runtime.probabilities([frame]),
        lambda: plain.probabilities(frame),
        repeats=repeats,
    )
    return {
        "what": "whole frame to class probabilities on the frame",
        "frame": list(FRAME),
        "threads": threads,
        "repeats": repeats,
        "ours": {"what": f"{one.manifest.name} {one.manifest.version}, onnxruntime"}
        | compared.ours.as_dict(),
        "other": {"what": "plain U-Net (MONAI BasicUNet, 256 px), PyTorch eager"}
        | compared.other.as_dict(),
        "speed_up": compared.speed_up,
    }
