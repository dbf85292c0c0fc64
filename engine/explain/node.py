"""Explain one number of a tensor: how it was made, in letters and with its live numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from engine.explain.elements import element, name_tensors, place, reference, references
from engine.explain.graph import written
from engine.explain.latex import latex
from engine.explain.line import one_line
from engine.explain.render import letters, numbers
from engine.expression import Expression, Reference
from engine.indexing import Position
from engine.tensor import Tensor


@dataclass(frozen=True)
class Explanation:
    """How one number was made.

    `operation` is the primitive's name, or "leaf", or "constant". `expression` is how it was made;
    of a leaf it is the number itself.
    """

    this: Reference
    operation: str
    shape: tuple[int, ...]
    index: Position
    expression: Expression

    @property
    def name(self) -> str:
        """What formulas call it."""
        return self.this.name

    @property
    def value(self) -> float:
        """The number."""
        return self.this.value

    @property
    def formula(self) -> str:
        """A whole line in letters, `z[0] = w·x[0]`; of a leaf its name alone."""
        return self._equation(self.name, " = ", letters(self.expression))

    @property
    def numbers(self) -> str:
        """The right side with numbers in the place of letters."""
        return numbers(self.expression)

    @property
    def latex(self) -> str:
        """The formula in LaTeX."""
        return self._equation(latex(self.this), " = ", latex(self.expression))

    @property
    def line(self) -> str:
        """The formula as Python reads it."""
        return self._equation(self.name, " = ", one_line(self.expression))

    def _equation(self, *sides: str) -> str:
        is_made = self.operation not in ("leaf", "constant")
        return "".join(sides) if is_made else sides[-1]

    @property
    def inputs(self) -> tuple[Reference, ...]:
        """The elements that it was made from, each once: explain those to walk on."""
        is_made = self.operation not in ("leaf", "constant")
        found = references(self.expression) if is_made else ()
        return tuple(one for one in found if one.tensor is not None and one.value == one.value)


def explain(
    tensor: Tensor, index: Position = (), names: Mapping[int, str] | None = None
) -> Explanation:
    """How one element of a tensor was made from others, by the numbers that the tensors hold.

    Args:
        tensor: any tensor of a graph, leaves and gradients included.
        index: one integer per axis of the tensor; negative ones count from the end.
        names: from `name_tensors`, of the whole graph that the tensor is seen in; without it,
            tensors without a name are numbered within what this one was computed from.

    Raises:
        DomainError: no such element.

    >>> x = Tensor([[0.05, 0.1, 1.0]], "x")
    >>> W = Tensor([[0.15, 0.25], [0.2, 0.3], [0.35, 0.35]], "W")
    >>> found = explain((x @ W).named("z"), (0, 1))
    >>> found.formula, found.numbers, round(found.value, 6)
    ('z[0, 1] = Σₖ x[0, k]·W[k, 1]', '0.05·0.25 + 0.1·0.3 + 1·0.35', 0.3925)
    >>> found.inputs[1].name, found.inputs[1].value
    ('W[0, 1]', 0.25)
    >>> print(found.latex, found.line, sep=chr(10))
    z_{0,1} = \\sum_{k} x_{0,k} \\cdot W_{k,1}
    z[0, 1] = sum(x[0, k]*W[k, 1] for k in range(3))
    """
    at = place("explain", tensor, index)
    names = name_tensors([tensor]) if names is None else names
    this = reference(tensor, at, names)
    if tensor.op is None:
        operation = "constant" if tensor.is_constant else "leaf"
        return Explanation(this, operation, tensor.shape, at, element(tensor, at, names))
    made = written(tensor, at, partial(element, names=names))
    return Explanation(this, tensor.op.name, tensor.shape, at, made)
