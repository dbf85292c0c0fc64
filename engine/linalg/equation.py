"""Equations in sentences: true as they are printed, or with ≈ in place of =.

A record's `why` shows a few digits of each number. "1 / 3 = 0.333" is false, and where digits
cancel, "√(1 − 1) = 3e-09" is absurd; here the left-hand side gets as many digits as make the
right-hand side come out.
"""

import math
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation, localcontext

from engine.scaling import PRECISE, Wide

MOST_DIGITS = 17
"""So many tell each float from its neighbors."""


def digits(x: float | Wide, count: int = 4) -> str:
    """A number to `count` significant digits, as :g prints it, beyond the range of floats too.

    An integer that counts something is printed whole.

    >>> digits(1 / 3), digits(1e-300), digits(Wide(0.5, -1199)), digits(10_000, 2)
    ('0.3333', '1e-300', '5.808e-362', '10000')
    """
    if isinstance(x, int):
        return str(x)
    number = float(x)
    if isinstance(x, Wide) and x.fraction and not 1e-300 < abs(number) < math.inf:
        front, _, power = f"{x.decimal():.{count - 1}e}".partition("e")
        front = front.rstrip("0").rstrip(".") if "." in front else front
        return f"{front}e{int(power):+03d}"
    return f"{number:.{count}g}"


def equation(
    form: str,
    value: Callable[..., Decimal],
    numbers: Sequence[float | Wide],
    result: float | Wide,
    count: int = 4,
) -> str:
    """ "form = result" with numbers whose printed digits give the printed result.

    Args:
        form: the left-hand side, with {} for each number.
        value: what the form says, on decimals.
        numbers: the operands, finite.
        result: the right-hand side.
        count: significant digits of the result, and at least of each operand.

    Returns:
        The equation with = where it holds exactly as printed, else with ≈.

    >>> equation("{} / {}", lambda a, b: a / b, (6.0, 3.0), 2.0)
    '6 / 3 = 2'
    >>> equation("{} / {}", lambda a, b: a / b, (1.0, 3.0), 1 / 3)
    '1 / 3 ≈ 0.3333'
    >>> equation("{} − {}", lambda a, b: a - b, (1.000001, 1.0), 1e-6)
    '1.000001 − 1 = 1e-06'
    """
    right = digits(result, count)
    shown = Decimal(right)
    with localcontext(PRECISE):
        # Half of the last digit printed, and a little for the rounding of the result itself.
        slack = Decimal("0.501").scaleb(shown.adjusted() - count + 1) if shown else shown
        for used in range(count, MOST_DIGITS + 1):
            texts = [digits(number, used) for number in numbers]
            try:
                found = value(*map(Decimal, texts))
            except (InvalidOperation, ZeroDivisionError):  # 1 − 1.0001 under a root
                continue
            if abs(found - shown) <= slack:
                break
        else:
            found = Decimal("NaN")
    sign = "=" if found == shown else "≈"
    return f"{form.format(*texts)} {sign} {right}"


def quotient(a: float | Wide, b: float | Wide, result: float | Wide, count: int = 4) -> str:
    """ "a / b = result".

    >>> quotient(-8.0, 2.0, -4.0)
    '-8 / 2 = -4'
    """
    return equation("{} / {}", lambda a, b: a / b, (a, b), result, count)
