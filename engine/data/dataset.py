"""One record for every data set, and what is done to it before training.

Shapes: N points, D features, K outputs. `x` is (N, D). `y` is (N, 1) with 0 and 1 for two classes,
one-hot (N, K) for K > 2 classes, (N, 1) for a regression target.
"""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from engine.array import Array
from engine.errors import ShapeError
from engine.scaling import scale
from engine.validate import require, scalar

Task = Literal["classification", "regression"]


@dataclass(frozen=True, slots=True, eq=False)
class DataSet:
    """Points and what is to be said about them, with the names a picture needs.

    Args:
        name: how the set is called in lists.
        x: (N, D) float64, one point a row, N ≥ 1.
        y: (N, K) float64, one answer a row.
        feature_names: D names, in the order of the columns of `x`.
        class_names: one name a class (two for K = 1); empty for regression.
        task: "classification" or "regression".

    Raises:
        ShapeError: arrays or names whose counts do not agree.

    >>> pair = DataSet("pair", np.zeros((2, 1)), np.ones((2, 1)), ("x",), (), "regression")
    >>> pair.name, pair.x.shape
    ('pair', (2, 1))
    """

    name: str
    x: Array
    y: Array
    feature_names: tuple[str, ...]
    class_names: tuple[str, ...]
    task: Task

    def __post_init__(self) -> None:
        if self.x.ndim != 2 or self.y.ndim != 2 or len(self.x) != len(self.y) or not len(self.x):
            raise ShapeError(
                f"DataSet {self.name}: x must be (N, D) and y (N, K) with one N ≥ 1, "
                f"got {self.x.shape} and {self.y.shape}. Write one point a row in both."
            )
        if len(self.feature_names) != self.x.shape[1]:
            raise ShapeError(
                f"DataSet {self.name}: {self.x.shape[1]} columns need as many feature_names, "
                f"got {len(self.feature_names)}."
            )
        if len(self.class_names) != self._class_count():
            raise ShapeError(
                f"DataSet {self.name}: {self.task} with y {self.y.shape} needs "
                f"{self._class_count()} class_names, got {len(self.class_names)}."
            )

    def _class_count(self) -> int:
        columns: int = self.y.shape[1]
        return 0 if self.task == "regression" else max(2, columns)


def split(data: DataSet, share: float, *, rng: np.random.Generator) -> tuple[DataSet, DataSet]:
    """Shuffle the points and part them, so that a model is judged on points it never saw.

    Args:
        data: N ≥ 2 points.
        share: part that goes to training, 0 < share < 1; rounded, but neither side is empty.
        rng: decides the order; the same generator state gives the same two sets.

    Returns:
        (train, test), together every point of `data` once.

    Raises:
        DomainError: fewer than two points, or a share outside (0, 1).

    >>> from engine.data import iris
    >>> train, test = split(iris(), 0.8, rng=np.random.default_rng(0))
    >>> train.x.shape, test.x.shape
    ((120, 4), (30, 4))

    Source: Hastie, Tibshirani & Friedman 2009, section 7.2.
    """
    count = len(data.x)
    require(count >= 2, "split", "N ≥ 2 points, so that neither side is empty", count)
    share = scalar("split", "share", share, above=0, below=1)
    order = rng.permutation(count)
    cut = min(max(round(share * count), 1), count - 1)
    return _rows(data, order[:cut]), _rows(data, order[cut:])


def standardize(train: DataSet, test: DataSet) -> tuple[DataSet, DataSet]:
    """Give every feature of the training points mean 0 and variance 1, so that one step size fits.

    z = (x − μ) / σ, with μ and σ of the training points for both sets: the test points must not
    leak into what is learned. A feature that never changes has σ = 0 and is divided by 1.

    Args:
        train: (N, D), the points that are measured.
        test: (M, D), treated with the same μ and σ.

    Raises:
        ShapeError: sets of different width.

    >>> from engine.data import iris
    >>> train, test = split(iris(), 0.8, rng=np.random.default_rng(0))
    >>> z, _ = standardize(train, test)
    >>> z.x.mean(axis=0).round(9) + 0, z.x.var(axis=0).round(9)
    (array([0., 0., 0., 0.]), array([1., 1., 1., 1.]))

    Source: LeCun et al. 1998, Efficient BackProp, section 4.3. σ divides by N, not N − 1.
    """
    if train.x.shape[1] != test.x.shape[1]:
        raise ShapeError(
            f"standardize: train and test must have as many features, got {train.x.shape} "
            f"and {test.x.shape}. Take both from one split."
        )
    # Each column near 1, so that squares neither overflow nor underflow, in any unit.
    e = np.frexp(np.abs(train.x).max(axis=0))[1]
    x = scale(train.x, -e)
    # Rounding gives a constant column a mean beside it and a σ near 1e-17: ask, do not compute.
    constant = x.max(axis=0) == x.min(axis=0)
    mu = np.where(constant, x[0], x.mean(axis=0))  # (D,)
    sigma = np.where(constant, 1.0, x.std(axis=0))
    unit = np.where(constant, e, 0)  # of a column that was not divided by its σ
    z, new = ((scale(part.x, -e) - mu) / sigma for part in (train, test))
    return replace(train, x=scale(z, unit)), replace(test, x=scale(new, unit))


def first_two_components(data: DataSet) -> DataSet:
    """Look at D features on a flat screen: the two directions along which the points differ most.

    X − μ = U Σ Vᵀ; the new columns are the first two of (X − μ) V = U Σ. Each direction is turned
    so that its largest weight is positive, which makes the picture the same on every machine.

    Args:
        data: N ≥ 2 points with D ≥ 2 features, best on one scale.

    Returns:
        The same points and answers with x (N, 2). The variance of column k is σₖ² / N.

    Raises:
        DomainError: fewer than two points or two features.

    >>> from engine.data import iris
    >>> flat = first_two_components(iris())
    >>> flat.x.shape, flat.feature_names
    ((150, 2), ('component 1', 'component 2'))

    Source: Pearson 1901; Jolliffe 2002, section 3.5.
    """
    wide = min(data.x.shape) >= 2
    require(wide, "first_two_components", "data.x (N ≥ 2, D ≥ 2)", data.x.shape)
    centered = data.x - data.x.mean(axis=0)
    _, _, vt = np.linalg.svd(centered, full_matrices=False)
    v = np.stack([_facing_up(row) for row in vt[:2]], axis=1)  # (D, 2)
    return replace(data, x=centered @ v, feature_names=("component 1", "component 2"))


def _facing_up(direction: Array) -> Array:
    """Turn a direction (D,) so that the first of its largest weights is positive."""
    size = np.abs(direction)
    # Weights equal but for rounding count as a tie, lest the sign hang on the last bit.
    first = int(np.argmax(size >= size.max() * (1 - 1e-9)))
    return direction if direction[first] > 0 else -direction


def _rows(data: DataSet, index: np.ndarray[tuple[int], np.dtype[np.int64]]) -> DataSet:
    return replace(data, x=data.x[index], y=data.y[index])
