"""What the playground learns from: points in three parts, and a plane to look at them in."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from engine.array import Array
from engine.data import TOY, DataSet, breast_cancer, digits, iris, split, standardize

REAL = {"iris": iris, "breast_cancer": breast_cancer, "digits": digits}
DATA = (*TOY, *REAL)
SEALED = 0.2
"""The share of all points that is put away for the test."""
INK = 16.0
"""The darkest pixel of a digit."""
EDGE = 6.0
"""The toy sets lie in [−EDGE, EDGE]²."""


@dataclass(frozen=True, eq=False)
class Problem:
    """A data set in three parts, scaled, and the plane center + a·axis₁ + b·axis₂ that shows it.

    Losses and probabilities are written out here in plain NumPy, apart from the engine's.

    Args:
        train, validation, test: the parts.
        center: (D,) a point of the plane.
        axes: (D, 2) two orthonormal directions in it.
        extent: (a0, a1, b0, b1), the stretch of the plane worth seeing.
    """

    train: DataSet
    validation: DataSet
    test: DataSet
    center: Array
    axes: Array
    extent: tuple[float, float, float, float]

    @property
    def outputs(self) -> int:
        """How many scores a network must give."""
        return int(self.train.y.shape[1])

    @property
    def classes(self) -> int:
        """How many classes there are; 0 for a regression."""
        return len(self.train.class_names)

    @property
    def output_names(self) -> tuple[str, ...]:
        """What each score stands for."""
        names = self.train.class_names
        return names if self.outputs > 1 else (f"p({names[1]})" if names else "ŷ",)

    @property
    def loss_name(self) -> str:
        """The engine's loss that fits: −log likelihood, or the squared error."""
        if not self.classes:
            return "mse"
        return "cross_entropy" if self.outputs > 1 else "binary_cross_entropy"

    @np.errstate(all="ignore")
    def loss(self, z: Array, y: Array) -> float:
        """That loss, for scores z (N, K) and answers y (N, K)."""
        if not self.classes:
            return float(((z - y) ** 2).mean())
        if self.outputs == 1:
            return float((np.logaddexp(0, z) - y * z).mean())
        top = z.max(axis=1, keepdims=True)
        rows = top[:, 0] + np.log(np.exp(z - top).sum(axis=1)) - (y * z).sum(axis=1)
        return float(rows.mean())

    @cached_property
    def base(self) -> float:
        """The least train loss of a network that ignores its inputs: the scale of all losses."""
        y = self.train.y
        if not self.classes:
            return float(y.var())
        p = y.mean(axis=0) if self.outputs > 1 else np.array([y.mean(), 1 - y.mean()])
        return float(-(p[p > 0] * np.log(p[p > 0])).sum())

    def score(self, part: DataSet, loss: float, z: Array) -> float:
        """The share of right answers; for a regression R² = 1 − error / variance."""
        if not self.classes:
            return 1 - loss / float(part.y.var())
        return float(np.count_nonzero(self.named(z) == self.truth(part))) / len(z)

    def truth(self, part: DataSet) -> Array:
        """The number of every point's class; for a regression whether its target is positive."""
        if self.outputs > 1:
            return np.asarray(part.y.argmax(axis=1))
        return np.asarray(part.y[:, 0] > (0.5 if self.classes else 0.0))

    def named(self, z: Array) -> Array:
        """The number of the class that each row of scores (N, K) names."""
        return np.asarray(z[:, 0] > 0 if self.outputs == 1 else z.argmax(axis=1))

    @np.errstate(all="ignore")
    def answers(self, z: Array) -> Array:
        """Scores (N, K) as answers: probabilities, or the number itself for a regression."""
        if not self.classes:
            return z
        if self.outputs == 1:
            return np.asarray(0.5 + 0.5 * np.tanh(0.5 * z))
        e = np.exp(z - z.max(axis=1, keepdims=True))
        return np.asarray(e / e.sum(axis=1, keepdims=True))

    def spread(self, z: Array) -> Array:
        """Scores (N, K) as answers, a probability from −1 (surely not) to 1 (surely)."""
        return 2 * self.answers(z) - 1 if self.classes else z

    def shade(self, z: Array) -> Array:
        """Scores (N, K) as one number a place: the only answer, or how likely the likeliest is."""
        return self.spread(z)[:, 0] if self.outputs == 1 else self.answers(z).max(axis=1)

    def grid(self, columns: int, rows: int) -> Array:
        """Inputs (rows · columns, D) all over the plane, row by row from the bottom."""
        a0, a1, b0, b1 = self.extent
        a, b = np.meshgrid(np.linspace(a0, a1, columns), np.linspace(b0, b1, rows))
        return np.asarray(self.center + np.column_stack([a.ravel(), b.ravel()]) @ self.axes.T)

    def flat(self, x: Array) -> Array:
        """Inputs (N, D) as places (N, 2) in the plane."""
        return np.asarray((x - self.center) @ self.axes)


def prepare(
    name: str, noise: float, share: float, points: np.random.Generator, parts: np.random.Generator
) -> Problem:
    """Make or read a data set, part it, and scale it by what the training part alone knows.

    Args:
        name: one of `DATA`.
        noise: from 0 to 0.5, for the toy sets.
        share: the part to train on, of what is not sealed for the test; the rest validates.
        points: draws the toy sets.
        parts: decides who is in which part.

    >>> flowers = prepare("iris", 0, 0.5, np.random.default_rng(0), np.random.default_rng(1))
    >>> flowers.train.x.shape, flowers.validation.x.shape, flowers.test.x.shape, flowers.loss_name
    ((60, 4), (60, 4), (30, 4), 'cross_entropy')
    """
    data = TOY[name](noise=noise, rng=points) if name in TOY else REAL[name]()
    rest, test = split(data, 1 - SEALED, rng=parts)
    train, validation = split(rest, share, rng=parts)
    three = (train, validation, test)
    if name in TOY:
        return Problem(*three, np.zeros(2), np.eye(2), (-EDGE, EDGE, -EDGE, EDGE))
    if name == "digits":
        train, validation, test = (replace(part, x=part.x / INK) for part in three)
    else:
        train, validation, test = (standardize(train, part)[1] for part in three)
    center, axes = _widest_plane(train.x)
    places = (train.x - center) @ axes  # (N, 2)
    low, high = places.min(axis=0), places.max(axis=0)
    (a0, b0), (a1, b1) = low - 0.1 * (high - low), high + 0.1 * (high - low)
    extent = (float(a0), float(a1), float(b0), float(b1))
    return Problem(train, validation, test, center, axes, extent)


def _widest_plane(x: Array) -> tuple[Array, Array]:
    """The mean of points (N, D), and the two directions (D, 2) along which they differ most."""
    center = x.mean(axis=0)
    _, axes = np.linalg.eigh((x - center).T @ (x - center))
    widest = axes[:, :-3:-1]
    signs = np.sign(widest[abs(widest).argmax(axis=0), [0, 1]])
    return center, widest * signs
