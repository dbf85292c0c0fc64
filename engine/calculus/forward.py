"""Forward mode, one operation at a time: every number of a graph with its slope by one input.

A pair (v, v̇) goes through the graph in the order of its making: for v = f(a, b, …)

    v̇ = ∂f/∂a · ȧ + ∂f/∂b · ḃ + …,    and for the inputs ẋ = 1, all others 0.

What `Dual` does to plain code, step by step, with the same table of derivatives as reverse
mode. One sweep gives the slopes of all results by one input; reverse mode (`engine.grad`) those of
one result by all inputs.

Source: Griewank & Walther 2008, Evaluating Derivatives, section 3.1.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from engine.errors import DomainError, ShapeError
from engine.explain import name_tensors
from engine.linalg.equation import equation
from engine.tensor import Tensor, ancestors


@dataclass(frozen=True, slots=True)
class ForwardStep:
    """A number of the graph and its slope: `value`, `slope`.

    `op` is the primitive's name, empty for an input; `inputs` are the names of what it took, and
    `partials` the slopes of the primitive by each of these, 0 for what does not depend on x.
    """

    step: int
    name: str
    op: str
    inputs: tuple[str, ...]
    partials: tuple[float, ...]
    value: float
    slope: float
    why: str


@dataclass(frozen=True, slots=True)
class Forward:
    """The result and its slope, by a sweep over `operations` primitives and `products` products."""

    value: float
    slope: float
    operations: int
    products: int
    why: str


def forward_steps(y: Tensor, x: Tensor) -> Iterator[ForwardStep | Forward]:
    """Sweep through the graph of y with ẋ = 1.

    Args:
        y: one number, computed from numbers alone (shape () throughout).
        x: a leaf; y need not depend on it.

    Returns:
        A step for each number of the graph, oldest first; the last record is the `Forward`.

    Raises:
        ShapeError: a tensor of another shape.
        DomainError: a slope that does not exist there.

    >>> x = Tensor(3.0, "x")
    >>> for record in forward_steps((x * x + x).named("y"), x):
    ...     print(record.why)
    x = 3 is the input: slope 1
    t1 = multiply(x, x) = 9: slope 3·1 + 3·1 = 6
    y = add(t1, x) = 12: slope 1·6 + 1·1 = 7
    slope 7 by x after 2 operations and 4 products

    Source: Griewank & Walther 2008, table 3.1.
    """
    order = ancestors([y])
    for node in (*order, x):
        if node.shape != ():
            raise ShapeError(f"forward_steps: expected numbers of shape (), got {node.shape}.")
    if x.op is not None:
        raise DomainError("forward_steps: expected a leaf x, got the result of an operation.")
    return _forward_steps(order, y, x)


def _forward_steps(order: list[Tensor], y: Tensor, x: Tensor) -> Iterator[ForwardStep | Forward]:
    names = name_tensors([y])
    slopes: dict[int, float] = {}
    products = step = 0
    for node in order:
        if node.op is None:
            slopes[node.serial] = float(node is x)
            if node.serial not in names:  # a constant in the code
                continue
            role = "is the input: slope 1" if node is x else "does not depend on it: slope 0"
            why = f"{names[node.serial]} = {node.item():.6g} {role}"
            record = ForwardStep(
                step, names[node.serial], "", (), (), node.item(), slopes[node.serial], why
            )
        else:
            partials = _partials(node, slopes)
            terms = [(d, slopes[p.serial]) for d, p in zip(partials, node.inputs, strict=True)]
            # The side that a choice does not take may be NaN: it does not count.
            terms = [(d, 0.0 if d == 0 and math.isnan(s) else s) for d, s in terms]
            slope = sum(d * s for d, s in terms)
            slopes[node.serial] = slope
            moving = [term for term in terms if term[1]]
            products += len(moving)
            taken = tuple(names.get(p.serial, f"{p.item():.6g}") for p in node.inputs)
            name, value = names[node.serial], node.item()
            why = f"{name} = {node.op.name}({', '.join(taken)}) = {value:.6g}: slope "
            why += _sum_of_products(moving, slope) if moving else "0"
            record = ForwardStep(step, name, node.op.name, taken, partials, value, slope, why)
        yield record
        step += 1
    operations = sum(node.op is not None for node in order)
    slope = slopes[y.serial]
    why = f"slope {slope:.6g} by {x.name or 'x'} after {operations} operations "
    why += f"and {products} products"
    yield Forward(y.item(), slope, operations, products, why)


def _sum_of_products(terms: list[tuple[float, float]], total: float) -> str:
    """ "a·b + c·d = total"."""

    def value(*numbers: Decimal) -> Decimal:
        return sum((d * s for d, s in zip(numbers[::2], numbers[1::2], strict=True)), Decimal(0))

    form = " + ".join(["{}·{}"] * len(terms))
    return equation(form, value, [number for term in terms for number in term], total, 6)


def _partials(node: Tensor, slopes: dict[int, float]) -> tuple[float, ...]:
    """∂f by each input, from the VJPs of the primitive with the cotangent 1."""
    assert node.op is not None
    found = []
    for i, parent in enumerate(node.inputs):
        vjp = node.op.vjp(i) if slopes[parent.serial] else None
        part = vjp(Tensor(1.0), node, *node.inputs, **node.attrs) if vjp else None
        found.append(part.item() if part is not None else 0.0)
    return tuple(found)


def forward(y: Tensor, x: Tensor) -> Forward:
    """dy/dx in one sweep: the last record of `forward_steps`.

    >>> x = Tensor(2.0)
    >>> forward(x**3, x).slope
    12.0
    """
    *_, answer = forward_steps(y, x)
    assert isinstance(answer, Forward)
    return answer
