"""The clock of a running lesson: slices of simulation on the event loop, between them the keys.

No thread and no lock: a slice ends after a few milliseconds, so a key is answered at once. Steps
are owed by the time that passed and the chosen speed; what a slice cannot make is forgotten, so a
slow machine runs slower and is never late.
"""

from collections.abc import Callable
from time import perf_counter

from lessons.kit.run import Run

SPEEDS: tuple[float, ...] = (1, 4, 15, 60, 250, 1000, float("inf"))
"""Steps a second; the last is as many as there is time for."""
TICK = 1 / 60
"""Seconds from tick to tick: slices and pictures take turns."""
SLICE = 0.012
"""Seconds that a slice may take."""
HUSH = 0.03
"""Seconds after a key or the mouse in which nothing else is begun."""


class Clock:
    """Portions a run out in slices.

    >>> from lessons.catalogue import find, load
    >>> clock = Clock(Run(load(find("gradient_descent"))), speed=60)
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
        """Go to the next speed up (by = 1) or down (by = -1)."""
        index = SPEEDS.index(self.speed) + by
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
            if now >= end:
                self._owed = 0.0
                break
            portion = min(portion * 2, max(1, self.run.simulation.stride))
        return made


def speed_name(speed: float) -> str:
    """A speed in a few characters.

    >>> speed_name(60), speed_name(float("inf"))
    ('60/s', 'full')
    """
    return "full" if speed == float("inf") else f"{speed:g}/s"
