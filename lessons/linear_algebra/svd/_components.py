"""Principal components: the directions in which flowers and digits differ most."""

from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np

from engine.array import Array
from engine.data import DataSet, digits, iris
from engine.linalg import pca
from lessons.kit.experiment import StaticExperiment, derived, view
from lessons.kit.knobs import Choice, Integer, Slider
from lessons.kit.oracles import Oracle
from lessons.kit.pictures import Bars, Cells, PictureRow, Plane, Points, Table

DATA = {"iris": iris, "digits": digits}
SHOWN = 10
"""Components in the scree plot."""


@cache
def stored(data: str) -> DataSet:
    """A data set, read once."""
    return DATA[data]()


class Directions(NamedTuple):
    """Principal components: mean (D,), components (k, D), shares (k,), scores (N, k)."""

    mean: Array
    components: Array
    shares: Array
    scores: Array


def measured(data: str, factor: float) -> Array:
    """(N, D): a data set, its first column `factor` times as large."""
    X = stored(data).x
    return np.asarray(X * np.where(np.arange(X.shape[1]) == 0, factor, 1.0))


@lru_cache(maxsize=32)
def directions(data: str, factor: float) -> Directions:
    """The principal components, the first column taken `factor` times as large.

    The engine's own turns take a second for 1797 digits, so those are NumPy's.
    """
    X = measured(data, factor)
    if data == "iris":
        found = pca(X)
        return Directions(found.mean, found.components, found.shares, found.scores)
    mean = X.mean(axis=0)
    U, s, Vt = np.linalg.svd(X - mean, full_matrices=False)
    return Directions(mean, Vt, s**2 / (s**2).sum(), U * s)


class Components(StaticExperiment):
    """Principal components of flowers and digits."""

    data = Choice("data", ("iris", "digits"), help="Four lengths of a flower, or 64 pixels.")
    k = Integer("components", 2, 1, SHOWN, symbol="k", help="How many are kept.")
    factor = Slider("first length’s unit", 1, 0.1, 100, log=True, active_when=("data", ("iris",)),
                    help="1: centimeters, 10: millimeters.")  # fmt: skip
    which = Integer(
        "digit", 3, 0, 1796, active_when=("data", ("digits",)), help="Whose picture is rebuilt."
    )

    @derived
    def found(self) -> Directions:
        """The components of the present data."""
        return directions(self.data, self.factor if self.data == "iris" else 1.0)

    @view
    def scatter(self) -> Plane:
        """Every example by its first two scores."""
        x, y = self.found.scores[:600, :2].T
        labels = stored(self.data).y[:600].argmax(axis=1).astype(float)
        reach = 1.1 * float(max(abs(x).max(), abs(y).max()))
        return Plane("The two directions that vary most", (-reach, reach, -reach, reach),
                     points=(Points(x, y, labels),), x_label="first", y_label="second")  # fmt: skip

    @view
    def scree(self) -> Bars:
        """The share of each component."""
        shares = self.found.shares[:SHOWN]
        names = tuple(map(str, range(1, len(shares) + 1)))
        return Bars("Share of the variance", names, shares, lit=tuple(range(self.k)), pick="k")

    @view
    def rebuilt(self) -> PictureRow | Table:
        """A digit from its mean and k components; of flowers, the components' weights."""
        if self.data == "digits":
            X, (mean, C, _, scores) = stored("digits").x, self.found
            near = mean + scores[self.which, : self.k] @ C[: self.k]
            shown = (("digit", X[self.which]), (f"mean + {self.k}", near), ("mean alone", mean))
            digit, kept, alone = (
                Cells(t, v.reshape(8, 8), digits=False, bound=16.0) for t, v in shown
            )
            title = "A digit, from the mean and k components, and the mean of all digits"
            return PictureRow(title, (digit, "≈", kept, " ", alone))
        first, *others = stored("iris").feature_names
        unit = {1.0: "(cm)", 10.0: "(mm)"}.get(self.factor, f"· {self.factor:g}")
        names = (first.replace("(cm)", unit), *others)
        rows = zip(names, *self.found.components[:2], strict=True)
        table = tuple((name, f"{a:+.2f}", f"{b:+.2f}") for name, a, b in rows)
        return Table("What they are made of", ("", "first", "second"), table)

    def oracles(self) -> Iterator[Oracle]:
        """Each share by the covariance; scores that do not go together."""
        X = measured(self.data, self.factor if self.data == "iris" else 1.0)
        spectrum, scores = np.linalg.eigvalsh(np.cov(X.T))[::-1], self.found.scores
        share = float(scores[:, 0].var() / X.var(axis=0).sum())
        yield Oracle("share of the first", float(spectrum[0] / spectrum.sum()), share, 1e-9,
                     "largest eigenvalue of the covariance, of their sum")  # fmt: skip
        together = float(np.corrcoef(scores[:, 0], scores[:, 1])[0, 1])
        yield Oracle("correlation of the scores", 0, together, 1e-9, "right angles")
        k = min(self.k, X.shape[1])
        near = self.found.mean + scores[:, :k] @ self.found.components[:k]
        missed = float(((X - near) ** 2).sum() / ((X - X.mean(axis=0)) ** 2).sum())
        yield Oracle("share missed", 1 - float(self.found.shares[:k].sum()), missed, 1e-9,
                     "the dropped shares", compare="absolute")  # fmt: skip
