"""Draws and their laws: birthdays, averages, sums, two variables, likelihood."""

from collections.abc import Iterator, Mapping
from math import sqrt

import numpy as np

from engine.probability.bayes import birthday
from lessons.kit.checks import Goal, Numeric, Prediction
from lessons.kit.experiment import Chart, ProcessExperiment, view
from lessons.kit.knobs import Integer
from lessons.kit.oracles import NOT_YET, Oracle
from lessons.kit.pictures import Cells, Curve, Histogram, Mark, Series, Table
from lessons.probability.distributions._averages import Averages as Averages
from lessons.probability.distributions._averages import Sums as Sums
from lessons.probability.distributions._cloud import Cloud as Cloud
from lessons.probability.distributions._laws import LAWS, AbstractLaw, area, bins
from lessons.probability.distributions._likelihood import Likelihood as Likelihood

ROOMS, DRAWS = 20, 20
"""Rooms, or draws, per step."""
ENOUGH = 2000
"""Draws after which moments are known well enough."""
BOOK = {23: 0.50730}
"""P(two share a birthday), by exact fractions (Feller 1968, section II.3)."""


class Birthdays(ProcessExperiment):
    """Rooms full of people: do two of them share a birthday?"""

    people = Integer("people", 5, 2, 80, rebuilds=True, help="How many are in a room.")
    state_names = ("room", "counts")
    unit, budget = "draw", 300
    charts = {"share": Chart("Rooms in which two share", ("share", "theory"))}

    def begin(self) -> None:
        """Nobody yet."""
        self.room, self.counts = np.zeros(365), np.zeros(2)

    def step(self) -> None:
        """Twenty rooms; the last one is shown."""
        days = self.rng.integers(365, size=(ROOMS, self.people))
        days.sort(axis=1)
        shared = (np.diff(days, axis=1) == 0).any(axis=1).sum()
        self.counts = self.counts + np.array([ROOMS, shared])
        self.room = np.bincount(days[-1], minlength=365).astype(float)

    def metrics(self) -> Mapping[str, float]:
        """The share of rooms so far, and the probability."""
        return {"share": float(self.counts[1] / max(self.counts[0], 1)),
                "theory": birthday(self.people)}  # fmt: skip

    @view
    def year(self) -> Cells:
        """The year of the last room, 23 days a row."""
        cells = np.concatenate([self.room, np.zeros(3)]).reshape(16, 23)
        lit = tuple((int(i), int(j)) for i, j in np.argwhere(cells > 1))
        word = "two or more on one day" if lit else "all on different days"
        title = f"Birthdays in the last room: {word}" if self.steps else "Nobody yet"
        return Cells(title, cells, lit=lit, digits=False, bound=2.0)

    @view
    def curve(self) -> Curve:
        """The probability for rooms up to this size."""
        x = np.arange(1.0, self.people + 1)
        y = [birthday(int(k)) for k in x]
        return Curve("P(two share), by people in the room", (Series("theory", x, y),), "people",
                     marks=(Mark(self.people, f"{y[-1]:.4f}"),))  # fmt: skip

    def oracles(self) -> Iterator[Oracle]:
        """The share of rooms, and the number of the books."""
        rooms, p = self.counts[0], birthday(self.people)
        share = self.metrics()["share"] if rooms >= ENOUGH else NOT_YET
        spread = sqrt(max(p * (1 - p), 1e-3) / max(rooms, ENOUGH))
        yield Oracle("share of rooms", p, share, 5 * spread, "1 − (1 − 1/365)(1 − 2/365)…; 5 σ",
                     compare="absolute")  # fmt: skip
        if self.people in BOOK:
            yield Oracle("P for 23", BOOK[self.people], p, 1e-5, "by exact fractions")


class Draws(AbstractLaw, ProcessExperiment):
    """Draws from a law fall into a histogram under its density."""

    state_names = ("counts", "sums")
    unit, budget = "draw", 300

    def begin(self) -> None:
        """Nothing drawn."""
        self.points = self.f.quantile([0.5, 0.9])
        self.counts, self.sums = np.zeros(len(bins(self.f)[1])), np.zeros(5)

    def step(self) -> None:
        """Twenty draws."""
        x = self.f.sample(DRAWS, rng=self.rng)
        self.counts = self.counts + np.histogram(x, bins(self.f)[0])[0]
        low, high = (np.count_nonzero(x <= q) for q in self.points)
        self.sums = self.sums + np.array([DRAWS, x.sum(), x @ x, low, high])

    def metrics(self) -> Mapping[str, float]:
        """Mean and standard deviation of the draws so far, and shares below two quantiles."""
        _, mean, square, low, high = self.sums / max(self.sums[0], 1)
        names = ("mean", "sd", "up to the median", "up to 90 %")
        values = (mean, sqrt(max(square - mean**2, 0.0)), low, high)
        return dict(zip(names, map(float, values), strict=True))

    @view
    def histogram(self) -> Histogram:
        """How often each value came, and the law: its mean over each bin."""
        edges, shares = bins(self.f)
        y = shares / shares.sum() / np.diff(edges)
        middles = (edges[:-1] + edges[1:]) / 2
        x = np.array([edges[0], *middles, edges[-1]])
        law = Series("law", x, np.array([y[0], *y, y[-1]]), predicted=True)
        marks = (Mark(self.f.mean, "mean"),) if edges[0] <= self.f.mean <= edges[-1] else ()
        title = f"{int(self.sums[0])} draws: {self.law}"
        return Histogram(title, edges, self.counts, law, "x", marks)

    @view
    def numbers(self) -> Table:
        """What the law says, beside what the draws say."""
        now, f = self.metrics(), self.f
        median, most, far = (float(q) for q in f.quantile([0.5, 0.9, 0.999]))
        spread = f.std if self.has_variance else float("nan")
        rows = (("mean", f"{f.mean:.4g}", f"{now['mean']:.4g}"),
                ("variance", f"{f.variance:.4g}", f"{now['sd'] ** 2:.4g}"),
                ("sd σ", f"{spread:.4g}", f"{now['sd']:.4g}"),
                ("median", f"{median:.4g}", f"{now['up to the median']:.1%} ≤ it"),
                ("90 % point", f"{most:.4g}", f"{now['up to 90 %']:.1%} ≤ it"),
                ("99.9 % point", f"{far:.4g}", ""))  # fmt: skip
        words = tuple(tuple(c.replace("nan", "none").replace("inf", "∞") for c in r) for r in rows)
        return Table(LAWS[self.law][0].capitalize(), ("", "law", "draws"), words)

    def oracles(self) -> Iterator[Oracle]:
        """The density adds up to 1; mean, spread and a quantile are those of the draws."""
        wanted, found = area(self.f)
        why = "all probabilities" if self.f.support.discrete else "between the outer 0.1 % points"
        yield Oracle("area under the law", wanted, found, 1e-6, why)
        n = max(self.sums[0], ENOUGH)
        known = self.sums[0] >= ENOUGH
        now = {name: value if known else NOT_YET for name, value in self.metrics().items()}
        if self.is_light:
            yield Oracle("mean", self.f.mean, now["mean"], 5 * self.f.std / sqrt(n),
                         "of the law; 5 σ/√n", compare="absolute")  # fmt: skip
            yield Oracle("sd", self.f.std, now["sd"], self.scatter(n), "of the law; 5 σ")
        share = float(self.f.cdf(self.f.quantile(0.9))) if self.f.support.discrete else 0.9
        yield Oracle("up to 90 %", share, now["up to 90 %"],
                     1.5 / sqrt(n), "what a quantile is", compare="absolute")  # fmt: skip


def some_mean(rng: np.random.Generator) -> Mapping[str, float]:
    """A standard deviation, and a number of draws that is no square of it."""
    s, n = rng.choice([[6, 9], [10, 25], [12, 16], [20, 100], [15, 36]])
    return {"s": float(s), "n": float(n)}


def peaks(lab: Likelihood) -> bool:
    """Whether the guess is as good as the best, to a hundredth of its logarithm."""
    return lab.log_likelihood(lab.best) - lab.log_likelihood(lab.guess) < 0.01


checks = {
    "shared": Prediction(
        lab=Birthdays, scene={"people": 23}, steps=200,
        outcome=lambda lab: int(np.searchsorted([0.1, 0.4], lab.metrics()["share"])),
    ),
    "shape": Goal(
        reached=lambda lab: abs(lab.f.mean - 2) < 0.05 and abs(lab.f.std - 1) < 0.05,
        free=("a", "rate"), budget=300, answer={"a": 4, "rate": 2},
        progress=lambda lab: f"mean {lab.f.mean:.3g}, σ {lab.f.std:.3g}",
    ),
    "root": Numeric(
        vary=some_mean, answer=lambda v: v["s"] / sqrt(v["n"]),
        wrong=(lambda v: v["s"] / v["n"], lambda v: v["s"], lambda v: v["s"] * sqrt(v["n"])),
    ),
    "cauchy": Prediction(
        lab=Averages, scene={"law": "student_t", "number": 1}, steps=999,
        outcome=lambda lab: int(np.searchsorted([0.1, 0.8], lab.metrics()["width"])),
    ),
    "normal": Goal(
        reached=lambda lab: lab.terms > 1 and lab.total >= 5000 and lab.gap < 0.04, budget=60,
        free=("terms", "law", "density", "rate", "a", "number", "p", "mu", "scale", "b"),
        answer={"terms": 10}, progress=lambda lab: f"{lab.total} sums, gap {lab.gap:.3f}",
    ),
    "outlier": Goal(
        reached=lambda lab: lab.r < 0 and lab.moved == 1, free=("eight",),
        progress=lambda lab: f"r is {lab.r:.3g}, moved: {lab.moved}", answer={"eight": "one far"},
    ),
    "peak": Goal(
        reached=peaks, free=("rate",), progress=lambda lab: f"guess {lab.guess:.3g}",
        answer={"rate": 1.69},
    ),
}  # fmt: skip
