"""Which parameter makes a drawn sample most likely."""

from collections.abc import Iterator
from math import sqrt

import numpy as np

from engine.array import Array
from engine.errors import DltutorError
from engine.probability import Bernoulli, Exponential, Poisson, distribution
from engine.probability.distribution import AbstractDistribution
from engine.probability.estimation import fit
from engine.probability.newton import log_likelihood
from lessons.kit.experiment import StaticExperiment, derived, view
from lessons.kit.failures import Failure
from lessons.kit.knobs import Choice, Integer, Slider
from lessons.kit.oracles import Oracle
from lessons.kit.pictures import Curve, Mark, Series, Table

GRID = 200
"""Points of a likelihood's curve."""


class Likelihood(StaticExperiment):
    """How likely a drawn sample is, as a function of the parameter."""

    law = Choice("law", ("exponential", "poisson", "bernoulli"), help="From which law it comes.")
    rate = Slider("your rate", 3, 0.1, 6, notches=118, symbol="λ",
                  active_when=("law", ("exponential", "poisson")), help="Your guess.")  # fmt: skip
    p = Slider("your chance", 0.5, 0.02, 0.98, notches=96, symbol="p",
               active_when=("law", ("bernoulli",)), help="Your guess.")  # fmt: skip
    size = Integer("draws", 20, 1, 200, symbol="n", help="How many draws there are.")
    which = Integer("sample", 2, 1, 50, help="Another sample of the same law.")
    failures = (
        Failure(
            "Certain after a few tosses",
            lambda lab: lab.law == "bernoulli" and lab.best in (0.0, 1.0),
            "All tosses were alike, so p = 0 or 1 makes them most likely: the other face would be "
            "impossible. That is the law of few draws, no mistake of yours.",
            "More draws show both faces.",
            scene={"law": "bernoulli", "size": 2},
            fix={"size": 50},
        ),
    )

    @derived
    def x(self) -> Array:
        """(n,): drawn from the law with λ = 1.5, or p = 0.7; the first of 200."""
        f = {"exponential": Exponential(1.5), "poisson": Poisson(1.5), "bernoulli": Bernoulli(0.7)}
        return f[self.law].sample(200, rng=np.random.default_rng(self.which))[: self.size]

    def at(self, theta: float) -> AbstractDistribution:
        """The law with this parameter."""
        return distribution(self.law)(theta)  # type: ignore[call-arg]

    def log_likelihood(self, theta: float) -> float:
        """Of the sample."""
        return log_likelihood(self.at(theta), self.x)

    @property
    def guess(self) -> float:
        """The learner's parameter."""
        return self.p if self.law == "bernoulli" else self.rate

    @derived
    def best(self) -> float:
        """The parameter that makes the sample most likely; 0 if it has no event at all."""
        try:
            found = fit(self.law, self.x)
        except DltutorError:  # no event at all
            return 0.0
        return float(getattr(found, "p" if self.law == "bernoulli" else "rate"))

    @derived
    def grid(self) -> tuple[Array, Array]:
        """Parameters, and the logarithm of the likelihood at each."""
        top = 1.0 if self.law == "bernoulli" else 6.0
        theta = np.linspace(top / GRID, top * (1 - 1 / GRID), GRID - 1)
        return theta, np.array([self.log_likelihood(float(t)) for t in theta])

    @view
    def curve(self) -> Curve:
        """The likelihood, in parts of its largest value."""
        theta, log = self.grid
        top = self.log_likelihood(self.best) if self.best else float(log.max())
        height = np.exp(np.minimum(log - top, 0.0))
        marks = (Mark(self.guess, "guess"),)
        share = float(np.exp(min(self.log_likelihood(self.guess) - top, 0.0)))
        title = f"Likelihood of these {self.size} draws: {share:.3f} of the largest"
        letter = "p" if self.law == "bernoulli" else "λ"
        return Curve(
            title, (Series("likelihood", theta, height),), letter, marks=marks, is_run=False
        )

    @view
    def numbers(self) -> Table:
        """The sample and its likelihood."""
        few = " ".join(f"{value:.2g}" for value in self.x[:6]) + (" …" if self.size > 6 else "")
        rows = (("draws", few), ("their mean", f"{self.x.mean():.4g}"),
                ("guess", f"{self.guess:.4g}"),
                ("ln L", f"{self.log_likelihood(self.guess):.4g}"))  # fmt: skip
        return Table("The sample", ("", ""), rows)

    def oracles(self) -> Iterator[Oracle]:
        """The peak of the curve, and how sharp it is."""
        theta, log = self.grid
        at, mean = int(log.argmax()), float(self.x.mean())
        if not 2 <= at <= len(log) - 3:
            return
        step = float(theta[1] - theta[0])
        left, middle, right = log[at - 1 : at + 2]
        bend = float(2 * middle - left - right)
        peak = float(theta[at]) + step * float(right - left) / (2 * bend)
        wanted = 1 / mean if self.law == "exponential" else mean
        yield Oracle("peak", wanted, peak, 0.02, "1/mean" if self.law == "exponential" else "mean")
        yield Oracle("fitted", wanted, self.best, 1e-9, "by the engine’s formula")
        each = {"exponential": wanted**2, "poisson": wanted, "bernoulli": wanted * (1 - wanted)}
        yield Oracle("width of the peak", sqrt(each[self.law] / self.size), step / sqrt(bend), 0.1,
                     "√(−1/(ln L)″)")  # fmt: skip
