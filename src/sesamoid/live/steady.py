"""What keeps guidance steady: complaints that fade in and out, and one voice that finishes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sesamoid.live.instruction import Act, Instruction
from sesamoid.live.settings import GuidanceSettings

HEARD = 0.5
"""Share of the recent time that a complaint must have been there to be heard."""
FORGOTTEN = 1e-3


class Fading:
    """Complaints come and go with the frames; only those that are there most of the time count."""

    def __init__(self, settle_s: float):
        self.settle_s = settle_s
        self._share: dict[str, float] = {}
        self._last: dict[str, Instruction] = {}
        self._time_s: float | None = None

    def update(self, said: dict[str, Instruction], time_s: float) -> dict[str, Instruction]:
        """The complaints that have been there for at least half of the recent time."""
        if self._time_s is None:
            fade = 1.0
        else:
            fade = 1 - float(np.exp(-max(0.0, time_s - self._time_s) / self.settle_s))
        self._time_s = time_s
        self._last.update(said)
        for key in list(self._last):
            before = self._share.get(key, 0.0)
            self._share[key] = before + fade * (float(key in said) - before)
            if self._share[key] < FORGOTTEN:
                del self._share[key], self._last[key]
        return {key: one for key, one in self._last.items() if self._share[key] >= HEARD}

    def reset(self) -> None:
        """Forget everything."""
        self._share.clear()
        self._last.clear()
        self._time_s = None


class Voice:
    """Says one thing at a time, and does not interrupt itself without need."""

    def __init__(self, settings: GuidanceSettings):
        self.settings = settings
        self._key = ""
        self._shown: Instruction | None = None
        self._since_s = self._refreshed_s = 0.0
        self._first = 0.0
        self._aside: dict[str, float] = {}

    def choose(
        self, found: dict[str, Instruction], time_s: float, *, fine: bool = False
    ) -> Instruction | None:
        """The instruction to stand among several, or None where none is called for.

        The one that stands goes on until it is done; before, another one takes over only where it
        is worse by the settings' factor, and not before the settings' dwell. Advice about the
        picture that has stood for long and changed nothing is put aside for as long, so that it
        never blocks the others.

        Parameters
        ----------
        found : dict of str to Instruction
        time_s : float
        fine : bool
            Small errors are worth a word too.
        """
        rule = self.settings
        start = min(rule.fine, rule.start) if fine else rule.start
        done = start * rule.done / rule.start
        found = self._worth_trying(found, time_s)
        current = found.get(self._key)
        if current is not None and current.severity < done:
            current = None
        worst = max(found, key=lambda key: found[key].severity, default="")
        if current is None:
            if not worst or found[worst].severity < start:
                return None
            holding = self._shown is not None and self._shown.act is Act.HOLD
            slight = found[worst].severity < start * rule.switch
            if holding and slight and self._shown is not None and not self._dwelt(time_s):
                return self._shown
            return self.say(worst, found[worst], time_s)
        overtaken = found[worst].severity >= rule.switch * current.severity
        if worst != self._key and overtaken and self._dwelt(time_s):
            return self.say(worst, found[worst], time_s)
        return self.say(self._key, current, time_s)

    def say(self, key: str, new: Instruction, time_s: float) -> Instruction:
        """Say this; the same with another figure is renewed only now and then."""
        shown = self._shown
        if shown is None or key != self._key or _turned(new, shown):
            self._key, self._shown = key, new
            self._since_s = self._refreshed_s = time_s
            self._first = new.severity
            return new
        if new.text != shown.text and time_s - self._refreshed_s >= self.settings.refresh_s:
            self._refreshed_s = time_s
        else:
            new = replace(shown, severity=new.severity)
        self._shown = new
        return new

    def _worth_trying(self, found: dict[str, Instruction], time_s: float) -> dict[str, Instruction]:
        """Without those that were put aside: advice about the picture that did not help."""
        rule, current = self.settings, found.get(self._key)
        stood = current is not None and time_s - self._since_s >= rule.fruitless_s
        if current is not None and stood and not _measured(current):
            if current.severity > rule.fruitful * self._first:
                self._aside[self._key] = time_s + rule.fruitless_s
            else:
                self._since_s, self._first = time_s, current.severity
        self._aside = {key: until for key, until in self._aside.items() if until > time_s}
        return {key: one for key, one in found.items() if key not in self._aside}

    def _dwelt(self, time_s: float) -> bool:
        return time_s - self._since_s >= self.settings.dwell_s


def _turned(new: Instruction, shown: Instruction) -> bool:
    """Not the same move with another figure."""
    return (new.act, new.plane, new.toward, new.end) != (
        shown.act, shown.plane, shown.toward, shown.end
    )  # fmt: skip


def _measured(said: Instruction) -> bool:
    """A move by an amount that was measured: it leads to the plane, however long that takes."""
    return said.amount is not None and said.act not in (Act.DEPTH, Act.GAIN)
