"""The lasso: a penalty on |w| sets weights to exactly zero, one after another, and so selects.

    w = argmin ½ ‖y − X w‖² + λ Σ |wⱼ|

For one weight the minimum has a closed form, the soft threshold; cycling leads to the minimum.

X is (N, D), one case a row, y (N,).

Sources: Tibshirani 1996; Friedman, Hastie, Höfling & Tibshirani 2007, Pathwise coordinate
optimization; Hastie, Tibshirani & Wainwright 2015, Statistical Learning with Sparsity, sections
2.4 and 5.2 (duality).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from engine.errors import DomainError
from engine.scaling import multiplied_back, scale, scaled
from engine.validate import array, integer, matrix, require, scalar, vector


@dataclass(frozen=True, slots=True, eq=False)
class CoordinateStep:
    """Weight `coordinate` (from 0) went from `before` to `after`, all others held.

    `pull` = Xⱼ · (y − X w without j) and `square` = ‖Xⱼ‖²; the new weight is S(pull, λ) / ‖Xⱼ‖².
    `objective` is ½ ‖y − X w‖² + λ ‖w‖₁ afterwards: it never rises. w (D,) are all the weights.
    """

    step: int
    sweep: int
    coordinate: int
    pull: float
    square: float
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
    z = array("soft_threshold", "z", z, infinite=True)
    return _soft(z, scalar("soft_threshold", "penalty", penalty, low=0, infinite=True))


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
    (X, e), (y, f) = scaled(X), scaled(y)
    largest = np.abs(X.T @ y).max()
    return float(multiplied_back("smallest_zero_penalty", "penalty", largest, e + f))


def lasso_steps(
    X: ArrayLike, y: ArrayLike, penalty: float, *, tolerance: float = 1e-12, sweeps: int = 10_000
) -> Iterator[CoordinateStep | Lasso]:
    """Coordinate descent from w = 0; a step for each weight that changes.

    Args:
        X: (N, D), N ≥ 1; a column of zeros keeps the weight 0.
        y: (N,).
        penalty: λ in (0, ∞).
        tolerance: end when the gap is at most this fraction of ½ ‖y‖², in (0, 1).
        sweeps: rounds at most, an integer ≥ 1.

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
    penalty = scalar("lasso", "penalty", penalty, above=0)
    tolerance = scalar("lasso", "tolerance", tolerance, above=0, below=1)
    sweeps = integer("lasso", "sweeps", sweeps, low=1)
    (X, e), (y, f) = scaled(X), scaled(y)
    # In the units 2ᵉ and 2ᶠ; from max |Xᵀy| on all penalties give w = 0, and one may overflow.
    lam = min(float(scale(penalty, -e - f)), 2.0 * len(X))
    require(lam > 0, "lasso", "a penalty that is not negligible beside Xᵀy", penalty)
    steps = _lasso_steps(X, y, lam, tolerance * float(y @ y) / 2, sweeps)
    return (_in_units(record, penalty, e, f) for record in steps)


def _in_units(
    record: CoordinateStep | Lasso, penalty: float, e: int, f: int
) -> CoordinateStep | Lasso:
    """A record about X · 2⁻ᵉ and y · 2⁻ᶠ as one about X and y, and its reason in words."""

    def back(name: str, x: ArrayLike, power: int) -> float:
        return float(multiplied_back("lasso", name, x, power))

    w = multiplied_back("lasso", "w", record.w, f - e)
    objective = back("objective", record.objective, 2 * f)
    if isinstance(record, Lasso):
        gap, residual = float(scale(record.gap, 2 * f)), record.residual
        zeros = len(w) - record.nonzero
        why = f"{zeros} of {len(w)} weights are 0; at most {gap:.2g} above the least value"
        residual = back("residual", residual, 2 * f)
        return replace(record, w=w, objective=objective, gap=gap, residual=residual, why=why)
    pull, square = back("pull", record.pull, e + f), back("‖Xⱼ‖²", record.square, 2 * e)
    before, after = back("weight", record.before, f - e), back("weight", record.after, f - e)
    why = f"weight {record.coordinate + 1}: S({pull:.4g}, {penalty:.4g}) / {square:.4g} = "
    return replace(
        record, w=w, objective=objective, pull=pull, square=square, before=before, after=after,
        why=f"{why}{after:.4g}",
    )  # fmt: skip


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
            objective = _objective(r, w, penalty)
            yield CoordinateStep(
                step, sweep, int(j), pull, float(squares[j]), before, after, objective, "", w.copy()
            )
        r = y - X @ w  # its rounding errors do not add up over the sweeps
        objective, gap = _objective(r, w, penalty), _gap(X, y, r, w, penalty)
        if gap <= enough:
            nonzero = int(np.count_nonzero(w))
            yield Lasso(w.copy(), objective, gap, nonzero, float(r @ r), sweep, "")
            return
    raise DomainError(
        f"lasso: expected a gap ≤ {enough / (y @ y):.3g} ‖y‖² within {sweeps} sweeps, got "
        f"{gap / (y @ y):.3g} ‖y‖². Allow more sweeps, or a larger tolerance."
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
    X = matrix(where, "X", X)
    return X, vector(where, "y", y, size=len(X))
