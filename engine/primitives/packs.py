"""Arrays taken apart by an index or by row numbers, and put together again.

The parts of a pack are gradients' favorite: in a compiled step each is computed where it belongs.
"""

import math
from typing import Any

import numpy as np

from engine.array import Array, Index
from engine.kernels import rows
from engine.primitives.views import index_text
from engine.tracing import VJP, Op, Tensor, primitive


def _getitem(x: Array, *, index: Index) -> Array:
    return np.asarray(x[index])


def _insert_vjp(i: int) -> VJP:
    def vjp(
        g: Tensor, y: Tensor, *parts: Tensor, indices: tuple[Index, ...], shape: tuple[int, ...]
    ) -> Tensor:
        return g[indices[i]]

    return vjp


def _concat_flat_vjp(i: int) -> VJP:
    def vjp(g: Tensor, y: Tensor, *parts: Tensor) -> Tensor:
        start = sum(part.size for part in parts[:i])
        return g[start : start + parts[i].size].reshape(parts[i].shape)

    return vjp


getitem: Op = primitive(
    _getitem,
    lambda g, y, x, index: insert(g, indices=(index,), shape=x.shape),
    name="getitem",
    kind="view",
    source=lambda use, x, index: f"{x}[{index_text(index)}]",
)
insert: Op = primitive(rows.insert, every_vjp=_insert_vjp, kind="pack")
concat_flat: Op = primitive(rows.concat_flat, every_vjp=_concat_flat_vjp, kind="pack")
append_ones: Op = primitive(rows.append_ones, lambda g, y, x: g[..., :-1], kind="pack")


# Rows of a table, looked up by number.
def _row_numbers(y: Any, x: Any, ids: Any) -> tuple[tuple[int, ...], np.dtype[Any]]:
    return ids.shape, np.dtype(np.intp)


gather: Op = primitive(
    rows.gather,
    lambda g, y, table, ids: scatter_add(g, ids, shape=table.shape),
    None,
    kind="kernel",
    workspace={"rows": _row_numbers},
)
scatter_add: Op = primitive(
    rows.scatter_add,
    lambda g, y, x, ids, shape: gather(g, ids),
    None,
    kind="kernel",
    workspace={
        "rows": _row_numbers,
        "one_hot": lambda y, g, ids: ((math.prod(ids.shape), y.shape[0]), y.dtype),
    },
)
