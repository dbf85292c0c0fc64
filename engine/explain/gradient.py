"""Explain one derivative: the chain rule at one number, reader by reader."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.errors import ShapeError
from engine.explain.elements import name_tensors, place, reference
from engine.explain.latex import latex
from engine.explain.local_derivatives import LocalDerivatives
from engine.explain.render import letters, numbers
from engine.expression import Expression, Number, Product, Reference, sum_of
from engine.indexing import Position
from engine.reverse import grad
from engine.tensor import Tensor, ancestors


@dataclass(frozen=True)
class Term:
    """One reader's part: cotangent ∂y/∂reader × derivative ∂reader/∂x = product.

    `expression` is the derivative as a formula; None for a primitive that has none to read.
    """

    reader: Reference
    cotangent: float
    derivative: float
    product: float
    expression: Expression | None

    @property
    def rule(self) -> str:
        """The derivative in letters, `h·(1 − h)`; empty, if nothing can be read."""
        return "" if self.expression is None else letters(self.expression)

    @property
    def rule_numbers(self) -> str:
        """The same in numbers."""
        return "" if self.expression is None else numbers(self.expression)


@dataclass(frozen=True)
class GradientExplanation:
    """One derivative as the sum over those that read the number.

    `expression` is ∂y/∂z·∂z/∂x + …, and `value` the sum of the terms' products.
    """

    this: Reference
    index: Position
    expression: Expression
    terms: tuple[Term, ...]

    @property
    def name(self) -> str:
        """∂y/∂x."""
        return self.this.name

    @property
    def value(self) -> float:
        """The number."""
        return self.this.value

    @property
    def formula(self) -> str:
        """A whole line, `∂y/∂x = ∂y/∂z·∂z/∂x + …`."""
        return f"{self.name} = {letters(self.expression)}"

    @property
    def numbers(self) -> str:
        """The right side in numbers."""
        return numbers(self.expression)

    @property
    def latex(self) -> str:
        """The formula in LaTeX."""
        return f"{latex(self.this)} = {latex(self.expression)}"


def explain_gradient(
    y: Tensor, tensor: Tensor, index: Position = (), names: Mapping[int, str] | None = None
) -> GradientExplanation:
    """∂y/∂x = Σ ∂y/∂c · ∂c/∂x over all numbers c that are computed from x directly.

    A derivative that happens to be 0, as behind a ReLU, is a term all the same where the primitive
    is elementwise or a matrix product. The derivatives are those of the engine's own VJPs.

    Args:
        y: one number, shape ().
        tensor: any tensor; one that y does not depend on has no terms and derivative 0.
        index: one integer per axis of the tensor.
        names: from `name_tensors`; without it, those of the graph of y.

    Raises:
        ShapeError: y holds more than one number.
        DomainError: no such element.

    >>> x = Tensor(3.0, "x")
    >>> y = ((2 * x).named("z") * x).named("y")
    >>> found = explain_gradient(y, x)
    >>> print(found.formula, "=", found.numbers, "=", found.value)
    ∂y/∂x = ∂y/∂z·∂z/∂x + ∂y/∂y·∂y/∂x = 3·2 + 1·6 = 12.0
    >>> [term.rule for term in found.terms]
    ['2', 'z']

    Source: Griewank & Walther 2008, Evaluating Derivatives, section 3.2.
    """
    if y.shape != ():
        raise ShapeError(f"explain_gradient: expected a scalar y, got shape {y.shape}.")
    at = place("explain_gradient", tensor, index)
    names = name_tensors([y, tensor]) if names is None else names
    this, of = reference(tensor, at, names).name, reference(y, (), names).name
    if tensor is y:
        return GradientExplanation(Reference(f"∂{of}/∂{this}", (), 1.0), at, Number(1.0), ())
    serial = tensor.serial
    readers = [c for c in ancestors([y]) if any(x.serial == serial for x in c.inputs)]
    terms: list[Term] = []
    for reader, g in zip(readers, grad(y, readers), strict=True):
        local = LocalDerivatives(reader, tensor, at, names)
        for j, value in local.values():
            c, cotangent = reference(reader, j, names), float(g.value[j])
            terms.append(Term(c, cotangent, value, cotangent * value, local.expression(j)))
    total = float(sum(term.product for term in terms))
    chain = sum_of(_link(of, this, term) for term in terms)
    return GradientExplanation(Reference(f"∂{of}/∂{this}", (), total), at, chain, tuple(terms))


def _link(of: str, this: str, term: Term) -> Expression:
    """∂y/∂c · ∂c/∂x."""
    outer = Reference(f"∂{of}/∂{term.reader.name}", (), term.cotangent)
    return Product((outer, Reference(f"∂{term.reader.name}/∂{this}", (), term.derivative)))
