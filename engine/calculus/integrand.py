"""What calculus requires of the values of its functions and of its intervals."""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from engine.errors import DomainError, ShapeError
from engine.validate import array, function, require, scalar

Integrand = Callable[[Array], ArrayLike]
"""x (n,) to f(x) (n,); a constant may come as one number."""


def values(name: str, f: Integrand, x: Array) -> Array:
    """f at the points x (n,), or a named error.

    Raises:
        ShapeError: f gives another shape.
        DomainError: f cannot be called, gives anything but real numbers, or is not finite
            somewhere.

    >>> values("trapezoid", np.square, np.array([1.0, 2.0])).tolist()
    [1.0, 4.0]
    """
    function(name, "f", f)
    with np.errstate(all="ignore"):
        y = array(name, "f(x)", f(x), nan=True)
    fits = y.shape in ((), x.shape)
    require(fits, name, f"f(x) of shape {x.shape}", y.shape, ShapeError)
    y = np.broadcast_to(y, x.shape)
    wrong = ~np.isfinite(y)
    if wrong.any():
        at = x[wrong][0]
        raise DomainError(f"{name}: expected f finite, got {y[wrong][0]} at x = {at:g}.")
    return y


def interval(name: str, a: float, b: float) -> None:
    """Refuse ends that are not finite, or too far apart; b < a is allowed, and changes the sign.

    >>> interval("simpson", 0.0, 1.0)
    """
    length = scalar(name, "end b", b) - scalar(name, "end a", a)
    require(math.isfinite(length), name, "a length b − a below 1.8e308", f"{a} and {b}")


def sized(name: str, area: float) -> float:
    """The area, if it is a number.

    >>> sized("simpson", 2.0)
    2.0
    """
    require(math.isfinite(area), name, "an area below 1.8e308", f"{area}. Scale f down")
    return float(area)
