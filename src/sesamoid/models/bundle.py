"""A model as it ships: ``model.onnx``, ``manifest.json`` and ``card.md`` in one folder."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from sesamoid.errors import ModelError
from sesamoid.imaging import atomic_path

MANIFEST_VERSION = 1
ORIGINS = ("real", "virtual")
"""Of a data set that a model learned from."""


@dataclass(frozen=True)
class TrainingData:
    """One data set that a model learned from.

    Parameters
    ----------
    name, licence, credit : str
    origin : str
        ``"real"`` or ``"virtual"``.
    images : int
    """

    name: str
    licence: str
    credit: str
    origin: str
    images: int


@dataclass(frozen=True)
class Manifest:
    """Everything the runtime needs to know, and what the model was made from.

    Parameters
    ----------
    name, version, task : str
    classes : tuple of str
        Structure keys by output channel; the first is ``"background"``.
    canvas_size : tuple of int
        (rows, columns) of the input; one channel, standardised over the scan.
    further_canvas_sizes : tuple of (rows, columns)
        The scan is scaled into these canvases too, and the probabilities are averaged.
    grey_exponent : float
        Power that grey levels are raised to before they are standardised.
    tiled : bool
        True: the frame keeps its scale and is covered by overlapping canvases. False: the scan
        is scaled into one canvas.
    mirror : bool
        Average with the left-right mirrored image at run time.
    threshold : dict
        Per class, the probability from which a pixel is called that class; 0.5 where not given.
    minimal_area_share : dict
        Per class, the smallest island kept, as a share of the frame.
    minimal_peak : dict
        Per class, the lowest peak probability that an island must reach.
    weights_sha256 : str
    weights_precision : str
        How weights are stored and, where it says so, activations computed.
    training_data : tuple of TrainingData
    training : dict
        Command, recipe, seed, date, library versions.
    figures : dict
        Measured on what, by which command; see the card.
    outputs : dict
        Of a network with several heads: what its numbers stand for.
    """

    name: str
    version: str
    task: str
    classes: tuple[str, ...]
    canvas_size: tuple[int, int]
    weights_sha256: str
    weights_precision: str
    training_data: tuple[TrainingData, ...]
    further_canvas_sizes: tuple[tuple[int, int], ...] = ()
    grey_exponent: float = 1.0
    tiled: bool = False
    mirror: bool = False
    threshold: dict[str, float] = field(default_factory=dict)
    minimal_area_share: dict[str, float] = field(default_factory=dict)
    minimal_peak: dict[str, float] = field(default_factory=dict)
    training: dict[str, Any] = field(default_factory=dict)
    figures: dict[str, Any] = field(default_factory=dict)
    outputs: dict[str, Any] = field(default_factory=dict)
    manifest_version: int = MANIFEST_VERSION

    @property
    def origin(self) -> str:
        """``"real"``, ``"virtual"`` or ``"real and virtual"``."""
        return " and ".join(sorted({data.origin for data in self.training_data})) or "none"

    @property
    def trained_on(self) -> str:
        """Data sets with licence and credit, in a sentence."""
        return "; ".join(
            f"{d.name} ({d.images} {d.origin} images, {d.licence}; {d.credit})"
            for d in self.training_data
        )

    def to_json(self) -> str:
        """The manifest as it stands in the bundle."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, path: Path) -> Manifest:
        """Read a manifest.

        Raises
        ------
        ModelError
            It is missing, is not JSON or lacks a field.
        """
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            if content["manifest_version"] != MANIFEST_VERSION:
                raise ModelError(
                    f"manifest version {content['manifest_version']}, this program reads "
                    f"{MANIFEST_VERSION}",
                    path=path,
                    fix="use the Sesamoid version that the bundle was made with.",
                )
            content["classes"] = tuple(content["classes"])
            content["canvas_size"] = tuple(content["canvas_size"])
            content["further_canvas_sizes"] = tuple(
                tuple(size) for size in content["further_canvas_sizes"]
            )
            content["training_data"] = tuple(TrainingData(**d) for d in content["training_data"])
            for data in content["training_data"]:
                if data.origin not in ORIGINS:
                    raise ValueError(f"origin {data.origin!r}, not {' or '.join(ORIGINS)}")
            return cls(**content)
        except FileNotFoundError:
            raise ModelError(
                "no model bundle here: manifest.json is missing",
                path=path.parent,
                fix="give a folder that `sesamoid train` wrote.",
            ) from None
        except (ValueError, KeyError, TypeError) as error:
            raise ModelError(
                f"the manifest cannot be understood ({error!r})",
                path=path,
                fix="train or download the bundle again.",
            ) from None


@dataclass(frozen=True)
class ModelBundle:
    """A manifest with the folder it stands in."""

    folder: Path
    manifest: Manifest

    @classmethod
    def read(cls, folder: Path) -> ModelBundle:
        """Read the manifest only; the weights are not opened."""
        return cls(folder, Manifest.from_json(folder / "manifest.json"))

    def described(self, manifest: Manifest) -> ModelBundle:
        """The bundle with another manifest of the same weights, written to its folder."""
        with atomic_path(self.folder / "manifest.json") as path:
            path.write_text(manifest.to_json(), encoding="utf-8")
        return ModelBundle(self.folder, manifest)

    @property
    def weights(self) -> Path:
        """The ONNX file."""
        return self.folder / "model.onnx"

    @property
    def card(self) -> Path:
        """The model card, Markdown."""
        return self.folder / "card.md"

    def verified_weights(self) -> bytes:
        """The ONNX file's bytes, after comparing their digest with the manifest's.

        Raises
        ------
        ModelError
            The file is missing or is not the one that the manifest names.
        """
        try:
            content = self.weights.read_bytes()
        except OSError as error:
            raise ModelError(
                f"the weights cannot be read ({error.strerror})",
                path=self.weights,
                fix="install Sesamoid again, or train the bundle again.",
            ) from None
        if hashlib.sha256(content).hexdigest() != self.manifest.weights_sha256:
            raise ModelError(
                "the weights are not those that the manifest names (SHA-256 differs)",
                path=self.weights,
                fix="restore the file, or train the bundle again.",
            )
        return content
