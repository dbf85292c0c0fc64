"""The clock of a running experiment: slices of steps on the event loop, between them the keys.

No thread and no lock: a slice ends after a few milliseconds, so a key is answered at once. Steps
are owed by the time that passed and the chosen speed; what a slice cannot make is forgotten, so a
slow machine runs slower and is never late.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Literal

from lessons.kit.run import Run

SPEEDS: tuple[float, ...] = (1, 4, 15, 60, 250, 1000, 4000, float("inf"))
"""Steps a second; the last is as many as there is time for."""
TICK = 1 / 60
"""Seconds from tick to tick: slices and pictures take turns."""
SLICE = 0.012
"""Seconds that a slice may take."""
INPUT_PAUSE = 0.03
"""Seconds after a key or the mouse in which nothing else is begun."""
LONGEST_PAUSE = 0.09
"""Seconds after which something is done even while keys keep coming."""
HAND_PAUSE, LONGEST_HAND_PAUSE = 0.02, 0.05
"""The same for the picture of what was turned by hand: the knob itself is shown before it."""

Act = Literal["rebuild", "slice", "frame", "wait", "rest"]


class Clock:
    """Portions a run out in slices.

    >>> from lessons.catalogue import find, load
    >>> clock = Clock(Run(load(find("gradient_descent")).experiment()), speed=60)
    >>> clock.slice(0.5), clock.run.steps
    (30, 30)
    """

    def __init__(self, run: Run, speed: float = 60, timer: Callable[[], float] = perf_counter):
        self.run = run
        self.speed = speed
        self.playing = False
        self._timer = timer
        self._owed = 0.0

    def faster(self, by: int) -> None:
        """Go some speeds up, or down where `by` is negative; a page's own speed lies between."""
        if by > 0:
            index = bisect_right(SPEEDS, self.speed) + by - 1
        else:
            index = bisect_left(SPEEDS, self.speed) + by
        self.speed = SPEEDS[min(len(SPEEDS) - 1, max(0, index))]

    def slice(self, elapsed: float, stop: int | None = None) -> int:
        """Make the steps that `elapsed` seconds are worth; returns how many were made.

        A slice ends at step `stop` and does not step over it: somebody wants to look at the run
        as it is there.
        """
        end = self._timer() + SLICE
        worth = elapsed * self.speed if elapsed > 0 else 0.0
        self._owed = min(self._owed + worth, 1e9)
        if stop is not None and self.run.steps < stop:
            self._owed = min(self._owed, stop - self.run.steps)
        made, portion = 0, 1
        while self._owed >= 1 and self.run.status == "running":
            done = self.run.advance(min(portion, int(self._owed)))
            made += done
            self._owed -= done
            now = self._timer()
            if now >= end or not done:
                self._owed = 0.0
                break
            portion = min(portion * 2, max(1, self.run.lab.stride))
        return made


@dataclass
class Turns:
    """What a tick is used for: one thing only, so that no key waits for more than one.

    A picture of what was just turned by hand comes first, as soon as the knob itself was shown;
    everything else waits until no key was pressed for a moment. Neither waits for long.
    """

    last_input: float = 0.0
    _last_act: float = 0.0
    _was_slice: bool = False
    _hand_since: float | None = None

    def take(self, now: float, *, due: bool, by_hand: bool, playing: bool, stale: bool) -> Act:
        """The next act, at `now` seconds."""
        if by_hand and self._hand_since is None:
            self._hand_since = now
        act = self._act(now, due, by_hand, playing, stale)
        if act == "frame" and by_hand:
            self._hand_since = None
        elif act in ("slice", "frame"):
            self._last_act, self._was_slice = now, act == "slice"
        return act

    def _act(self, now: float, due: bool, by_hand: bool, playing: bool, stale: bool) -> Act:
        if due:
            return "rebuild"
        since = now - self.last_input
        if by_hand and self._hand_since is not None:
            is_late = now - self._hand_since >= LONGEST_HAND_PAUSE
            return "frame" if since >= HAND_PAUSE or is_late else "wait"
        if not (playing or stale):
            return "rest"
        if since < INPUT_PAUSE and now - self._last_act < LONGEST_PAUSE:
            return "wait"
        return "slice" if playing and not (stale and self._was_slice) else "frame"


def speed_name(speed: float) -> str:
    """A speed in a few characters.

    >>> speed_name(60), speed_name(float("inf"))
    ('60/s', 'full')
    """
    return "full" if speed == float("inf") else f"{speed:g}/s"
