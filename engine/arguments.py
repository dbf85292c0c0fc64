"""What a single argument must be, said once: an integer, a real number, a generator.

NumPy's numbers count like Python's; a truth value is not a number.
"""

from collections.abc import Iterable
from math import isfinite
from numbers import Real
from operator import index

import numpy as np

from engine.errors import DomainError


def integer(owner: str, name: str, value: object, least: int) -> int:
    """An integer of Python or NumPy, as Python's.

    Raises:
        DomainError: not an integer, a truth value, or below `least`.

    >>> integer("Training", "batch", np.int64(4), 1)
    4
    >>> integer("Training", "batch", 2.5, 1)
    Traceback (most recent call last):
    engine.errors.DomainError: Training: expected an integer batch ≥ 1, got 2.5.
    """
    try:
        number = index(value)  # type: ignore[arg-type]
    except TypeError:
        number = None
    if number is None or isinstance(value, bool | np.bool_):
        raise DomainError(f"{owner}: expected an integer {name} ≥ {least}, got {shown(value)}.")
    if number < least:
        raise DomainError(f"{owner}: expected {name} ≥ {least}, got {shown(number)}.")
    return number


def integers(owner: str, name: str, values: object, least: int) -> tuple[int, ...]:
    """Some integers, as a tuple of Python's.

    Raises:
        DomainError: one is not an integer, or below `least`; or it is a single number.

    >>> integers("MLP", "sizes", np.array([2, 4]), 1)
    (2, 4)
    """
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise DomainError(f"{owner}: expected {name} as a tuple of integers, got {shown(values)}.")
    return tuple(integer(owner, name, value, least) for value in values)


def real(value: object) -> float | None:
    """A finite real number as a float; None if it is anything else.

    >>> real(np.float32(0.5)), real(True), real("0.5"), real(float("inf")), real(10**400)
    (0.5, None, None, None, None)
    """
    if isinstance(value, np.ndarray) and not value.ndim:
        value = value[()]
    if isinstance(value, bool | np.bool_) or not isinstance(value, Real):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if isfinite(number) else None


def dropout_rate(owner: str, rate: object) -> float:
    """A probability of being dropped.

    Raises:
        DomainError: not a number with 0 ≤ rate < 1.

    >>> dropout_rate("Noise", 1.0)
    Traceback (most recent call last):
    engine.errors.DomainError: Noise: expected 0 ≤ rate < 1, got 1.0.
    """
    number = real(rate)
    if number is None or not 0 <= number < 1:
        raise DomainError(f"{owner}: expected 0 ≤ rate < 1, got {shown(rate)}.")
    return number


def generator(owner: str, rng: object) -> np.random.Generator:
    """The generator that draws.

    Raises:
        DomainError: it is something else, such as a seed.

    >>> generator("Training", 0)
    Traceback (most recent call last):
    engine.errors.DomainError: Training: expected rng = np.random.default_rng(seed), got 0.
    """
    if not isinstance(rng, np.random.Generator):
        raise DomainError(f"{owner}: expected rng = np.random.default_rng(seed), got {shown(rng)}.")
    return rng


def shown(value: object) -> str:
    """A value for a message: on one line, and not a long one.

    >>> shown("0.1"), shown(np.float64(0.1)), shown(10**5000), len(shown(list(range(99))))
    ("'0.1'", '0.1', 'an integer of thousands of digits', 60)
    """
    try:
        text = str(value) if isinstance(value, int | float | np.number) else repr(value)
    except ValueError:  # Python writes no integer of more than 4300 digits
        return "an integer of thousands of digits"
    text = " ".join(text.split())
    return text if len(text) <= 60 else f"{text[:59]}…"
