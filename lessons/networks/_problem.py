"""What the playground learns from: points to train and test on, and a plane to look at them in."""

from dataclasses import dataclass, replace

import numpy as np

from engine.activations import sigmoid, softmax
from engine.array import Array
from engine.data import TOY, DataSet, breast_cancer, digits, iris, split, standardise

REAL = {"iris": iris, "breast_cancer": breast_cancer, "digits": digits}
DATA = (*TOY, *REAL)
INK = 16.0
"""The darkest pixel of a digit."""
EDGE = 6.0
"""The toy sets lie in [−EDGE, EDGE]²."""


@dataclass(frozen=True, eq=False)
class Problem:
    """A data set, split and scaled, and the plane centre + a·axis₁ + b·axis₂ that shows it.

    Args:
        train, test: the two parts.
        centre: (D,) a point of the plane.
        axes: (D, 2) two orthonormal directions in it.
        extent: (a0, a1, b0, b1), the stretch of the plane worth seeing.
    """

    train: DataSet
    test: DataSet
    centre: Array
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
    def loss(self) -> str:
        """The name of the loss that fits: −log likelihood, or the squared error."""
        if not self.classes:
            return "mse"
        return "cross_entropy" if self.outputs > 1 else "binary_cross_entropy"

    @property
    def grade(self) -> str:
        """What the share of success is called."""
        return "accuracy" if self.classes else "R²"

    def score(self, part: DataSet, loss: float, z: Array) -> float:
        """The share of right answers; for a regression 1 − (error / variance)."""
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

    def says(self, z: Array) -> Array:
        """Scores (N, K) as answers: probabilities, or the number itself for a regression."""
        if not self.classes:
            return z
        return sigmoid(z) if self.outputs == 1 else softmax(z)

    def spread(self, z: Array) -> Array:
        """Scores (N, K) as what each output says, a class from −1 (surely not) to 1 (surely)."""
        return 2 * self.says(z) - 1 if self.classes else z

    def shade(self, z: Array) -> Array:
        """Scores (N, K) as one number a place: −1 … 1, or class + half the lead of its p."""
        if self.outputs == 1:
            return np.array(self.spread(z)[:, 0])
        p = np.sort(self.says(z), axis=1)
        return np.asarray(self.named(z) + 0.5 * (p[:, -1] - p[:, -2]))

    def grid(self, columns: int, rows: int) -> Array:
        """Inputs (rows · columns, D) all over the plane, row by row from the bottom."""
        a0, a1, b0, b1 = self.extent
        a, b = np.meshgrid(np.linspace(a0, a1, columns), np.linspace(b0, b1, rows))
        return np.asarray(self.centre + np.column_stack([a.ravel(), b.ravel()]) @ self.axes.T)

    def flat(self, x: Array) -> Array:
        """Inputs (N, D) as places (N, 2) in the plane."""
        return np.asarray((x - self.centre) @ self.axes)


def prepare(
    name: str, noise: float, share: float, points: np.random.Generator, parts: np.random.Generator
) -> Problem:
    """Make or read a data set, split it, and scale it by what the training part alone knows.

    Args:
        name: one of `DATA`.
        noise: from 0 to 0.5, for the toy sets.
        share: the part to train on.
        points: draws the toy sets.
        parts: decides who is in which part.

    >>> flowers = prepare("iris", 0, 0.5, np.random.default_rng(0), np.random.default_rng(1))
    >>> flowers.train.x.shape, flowers.axes.shape, flowers.loss
    ((75, 4), (4, 2), 'cross_entropy')
    """
    if name in TOY:
        train, test = split(TOY[name](noise=noise, rng=points), share, rng=parts)
        return Problem(train, test, np.zeros(2), np.eye(2), (-EDGE, EDGE, -EDGE, EDGE))
    train, test = split(REAL[name](), share, rng=parts)
    if name == "digits":
        names = tuple(f"{row},{column}" for row in range(1, 9) for column in range(1, 9))
        train, test = (replace(p, x=p.x / INK, feature_names=names) for p in (train, test))
    else:
        train, test = standardise(train, test)
    centre, axes = _widest_plane(train.x)
    places = (train.x - centre) @ axes  # (N, 2)
    low, high = places.min(axis=0), places.max(axis=0)
    (a0, b0), (a1, b1) = low - 0.1 * (high - low), high + 0.1 * (high - low)
    return Problem(train, test, centre, axes, (float(a0), float(a1), float(b0), float(b1)))


def _widest_plane(x: Array) -> tuple[Array, Array]:
    """The mean of points (N, D), and the two directions (D, 2) along which they differ most."""
    centre = x.mean(axis=0)
    _, axes = np.linalg.eigh((x - centre).T @ (x - centre))
    widest = axes[:, :-3:-1]
    signs = np.sign(widest[abs(widest).argmax(axis=0), [0, 1]])
    return centre, widest * signs
