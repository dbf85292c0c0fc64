"""Arrays of expressions: what the notation of a primitive reads, and sums over their letters."""

from collections.abc import Callable, Sequence

import numpy as np

from engine.array import Array
from engine.expression import Expression, Series, SymbolicIndex, sum_of
from engine.indexing import Position, broadcast_position
from engine.tracing import Tensor


class SymbolicArray:
    """A tensor whose elements are expressions: what a row's notation reads.

    Args:
        tensor: where the elements lie.
        element: the expression of one element, by tensor and index.

    >>> from engine.expression import Reference
    >>> x = SymbolicArray(Tensor([[1.0, 2.0]]), lambda x, at: Reference("x", at))
    >>> x[0, 1].name, x[(0, "k")].name, x.repeated((4, 1)).name
    ('x[0, 1]', 'x[0, k]', 'x[0, 1]')
    """

    __slots__ = ("_element", "_tensor")

    def __init__(
        self, tensor: Tensor, element: Callable[[Tensor, SymbolicIndex], Expression]
    ) -> None:
        self._tensor, self._element = tensor, element

    @property
    def shape(self) -> tuple[int, ...]:
        """The lengths of its axes."""
        return self._tensor.shape

    @property
    def value(self) -> Array:
        """Its numbers, for notation that depends on them, as on which is the largest."""
        return self._tensor.value

    def __getitem__(self, index: SymbolicIndex) -> Expression:
        return self._element(self._tensor, index)

    def repeated(self, at: Position) -> Expression:
        """The element that broadcasting repeats to a place of the result."""
        return self._element(self._tensor, broadcast_position(at, self._tensor.shape))


def integers(index: SymbolicIndex) -> Position | None:
    """An index of integers alone; None, where letters stand in it for many elements.

    >>> integers((0, 1)), integers((0, "k"))
    ((0, 1), None)
    """
    found = tuple(i for i in index if isinstance(i, int))
    return found if len(found) == len(index) else None


class LetterError(LookupError):
    """An element was asked for by a letter where only numbers are known: there is no pattern."""


def series(letters: str, sizes: Sequence[int], term: Callable[..., Expression]) -> Expression:
    """Σ over one letter or several, each counted from 0.

    Args:
        letters: one for each count, and more do no harm; where there are too few for a pattern the
            terms stand alone.
        sizes: up to where each letter counts.
        term: the term at given indices: of integers one term, of letters the pattern of all.

    >>> from engine.expression import Reference
    >>> x = SymbolicArray(Tensor([1.0, 2.0]), lambda x, at: Reference("x", at))
    >>> total = series("k", (2,), lambda k: x[(k,)] ** 2)
    >>> total.pattern.base.name, total.terms[1].base.name
    ('x[k]', 'x[1]')
    """
    terms = [term(*map(int, at)) for at in np.ndindex(*sizes)]
    letters = letters[: len(sizes)]
    if len(letters) < len(sizes):
        return sum_of(terms)
    try:
        return Series(tuple(terms), letters, tuple(sizes), term(*letters))
    except LetterError:
        return sum_of(terms)
