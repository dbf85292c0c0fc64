"""Arrays taken apart by an index or by row numbers, and put together again.

In a compiled step the parts of a pack are computed where they belong.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from engine.array import Array, Index, Shape
from engine.expression import Expression, Number, sum_of
from engine.indexing import Position, source_position, target_position
from engine.kernels import rows
from engine.primitives.views import index_text
from engine.rows import Fill, PartAt
from engine.symbolic import SymbolicArray
from engine.tracing import VJP, Op, Tensor, primitive


def _getitem(x: Array, *, index: Index) -> Array:
    return np.asarray(x[index])


def _pack(
    value: Callable[..., Array], index: PartAt, notation: Callable[..., Expression],
    fill: Fill = "zeros",
) -> Op:  # fmt: skip
    """A primitive that lays its inputs side by side, each at an index of the result."""

    def every_vjp(i: int) -> VJP:
        def vjp(g: Tensor, y: Tensor, *parts: Tensor, **attrs: Any) -> Tensor:
            part = g[index(i, [x.shape for x in parts], **attrs)]
            return part if part.shape == parts[i].shape else part.reshape(parts[i].shape)

        return vjp

    return primitive(
        value, every_vjp=every_vjp, kind="pack", part_at=index, notation=notation, fill=fill
    )


def _flat_part(i: int, shapes: Sequence[Shape]) -> slice:
    start = sum(math.prod(shape) for shape in shapes[:i])
    return slice(start, start + math.prod(shapes[i]))


def _insert_notation(
    at: Position, *parts: SymbolicArray, indices: tuple[Index, ...], shape: Shape
) -> Expression:
    for part, index in zip(parts, indices, strict=True):
        inside = target_position(index, at, shape)
        if inside is not None:
            return part.repeated(inside)
    return Number(0.0)


def _concat_flat_notation(at: Position, *parts: SymbolicArray) -> Expression:
    (flat,) = at
    sizes = [math.prod(part.shape) for part in parts]
    i = next(i for i in range(len(parts)) if flat < sum(sizes[: i + 1]))
    place = np.unravel_index(flat - sum(sizes[:i]), parts[i].shape)
    return parts[i][tuple(map(int, place))]


def _append_ones_notation(at: Position, x: SymbolicArray) -> Expression:
    return x[at] if at[-1] < x.shape[-1] else Number(1.0)


getitem: Op = primitive(
    _getitem,
    lambda g, y, x, index: insert(g, indices=(index,), shape=x.shape),
    name="getitem",
    kind="view",
    notation=lambda at, x, index: x[source_position(index, at, x.shape)],
    source=lambda use, x, index: f"{x}[{index_text(index)}]",
)
insert: Op = _pack(
    rows.insert, lambda i, shapes, indices, shape: indices[i], notation=_insert_notation
)
concat_flat: Op = _pack(rows.concat_flat, _flat_part, notation=_concat_flat_notation)
append_ones: Op = _pack(
    rows.append_ones,
    lambda i, shapes: (..., slice(None, -1)),
    notation=_append_ones_notation,
    fill="ones",
)


# Rows of a table, looked up by number.
def _row_numbers(y: Any, x: Any, ids: Any) -> tuple[tuple[int, ...], np.dtype[Any]]:
    return ids.shape, np.dtype(np.intp)


def _gather_notation(at: Position, table: SymbolicArray, ids: SymbolicArray) -> Expression:
    axes = len(ids.shape)
    row = min(max(int(ids.value[at[:axes]]), 0), table.shape[0] - 1)
    return table[(row, *at[axes:])]


def _scatter_add_notation(
    at: Position, g: SymbolicArray, ids: SymbolicArray, shape: Shape
) -> Expression:
    found = np.argwhere(ids.value.astype(np.intp) == at[0])
    return sum_of(g[(*map(int, place), *at[1:])] for place in found)


gather: Op = primitive(
    rows.gather,
    lambda g, y, table, ids: scatter_add(g, ids, shape=table.shape),
    None,
    kind="kernel",
    notation=_gather_notation,
    workspace={"rows": _row_numbers},
)
scatter_add: Op = primitive(
    rows.scatter_add,
    lambda g, y, x, ids, shape: gather(g, ids),
    None,
    kind="kernel",
    notation=_scatter_add_notation,
    workspace={
        "rows": _row_numbers,
        "one_hot": lambda y, g, ids: ((math.prod(ids.shape), y.shape[0]), y.dtype),
    },
)
