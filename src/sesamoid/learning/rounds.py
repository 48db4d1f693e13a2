"""An endless row of pictures, taken in rounds: what comes when depends on the place alone."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from torch.utils.data import Sampler


class ShuffledPasses:
    """One pass after another over the same pictures, each in an order of its own.

    Parameters
    ----------
    which : ndarray of int
        Indices of the pictures.
    seed : int
    """

    def __init__(self, which: NDArray[np.intp], seed: int) -> None:
        self.which, self.seed = which, seed
        self._order: tuple[int, NDArray[np.intp]] = (-1, which)

    def at(self, place: int) -> int:
        """Which picture stands at a place of the row."""
        turn, number = divmod(place, len(self.which))
        if self._order[0] != turn:
            order = np.random.default_rng([self.seed, 1, turn]).permutation(self.which)
            self._order = (turn, order)
        return int(self._order[1][number])


class RoundSampler(Sampler[int]):
    """Places of the row, a round at a time.

    A run that is resumed at any round goes on with the pictures that come next.
    """

    def __init__(self, pictures: int) -> None:
        self.pictures = pictures
        self._round = 0

    def set_epoch(self, number: int) -> None:
        """The loop's hook: which round comes."""
        self._round = number

    def __len__(self) -> int:
        return self.pictures

    def __iter__(self) -> Iterator[int]:
        return iter(range(self._round * self.pictures, (self._round + 1) * self.pictures))
