"""The closed list: what a formula may call, and which operation of the engine that is.

A primitive can be typed by the names that its row gives (`Op.typed`), read at each look-up, so that
a new row is a new function. What is made of several primitives is composed here. Every operation
takes tensors and returns one; nothing else is ever called on behalf of a formula.
"""

import ast
import math
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import numpy as np

from engine.errors import ShapeError
from engine.tensor import OPS, Tensor, apply, constant, matmul

CONSTANTS: Mapping[str, float] = {"pi": math.pi, "e": math.e}
"""Numbers with a name."""

COMPARISON_OF: Mapping[type[ast.cmpop], str] = {
    ast.Eq: "equal", ast.NotEq: "not_equal", ast.Lt: "less", ast.LtE: "less_equal",
    ast.Gt: "greater", ast.GtE: "greater_equal",
}  # fmt: skip
"""Python's sign for a comparison → its operation."""

COMPARISONS = frozenset(COMPARISON_OF.values())
"""Operations whose result is 1 where something holds, else 0."""

NUMBERS_FROM_NAN = COMPARISONS | {"where", "ones_like"}
"""Elementwise operations that may give a number for NaN."""


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
    return constant(np.ones(x.shape, x.value.dtype))


COMPOSED: Mapping[str, Callable[..., Tensor]] = {
    "sum": total,
    "mean": mean,
    "softmax": softmax,
    "log_softmax": log_softmax,
    "ones_like": ones_like,
    "any": total,
    "matmul": matmul,
    "transpose": lambda x: x.T,
}
"""Operations of a formula that are more than one primitive on its arguments; `any` is of truths."""


def operation(name: str) -> Callable[..., Tensor]:
    """What computes an operation of a formula: composed, or else a primitive.

    >>> operation("divide")(6, 3).item()
    2.0
    """
    return COMPOSED.get(name) or OPS[name]


def is_elementwise(name: str) -> bool:
    """Whether an operation computes each number of its result from the numbers at that place.

    >>> is_elementwise("multiply"), is_elementwise("softmax"), is_elementwise("index")
    (True, False, False)
    """
    return name == "ones_like" or (name in OPS and OPS[name].kind == "elementwise")


class Signature(NamedTuple):
    """What a name stands for: an operation, and how many arguments may be typed."""

    operation: str
    least: int = 1
    most: int = 1


class _Functions(Mapping[str, Signature]):
    """All functions by the names that are typed."""

    _composed: Mapping[str, Signature] = {
        "sum": Signature("sum"),
        "mean": Signature("mean"),
        "softmax": Signature("softmax"),
        "log_softmax": Signature("log_softmax"),
        "max": Signature("maximum", 2, 8),
        "min": Signature("minimum", 2, 8),
    }

    def __getitem__(self, name: str) -> Signature:
        if name in self._composed:
            return self._composed[name]
        for op in OPS.values():
            if name in op.typed:
                count = len(op.vjps) if isinstance(op.vjps, tuple) else 1
                return Signature(op.name, count, count)
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        yield from self._composed
        yield from (name for op in OPS.values() for name in op.typed)

    def __len__(self) -> int:
        return sum(1 for _ in self)


FUNCTIONS: Mapping[str, Signature] = _Functions()
"""What a learner may call, by the name that is typed."""
