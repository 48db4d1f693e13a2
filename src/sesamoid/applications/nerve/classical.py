"""The classical pipeline: despeckle, texture of tiles, a forest of trees, k-means localisation.

It is the reference that the network must beat, and a method that runs from a small plain file
without any learning library. The order of steps is that of the pre-deep-learning literature as the
ultrasound review tells it. Fitting is in `classical_training`.
"""

from __future__ import annotations

import json
import zipfile
import zlib
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from sesamoid.applications.nerve.classical_forest import Forest
from sesamoid.applications.nerve.classical_localise import ClassRule, localised, smoothed
from sesamoid.applications.nerve.classical_tiles import TileSettings, tiles_of
from sesamoid.errors import ModelError
from sesamoid.imaging.geometry import Crop
from sesamoid.measure import instances
from sesamoid.models import ModelBundle

FORMAT = "sesamoid-classical-1"

FILE_NAME = "classical.npz"
"""Name of the model inside a bundle's folder."""

DAMAGE = (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile, zlib.error)
"""What reading a damaged file raises."""

Z_LIMIT = 4.0
Z_STEPS = 16
"""Standardised features are clipped to ±4 and rounded to 1/16, so that every threshold between two
of them is exact in half precision: the exported forest decides as the fitted one."""


@dataclass(frozen=True)
class ClassicalSettings:
    """Everything that a fit depends on, beside the data. All defaults are proposals [P].

    Parameters
    ----------
    tiles : TileSettings
        Despeckling and tile features.
    selection : {"mutual_information", "anova", "none"}
        How features are ranked.
    features : int
        How many of them are kept.
    classifier : str
        One of `classical_classifiers.CLASSIFIERS`; only ``"random_forest"`` and
        ``"decision_tree"`` can be saved.
    tiles_per_class : int
        Tiles drawn from each image for each class (twice as many of background).
    holdout_share : float
        Share of the groups that sets the thresholds and is not fitted on.
    clusters : int
        k of the k-means localisation.
    minimal_share : float
        Smallest structure, as a share of the scan area.
    seed : int
    """

    tiles: TileSettings = field(default_factory=TileSettings)
    selection: str = "mutual_information"
    features: int = 60
    classifier: str = "random_forest"
    tiles_per_class: int = 60
    holdout_share: float = 0.25
    clusters: int = 3
    minimal_share: float = 0.002
    seed: int = 0


@dataclass(frozen=True)
class ClassicalModel:
    """A fitted pipeline that needs NumPy and OpenCV only.

    Parameters
    ----------
    settings : ClassicalSettings
    names : tuple of str
        The selected features, in the order that the forest takes them.
    columns : ndarray of int
        Their places among all tile features.
    mean, sd : ndarray of float, shape (selected,)
        Of each feature over the tiles it was fitted on.
    forest : Forest
    rules : tuple of ClassRule
        How each class above 0 becomes a mask.
    """

    settings: ClassicalSettings
    names: tuple[str, ...]
    columns: NDArray[np.int64]
    mean: NDArray[np.float64]
    sd: NDArray[np.float64]
    forest: Forest
    rules: tuple[ClassRule, ...]

    def predict_probabilities(
        self, grey: NDArray[np.generic], *, scan_area: Crop | None = None
    ) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        """Label map and class probabilities on the frame.

        Parameters
        ----------
        grey : ndarray of shape (rows, columns)
            Grey levels as stored.
        scan_area : Crop, optional
            Where the echo is drawn; None: the part that is not black.

        Returns
        -------
        labels : ndarray of uint8, shape (rows, columns)
            0 background, 1 nerve, 2 vessel.
        probabilities : ndarray of float32, shape (classes, rows, columns)
            Shares of the trees, smoothed; made on balanced tiles, so not calibrated. Background is
            1 outside the scan area.

        Raises
        ------
        UnsuitableImage
            The scan area is too small or black.
        """
        tiles = tiles_of(grey, self.settings.tiles, scan_area=scan_area)
        flat = tiles.features.reshape(-1, tiles.features.shape[-1])
        scores = self.forest.probabilities(standardised(flat[:, self.columns], self.mean, self.sd))
        grid = smoothed(scores.reshape(*tiles.features.shape[:2], -1))
        kept = localised(grid, self.rules, clusters=self.settings.clusters)
        labels = labels_of(
            tiles.to_frame(kept), self.rules, minimal_share=self.settings.minimal_share
        )
        return labels, tiles.to_frame(grid)

    def predict(
        self, grey: NDArray[np.generic], *, scan_area: Crop | None = None
    ) -> NDArray[np.uint8]:
        """The label map of `predict_probabilities`."""
        return self.predict_probabilities(grey, scan_area=scan_area)[0]

    def save(self, path: Path) -> None:
        """Write a plain ``.npz`` without pickled objects."""
        described = {
            "format": FORMAT,
            "settings": asdict(self.settings),
            "names": self.names,
            "rules": [asdict(rule) for rule in self.rules],
        }
        arrays: dict[str, Any] = {
            "described": np.frombuffer(json.dumps(described).encode(), dtype=np.uint8),
            "columns": self.columns.astype(np.int16),
            "mean": self.mean.astype(np.float32),
            "sd": self.sd.astype(np.float32),
            **self.forest.arrays(),
        }
        with path.open("wb") as file:
            np.savez_compressed(file, **arrays)

    @classmethod
    def load(cls, path: Path) -> ClassicalModel:
        """Read what `save` wrote; nothing in the file is executed.

        Raises
        ------
        ModelError
            Missing, damaged, or of another format.
        """
        try:
            with np.load(path, allow_pickle=False) as content:
                arrays = {name: content[name] for name in content.files}
            described: dict[str, Any] = json.loads(arrays["described"].tobytes())
            if described["format"] != FORMAT:
                raise ValueError(f"format {described['format']!r}")
            settings = dict(described["settings"])
            settings["tiles"] = TileSettings(**settings["tiles"])
            model = cls(
                settings=ClassicalSettings(**settings),
                names=tuple(described["names"]),
                columns=arrays["columns"].astype(np.int64),
                mean=arrays["mean"].astype(np.float64),
                sd=arrays["sd"].astype(np.float64),
                forest=Forest.from_arrays(arrays),
                rules=tuple(ClassRule(**rule) for rule in described["rules"]),
            )
            model.forest.check(features=len(model.names))
        except DAMAGE as error:
            raise ModelError(
                f"not a classical model that this version can read ({error})",
                path=path,
                fix="fit it again, or take the file of the shipped bundle.",
            ) from None
        return model


def load_classical(bundle: ModelBundle) -> ClassicalModel:
    """The classical model that ships in a bundle; ModelError where it holds none."""
    path = bundle.folder / FILE_NAME
    if not path.is_file():
        raise ModelError(
            f"bundle {bundle.manifest.name!r} holds no classical model",
            path=path,
            fix="use --method network, or a bundle with classical.npz.",
        )
    return ClassicalModel.load(path)


def standardised(
    features: NDArray[np.floating], mean: NDArray[np.float64], sd: NDArray[np.float64]
) -> NDArray[np.float32]:
    """z-scores, clipped and rounded as `Z_STEPS` says."""
    z = np.clip((features - mean.astype(np.float32)) / sd.astype(np.float32), -Z_LIMIT, Z_LIMIT)
    return np.asarray(np.rint(z * Z_STEPS) / Z_STEPS, dtype=np.float32)


def labels_of(
    scores: NDArray[np.float32], rules: tuple[ClassRule, ...], *, minimal_share: float
) -> NDArray[np.uint8]:
    """Localised class scores on the frame as a label map; the class furthest above its threshold.

    Parameters
    ----------
    scores : ndarray of shape (classes, rows, columns)
    rules : tuple of ClassRule
    minimal_share : float
        Of the frame; smaller parts are dropped.
    """
    above = np.stack([scores[i + 1] - rule.threshold for i, rule in enumerate(rules)])
    best = above.argmax(axis=0)
    labels = np.zeros(scores.shape[1:], dtype=np.uint8)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5))
    for index in range(len(rules)):
        mask = ((best == index) & (above[index] >= 0)).astype(np.uint8)
        smooth = cv2.morphologyEx(mask, cv2.MORPH_OPEN, kernel)
        for part in instances(smooth, minimal_area=minimal_share * mask.size):
            labels[part] = index + 1
    return labels
