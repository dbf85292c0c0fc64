"""What a rule of quadrature asks of its function and its interval."""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from engine.errors import DomainError, ShapeError

Integrand = Callable[[Array], ArrayLike]
"""x (n,) to f(x) (n,); a constant may come as one number."""


def values(name: str, f: Integrand, x: Array) -> Array:
    """f at the points x (n,), or a named error.

    Raises:
        ShapeError: f gives another shape.
        DomainError: f is not finite somewhere.

    >>> values("trapezoid", np.square, np.array([1.0, 2.0])).tolist()
    [1.0, 4.0]
    """
    with np.errstate(all="ignore"):
        y = np.asarray(f(x), dtype=np.float64)
    if y.shape not in ((), x.shape):
        raise ShapeError(f"{name}: expected f(x) of shape {x.shape}, got {y.shape}.")
    y = np.broadcast_to(y, x.shape)
    wrong = ~np.isfinite(y)
    if wrong.any():
        at = x[wrong][0]
        raise DomainError(f"{name}: expected f finite, got {y[wrong][0]} at x = {at:g}.")
    return y


def interval(name: str, a: float, b: float) -> None:
    """Refuse ends that are not finite; b < a is allowed, and changes the sign.

    >>> interval("simpson", 0.0, 1.0)
    """
    if not (math.isfinite(a) and math.isfinite(b)):
        raise DomainError(f"{name}: expected finite ends, got {a} and {b}.")
