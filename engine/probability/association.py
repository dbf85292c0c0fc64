"""How two numbers go together: covariance, in the product of their units, and correlation, in none.

Data are (N, D), one point a row.

Source: Casella & Berger 2002, section 4.5.
"""

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from engine.moments import centered
from engine.probability.shaped import StudentT
from engine.scaling import multiplied_back
from engine.validate import matrix, require, same_shape, vector


def covariance(X: ArrayLike) -> Array:
    """Σ = (X − mean)ᵀ (X − mean) / (N − 1): variances on the diagonal. NumPy takes columns as rows.

    Args:
        X: (N, D), N ≥ 2.

    Returns:
        (D, D), symmetric, positive semidefinite up to rounding; 0 in the row of a constant column.

    Raises:
        ShapeError, DomainError: X is not such a table of finite numbers; a variance that overflows
            or underflows.

    >>> covariance([[1, 2], [2, 4], [3, 6]]).tolist()
    [[1.0, 2.0], [2.0, 4.0]]
    """
    X = matrix("covariance", "X", X, least=2)
    _, away, e = centered(X)
    S = away.T @ away / (len(X) - 1)
    for column in range(len(e)):
        multiplied_back("covariance", "variance", S[column, column], 2 * e[column])
    return multiplied_back("covariance", "covariance", S, np.add.outer(e, e))


def correlation(X: ArrayLike) -> Array:
    """Σᵢⱼ / √(Σᵢᵢ Σⱼⱼ): the covariance of columns scaled to unit variance, in [−1, 1].

    It sees straight lines only: of x and x² about 0 it is 0.

    Args:
        X: (N, D), N ≥ 2, no column constant.

    Returns:
        (D, D), ones on the diagonal.

    Raises:
        ShapeError, DomainError: X is not such a table of finite numbers.

    >>> correlation([[0, 5], [1, 1], [2, 3]]).round(9).tolist()
    [[1.0, -0.5], [-0.5, 1.0]]
    """
    unit = _unit_columns("correlation", matrix("correlation", "X", X, least=2))
    R = np.clip(unit.T @ unit, -1, 1)
    np.fill_diagonal(R, 1.0)
    return np.asarray(R)


def _unit_columns(where: str, X: Array) -> Array:
    """Deviations from the mean, each column with the length 1."""
    found = centered(X)
    got = f"column {found.constant.argmax()} constant"
    require(not found.constant.any(), where, "columns that vary", got)
    return np.asarray(found.deviations / np.linalg.norm(found.deviations, axis=0))


def correlation_p_value(x: ArrayLike, y: ArrayLike) -> float:
    """P(|r| at least as large by chance), if x and y are independent and one of them is normal.

    t = r √((N−2)/(1−r²)) then has Student's distribution with N − 2 degrees of freedom.

    Args:
        x, y: (N,), N ≥ 3, neither constant.

    Returns:
        In [0, 1].

    Raises:
        ShapeError, DomainError: x and y are not such lists.

    >>> round(correlation_p_value([1, 2, 3, 4], [1, 3, 2, 4]), 9)  # r = 0.8
    0.2
    """
    where = "correlation_p_value"
    x, y = vector(where, "x", x, least=3), vector(where, "y", y, least=3)
    same_shape(where, "x and y", x, y)
    u, v = _unit_columns(where, np.column_stack([x, y])).T
    r = float(u @ v)
    # √(1 − r²) as the length of what is left of u beside v: near |r| = 1 the root loses its digits.
    rest = float(np.linalg.norm(u - r * v))
    if rest <= 8 * np.finfo(np.float64).eps:  # a line, up to rounding
        return 0.0
    t = abs(r) / rest * np.sqrt(len(x) - 2)
    return 2 * float(StudentT(len(x) - 2).survival(t))
