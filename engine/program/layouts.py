"""In which order the axes of a value follow one another in memory.

An order lists the axes, the slowest first. Data come in with their first axis, the batch, as the
fastest: x of shape (N, D) lies as D rows of N numbers, an image as channels × height × width ×
batch. What is computed follows its inputs, so that calls run along one long stretch and a product
is one call to BLAS. Strides are read off layouts: arrays of the right shape over no memory at all,
which can be transposed, cut and reshaped like any other.
"""

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from engine.array import Array, Index
from engine.indexing import spelled_out
from engine.primitives.packs import append_ones
from engine.primitives.views import reshape
from engine.program.simplify import Node

Order = tuple[int, ...]


def layout(shape: Sequence[int], dtype: np.dtype[Any], order: Order) -> Array:
    """An array of that shape, its axes in that order in memory; it must not be read.

    >>> layout((3, 4), np.dtype(float), (1, 0)).strides
    (8, 24)
    """
    strides, step = [0] * len(shape), dtype.itemsize
    for axis in reversed(order):
        strides[axis] = step
        step *= max(shape[axis], 1)
    return as_strided(np.empty((), dtype), tuple(shape), strides)


def order_of(x: Array) -> Order:
    """The axes of an array, the slowest first."""
    return tuple(sorted(range(x.ndim), key=lambda axis: -x.strides[axis]))


def batch_last(ndim: int) -> Order:
    """The order of data: all else in its order, then the batch."""
    return (*range(1, ndim), 0) if ndim else ()


def leaf(node: Node, is_augmented: bool) -> Array:
    """How a leaf lies in memory."""
    value = node.value
    if node.role == "input":
        return augmented(node) if is_augmented and len(node.shape) == 2 else _slice_of_data(node)
    if value is None or value.shape != node.shape:
        return layout(node.shape, node.dtype, tuple(range(len(node.shape))))
    return as_strided(np.empty((), node.dtype), value.shape, value.strides)


def augmented(node: Node) -> Array:
    """How [x 1] lies when the step is handed it whole: a matrix row by row."""
    if len(node.shape) == 2:
        return layout(node.shape, node.dtype, (0, 1))
    return _slice_of_data(node)


def _slice_of_data(node: Node) -> Array:
    """A batch out of a larger set that lies batch last: whole only along the batch."""
    if len(node.shape) < 2:
        return layout(node.shape, node.dtype, tuple(range(len(node.shape))))
    more = (2 * node.shape[0] + 1, *node.shape[1:])
    return layout(more, node.dtype, batch_last(len(more)))[: node.shape[0]]


def view(node: Node, x: Array) -> Array | None:
    """The layout of a view of x, or None where a reshape cannot be had without moving numbers."""
    assert node.op is not None
    if node.op is reshape:
        try:
            return np.reshape(x, node.shape, copy=False)
        except ValueError:
            return None
    return node.op.value(x, **node.attrs)


def natural_order(node: Node, inputs: Sequence[Array]) -> Order:
    """The order in which an operation best makes its result."""
    op = node.op
    assert op is not None
    if op.like is not None:
        return order_of(op.like(*inputs, **node.attrs))
    if op.kind == "elementwise":
        return _followed(node, inputs)
    if op.kind == "product":
        return _multiplied(node, inputs)
    if op.kind == "pack":
        return pack_order(node, 0, order_of(inputs[0]))
    if op is reshape:
        return _regrouped(node, inputs[0])
    return tuple(range(len(node.shape)))


def _followed(node: Node, inputs: Sequence[Array]) -> Order:
    """That of the first whole input: one that is computed, else data, else a state."""
    rank = {"op": 0, "input": 1, "bound": 2, "constant": 3}
    whole = [
        (rank[x.role], i)
        for i, x in enumerate(node.inputs)
        if x.shape == node.shape and not _repeats(inputs[i])
    ]
    return order_of(inputs[min(whole)[1]]) if whole else batch_last(len(node.shape))


def _repeats(x: Array) -> bool:
    return any(not step and n > 1 for step, n in zip(x.strides, x.shape, strict=True))


def _multiplied(node: Node, inputs: Sequence[Array]) -> Order:
    """Row by row, or by columns when the factor that is computed lies by columns."""
    n = len(node.shape)
    a, b = (
        node.inputs[i].role != "bound" and not _is_view_of_state(node.inputs[i]) for i in (0, 1)
    )
    decides = inputs[0] if a or not b else inputs[1]
    by_columns = abs(decides.strides[-2]) < abs(decides.strides[-1])
    x1 = node.inputs[0]
    if x1.op is append_ones and x1.inputs[0].role == "input":  # data, in the order of [x 1]
        by_columns = True
    return (*range(n - 2), n - 1, n - 2) if by_columns else tuple(range(n))


def _is_view_of_state(node: Node) -> bool:
    while node.op is not None and node.op.kind == "view":
        node = node.inputs[0]
    return node.role in ("bound", "constant")


def _regrouped(node: Node, x: Array) -> Order:
    """For a reshape that moves numbers: the axes that hold the fastest ones of x stay fastest."""
    groups = _groups(x.shape, node.shape)
    if groups is None:
        return tuple(range(len(node.shape)))
    steps = [min((x.strides[i] for i in group if x.shape[i] > 1), default=0) for group in groups]
    return tuple(sorted(range(len(steps)), key=lambda axis: -steps[axis]))


def _groups(fine: Sequence[int], coarse: Sequence[int]) -> list[list[int]] | None:
    """Which axes of a shape are merged into each axis of another, or None if it is not so."""
    groups, i = [], 0
    for n in coarse:
        group: list[int] = []
        while i < len(fine) and (prod(fine[j] for j in group) != n or fine[i] == 1):
            group.append(i)
            i += 1
        if prod(fine[j] for j in group) != n:
            return None
        groups.append(group)
    return groups if i == len(fine) else None


def pack_order(pack: Node, number: int, part: Order) -> Order:
    """The order of a packed array in which a part keeps its own."""
    index = spelled_out(part_index(pack, number), len(pack.shape))
    free = [axis for axis, side in enumerate(index or []) if isinstance(side, slice)]
    if index is None or len(free) != len(part):
        return tuple(range(len(pack.shape)))
    order = [free[axis] for axis in part]
    for axis in (axis for axis in range(len(pack.shape)) if axis not in free):
        after = (i for i, other in enumerate(order) if other > axis)
        order.insert(next(after, 0), axis)  # in front of the first that also follows in the shape
    return tuple(order)


def part(pack: Node, number: int, whole: Array) -> Array:
    """Where in a packed array a part lies."""
    return np.asarray(whole[part_index(pack, number)]).reshape(pack.inputs[number].shape)


def part_index(pack: Node, number: int) -> Index:
    """The index of a packed array at which a part lies, perhaps in another shape."""
    assert pack.op is not None
    assert pack.op.part_at is not None
    return pack.op.part_at(number, [x.shape for x in pack.inputs], **pack.attrs)
