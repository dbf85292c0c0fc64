"""Ridge regression: a penalty on large weights makes a fit less flexible, and more stable.

    w = argmin ‖y − X w‖² + Σ λⱼ wⱼ²,    (XᵀX + Λ) w = Xᵀy.

Shapes everywhere: X (N, D), one case a row; y (N,). A constant is a column of ones in X, with
λⱼ = 0 if it is to cost nothing.

Sources: Hoerl & Kennard 1970; Hastie, Tibshirani & Friedman 2009, The Elements of Statistical
Learning, sections 3.4.1 and 7.10; Srivastava et al. 2014, section 9.1 (dropout).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from engine.errors import ShapeError
from engine.scaling import exponent, multiplied_back, scale, scaled
from engine.validate import array, matrix, require, scalar, vector


@dataclass(frozen=True, slots=True, eq=False)
class Ridge:
    """w (D,), and how flexible the fit was.

    `degrees_of_freedom` = tr H, where ŷ = H y: D without a penalty, towards 0 with a large one.
    `leverage` (N,) is H's diagonal: how far ŷᵢ follows yᵢ. `leave_one_out` is the mean squared
    error on each case by the fit to all the others, ((yᵢ − ŷᵢ) / (1 − Hᵢᵢ))²; NaN where a case
    alone determines a weight. `residual` is ‖y − X w‖², `penalty` is Σ λⱼ wⱼ².
    """

    w: Array
    degrees_of_freedom: float
    leverage: Array
    leave_one_out: float
    residual: float
    penalty: float


def ridge(X: ArrayLike, y: ArrayLike, penalty: ArrayLike) -> Ridge:
    """The weights with the least penalised squared error.

    Solved as the least squares of X over √Λ against y over 0, whose condition is not squared.

    Args:
        X: (N, D), N ≥ 1.
        y: (N,).
        penalty: λ, one number or (D,), finite, ≥ 0.

    Raises:
        ShapeError: shapes that do not fit.
        DomainError: a negative penalty; columns that are dependent and not penalised; NaN.

    >>> found = ridge([[1.0], [1.0], [1.0]], [4.0, 4.0, 4.0], 1.0)
    >>> found.w.round(9).tolist(), round(found.degrees_of_freedom, 9)  # 12/(3 + 1), 3/(3 + 1)
    ([3.0], 0.75)

    Source: Hastie, Tibshirani & Friedman 2009, equations 3.44, 3.50 and 7.64.
    """
    X, y, penalty = _checked("ridge", X, y, penalty)
    N, D = X.shape
    f = exponent(y)
    e = max(exponent(X), exponent(np.sqrt(penalty)))
    X, y, root = (scale(X, -e), scale(y, -f),
                  np.sqrt(scale(penalty, -2 * e)))  # fmt: skip
    Q, R = np.linalg.qr(np.vstack([X, np.diag(root)]))
    size = np.abs(np.diag(R))
    apart = len(R) == D and size.min() > max(N, D) * np.finfo(np.float64).eps * size.max()
    require(apart, "ridge", "independent columns or a penalty > 0", f"{D} columns that depend")
    leverage = np.square(Q[:N]).sum(axis=1)  # H = Q₁ Q₁ᵀ, Q₁ the rows of Q that belong to X
    rest = 1 - leverage
    w = np.linalg.solve(R, Q[:N].T @ y)
    error = y - X @ w
    left_out = np.nan if (rest < 1e-10).any() else float(np.mean((error / rest) ** 2))
    residual, cost = float(error @ error), float(np.square(root * w).sum())
    w = multiplied_back("ridge", "w", w, f - e)
    left_out, residual, cost = (
        float(multiplied_back("ridge", name, square, 2 * f)) if square == square else square
        for name, square in (
            ("leave-one-out error", left_out), ("residual", residual), ("penalty", cost),
        )
    )  # fmt: skip
    return Ridge(w, float(leverage.sum()), leverage, left_out, residual, cost)


def degrees_of_freedom(X: ArrayLike, penalty: float) -> float:
    """Σ dⱼ² / (dⱼ² + λ), dⱼ the singular values of X: each direction counts for a part of one.

    Args:
        X: (N, D), N ≥ 1.
        penalty: λ in [0, ∞).

    Returns:
        From 0 to the rank of X.

    Raises:
        ShapeError: X is not a table.
        DomainError: an argument outside its domain.

    >>> degrees_of_freedom([[3.0, 0.0], [0.0, 1.0]], 1.0)  # 9/10 + 1/2
    1.4

    Source: Hastie, Tibshirani & Friedman 2009, equation 3.50.
    """
    X, e = scaled(matrix("degrees_of_freedom", "X", X))
    penalty = scalar("degrees_of_freedom", "penalty", penalty, low=0)
    d = np.linalg.svd(X, compute_uv=False)
    square = np.square(d[d > max(X.shape) * np.finfo(np.float64).eps * d[0]])
    return float((square / (square + scale(penalty, -2 * e))).sum())


def dropout_penalty(X: ArrayLike, keep: float) -> Array:
    """λⱼ = (1 − q)/q ‖Xⱼ‖²: linear regression with dropout on its inputs is ridge with these.

    Inputs are kept with probability q and then divided by it. Averaged over what is dropped, the
    squared error gains (1 − q)/q Σ wⱼ² ‖Xⱼ‖².

    Args:
        X: (N, D), N ≥ 1.
        keep: q in (0, 1].

    Returns:
        (D,), to be given to `ridge`.

    Raises:
        ShapeError: X is not a table.
        DomainError: an argument outside its domain.

    >>> dropout_penalty([[1.0, 2.0], [1.0, 0.0]], 0.5).tolist()
    [2.0, 4.0]

    Source: Srivastava et al. 2014, Dropout, section 9.1, with inputs scaled by 1/q.
    """
    X, e = scaled(matrix("dropout_penalty", "X", X))
    keep = scalar("dropout_penalty", "keep", keep, above=0, high=1)
    squares = (1 - keep) / keep * np.square(X).sum(axis=0)
    return multiplied_back("dropout_penalty", "penalty", squares, 2 * e)


def _checked(
    where: str, X: ArrayLike, y: ArrayLike, penalty: ArrayLike
) -> tuple[Array, Array, Array]:
    """X, y and the penalties (D,)."""
    X = matrix(where, "X", X)
    y = vector(where, "y", y, size=len(X))
    penalty = array(where, "penalty", penalty, low=0)
    fits = penalty.shape in ((), X.shape[1:])
    require(fits, where, f"one penalty or {X.shape[1]}", penalty.shape, ShapeError)
    return X, y, np.broadcast_to(penalty, X.shape[1:])
