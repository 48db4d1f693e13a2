"""Which standard plane is being looked at, over time and without flicker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sesamoid.errors import SesamoidError
from sesamoid.live.assessment import NO_PLANE
from sesamoid.live.settings import PlaneSettings, live_settings


@dataclass(frozen=True)
class PlaneState:
    """What is believed after a frame.

    Parameters
    ----------
    plane : str
        Id of the plane that is there, or ``"none"``.
    belief : float
        Of the filter in it, 0..1.
    since_s : float
        When it came.
    changed : bool
        True on the frame with which it came.
    """

    plane: str
    belief: float
    since_s: float
    changed: bool


class PlaneTracker:
    """A hidden Markov model's forward filter over planes and none, with two thresholds on it.

    Each plane is left at a constant rate for any of the others; a frame's probabilities are its
    evidence, raised to the share of the correlation time that has passed since the frame before,
    so that the same seconds of pictures weigh the same at any frame rate. A plane counts from the
    moment its belief has been high for a while, until it is low.

    Parameters
    ----------
    planes : sequence of str
    settings : PlaneSettings, optional
        Those that ship if left out.
    """

    def __init__(self, planes: Sequence[str], settings: PlaneSettings | None = None):
        self.settings = settings if settings is not None else live_settings().planes
        self.states = (*planes, NO_PLANE)
        self._index = {state: number for number, state in enumerate(self.states)}
        self._belief = np.full(len(self.states), 1 / len(self.states))
        self._time_s: float | None = None
        self._coming: tuple[str, float] | None = None
        self._state = PlaneState(NO_PLANE, float(self._belief[-1]), 0.0, False)

    @property
    def state(self) -> PlaneState:
        """As of the last frame."""
        return self._state

    @property
    def belief(self) -> dict[str, float]:
        """Of every plane and none; sums to 1."""
        return dict(zip(self.states, self._belief.tolist(), strict=True))

    def update(self, probabilities: Mapping[str, float], time_s: float) -> PlaneState:
        """Take in a frame.

        Parameters
        ----------
        probabilities : mapping of str to float
            By plane and ``"none"``; a plane that is not named has 0.
        time_s : float
            Of the frame; not before the one before.
        """
        unknown = set(probabilities) - set(self.states)
        if unknown:
            raise SesamoidError(
                f"the assessor names {sorted(unknown)[0]!r}, which is no plane of the protocol",
                fix=f"use one of {', '.join(self.states)}.",
            )
        rule = self.settings
        first = self._time_s is None
        passed = rule.correlation_s if self._time_s is None else max(0.0, time_s - self._time_s)
        self._time_s = time_s
        left = 1 - np.exp(-passed / rule.stay_s)
        belief = self._belief * (1 - left) + left / len(self.states)
        share = min(1.0, passed / rule.correlation_s) if rule.correlation_s > 0 else 1.0
        seen = np.array([probabilities.get(state, 0.0) for state in self.states])
        belief = belief * np.maximum(seen, rule.least) ** share
        self._belief = belief / belief.sum()
        self._state = self._decide(time_s, first)
        return self._state

    def _decide(self, time_s: float, first: bool) -> PlaneState:
        rule, before = self.settings, self._state
        best = int(self._belief.argmax())
        name, strength = self.states[best], float(self._belief[best])
        since = time_s if first else before.since_s
        held = float(self._belief[self._index[before.plane]])
        gone = before.plane != NO_PLANE and held < rule.leave
        if name == before.plane or strength < rule.enter:
            self._coming = None
        elif self._coming is None or self._coming[0] != name:
            self._coming = (name, time_s)
        if self._coming is not None and time_s - self._coming[1] >= rule.enter_s:
            self._coming = None
            return PlaneState(name, strength, time_s, True)
        if gone:
            return PlaneState(NO_PLANE, float(self._belief[-1]), time_s, True)
        return PlaneState(before.plane, held, since, False)
