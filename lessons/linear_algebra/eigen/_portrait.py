"""Phase portraits of x ← A x and ẋ = A x, of one matrix: a place on the map of trace and det."""

from collections.abc import Iterator, Mapping
from math import exp, pi, sqrt

import numpy as np

from engine.array import Array
from engine.calculus.ode import METHODS
from lessons.kit.experiment import Chart, ProcessExperiment, Status, derived, view
from lessons.kit.knobs import Point
from lessons.kit.oracles import NOT_YET, Oracle
from lessons.kit.pictures import Path, PictureRow, Plane, Points, Region, Spot, Table
from lessons.kit.trajectory import Trajectory
from lessons.linear_algebra.eigen._plane import Invariants, invariants

STARTS, FAR, H = 8, 1e12, 0.1
"""How many points start on the circle; how far they are followed; a step of the flow in time."""
SIZES = 400
"""The sizes of so many steps are kept."""
LAWS = ("x ← A x", "ẋ = A x")
LEAPS, FLOW = range(2)


def growth(sizes: Array, since: int = 40) -> float:
    """The factor a step over the later half of what was seen; NOT_YET before `since` steps."""
    k = len(sizes) - 1
    if k < since or sizes[k // 2] <= 0 or sizes[k] <= 0:
        return NOT_YET
    return float((sizes[k] / sizes[k // 2]) ** (1 / (k - k // 2)))


def areas(x: Array) -> Array:
    """(laws,): the area between the first and the third point, with its sign; x (laws, 2, n)."""
    return np.asarray(x[:, 0, 0] * x[:, 1, 2] - x[:, 1, 0] * x[:, 0, 2])


def kind(law: Invariants, pulls: Array) -> str:
    """The field's name for a portrait; along each eigenvector a pull below 0 leads inwards."""
    if abs(pulls).min() < 1e-9:
        return "center" if law.kind == "pair" else "border case"
    if pulls[0] * pulls[1] < 0:
        return "saddle"
    shape = {"pair": "spiral", "defective": "defective node"}.get(law.kind, "node")
    return f"{shape}, {'in' if pulls[0] < 0 else 'out'}"


class Portrait(ProcessExperiment):
    """Eight points that leap by a matrix, and eight that flow by it.

    What there is of both stands in the order of `LAWS`: `x` is (laws, 2, points), `sizes` (laws,
    steps + 1), `area` (laws,) by what the last step multiplied areas, `ellipse` by what `spans`.
    """

    at = Point("trace, det", (1.8, 0.72), 3, notch=0.05, rebuilds=True,
               help="Click the map: across is the trace, up the determinant.")  # fmt: skip
    state_names = ("x", "trail", "sizes", "area", "ellipse")
    charts = {"size": Chart("Size of all points together", LAWS, log=True)}
    budget = 300

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
    def pulls(self) -> Array:
        """(laws, 2): how far |λ| is above 1, and Re λ above 0: out if positive, in if negative."""
        roots = np.array(self.law.roots)
        return np.stack([abs(roots) - 1, roots.real])

    @property
    def largest_real(self) -> float:
        """The largest Re λ."""
        return max(root.real for root in self.law.roots)

    @property
    def kinds(self) -> list[str]:
        """The names of both portraits."""
        return [kind(self.law, pulls) for pulls in self.pulls]

    def begin(self) -> None:
        """Eight points on a circle."""
        t = np.arange(STARTS) * 2 * pi / STARTS + 0.2
        self.x = np.stack([1.5 * np.stack([np.cos(t), np.sin(t)])] * len(LAWS))
        self.trail, self.sizes = Trajectory(self.x.ravel()), np.ones((len(LAWS), 1))
        self.area, self.ellipse = np.full((2, len(LAWS)), np.nan)

    def step(self) -> None:
        """Move all points, unless they are gone or have arrived."""
        flowed, _ = METHODS["rk4"](lambda _, y: (self.A @ y.reshape(2, -1)).ravel(), 0.0,
                                   self.x[FLOW].ravel(), H)  # fmt: skip
        before, moving = self.x, self.moving
        moved = np.stack([self.A @ before[LEAPS], flowed.reshape(2, -1)])
        self.x = np.where(moving[:, None, None], moved, before)
        # Rounding is all that is left of the area between two points on nearly the same line.
        lengths = np.linalg.norm(before[:, :, [0, 2]], axis=1).prod(axis=1)
        known = moving & (abs(areas(before)) > 1e-4 * lengths)
        factor = areas(self.x) / np.where(known, areas(before), 1.0)
        self.area = np.where(known, factor, self.area)
        if self.law.kind == "pair":
            longer = self.spans(self.x) / np.where(moving, self.spans(before), 1.0)
            self.ellipse = np.where(moving, longer, self.ellipse)
        self.trail.append(self.x.ravel())
        if self.sizes.shape[1] <= SIZES:
            self.sizes = np.column_stack([self.sizes, np.where(moving, self.size, np.nan)])

    def spans(self, x: Array) -> Array:
        """(laws,): √(x₁² + q² x₂²) of all points; x (laws, 2, n).

        A is (h, −q²; 1, h) above the parabola: of each point a leap then makes exactly ρ times as
        much, ρ² = h² + q², and a time t of flow e to the h t.
        """
        q = sqrt(max(0.0, -self.law.inside))
        return np.asarray(np.hypot(x[:, 0], q * x[:, 1]).max(axis=1))

    @property
    def size(self) -> Array:
        """(laws,): ‖all points‖, over that at the start."""
        return np.asarray(np.linalg.norm(self.x, axis=(1, 2)) / (1.5 * sqrt(STARTS)))

    @property
    def moving(self) -> Array:
        """(laws,): whether the points are neither gone nor at 0."""
        return np.asarray((self.size <= FAR) & (self.size >= 1 / FAR))

    def metrics(self) -> Mapping[str, float]:
        """How large the points are together."""
        return dict(zip(LAWS, map(float, self.size), strict=True))

    @property
    def status(self) -> Status:  # type: ignore[override]
        """At the end both are gone or at 0."""
        if self.moving.any():
            return "running"
        return "diverged" if self.size.max() > FAR else "converged"

    def portrait(self, law: int) -> Plane:
        """The ways of all points, and the directions that stay."""
        ways = self.trail.points.reshape(-1, len(LAWS), 2, STARTS)[:, law]
        q = sqrt(max(0.0, self.law.inside))
        lines = [] if self.law.kind == "pair" else [
            Path("", (-9 * slope, 9 * slope), (-9, 9), 3, faint=True) for slope in {q, -q}
        ]  # fmt: skip
        # A flow draws lines; leaps are dots, and a line only for the last of them.
        shown = ways if law == FLOW else ways[-2:]
        tones = np.arange(STARTS) % 2
        paths = [
            Path("", shown[:, 0, j], shown[:, 1, j], int(tones[j]), has_marker=True)
            for j in range(STARTS)
        ]
        x, y = (ways[:-1, axis].ravel() for axis in range(2))
        dots = Points(x, y, np.resize(tones.astype(float), len(x)))
        return Plane(f"{LAWS[law]}: {self.kinds[law]}", (-3, 3, -3, 3), paths=(*lines, *paths),
                     points=() if law == FLOW else (dots,))  # fmt: skip

    @view
    def portraits(self) -> PictureRow:
        """Leaps and flow side by side."""
        return PictureRow(
            "Phase portraits: one matrix, two laws", (self.portrait(LEAPS), self.portrait(FLOW))
        )

    @view
    def trace_det(self) -> Plane:
        """The map: where leaps and flow die out, and the parabola of double eigenvalues."""
        t = np.linspace(-3.4, 3.4, 81)
        regions = (Region("leaps", (-2, 0, 2), (1, -1, 1)),
                   Region("flow", (-3.4, 0, 0, -3.4), (0, 0, 3, 3), 1))  # fmt: skip
        parabola = Path("double λ: det = (trace/2)²", t, t * t / 4, 3)
        here = Spot(self.at, "", knob="at")
        return Plane("Where they die out", (-3.4, 3.4, -3, 3), regions=regions,
                     paths=(parabola,), spots=(here,), x_label="trace", y_label="det",
                     pick="at")  # fmt: skip

    @view
    def facts(self) -> Table:
        """The matrix, its eigenvalues and both verdicts."""
        (a, b), (c, d) = self.A
        one, two = self.law.roots
        values = f"{one.real:.3g}, {two.real:.3g}"
        if self.law.kind == "pair":
            values = f"{one.real:.3g} ± {abs(one.imag):.3g} i"
        rows = (
            ("A", f"{a:.3g} {b:.3g}; {c:.3g} {d:.3g}"),
            ("λ", values),
            ("ρ", f"{self.law.radius:.4g}"),
            ("max Re λ", f"{self.largest_real:.4g}"),
            *zip(LAWS, self.kinds, strict=True),
        )
        return Table("What this matrix does", ("", ""), rows)

    def oracles(self) -> Iterator[Oracle]:
        """Areas at each step, sizes in the long run; those of a complex pair at each step."""
        law = self.law
        yield from self.measured(LEAPS, law.det, "det A = λ₁ λ₂", law.radius, "ρ = max |λ|")
        area, size = exp(H * law.trace), exp(H * self.largest_real)
        yield from self.measured(FLOW, area, "e to the trace · time", size, "e to the Re λ · time")

    def measured(
        self, law: int, area: float, area_why: str, size: float, size_why: str
    ) -> Iterator[Oracle]:
        """The factors that theory predicts for a law, beside those of the run."""
        unit, sizes = ("leap", "step of the flow")[law], self.sizes[law]
        yield Oracle(f"area, one {unit}", area, float(self.area[law]), 1e-4, area_why,
                     compare="absolute")  # fmt: skip
        if self.law.kind == "pair":
            # The step of a flow errs by (|λ| H)⁵/120 < 2e-6.
            yield Oracle(f"size, one {unit}", size, float(self.ellipse[law]), (1e-9, 5e-6)[law],
                         f"{size_why}; size² = x₁² + q² x₂²")  # fmt: skip
        elif size > 0.01:
            seen = growth(sizes[np.isfinite(sizes)])
            yield Oracle(f"size, one {unit}", size, seen, 0.05, size_why)
