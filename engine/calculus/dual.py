"""Dual numbers: a value and its slope carried through plain code. Forward mode.

(a + a′ε)(b + b′ε) = ab + (a′b + ab′)ε with ε² = 0: the chain rule as arithmetic. A function written
with + − * / ** and NumPy's functions runs on duals unchanged, and so does a typed `Formula`.

Source: Griewank & Walther 2008, Evaluating Derivatives, section 3.1; Clifford 1873.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Union

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from engine.errors import DomainError, unknown
from engine.tensor import OPS, Tensor
from engine.validate import function, scalar, vector

Number = Union["Dual", float]


@dataclass(frozen=True, slots=True, eq=False)
class Dual:
    """value + slope · ε. Numbers that meet it are constants, of slope 0.

    Comparisons look at the value alone, so that branches go the way they do for numbers.

    >>> x = Dual(3.0, 1.0)
    >>> x * x + 1 / x
    Dual(value=9.333333333333334, slope=5.888888888888889)
    >>> np.sin(Dual(0.0, 1.0)).slope
    1.0
    """

    value: float
    slope: float = 0.0

    def __add__(self, other: Number) -> "Dual":
        b = dual(other)
        return Dual(self.value + b.value, self.slope + b.slope)

    def __sub__(self, other: Number) -> "Dual":
        b = dual(other)
        return Dual(self.value - b.value, self.slope - b.slope)

    def __mul__(self, other: Number) -> "Dual":
        b = dual(other)
        return Dual(self.value * b.value, self.slope * b.value + self.value * b.slope)

    def __truediv__(self, other: Number) -> "Dual":
        b = dual(other)
        if not b.value:
            raise DomainError("Dual: expected a divisor that is not 0, got 0.")
        y = self.value / b.value
        return Dual(y, (self.slope - y * b.slope) / b.value)

    def __pow__(self, other: Number) -> "Dual":
        return _power(self, dual(other))

    def __radd__(self, other: float) -> "Dual":
        return dual(other) + self

    def __rsub__(self, other: float) -> "Dual":
        return dual(other) - self

    def __rmul__(self, other: float) -> "Dual":
        return dual(other) * self

    def __rtruediv__(self, other: float) -> "Dual":
        return dual(other) / self

    def __rpow__(self, other: float) -> "Dual":
        return dual(other) ** self

    def __neg__(self) -> "Dual":
        return Dual(-self.value, -self.slope)

    def __pos__(self) -> "Dual":
        return self

    def __abs__(self) -> "Dual":
        return call("absolute", self)

    def __bool__(self) -> bool:
        return bool(self.value)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Dual | float | int | np.integer | np.floating):
            return False
        return self.value == dual(other).value

    def __lt__(self, other: Number) -> bool:
        return self.value < dual(other).value

    def __le__(self, other: Number) -> bool:
        return self.value <= dual(other).value

    def __gt__(self, other: Number) -> bool:
        return self.value > dual(other).value

    def __ge__(self, other: Number) -> bool:
        return self.value >= dual(other).value

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Number) -> "Dual | bool":
        if method != "__call__":
            raise DomainError(f"Dual: expected a plain call of {ufunc.__name__}, got .{method}.")
        order = _ORDER.get(ufunc.__name__)
        if order:
            return order(dual(inputs[0]), dual(inputs[1]))
        binary = _BINARY.get(ufunc.__name__)
        if binary:
            return binary(dual(inputs[0]), dual(inputs[1]))
        return call(ufunc.__name__, dual(inputs[0]))


def dual(x: Number | np.integer | np.floating) -> Dual:
    """A number as a constant of slope 0; a dual as it is.

    Raises:
        DomainError: an array (duals go through code for numbers, one at a time), or not a real
            number.

    >>> dual(2)
    Dual(value=2.0, slope=0.0)
    """
    if isinstance(x, Dual):
        return x
    raw = np.asarray(x)
    if raw.ndim:
        raise DomainError(f"Dual: expected a number, got an array of shape {raw.shape}.")
    if raw.dtype.kind not in "buif":
        raise DomainError(f"Dual: expected a real number below 1.8e308, got {x!s:.30}.")
    return Dual(float(raw))


def call(name: str, x: Dual) -> Dual:
    """f(a + a′ε) = f(a) + f′(a) a′ε for one of NumPy's functions of one number.

    Value and derivative are those of the primitive's row, so duals know what tensors know.

    Raises:
        UnknownNameError: no such function.
        DomainError: f or its slope is not defined there, or is beyond 1.8e308.

    >>> call("exp", Dual(0.0, 2.0))
    Dual(value=1.0, slope=2.0)
    """
    if name not in (functions := _functions()):
        raise unknown("function of dual numbers", name, [*functions, *_BINARY])
    op, at = OPS[name], Tensor(x.value)
    y, vjp = op(at), op.vjp(0)
    try:
        slope = vjp(Tensor(1.0), y, at).item() * x.slope if vjp else 0.0
    except DomainError as error:
        raise DomainError(f"{name}: expected a finite slope, got x = {x.value:g}.") from error
    if not (math.isfinite(y.item()) and math.isfinite(slope)):
        raise DomainError(f"{name}: expected a result below 1.8e308, got x = {x.value:g}.")
    return Dual(y.item(), slope)


def _functions() -> list[str]:
    """NumPy's functions of one number that are primitives."""
    ufuncs = ((name, op.value) for name, op in OPS.items())
    return [name for name, f in ufuncs if isinstance(f, np.ufunc) and f.nin == 1]


def _power(x: Dual, p: Dual) -> Dual:
    """x^p: (p x^(p−1)) x′ + (x^p log x) p′; the second term needs x > 0 and is 0 for constant p."""
    a, b = x.value, p.value
    is_integer = b == round(b) if math.isfinite(b) else False
    if (a < 0 and not is_integer) or (a == 0 and b < 0) or (p.slope and a <= 0):
        wanted = (
            "x > 0" if p.slope else "x > 0, or x ≠ 0 with an integer exponent, or an exponent ≥ 0"
        )
        raise DomainError(f"power: expected {wanted}, got {a:g} ** {b:g}.")
    try:
        slope = 0.0
        if x.slope and b:
            if not a and b < 1:
                raise DomainError(f"power: expected x > 0 for a finite slope, got {a:g} ** {b:g}.")
            slope = b * a ** (b - 1) * x.slope
        y = a**b
        if p.slope:
            slope += y * math.log(a) * p.slope
    except OverflowError:
        raise DomainError(f"power: expected a result below 1.8e308, got {a:g} ** {b:g}.") from None
    return Dual(y, slope)


_BINARY: Mapping[str, Callable[[Dual, Dual], Dual]] = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / b,
    "power": lambda a, b: a**b,
    "maximum": lambda a, b: a if a >= b else b,
    "minimum": lambda a, b: a if a <= b else b,
}


_ORDER: Mapping[str, Callable[[Dual, Dual], bool]] = {
    "less": lambda a, b: a < b,
    "less_equal": lambda a, b: a <= b,
    "greater": lambda a, b: a > b,
    "greater_equal": lambda a, b: a >= b,
    "equal": lambda a, b: a == b,
    "not_equal": lambda a, b: a != b,
}
"""What NumPy's numbers ask when they stand on the left of a comparison."""


def _slope(name: str, y: Number) -> float:
    """The slope of a result, if it is a number."""
    slope = dual(y).slope
    if not math.isfinite(slope):
        raise DomainError(f"{name}: expected a slope below 1.8e308, got {slope}.")
    return slope


def derivative(f: Callable[..., Number], x: float) -> float:
    """f′(x), exact but for rounding, in one run of f on duals.

    Args:
        f: plain code with + − * / ** and NumPy's functions.
        x: where.

    Raises:
        DomainError: f is not defined or has no slope there.
        UnknownNameError: f calls a function that duals do not know.

    >>> derivative(lambda x: x * np.exp(-x), 0.0)
    1.0
    """
    function("derivative", "f", f)
    return _slope("derivative", f(Dual(scalar("derivative", "x", x), 1.0)))


def gradient(f: Callable[..., Number], x: ArrayLike) -> Array:
    """∇f by n runs of f, one for each input: what reverse mode does in one.

    Args:
        f: of n numbers.
        x: (n,), where.

    Returns:
        (n,).

    Raises:
        ShapeError: x is not a vector.
        DomainError: f is not defined or has no slope there.

    >>> gradient(lambda x, y: (1 - x) ** 2 + 100 * (y - x * x) ** 2, [-1.2, 1]).round(9).tolist()
    [-215.6, -88.0]
    """
    function("gradient", "f", f)
    point = vector("gradient", "x", x)
    runs = np.eye(len(point))
    inputs = [list(map(Dual, point.tolist(), one.tolist())) for one in runs]
    return np.array([_slope("gradient", f(*duals)) for duals in inputs])
