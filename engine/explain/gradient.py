"""Explain one slope: the chain rule at one number, reader by reader."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from engine.array import Array
from engine.errors import ShapeError
from engine.explain.elements import Element, Place, element, joined, name_tensors, place
from engine.explain.ledger import number
from engine.explain.slopes import slope_rule
from engine.reverse import grad, unbroadcast
from engine.tensor import Op, Tensor, ancestors


@dataclass(frozen=True)
class Term:
    """One reader's part: cotangent ∂y/∂reader × slope ∂reader/∂x = product.

    `rule` is the slope as a formula, `h·(1 − h)`, and `rule_numbers` the same in numbers; both are
    empty for a primitive that has none.
    """

    reader: Element
    cotangent: float
    slope: float
    product: float
    rule: str
    rule_numbers: str


@dataclass(frozen=True)
class GradientExplanation:
    """One slope as the sum over those that read the number.

    `formula` is a whole line, `∂y/∂x = ∂y/∂z·∂z/∂x + …`; `numbers` its right side in numbers;
    `value` is the sum of the terms' products.
    """

    name: str
    index: Place
    value: float
    formula: str
    numbers: str
    terms: tuple[Term, ...]


def explain_gradient(
    y: Tensor, tensor: Tensor, index: Place = (), names: Mapping[int, str] | None = None
) -> GradientExplanation:
    """∂y/∂x = Σ ∂y/∂c · ∂c/∂x over all numbers c that are computed from x directly.

    A slope that happens to be 0, as behind a ReLU, is a term all the same where the primitive acts
    number by number or is a matrix product. The slopes are those of the engine's own pull-backs.

    Args:
        y: one number, shape ().
        tensor: any tensor; one that y does not depend on has no terms and slope 0.
        index: one whole number per axis of the tensor.
        names: from `name_tensors`; without it, those of the graph of y.

    Raises:
        ShapeError: y holds more than one number.
        DomainError: no such element.

    >>> x = Tensor(3.0, "x")
    >>> y = ((2 * x).named("z") * x).named("y")
    >>> told = explain_gradient(y, x)
    >>> print(told.formula, "=", told.numbers, "=", told.value)
    ∂y/∂x = ∂y/∂z·∂z/∂x + ∂y/∂y·∂y/∂x = 3·2 + 1·6 = 12.0
    >>> [term.rule for term in told.terms]
    ['2', 'z']

    Source: Griewank & Walther 2008, Evaluating Derivatives, section 3.2.
    """
    if y.shape != ():
        raise ShapeError(f"explain_gradient: expected a scalar y, got shape {y.shape}.")
    at = place("explain_gradient", tensor, index)
    names = name_tensors([y, tensor]) if names is None else names
    this, of = element(tensor, at, names), element(y, (), names)
    wanted = f"∂{of.name}/∂{this.name}"
    if tensor is y:
        return GradientExplanation(wanted, at, 1.0, f"{wanted} = 1", "1", ())
    serial = tensor.serial
    readers = [c for c in ancestors([y]) if any(x.serial == serial for x in c.inputs)]
    terms: list[Term] = []
    for reader, g in zip(readers, grad(y, readers), strict=True):
        for j, slope in _slopes(reader, tensor, at):
            c, cotangent = element(reader, j, names), float(g.value[j])
            rule = slope_rule(c, this, slope, names)
            terms.append(Term(c, cotangent, slope, cotangent * slope, *rule))
    letters = [f"∂{of.name}/∂{term.reader.name}·∂{term.reader.name}/∂{this.name}" for term in terms]
    numbers = [f"{number(term.cotangent)}·{number(term.slope)}" for term in terms]
    return GradientExplanation(
        name=wanted,
        index=at,
        value=float(sum(term.product for term in terms)),
        formula=f"{wanted} = {joined(letters)}",
        numbers=joined(numbers),
        terms=tuple(terms),
    )


def _slopes(reader: Tensor, x: Tensor, at: Place) -> Iterator[tuple[Place, float]]:
    """∂reader[j]/∂x[at] for every j at which the reader looks at this element."""
    assert reader.op is not None
    column = np.zeros(reader.shape)
    looks = np.zeros(reader.shape, dtype=bool)
    for i, parent in enumerate(reader.inputs):
        if parent is not x:
            continue
        found = _column(reader.op, i, reader, reader.inputs, at)
        column += found
        if reader.op.kind == "elementwise" and x.size:
            places = np.broadcast_to(np.arange(x.size).reshape(x.shape), reader.shape)
            looks |= places == np.ravel_multi_index(at, x.shape)
        elif reader.op.kind == "product":  # what a factor of 1 would let through
            ones = tuple(Tensor(np.ones(p.shape)) for p in reader.inputs)
            looks |= _column(reader.op, i, reader, ones, at) != 0
        looks |= found != 0
    for j in np.argwhere(looks):
        here = tuple(map(int, j))
        yield here, float(column[here])


def _column(op: Op, i: int, reader: Tensor, inputs: tuple[Tensor, ...], at: Place) -> Array:
    """∂reader/∂xᵢ[at], of the reader's shape.

    A pull-back gives whole rows of the Jacobian, but is linear in its cotangent g, and graph: the
    slope of one pulled element by g is the column, in one walk instead of one for every row.
    """
    pull = op.vjp(i)
    if pull is None:
        return np.zeros(reader.shape)
    g = Tensor(np.ones(reader.shape, reader.value.dtype))
    pulled = unbroadcast(pull(g, reader, *inputs, **reader.attrs), inputs[i].shape)
    return grad(pulled[at] if at else pulled, [g])[0].value
