"""Phase portraits of x ← A x and ẋ = A x, chosen on the map of trace and determinant."""

from collections.abc import Iterator, Mapping
from math import exp, pi, sqrt

import numpy as np

from engine.array import Array
from engine.calculus.ode import METHODS
from lessons.kit.experiment import Chart, ProcessExperiment, Status, derived, view
from lessons.kit.knobs import Choice, Point
from lessons.kit.oracles import NOT_YET, Oracle
from lessons.kit.pictures import Path, Plane, Points, Region, Spot, Table
from lessons.kit.trajectory import Trajectory
from lessons.linear_algebra.eigen._plane import Invariants, invariants

STARTS, FAR, H = 8, 1e12, 0.1
"""How many points start on the circle; when a run is over; the time of a step of the flow."""
SIZES = 400
"""The sizes of so many steps are kept."""


def growth(sizes: Array, since: int = 40) -> float:
    """The factor a step over the later half of what was seen; NOT_YET before `since` steps."""
    k = len(sizes) - 1
    if k < since or sizes[k // 2] <= 0 or sizes[k] <= 0:
        return NOT_YET
    return float((sizes[k] / sizes[k // 2]) ** (1 / (k - k // 2)))


class Portrait(ProcessExperiment):
    """Eight points that all move by one matrix."""

    at = Point("trace, det", (1.8, 0.72), 3, notch=0.05, rebuilds=True,
               help="Click the map: across is the trace, up the determinant.")  # fmt: skip
    time = Choice("law", ("x ← A x", "ẋ = A x"), rebuilds=True, help="Leaps, or a flow.")
    state_names = ("x", "trail", "sizes", "area")
    charts = {"size": Chart("Size of all points together", ("size",), log=True)}
    budget = 300

    @property
    def is_flow(self) -> bool:
        """Whether time is continuous."""
        return self.time == "ẋ = A x"

    @derived
    def A(self) -> Array:
        """(2, 2): of all matrices with this trace and determinant, this one."""
        half = float(self.at[0]) / 2
        return np.array([[half, round(half * half - float(self.at[1]), 12)], [1.0, half]])

    @derived
    def law(self) -> Invariants:
        """Its eigenvalues."""
        return invariants(self.A)

    @property
    def rate(self) -> float:
        """By what all grows a step in the long run, by theory."""
        if self.is_flow:
            return exp(H * max(root.real for root in self.law.roots))
        return self.law.radius

    @property
    def name(self) -> str:
        """The field's name for the portrait."""
        if self.is_flow:
            inward = [root.real < 0 for root in self.law.roots]
            still = any(root.real == 0 for root in self.law.roots)
        else:
            inward = [abs(root) < 1 for root in self.law.roots]
            still = any(abs(abs(root) - 1) < 1e-9 for root in self.law.roots)
        if still:
            return "center" if self.law.kind == "pair" else "border case"
        if inward[0] != inward[1]:
            return "saddle"
        shape = {"pair": "spiral", "defective": "defective node"}.get(self.law.kind, "node")
        return f"{shape}, {'in' if inward[0] else 'out'}"

    def begin(self) -> None:
        """Eight points on a circle."""
        t = np.arange(STARTS) * 2 * pi / STARTS + 0.2
        self.x: Array = 1.5 * np.stack([np.cos(t), np.sin(t)])
        self.trail, self.sizes = Trajectory(self.x.ravel()), np.ones(1)
        self.area = np.full(1, np.nan)

    def step(self) -> None:
        """Move all points; keep the factor of the area between two of them while they span one."""
        before = self.x
        if self.is_flow:
            moved = METHODS["rk4"](lambda _, y: (self.A @ y.reshape(2, -1)).ravel(), 0.0,
                                   before.ravel(), H)[0]  # fmt: skip
            self.x = moved.reshape(2, -1)
        else:
            self.x = self.A @ before
        u, v = before[:, 0], before[:, 2]
        area = float(u[0] * v[1] - u[1] * v[0])
        if abs(area) > 1e-4 * float(np.linalg.norm(u) * np.linalg.norm(v)) > 0:
            u, v = self.x[:, 0], self.x[:, 2]
            self.area = np.array([float(u[0] * v[1] - u[1] * v[0]) / area])
        self.trail.append(self.x.ravel())
        if len(self.sizes) <= SIZES:
            self.sizes = np.append(self.sizes, self.size)

    @property
    def size(self) -> float:
        """‖all points‖, over that at the start."""
        return float(np.linalg.norm(self.x)) / (1.5 * sqrt(STARTS))

    def metrics(self) -> Mapping[str, float]:
        """How large the points are together."""
        return {"size": self.size}

    @property
    def status(self) -> Status:  # type: ignore[override]
        """Gone, or arrived at 0."""
        return "diverged" if self.size > FAR else "converged" if self.size < 1 / FAR else "running"

    @view
    def portrait(self) -> Plane:
        """The ways of all points, and the directions that stay."""
        ways = self.trail.points.reshape(-1, 2, STARTS)
        lines = []
        if self.law.kind != "pair":
            q = sqrt(self.law.inside)
            for sign in (1, -1)[: 2 if q else 1]:
                name, x = "eigenvector" if sign == 1 else "", 9 * sign * q
                lines.append(Path(name, (-x, x), (-9, 9), 3, faint=True))
        # A flow draws lines; leaps are dots, and a line only for the last of them.
        shown = ways if self.is_flow else ways[-2:]
        paths = tuple(
            Path("", shown[:, 0, j], shown[:, 1, j], j % 2, has_marker=True) for j in range(STARTS)
        )
        past = ways[:-1].transpose(1, 0, 2).reshape(2, -1)
        dots = Points(past[0], past[1], np.resize([0.0, 1.0], past.shape[1]))
        return Plane(
            f"{self.time}: {self.name}",
            (-4, 4, -3, 3),
            paths=(*lines, *paths),
            points=() if self.is_flow else (dots,),
        )

    @view
    def trace_det(self) -> Plane:
        """The map: where all dies out, and the parabola of double eigenvalues."""
        t = np.linspace(-3.4, 3.4, 81)
        region = (
            Region("dies out", (-3.4, 0, 0, -3.4), (0, 0, 3, 3))
            if self.is_flow
            else Region("dies out", (-2, 0, 2), (1, -1, 1))
        )
        parabola = Path("double λ: det = (trace/2)²", t, t * t / 4, 3)
        here = Spot(self.at, "", knob="at")
        return Plane("Map of trace and determinant", (-3.4, 3.4, -3, 3), regions=(region,),
                     paths=(parabola,), spots=(here,), x_label="trace", y_label="det",
                     pick="at")  # fmt: skip

    @view
    def facts(self) -> Table:
        """The matrix, its eigenvalues and the verdict."""
        (a, b), (c, d) = self.A
        one, two = self.law.roots
        if self.law.kind == "pair":
            values = f"{one.real:.3g} ± {abs(one.imag):.3g} i"
        else:
            values = f"{one.real:.3g}, {two.real:.3g}"
        last = ("ρ", f"{self.law.radius:.4g}")
        if self.is_flow:
            last = ("max Re λ", f"{max(one.real, two.real):.4g}")
        matrix = ("A", f"{a:.3g} {b:.3g}; {c:.3g} {d:.3g}")
        rows = (("kind", self.name), matrix, ("λ", values), last)
        return Table("What this matrix does", ("", ""), rows)

    def oracles(self) -> Iterator[Oracle]:
        """Areas at each step, sizes in the long run."""
        area = exp(H * self.law.trace) if self.is_flow else self.law.det
        why = "e to the trace · time" if self.is_flow else "det A = λ₁ λ₂"
        yield Oracle("area, one step over the last", area, float(self.area[0]), 1e-4, why,
                     compare="absolute")  # fmt: skip
        if self.rate > 0.01:
            why = "e to the (largest Re λ) · time" if self.is_flow else "ρ = max |λ|"
            yield Oracle("size, one step over the last", self.rate, growth(self.sizes), 0.05, why)
