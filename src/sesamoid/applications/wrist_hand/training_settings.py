"""What `sesamoid train wrist_hand` may be told."""

from __future__ import annotations

from dataclasses import dataclass

from sesamoid.errors import SesamoidError

RECIPES = ("joint", "resnet50", "hrnet_w32")
"""The joint network, and the published pair that it is compared with (Tang et al. 2026)."""


@dataclass(frozen=True)
class TrainingSettings:
    """Settings of one training.

    Parameters
    ----------
    recipe : str
        One of `RECIPES`.
    initial : str, optional
        A bundle's name or folder to start from, for fine-tuning on pictures of one's own; heads
        about which they tell nothing keep what they know.
    epochs : int, optional
        Rounds of each phase in place of the recipe's; for a quick trial.
    seed : int
    credit : str
        Of the data set, for manifest, card and reports.
    origin : str
        Of pictures of one's own; a data set from the simulator says itself that it is virtual.
    threads : int
        0: all cores.
    folds, floor_folds, final, classical, jobs
        Of other applications: of virtual people some are held out in place of folds.

    Raises
    ------
    SesamoidError
        There is no such recipe, or it starts from no other weights.
    """

    recipe: str = "joint"
    initial: str | None = None
    epochs: int | None = None
    seed: int = 0
    credit: str = "not stated"
    origin: str = "real"
    threads: int = 0
    folds: int = 0
    floor_folds: int = 0
    final: bool = True
    classical: bool = True
    jobs: int = 1

    def __post_init__(self) -> None:
        if self.recipe not in RECIPES:
            raise SesamoidError(
                f"there is no recipe {self.recipe!r}", fix=f"use one of {', '.join(RECIPES)}."
            )
        if self.initial and self.recipe != "joint":
            raise SesamoidError(
                "the published pair starts from no other weights", fix="leave --initial out."
            )
