"""Power iteration, for one eigenvalue, and QR iteration, for all of a symmetric matrix."""

from collections.abc import Iterator
from math import pi

import numpy as np

from engine.array import Array
from engine.linalg import power_steps, qr_algorithm_steps
from engine.linalg.jacobi import Spectrum
from engine.linalg.power import DirectionStep, EigenPair
from engine.linalg.qr_algorithm import ShiftStep
from lessons.kit.algorithm import AlgorithmExperiment
from lessons.kit.experiment import derived, view
from lessons.kit.failures import Failure, diverged
from lessons.kit.knobs import Matrix, Point, Switch
from lessons.kit.oracles import NOT_YET, Oracle
from lessons.kit.pictures import Arrow, Cells, Curve, Path, Plane, Series
from lessons.linear_algebra.eigen._plane import Invariants, invariants

MATRICES = {
    "symmetric": [[2, 1], [1, 2]],
    "slanted": [[1, 2], [8, 1]],
    "quarter turn": [[0, -1], [1, 0]],
    "shear": [[1, 1], [0, 1]],
    "swap": [[0, 1], [1, 0]],
}
LIMIT = 80
"""The most steps of the power iteration."""
FLOOR = 1e-9
"""Below it rounding shows in the error of a direction."""


class Power(AlgorithmExperiment[DirectionStep | EigenPair]):
    """v ← A v, brought to length 1, again and again."""

    start = Point("start", (1, 0), 3, help="The direction to begin with; only it counts.")
    A = Matrix("matrix", MATRICES, reach=9, help="What is applied at each step.")
    failures = (
        Failure("Not settled", lambda lab: isinstance(lab.record, EigenPair)
                and not lab.record.converged and lab.law.radius - abs(lab.law.roots[1]) < 1e-9,
                "Neither |λ| is larger: a pair or ±λ never settles, a double λ slowly.",
                "Take a matrix with |λ₂| < |λ₁|.", {"A": "quarter turn"}, {"A": "symmetric"}),
        Failure("Blind start", lambda lab: isinstance(lab.record, EigenPair)
                and lab.record.converged and abs(lab.record.value) < lab.law.radius - 1e-6,
                "The start holds nothing of v₁, and a factor times nothing is nothing.",
                "Start in another direction; a random one holds a little of v₁.",
                {"start": "1, -1"}, {"start": "1, -0.9"}),
    )  # fmt: skip

    def records(self) -> Iterator[DirectionStep | EigenPair]:
        """One record per direction."""
        return power_steps(self.A, self.start, limit=LIMIT)

    @derived
    def law(self) -> Invariants:
        """The eigenvalues by the quadratic formula."""
        return invariants(self.A)

    @derived
    def steps_so_far(self) -> list[DirectionStep]:
        """The steps so far, without the final record."""
        return [record for record in self.past if isinstance(record, DirectionStep)]

    @derived
    def directions(self) -> Array:
        """(k, 2): the directions so far."""
        return np.array([record.vector for record in self.steps_so_far]).reshape(-1, 2)

    @derived
    def errors(self) -> Array:
        """(k,): how much of v₂ each direction holds, over how much of v₁; empty without them."""
        if self.law.kind != "two" or not len(self.directions):
            return np.zeros(0)
        values, V = np.linalg.eig(self.A)
        c = np.linalg.solve(V[:, np.argsort(-abs(values))], self.directions.T)
        with np.errstate(all="ignore"):
            return np.asarray(abs(c[1] / c[0]))

    @view
    def plane(self) -> Plane:
        """All directions so far on the circle of length 1, and where A sends the last."""
        t = np.linspace(0, 2 * pi, 121)
        arrows = [Arrow("", v, tone=3, faint=True) for v in self.directions[-4:-1]]
        if len(self.directions):
            v = self.directions[-1]
            arrows += [Arrow("A v", self.A @ v, tone=2), Arrow("v", v, tone=1)]
        arrows.append(Arrow("start", self.start, knob="start"))
        circle = Path("length 1", np.cos(t), np.sin(t), 4, faint=True)
        return Plane("v turns", (-4, 4, -3, 3), arrows=tuple(arrows), paths=(circle,))

    @view
    def error(self) -> Curve:
        """What is left of v₂, beside its law; the residual where there are no v₁ and v₂."""
        if self.law.kind != "two":
            r = [record.residual for record in self.steps_so_far]
            residual = Series("‖A v − λ v‖", range(len(r)), r)
            return Curve("No v₁ and v₂: the residual", (residual,))
        k, e = np.arange(len(self.errors), dtype=float), self.errors
        known = np.isfinite(e) & (e > 0)
        series = [Series("error", k[known], e[known])]
        if known.any() and known[0]:
            law = e[0] * abs(self.law.roots[1] / self.law.roots[0]) ** k
            series.append(Series("|λ₂/λ₁|ᵏ", k[law > 0], law[law > 0], tone=1, predicted=True))
        return Curve("Error: how much of v₂ per v₁", tuple(series), log_y=True)

    def oracles(self) -> Iterator[Oracle]:
        """The factor of the last step, and the eigenvalue in the end."""
        if self.law.kind != "two" or not self.law.radius or not len(self.errors):
            return
        (one, two), e = self.law.roots, self.errors
        ratio = abs(two / one)
        inside = np.flatnonzero((e > FLOOR) & (e < 1 / FLOOR))
        k = int(inside[-1]) if len(inside) else 0
        if ratio > 1e-6:
            seen = float(e[k] / e[k - 1]) if k else NOT_YET
            yield Oracle("error, one step over the last", ratio, seen, 1e-5, "|λ₂/λ₁|")
        if isinstance(self.record, EigenPair) and self.record.converged:
            wanted = one if e[0] < 1e12 else two
            yield Oracle("λ", wanted.real, self.record.value, 1e-8, "the root of larger size "
                         "(of the other, if the start holds none of v₁)",
                         compare="absolute")  # fmt: skip


class QRIteration(AlgorithmExperiment[ShiftStep | Spectrum]):
    """T = Q R, then T ← R Q, until only the diagonal is left."""

    A = Matrix(
        "matrix",
        {
            "4 × 4": [[4, 1, 2, 0], [1, 3, 0, 1], [2, 0, 5, 1], [0, 1, 1, 2]],
            "± pairs": [[0, 1, 0, 0], [1, 0, 1, 0], [0, 1, 0, 1], [0, 0, 1, 0]],
        },
        help="A symmetric matrix.",
    )  # fmt: skip
    shift = Switch("shift", True, help="Subtract a guess of the eigenvalue before each step.")
    failures = (
        Failure("Never settles", diverged, "Two eigenvalues are of one size, λ and −λ.",
                "Turn the shift on: then λ − μ and −λ − μ differ in size.",
                {"A": "± pairs", "shift": False}, {"shift": True}),
    )  # fmt: skip

    def records(self) -> Iterator[ShiftStep | Spectrum]:
        """One record per step."""
        return qr_algorithm_steps(self.A, shift=self.shift, limit=300)

    @property
    def T(self) -> Array:
        """The matrix as it stands."""
        at = self.record
        return self.A if at is None else at.T if isinstance(at, ShiftStep) else np.diag(at.values)

    @derived
    def steps_so_far(self) -> list[ShiftStep]:
        """The steps so far, without the final record."""
        return [record for record in self.past if isinstance(record, ShiftStep)]

    @view
    def matrix(self) -> Cells:
        """T, the coupling framed."""
        at, size = self.record, float(abs(self.A).max()) or 1.0
        m = at.active if isinstance(at, ShiftStep) else 0
        shown = np.where(abs(self.T) < 1e-12 * size, 0.0, self.T)
        return Cells("T", shown, lit=((m - 1, m - 2), (m - 2, m - 1)) if m else ())

    @view
    def couplings(self) -> Curve:
        """The number beside the last active diagonal entry, step by step."""
        k = np.arange(1, len(self.steps_so_far) + 1, dtype=float)
        y = np.array([max(step.coupling, 1e-300) for step in self.steps_so_far])
        return Curve("Coupling, step by step", (Series("coupling", k, y),), log_y=True)

    @property
    def rate(self) -> tuple[float, list[float]]:
        """|λₙ/λₙ₋₁|, and the last two couplings once this alone decides; empty before.

        The last axis is a power iteration by T⁻¹: k steps on it holds cᵢ λᵢ⁻ᵏ of vᵢ, c its parts
        in the first T. The coupling is its spread, which is to come from vₙ₋₁ and not from others.
        """
        first = [step.coupling for step in self.steps_so_far if step.active == len(self.A)]
        lam, V = np.linalg.eigh(self.steps_so_far[0].T)
        order = np.argsort(abs(lam))
        lam, c = lam[order], abs(V[-1, order])
        size, ratio = float(abs(lam[-1])), float(abs(lam[0] / lam[1])) if lam[1] else 1.0
        k = sum(coupling > 1e-11 * size for coupling in first) - 1
        if k < 1 or abs(lam[0]) < 1e-9 * size or min(c[:2]) < 1e-8:
            return ratio, []
        spread = c * abs(lam - lam[0]) * abs(lam[0] / lam) ** (k - 1)
        is_late = spread[1] < 0.05 * c[0] * abs(lam[1] - lam[0])
        is_alone = np.linalg.norm(spread[2:]) < 0.1 * spread[1]
        return ratio, first[k - 1 : k + 1] if is_late and is_alone else []

    def oracles(self) -> Iterator[Oracle]:
        """Trace and length stay; without shift, the rate; in the end, the eigenvalues."""
        size = 1 + float(np.linalg.norm(self.A))
        yield Oracle("trace of T", float(np.trace(self.A)), float(np.trace(self.T)), 1e-12 * size,
                     "a turn of axes keeps the trace", compare="absolute")  # fmt: skip
        if not self.shift and self.steps_so_far:
            ratio, late = self.rate
            seen = late[1] / late[0] if len(late) else NOT_YET
            yield Oracle("coupling, one step over the last", ratio, seen, 0.02,
                         "|λₙ/λₙ₋₁|, the two smallest in size")  # fmt: skip
        if isinstance(self.record, Spectrum):
            top = float(np.linalg.norm(self.A, 2))
            yield Oracle("largest |λ|", top, float(abs(np.diag(self.T)).max()), 1e-9,
                         "the longest that A makes of an arrow of length 1")  # fmt: skip
