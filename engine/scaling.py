"""Powers of two: scaled by one, numbers lose no digit, and their squares stay within range.

An algorithm that multiplies entries with each other brings its data to about 1 here, works, and
brings its records back. Multiplying by 2ᵉ is exact, so that the answer is, bit for bit, the one
that the algorithm would give if no exponent were out of range.

Source: Higham 2002, Accuracy and Stability, section 27.5 (scaling against overflow).
"""

import math
from decimal import Context, Decimal
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from engine.errors import DomainError

PRECISE = Context(prec=60, Emin=-999_999, Emax=999_999)
"""Decimal arithmetic in which a float's digits are few and its exponents are small."""

TINY = float(np.finfo(np.float64).tiny)
"""2.2e-308: numbers that are smaller have fewer digits."""


def exponent(*numbers: ArrayLike) -> int:
    """The e for which the largest |number| of all is in [2ᵉ⁻¹, 2ᵉ); 0 where all are 0.

    >>> exponent(np.array([3.0, -4.0])), exponent(0.25, -3.0), exponent(np.zeros(2))
    (3, 2, 0)
    """
    return math.frexp(max(float(np.abs(x).max(initial=0.0)) for x in numbers))[1]


def scaled(numbers: Array) -> tuple[Array, int]:
    """numbers · 2⁻ᵉ, the largest in size from ½ to 1, and e.

    >>> numbers, e = scaled(np.array([2.0**600, 0.0]))
    >>> numbers.tolist(), e
    ([0.5, 0.0], 601)
    """
    e = exponent(numbers)
    return np.ldexp(numbers, -e), e


def ldexp(x: float, e: int) -> float:
    """x · 2ᵉ, ±inf where that is beyond 1.8e308 (`math.ldexp` raises).

    >>> ldexp(0.5, 3), ldexp(-1.0, 2000)
    (4.0, -inf)
    """
    try:
        return math.ldexp(x, e)
    except OverflowError:
        return math.copysign(math.inf, x)


def scale(x: ArrayLike, e: ArrayLike) -> Array:
    """x · 2ᵉ; beyond the range of floats it is ±∞ or 0.

    >>> scale(3.0, -1).tolist()
    1.5
    """
    with np.errstate(over="ignore", under="ignore"):
        return np.asarray(np.ldexp(x, e))


def multiplied_back(where: str, name: str, x: ArrayLike, e: ArrayLike) -> Array:
    """x · 2ᵉ, if that can be written as floats.

    Raises:
        DomainError: the largest |x| · 2ᵉ overflows, or underflows to 0.

    >>> multiplied_back("variance", "variance", 0.25, 1200)
    Traceback (most recent call last):
    ...
    engine.errors.DomainError: variance: expected a variance from 5e-324 to 1.8e308, got about \
4e360. Measure the data in another unit.
    """
    result = scale(x, e)
    if np.isfinite(result).all() and (result.any() or not np.any(x)):
        return result
    size = np.where(np.asarray(x) == 0, -np.inf, np.log2(np.abs(np.where(x, x, 1))) + e)
    digits, power = divmod(float(size.max()) * math.log10(2), 1)
    raise DomainError(
        f"{where}: expected a {name} from 5e-324 to 1.8e308, got about {10**power:.0f}"
        f"e{digits:.0f}. Measure the data in another unit."
    )


class Wide(NamedTuple):
    """fraction · 2^exponent, ½ ≤ |fraction| < 1 or 0: a number of any size."""

    fraction: float
    exponent: int

    def __float__(self) -> float:
        """The nearest float: ±inf beyond 1.8e308, 0 below 2.5e-324."""
        return ldexp(self.fraction, self.exponent)

    def decimal(self) -> Decimal:
        """The same number, to 60 digits.

        >>> f"{Wide(0.5, -1199).decimal():.3e}"
        '5.808e-362'
        """
        power = PRECISE.power(Decimal(2), self.exponent)
        return PRECISE.multiply(Decimal(self.fraction), power)


def wide(x: float, e: int = 0) -> Wide:
    """x · 2ᵉ for a finite x.

    >>> wide(3.0, 10)
    Wide(fraction=0.75, exponent=12)
    """
    fraction, more = math.frexp(x)
    return Wide(fraction, more + e if fraction else 0)


def product(numbers: Array) -> Wide:
    """Π xᵢ, also where a part of it is beyond the range of floats.

    >>> float(product(np.array([1e200, 1e200, 1e-300]))) / 1e100
    1.0
    """
    found = wide(1.0)
    for number in numbers.tolist():
        fraction, more = math.frexp(number)
        found = wide(found.fraction * fraction, found.exponent + more)
    return found
