"""The clock of a running experiment: slices of steps on the event loop, with keys handled between.

There is no thread and no lock: a slice ends after a few milliseconds, so keys are handled at once.
The elapsed time and the chosen speed determine how many steps are due; those that do not fit into a
slice are dropped, so a slow machine runs slower but never lags behind.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Literal

from lessons.kit.run import Run

SPEEDS: tuple[float, ...] = (1, 4, 15, 60, 250, 1000, 4000, float("inf"))
"""Steps per second; the last is as many as there is time for."""
TICK = 1 / 60
"""Seconds between ticks: slices and pictures alternate."""
SLICE = 0.012
"""Seconds that a slice may take."""
INPUT_PAUSE = 0.03
"""Seconds after keyboard or mouse input during which nothing else is started."""
LONGEST_PAUSE = 0.09
"""Seconds after which something is done even if keys keep arriving."""
HAND_PAUSE, LONGEST_HAND_PAUSE = 0.02, 0.05
"""The same for the picture of a knob turned by hand: the knob itself is shown first."""

Task = Literal["rebuild", "slice", "frame", "wait", "rest"]


class Clock:
    """Advances a run in slices.

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

    def change_speed(self, by: int) -> None:
        """Go `by` speeds up or down; a page's own speed may lie between two of them."""
        if by > 0:
            index = bisect_right(SPEEDS, self.speed) + by - 1
        else:
            index = bisect_left(SPEEDS, self.speed) + by
        self.speed = SPEEDS[min(len(SPEEDS) - 1, max(0, index))]

    def slice(self, elapsed: float, stop: int | None = None) -> int:
        """Make the steps due after `elapsed` seconds; returns how many were made.

        A slice ends at step `stop` and never steps over it, so that the run can be inspected there.
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
class Scheduler:
    """Chooses what each tick does: a single task, so that no key waits for more than one.

    The picture of a knob just turned by hand comes first, as soon as the knob itself is shown;
    everything else waits until no key has been pressed for a moment. Neither waits long.
    """

    last_input: float = 0.0
    _last_task: float = 0.0
    _was_slice: bool = False
    _hand_since: float | None = None

    def next_task(
        self, now: float, *, due: bool, by_hand: bool, playing: bool, stale: bool
    ) -> Task:
        """The task of a tick at `now` seconds."""
        if by_hand and self._hand_since is None:
            self._hand_since = now
        task = self._choose(now, due, by_hand, playing, stale)
        if task == "frame" and by_hand:
            self._hand_since = None
        elif task in ("slice", "frame"):
            self._last_task, self._was_slice = now, task == "slice"
        return task

    def _choose(self, now: float, due: bool, by_hand: bool, playing: bool, stale: bool) -> Task:
        if due:
            return "rebuild"
        since = now - self.last_input
        if by_hand and self._hand_since is not None:
            is_late = now - self._hand_since >= LONGEST_HAND_PAUSE
            return "frame" if since >= HAND_PAUSE or is_late else "wait"
        if not (playing or stale):
            return "rest"
        if since < INPUT_PAUSE and now - self._last_task < LONGEST_PAUSE:
            return "wait"
        return "slice" if playing and not (stale and self._was_slice) else "frame"


def speed_name(speed: float) -> str:
    """A speed in a few characters.

    >>> speed_name(60), speed_name(float("inf"))
    ('60/s', 'full')
    """
    return "full" if speed == float("inf") else f"{speed:g}/s"
