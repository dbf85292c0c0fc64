"""Eigenvalues at work: of a Hessian, of a recurrent matrix, of a covariance."""

from collections.abc import Iterator, Mapping
from functools import cache
from math import pi

import numpy as np

from engine.array import Array
from engine.curvature import hessian
from engine.data import iris
from engine.linalg import eigenvalues, jacobi_eigen, pca, spectral_radius
from engine.linalg.norms import norm
from engine.losses import mse
from engine.optim import sgd
from engine.program import Program
from engine.reverse import grad
from engine.tensor import Tensor, matmul
from lessons.kit.experiment import Chart, ProcessExperiment, StaticExperiment, Status, derived, view
from lessons.kit.failures import Failure, diverged
from lessons.kit.knobs import Choice, Point, Slider, Switch
from lessons.kit.oracles import NOT_YET, Oracle
from lessons.kit.pictures import (
    Arrow,
    Curve,
    HeatMap,
    Mark,
    Path,
    Plane,
    Points,
    Series,
    Spot,
    Table,
)
from lessons.kit.trajectory import Trajectory
from lessons.linear_algebra.eigen._plane import invariants
from lessons.linear_algebra.eigen._portrait import SIZES, growth

NEURONS = 32
FAR = 1e60
COLUMNS = {"sepal length": 0, "sepal width": 1, "petal length": 2, "petal width": 3}


@cache
def flowers() -> tuple[Array, Array]:
    """150 irises: four lengths (150, 4), kinds (150,)."""
    data = iris()
    return data.x, data.y.argmax(axis=1).astype(float)


class Bowl(ProcessExperiment):
    """Two weights that predict a petal's width from two lengths, by gradient descent."""

    lr = Slider("learning rate", 0.5, 0.05, 2, notches=39, symbol="η",
                help="How far each step goes against the gradient.")  # fmt: skip
    state_names = ("w", "trail", "seen")
    charts = {"distance": Chart("Distance from the best weights", ("distance",), log=True)}
    budget = 1000
    failures = (
        Failure("Flown apart", diverged,
                "As for any η > 2/λmax, each step overshoots by more than the last.",
                "To see it arrive, turn η below 2/λmax and reset.", {"lr": 1.2}, {"lr": 0.5}),
    )  # fmt: skip

    def begin(self) -> None:
        """The loss with its gradient and Hessian, and weights to start from."""
        X = flowers()[0][:, [0, 2, 3]]
        Z = (X - X.mean(axis=0)) / X.std(axis=0)
        self.r = float(np.corrcoef(X[:, 0], X[:, 1])[0, 1])
        w = Tensor(np.array([-1.0, 0.5]), "w")
        loss = 0.5 * mse(matmul(Z[:, :2], w.reshape((2, 1))), Tensor(Z[:, 2:]))
        self.gradient, self.H = Program([w], grad(loss, [w])), hessian(loss, w)
        self.spectrum = jacobi_eigen((self.H + self.H.T) / 2)
        self.w = w.value.copy()
        (g,) = self.gradient(self.w)
        self.best = self.w - np.linalg.solve(self.H, g)
        self.first, self.trail, self.seen = self.e, Trajectory(self.w), np.full(2, np.nan)

    @property
    def e(self) -> Array:
        """(2,): the error of w along the Hessian's eigenvectors."""
        return np.asarray(self.spectrum.vectors.T @ (self.w - self.best))

    def step(self) -> None:
        """One step, and by what it multiplied each component of the error."""
        before = self.e
        (g,) = self.gradient(self.w)
        (self.w,) = sgd(self.w, g, 1, lr=self.lr)
        known = abs(before) > 1e-7 * max(norm(self.first), norm(before))
        self.seen = np.where(known, self.e / np.where(known, before, 1.0), self.seen)
        self.trail.append(self.w)

    def turned(self, name: str) -> None:
        """Another η from the next step on."""
        self.seen = np.full(2, np.nan)

    @property
    def distance(self) -> float:
        """‖w − w*‖ over that at the start."""
        return norm(self.e) / norm(self.first)

    def metrics(self) -> Mapping[str, float]:
        """How far from the best."""
        return {"distance": self.distance}

    @property
    def status(self) -> Status:  # type: ignore[override]
        """Arrived within a millionth of the way, or a million times too far off."""
        return ("converged" if self.distance <= 1e-6 else
                "running" if self.distance < 1e6 else "diverged")  # fmt: skip

    @view
    def scenery(self) -> Plane:
        """The loss from above, the way, and the Hessian's eigenvectors."""
        (cx, cy), reach = self.best, 2.0
        x, y = np.linspace(cx - reach, cx + reach, 96), np.linspace(cy - reach, cy + reach, 64)
        E = np.stack(np.meshgrid(x - cx, y - cy))
        height = 0.5 * np.einsum("iab,ij,jab->ab", E, self.H, E)
        ways = [Arrow(f"v{sub}", self.best + 1.2 * v, self.best, 2)
                for sub, v in zip("₁₂", self.spectrum.vectors.T, strict=True)]  # fmt: skip
        w1, w2 = self.trail.points.T
        way = Path("w", w1, w2, has_marker=True, arrived=self.status == "converged")
        heat = HeatMap(np.log10(height + 1e-3 * height.max()), contours=True)
        title = "w₁, w₂ from above; shade: log₁₀(loss − min)"
        return Plane(title, (x[0], x[-1], y[0], y[-1]), heat, paths=(way,),
                     arrows=tuple(ways), spots=(Spot(self.best),))  # fmt: skip

    @view
    def fates(self) -> Table:
        """Each eigenvalue, and what it makes of its component."""
        rows = []
        for name, lam in zip("₁₂", self.spectrum.values, strict=True):
            factor = 1 - self.lr * lam
            fate = "grows" if abs(factor) > 1 else "swings in" if factor < 0 else "shrinks"
            rows.append((f"v{name}", f"{lam:.3f}", f"{factor:+.3f}", fate))
        return Table("The error by parts", ("", "λ", "1 − ηλ", "so it"), tuple(rows))

    def oracles(self) -> Iterator[Oracle]:
        """Eigenvalues by the correlation of the two lengths, measured in the run."""
        for name, lam, seen in zip("₁₂", (1 + self.r, 1 - self.r), self.seen, strict=True):
            yield Oracle(f"error along v{name}, a step", 1 - self.lr * lam, float(seen), 1e-5,
                         "1 − η λ, λ = 1 ± correlation", compare="absolute")  # fmt: skip
        top = float(self.seen[0])
        border = NOT_YET if np.isnan(top) or top == 1 else 2 * self.lr / (1 - top)
        yield Oracle("border of η", 2 / (1 + self.r), border, 1e-5, "2/λmax")


class Recurrent(ProcessExperiment):
    """A memory of 32 numbers that goes through the same matrix at every step."""

    radius = Slider("spectral radius", 1, 0.5, 1.5, notches=20, symbol="ρ",
                    help="The matrix is stretched until its largest |λ| is this.")  # fmt: skip
    bend = Switch("tanh", False, help="Bend every number by tanh after each step.")
    state_names = ("h", "sizes")
    charts = {"memory": Chart("Size of the memory", ("‖h‖",), log=True)}
    budget = 400
    failures = (
        Failure("Vanished", lambda lab: lab.sizes[-1] < 1e-3 and lab.radius < 1,
                "As for any ρ < 1, every step multiplies what is left by about ρ.",
                "To see a memory that lasts, turn ρ to 1 and reset.",
                {"radius": 0.8}, {"radius": 1}),
        Failure("Exploded", lambda lab: lab.sizes[-1] > 1e3 and lab.radius > 1,
                "As for any ρ > 1, every step multiplies the memory by about ρ.",
                "To see it held, turn ρ to 1 and reset, or bend by tanh.",
                {"radius": 1.3}, {"radius": 1}),
    )  # fmt: skip

    def begin(self) -> None:
        """A random matrix and a random memory of length 1."""
        W = self.rng.standard_normal((NEURONS, NEURONS))
        self.unit_W = W / spectral_radius(W)
        self.unit_values = eigenvalues(self.unit_W)
        h = self.rng.standard_normal(NEURONS)
        self.h, self.sizes = h / norm(h), np.ones(1)

    def step(self) -> None:
        """h ← W h."""
        h = self.radius * (self.unit_W @ self.h)
        self.h = np.tanh(h) if self.bend else h
        if len(self.sizes) <= SIZES:
            self.sizes = np.append(self.sizes, norm(self.h))

    def turned(self, name: str) -> None:
        """The law starts anew."""
        if self.steps:
            self.sizes = np.array([norm(self.h)])

    def metrics(self) -> Mapping[str, float]:
        """How long the memory is."""
        return {"‖h‖": norm(self.h)}

    @property
    def status(self) -> Status:  # type: ignore[override]
        """Beyond all numbers of interest, either way."""
        size = norm(self.h)
        return "diverged" if size > FAR else "converged" if size < 1 / FAR else "running"

    @view
    def spectrum(self) -> Plane:
        """All eigenvalues in the complex plane, and the circle that decides."""
        lam, t = self.radius * self.unit_values, np.linspace(0, 2 * pi, 181)
        circle = Path("|λ| = 1", np.cos(t), np.sin(t), 3)
        points = Points(lam.real, lam.imag, (abs(lam) > 1 + 1e-9).astype(float))
        return Plane("Eigenvalues of W", (-2, 2, -1.6, 1.6), points=(points,), paths=(circle,),
                     x_label="real", y_label="imaginary")  # fmt: skip

    def oracles(self) -> Iterator[Oracle]:
        """The size in the long run."""
        if not self.bend:
            seen = growth(self.sizes, 200 if self.status == "running" else 20)
            yield Oracle("size, one step over the last", self.radius, seen, 0.03,
                         "ρ = max |λ|, in the long run")  # fmt: skip


class Covariance(StaticExperiment):
    """Two lengths of 150 irises, and how much they vary in a direction."""

    across = Choice("across", tuple(COLUMNS), help="The length to the right.")
    up = Choice("up", ("petal length", *(n for n in COLUMNS if n != "petal length")),
                help="The length upwards.")  # fmt: skip
    v = Point("direction", (2, 0), 3, help="The flowers are looked at along this arrow.")
    axes = Switch("eigenvectors", False, display_only=True, help="Show those of the covariance.")

    @derived
    def lengths(self) -> Array:
        """(150, 2), in cm."""
        return np.asarray(flowers()[0][:, [COLUMNS[self.across], COLUMNS[self.up]]])

    @derived
    def X(self) -> Array:
        """(150, 2), without the mean."""
        return np.asarray(self.lengths - self.lengths.mean(axis=0))

    @derived
    def C(self) -> Array:
        """(2, 2): the covariance."""
        return np.asarray(self.X.T @ self.X / (len(self.X) - 1))

    @property
    def along(self) -> float:
        """The variance of the flowers along v."""
        return float((self.X @ self.v / norm(self.v)).var(ddof=1)) if self.v.any() else 0.0

    @property
    def widest(self) -> float:
        """The largest eigenvalue of the covariance."""
        return float(jacobi_eigen(self.C).values[0])

    @view
    def cloud(self) -> Plane:
        """The flowers about their mean."""
        arrows = [Arrow("v", self.v, knob="v")]
        if self.axes:
            found = jacobi_eigen(self.C)
            arrows += [Arrow(f"v{s}", 2 * q, tone=2) for s, q in
                       zip("₁₂", found.vectors.T, strict=True)]  # fmt: skip
        cloud = Points(self.X[:, 0], self.X[:, 1], flowers()[1])
        return Plane("Flowers, in cm from their mean", (-4.2, 4.2, -3.4, 3.4), points=(cloud,),
                     arrows=tuple(arrows), x_label=self.across, y_label=self.up)  # fmt: skip

    @view
    def spread(self) -> Curve:
        """The variance in all directions."""
        t = np.arange(181.0)
        way = np.stack([np.cos(np.radians(t)), np.sin(np.radians(t))])
        y = np.einsum("ik,ij,jk->k", way, self.C, way)
        marks: tuple[Mark, ...] = ()
        if self.v.any():
            degrees = float(np.degrees(np.arctan2(self.v[1], self.v[0])) % 180)
            marks = (Mark(degrees, f"v: {self.along:.3g}"),)
        return Curve(
            "Variance by direction", (Series("vᵀC v", t, y),), "degrees", marks=marks, is_run=False
        )

    @view
    def numbers(self) -> Table:
        """The covariance, and the variance along v."""
        (a, b), (_, d) = self.C
        total = float(self.C.trace())
        rows = [("C", f"{a:.3g} {b:.3g}; {b:.3g} {d:.3g}"), ("along v", f"{self.along:.4g}"),
                ("of all", f"{self.along / total:.1%}")]  # fmt: skip
        return Table("Variance", ("", ""), tuple(rows))

    def oracles(self) -> Iterator[Oracle]:
        """The variance along v by C; the largest by the quadratic formula and by PCA."""
        if self.v.any():
            yield Oracle("variance along v", float(self.v @ self.C @ self.v / (self.v @ self.v)),
                         self.along, 1e-9, "v·C v / v·v")  # fmt: skip
        if self.across != self.up:
            yield Oracle("largest variance", invariants(self.C).radius,
                         float(pca(self.lengths).variances[0]), 1e-9, "larger λ of C")  # fmt: skip
