"""How a refusal is worded: "where: expected X, got Y.", one sentence on one line."""

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


def at_least(least: int, thing: str, name: str) -> str:
    """So many things of a kind.

    >>> at_least(2, "row", "X")
    'at least 2 rows in X'
    """
    return f"at least {least} {thing}{'s' * (least > 1)} in {name}"
