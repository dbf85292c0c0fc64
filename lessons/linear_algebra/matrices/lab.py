"""Experiments and checks of the lesson on matrices."""

from collections.abc import Iterator

import numpy as np

from engine.array import Array
from engine.data import iris
from engine.linalg import determinant, svd
from lessons.kit.checks import Goal, Numeric, Prediction
from lessons.kit.experiment import StaticExperiment, derived, view
from lessons.kit.knobs import Cell, Integer, Matrix, Point, Switch
from lessons.kit.oracles import Oracle
from lessons.kit.pictures import Arrow, Cells, Path, PictureRow, Plane, Points, Region
from lessons.linear_algebra.matrices._feed import Feed as Feed

F_X = np.array([0.25, 0.25, 0.85, 0.25, 0.25, 0.7])  # the letter F inside the unit square
F_Y = np.array([0.1, 0.9, 0.9, 0.9, 0.5, 0.5])
SQUARE_X = np.array([0.0, 1.0, 1.0, 0.0, 0.0])
SQUARE_Y = np.array([0.0, 0.0, 1.0, 1.0, 0.0])
GRID = range(-6, 7)


def moved(A: Array, x: Array, y: Array) -> Array:
    """(2, n): where the points (x, y) go."""
    return np.asarray(A @ np.stack([x, y]), dtype=float)


def area(x: Array, y: Array) -> float:
    """Signed area inside a closed outline: the sum of triangles from 0."""
    return float(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1))) / 2


def is_flat(lab: "Map") -> bool:
    """Whether both columns lie on one line, up to rounding."""
    s = np.linalg.svd(lab.A, compute_uv=False)
    return bool(s[1] <= 1e-9 * max(s[0], 1e-300))


class Map(StaticExperiment):
    """What a 2 × 2 matrix makes of the plane."""

    c1 = Point("first column", (2, 1), 3, help="Where the arrow e₁ = (1, 0) goes.")
    c2 = Point("second column", (-1, 1), 3, help="Where the arrow e₂ = (0, 1) goes.")

    @derived
    def A(self) -> Array:
        """(2, 2)."""
        return np.stack([self.c1, self.c2], axis=1)

    @derived
    def det(self) -> float:
        """By the engine."""
        return determinant(self.A)

    @view
    def plane(self) -> Plane:
        """The grid, the unit square and a letter, all moved."""
        along = np.array([-6.0, 6.0])
        lines = []
        for k in GRID:
            same = np.full(2, float(k))
            for x, y in (moved(self.A, same, along), moved(self.A, along, same)):
                lines.append(Path("", x, y, tone=1, faint=True))
        square = moved(self.A, SQUARE_X, SQUARE_Y)
        letter = moved(self.A, F_X, F_Y)
        return Plane(
            f"The unit square became an area of {abs(self.det):.3g}",
            (-3.2, 3.2, -3.2, 3.2),
            regions=(Region("", square[0], square[1]),),
            paths=(*lines, Path("A · F", letter[0], letter[1], tone=3)),
            arrows=(
                Arrow("A e₁", self.c1, knob="c1"),
                Arrow("A e₂", self.c2, tone=1, knob="c2"),
            ),
        )

    @view
    def table(self) -> Cells:
        """The same matrix as numbers."""
        return Cells(f"A: det = {self.det:.3g}", self.A, column_names=("A e₁", "A e₂"))

    def oracles(self) -> Iterator[Oracle]:
        """The area of a disc, and the side on which it lies."""
        t = np.linspace(0, 2 * np.pi, 360, endpoint=False)
        x, y = 0.3 * np.cos(t) + 1, 0.3 * np.sin(t) - 0.5
        ratio = area(*moved(self.A, x, y)) / area(x, y)
        yield Oracle(
            "area of a disc", abs(self.det), abs(ratio), 1e-9, "times |det A|", compare="absolute"
        )
        letter = area(*moved(self.A, SQUARE_X[:4], SQUARE_Y[:4]))
        yield Oracle(
            "det A, with its sign", self.det, letter, 1e-9, "a d − b c", compare="absolute"
        )
        s = np.linalg.svd(moved(self.A, x - 1, y + 0.5), compute_uv=False)
        spread = int(np.sum(s > 1e-9 * max(s[0], 1e-300)))
        yield Oracle(
            "directions left", svd(self.A).rank, spread, 0.1, "the rank", compare="absolute"
        )


PLAIN: dict[str, list[list[float]]] = {
    "quarter turn": [[0, -1], [1, 0]],
    "stretch": [[2, 0], [0, 1]],
    "shear": [[1, 1], [0, 1]],
    "mirror": [[1, 0], [0, -1]],
    "flatten": [[1, 0], [0, 0]],
    "double": [[2, 0], [0, 2]],
}
SECOND = {"stretch": PLAIN["stretch"], **PLAIN}


class Product(StaticExperiment):
    """Two maps, one after the other."""

    A = Matrix("A", PLAIN, reach=9, help="The map that comes second.")
    B = Matrix("B", SECOND, reach=9, help="The map that comes first.")
    entry = Cell(
        "entry", (0, 0), shape=(2, 2), display_only=True, help="Which number of A B to look into."
    )

    @derived
    def AB(self) -> Array:
        """(2, 2), entry by entry: a row of A times a column of B."""
        return np.array(
            [
                [sum(self.A[i, k] * self.B[k, j] for k in range(2)) for j in range(2)]
                for i in range(2)
            ]
        )

    @view
    def product(self) -> PictureRow:
        """A · B = AB, with the row and the column of one entry."""
        i, j = self.entry
        a, b = self.A[i], self.B[:, j]
        terms = f"{a[0]:g}·{b[0]:g} + {a[1]:g}·{b[1]:g} = {self.AB[i, j]:g}"
        words = f"row {i + 1} · column {j + 1}: {terms}"
        return PictureRow(
            words,
            (
                Cells("A", self.A, lit=((i, 0), (i, 1)), edit="A"),
                "·",
                Cells("B", self.B, lit=((0, j), (1, j)), edit="B"),
                "=",
                Cells("A B", self.AB, lit=((i, j),), pick="entry"),
            ),
        )

    @view
    def plane(self) -> Plane:
        """The letter F, moved in either order."""
        one, other = moved(self.AB, F_X, F_Y), moved(self.B @ self.A, F_X, F_Y)
        reach = max(2.0, 1.1 * float(np.abs([one, other]).max()))
        return Plane(
            "First B then A (A B), first A then B (B A)",
            (-reach, reach, -reach, reach),
            paths=(
                Path("F", F_X, F_Y, tone=2, faint=True),
                Path("A B · F", one[0], one[1]),
                Path("B A · F", other[0], other[1], tone=1),
            ),
        )

    @view
    def transposed(self) -> PictureRow:
        """Bᵀ · Aᵀ = (AB)ᵀ."""
        return PictureRow(
            "Rows became columns, and the order turned round",
            (Cells("Bᵀ", self.B.T), "·", Cells("Aᵀ", self.A.T), "=", Cells("(A B)ᵀ", self.AB.T)),
        )

    def oracles(self) -> Iterator[Oracle]:
        """Composition, areas, transpose."""
        size = 1e-9 * (1 + float(np.abs(self.A).max() * np.abs(self.B).max()) ** 2)
        x = np.array([3.0, 2.0])
        step = self.A @ (self.B @ x)
        for name, one, two in zip(("across", "up"), self.AB @ x, step, strict=True):
            yield Oracle(
                f"(3, 2) goes {name}", one, two, size, "A B x = A (B x)", compare="absolute"
            )
        grown = area(*moved(self.AB, SQUARE_X[:4], SQUARE_Y[:4]))
        both = determinant(self.A) * determinant(self.B)
        yield Oracle("det of A B", both, grown, size, "det A · det B", compare="absolute")
        i, j = self.entry
        turned = (self.B.T @ self.A.T)[j, i]
        words = f"(Bᵀ Aᵀ), row {j + 1}, column {i + 1}"
        yield Oracle(
            words,
            self.AB[i, j],
            turned,
            size,
            f"(A B), row {i + 1}, column {j + 1}",
            compare="absolute",
        )


FIRST = np.array(
    [[0.4, -0.3, 0.6, 0.5], [0.5, 0.6, -0.2, 0.1], [-0.3, 0.4, 0.3, -0.6], [0.2, -0.5, 0.1, 0.7]]
)
LAST = np.array([[1.0, 0.6, -0.5, 0.3], [0.7, -1.0, 0.4, 0.6]])


class Stack(StaticExperiment):
    """Two layers, one after the other, with a bend between them or none."""

    hidden = Integer("neurons between", 4, 1, 4, help="How many numbers the first layer hands on.")
    bend = Switch("bend (tanh)", False, help="Bend every number between the layers.")

    @derived
    def X(self) -> Array:
        """(150, 4): iris, each length less its mean."""
        x = iris().x
        return np.asarray(x - x.mean(axis=0))

    @derived
    def Z(self) -> Array:
        """(150, 2): layer after layer."""
        H = self.X @ FIRST[: self.hidden].T
        return np.asarray((np.tanh(H) if self.bend else H) @ LAST[:, : self.hidden].T)

    @derived
    def one(self) -> Array:
        """(2, 4): both layers without a bend as one matrix."""
        return np.asarray(LAST[:, : self.hidden] @ FIRST[: self.hidden])

    @derived
    def rank(self) -> int:
        """The number of directions in which the outputs spread."""
        s = np.linalg.svd(self.Z, compute_uv=False)
        return int(np.sum(s > 1e-9 * s[0]))

    @view
    def plane(self) -> Plane:
        """The outputs, and faintly those of one matrix."""
        kinds = iris().y.argmax(axis=1).astype(float)
        single = self.X @ self.one.T
        return Plane(
            "Out of both layers" + (", faint: without the bend" if self.bend else ""),
            (-4.5, 4.5, -4.5, 4.5),
            points=(
                Points(single[:, 0], single[:, 1], kinds, faint=True),
                Points(self.Z[:, 0], self.Z[:, 1], kinds),
            ),
        )

    @view
    def matrices(self) -> PictureRow:
        """W₂ · W₁ = one matrix."""
        return PictureRow(
            "Two layers without a bend are one",
            (
                Cells("W₂", LAST[:, : self.hidden]),
                "·",
                Cells("W₁", FIRST[: self.hidden]),
                "=",
                Cells("W₂ W₁", self.one),
            ),
        )

    def oracles(self) -> Iterator[Oracle]:
        """One product, and its rank."""
        if not self.bend:
            same = int(np.sum(np.isclose(self.Z, self.X @ self.one.T, rtol=1e-9, atol=1e-9)))
            yield Oracle("numbers that agree", 300, same, 1e-9, "W₂ (W₁ x) = (W₂ W₁) x")
        yield Oracle(
            "directions left",
            min(self.hidden, 2),
            self.rank,
            0.1,
            "no more than neurons between",
            compare="absolute",
        )


checks = {
    "image": Numeric(
        vary=lambda rng: {"x": float(rng.integers(3, 5)), "y": float(rng.choice([5, 7]))},
        answer=lambda v: 2 * v["x"] - v["y"],
        wrong=(lambda v: 2 * v["x"] + v["y"], lambda v: v["x"] + v["y"]),
    ),
    "over": Goal(
        reached=lambda lab: abs(lab.det + 3) <= 0.15,
        free=("c2",),
        answer={"c2": (1, -1)},
        progress=lambda lab: f"det = {lab.det:.3g}",
    ),
    "det": Numeric(
        vary=lambda rng: {"a": float(rng.integers(3, 7)), "d": float(rng.integers(4, 8))},
        answer=lambda v: v["a"] * v["d"] - 2,
        wrong=(lambda v: v["a"] * v["d"] + 2, lambda v: v["a"] * v["d"], lambda v: v["a"] + v["d"]),
    ),
    "entry": Numeric(
        vary=lambda rng: {"p": float(rng.integers(2, 6)), "q": float(rng.integers(6, 10))},
        answer=lambda v: 3 * v["q"] + 4 * v["p"],
        wrong=(lambda v: 4 * v["q"], lambda v: 3 * v["p"] + 4 * v["q"]),
    ),
    "order": Prediction(
        lab=Product,
        scene={"A": "quarter turn", "B": "stretch"},
        steps=0,
        outcome=lambda lab: int(not np.allclose(lab.AB, lab.B @ lab.A)),
    ),
    "flat": Goal(
        reached=lambda lab: is_flat(lab) and bool(np.any(lab.c2 != 0)),
        free=("c2",),
        answer={"c2": (-2, -1)},
        progress=lambda lab: f"det = {lab.det:.3g}",
    ),
    "narrow": Prediction(
        lab=Stack,
        scene={"hidden": 1},
        steps=0,
        outcome=lambda lab: lab.rank,
    ),
}
