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

from engine.array import Array

PRECISE = Context(prec=60, Emin=-999_999, Emax=999_999)
"""Decimal arithmetic in which a float's digits are few and its exponents are small."""

TINY = float(np.finfo(np.float64).tiny)
"""2.2e-308: numbers that are smaller have fewer digits."""


def exponent(numbers: Array) -> int:
    """The e for which the largest |number| is in [2ᵉ⁻¹, 2ᵉ); 0 where all are 0.

    >>> exponent(np.array([3.0, -4.0])), exponent(np.zeros(2))
    (3, 0)
    """
    return math.frexp(float(np.abs(numbers).max(initial=0.0)))[1]


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
