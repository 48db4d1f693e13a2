"""What `sesamoid train nerve` may be told."""

from __future__ import annotations

from dataclasses import dataclass

from . import recipes


@dataclass(frozen=True)
class TrainingSettings:
    """What `sesamoid train nerve` may be told.

    Parameters
    ----------
    folds : int
        Of the cross-validation; 0: none, only the final network.
    floor_folds : int
        Folds on which the plain U-Net is trained too.
    final : bool
        Train the network that ships, on all images.
    epochs : int, optional
        In place of the recipe's; for a quick trial.
    classical : bool
        Compare the classical classifiers on the same folds, and fit the one that ships.
    jobs : int
        Trainings at a time; each takes its share of the cores.
    seed : int
    credit, origin : str
        Of the data set, for manifest, card and reports.
    """

    folds: int = recipes.FOLDS
    floor_folds: int = 0
    final: bool = True
    epochs: int | None = None
    classical: bool = True
    jobs: int = 1
    seed: int = 0
    credit: str = "not stated"
    origin: str = "real"
