"""Two variables at once, and which parameter makes a drawn sample most likely."""

from collections.abc import Iterator
from math import sqrt

import numpy as np

from engine.array import Array
from engine.errors import DltutorError
from engine.probability import Bernoulli, Exponential, Poisson, distribution
from engine.probability.association import correlation, covariance
from engine.probability.distribution import AbstractDistribution
from engine.probability.estimation import fit
from engine.probability.newton import log_likelihood
from lessons.kit.experiment import StaticExperiment, derived, view
from lessons.kit.failures import Failure
from lessons.kit.knobs import Choice, Integer, Point, Slider
from lessons.kit.oracles import Oracle
from lessons.kit.pictures import Arrow, Cells, Curve, Mark, Plane, Points, Series, Table

POINTS = 200
GRID = 200
"""Points of a likelihood's curve."""


class Cloud(StaticExperiment):
    """A cloud of pairs (x, y), stretched by dragging two arrows."""

    c1 = Point("first arrow", (2, 1), 4, active_when=("shape", ("line",)),
               help="Stretches the cloud.")  # fmt: skip
    c2 = Point("second arrow", (0, 1), 4, active_when=("shape", ("line",)),
               help="Stretches the cloud.")  # fmt: skip
    shape = Choice("cloud", ("line", "parabola"), help="y goes with x, or with x².")
    failures = (
        Failure(
            "Uncorrelated, yet not independent",
            lambda lab: lab.together[0] < 0.1 and lab.together[1] > 0.5,
            "That is what this cloud shows: y follows x², and r looks for a straight line only.",
            "A look at the picture finds it, or the correlation of y with x².",
            scene={"shape": "parabola"},
            fix={"shape": "line"},
        ),
    )

    @derived
    def z(self) -> Array:
        """(N, 2): mean 0, variance 1, correlation 0, to the last digit."""
        drawn = np.random.default_rng(self.seed).standard_normal((POINTS, 2))
        Q = np.linalg.qr(drawn - drawn.mean(axis=0))[0]
        return np.asarray(Q * sqrt(POINTS - 1))

    @derived
    def data(self) -> Array:
        """(N, 2)."""
        if self.shape == "line":
            return np.asarray(self.z @ np.stack([self.c1, self.c2]))
        x = self.z[: POINTS // 2, 0]
        both = np.concatenate([x, -x])  # symmetric, so that x³ has mean 0
        return np.stack([both, both**2 - 2 + 0.4 * self.z[:, 1]], axis=1)

    @property
    def is_flat(self) -> bool:
        """Whether x or y is constant."""
        return bool((np.ptp(self.data, axis=0) < 1e-9).any())

    @property
    def r(self) -> float:
        """The correlation; 0 where one of the two is constant."""
        return 0.0 if self.is_flat else float(correlation(self.data)[0, 1])

    @property
    def together(self) -> tuple[float, float]:
        """|correlation| of y with x and with x²."""
        if self.is_flat:
            return 0.0, 0.0
        x, y = self.data.T
        return abs(self.r), abs(float(correlation(np.stack([x**2, y], axis=1))[0, 1]))

    @view
    def plane(self) -> Plane:
        """The cloud and its arrows."""
        x, y = self.data.T
        points = (Points(x, y, np.zeros(POINTS), faint=True),)
        arrows = (Arrow("1", self.c1, tone=1, knob="c1"), Arrow("2", self.c2, tone=2, knob="c2"))
        shown = arrows if self.shape == "line" else ()
        return Plane(f"Correlation {self.r:.3f}", (-7, 7, -5, 5), points=points, arrows=shown,
                     x_label="x", y_label="y")  # fmt: skip

    @view
    def matrix(self) -> Cells:
        """Variances on the diagonal, the covariance beside it."""
        names = ("x", "y")
        return Cells("Covariances", covariance(self.data), names, names)

    @view
    def numbers(self) -> Table:
        """From covariance to correlation."""
        S = covariance(self.data)
        sx, sy = np.sqrt(np.diag(S))
        rows = (("σ of x", f"{sx:.3g}"), ("σ of y", f"{sy:.3g}"), ("covariance", f"{S[0, 1]:.3g}"),
                ("r, x and y", "–" if self.is_flat else f"{self.r:.3f}"),
                ("|r|, x² and y", "–" if self.is_flat else f"{self.together[1]:.3f}"))  # fmt: skip
        return Table("Numbers", ("", ""), rows)

    def oracles(self) -> Iterator[Oracle]:
        """Of a stretched cloud, from the arrows alone; of a parabola, 0."""
        if self.shape == "parabola":
            yield Oracle("correlation", 0, self.r, 0.12, "x³ has mean 0", compare="absolute")
            return
        row_x, row_y = np.stack([self.c1, self.c2], axis=1)
        size = float(max(row_x @ row_x, row_y @ row_y, 1e-9))
        found = float(covariance(self.data)[0, 1])
        yield Oracle("covariance", float(row_x @ row_y), found, 1e-9 * size, "from the arrows",
                     compare="absolute")  # fmt: skip
        if not self.is_flat:
            cosine = float(row_x @ row_y / np.linalg.norm(row_x) / np.linalg.norm(row_y))
            yield Oracle("correlation", cosine, self.r, 1e-9, "a cosine, see Vectors",
                         compare="absolute")  # fmt: skip


class Likelihood(StaticExperiment):
    """How likely a drawn sample is, as a function of the parameter."""

    law = Choice("law", ("exponential", "poisson", "bernoulli"), help="From which law it comes.")
    rate = Slider("your rate", 3, 0.1, 6, notches=590, symbol="λ",
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
            "impossible.",
            "Draw more.",
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
        return Curve(title, (Series("likelihood", theta, height),), letter, marks=marks)

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
