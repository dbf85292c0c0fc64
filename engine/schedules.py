"""Schedules: the learning rate as a function of the step, and a test that finds its range.

A step is t = 0, 1, 2, …: how many updates were made before, as PyTorch counts. A schedule takes one
number or an array of them and gives the rate of each; past its end it stays at its last rate.

Settings: lr > 0 is the starting or the highest rate, low ≥ 0 the lowest, total > 0 the length in
steps.
"""

from collections.abc import Callable, Iterator, Mapping
from math import isfinite, log
from typing import NamedTuple

import numpy as np

from engine.array import Array
from engine.errors import DomainError
from engine.optim.schedule import Points, Schedule, schedule


@schedule
def constant(t: Array, *, lr: float = 0.1) -> Array:
    """The same rate at every step.

    >>> constant(7)
    0.1
    """
    return np.full(t.shape, lr)


@schedule
def step(t: Array, *, lr: float = 0.1, every: float = 30.0, factor: float = 0.1) -> Array:
    """Stairs: times `factor` after each `every` steps. He et al. 2016, section 3.4.

    >>> step(np.array([0, 29, 30])).round(6).tolist()
    [0.1, 0.1, 0.01]
    """
    return np.asarray(lr * factor ** (t // every))


@schedule
def exponential(t: Array, *, lr: float = 0.1, factor: float = 0.95) -> Array:
    """η · factorᵗ: every step keeps the same share of the rate.

    >>> exponential(2, lr=1.0, factor=0.5)
    0.25
    """
    return np.asarray(lr * factor**t)


@schedule
def polynomial(
    t: Array, *, lr: float = 0.1, total: float = 100.0, power: float = 2.0, low: float = 0.0
) -> Array:
    """From η to `low` as (1 − t/T)ᵖ; p = 1 is a straight line. Chen et al. 2017, section 4.1.

    >>> polynomial(50, lr=1.0)
    0.25
    """
    left = 1 - np.minimum(t / total, 1)
    return np.asarray(low + (lr - low) * left**power)


@schedule
def cosine(t: Array, *, lr: float = 0.1, total: float = 100.0, low: float = 0.0) -> Array:
    """From η to `low` along half a wave: slow at both ends. Loshchilov & Hutter 2017, equation 5.

    Half of the range is left at T/2, (1 + √½)/2 = .853553 of it at T/4. After T it stays low
    (PyTorch's goes up again).

    >>> round(cosine(25, lr=1.0), 6)
    0.853553
    """
    turn = np.pi * np.minimum(t / total, 1)
    return np.asarray(low + (lr - low) * (1 + np.cos(turn)) / 2)


MOST_CYCLES = 1000
"""Up to so many are counted one by one; a step in a later one is found by a form of its own."""


@schedule
def warm_restarts(
    t: Array, *, lr: float = 0.1, first: float = 25.0, stretch: float = 1.0, low: float = 0.0
) -> Array:
    """Cosine again and again, each time `stretch` times as long as before.

    Loshchilov & Hutter 2017, section 3 (SGDR): T₀ is `first`, T_mult is `stretch`. Cycle n starts
    at T₀ (rⁿ − 1) / (r − 1), the sum of a geometric series.

    >>> warm_restarts(np.array([0, 10, 30]), first=10, stretch=2).tolist()
    [0.1, 0.1, 0.1]
    """
    passed = _equal_cycles(t, first) if stretch == 1 else _growing_cycles(t, first, stretch)
    return np.asarray(low + (lr - low) * (1 + np.cos(np.pi * passed)) / 2)


def _equal_cycles(t: Array, first: float) -> Array:
    """Which share of its cycle has passed at each step, in cycles of one length.

    It is the fraction of t / T₀, which loses digits as the quotient grows; after many cycles it is
    taken from the rest t − n T₀, exact for integers.
    """
    with np.errstate(over="ignore"):
        cycles = np.minimum(t / first, np.finfo(float).max)
        rest = (t - np.floor(cycles) * first) / first
    return np.asarray(np.where(cycles < MOST_CYCLES, cycles % 1, np.clip(rest, 0, 1)))


def _growing_cycles(t: Array, first: float, stretch: float) -> Array:
    """Which share of its cycle has passed at each step, where each is r times the one before.

    The starts of the first cycles are added up, which is exact for integers. Where r is so near 1
    that there are more of them, u = log(1 + t (r − 1) / T₀) / log r says which cycle a step is in,
    and its fraction how far: (r^{u − n} − 1) / (r − 1).
    """
    with np.errstate(over="ignore"):
        growth = np.minimum(t / first * (stretch - 1), np.finfo(float).max)
        u = np.log1p(growth) / log(stretch)
        count = int(min(np.max(u, initial=0) + 3, MOST_CYCLES))
        lengths = np.multiply.accumulate([first, *[stretch] * (count - 1)])
        starts = np.cumsum([0.0, *lengths])
        cycle = np.minimum(np.searchsorted(starts, t, side="right") - 1, count - 1)
        counted = (t - starts[cycle]) / lengths[cycle]
    later = np.expm1(u % 1 * log(stretch)) / (stretch - 1)
    return np.asarray(np.where(t < starts[-1], counted, later))


@schedule
def one_cycle(
    t: Array, *, lr: float = 0.1, total: float = 100.0, rise: float = 0.3,
    start: float = 25.0, end: float = 1e4,
) -> Array:  # fmt: skip
    """Up from η / start to η, then down to η / (start · end), both along half a cosine.

    Smith & Topin 2018, with PyTorch's cosine in place of lines: the top is at rise · T − 1 and the
    end at the last step, T − 1. A rise of a step or less starts at the top.

    >>> one_cycle(np.array([0, 29, 99])).round(9).tolist()
    [0.004, 0.1, 4e-07]
    """
    top, last = max(rise * total - 1, 0.0), max(total - 1, 0.0)
    up = np.clip(t / top, 0, 1) if top else np.ones(t.shape)
    down = np.clip((t - top) / (last - top), 0, 1) if last > top else np.zeros(t.shape)
    rising = lr + (lr / start - lr) * (1 + np.cos(np.pi * up)) / 2
    falling = lr / (start * end) + (lr - lr / (start * end)) * (1 + np.cos(np.pi * down)) / 2
    return np.where(t < top, rising, falling)


@schedule
def warm_up(t: Array, *, lr: float = 0.1, warm: float = 10.0) -> Array:
    """Up in a straight line to η within `warm` steps, then constant. Goyal et al. 2017, §2.2.

    The first step has η / warm, not 0, so that none is lost.

    >>> warm_up(np.array([0, 4, 9, 50])).round(9).tolist()
    [0.01, 0.05, 0.1, 0.1]
    """
    return np.asarray(lr * np.minimum((t + 1) / warm, 1))


@schedule
def inverse_root(t: Array, *, lr: float = 1.0, width: float = 512.0, warm: float = 4e3) -> Array:
    """η · d^−½ · min(s^−½, s · w^−³ᐟ²) with s = t + 1: the warm-up of the Transformer.

    Vaswani et al. 2017, equation 3, where η is 1; it peaks at s = w.

    >>> print(f"{inverse_root(3999):.5e}")
    6.98771e-04
    """
    s = t + 1
    return np.asarray(lr * width**-0.5 * np.minimum(s**-0.5, s * warm**-1.5))


@schedule
def drawn(t: Array, *, points: Points = ((0.0, 0.01), (20.0, 0.1), (100.0, 0.001))) -> Array:
    """Straight from point to point (step, rate), as drawn by hand; level before and after them.

    >>> drawn(5, points=[(0, 0.0), (10, 1.0)])
    0.5
    """
    steps, rates = zip(*points, strict=True)
    return np.asarray(np.interp(t, steps, rates))


SCHEDULES: Mapping[str, Schedule] = {
    made.name: made
    for made in (
        constant, step, exponential, polynomial, cosine, warm_restarts, one_cycle, warm_up,
        inverse_root, drawn,
    )
}  # fmt: skip
"""All schedules by name."""


class Trial(NamedTuple):
    """One update of a range test: its rate, and the loss after it."""

    lr: float
    loss: float


def range_test(
    update: Callable[[float], float], *, low: float = 1e-6, high: float = 10.0, steps: int = 100,
    factor: float = 4.0,
) -> Iterator[Trial]:  # fmt: skip
    """Raise the rate by the same share at each update until the loss runs away.

    Smith 2017, section 3.3, with geometric rates. On a parabola the loss turns up at 2/λ. It tells
    what it saw and no more: no smoothing, and no advice; the model ends up spoilt, so give it a
    copy. The losses of mini-batches scatter: let `update` return the loss of all data.

    Args:
        update: makes one update at a rate and returns the loss after it.
        low, high: the first and the last rate, 0 < low < high.
        steps: updates at most, an integer ≥ 2.
        factor: ends after a loss above so many times the lowest so far, or one not finite; > 1.

    Raises:
        DomainError: a setting outside its domain.

    >>> [(trial.lr, trial.loss) for trial in range_test(lambda lr: lr**2, low=0.5, high=2, steps=3)]
    [(0.5, 0.25), (1.0, 1.0), (2.0, 4.0)]
    """
    whole = isfinite(steps) and steps == int(steps)
    if not (0 < low < high < np.inf and whole and steps >= 2 and factor > 1):
        raise DomainError(
            "range_test: expected 0 < low < high, an integer steps ≥ 2 and factor > 1, got "
            f"{low}, {high}, {steps} and {factor}."
        )
    return _trials(update, np.geomspace(low, high, int(steps)), factor)


def _trials(update: Callable[[float], float], rates: Array, factor: float) -> Iterator[Trial]:
    best = np.inf
    for lr in rates.tolist():
        loss = float(update(lr))
        yield Trial(lr, loss)
        best = min(best, loss)
        if not isfinite(loss) or loss > factor * best:
            return
