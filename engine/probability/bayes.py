"""Bayes' rule: from how likely the data are under each cause to how likely each cause is.

P(cause | data) = P(data | cause) P(cause) / P(data).

Source: Bishop 2006, Pattern Recognition and Machine Learning, section 1.2; Gigerenzer & Hoffrage
1995 (the test in numbers of people).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from engine.scaling import scaled
from engine.validate import array, integer, probabilities, require, scalar


def posterior(prior: ArrayLike, likelihood: ArrayLike) -> Array:
    """prior · likelihood, normalized: what to believe after the data.

    Args:
        prior: (K,), P(cause), adding up to 1.
        likelihood: (K,), P(data | cause) or anything proportional to it, ≥ 0.

    Returns:
        (K,), P(cause | data).

    Raises:
        ShapeError: not one likelihood for each cause.
        DomainError: prior is not probabilities; a likelihood is negative or not finite; or
            the data are impossible under every cause that is possible.

    >>> posterior([0.5, 0.5], [0.2, 0.6]).round(9).tolist()
    [0.25, 0.75]
    """
    prior = probabilities("posterior", "prior", prior)
    likelihood = array("posterior", "likelihood", likelihood, shape=prior.shape, low=0)
    possible = np.where(prior > 0, likelihood, 0)
    joint = prior * scaled(possible)[0]
    require(joint.sum() > 0, "posterior", "data possible under some cause", "P(data) = 0")
    return np.asarray(joint / joint.sum())


class Diagnosis(NamedTuple):
    """What a test's result means, all in [0, 1].

    `positive` is P(+), `if_positive` P(ill | +), `if_negative` P(ill | −); NaN where that result
    never comes.
    """

    positive: float
    if_positive: float
    if_negative: float


def medical_test(prevalence: float, sensitivity: float, false_alarm: float) -> Diagnosis:
    """How many of those whom a test calls ill are ill: few, where the illness is rare.

    P(ill | +) = sens · prev / (sens · prev + alarm · (1 − prev)).

    Args:
        prevalence: P(ill).
        sensitivity: P(+ | ill).
        false_alarm: P(+ | healthy), 1 − specificity.

    Raises:
        DomainError: an argument outside of [0, 1].

    >>> print(f"{medical_test(0.01, 0.9, 0.09).if_positive:.3%}")
    9.174%
    """
    for name, share in (("prevalence", prevalence), ("sensitivity", sensitivity),
                        ("false_alarm", false_alarm)):  # fmt: skip
        scalar("medical_test", name, share, low=0, high=1)
    healthy = 1 - prevalence
    hit, alarm = sensitivity * prevalence, false_alarm * healthy
    miss, rest = (1 - sensitivity) * prevalence, (1 - false_alarm) * healthy
    return Diagnosis(
        hit + alarm,
        hit / (hit + alarm) if hit + alarm else float("nan"),
        miss / (miss + rest) if miss + rest else float("nan"),
    )


def birthday(people: int, days: int = 365) -> float:
    """The probability that two of them share a birthday: 1 − Π (1 − i/days).

    Args:
        people: an integer ≥ 0.
        days: an integer ≥ 1, all alike.

    Raises:
        DomainError: an argument outside its domain.

    >>> round(birthday(23), 5)
    0.5073
    """
    people = integer("birthday", "people", people, low=0)
    days = integer("birthday", "days", days, low=1)
    if people > days:
        return 1.0
    return float(-np.expm1(np.log1p(-np.arange(people) / days).sum()))


def monty_hall(doors: int = 3, opened: int = 1) -> tuple[float, float]:
    """Of winning by staying and by changing, after the host opened doors without the prize.

    Staying wins with 1/n, as before; the rest, 1 − 1/n, is shared by the doors that are still shut.

    Args:
        doors: n, an integer ≥ 3.
        opened: an integer, 0 ≤ opened ≤ n − 2.

    Raises:
        DomainError: an argument outside its domain.

    >>> stay, change = monty_hall()
    >>> round(stay, 4), round(change, 4)
    (0.3333, 0.6667)

    Source: Selvin 1975, A problem in probability.
    """
    doors = integer("monty_hall", "doors", doors, low=3)
    opened = integer("monty_hall", "opened", opened, low=0, high=doors - 2)
    return 1 / doors, (1 - 1 / doors) / (doors - 1 - opened)
