"""The derivatives of one primitive: of each number that reads an element, by that element."""

from collections.abc import Iterator, Mapping
from functools import cached_property

import numpy as np

from engine.array import Array
from engine.explain.elements import element
from engine.explain.graph import expand
from engine.expression import Expression, Number, SymbolicIndex
from engine.indexing import Position, broadcast_position
from engine.reverse import grad, unbroadcast
from engine.symbolic import SymbolicArray, integers
from engine.tensor import Tensor


class UnreadableError(LookupError):
    """A VJP puts numbers of its own making into its graph: nothing tells where they come from."""


class LocalDerivatives:
    """∂reader[j]/∂x[at] for every j, as numbers and as formulas.

    Args:
        reader: a tensor that was computed from x directly.
        x: the tensor.
        at: the element of x.
        names: from `name_tensors`.

    >>> z = Tensor([0.0, 1.0], "z")
    >>> found = LocalDerivatives((z * z).named("h"), z, (1,), {})
    >>> [(j, value, len(found.expression(j).terms)) for j, value in found.values()]
    [((1,), 2.0, 2)]
    """

    def __init__(self, reader: Tensor, x: Tensor, at: Position, names: Mapping[int, str]) -> None:
        assert reader.op is not None
        self.op, self.reader, self.x, self.at, self.names = reader.op, reader, x, at, names
        self.inputs = [i for i, parent in enumerate(reader.inputs) if parent is x]

    def values(self) -> Iterator[tuple[Position, float]]:
        """The derivative at every j at which the reader looks at the element, be it 0.

        A derivative that happens to be 0 counts where the primitive is elementwise or a matrix
        product.
        """
        column = np.zeros(self.reader.shape)
        looks = np.zeros(self.reader.shape, dtype=bool)
        for i in self.inputs:
            found = self._column(i, self.reader.inputs)
            column += found
            if self.op.kind == "elementwise" and self.x.size:
                places = np.arange(self.x.size).reshape(self.x.shape)
                places = np.broadcast_to(places, self.reader.shape)
                looks |= places == np.ravel_multi_index(self.at, self.x.shape)
            elif self.op.kind == "product":  # what a factor of 1 would let through
                ones = tuple(Tensor(np.ones(p.shape)) for p in self.reader.inputs)
                looks |= self._column(i, ones) != 0
            looks |= found != 0
        for j in np.argwhere(looks):
            here = tuple(map(int, j))
            yield here, float(column[here])

    def _column(self, i: int, inputs: tuple[Tensor, ...]) -> Array:
        """∂reader/∂xᵢ[at], of the reader's shape.

        A VJP gives whole rows of the Jacobian, but is linear in its cotangent g, and graph: the
        derivative of one element by g is the column, in one pass instead of one for every row.
        """
        vjp = self.op.vjp(i)
        if vjp is None:
            return np.zeros(self.reader.shape)
        g = Tensor(np.ones(self.reader.shape, self.reader.value.dtype))
        part = unbroadcast(vjp(g, self.reader, *inputs, **self.reader.attrs), inputs[i].shape)
        return grad(part[self.at] if self.at else part, g).value

    def expression(self, j: Position) -> Expression | None:
        """∂reader[j]/∂x[at] in the letters of the graph; None, if it cannot be read.

        >>> z = Tensor([0.0, 1.0], "z")
        >>> LocalDerivatives((3 * z).named("h"), z, (1,), {}).expression((1,))
        Number(value=3.0)
        """
        total: Expression = Number(0.0)
        try:
            for i in self.inputs:
                total = total + self._part(i, j)
        except UnreadableError:
            return None
        return total

    def _part(self, i: int, j: Position) -> Expression:
        """The derivative by the element as input i: as its row writes it, else as the VJP does."""
        if self.op.vjp(i) is None:
            return Number(0.0)
        y, *xs = (SymbolicArray(t, self._element) for t in (self.reader, *self.reader.inputs))
        is_elementwise, attrs = self.op.kind == "elementwise", self.reader.attrs
        if is_elementwise and broadcast_position(j, self.x.shape) != self.at:
            return Number(0.0)
        if self.op.derivative is None:
            return self._pulled(i, j, j if is_elementwise else self.at)
        parts = (y[j], *(x.repeated(j) for x in xs)) if is_elementwise else (self.at, j, y, *xs)
        found: Expression = self.op.derivative(i, *parts, **attrs)
        return found

    def _element(self, tensor: Tensor, index: SymbolicIndex) -> Expression:
        return element(tensor, index, self.names)

    @cached_property
    def _graphs(self) -> dict[int, tuple[Tensor, Tensor]]:
        """Input → the cotangent of the reader, and what the VJP makes of it."""
        found = {}
        for i in self.inputs:
            vjp = self.op.vjp(i)
            if vjp is not None:
                g = Tensor(np.ones(self.reader.shape, self.reader.value.dtype))
                made = vjp(g, self.reader, *self.reader.inputs, **self.reader.attrs)
                is_elementwise = self.op.kind == "elementwise"
                found[i] = g, made if is_elementwise else unbroadcast(made, self.x.shape)
        return found

    def _pulled(self, i: int, j: Position, at: Position) -> Expression:
        """An element of what the VJP makes of a cotangent that is 1 at j and 0 elsewhere."""
        g, root = self._graphs[i]
        known = {t.serial for t in (self.reader, *self.reader.inputs)}

        def end(tensor: Tensor, index: SymbolicIndex) -> Expression | None:
            if tensor is g and integers(index) is not None:
                return Number(float(index == j))
            if tensor.serial in known or tensor.is_constant:
                return self._element(tensor, index)
            if tensor.op is None and tensor is not g:
                raise UnreadableError
            return None

        place = broadcast_position(at, root.shape)
        ended = end(root, place)
        return expand(root, place, end) if ended is None else ended
