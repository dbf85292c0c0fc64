"""Powers of two: they bring data near 1, so that squares neither overflow nor underflow.

Multiplying by a power of two changes the exponent of a float and none of its digits. A statistic
computed of x · 2⁻ᵉ and multiplied back is therefore the same, digit for digit, in every unit that
is a power of two, and it exists wherever the answer does.
"""

import math

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from engine.errors import DomainError


def exponent(*arrays: ArrayLike) -> int:
    """e with 2^(e−1) ≤ max |x| < 2^e over all of them; 0 if there is nothing but zeros.

    >>> exponent([0.0, -3.0]), exponent(0.25), exponent([])
    (2, -1, 0)
    """
    return math.frexp(max(float(np.abs(x).max(initial=0)) for x in arrays))[1]


def near_one(x: Array) -> tuple[Array, int]:
    """x · 2⁻ᵉ and e, with the largest |x| · 2⁻ᵉ in [½, 1).

    >>> scaled, e = near_one(np.array([2.0**700, 2.0**699]))
    >>> scaled.tolist(), e
    ([0.5, 0.25], 701)
    """
    e = exponent(x)
    return power_of_two(x, -e), e


def power_of_two(x: ArrayLike, e: ArrayLike) -> Array:
    """x · 2ᵉ; beyond the range of floats it is ±∞ or 0.

    >>> power_of_two(3.0, -1).tolist()
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
    result = power_of_two(x, e)
    if np.isfinite(result).all() and (result.any() or not np.any(x)):
        return result
    size = np.where(np.asarray(x) == 0, -np.inf, np.log2(np.abs(np.where(x, x, 1))) + e)
    digits, power = divmod(float(size.max()) * math.log10(2), 1)
    raise DomainError(
        f"{where}: expected a {name} from 5e-324 to 1.8e308, got about {10**power:.0f}"
        f"e{digits:.0f}. Measure the data in another unit."
    )
