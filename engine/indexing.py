"""Axes and indices in their plainest form."""

import operator
from typing import SupportsIndex

import numpy as np

from engine.array import Index
from engine.errors import DomainError, ShapeError


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
        return tuple(normal_index(i) for i in index)
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
    parts = list(index) if isinstance(index, tuple) else [index]
    if any(part is None for part in parts):
        return None
    if Ellipsis not in parts:
        parts.append(Ellipsis)
    i = parts.index(Ellipsis)
    return parts[:i] + [slice(None)] * (ndim - len(parts) + 1) + parts[i + 1 :]


def ahead(*parts: int | slice) -> Index:
    """An index of the last axes, whatever comes before.

    >>> ahead(0, slice(2))
    (Ellipsis, 0, slice(None, 2, None))
    """
    return (..., *parts)
