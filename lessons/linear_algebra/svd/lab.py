"""Circle to ellipse, Jacobi's turns, a digit from few terms, directions in which data vary."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import hypot, pi

import numpy as np

from engine.array import Array
from engine.explain import number
from engine.linalg import svd, svd_steps
from engine.linalg.svd import SVD, ColumnRotation
from lessons.kit.algorithm import AlgorithmExperiment
from lessons.kit.checks import Goal, Numeric, Prediction
from lessons.kit.experiment import AbstractExperiment, StaticExperiment, derived, view
from lessons.kit.knobs import Integer, Matrix, Point
from lessons.kit.oracles import NOT_YET, Oracle
from lessons.kit.pictures import Arrow, Bars, Cells, Path, PictureRow, Plane, Table
from lessons.linear_algebra.svd._components import Components as Components
from lessons.linear_algebra.svd._components import stored


class AbstractMap(AbstractExperiment):
    """A 2 × 2 matrix whose columns are dragged."""

    c1 = Point("first column", (3, 4), 6, help="Where the arrow (1, 0) goes.")
    c2 = Point("second column", (0, 5), 6, help="Where the arrow (0, 1) goes.")

    @derived
    def A(self) -> Array:
        """(2, 2)."""
        return np.stack([self.c1, self.c2], axis=1)

    @derived
    def parts(self) -> SVD:
        """A = U Σ Vᵀ."""
        return svd(self.A)


class Ellipse(AbstractMap, StaticExperiment):
    """What a 2 × 2 matrix makes of the unit circle."""

    @view
    def plane(self) -> Plane:
        """The circle, the ellipse, its half axes, and the columns, which can be dragged."""
        t = np.linspace(0, 2 * pi, 181)
        circle = np.stack([np.cos(t), np.sin(t)])
        axes = (
            Arrow(f"σ{sub}", s * u, tone=2)
            for sub, s, u in zip("₁₂", self.parts.s, self.parts.U.T, strict=True)
            if s
        )
        columns = (Arrow("A e₁", self.c1, knob="c1"), Arrow("A e₂", self.c2, tone=1, knob="c2"))
        x, y = self.A @ circle
        paths = (Path("circle", circle[0], circle[1], 4), Path("A · circle", x, y, 3))
        title = "The circle becomes an ellipse"
        return Plane(title, (-8, 8, -7, 7), arrows=(*axes, *columns), paths=paths)

    @view
    def lengths(self) -> Table:
        """The singular values, and what they add up and multiply to."""
        (s1, s2), (p, q), (r, s) = self.parts.s, self.c1, self.c2
        det = round(float(p * s - r * q), 12) + 0.0  # where 4e-16 is a 0 that was rounded
        rows = (("σ₁", f"{s1:.4g}", "longest arrow"), ("σ₂", f"{s2:.4g}", "shortest arrow"),
                ("σ₁·σ₂", f"{s1 * s2:.4g}", "factor of areas"),
                ("det A", f"{det:.4g}", f"{number(p)}·{number(s)} − {number(r)}·{number(q)}"),
                ("rank", f"{self.parts.rank}", "σ that are not 0"))  # fmt: skip
        return Table("Singular values", ("", "", ""), rows)

    def oracles(self) -> Iterator[Oracle]:
        """Area, lengths, and the longest arrow by going all around."""
        (s1, s2), (p, q), (r, s) = self.parts.s, self.c1, self.c2
        size = float(p * p + q * q + r * r + s * s)
        yield Oracle("σ₁ σ₂", abs(float(p * s - r * q)), float(s1 * s2), 1e-9 * size, "|det A|",
                     compare="absolute")  # fmt: skip
        yield Oracle("σ₁² + σ₂²", size, float(s1**2 + s2**2), 1e-9,
                     "the sum of all entries squared")  # fmt: skip
        t = np.linspace(0, pi, 2001)
        longest = float(np.hypot(*(self.A @ [np.cos(t), np.sin(t)])).max())
        yield Oracle("σ₁", longest, float(s1), 1e-5, "the longest arrow on the ellipse, by search")


@dataclass(frozen=True, eq=False)
class Part:
    """One of the three parts was applied: M (2, 2) is all that was done so far."""

    M: Array
    why: str


class Parts(AbstractMap, AlgorithmExperiment[Part]):
    """A as a turn, a stretch and a turn, one after the other."""

    unit = "part"

    def records(self) -> Iterator[Part]:
        """Vᵀ, then Σ, then U."""
        U, s, Vt = self.parts.U, self.parts.s, self.parts.Vt
        yield Part(Vt, "Vᵀ turns v₁ and v₂ onto the axes: lengths stay")
        yield Part(s[:, None] * Vt, f"Σ stretches along the axes by {s[0]:.4g} and {s[1]:.4g}")
        yield Part(U @ (s[:, None] * Vt), "U turns the result to where A sends it: lengths stay")

    @view
    def plane(self) -> Plane:
        """The circle and the two directions after the parts so far; the ellipse, faintly."""
        M = self.record.M if self.record else np.eye(2)
        t = np.linspace(0, 2 * pi, 181)
        circle = np.stack([np.cos(t), np.sin(t)])
        (x, y), (u, v) = M @ circle, self.A @ circle
        moved = M @ self.parts.Vt.T
        arrows = [Arrow(f"v{sub}", way, tone=tone) for sub, way, tone in
                  zip("₁₂", moved.T, (0, 1), strict=True)]  # fmt: skip
        arrows += [
            Arrow("A e₁", self.c1, tone=3, knob="c1"),
            Arrow("A e₂", self.c2, tone=3, knob="c2"),
        ]
        done = ("nothing yet", "after Vᵀ", "after Σ Vᵀ", "after U Σ Vᵀ")[self.steps]
        paths = (Path(f"circle, {done}", x, y, 0), Path("A · circle", u, v, 3, faint=True))
        return Plane("A turn, a stretch, a turn", (-8, 8, -7, 7), arrows=tuple(arrows), paths=paths)

    def oracles(self) -> Iterator[Oracle]:
        """The area so far, and at the end A itself."""
        M = self.record.M if self.record else np.eye(2)
        s, size = self.parts.s, float((self.A**2).sum())
        wanted = float(s[0] * s[1]) if self.steps > 1 else 1.0
        area = abs(float(M[0, 0] * M[1, 1] - M[0, 1] * M[1, 0]))
        yield Oracle("factor of areas", wanted, area, 1e-9 * max(size, 1.0),
                     "turns keep areas, Σ multiplies by σ₁σ₂", compare="absolute")  # fmt: skip
        arrived = float(M[1, 0]) if self.steps == 3 else NOT_YET
        yield Oracle("second number of A e₁", float(self.c1[1]), arrived, 1e-8, "U Σ Vᵀ is A",
                     compare="absolute")  # fmt: skip


class Jacobi(AlgorithmExperiment[ColumnRotation | SVD]):
    """Turn two columns at a time until all stand at right angles."""

    A = Matrix(
        "matrix",
        {
            "4 × 4": [[4, 1, 2, 0], [1, 3, 0, 1], [2, 0, 5, 1], [0, 1, 1, 2]],
            "rank 2": [[1, 2, 3, 4], [2, 4, 6, 8], [1, 0, 1, 0], [3, 4, 7, 8]],
            "Hilbert": [[1 / (i + j + 1) for j in range(4)] for i in range(4)],
        },
        help="Whose columns are turned.",
    )  # fmt: skip
    unit = "turn"

    def records(self) -> Iterator[ColumnRotation | SVD]:
        """One record per turn."""
        return svd_steps(self.A)

    @derived
    def W(self) -> Array:
        """The columns as they stand, A V."""
        at = self.record
        return self.A if at is None else at.U * at.s if isinstance(at, SVD) else at.W

    @view
    def columns(self) -> PictureRow:
        """A V, the columns just turned lit, and all their dot products."""
        pair = self.record.columns if isinstance(self.record, ColumnRotation) else ()
        lit = tuple((i, j) for j in pair for i in range(len(self.W)))
        both = tuple((i, j) for i in pair for j in pair if i != j)
        dots = self.W.T @ self.W
        dots = np.where(abs(dots) < 1e-12 * dots.trace(), 0.0, dots)  # but for rounding
        parts = (Cells("A V", self.W, lit=lit), "→", Cells("dots", dots, lit=both))
        return PictureRow("Columns A V, and their dot products", parts)

    def oracles(self) -> Iterator[Oracle]:
        """A turn keeps all lengths; in the end the columns' lengths are the singular values."""
        size = float(np.sqrt((self.A**2).sum()))
        yield Oracle("length of all columns", size, float(np.sqrt((self.W**2).sum())), 1e-12,
                     "turns change no length")  # fmt: skip
        if isinstance(self.record, SVD):
            largest = float(np.sqrt(np.linalg.eigvalsh(self.A.T @ self.A)[-1]))
            yield Oracle("σ₁", largest, float(np.linalg.norm(self.W[:, 0])), 1e-9,
                         "√ of the largest eigenvalue of AᵀA")  # fmt: skip
            dots = self.W.T @ self.W
            left = float(abs(dots - np.diag(np.diag(dots))).max())
            yield Oracle("largest dot product left", 0, left, 1e-12 * size**2, "right angles",
                         compare="absolute")  # fmt: skip


@lru_cache(maxsize=64)
def digit_parts(which: int) -> SVD:
    """A digit's singular value decomposition."""
    return svd(stored("digits").x[which].reshape(8, 8))


class Digit(StaticExperiment):
    """A picture of 8 × 8 numbers as a sum of terms σ u vᵀ."""

    which = Integer("digit", 3, 0, 1796, help="One of 1797 real digits.")
    k = Integer("terms", 1, 1, 8, symbol="k", help="How many σ u vᵀ are added up.")

    @property
    def picture(self) -> Array:
        """(8, 8), ink from 0 to 16."""
        return np.asarray(stored("digits").x[self.which].reshape(8, 8))

    @derived
    def s(self) -> Array:
        """The singular values."""
        return digit_parts(self.which).s

    @derived
    def near(self) -> Array:
        """A_k, the sum of k terms."""
        parts = digit_parts(self.which)
        return np.asarray((parts.U[:, : self.k] * parts.s[: self.k]) @ parts.Vt[: self.k])

    @property
    def share(self) -> float:
        """The share of Σσ² that the terms hold."""
        return float((self.s[: self.k] ** 2).sum() / (self.s**2).sum())

    @view
    def both(self) -> PictureRow:
        """The digit, its terms so far, and what they miss."""
        cells = (Cells(title, values, digits=False, bound=16.0) for title, values in
                 (("A", self.picture), ("A" + "₀₁₂₃₄₅₆₇₈"[self.k], self.near),
                  ("missed", self.picture - self.near)))  # fmt: skip
        a, near, missed = cells
        title = f"The digit, {self.k} of its terms, and what they miss"
        return PictureRow(title, (a, "=", near, "+", missed))

    @view
    def scree(self) -> Bars:
        """The share of each term."""
        names, shares = tuple(map(str, range(1, 9))), self.s**2 / (self.s**2).sum()
        return Bars("σᵢ²/Σσ², term by term", names, shares, lit=tuple(range(self.k)), pick="k")

    def oracles(self) -> Iterator[Oracle]:
        """What the dropped terms hold is what is missed."""
        dropped, missed = self.s[self.k :], self.picture - self.near
        yield Oracle("‖A − Aₖ‖_F", float(np.sqrt(dropped @ dropped)),
                     float(np.sqrt((missed**2).sum())), 1e-6, "√ of Σ dropped σ²")  # fmt: skip
        yield Oracle("‖A − Aₖ‖₂", float(dropped[0]) if self.k < 8 else 0.0,
                     float(np.linalg.norm(missed, 2)), 1e-6, "the largest σ dropped")  # fmt: skip


def some_axes(rng: np.random.Generator) -> Mapping[str, float]:
    """Two singular values."""
    s1, s2 = rng.choice([[5, 3], [4, 3], [6, 2], [8, 5], [7, 2], [9, 4]])
    return {"s": float(s1), "t": float(s2)}


def some_shares(rng: np.random.Generator) -> Mapping[str, float]:
    """Three singular values."""
    a, b, c = rng.choice([[4, 2, 1], [5, 3, 1], [6, 3, 2], [7, 4, 3], [3, 2, 1]])
    return {"a": float(a), "b": float(b), "c": float(c)}


def enough(lab: Digit) -> bool:
    """Whether the terms hold 95 %, and one term fewer would not."""
    before = float((lab.s[: lab.k - 1] ** 2).sum() / (lab.s**2).sum())
    return before < 0.95 <= lab.share


checks = {
    "det": Numeric(
        vary=some_axes, answer=lambda v: v["s"] * v["t"],
        wrong=(lambda v: v["s"] + v["t"], lambda v: hypot(v["s"], v["t"]), lambda v: v["s"]),
    ),
    "turns": Prediction(
        lab=Jacobi, steps=200, outcome=lambda lab: int(np.searchsorted([6.5, 40.5], lab.steps - 1))
    ),
    "enough": Goal(
        reached=enough, free=("k",), progress=lambda lab: f"{lab.share:.1%} held by {lab.k}",
        answer={"k": 3},
    ),
    "share": Numeric(
        vary=some_shares, answer=lambda v: v["a"] ** 2 / (v["a"] ** 2 + v["b"] ** 2 + v["c"] ** 2),
        wrong=(lambda v: v["a"] / (v["a"] + v["b"] + v["c"]),
               lambda v: v["a"] / hypot(v["a"], v["b"], v["c"])),
    ),
    "unit": Goal(
        reached=lambda lab: lab.found.shares[0] > 0.98, free=("factor",),
        progress=lambda lab: f"the first holds {lab.found.shares[0]:.1%}", answer={"factor": 10},
    ),
}  # fmt: skip
