"""The same numbers seen in another shape: nothing is computed, nothing is copied."""

from collections.abc import Callable
from typing import Any

import numpy as np

from engine.array import Array, Shape
from engine.expression import Expression
from engine.indexing import Position
from engine.symbolic import SymbolicArray
from engine.tracing import Op, primitive

Use = Callable[[Callable[..., Any]], str]
"""Imports a function into compiled source, and gives the name that it has there."""


def _reshape(x: Array, *, shape: tuple[int, ...]) -> Array:
    return x.reshape(shape)


def _transpose(x: Array, *, axes: tuple[int, ...]) -> Array:
    return x.transpose(axes)


def _broadcast_to(x: Array, *, shape: tuple[int, ...]) -> Array:
    return np.broadcast_to(x, shape)


def _detach(x: Array) -> Array:
    return x


def _reshape_notation(at: Position, x: SymbolicArray, shape: Shape) -> Expression:
    flat = np.ravel_multi_index(at, shape)
    return x[tuple(map(int, np.unravel_index(flat, x.shape)))]


def _inverse(axes: tuple[int, ...]) -> list[int]:
    return [axes.index(i) for i in range(len(axes))]


def index_text(index: object) -> str:
    """An index as it is written between brackets.

    >>> index_text((..., slice(None, -1)))
    '..., :-1'
    """
    if isinstance(index, tuple):
        return ", ".join(index_text(i) for i in index) or "()"
    if index is Ellipsis:
        return "..."
    if isinstance(index, slice):
        parts = ["" if p is None else str(p) for p in (index.start, index.stop)]
        return ":".join(parts) + (f":{index.step}" if index.step is not None else "")
    return repr(index)


def sizes_text(shape: tuple[int, ...]) -> str:
    """Lengths as the arguments of a call.

    >>> sizes_text((2, 3)), sizes_text(())
    ('2, 3', '()')
    """
    return ", ".join(map(str, shape)) or "()"


def settings_text(settings: dict[str, Any]) -> str:
    """Settings as the keywords of a call.

    >>> settings_text({"stride": 2, "kernel": (3, 3)})
    'stride=2, kernel=(3, 3)'
    """
    return ", ".join(f"{key}={value!r}" for key, value in settings.items())


reshape: Op = primitive(
    _reshape,
    lambda g, y, x, shape: g.reshape(x.shape),
    name="reshape",
    kind="view",
    notation=_reshape_notation,
    source=lambda use, x, shape: f"{x}.reshape({sizes_text(shape)})",
)
transpose: Op = primitive(
    _transpose,
    lambda g, y, x, axes: g.transpose(_inverse(axes)),
    name="transpose",
    kind="view",
    notation=lambda at, x, axes: x[tuple(at[i] for i in _inverse(axes))],
    source=lambda use, x, axes: f"{x}.transpose{axes}",
)
broadcast_to: Op = primitive(
    _broadcast_to,
    lambda g, y, x, shape: g,
    name="broadcast_to",
    kind="view",
    notation=lambda at, x, shape: x.repeated(at),
    source=lambda use, x, shape: f"{use(np.broadcast_to)}({x}, {shape})",
)
detach: Op = primitive(  # a wall for gradients
    _detach,
    None,
    name="detach",
    kind="view",
    notation=lambda at, x: x[at],
    source=lambda use, x: x,
)
