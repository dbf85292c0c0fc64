"""Axes and indices in their plainest form."""

import operator
from typing import SupportsIndex

import numpy as np

from engine.array import Index
from engine.errors import DomainError, ShapeError

Position = tuple[int, ...]
"""Where a number lies in its array: one integer per axis."""


def normal_axes(axis: int | tuple[int, ...] | None, ndim: int) -> tuple[int, ...]:
    """An axis argument as a sorted tuple of axes counted from the front.

    Raises:
        ShapeError: no such axis, or one named twice.

    >>> normal_axes(-1, 3), normal_axes(None, 2)
    ((2,), (0, 1))
    """
    if axis is None:
        return tuple(range(ndim))
    axes = tuple(map(operator.index, axis if isinstance(axis, tuple) else (axis,)))
    if any(not -ndim <= a < ndim for a in axes):
        raise ShapeError(f"axis: expected {-ndim} ≤ axis < {ndim}, got {axis}.")
    counted = tuple(sorted({a % ndim for a in axes}))
    if len(counted) < len(axes):
        raise ShapeError(f"axis: expected every axis once, got {axis}.")
    return counted


def normal_index(index: Index) -> Index:
    """A basic index: integers, slices, ... and None; anything else would copy.

    Raises:
        DomainError: a list, an array or a truth value.

    >>> normal_index((np.int64(2), ...))
    (2, Ellipsis)
    """
    if isinstance(index, tuple):
        return tuple(_one_index(i) for i in index)
    return _one_index(index)


def _one_index(index: Index) -> Index:
    if index is None or index is Ellipsis or isinstance(index, slice):
        return index
    if np.ndim(index) or isinstance(index, bool) or not isinstance(index, SupportsIndex):
        raise DomainError(f"Tensor: expected an index of integers and slices, got {index!r}.")
    return operator.index(index)


def spelled_out(index: Index, ndim: int) -> list[int | slice] | None:
    """An integer or a slice for every axis; None where an index makes new axes.

    >>> spelled_out((..., 0), 3)
    [slice(None, None, None), slice(None, None, None), 0]
    """
    parts = _in_full(index, ndim)
    some = [part for part in parts if part is not None]
    return some if len(some) == len(parts) else None


def _in_full(index: Index, ndim: int) -> list[int | slice | None]:
    """An integer or a slice for every axis, and None for every new one."""
    parts = list(index) if isinstance(index, tuple) else [index]
    if Ellipsis not in parts:
        parts.append(Ellipsis)
    i = parts.index(Ellipsis)
    sides = ndim - len(parts) + 1 + parts.count(None)
    return parts[:i] + [slice(None)] * sides + parts[i + 1 :]


def source_position(index: Index, at: Position, shape: tuple[int, ...]) -> Position:
    """Where an element of `x[index]` lies in x.

    >>> source_position((slice(None, None, -1), None, 2), (0, 0), (4, 3))
    (3, 2)
    """
    places, sides, found = iter(at), iter(shape), []
    for part in _in_full(index, len(shape)):
        if part is None:
            next(places)
        elif isinstance(part, slice):
            found.append(range(*part.indices(next(sides)))[next(places)])
        else:
            found.append(part % next(sides))
    return tuple(found)


def target_position(index: Index, place: Position, shape: tuple[int, ...]) -> Position | None:
    """Where an element of x lies in `x[index]`; None if it is not in there.

    >>> target_position((slice(1, None), 2), (3, 2), (4, 3)), target_position(0, (3, 2), (4, 3))
    ((2,), None)
    """
    axes, found = iter(zip(place, shape, strict=True)), []
    for part in _in_full(index, len(shape)):
        if part is None:
            found.append(0)
            continue
        i, n = next(axes)
        if isinstance(part, slice):
            taken = range(*part.indices(n))
            if i not in taken:
                return None
            found.append(taken.index(i))
        elif part % n != i:
            return None
    return tuple(found)


def broadcast_position(at: Position, shape: tuple[int, ...]) -> Position:
    """Where an element of a result came from in an input that was broadcast to it.

    >>> broadcast_position((4, 2), (1, 3)), broadcast_position((4, 2), ())
    ((0, 2), ())
    """
    tail = at[len(at) - len(shape) :]
    return tuple(0 if n == 1 else i for i, n in zip(tail, shape, strict=True))


def ahead(*parts: int | slice) -> Index:
    """An index of the last axes, whatever comes before.

    >>> ahead(0, slice(2))
    (Ellipsis, 0, slice(None, 2, None))
    """
    return (..., *parts)
