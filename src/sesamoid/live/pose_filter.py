"""The probe's offset from a plane, smoothed over frames, with what is left of doubt."""

from __future__ import annotations

from dataclasses import dataclass

from sesamoid.anatomy import PoseTolerance
from sesamoid.live.assessment import Estimate, PoseOffset
from sesamoid.live.settings import GuidanceSettings


@dataclass(frozen=True)
class Error:
    """One error, in its own unit and in tolerances.

    Parameters
    ----------
    value, sd : float
    tolerance : float
    """

    value: float
    sd: float
    tolerance: float

    @property
    def relative(self) -> float:
        """Size in tolerances."""
        return abs(self.value) / self.tolerance

    @property
    def doubt(self) -> float:
        """How large it may well be, in tolerances."""
        return (abs(self.value) + self.sd) / self.tolerance


class PoseFilter:
    """A Kalman filter of a random walk for each error by itself.

    Estimates of frames close in time share their errors, so their variance counts for more the
    closer they are: the same seconds weigh the same at any frame rate.
    """

    def __init__(self, settings: GuidanceSettings):
        self.settings = settings
        self.plane = ""
        self._held: dict[str, Estimate] = {}
        self._time_s = 0.0

    def update(self, pose: PoseOffset, tolerance: PoseTolerance, time_s: float) -> dict[str, Error]:
        """Take in a frame's offset; another plane's offset starts anew."""
        if pose.plane != self.plane:
            self.plane, self._held = pose.plane, {}
        passed = max(0.0, time_s - self._time_s)
        self._time_s = time_s
        rule = self.settings
        apart = max(passed, 1e-3)
        inflation = max(1.0, rule.correlation_s / apart)
        held: dict[str, Estimate] = {}
        for name, seen in pose.parts().items():
            limit = float(getattr(tolerance, name))
            before = self._held.get(name)
            if before is None:
                held[name] = seen
                continue
            variance = before.sd**2 + (rule.wander * limit) ** 2 * passed
            noise = seen.sd**2 * inflation
            gain = variance / (variance + noise) if variance + noise > 0 else 1.0
            value = before.value + gain * (seen.value - before.value)
            held[name] = Estimate(value, ((1 - gain) * variance) ** 0.5)
        self._held = held
        return {
            name: Error(one.value, one.sd, float(getattr(tolerance, name)))
            for name, one in held.items()
        }

    def reset(self) -> None:
        """Forget everything."""
        self.plane, self._held = "", {}
