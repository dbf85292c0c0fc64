"""What becomes of averages and of sums: the law of large numbers, the central limit theorem."""

from collections.abc import Iterator, Mapping
from math import sqrt

import numpy as np

from engine.array import Array
from engine.probability import Normal, Tabulated
from lessons.kit.experiment import Chart, ProcessExperiment, derived, view
from lessons.kit.failures import Failure
from lessons.kit.knobs import Integer
from lessons.kit.oracles import NOT_YET, Oracle
from lessons.kit.pictures import Histogram, Mark, Path, Plane, Series
from lessons.kit.trajectory import Trajectory
from lessons.probability.distributions._laws import AbstractLaw, within

RUNS, SHOWN, SUMS = 1000, 3, 200
"""Averages that go on side by side; those whose paths are drawn; sums per step."""
SETTLED, ENOUGH = 30, 2000
"""Draws, and sums, after which a spread can be measured."""
QUARTILE = float(Normal().quantile(0.75))
"""Half of a normal law lies within ± so many σ."""
ONE = float(Normal().cdf(1) - Normal().cdf(-1))
"""The share of a normal law within ±σ."""
WIDTH = 0.2
"""Of a bin of z that is drawn."""
HEAVY = {"law": "student_t", "number": 1}


def half_width(x: Array) -> float:
    """Half the distance between the quartiles: half of all lie so near."""
    low, high = np.quantile(x, [0.25, 0.75])
    return float(high - low) / 2


class Averages(AbstractLaw, ProcessExperiment):
    """A thousand averages, each of more and more draws."""

    state_names = ("totals", "trail")
    unit, budget = "draw", 1000
    charts = {"width": Chart("Half lie within ±", ("width",), log=True)}
    failures = (
        Failure(
            "Averages that never settle",
            lambda lab: lab.steps >= 100 and lab.wide > 0.5 * lab.single,
            "This law has no mean: again and again one draw outweighs all before it. It is the law "
            "that fails here, not you.",
            "The median does settle, and so does a law with lighter tails (a larger ν).",
            scene=HEAVY,
            fix={"number": 5},
        ),
    )

    def begin(self) -> None:
        """One draw each."""
        self.totals = self.f.sample(RUNS, rng=self.rng)
        self.trail = Trajectory([1.0, *self.totals[:SHOWN]])

    def step(self) -> None:
        """One more draw for each average."""
        self.totals = self.totals + self.f.sample(RUNS, rng=self.rng)
        count = self.steps + 2
        self.trail.append([count, *self.totals[:SHOWN] / count])

    @property
    def count(self) -> int:
        """Draws in each average."""
        return self.steps + 1

    @property
    def wide(self) -> float:
        """What all averages but 1 % at either end span."""
        low, high = np.quantile(self.totals / self.count, [0.01, 0.99])
        return float(high - low)

    @property
    def single(self) -> float:
        """What all single draws but 1 % at either end span."""
        return float(np.diff(self.f.quantile([0.01, 0.99]))[0])

    def metrics(self) -> Mapping[str, float]:
        """How near half of the averages are to each other."""
        return {"width": half_width(self.totals / self.count)}

    @view
    def paths(self) -> Plane:
        """Three averages over the number of draws, and ±2σ/√n around the mean."""
        count, *means = self.trail.points.T
        end = float(max(50, 2 ** np.ceil(np.log2(self.count))))
        middle = float(self.f.quantile(0.5)) if np.isnan(self.f.mean) else self.f.mean
        reach = float(max(abs(np.array(means)[:, -len(count) * 4 // 5 :] - middle).max(), 1e-9))
        around: tuple[Path, ...] = ()
        if self.has_variance:
            n = np.linspace(1, end, 200)
            away, reach = 2 * self.f.std / np.sqrt(n), 1.3 * self.f.std
            around = (Path("±2σ/√n", n, middle + away, 3), Path("", n, middle - away, 3))
        three = tuple(Path("", count, x, tone, has_marker=True) for tone, x in enumerate(means))
        extent = (0.0, end, middle - 1.1 * reach, middle + 1.1 * reach)
        return Plane(f"Three averages of up to {self.count} draws", extent, paths=(*around, *three),
                     x_label="draws", equal=False)  # fmt: skip

    def oracles(self) -> Iterator[Oracle]:
        """The spread of a mean; of Cauchy's law, that there is no gain."""
        n, means = self.count, self.totals / self.count
        spread, middle, half = (
            (float(means.std()), float(means.mean()), half_width(means))
            if n >= SETTLED
            else (NOT_YET,) * 3
        )
        if self.has_variance and self.is_light:
            scatter = self.scatter(RUNS, max(n, SETTLED))
            yield Oracle("sd of an average", self.f.std / sqrt(n), spread, scatter, "σ/√n; 5 σ")
            tolerance = 5 * self.f.std / sqrt(RUNS * max(n, SETTLED))
            yield Oracle("mean of all averages", self.f.mean, middle, tolerance,
                         "that of the law", compare="absolute")  # fmt: skip
        if self.law == "student_t" and self.number == 1:
            yield Oracle("half of all within ±", 1.0, half, 0.15, "Cauchy: as for one draw")


class Sums(AbstractLaw, ProcessExperiment):
    """Sums of several draws, brought to mean 0 and spread 1, in a histogram."""

    terms = Integer("draws in a sum", 1, 1, 50, symbol="m", rebuilds=True,
                    help="How many draws are added up.")  # fmt: skip
    state_names = ("counts", "moments")
    unit, budget = "draw", 100
    charts = {"gaps": Chart("Largest gap to the normal law", ("gap",), log=True)}
    failures = (
        Failure(
            "Tails too heavy",
            lambda lab: lab.total >= ENOUGH and lab.moments[3] > 0.05 * lab.total,
            "This law has no variance to add up: too many lie far out, however many one adds.",
            "A law with a variance does become normal.",
            scene=HEAVY,
            fix={"number": 5},
        ),
    )

    @property
    def unit_spread(self) -> float:
        """σ; where there is none, that of the normal law with the same quartiles."""
        if self.has_variance:
            return self.f.std
        return float(self.f.quantile(0.75)) / QUARTILE

    @derived
    def edges(self) -> Array:
        """Of the bins of z, −4 … 4; of a discrete law one around each place where a sum can be."""
        if not self.f.support.discrete:
            return np.linspace(-4, 4, 41)
        grid = 1 / (self.unit_spread * sqrt(self.terms))  # the distance of two neighbors
        first = (np.floor(self.terms * self.f.mean) - 0.5 - self.terms * self.f.mean) * grid
        k = np.arange(np.floor((-4 - first) / grid), np.ceil((4 - first) / grid) + 1)
        return np.asarray(first + k * grid)

    def begin(self) -> None:
        """No sums yet: counts below, in and above the bins; number, Σz, Σz², |z| > 5."""
        self.counts, self.moments = np.zeros(len(self.edges) + 1), np.zeros(4)

    def step(self) -> None:
        """Two hundred sums."""
        x = self.f.sample(SUMS * self.terms, rng=self.rng).reshape(SUMS, self.terms)
        mean = self.f.mean if self.has_variance else 0.0
        z = (x.sum(axis=1) - self.terms * mean) / (self.unit_spread * sqrt(self.terms))
        at = np.searchsorted(self.edges, z)
        self.counts = self.counts + np.bincount(at, minlength=len(self.counts))
        far = np.count_nonzero(abs(z) > 5)
        self.moments = self.moments + np.array([SUMS, z.sum(), z @ z, far])

    @property
    def total(self) -> int:
        """Sums so far."""
        return int(self.moments[0])

    @property
    def gap(self) -> float:
        """The largest distance between the share of sums up to z and the normal law's."""
        if not self.total:
            return 1.0
        share = np.cumsum(self.counts)[:-1] / self.total
        if not self.f.support.discrete:
            return float(abs(share - Normal().cdf(self.edges)).max())
        # The share jumps in the middle of each bin: the normal law is held against both sides.
        normal = Normal().cdf((self.edges[:-1] + self.edges[1:]) / 2)
        return float(max(abs(share[:-1] - normal).max(), abs(share[1:] - normal).max()))

    @property
    def is_normal(self) -> bool:
        """Whether sums of so many are near the normal law; tails or gaps may put that off."""
        if self.terms < 30 or self.f.support.discrete:
            return False
        return not isinstance(self.f, Tabulated) or abs(within(self.f, self.terms) - ONE) < 0.02

    def metrics(self) -> Mapping[str, float]:
        """The gap."""
        return {"gap": self.gap}

    @view
    def histogram(self) -> Histogram:
        """The sums, and the normal density."""
        z = np.linspace(self.edges[0], self.edges[-1], 161)
        normal = Series("normal", z, Normal().density(z), predicted=True)
        word = "sums" if self.terms > 1 else "draws"
        title = f"{self.total} {word} of {self.terms}, {self.law}: gap {self.gap:.3f}"
        marks = (Mark(-1.0, "−σ"), Mark(1.0, "σ"))
        # Of many narrow bins, some are shown as one.
        each = max(1, round(WIDTH / (self.edges[1] - self.edges[0])))
        starts = np.arange(0, len(self.edges) - 1, each)
        edges = np.append(self.edges[starts], self.edges[-1])
        counts = np.add.reduceat(self.counts[1:-1], starts)
        return Histogram(title, edges, counts, normal, "z", marks)

    def oracles(self) -> Iterator[Oracle]:
        """The spread of a sum, and from 30 terms on the shares of the normal law."""
        n = max(self.total, ENOUGH)
        known = self.total >= ENOUGH
        if not (self.has_variance and self.is_light):
            return
        _, mean, square, _ = self.moments / max(self.total, 1)
        scale = sqrt(self.terms) * self.f.std
        yield Oracle("sd of a sum", scale, scale * sqrt(max(square - mean**2, 0)) if known
                     else NOT_YET, self.scatter(n, self.terms), "σ√m; 5 σ")  # fmt: skip
        if self.is_normal:
            low, high = np.searchsorted(self.edges, [-1 - 1e-9, 1 - 1e-9])
            share = float(self.counts[low + 1 : high + 1].sum()) / n
            yield Oracle("within one σ", ONE, share if known else NOT_YET, 0.06,
                         "the normal law’s 68.3 %")  # fmt: skip
