"""NumPy's functions on tensors: those that have a meaning here, in one table.

`np.exp(x)` and the other ufuncs are primitives; what is listed here is built from primitives.
Any other function is refused: on an array of objects it would compute something else.
"""

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from engine import assembly
from engine.errors import DomainError, ShapeError
from engine.indexing import normal_axes
from engine.primitives.elementwise import absolute, sqrt, square
from engine.primitives.pairs import maximum, minimum, where
from engine.tracing import NUMPY_FUNCTIONS, Operand, Tensor, constant

Axis = int | tuple[int, ...] | None


def tensor(x: Operand | ArrayLike) -> Tensor:
    """x itself, or a constant of its numbers.

    >>> tensor([1.0, 2.0]).is_constant
    True
    """
    return x if isinstance(x, Tensor) else constant(x)


def matmul(a: Operand, b: Operand) -> Tensor:
    """The matrix product; a vector stands for a row on the left, for a column on the right.

    >>> matmul(Tensor([[1.0, 2.0]]), [3.0, 4.0]).value.tolist()
    [11.0]
    """
    return a @ b if isinstance(a, Tensor) else tensor(a) @ b


def _dot(a: Operand, b: Operand) -> Tensor:
    a, b = tensor(a), tensor(b)
    if not a.ndim or not b.ndim:
        return a * b
    if b.ndim > 2:
        raise ShapeError(f"np.dot: expected b with 1 or 2 axes, got {b.shape}. Write a @ b.")
    return matmul(a, b)


def _inner(a: Operand, b: Operand) -> Tensor:
    a, b = tensor(a), tensor(b)
    if not a.ndim or not b.ndim:
        return a * b
    if a.ndim > 2 or b.ndim > 2:
        raise ShapeError(f"np.inner: expected up to 2 axes, got {a.shape} and {b.shape}.")
    return matmul(a, b.T)


def _outer(a: Operand, b: Operand) -> Tensor:
    return tensor(a).reshape(-1, 1) * tensor(b).reshape(1, -1)


def _norm(x: Tensor, ord: float | str | None = None, axis: Axis = None,
          keepdims: bool = False) -> Tensor:  # fmt: skip
    axes = normal_axes(axis, x.ndim)
    wanted = {1: (None, 1, 2, math.inf), 2: (None, "fro")}.get(len(axes), (None,))
    if ord not in wanted:
        raise DomainError(f"np.linalg.norm: expected ord among {wanted} over {len(axes)} axes, got "
                          f"{ord!r}.")  # fmt: skip
    if ord == 1:
        return absolute(x).sum(axis, keepdims)
    if ord == math.inf:
        return absolute(x).max(axis, keepdims)
    return sqrt(square(x).sum(axis, keepdims))


def _var(x: Tensor, axis: Axis = None, ddof: float = 0, keepdims: bool = False) -> Tensor:
    axes = normal_axes(axis, x.ndim)
    count = math.prod(x.shape[a] for a in axes)
    if not count > ddof:
        raise DomainError(f"np.var: expected more than {ddof:g} numbers, got {count}.")
    return square(x - x.mean(axis, keepdims=True)).sum(axis, keepdims) / (count - ddof)


def _clip(
    x: Operand, a_min: Operand | None = None, a_max: Operand | None = None, *,
    min: Operand | None = None, max: Operand | None = None,
) -> Tensor:  # fmt: skip
    x, low = tensor(x), a_min if min is None else min
    high = a_max if max is None else max
    x = x if low is None else maximum(x, low)
    return x if high is None else minimum(x, high)


def _where(condition: Operand, *sides: Operand) -> Tensor:
    if len(sides) != 2:
        raise TypeError("expected both sides: np.where(condition, a, b)")
    return where(condition, *sides)


def _filled(number: float) -> Callable[..., Tensor]:
    return lambda x: tensor(np.full(x.shape, number, x.dtype))


def _squeeze(x: Tensor, axis: Axis = None) -> Tensor:
    axes = normal_axes(axis, x.ndim)
    if axis is not None and any(x.shape[a] != 1 for a in axes):
        raise ShapeError(f"np.squeeze: expected axes of length 1, got {axis} of {x.shape}.")
    return x.reshape(tuple(n for a, n in enumerate(x.shape) if n != 1 or a not in axes))


def _expand_dims(x: Tensor, axis: int | tuple[int, ...]) -> Tensor:
    count = 1 if isinstance(axis, int) else len(axis)
    axes, sides = normal_axes(axis, x.ndim + count), iter(x.shape)
    return x.reshape(tuple(1 if a in axes else next(sides) for a in range(x.ndim + count)))


def _swapaxes(x: Tensor, a: int, b: int) -> Tensor:
    (a,), (b,) = normal_axes(a, x.ndim), normal_axes(b, x.ndim)
    order = list(range(x.ndim))
    order[a], order[b] = b, a
    return x.transpose(order)


def _moveaxis(x: Tensor, source: int, destination: int) -> Tensor:
    (source,), (destination,) = normal_axes(source, x.ndim), normal_axes(destination, x.ndim)
    order = [a for a in range(x.ndim) if a != source]
    order.insert(destination, source)
    return x.transpose(order)


def _tensors(parts: Sequence[Operand]) -> list[Tensor]:
    return [tensor(part) for part in parts]


def _flat(parts: Sequence[Operand], axis: int | None = 0) -> Tensor:
    if axis is None:
        return assembly.concatenate([tensor(part).reshape(-1) for part in parts])
    return assembly.concatenate(_tensors(parts), axis)


NUMPY_FUNCTIONS |= {
    np.sum: Tensor.sum,
    np.mean: Tensor.mean,
    np.max: Tensor.max,
    np.amax: Tensor.max,
    np.min: Tensor.min,
    np.amin: Tensor.min,
    np.var: _var,
    np.std: lambda x, *args, **kwargs: sqrt(_var(x, *args, **kwargs)),
    np.dot: _dot,
    np.matmul: matmul,
    np.vdot: lambda a, b: _dot(tensor(a).reshape(-1), tensor(b).reshape(-1)),
    np.inner: _inner,
    np.outer: _outer,
    np.linalg.norm: _norm,
    np.where: _where,
    np.clip: _clip,
    np.stack: lambda parts, axis=0: assembly.stack(_tensors(parts), axis),
    np.concatenate: _flat,
    np.reshape: lambda x, shape: x.reshape(shape),
    np.ravel: lambda x: x.reshape(-1),
    np.transpose: lambda x, axes=None: x.T if axes is None else x.transpose(tuple(axes)),
    np.swapaxes: _swapaxes,
    np.moveaxis: _moveaxis,
    np.squeeze: _squeeze,
    np.expand_dims: _expand_dims,
    np.broadcast_to: lambda x, shape: x.broadcast_to(shape),
    np.zeros_like: _filled(0.0),
    np.ones_like: _filled(1.0),
    np.shape: lambda x: x.shape,
    np.ndim: lambda x: x.ndim,
    np.size: lambda x: x.size,
}
