"""What a primitive's row may say beyond its value and derivatives: the types of its fields."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypedDict

import numpy as np

from engine.array import Array, Index

if TYPE_CHECKING:
    from engine.expression import Expression

OpKind = Literal["elementwise", "view", "reduction", "product", "pack", "kernel"]
"""How a result relates to its inputs: elementwise with broadcasting; the same memory seen in
another way; sums and maxima over axes; a matrix product; inputs laid side by side; anything else.
"""

Workspace = Mapping[str, Callable[..., tuple[tuple[int, ...], np.dtype[Any]]]]
"""Arrays that a kernel works in: argument → from the result and the inputs to shape and dtype."""


class Domain(NamedTuple):
    """Where a primitive is defined: in words, of which input, and what lies outside."""

    text: str
    argument: int
    outside: Callable[..., Array]


PartAt = Callable[..., Index]
"""`part_at(i, shapes, **attrs)`: the index of the result at which input i of a pack lies."""

Fill = Literal["zeros", "ones"]


class RowFields(TypedDict, total=False):
    """The optional fields of `Op`, as keywords of `primitive`."""

    kind: OpKind
    domain: Domain
    typed: tuple[str, ...]
    operator: str
    notation: Callable[..., "Expression"]
    derivative: Callable[..., "Expression"]
    complex_value: Callable[..., Any]
    in_place: tuple[int, ...]
    like: Callable[..., Array]
    part_at: PartAt
    fill: Fill
    workspace: Workspace
    source: Callable[..., str]
