"""Numbers as people type them: digits, a fraction, a percentage, or a whole calculation."""

import re
from decimal import Decimal
from math import isfinite

from engine.errors import DltutorError, DomainError

MAX_LENGTH = 80
_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?")
_ROOT = re.compile(r"√\s*(\(|[\w.]+)")


def read_number(text: str) -> tuple[float, int | None]:
    """The value, and how many significant digits were typed (None for a calculation).

    Raises:
        DomainError: `text` is neither a number nor a calculation that gives one.

    >>> read_number("0.020"), read_number("2e-2"), read_number("2 %"), read_number("−1,5")
    ((0.02, 2), (0.02, 1), (0.02, 1), (-1.5, 2))
    >>> [round(read_number(text)[0], 6) for text in ("1/50", "√2/2", "ln(1+exp(-2))", "2^-3", "2π")]
    [0.02, 0.707107, 0.126928, 0.125, 6.283185]
    """
    plain = text.strip().replace("−", "-").replace(" ", " ")
    is_percent = plain.endswith("%")
    plain = re.sub(r"(?<=\d),(?=\d)", ".", plain.removesuffix("%").strip())
    if _PLAIN.fullmatch(plain.lower()):
        # In decimals, since 0.7 % is 0.007 but 0.7 · 0.01 is not.
        value, digits = float(Decimal(plain) / 100 if is_percent else plain), _digits(plain)
        if isfinite(value):
            return value, digits
    return _calculated(plain, text) * (0.01 if is_percent else 1.0), None


def _digits(plain: str) -> int:
    """Significant digits: leading zeros do not count, trailing ones do."""
    mantissa = re.split("e", plain.lower())[0].lstrip("+-").replace(".", "")
    return max(1, len(mantissa.lstrip("0")))


def _calculated(plain: str, text: str) -> float:
    from engine.formula import Formula

    wanted = "a number or a calculation, such as 0.02, 1/50, 2e-2, √2/2 or ln(1 + exp(-2))"
    rooted = _ROOT.sub(lambda m: "sqrt(" if m[1] == "(" else f"sqrt({m[1]})", plain)
    source = re.sub(r"(\d)\s*π", r"\1*pi", rooted).replace("π", "pi")
    try:
        if not source or len(source) > MAX_LENGTH:
            raise DomainError("empty or too long")
        value = float(Formula(source, ())())
    except (DltutorError, TypeError, ValueError, OverflowError) as error:
        raise DomainError(f"Expected {wanted}, got {text[:MAX_LENGTH]!r}.") from error
    if not isfinite(value):
        raise DomainError(
            f"Expected {wanted}, got {text[:MAX_LENGTH]!r}, which has no finite value."
        )
    return value
