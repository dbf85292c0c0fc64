"""The lasso: a price on |w| sets weights to zero, one after the other, and so selects.

    w = argmin ½ ‖y − X w‖² + λ Σ |wⱼ|

One weight at a time has a closed answer, the soft threshold; round and round leads to the minimum.

X is (N, D), one case a row, y (N,).

Sources: Tibshirani 1996; Friedman, Hastie, Höfling & Tibshirani 2007, Pathwise coordinate
optimization; Hastie, Tibshirani & Wainwright 2015, Statistical Learning with Sparsity, sections
2.4 and 5.2 (duality).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from engine.errors import DomainError, ShapeError
from engine.probability.domain import numbers, points, require, sample, whole


@dataclass(frozen=True, slots=True, eq=False)
class CoordinateStep:
    """Weight `coordinate` (from 0) went from `before` to `after`, all others held.

    `pull` = Xⱼ · (y − X w without j); the new weight is S(pull, λ) / ‖Xⱼ‖². `objective` is
    ½ ‖y − X w‖² + λ ‖w‖₁ afterwards: it never rises. w (D,) are the weights after it.
    """

    step: int
    sweep: int
    coordinate: int
    pull: float
    before: float
    after: float
    objective: float
    why: str
    w: Array


@dataclass(frozen=True, slots=True, eq=False)
class Lasso:
    """w (D,), the least `objective` but for at most `gap`, which a dual point proves.

    `nonzero` counts weights that are not 0; `residual` is ‖y − X w‖².
    """

    w: Array
    objective: float
    gap: float
    nonzero: int
    residual: float
    sweeps: int
    why: str


def soft_threshold(z: ArrayLike, penalty: float) -> Array:
    """S(z, λ) = sign(z) max(|z| − λ, 0): nearer to zero by λ, and zero within it.

    The w that makes ½ (w − z)² + λ |w| least.

    Args:
        z: any shape.
        penalty: λ in [0, ∞].

    Raises:
        DomainError: a negative penalty; NaN.

    >>> soft_threshold([3.0, 0.5, -2.0], 1.0).tolist()
    [2.0, 0.0, -1.0]

    Source: Hastie, Tibshirani & Wainwright 2015, equation 2.12.
    """
    z = numbers("soft_threshold", "z", z)
    require(penalty >= 0, "soft_threshold", "penalty ≥ 0", penalty)
    return _soft(z, penalty)


def _soft(z: Array, penalty: float) -> Array:
    return np.where(np.abs(z) > penalty, z - np.copysign(penalty, z), 0.0)


def smallest_zero_penalty(X: ArrayLike, y: ArrayLike) -> float:
    """max |Xᵀy|: from this λ on the lasso gives w = 0.

    Args:
        X: (N, D), N ≥ 1.
        y: (N,).

    Raises:
        ShapeError, DomainError: as for `lasso`.

    >>> smallest_zero_penalty([[1.0, 0.0], [0.0, 2.0]], [3.0, 1.0])
    3.0
    """
    X, y = _checked("smallest_zero_penalty", X, y)
    return float(np.abs(X.T @ y).max())


def lasso_steps(
    X: ArrayLike, y: ArrayLike, penalty: float, *, tolerance: float = 1e-12, sweeps: int = 10_000
) -> Iterator[CoordinateStep | Lasso]:
    """Coordinate descent from w = 0; a step for each weight that changes.

    Args:
        X: (N, D), N ≥ 1; a column of zeros keeps the weight 0.
        y: (N,).
        penalty: λ in (0, ∞).
        tolerance: end when the gap is at most this share of ½ ‖y‖², in (0, 1).
        sweeps: rounds at most, whole, ≥ 1.

    Returns:
        Steps; the last record is the `Lasso`.

    Raises:
        ShapeError: shapes that do not fit.
        DomainError: an argument outside its domain; not so near after so many sweeps.

    >>> lasso([[1.0, 0.0], [0.0, 1.0]], [3.0, 0.5], 1.0).w.tolist()
    [2.0, 0.0]

    Source: Friedman, Hastie, Höfling & Tibshirani 2007, equation 9.
    """
    X, y = _checked("lasso", X, y)
    require(0 < penalty < np.inf, "lasso", "0 < penalty < ∞", penalty)
    require(0 < tolerance < 1, "lasso", "0 < tolerance < 1", tolerance)
    require(whole(sweeps) and sweeps >= 1, "lasso", "whole sweeps ≥ 1", sweeps)
    return _lasso_steps(X, y, float(penalty), tolerance * float(y @ y) / 2, int(sweeps))


def _lasso_steps(
    X: Array, y: Array, penalty: float, enough: float, sweeps: int
) -> Iterator[CoordinateStep | Lasso]:
    w, r, squares, step = np.zeros(X.shape[1]), y.copy(), np.square(X).sum(axis=0), 0
    for sweep in range(1, sweeps + 1):
        for j in np.flatnonzero(squares):
            before = float(w[j])
            pull = float(X[:, j] @ r + squares[j] * before)
            after = float(_soft(np.asarray(pull), penalty) / squares[j])
            if after == before:
                continue
            step += 1
            w[j] = after
            r -= X[:, j] * (after - before)
            why = f"weight {j + 1}: S({pull:.4g}, {penalty:.4g}) / {squares[j]:.4g} = {after:.4g}"
            yield CoordinateStep(
                step, sweep, int(j), pull, before, after, _objective(r, w, penalty), why, w.copy()
            )
        r = y - X @ w  # its rounding errors do not add up over the sweeps
        objective, gap = _objective(r, w, penalty), _gap(X, y, r, w, penalty)
        if gap <= enough:
            zeros = int((w == 0).sum())
            why = f"{zeros} of {len(w)} weights are 0; at most {gap:.2g} above the least value"
            left = float(r @ r)
            yield Lasso(w.copy(), objective, gap, len(w) - zeros, left, sweep, why)
            return
    raise DomainError(
        f"lasso: expected a gap ≤ {enough:.3g} within {sweeps} sweeps, got {gap:.3g}. Allow more "
        "sweeps, or a larger tolerance."
    )


def _objective(r: Array, w: Array, penalty: float) -> float:
    return float(r @ r) / 2 + penalty * float(np.abs(w).sum())


def _gap(X: Array, y: Array, r: Array, w: Array, penalty: float) -> float:
    """How far above the minimum at most: the objective less its dual, ½ ‖y‖² − ½ ‖y − θ‖².

    θ may be any with |Xᵀθ| ≤ λ: the residual, shrunk to fit.
    """
    steepest = float(np.abs(X.T @ r).max())
    s = min(1.0, penalty / steepest) if steepest else 1.0
    # P − D with y = X w + r, so that large numbers cancel on paper and not in floating point.
    inner = penalty * float(np.abs(w).sum()) - s * float(r @ (X @ w))
    return max(0.0, (1 - s) ** 2 / 2 * float(r @ r) + inner)


def lasso(
    X: ArrayLike, y: ArrayLike, penalty: float, *, tolerance: float = 1e-12, sweeps: int = 10_000
) -> Lasso:
    """The lasso's weights: the last record of `lasso_steps`.

    >>> found = lasso([[1.0], [1.0]], [1.0, 3.0], 2.0)  # S(4, 2) / 2
    >>> found.w.tolist(), found.nonzero
    ([1.0], 1)
    """
    *_, answer = lasso_steps(X, y, penalty, tolerance=tolerance, sweeps=sweeps)
    assert isinstance(answer, Lasso)
    return answer


def _checked(where: str, X: ArrayLike, y: ArrayLike) -> tuple[Array, Array]:
    X, y = points(where, "X", X), sample(where, "y", y)
    if len(y) != len(X):
        raise ShapeError(f"{where}: expected {len(X)} numbers in y, got {len(y)}.")
    return X, y
