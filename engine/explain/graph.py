"""A graph of tensors read as expressions: one primitive at a time, or down to what has a name."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np

from engine.errors import DomainError
from engine.expression import Call, Expression, Function, Reference, SymbolicIndex
from engine.indexing import Position
from engine.reverse import pullback
from engine.symbolic import LetterError, SymbolicArray, integers
from engine.tensor import Tensor

Element = Callable[[Tensor, SymbolicIndex], Expression]
"""What stands for an element of a tensor, by its index."""


def written(tensor: Tensor, at: Position, element: Element) -> Expression:
    """How one element of a computed tensor is made from those of its inputs, by its row's notation.

    A primitive without notation is written `name(elements)`, so that a new one is explained from
    its first day.

    >>> x = Tensor([[1.0, -2.0]], "x")
    >>> y = x @ [[3.0], [4.0]]
    >>> written(y, (0, 0), lambda x, at: Reference(x.name or "w", at)).pattern.parts[1].name
    'w[k, 0]'
    """
    op = tensor.op
    assert op is not None
    arrays = [SymbolicArray(x, element) for x in tensor.inputs]
    parts: list[Any]
    if op.kind == "elementwise":
        parts = [array.repeated(at) for array in arrays]
    elif op.notation is not None:
        parts = [at, *arrays]
    else:
        parts = _read_elements(tensor, at, element)
    if op.notation is None:
        return Call(Function(op.name), tuple(parts))
    notation: Expression = op.notation(*parts, **tensor.attrs)
    return notation


def _read_elements(tensor: Tensor, at: Position, element: Element) -> list[Expression]:
    """The elements of the inputs on which an element depends, as far as its derivatives tell.

    Where they say nothing, the inputs as a whole.
    """
    assert tensor.op is not None
    one = np.zeros(tensor.shape, tensor.value.dtype)
    one[at] = 1.0
    found: list[Expression] = []
    for i, x in enumerate(tensor.inputs):
        if tensor.op.vjp(i) is None:
            continue
        with suppress(DomainError):  # a VJP may divide by 0 where the value is defined
            row = pullback(tensor, i, Tensor(one))
            found += [element(x, tuple(map(int, j))) for j in np.argwhere(row.value)]
    return found or [element(x, ()) for x in tensor.inputs]


def expand(
    root: Tensor, at: Position, end: Callable[[Tensor, SymbolicIndex], Expression | None]
) -> Expression:
    """One element of a tensor, written down to the elements at which `end` stops: a loop.

    Args:
        root: what to read; it is expanded even if `end` has something to say about it.
        at: which element.
        end: what stands for an element; None, where the expansion goes on below it.

    >>> x = Tensor(3.0, "x")
    >>> expand(x * x * x, (), lambda t, at: Reference("x") if t is x else None).parts
    (Reference(symbol='x', ...), Reference(symbol='x', ...), Reference(symbol='x', ...))
    """
    needed: dict[tuple[int, Position], Tensor] = {(root.serial, at): root}
    done: dict[tuple[int, SymbolicIndex], Expression] = {}
    stack = [(root, at)]

    def note(tensor: Tensor, index: SymbolicIndex) -> Expression:
        """Ask for an element: what stands for it is not known yet."""
        known = end(tensor, index)
        if known is not None:
            return known
        at = integers(index)
        if at is None:
            raise LetterError
        if len(at) == tensor.ndim and (tensor.serial, at) not in needed:
            needed[tensor.serial, at] = tensor
            stack.append((tensor, at))
        return _UNKNOWN

    def take(tensor: Tensor, index: SymbolicIndex) -> Expression:
        known = end(tensor, index)
        if known is not None:
            return known
        if integers(index) is None:
            raise LetterError
        return done.get((tensor.serial, index), _UNKNOWN)

    while stack:
        written(*stack.pop(), note)
    for key in sorted(needed):
        done[key] = written(needed[key], key[1], take)
    return done[root.serial, at]


_UNKNOWN = Reference("…")
