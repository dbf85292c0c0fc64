"""How two numbers go together: covariance, in the product of their units, and correlation, in none.

Data are (N, D), one point a row.

Source: Casella & Berger 2002, section 4.5.
"""

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from engine.probability.domain import points, require, same_length, sample
from engine.probability.shaped import StudentT


def covariance(X: ArrayLike) -> Array:
    """Σ = (X − mean)ᵀ (X − mean) / (N − 1): variances on the diagonal. NumPy takes columns as rows.

    Args:
        X: (N, D), N ≥ 2.

    Returns:
        (D, D), symmetric, no eigenvalue below 0 but for rounding.

    Raises:
        ShapeError, DomainError: X is no such table of finite numbers.

    >>> covariance([[1, 2], [2, 4], [3, 6]]).tolist()
    [[1.0, 2.0], [2.0, 4.0]]
    """
    X = points("covariance", "X", X, least=2)
    away = X - X.mean(axis=0)
    return np.asarray(away.T @ away / (len(X) - 1))


def correlation(X: ArrayLike) -> Array:
    """Σᵢⱼ / √(Σᵢᵢ Σⱼⱼ): the covariance of columns brought to unit variance, in [−1, 1].

    It sees straight lines only: of x and x² about 0 it is 0.

    Args:
        X: (N, D), N ≥ 2, no column constant.

    Returns:
        (D, D), ones on the diagonal.

    Raises:
        ShapeError, DomainError: X is no such table of finite numbers.

    >>> correlation([[0, 5], [1, 1], [2, 3]]).round(9).tolist()
    [[1.0, -0.5], [-0.5, 1.0]]
    """
    X = points("correlation", "X", X, least=2)
    still = np.ptp(X, axis=0) == 0
    got = f"a constant column {still.argmax()}"
    require(not still.any(), "correlation", "columns that vary", got)
    away = X - X.mean(axis=0)
    unit = away / np.linalg.norm(away, axis=0)
    R = np.clip(unit.T @ unit, -1, 1)
    np.fill_diagonal(R, 1.0)
    return np.asarray(R)


def correlation_p_value(x: ArrayLike, y: ArrayLike) -> float:
    """P(|r| at least as large by chance), if x and y are independent and one of them normal.

    t = r √((N−2)/(1−r²)) then has Student's law with N − 2 degrees of freedom.

    Args:
        x, y: (N,), N ≥ 3, neither constant.

    Returns:
        In [0, 1].

    Raises:
        ShapeError, DomainError: x and y are no such lists.

    >>> round(correlation_p_value([1, 2, 3, 4], [1, 3, 2, 4]), 9)  # r = 0.8
    0.2
    """
    x, y = sample("correlation_p_value", "x", x, 3), sample("correlation_p_value", "y", y, 3)
    same_length("correlation_p_value", "x and y", x, y)
    r = float(correlation(np.column_stack([x, y]))[0, 1])
    rest = 1 - r * r
    if rest <= 0:
        return 0.0
    t = abs(r) * np.sqrt((len(x) - 2) / rest)
    return 2 * float(StudentT(len(x) - 2).survival(t))
