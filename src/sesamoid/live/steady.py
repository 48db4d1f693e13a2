"""What keeps guidance steady: complaints that fade in and out, and one voice that finishes."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import replace

import numpy as np

from sesamoid.live.instruction import EXPLORING, Act, Instruction
from sesamoid.live.settings import GuidanceSettings

HEARD, KEPT = 0.5, 0.25
"""Shares of the recent time that a complaint must have been there to be heard, and to stay so."""
FORGOTTEN = 1e-3
ADVICE = (Act.SLIDE, *EXPLORING.values(), Act.TURN_ROUND, Act.CONTACT, Act.DEPTH, Act.GAIN)
"""Acts by which the picture is mended where nothing tells how much is needed."""


class Fading:
    """Complaints come and go with the frames; what was there most of the time is heard for a while.

    Parameters
    ----------
    settle_s : float
        Time constant.
    at_once : bool
        Whether the first frame counts for all of the time before it.
    """

    def __init__(self, settle_s: float, *, at_once: bool = True):
        self.settle_s, self.at_once = settle_s, at_once
        self._share: dict[str, float] = {}
        self._last: dict[str, Instruction] = {}
        self._heard: set[str] = set()
        self._time_s: float | None = None

    def update(self, said: dict[str, Instruction], time_s: float) -> dict[str, Instruction]:
        """The complaints that are heard now."""
        if self._time_s is None:
            fade = float(self.at_once)
        else:
            fade = 1 - float(np.exp(-max(0.0, time_s - self._time_s) / self.settle_s))
        self._time_s = time_s
        self._last.update(said)
        for key in list(self._last):
            before = self._share.get(key, 0.0)
            self._share[key] = before + fade * (float(key in said) - before)
            if self._share[key] < FORGOTTEN:
                del self._share[key], self._last[key]
        self._heard = {
            key for key in self._last if self._share[key] >= (KEPT if key in self._heard else HEARD)
        }
        return {key: one for key, one in self._last.items() if key in self._heard}

    def reset(self) -> None:
        """Forget everything."""
        self._share.clear()
        self._last.clear()
        self._heard.clear()
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
        self._failed: Counter[str] = Counter()
        self._searched: defaultdict[str, float] = defaultdict(float)
        self._asked_s = 0.0

    def choose(
        self, found: dict[str, Instruction], time_s: float, *, fine: bool = False
    ) -> Instruction | None:
        """The instruction to stand among several, or None where none is called for.

        The one that stands goes on until it is done; before, another one takes over only where it
        is worse by the settings' factor, and not before the settings' dwell. Advice about the
        picture stands for the dwell in any case: else whoever holds the probe has no time to
        follow it. Where it has stood for long and changed nothing it is put aside for as long,
        and for twice as long the next time, so that it never blocks the others.

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
            if self._is_fresh_advice(time_s):
                return self._shown
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
        due = time_s - self._refreshed_s >= self.settings.refresh_s
        if not _searches(new) and new.text != shown.text and due:
            self._refreshed_s = time_s
        else:
            new = replace(shown, severity=new.severity)
        self._shown = new
        return new

    def _worth_trying(self, found: dict[str, Instruction], time_s: float) -> dict[str, Instruction]:
        """Without those that were put aside: advice about the picture that did not help."""
        rule, current = self.settings, found.get(self._key)
        if current is not None and _searches(current):  # also where others broke in
            patience_s = rule.search_s
            self._searched[self._key] += max(0.0, time_s - self._asked_s)
            stood = self._searched[self._key] >= patience_s and self._dwelt(time_s)
        else:
            patience_s = rule.fruitless_s
            stood = time_s - self._since_s >= patience_s
        self._asked_s = time_s
        if current is not None and stood and not _measured(current):
            if current.severity > rule.fruitful * self._first:
                self._aside[self._key] = time_s + patience_s * 2 ** self._failed[self._key]
                self._failed[self._key] += 1
                self._searched.pop(self._key, None)
            else:
                self._since_s, self._first = time_s, current.severity
        self._aside = {key: until for key, until in self._aside.items() if until > time_s}
        return {key: one for key, one in found.items() if key not in self._aside}

    def release(self) -> None:
        """Another plane is looked for: what was said stands no longer, and anything may help."""
        self._since_s = -math.inf
        self._aside.clear()
        self._failed.clear()
        self._searched.clear()

    def _is_fresh_advice(self, time_s: float) -> bool:
        shown = self._shown
        if shown is None or self._key in self._aside or self._dwelt(time_s):
            return False
        return shown.act in ADVICE and not _measured(shown)

    def _dwelt(self, time_s: float) -> bool:
        return time_s - self._since_s >= self.settings.dwell_s


def _turned(new: Instruction, shown: Instruction) -> bool:
    """Not the same move with another figure; to and fro is the same whichever way comes first."""
    if new.act is shown.act and _searches(new):
        return False
    return (new.act, new.plane, new.toward, new.end) != (
        shown.act, shown.plane, shown.toward, shown.end
    )  # fmt: skip


def _searches(said: Instruction) -> bool:
    """To and fro, for what one picture does not tell."""
    return said.act in EXPLORING.values()


def _measured(said: Instruction) -> bool:
    """A move by an amount that was measured: it leads to the plane, however long that takes."""
    return said.amount is not None and said.act not in (Act.DEPTH, Act.GAIN)
