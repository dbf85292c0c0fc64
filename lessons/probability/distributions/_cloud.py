"""Two variables at once: what makes them go together, point by point and as a cloud."""

from collections.abc import Iterator
from dataclasses import replace
from math import sqrt
from typing import Any

import numpy as np

from engine.array import Array
from engine.probability.association import correlation, covariance
from lessons.kit.experiment import StaticExperiment, derived, view
from lessons.kit.failures import Failure
from lessons.kit.knobs import Choice, Matrix, Point
from lessons.kit.oracles import Oracle
from lessons.kit.pictures import Arrow, Cells, Path, Plane, Points, Region, Spot, Table

POINTS = 200
"""Points of a cloud."""
RISING = ((-2.6, -1.6), (-2, -0.5), (-1.2, -1), (-0.5, 0.3), (0.3, -0.5), (1.2, 0.8), (1.8, 0.6),
          (3, 1.9))  # fmt: skip
"""Eight points that rise to the right."""
EXTENT = (-7.0, 7.0, -5.0, 5.0)


class Cloud(StaticExperiment):
    """Pairs (x, y): eight points to drag, or a cloud that two arrows stretch, or a parabola."""

    c1 = Point("first arrow", (2, 1), 4, active_when=("shape", ("line",)),
               help="Stretches the cloud.")  # fmt: skip
    c2 = Point("second arrow", (0, 1), 4, active_when=("shape", ("line",)),
               help="Stretches the cloud.")  # fmt: skip
    eight = Matrix("points", {"rising": RISING, "one far": (*RISING[:-1], (4.5, -4.5))}, reach=5,
                   active_when=("shape", ("points",)), help="Drag each of them.")  # fmt: skip
    shape = Choice("cloud", ("line", "points", "parabola"), help="y goes with x, or with x².")
    failures = (
        Failure(
            "Uncorrelated, yet not independent",
            lambda lab: lab.shape == "parabola" and lab.together[0] < 0.1 < 0.5 < lab.together[1],
            "That is what this cloud shows: y follows x², and r looks for a straight line only.",
            "The picture shows it, and so does r of y with x².",
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
        if self.shape == "points":
            return self.eight
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
    def areas(self) -> Array:
        """(N,): from the means to each point; negative if just x or y is below its mean."""
        return np.asarray((self.data - self.data.mean(axis=0)).prod(axis=1))

    @property
    def moved(self) -> int:
        """How many of the eight points are not where they were."""
        return int((self.eight != np.array(RISING)).any(axis=1).sum())

    @property
    def together(self) -> tuple[float, float]:
        """|correlation| of y with x and with x²."""
        if self.is_flat:
            return 0.0, 0.0
        x, y = self.data.T
        return abs(self.r), abs(float(correlation(np.stack([x**2, y], axis=1))[0, 1]))

    @view
    def plane(self) -> Plane:
        """Points with their rectangles, or the cloud and its arrows."""
        plane = Plane(f"Correlation {self.r:.3f}", EXTENT, x_label="x", y_label="y")
        if self.shape == "points":
            return replace(plane, **self.rectangles())
        x, y = self.data.T
        arrows = (Arrow("1", self.c1, tone=1, knob="c1"), Arrow("2", self.c2, tone=2, knob="c2"))
        return replace(plane, points=(Points(x, y, np.zeros(POINTS), faint=True),),
                       arrows=arrows if self.shape == "line" else ())  # fmt: skip

    def rectangles(self) -> dict[str, Any]:
        """The parts of the plane that show how each point adds to the covariance."""
        mx, my = self.data.mean(axis=0)
        tones = [0 if area >= 0 else 2 for area in self.areas]
        both = list(zip(self.data.tolist(), tones, strict=True))
        means = (
            Path("mean of x", (mx, mx), EXTENT[2:], 3),
            Path("mean of y", EXTENT[:2], (my, my), 3),
        )
        return {
            "regions": tuple(Region("", (mx, x, x, mx), (my, my, y, y), tone)
                             for (x, y), tone in both),
            "paths": means,
            "spots": tuple(Spot(point, tone=tone, knob="eight", row=i)
                           for i, (point, tone) in enumerate(both)),
        }  # fmt: skip

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
        """Of points and of a stretched cloud, covariance and a cosine; of a parabola, 0."""
        if self.shape == "parabola":
            yield Oracle("correlation", 0, self.r, 0.12, "x³ has mean 0", compare="absolute")
            return
        if self.shape == "points":
            why, n = "sum of the areas / (n − 1)", len(self.data)
            predicted = float(self.areas.sum()) / (n - 1)
            row_x, row_y = (self.data - self.data.mean(axis=0)).T
        else:
            why, (row_x, row_y) = "from the arrows", np.stack([self.c1, self.c2], axis=1)
            predicted = float(row_x @ row_y)
        size = float(max(row_x @ row_x, row_y @ row_y, 1e-9))
        found = float(covariance(self.data)[0, 1])
        yield Oracle("covariance", predicted, found, 1e-9 * size, why, compare="absolute")
        if not self.is_flat:
            cosine = float(row_x @ row_y / np.linalg.norm(row_x) / np.linalg.norm(row_y))
            yield Oracle("correlation", cosine, self.r, 1e-9, "a cosine, see Vectors",
                         compare="absolute")  # fmt: skip
