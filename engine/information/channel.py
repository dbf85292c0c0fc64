"""Channel capacity: how much gets through noise, at best, without errors after decoding.

A channel is W (K, L): W[x, y] = P(y received | x sent), each row adding up to 1. Its capacity is
the mutual information of x and y under the best distribution of x. The unit is in `base`: 2 gives
bits per use.

Sources: Shannon 1948; Cover & Thomas 2006, sections 7.1 and 10.8; Arimoto 1972; Blahut 1972.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from engine.errors import DomainError
from engine.information.measures import entropy, unit
from engine.validate import integer, matrix, probabilities, scalar


def binary_symmetric_capacity(flip: float, *, base: float = 2) -> float:
    """C = log 2 − H(flip): each bit comes out wrong with that probability.

    Args:
        flip: in [0, 1]; at ½ nothing gets through, at 1 everything, upside down.
        base: 2 for bits, e for nats.

    Raises:
        DomainError: an argument outside its domain.

    >>> round(binary_symmetric_capacity(0.11), 5)
    0.50008

    Source: Cover & Thomas 2006, section 7.1.4.
    """
    flip = scalar("binary_symmetric_capacity", "flip", flip, low=0, high=1)
    most = math.log(2) / unit(base, "binary_symmetric_capacity")
    return max(0.0, most - entropy([flip, 1 - flip], base=base))


def binary_erasure_capacity(lost: float, *, base: float = 2) -> float:
    """C = (1 − lost) log 2: each bit is lost, and known to be, with that probability.

    Args:
        lost: in [0, 1].
        base: 2 for bits, e for nats.

    Raises:
        DomainError: an argument outside its domain.

    >>> binary_erasure_capacity(0.25)
    0.75

    Source: Cover & Thomas 2006, section 7.1.5.
    """
    lost = scalar("binary_erasure_capacity", "lost", lost, low=0, high=1)
    return (1 - lost) * math.log(2) / unit(base, "binary_erasure_capacity")


@dataclass(frozen=True, slots=True, eq=False)
class CapacityStep:
    """A distribution of the input, p (K,), and what it proves: low ≤ capacity ≤ high, in the unit.

    `low` is what gets through under p: the mutual information. `step` counts from 0, the even law.
    """

    step: int
    p: Array
    low: float
    high: float


def blahut_arimoto(
    W: ArrayLike, *, base: float = 2, tolerance: float = 1e-9, limit: int = 100_000
) -> Iterator[CapacityStep]:
    """Send what is easily distinguished more often: p(x) ← p(x) e^D(x), normalized.

    D(x) = KL(W[x] ‖ output); Σ p D is what gets through, and no input can achieve more than the
    largest D.

    Args:
        W: (K, L), each row adding up to 1.
        base: 2 for bits, e for nats.
        tolerance: ends when high − low is no more than that, in the unit, > 0.
        limit: the most steps, an integer ≥ 1.

    Returns:
        Steps; the last one is within the tolerance.

    Raises:
        ShapeError: W is not (K, L).
        DomainError: an argument outside its domain, or the limit came first.

    >>> *_, last = blahut_arimoto([[0.5, 0.5], [0.0, 1.0]])  # the Z channel: log₂ 5/4
    >>> round(last.low, 6), last.p.round(4).tolist()
    (0.321928, [0.4, 0.6])

    Source: Blahut 1972, theorem 1; Arimoto 1972.
    """
    where, W = "blahut_arimoto", matrix("blahut_arimoto", "W", W)
    for row in W:
        probabilities(where, "each row of W", row)
    tolerance = scalar(where, "tolerance", tolerance, above=0, infinite=True)
    limit = integer(where, "limit", limit, low=1)
    return _capacity_steps(W, unit(base, where), tolerance, limit)


def _capacity_steps(W: Array, nats: float, tolerance: float, limit: int) -> Iterator[CapacityStep]:
    p = np.full(len(W), 1 / len(W))
    own = (W * np.log(np.where(W > 0, W, 1))).sum(axis=1)  # −H of each row, in nats
    for step in range(limit):
        received = p @ W  # (L,)
        D = own - W @ np.log(np.where(received > 0, received, 1))
        low, high = max(0.0, float(p @ D)) / nats, max(0.0, float(D.max())) / nats
        yield CapacityStep(step, p.copy(), low, high)
        if high - low <= tolerance:
            return
        p = p * np.exp(D - D.max())
        p = p / p.sum()
    raise DomainError(
        f"blahut_arimoto: expected bounds within {tolerance:g} after {limit} steps, got "
        f"{high - low:g}. Take a larger tolerance or limit."
    )


def capacity(
    W: ArrayLike, *, base: float = 2, tolerance: float = 1e-9, limit: int = 100_000
) -> float:
    """The most that gets through a channel: `low` of the last step of `blahut_arimoto`.

    Raises:
        ShapeError, DomainError: as `blahut_arimoto`.

    >>> round(capacity([[0.89, 0.11], [0.11, 0.89]]), 5)
    0.50008
    """
    *_, last = blahut_arimoto(W, base=base, tolerance=tolerance, limit=limit)
    return last.low
