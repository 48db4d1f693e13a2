"""The phases of a training, one after the other; what is finished is read back."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from torch import Tensor

from sesamoid.imaging import atomic_path
from sesamoid.learning.joint_recipe import Phase

Weights = dict[str, Tensor]
OnRound = Callable[[int, float], None]
TrainPhase = Callable[[int, Weights | None, str, OnRound | None], Weights]
"""Trains the phase of a number from weights (none: its own start) under a fingerprint, tells its
rounds, and returns the averaged weights."""


def train_phases(
    phases: Sequence[Phase],
    train_phase: TrainPhase,
    *,
    folder: Path,
    fingerprint: str,
    name: str = "",
    initial: Weights | None = None,
    on_round: OnRound | None = None,
) -> tuple[Weights, float]:
    """Train every phase, each from the weights of the one before.

    Parameters
    ----------
    phases : sequence of Phase
        At least one.
    train_phase : callable
    folder : Path
        For checkpoints and the weights of finished phases.
    fingerprint : str
        Of recipe and data: only a run under the same one is resumed.
    name : str
        Tells the networks apart that are trained in one folder.
    initial : dict, optional
        Weights that the first phase starts from.
    on_round : callable, optional
        Told the number of finished rounds of all phases and the last one's mean loss; NaN of a
        phase that is read back.

    Returns
    -------
    weights : dict
        Of the last phase.
    minutes : float
        Of training, all runs; NaN where a phase was cut off, for then it is not known.
    """
    folder.mkdir(parents=True, exist_ok=True)
    prefix = f"{name}-" if name else ""
    weights, minutes, before = initial, 0.0, 0
    for number, phase in enumerate(phases):
        finished = folder / f"{prefix}phase-{number}-{fingerprint[:12]}.pt"
        read_back = finished.is_file()
        if not read_back:
            own = f"{name[:1]}{number}{fingerprint}"  # a checkpoint is named after its beginning
            started, resumed = time.monotonic(), any(folder.glob(f"last-{own[:12]}*.ckpt"))
            trained = train_phase(number, weights, own, _shifted(on_round, before))
            took = math.nan if resumed else (time.monotonic() - started) / 60
            with atomic_path(finished) as path:
                torch.save({"weights": trained, "minutes": took}, path)
        content = torch.load(finished, weights_only=True)
        weights, minutes = content["weights"], minutes + float(content["minutes"])
        before += phase.rounds
        if read_back and on_round is not None:
            on_round(before, math.nan)
    assert weights is not None
    return weights, minutes


def _shifted(on_round: OnRound | None, before: int) -> OnRound | None:
    if on_round is None:
        return None
    return lambda done, loss: on_round(before + done, loss)
