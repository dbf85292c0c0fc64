"""Directions that a matrix keeps: by hand, by iteration, and where they decide what happens."""

from collections.abc import Iterator, Mapping
from math import degrees, sqrt

import numpy as np

from engine.array import Array
from engine.linalg import eigenvalues
from engine.linalg.norms import angle, norm
from lessons.kit.checks import Goal, Numeric, Prediction
from lessons.kit.experiment import StaticExperiment, derived, view
from lessons.kit.failures import Failure
from lessons.kit.knobs import Matrix, Point
from lessons.kit.oracles import Oracle
from lessons.kit.pictures import Arrow, Cells, Curve, Mark, Path, Plane, Series, Table
from lessons.linear_algebra.eigen._iterations import MATRICES
from lessons.linear_algebra.eigen._iterations import Power as Power
from lessons.linear_algebra.eigen._iterations import QRIteration as QRIteration
from lessons.linear_algebra.eigen._learning import Bowl as Bowl
from lessons.linear_algebra.eigen._learning import Covariance as Covariance
from lessons.linear_algebra.eigen._learning import Recurrent as Recurrent
from lessons.linear_algebra.eigen._plane import Invariants, invariants
from lessons.linear_algebra.eigen._portrait import Portrait as Portrait


class Direction(StaticExperiment):
    """An arrow v and where A sends it."""

    v = Point("tip of v", (2, 0), 3, help="Drag it until A v is parallel to it.")
    A = Matrix("matrix", MATRICES, reach=9, help="Click a number and type, or take a preset.")
    failures = (
        Failure("No direction stays", lambda lab: lab.law.kind == "pair",
                "The eigenvalues are a complex pair: A turns every arrow of the plane.",
                "Take a matrix with (trace/2)² > det.",
                {"A": "quarter turn"}, {"A": "symmetric"}),
        Failure("Defective", lambda lab: lab.law.kind == "defective",
                "The two eigenvalues are one, and so are their directions.",
                "Change any of its numbers a little so that (trace/2)² > det.",
                {"A": "shear"}, {"A": "symmetric"}),
    )  # fmt: skip

    @derived
    def law(self) -> Invariants:
        """Trace, determinant, and the roots of the characteristic polynomial."""
        return invariants(self.A)

    @property
    def image(self) -> Array:
        """A v."""
        return np.asarray(self.A @ self.v)

    @property
    def quotient(self) -> float:
        """v·Av / v·v: λ, where A v = λ v."""
        return float(self.v @ self.image / (self.v @ self.v)) if self.v.any() else 0.0

    @property
    def sideways(self) -> float:
        """How far A v stands off the line of v, over ‖v‖: 0 where they are parallel."""
        return norm(self.image - self.quotient * self.v) / norm(self.v) if self.v.any() else 0.0

    @view
    def plane(self) -> Plane:
        """v, the line that it lies on, and A v."""
        arrows = (Arrow("A v", self.image, tone=2), Arrow("v", self.v, knob="v"))
        x, y = np.outer(self.v / (norm(self.v) or 1.0), (-12, 12))
        line = (Path("", x, y, faint=True),) if self.v.any() else ()
        return Plane("v and A v", (-8, 8, -6, 6), arrows=arrows, paths=line)

    @view
    def numbers(self) -> Table:
        """What A does to v."""
        (x, y), (p, q) = self.v, self.image
        rows = [("v", f"({x:.3g}, {y:.3g})"), ("A v", f"({p:.3g}, {q:.3g})")]
        if self.v.any() and self.image.any():
            rows.append(("angle", f"{degrees(angle(self.v, self.image)):.1f}°"))
            is_parallel = self.sideways < 1e-9
            rows.append(("A v = λ v", f"λ = {self.quotient:.4g}" if is_parallel else "no"))
        return Table("What A does to v", ("", ""), tuple(rows))

    @view
    def matrix(self) -> Cells:
        """The matrix, to be edited."""
        return Cells("A", self.A, edit="A")

    @view
    def polynomial(self) -> Curve:
        """det(A − λI) against λ; it is 0 at the eigenvalues."""
        law = self.law
        reach = 1.5 * sqrt(abs(law.inside)) + 1
        lam = np.linspace(law.trace / 2 - reach, law.trace / 2 + reach, 121)
        p = lam**2 - law.trace * lam + law.det
        series = (Series("det(A − λI)", lam, p), Series("0", lam, 0 * lam, predicted=True))
        marks = tuple(Mark(r.real, f"{r.real:.3g}") for r in law.roots if law.kind != "pair")
        return Curve("0 at the eigenvalues", series, "λ", marks=marks[: 2 - (law.inside == 0)])

    def oracles(self) -> Iterator[Oracle]:
        """Sum and product of the engine's eigenvalues, and the stretch of a v that stays."""
        law, found = self.law, eigenvalues(self.A)
        size = 1 + float((self.A**2).sum())
        yield Oracle("λ₁ + λ₂", law.trace, float(found.sum().real), 1e-12 * size,
                     "the trace: the sum of the diagonal", compare="absolute")  # fmt: skip
        yield Oracle("λ₁ · λ₂", law.det, float(found.prod().real), 1e-12 * size,
                     "the determinant a d − b c", compare="absolute")  # fmt: skip
        if self.v.any() and self.sideways < 1e-9 * size:
            nearest = min((root.real for root in law.roots), key=lambda r: abs(r - self.quotient))
            yield Oracle("stretch of v", nearest, self.quotient, 1e-6,
                         "an eigenvalue: A v is parallel to v", compare="absolute")  # fmt: skip


TABLES = ((4, 1, 2, 3), (1, 3, 2, 2), (6, 2, 1, 5), (5, 1, 2, 4), (7, 4, 1, 4), (2, 3, 4, 1))


def some_table(rng: np.random.Generator) -> Mapping[str, float]:
    """A 2 × 2 matrix with whole eigenvalues."""
    return dict(zip("abcd", map(float, rng.choice(TABLES)), strict=True))


def larger(v: Mapping[str, float]) -> float:
    """The larger eigenvalue, by the engine."""
    return float(eigenvalues([[v["a"], v["b"]], [v["c"], v["d"]]]).real.max())


def some_pair(rng: np.random.Generator) -> Mapping[str, float]:
    """Two eigenvalues and a number of steps."""
    a, b, k = rng.choice([[5, 2, 2], [4, 1, 3], [5, 3, 3], [10, 4, 3], [4, 3, 3], [2, 1, 5]])
    return {"a": float(a), "b": float(b), "k": float(k)}


checks = {
    "short": Goal(
        reached=lambda lab: norm(lab.v) >= 1 and lab.sideways < 0.1 and lab.quotient < 1.5,
        free=("v",), answer={"v": "2, -2"},
        progress=lambda lab: f"A v is {degrees(angle(lab.v, lab.image)):.0f}° away from v"
        if lab.v.any() and lab.image.any() else "v has no direction",
    ),
    "larger": Numeric(
        vary=some_table, answer=larger,
        wrong=(lambda v: v["a"] + v["d"], lambda v: v["a"] * v["d"] - v["b"] * v["c"],
               lambda v: v["a"] + v["d"] - larger(v), lambda v: max(v["a"], v["d"])),
    ),
    "left": Numeric(
        vary=some_pair, answer=lambda v: (v["b"] / v["a"]) ** v["k"],
        wrong=(lambda v: v["b"] / v["a"], lambda v: (v["b"] / v["a"]) * v["k"],
               lambda v: (v["a"] / v["b"]) ** v["k"]),
    ),
    "unshifted": Prediction(
        lab=QRIteration, scene={"shift": False}, steps=400,
        outcome=lambda lab: int(np.searchsorted([8.5, 50.5], lab.steps - 1)),
    ),
    "spiral": Goal(
        reached=lambda lab: lab.kinds == ["spiral, in", "spiral, out"]
        and 0.7 - 1e-9 <= lab.law.radius <= 0.98 + 1e-9,
        free=("at",), answer={"at": "1, 0.8"},
        progress=lambda lab: f"ρ = {lab.law.radius:.3g}, Re λ = {lab.largest_real:.3g}",
    ),
    "apart": Prediction(
        lab=Bowl, scene={"lr": 1.2}, steps=200,
        outcome=lambda lab: int(np.searchsorted([1e-2, 1e2], lab.distance)),
    ),
    "memory": Prediction(
        lab=Recurrent, scene={"radius": 0.9}, steps=50,
        outcome=lambda lab: int(np.searchsorted([0.05, 0.5], lab.sizes[50])),
    ),
    "widest": Goal(
        reached=lambda lab: lab.along > 0.995 * lab.widest, free=("v",), answer={"v": "1.3, 3"},
        progress=lambda lab: f"variance {lab.along:.3g}",
    ),
}  # fmt: skip
