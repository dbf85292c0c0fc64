"""The closed list: what a formula may call, from the simplest to the most complex.

Every function takes tensors and returns one; nothing else is ever called on behalf of a formula.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial, reduce

import numpy as np

from engine.errors import ShapeError
from engine.tensor import Tensor, apply


@dataclass(frozen=True)
class Function:
    """What a name stands for: the function, and how many arguments it takes."""

    f: Callable[..., Tensor]
    least: int = 1
    most: int = 1


CONSTANTS: Mapping[str, float] = {"pi": math.pi, "e": math.e}
"""Numbers with a name."""


def maximum(*parts: Tensor) -> Tensor:
    """The largest of two or more, number by number.

    >>> maximum(Tensor(1.0), Tensor(3.0), Tensor(2.0)).item()
    3.0
    """
    return reduce(partial(apply, "maximum"), parts)


def minimum(*parts: Tensor) -> Tensor:
    """The smallest of two or more, number by number.

    >>> minimum(Tensor(3.0), Tensor(1.0), Tensor(2.0)).item()
    1.0
    """
    return reduce(partial(apply, "minimum"), parts)


def total(x: Tensor) -> Tensor:
    """The sum of all numbers, row by row as NumPy adds them.

    >>> total(Tensor([[1.0, 2.0], [3.0, 4.0]])).item()
    10.0
    """
    return x.reshape((-1,)).sum()


def mean(x: Tensor) -> Tensor:
    """The mean of all numbers: their sum divided by their number, rounded as NumPy does.

    >>> mean(Tensor([[1.0, 2.0], [3.0, 4.0]])).item()
    2.5
    """
    return apply("divide", total(x), float(x.size))


def softmax(x: Tensor) -> Tensor:
    """eˣ / Σ eˣ along the last axis.

    >>> softmax(Tensor([0.0, 0.0])).value.tolist()
    [0.5, 0.5]
    """
    _require_rows("softmax", x)
    return apply("softmax", x)


def log_softmax(x: Tensor) -> Tensor:
    """x − log Σ eˣ along the last axis.

    >>> log_softmax(Tensor([1000.0, 0.0])).value.tolist()
    [0.0, -1000.0]
    """
    _require_rows("log_softmax", x)
    return x - apply("logsumexp", x)


def _require_rows(name: str, x: Tensor) -> None:
    if not x.ndim or not x.shape[-1]:
        raise ShapeError(f"{name}: expected rows of one or more numbers, got shape {x.shape}.")


def ones_like(x: Tensor) -> Tensor:
    """1 for every number of x: what x**0 is, slope 0 included.

    >>> ones_like(Tensor([0.0, 5.0])).value.tolist()
    [1.0, 1.0]
    """
    ones = Tensor(np.ones(x.shape, x.value.dtype))
    ones.is_constant = True
    return ones


def _primitive(name: str, least: int = 1, most: int = 1) -> Function:
    return Function(partial(apply, name), least, most)


FUNCTIONS: Mapping[str, Function] = {
    **{
        name: _primitive(name)
        for name in (
            "sqrt", "exp", "expm1", "log", "log1p", "log2", "log10", "sin", "cos", "tan", "arcsin",
            "arccos", "arctan", "sinh", "cosh", "tanh", "sign", "square", "relu", "sigmoid",
            "softplus", "hard_tanh", "erf",
        )
    },
    "abs": _primitive("absolute"),
    "ln": _primitive("log"),
    "sigma": _primitive("sigmoid"),
    "max": Function(maximum, 2, 8),
    "min": Function(minimum, 2, 8),
    "sum": Function(total),
    "mean": Function(mean),
    "softmax": Function(softmax),
    "log_softmax": Function(log_softmax),
}  # fmt: skip
"""What a learner may call, by the name that is typed."""

OPERATORS: Mapping[str, Function] = {
    **{name: _primitive(name, 2, 2) for name in ("add", "subtract", "multiply", "divide", "power")},
    "negative": _primitive("negative"),
    "matmul": Function(lambda a, b: a @ b, 2, 2),
    "transpose": Function(lambda x: x.T),
    "ones_like": Function(ones_like),
}
"""What an operator stands for."""
