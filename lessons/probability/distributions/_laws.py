"""The thirteen laws of one random number and a typed one, their knobs, their histograms' bins."""

from functools import lru_cache
from math import inf, isfinite, pi, sqrt

import numpy as np

from engine.array import Array
from engine.calculus import integrate
from engine.formula import Formula
from engine.probability import DISTRIBUTIONS, Categorical, Normal, StudentT, Tabulated, Uniform
from engine.probability.distribution import AbstractDistribution
from lessons.kit.experiment import AbstractExperiment, derived
from lessons.kit.knobs import Choice, FormulaInput, Integer, Slider

TYPED = -3.0, 3.0
"""Where a typed density counts."""
BINS, TAIL = 40, 0.001
"""Bins of a histogram at most; the share beyond either end that is left out."""
LAWS: dict[str, tuple[str, tuple[str, ...]]] = {
    "bernoulli": ("one toss: 1 or 0", ("p",)),
    "binomial": ("how many ones in n tosses", ("number", "p")),
    "geometric": ("tosses until the first 1", ("p",)),
    "poisson": ("events in one unit of time", ("rate",)),
    "categorical": ("a die with faces 0, 1, 2", ("p",)),
    "uniform": ("anywhere between two bounds", ("mu", "scale")),
    "normal": ("a sum of many small causes", ("mu", "scale")),
    "exponential": ("waiting for an event", ("rate",)),
    "laplace": ("exponential to either side", ("mu", "scale")),
    "gamma": ("waiting for the a-th event", ("a", "rate")),
    "chi_square": ("a sum of ν squared normals", ("number",)),
    "beta": ("a share between 0 and 1", ("a", "b")),
    "student_t": ("normal with heavier tails", ("number",)),
    "typed": ("your density, from −3 to 3", ("density",)),
}
"""Law → what it describes, and the knobs that set its parameters, in their order."""


def only(knob: str) -> tuple[str, tuple[str, ...]]:
    """The laws that listen to a knob."""
    return "law", tuple(law for law, (_, used) in LAWS.items() if knob in used)


class AbstractLaw(AbstractExperiment):
    """One of the laws, and a knob for each of its parameters."""

    law = Choice("law", tuple(LAWS), rebuilds=True, help="From which law it is drawn.")
    density = FormulaInput("density", "sin(x)**2", ("x",), ("x + 3", "x**2", "exp(-2*abs(x))"),
                           rebuilds=True, active_when=only("density"), help="Of x from −3 to 3, "
                           "never below 0; read only every 0.005.")  # fmt: skip
    rate = Slider("rate", 1, 0.2, 10, notches=98, symbol="λ", rebuilds=True,
                  active_when=only("rate"), help="Events per unit of time.")  # fmt: skip
    a = Slider("shape", 2, 0.5, 10, notches=95, symbol="a", rebuilds=True,
               active_when=only("a"), help="Below 1 the density has no bound at 0.")  # fmt: skip
    number = Integer("tosses n, degrees ν", 5, 1, 50, rebuilds=True, active_when=only("number"),
                     help="Few degrees: heavy tails of t.")  # fmt: skip
    p = Slider("chance", 0.5, 0.05, 0.95, notches=90, symbol="p", rebuilds=True,
               active_when=only("p"), help="Of a 1; or of the face 0.")  # fmt: skip
    mu = Slider("middle", 0, -3, 3, symbol="μ", rebuilds=True, active_when=only("mu"),
                help="Where the middle is.")  # fmt: skip
    scale = Slider("width", 1, 0.2, 3, notches=56, symbol="s", rebuilds=True,
                   active_when=only("scale"),
                   help="Uniform: the bounds are μ ± s.")  # fmt: skip
    b = Slider("other shape", 3, 0.5, 10, notches=95, symbol="b", rebuilds=True,
               active_when=only("b"), help="Below 1 the density has no bound at 1.")  # fmt: skip

    @derived
    def f(self) -> AbstractDistribution:
        """The law with its parameters."""
        if self.law == "typed":
            return typed(self.density)
        if self.law == "categorical":
            return Categorical((self.p, (1 - self.p) / 2, (1 - self.p) / 2))
        if self.law == "uniform":
            return Uniform(self.mu - self.scale, self.mu + self.scale)
        return DISTRIBUTIONS[self.law](*(getattr(self, knob) for knob in LAWS[self.law][1]))

    @property
    def is_light(self) -> bool:
        """Whether its tails are so light that 2000 draws tell its variance: σ to a half."""
        return self.scatter(2000) < 0.5

    def scatter(self, n: int, terms: int = 1) -> float:
        """How far the sd of n sums may be off, in parts of σ: 5 of its own σ, and of the mean's.

        (s/σ)² has the variance (κ − 1)/n, κ − 3 shrinks as 1/terms, and s² lacks the square of
        the mean's own error, 5²σ²/n.
        """
        kappa = 3 + (kurtosis(self.f) - 3) / terms
        return 5 * sqrt(max(kappa - 1, 0.0) / (4 * n)) + 12.5 / n

    @property
    def has_variance(self) -> bool:
        """Whether it has one."""
        return isfinite(self.f.variance)


@lru_cache(maxsize=64)
def typed(density: Formula) -> Tabulated:
    """The law whose density is a multiple of a formula."""
    return Tabulated.of(density, *TYPED)


@lru_cache(maxsize=64)
def kurtosis(f: AbstractDistribution) -> float:
    """κ, the mean of ((x − μ)/σ)⁴, to some percent: over quantiles, as dense as a normal law's."""
    if isinstance(f, StudentT) and f.nu <= 4:
        return inf
    t = np.linspace(-8, 8, 2001)
    weights = Normal().density(t) / Normal().density(t).sum()
    x = f.quantile(Normal().cdf(t))
    away = x - weights @ x  # neither f.mean nor f.std: those are what is tested
    return float(weights @ away**4 / (weights @ away**2) ** 2)


@lru_cache(maxsize=64)
def within(f: Tabulated, terms: int) -> float:
    """The share of sums of so many draws within one σ of their mean, by convolution."""
    edges = np.linspace(f.low, f.high, np.size(f.heights))
    size, width = terms * (len(edges) - 1), edges[1] - edges[0]
    shares = np.fft.irfft(np.fft.rfft(np.diff(f.cdf(edges)), size) ** terms, size)
    away = abs(terms * (edges[:2].mean() - f.mean) + np.arange(size) * width)
    return float(shares @ np.clip((sqrt(terms) * f.std - away) / width + 0.5, 0, 1))


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
    if isinstance(f, Tabulated):  # cell by cell, two of them cut: no peak of the table is missed
        x = np.unique(np.clip(np.linspace(f.low, f.high, np.size(f.heights)), low, high))
        return 1 - 2 * TAIL, float(np.trapezoid(f.density(x), x))

    def stretched(t: Array) -> Array:
        """f dx, by x = low + (high − low)(1 − cos πt)/2: fine steps at both ends."""
        x = low + (high - low) * (1 - np.cos(pi * t)) / 2
        slope = (high - low) * pi / 2 * np.sin(pi * t)
        return np.asarray(f.density(np.clip(x, low, high)) * slope)

    return 1 - 2 * TAIL, integrate(stretched, 0, 1, n=64, tolerance=1e-8, limit=12).area
