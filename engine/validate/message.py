"""How a refusal is worded: "where: expected X, got Y.", one sentence on one line."""

import math

import numpy as np

from engine.errors import DltutorError, DomainError


def require(
    holds: bool | np.bool_, where: str, expected: str, got: object,
    error: type[DltutorError] = DomainError,
) -> None:  # fmt: skip
    """Nothing if it holds.

    Raises:
        DomainError: it does not; another class if `error` is given.

    >>> require(-1 > 0, "Normal", "sigma > 0", -1)
    Traceback (most recent call last):
    ...
    engine.errors.DomainError: Normal: expected sigma > 0, got -1.
    """
    if not holds:
        raise error(f"{where}: expected {expected}, got {_short(got)}.")


def shown(value: object) -> str:
    """A value for a message, on one line, and not a long one.

    >>> shown("0.1"), shown(np.float64(0.1)), shown(10**5000), len(shown(list(range(99))))
    ("'0.1'", '0.1', 'an integer of thousands of digits', 60)
    """
    return _short(repr(value) if isinstance(value, str) else value)


def _short(value: object) -> str:
    try:
        text = " ".join(str(value).split())
    except ValueError:  # Python does not print integers of more than 4300 digits
        return "an integer of thousands of digits"
    return text if len(text) <= 60 else f"{text[:59]}…"


def limits(
    name: str, low: float | None = None, high: float | None = None, above: float | None = None,
    below: float | None = None,
) -> str:  # fmt: skip
    """The condition as it is written.

    >>> limits("sigma", above=0, below=math.inf), limits("n", low=1)
    ('0 < sigma < ∞', 'n ≥ 1')
    """
    lower = [(low, "≤"), (above, "<")][above is not None]
    upper = [(high, "≤"), (below, "<")][below is not None]
    right = "" if upper[0] is None else f" {upper[1]} {_number(upper[0])}"
    if lower[0] is None:
        return name + right
    if right:
        return f"{_number(lower[0])} {lower[1]} {name}{right}"
    return f"{name} {'≥' if lower[1] == '≤' else '>'} {_number(lower[0])}"


def condition(
    name: str, low: float | None, high: float | None, above: float | None, below: float | None,
    infinite: bool,
) -> str:  # fmt: skip
    """What numbers must be: within limits that include ±∞ only if `infinite`.

    >>> condition("x", None, None, 0, None, False), condition("x", *[None] * 4, False)
    ('0 < x < ∞', 'finite x')
    """
    if low is high is above is below is None:
        return f"{name} without NaN" if infinite else f"finite {name}"
    if not infinite and high is below is None:
        below = math.inf
    if not infinite and low is above is None:
        above = -math.inf
    return limits(name, low, high, above, below)


def at_least(least: int, thing: str, name: str) -> str:
    """So many things of a kind.

    >>> at_least(2, "row", "X")
    'at least 2 rows in X'
    """
    return f"at least {least} {thing}{'s' * (least > 1)} in {name}"


def _number(x: float) -> str:
    """5, 0.5, 1e8, −∞."""
    if math.isinf(x):
        return "∞" if x > 0 else "−∞"
    text = f"{abs(x):g}".replace("e+0", "e").replace("e+", "e")
    return f"−{text}" if x < 0 else text
