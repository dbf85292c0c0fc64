"""What calculus asks of its functions, its numbers and its intervals."""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array, real_numbers
from engine.errors import DomainError, ShapeError

Integrand = Callable[[Array], ArrayLike]
"""x (n,) to f(x) (n,); a constant may come as one number."""


def function(name: str, f: object) -> None:
    """Refuse what cannot be called.

    >>> function("trapezoid", np.sin)
    """
    if not callable(f):
        raise DomainError(f"{name}: expected a function f, got {f!r}. Write lambda x: … around it.")


def number(name: str, argument: str, x: float) -> float:
    """One finite real number, given in any numeric type.

    >>> number("derivative", "x", 3)
    3.0
    """
    raw = np.asarray(x)
    if raw.ndim or raw.dtype.kind not in "buif" or not np.isfinite(raw):
        raise DomainError(f"{name}: expected a finite {argument}, got {x!r}.")
    return float(raw)


def values(name: str, f: Integrand, x: Array) -> Array:
    """f at the points x (n,), or a named error.

    Raises:
        ShapeError: f gives another shape.
        DomainError: f cannot be called, gives anything but real numbers, or is not finite
            somewhere.

    >>> values("trapezoid", np.square, np.array([1.0, 2.0])).tolist()
    [1.0, 4.0]
    """
    function(name, f)
    with np.errstate(all="ignore"):
        y = real_numbers(name, "f(x)", f(x))
    if y.shape not in ((), x.shape):
        raise ShapeError(f"{name}: expected f(x) of shape {x.shape}, got {y.shape}.")
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
    number(name, "end a", a)
    number(name, "end b", b)
    if not math.isfinite(float(b) - float(a)):
        raise DomainError(f"{name}: expected a length b − a below 1.8e308, got {a} and {b}.")


def sized(name: str, area: float) -> float:
    """The area, if it is a number.

    >>> sized("simpson", 2.0)
    2.0
    """
    if not math.isfinite(area):
        raise DomainError(f"{name}: expected an area below 1.8e308, got {area}. Scale f down.")
    return float(area)
