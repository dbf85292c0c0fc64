"""The thirteen laws of one random number, with their knobs and the bins of their histograms."""

from functools import lru_cache
from math import isfinite, pi

import numpy as np

from engine.array import Array
from engine.calculus import integrate
from engine.probability import DISTRIBUTIONS, Categorical
from engine.probability.distribution import AbstractDistribution
from lessons.kit.experiment import AbstractExperiment, derived
from lessons.kit.knobs import Choice, Integer, Slider

BINS, TAIL = 40, 0.001
"""Bins of a histogram at most; the share beyond either end that is left out."""
PARAMETERS = {
    "bernoulli": {"p": "p"}, "binomial": {"n": "n", "p": "p"}, "geometric": {"p": "p"},
    "poisson": {"rate": "rate"}, "categorical": {}, "uniform": {"low": "low", "high": "high"},
    "normal": {"mu": "mu", "sigma": "scale"}, "exponential": {"rate": "rate"},
    "laplace": {"mu": "mu", "b": "scale"}, "gamma": {"shape": "a", "rate": "rate"},
    "chi_square": {"k": "degrees"}, "beta": {"a": "a", "b": "b"}, "student_t": {"nu": "degrees"},
}  # fmt: skip
"""Law → its parameters → the knobs that set them."""


def only(knob: str) -> tuple[str, tuple[str, ...]]:
    """The laws that listen to a knob."""
    return "law", tuple(law for law, used in PARAMETERS.items() if knob in used.values())


class AbstractLaw(AbstractExperiment):
    """One of the thirteen laws, and a knob for each of its parameters."""

    law = Choice("law", tuple(DISTRIBUTIONS), rebuilds=True, help="From which law it is drawn.")
    p = Slider("chance of a 1", 0.5, 0.05, 0.95, notches=90, symbol="p", rebuilds=True,
               active_when=only("p"), help="How often a toss gives 1.")  # fmt: skip
    n = Integer("tosses", 10, 1, 50, symbol="n", rebuilds=True, active_when=only("n"),
                help="How many tosses are counted.")  # fmt: skip
    rate = Slider("rate", 1, 0.2, 10, notches=98, symbol="λ", rebuilds=True,
                  active_when=only("rate"), help="Events per unit of time.")  # fmt: skip
    tilt = Slider("tilt", 0.5, -2, 2, notches=80, rebuilds=True,
                  active_when=("law", ("categorical",)),
                  help="The faces 0, 1, 2 have chances in proportion to 1, eᵗ, e²ᵗ.")  # fmt: skip
    low = Slider("from", 0, -3, 0, symbol="a", rebuilds=True, active_when=only("low"),
                 help="The least value.")  # fmt: skip
    high = Slider("to", 1, 0.5, 3, notches=50, symbol="b", rebuilds=True,
                  active_when=only("high"), help="The largest value.")  # fmt: skip
    mu = Slider("middle", 0, -3, 3, symbol="μ", rebuilds=True, active_when=only("mu"),
                help="Where the middle is.")  # fmt: skip
    scale = Slider("width", 1, 0.2, 3, notches=56, symbol="σ", rebuilds=True,
                   active_when=only("scale"), help="How wide it is.")  # fmt: skip
    a = Slider("shape", 2, 0.5, 10, notches=95, symbol="a", rebuilds=True,
               active_when=only("a"), help="Below 1 it has a peak at 0.")  # fmt: skip
    b = Slider("other shape", 3, 0.5, 10, notches=95, symbol="b", rebuilds=True,
               active_when=only("b"), help="Below 1 it has a peak at 1.")  # fmt: skip
    degrees = Integer("degrees of freedom", 5, 1, 30, symbol="ν", rebuilds=True,
                      active_when=only("degrees"), help="The fewer, the heavier.")  # fmt: skip

    @derived
    def f(self) -> AbstractDistribution:
        """The law with its parameters."""
        if self.law == "categorical":
            weights = np.exp(self.tilt * np.arange(3))
            return Categorical(tuple((weights / weights.sum()).tolist()))
        knobs = {name: getattr(self, knob) for name, knob in PARAMETERS[self.law].items()}
        return DISTRIBUTIONS[self.law](**knobs)

    @property
    def is_light(self) -> bool:
        """Whether its tails are so light that 2000 draws tell its variance."""
        return self.law != "student_t" or self.degrees >= 5

    @property
    def has_variance(self) -> bool:
        """Whether it has one."""
        return isfinite(self.f.variance)


@lru_cache(maxsize=64)
def bins(f: AbstractDistribution) -> tuple[Array, Array]:
    """Edges (k + 1,), and the probability between them (k,)."""
    tail = TAIL if isfinite(f.variance) else 20 * TAIL
    low, high = (float(f.quantile(p)) for p in (tail, 1 - tail))
    if f.support.discrete:
        step = int((high - low) // BINS) + 1
        edges = np.arange(low - 0.5, high + step, step)
    else:
        edges = np.linspace(low, high, BINS + 1)
    return edges, np.diff(f.cdf(edges))


@lru_cache(maxsize=64)
def area(f: AbstractDistribution) -> tuple[float, float]:
    """What lies between the two outer quantiles: by their definition, and by adding up f."""
    low, high = (float(f.quantile(p)) for p in (TAIL, 1 - TAIL))
    if f.support.discrete:
        last = float(f.quantile(1 - 1e-9))
        return 1.0, float(f.density(np.arange(f.support.low, last + 1)).sum())

    def stretched(t: Array) -> Array:
        """f dx, by x = low + (high − low)(1 − cos πt)/2: fine steps at both ends."""
        x = low + (high - low) * (1 - np.cos(pi * t)) / 2
        slope = (high - low) * pi / 2 * np.sin(pi * t)
        return np.asarray(f.density(np.clip(x, low, high)) * slope)

    return 1 - 2 * TAIL, integrate(stretched, 0, 1, n=64, tolerance=1e-8, limit=12).area
