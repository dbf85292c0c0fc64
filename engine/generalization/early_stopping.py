"""Early stopping as a penalty: descent from 0 learns strong directions first, much like ridge.

Gradient descent on ½ ‖y − X w‖² from w = 0 has fitted, after t steps, this fraction of direction j:

    1 − (1 − η dⱼ²)ᵗ,

dⱼ the singular values of X. Ridge has dⱼ² / (dⱼ² + λ): much the same where λ ≈ 1/(η t).

Sources: Goodfellow, Bengio & Courville 2016, Deep Learning, section 7.8; Ali, Kolter & Tibshirani
2019, A continuous-time view of early stopping for least squares.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from engine.scaling import multiplied_back, scale, scaled
from engine.validate import array, integer, matrix, require, scalar, vector


@dataclass(frozen=True, slots=True, eq=False)
class EarlyStopping:
    """The weights (D,) after so many steps, without having taken them.

    `filter_factors` (k,) are how much of each direction is fitted, strongest direction first, and
    `curvatures` (k,) their dⱼ², k = min(N, D). `degrees_of_freedom` is the sum of the factors, as
    for ridge. `residual` is ‖y − X w‖².
    """

    w: Array
    filter_factors: Array
    curvatures: Array
    degrees_of_freedom: float
    residual: float


def descent_filter(curvature: ArrayLike, lr: float, steps: float) -> Array:
    """1 − (1 − η λ)ᵗ: the fraction of the way to the minimum covered in t steps.

    Args:
        curvature: λ of each direction, any shape, finite, ≥ 0.
        lr: η, in (0, ∞). Beyond 2/λ it does not go to 1 but oscillates towards ±∞.
        steps: t, an integer ≥ 0.

    Returns:
        Of the shape of curvature; exact to the last digits also where η λ is tiny.

    Raises:
        DomainError: an argument outside its domain; overflow.

    >>> descent_filter([1.0, 0.1, 0.0], lr=0.5, steps=3).round(6).tolist()
    [0.875, 0.142625, 0.0]

    Source: Goodfellow, Bengio & Courville 2016, equation 7.40.
    """
    where = "descent_filter"
    lam = array(where, "curvature", curvature, low=0)
    lr, steps = scalar(where, "lr", lr, above=0), integer(where, "steps", steps, low=0)
    with np.errstate(over="ignore"):
        return _filter(where, lr * lam, steps)


def _filter(where: str, z: Array, steps: int) -> Array:
    """1 − (1 − z)ᵗ."""
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        gently = -np.expm1(steps * np.log1p(-np.minimum(z, 0.5)))  # no digits lost near z = 0
        factor = np.where(z <= 0.5, gently, 1 - (1 - z) ** steps)
    require(np.isfinite(factor).all(), where, "a filter factor below 1.8e308", "overflow")
    return factor


def early_stopping(X: ArrayLike, y: ArrayLike, lr: float, steps: int) -> EarlyStopping:
    """Where `steps` steps of gradient descent on ½ ‖y − X w‖² from w = 0 lead.

    Args:
        X: (N, D), N ≥ 1.
        y: (N,).
        lr: η, in (0, ∞); it converges below 2/d₁².
        steps: t, an integer ≥ 0.

    Raises:
        ShapeError: shapes that do not fit.
        DomainError: an argument outside its domain; overflow.

    >>> found = early_stopping([[1.0], [1.0]], [2.0, 4.0], lr=0.25, steps=2)
    >>> found.w.round(9).tolist(), found.filter_factors.round(9).tolist()  # 3 · (1 − ½²)
    ([2.25], [0.75])

    Source: Goodfellow, Bengio & Courville 2016, section 7.8.
    """
    where, X = "early_stopping", matrix("early_stopping", "X", X)
    y = vector(where, "y", y, size=len(X))
    lr, steps = scalar(where, "lr", lr, above=0), integer(where, "steps", steps, low=0)
    (X, e), (y, f) = scaled(X), scaled(y)
    U, d, Vt = np.linalg.svd(X, full_matrices=False)
    # Where η · 2²ᵉ overflows it would become ∞ · 0 for a direction without data.
    rate = min(float(scale(lr, 2 * e)), float(np.finfo(np.float64).max))
    with np.errstate(over="ignore"):
        factors = _filter(where, rate * np.square(d), steps)
    safe = np.where(d > 0, d, 1.0)  # a direction without data keeps its 0: its factor is 0
    with np.errstate(over="ignore", invalid="ignore"):
        w = Vt.T @ (factors * (U.T @ y) / safe)
        error = y - X @ w
        square = float(error @ error)
    require(np.isfinite(square), where, "a residual below 1.8e308", square)
    curvatures = multiplied_back(where, "curvature", np.square(d), 2 * e)
    weights = multiplied_back(where, "w", w, f - e)
    residual = float(multiplied_back(where, "residual", square, 2 * f))
    return EarlyStopping(weights, factors, curvatures, float(factors.sum()), residual)
