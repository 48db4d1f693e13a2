"""A fitted texture classifier as a folder: JSON, NumPy arrays and ONNX, nothing that executes."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
import zlib
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from sesamoid.errors import ModelError, SesamoidError
from sesamoid.imaging import atomic_path
from sesamoid.learning.texture_forest import TextureForest
from sesamoid.learning.texture_labels import TextureExample
from sesamoid.learning.texture_recipe import feature_row
from sesamoid.learning.texture_tiles import tiles

FORMAT = "sesamoid-texture-classifier-1"
DESCRIPTION, FOREST, NETWORK = "classifier.json", "forest.npz", "network.onnx"
DAMAGE = (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile, zlib.error)

SMALLEST_PROBABILITY = 1e-3
"""A forest's 0 means that no tree was of that mind, not that it cannot be [P]."""

PIECES_AT_ONCE = 64


@dataclass(frozen=True)
class GroupProbabilities:
    """What a classifier says of one image.

    Parameters
    ----------
    probabilities : dict of str to float
        By group; they sum to 1.
    model : {"forest", "network"}
    unlike_training : float or None
        Share of texture features outside the range of the training images; None for the network.
        High values mean another machine, preset or region: do not trust the probabilities.
    """

    probabilities: dict[str, float]
    model: str
    unlike_training: float | None


@dataclass(frozen=True)
class TextureClassifier:
    """A forest and, or, a network for the same groups.

    Parameters
    ----------
    groups : tuple of str
    families, names : tuple of str
        Of the features, in the order that the forest takes them.
    forest : TextureForest or None
    network : bytes or None
        ONNX.
    side_px : int
        Of the network's pieces.
    temperatures : dict of str to float
        Per model; logarithms of probabilities are divided by it.
    described : dict
        Recipe, people, figures of the cross-validation, versions.
    """

    groups: tuple[str, ...]
    families: tuple[str, ...]
    names: tuple[str, ...]
    forest: TextureForest | None
    network: bytes | None
    side_px: int
    temperatures: dict[str, float]
    described: dict[str, Any] = field(default_factory=dict)

    @property
    def models(self) -> tuple[str, ...]:
        """Which of the two it holds."""
        held = (("forest", self.forest), ("network", self.network))
        return tuple(name for name, part in held if part is not None)

    def predict(
        self,
        grey: NDArray[np.generic],
        region: NDArray[np.bool_] | None = None,
        *,
        model: str | None = None,
    ) -> GroupProbabilities:
        """Probabilities of the groups for one image.

        Parameters
        ----------
        grey : ndarray of uint8, shape (rows, columns)
        region : ndarray of bool, shape (rows, columns), optional
            The muscle; None: the whole image.
        model : {"forest", "network"}, optional
            None: the first that is held.

        Raises
        ------
        SesamoidError
            An unknown model, not 8 bits, or an empty region or one of another shape.
        """
        chosen = model or self.models[0]
        if chosen not in self.models:
            raise SesamoidError(
                f"this classifier has no {chosen!r}", fix=f"use {' or '.join(self.models)}."
            )
        if grey.dtype != np.uint8 or grey.ndim != 2:
            raise SesamoidError(
                f"a texture classifier takes a grey image of 8 bits, not {grey.ndim}-D {grey.dtype}"
            )
        inside = np.ones(grey.shape, dtype=bool) if region is None else np.asarray(region) > 0
        if inside.shape != grey.shape or not inside.any():
            raise SesamoidError("the region is empty or of another shape than the image")
        raw, unlike = self._raw(chosen, np.asarray(grey, dtype=np.uint8), inside)
        own = tempered(raw[None], self.temperatures[chosen])[0]
        shares = {group: float(p) for group, p in zip(self.groups, own, strict=True)}
        return GroupProbabilities(shares, chosen, unlike)

    def _raw(
        self, model: str, grey: NDArray[np.uint8], region: NDArray[np.bool_]
    ) -> tuple[NDArray[np.float64], float | None]:
        if model == "network" or self.forest is None:
            example = TextureExample("", grey, region, "", "")
            return network_probabilities(self._session, example, self.side_px), None
        row = feature_row(grey, region, self.families)
        table = np.array([[row[name] for name in self.names]], dtype=np.float32)
        return self.forest.probabilities(table)[0], float(self.forest.outside_share(table)[0])

    @cached_property
    def _session(self) -> Any:
        return onnx_session(self.network or b"")

    def save(self, folder: Path) -> None:
        """Write into `folder`, which is made where it is not there."""
        folder.mkdir(parents=True, exist_ok=True)
        files: dict[str, bytes] = {}
        if self.forest is not None:
            buffer = io.BytesIO()
            arrays: dict[str, Any] = dict(self.forest.arrays())
            np.savez_compressed(buffer, **arrays)
            files[FOREST] = buffer.getvalue()
        if self.network is not None:
            files[NETWORK] = self.network
        content = {
            "format": FORMAT,
            "groups": self.groups,
            "families": self.families,
            "names": self.names,
            "side_px": self.side_px,
            "temperatures": self.temperatures,
            "sha256": {name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
            "described": self.described,
        }
        for name, data in files.items():
            with atomic_path(folder / name) as path:
                path.write_bytes(data)
        with atomic_path(folder / DESCRIPTION) as path:
            path.write_text(json.dumps(content, indent=1, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> TextureClassifier:
        """Read what `save` wrote; nothing in the files is executed.

        Raises
        ------
        ModelError
            Missing, damaged, changed since, or of another format.
        """
        try:
            content = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
            if content["format"] != FORMAT:
                raise ValueError(f"format {content['format']!r}")
            files = {}
            for name, digest in content["sha256"].items():
                if name not in (FOREST, NETWORK):
                    raise ValueError(f"unknown part {name!r}")
                files[name] = (folder / name).read_bytes()
                if hashlib.sha256(files[name]).hexdigest() != digest:
                    raise ValueError(f"{name} is not the file that was written (SHA-256 differs)")
            forest = None
            if FOREST in files:
                with np.load(io.BytesIO(files[FOREST]), allow_pickle=False) as stored:
                    forest = TextureForest.from_arrays(stored)
            made = cls(
                groups=tuple(content["groups"]),
                families=tuple(content["families"]),
                names=tuple(content["names"]),
                forest=forest,
                network=files.get(NETWORK),
                side_px=int(content["side_px"]),
                temperatures={str(k): float(v) for k, v in content["temperatures"].items()},
                described=dict(content["described"]),
            )
            if set(made.models) != set(made.temperatures) or not made.models:
                raise ValueError("models and temperatures do not fit")
            if forest is not None and (
                len(forest.low) != len(made.names) or forest.shares.shape[1] != len(made.groups)
            ):
                raise ValueError("the forest is of other features or groups")
        except DAMAGE as error:
            raise ModelError(
                f"not a texture classifier that this version can read ({error})",
                path=folder,
                fix="train it again, or restore the folder.",
            ) from None
        return made


def onnx_session(weights: bytes, *, threads: int = 1) -> Any:
    """An onnxruntime session on the processor."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = threads
    return onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])


def network_probabilities(
    session: Any, example: TextureExample, side_px: int
) -> NDArray[np.float64]:
    """Mean over the region's pieces of the network's probabilities, shape (groups,)."""
    pieces = tiles(example, side_px)
    logits = np.concatenate(
        [
            session.run(None, {"pieces": pieces[start : start + PIECES_AT_ONCE]})[0]
            for start in range(0, len(pieces), PIECES_AT_ONCE)
        ]
    ).astype(np.float64)
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    mean: NDArray[np.float64] = (raised / raised.sum(axis=1, keepdims=True)).mean(axis=0)
    return mean


def tempered(probabilities: NDArray[np.float64], temperature: float) -> NDArray[np.float64]:
    """Rows of probabilities with their logarithms divided by `temperature` (Guo 2017 [M])."""
    logs = np.log(np.maximum(probabilities, SMALLEST_PROBABILITY)) / temperature
    raised = np.exp(logs - logs.max(axis=1, keepdims=True))
    rows: NDArray[np.float64] = raised / raised.sum(axis=1, keepdims=True)
    return rows
