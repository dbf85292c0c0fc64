"""Taylor polynomials: a function near a point, from its derivatives there.

Source: Spivak 2008, Calculus, chapter 20.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from engine.calculus.series import coefficients
from engine.errors import DomainError, ShapeError
from engine.linalg.equation import quotient
from engine.scaling import ldexp
from engine.tensor import Tensor
from engine.validate import array, function, integer, scalar, vector


@dataclass(frozen=True, slots=True, eq=False)
class TaylorTerm:
    """The term of one degree: derivative f⁽ᵏ⁾(a), coefficient f⁽ᵏ⁾(a) / k!.

    `coefficients` (k + 1,) are those found so far, c₀ first.
    """

    degree: int
    derivative: float
    coefficient: float
    why: str
    coefficients: Array


def taylor_steps(f: Callable[[Tensor], Tensor], a: float, degree: int) -> Iterator[TaylorTerm]:
    """f(x) ≈ Σ_k f⁽ᵏ⁾(a)/k! (x − a)ᵏ, by power series through the graph of f.

    Args:
        f: of one number, in tensor code: elementwise functions, sums, products.
        a: the center, finite.
        degree: the last k, 0 ≤ k ≤ 100.

    Returns:
        degree + 1 terms; the last one holds all coefficients. Where a is of ordinary size, a
        coefficient nearer to 0 than 5e-324 comes out as 0. Where f divides, or takes a root, a
        log or a power, of what is 0 at a distance r from a (in the complex plane), coefficient k
        is off by about ε/rᵏ, though the series of f may reach farther: sin(x)/x at 0.1.

    Raises:
        DomainError: a setting outside its domain; f or a derivative is not finite at a;
            an operation in f has a corner or a jump there; another operation in f.
        ShapeError: f gives more than one number.

    >>> taylor(np.exp, 0.0, 3).tolist() == [1, 1, 1 / 2, 1 / 6]
    True
    """
    function("taylor", "f", f)
    a = scalar("taylor", "a", a)
    degree = integer("taylor", "degree", degree, low=0, high=100)
    # Where powers of a leave the range of floats, the series is one in t = (x − a) / 2ᵉ.
    e = math.frexp(a)[1] - 1
    e = e if abs(e) * degree > 500 else 0
    x = Tensor(math.ldexp(a, -e))
    y = f(x * math.ldexp(1.0, e) if e else x)
    y = y if isinstance(y, Tensor) else Tensor(array("taylor", "f(a)", y, nan=True))
    if y.shape != ():
        raise ShapeError(f"taylor: expected f to give one number, got shape {y.shape}.")
    return _terms(coefficients(y, x), degree, e)


def _terms(series: Iterator[float], degree: int, e: int) -> Iterator[TaylorTerm]:
    """From the coefficients of a series in (x − a) / 2ᵉ."""
    found: list[float] = []
    for k, c in enumerate(islice(series, degree + 1)):
        digits, size = math.frexp(c)  # so that neither c k! nor a coefficient is out of range
        value = ldexp(digits * math.factorial(k), size - e * k)
        coefficient = ldexp(c, -e * k)
        lost = bool(c) and not coefficient
        if lost or not math.isfinite(value):
            came = "one below 5e-324" if lost else value
            raise DomainError(f"taylor: expected a finite derivative, got {came} in degree {k}.")
        found.append(coefficient)
        why = f"f⁽{k}⁾(a) / {k}! = {quotient(value, math.factorial(k), coefficient, 6)}"
        yield TaylorTerm(k, value, coefficient, why, np.array(found))


def taylor(f: Callable[[Tensor], Tensor], a: float, degree: int) -> Array:
    """The coefficients (degree + 1,), c₀ first: those of the last record of `taylor_steps`.

    >>> taylor(lambda x: 1 / (1 - x), 0.0, 4).tolist()
    [1.0, 1.0, 1.0, 1.0, 1.0]
    """
    *_, answer = taylor_steps(f, a, degree)
    return answer.coefficients


def polynomial(coefficients: ArrayLike, x: float | Array, a: float = 0.0) -> float | Array:
    """Σ_k c_k (x − a)ᵏ by Horner's rule: as many products as the degree.

    Args:
        coefficients: (k + 1,), c₀ first.
        x: a number or an array of any shape.
        a: the center.

    Returns:
        Of the shape of x.

    Raises:
        ShapeError: the coefficients are not a vector.
        DomainError: x is not a real number; the value is beyond 1.8e308.

    >>> polynomial(np.array([1.0, 2.0, 3.0]), 2.0)
    17.0
    """
    c = vector("polynomial", "coefficients", coefficients)
    away = array("polynomial", "x", x) - scalar("polynomial", "a", a)
    y = np.full_like(away, c[-1])
    with np.errstate(all="ignore"):
        for one in c[-2::-1].tolist():
            y = y * away + one
    if not np.isfinite(y).all():
        at = (away + a)[~np.isfinite(y)][0]
        raise DomainError(f"polynomial: expected a value below 1.8e308, got another at x = {at:g}.")
    return y if y.ndim else y.item()
