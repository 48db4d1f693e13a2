"""A data set of virtual muscles: pictures, masks and their exact numbers in ``truth.csv``."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image as Pillow

from sesamoid.errors import DataError, OutputError
from sesamoid.imaging.atomic import atomic_path
from sesamoid.virtual.muscle.picture import MusclePicture, picture
from sesamoid.virtual.muscle.population import draw_muscle

TRUTH = "truth.csv"
FOLDERS = ("imagesTs", "labelsTs")
"""For testing only: networks draw their own virtual muscles while they train."""
LABELS = {"background": 0, "aponeurosis": 1}


@dataclass(frozen=True)
class KnownMuscle:
    """A virtual picture on disk and its truth.

    Parameters
    ----------
    image : Path
    mm_per_pixel : float
    thickness_mm : float
        Mean of the three places.
    truth : dict
        By the other names of `sesamoid.virtual.muscle.MuscleTruth`; degrees, mm.
    """

    image: Path
    mm_per_pixel: float
    thickness_mm: float
    truth: dict[str, float]

    @classmethod
    def of(cls, one: MusclePicture, image: Path) -> KnownMuscle:
        """What is known of a picture that lies, or would lie, at `image`."""
        truth = asdict(one.truth)
        thickness = float(np.mean(truth.pop("thickness_mm")))
        return cls(image, one.muscle.mm_per_pixel, thickness, truth)


def make_muscle_set(
    out: Path, seeds: Sequence[int], *, on_image: Callable[[], None] = lambda: None
) -> None:
    """Write virtual muscles in nnU-Net raw layout with ``truth.csv``; what is there stays.

    Parameters
    ----------
    out : Path
    seeds : sequence of int
        One muscle each.
    on_image : callable
        Called after each.

    Raises
    ------
    OutputError
        Nothing can be written there.
    """
    try:
        for folder in FOLDERS:
            (out / folder).mkdir(parents=True, exist_ok=True)
        rows = []
        for seed in seeds:
            rows.append(_made(out, seed))
            on_image()
        with atomic_path(out / TRUTH) as path, path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        _write(out / "dataset.json", json.dumps(_description(len(rows)), indent=2) + "\n")
    except OSError as error:
        raise OutputError(
            f"the data set cannot be written ({error.strerror})",
            path=out,
            fix="free the disk or give --out another folder.",
        ) from None


def read_muscle_truth(folder: Path) -> tuple[KnownMuscle, ...]:
    """What `make_muscle_set` wrote.

    Raises
    ------
    DataError
        ``truth.csv`` is damaged, or a picture is missing.
    """
    path = folder / TRUTH
    found = []
    try:
        with path.open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                image = folder / row.pop("image")
                numbers = {name: float(value) for name, value in row.items() if name != "origin"}
                step = numbers.pop("mm_per_pixel")
                thickness = numbers.pop("thickness_mm")
                found.append(KnownMuscle(image, step, thickness, numbers))
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise DataError(
            f"the truth of the virtual muscles cannot be read ({error!r})",
            path=path,
            fix="make the set again with sesamoid simulate muscle.",
        ) from None
    missing = [one.image for one in found if not one.image.is_file()]
    if missing or not found:
        raise DataError(
            f"{len(missing)} of {len(found)} pictures are missing",
            path=missing[0] if missing else path,
            fix="make the set again with sesamoid simulate muscle.",
        )
    return tuple(found)


def _made(out: Path, seed: int) -> dict[str, Any]:
    """Draw one muscle, write its files where they are not there, return its row."""
    one = picture(draw_muscle(seed))
    name = f"M{seed:05d}"
    image = out / "imagesTs" / f"{name}_0000.png"
    for path, pixels in (
        (image, one.pixels),
        (out / "labelsTs" / f"{name}.png", one.aponeuroses.astype(np.uint8)),
    ):
        if not path.is_file():
            with atomic_path(path) as temporary:
                Pillow.fromarray(pixels).save(temporary, format="PNG")
    known = KnownMuscle.of(one, image)
    return {
        "image": image.relative_to(out).as_posix(),
        "origin": "virtual",
        "mm_per_pixel": known.mm_per_pixel,
        "thickness_mm": known.thickness_mm,
        **known.truth,
    }


def _description(count: int) -> dict[str, Any]:
    return {
        "name": "virtual-muscle",
        "description": "virtual muscles in long axis with exact truth; nobody was scanned",
        "origin": "virtual",
        "licence": "CC0-1.0",
        "channel_names": {"0": "ultrasound"},
        "labels": LABELS,
        "numTraining": 0,
        "numTest": count,
        "file_ending": ".png",
    }


def _write(path: Path, text: str) -> None:
    with atomic_path(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
