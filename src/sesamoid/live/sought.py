"""How long a plane has been looked for in vain: then it is better to begin again."""

from __future__ import annotations

from collections.abc import Collection

from sesamoid.live.settings import GuidanceSettings


class Sought:
    """Counts the time off all planes since the probe was put down or a plane was kept.

    Parameters
    ----------
    settings : GuidanceSettings
    """

    def __init__(self, settings: GuidanceSettings):
        self.settings = settings
        self._left: tuple[str, ...] | None = None
        self._sought_s = self._told_s = self._time_s = 0.0

    def in_vain(self, left: Collection[str], on: bool, time_s: float) -> bool:
        """Whether to say so now.

        Parameters
        ----------
        left : collection of str
            The planes that are still to be kept; when they become others the count begins anew.
        on : bool
            Whether the probe is on a plane: that time does not count.
        time_s : float
        """
        if tuple(left) != self._left:
            self._left = tuple(left)
            self.begin(time_s)
        passed = max(0.0, time_s - self._time_s)
        self._time_s = time_s
        if on:
            self._told_s = 0.0
            return False
        self._sought_s += passed
        if self._sought_s < self.settings.anew_s:
            return False
        self._told_s += passed
        if self._told_s > self.settings.anew_told_s:
            self.begin(time_s)
            return False
        return True

    def begin(self, time_s: float) -> None:
        """The probe was lifted, or something else is looked for."""
        self._sought_s = self._told_s = 0.0
        self._time_s = time_s
