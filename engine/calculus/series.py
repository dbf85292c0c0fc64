"""Taylor arithmetic: power series sent through a graph, one coefficient of every number at a time.

With x = a + t every number of the graph is a power series in t, and each operation makes the
series of its result from those of its inputs. Sums, products, quotients and powers have a rule of
their own. All other rules follow from the derivative d = g′(u) in the operation's row: y = g(u) has
y′ = d u′, and the coefficients of tᵏ⁻¹ on both sides are

    k y_k = Σ_j j u_j d_{k−j},    j = 1, …, k.

d is a graph of operations again, which gets along with one coefficient less. Equal numbers are one
node: so sin and cos, each made of the other's derivative, are two nodes, however high the order.

Rounding: quotients, roots, logarithms and powers divide by a number of the graph. If its nearest
zero, also a complex one, is r away from x, each y_k is off by about ε/rᵏ: rounding enters as a
small numerator would, whose quotient has a pole there. So it is where y itself has none: of
(x² − 1)/(x − 1) at 0.9, r is 0.1, and y₂₀ is 1e4 in place of 0.

Source: Griewank & Walther 2008, Evaluating Derivatives, section 13.2.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import numpy as np

from engine.array import Array
from engine.errors import DomainError
from engine.tensor import OPS, Op, Tensor, ancestors, constant


@dataclass(slots=True, eq=False)
class _Node:
    """A number, or an array, of the graph, and its series so far.

    `leaf` stands for it in the graphs of derivatives. Only the first coefficient is kept of what
    does not depend on x (`moves`). `slopes` are its derivatives by inputs: input, derivative.
    `corner` says at which operation it fails to be smooth, `jumps` that its value may jump there.
    """

    op: Op | None
    inputs: tuple["_Node", ...]
    attrs: Mapping[str, Any]
    leaf: Tensor
    moves: bool
    series: list[Array] = field(default_factory=list)
    slopes: list[tuple["_Node", "_Node"]] = field(default_factory=list)
    corner: str = ""
    jumps: bool = False

    def __getitem__(self, k: int) -> Array:
        return self.series[k] if k == 0 or self.moves else np.zeros_like(self.series[0])


def coefficients(y: Tensor, x: Tensor) -> Iterator[float]:
    """The coefficients of y as a power series in t, x = x.item() + t, without end.

    Args:
        y: one number, computed from x by elementwise operations, sums and products.
        x: a leaf, one number.

    Raises:
        DomainError: another operation on the way; a derivative does not exist there; a corner or
            a jump.

    >>> x = Tensor(0.0)
    >>> from itertools import islice
    >>> list(islice(coefficients(1 / (1 + x * x), x), 7))
    [1.0, 0.0, -1.0, 0.0, 1.0, 0.0, -1.0]
    """
    graph = _Graph(x)
    result = graph.node(y)
    yield float(result[0])
    for k in count(1):
        graph.lengthen(k)
        if result.corner:
            raise DomainError(f"taylor: expected operations that are smooth at a, got "
                              f"{result.corner}, a corner or a jump.")  # fmt: skip
        yield float(result[k])


class _Graph:
    """The nodes of a graph, and of the derivatives that their series need.

    `generations[g]` first occur in derivatives of those of g − 1: they are g coefficients behind.
    """

    def __init__(self, x: Tensor) -> None:
        self.nodes = {x.serial: _Node(None, (), {}, x, True, [x.value])}
        self.equal: dict[Hashable, _Node] = {}
        self.generations = [[self.nodes[x.serial]]]

    def lengthen(self, k: int) -> None:
        """Append the coefficient of tᵏ, in generation g that of tᵏ⁻ᵍ."""
        newest = self.generations[-1]
        self.generations.append([])
        for node in newest:
            if _rule(node) is _by_slopes:
                slopes = _slopes(node, [u.leaf for u in node.inputs], node.leaf)
                node.slopes = [(u, self.node(slope)) for u, slope in slopes]
        with np.errstate(all="ignore"):
            for generation in reversed(self.generations[:k]):
                for node in generation:
                    node.series.append(_rule(node)(node, len(node.series)))
                    _look_for_corner(node)

    def node(self, tensor: Tensor) -> _Node:
        """The node of a tensor, after adding what is new of its graph to the last generation."""
        for one in ancestors([tensor]):
            if one.serial not in self.nodes:
                inputs = tuple(self.nodes[parent.serial] for parent in one.inputs)
                key = _key(one, inputs)
                if key not in self.equal:
                    self.equal[key] = self._added(one, inputs)
                self.nodes[one.serial] = self.equal[key]
        return self.nodes[tensor.serial]

    def _added(self, tensor: Tensor, inputs: tuple[_Node, ...]) -> _Node:
        op = tensor.op
        moves = any(u.moves for u in inputs) and op is not OPS["detach"]
        leaf = Tensor(tensor.value) if moves else constant(tensor.value)
        new = self.nodes[leaf.serial] = _Node(op, inputs, tensor.attrs, leaf, moves, [tensor.value])
        if op is OPS["power"] and inputs[1].moves:  # xᵖ = exp(p log x)
            x, p = inputs
            new.op, new.inputs = OPS["exp"], (self.node(p.leaf * np.log(x.leaf)),)
        if moves:
            self.generations[-1].append(new)
        return new


def _key(tensor: Tensor, inputs: tuple[_Node, ...]) -> Hashable:
    """Equal only for tensors that are sure to hold equal numbers, whatever x is."""
    if tensor.op is None:
        return tensor.shape, tensor.dtype, tensor.value.tobytes()
    if tensor.op.kind == "elementwise":
        return tensor.op.name, tuple(map(id, inputs)), tuple(tensor.attrs.items())
    return tensor.serial


def _slopes(node: _Node, inputs: list[Tensor], y: Tensor) -> list[tuple[_Node, Tensor]]:
    """The inputs that depend on x, and the slopes by them: VJPs of the cotangent 1.

    Those of an elementwise operation that took `inputs` and gave y.
    """
    assert node.op is not None
    one, found = constant(np.ones_like(y.value)), []
    for i, u in enumerate(node.inputs):
        if u.moves and (vjp := node.op.vjp(i)):
            try:
                found.append((u, vjp(one, y, *inputs, **node.attrs)))
            except DomainError as error:
                raise DomainError(f"derivative of {node.op.name}: {error}") from error
    return found


Rule = Callable[[_Node, int], Array]
"""The coefficient of tᵏ of a node, from its earlier ones and those of its inputs up to k."""


def _rule(node: _Node) -> Rule:
    op = node.op
    if op is None:
        return lambda node, k: np.full_like(node[0], k == 1)
    if op.kind == "view":
        return _linear
    if op is OPS["power"] and node.inputs[0][0].all():
        return _power
    if op.name not in RULES and op.kind != "elementwise":
        raise DomainError(
            f"taylor: expected elementwise operations, sums and products, got {op.name}."
        )
    return RULES.get(op.name, _by_slopes)


def _linear(node: _Node, k: int) -> Array:
    return _value(node, *(u[k] for u in node.inputs))


def _choice(node: _Node, k: int) -> Array:
    condition, a, b = node.inputs
    return _value(node, condition[0], a[k], b[k])


def _product(node: _Node, k: int) -> Array:
    a, b = node.inputs
    return _total(_value(node, a[j], b[k - j]) for j in _orders(a, b, k))


def _quotient(y: _Node, k: int) -> Array:
    """Of y b = a."""
    a, b = y.inputs
    return (a[k] - _total(b[j] * y[k - j] for j in _orders(b, y, k) if j)) / b[0]


def _power(y: _Node, k: int) -> Array:
    """Of u y′ = p u′ y, where u₀ is not 0."""
    u, p = y.inputs
    earlier = _total((p[0] * j - (k - j)) * u[j] * y[k - j] for j in range(1, k + 1))
    return earlier / (k * u[0])


def _by_slopes(y: _Node, k: int) -> Array:
    """Of y′ = d₁ u₁′ + d₂ u₂′ + …."""
    parts = [j * u[j] * d[k - j] for u, d in y.slopes for j in _orders(u, d, k) if j]
    return _total(parts) / k + np.zeros_like(y[0])


RULES: Mapping[str, Rule] = {
    **dict.fromkeys(
        ("add", "subtract", "negative", "negative_part", "astype", "sum", "insert", "concat_flat"),
        _linear,
    ),
    **dict.fromkeys(("multiply", "multiply_no_nan", "matmul"), _product),
    "divide": _quotient,
    "where": _choice,
}
"""Operations whose series take no derivative; beside them views, and powers of what is not 0."""


def _value(node: _Node, *inputs: Array) -> Array:
    assert node.op is not None
    return np.asarray(node.op.value(*inputs, **node.attrs))


def _total(parts: Iterable[Array]) -> Array:
    return np.asarray(sum(parts))


def _orders(a: _Node, b: _Node, k: int) -> Iterable[int]:
    """The j for which a_j b_{k−j} may be other than 0."""
    return range(0 if b.moves else k, k + 1 if a.moves else 1)


def _look_for_corner(node: _Node) -> None:
    """Note if there is one in its inputs or its slopes, or if the operation itself makes one."""
    if node.op is None or node.corner:
        return
    k = len(node.series) - 1
    for i, u in enumerate(node.inputs):
        # What merely decides something may have a corner, such as |x| in |x| < 1.
        if u.corner and (u.jumps or node.op.vjp(i)):
            node.corner, node.jumps = u.corner, u.jumps
            continue
        may = _rule(node) is _by_slopes and (u.corner or _starts_to_move(u, k))
        if may and _decides_otherwise_beside(node, i):
            at = ", ".join(f"{u[0].flat[0]:g}" for u in node.inputs)
            node.corner = f"{node.op.name}({at})"
            node.jumps = not all(map(node.op.vjp, range(len(node.inputs))))
    node.corner = node.corner or next((d.corner for _, d in node.slopes if d.corner), "")


def _starts_to_move(u: _Node, k: int) -> bool:
    """Whether the coefficient of tᵏ is the first after that of t⁰ that is not 0."""
    return bool(u[k].any()) and not any(u[j].any() for j in range(1, k))


def _decides_otherwise_beside(node: _Node, i: int) -> bool:
    """Whether an operation or its slopes decide otherwise if input i is the next float."""
    inputs = [u.leaf for u in node.inputs]
    here = _decisions(node, inputs)
    for side in (-np.inf, np.inf) if here else ():
        beside = [*inputs]
        beside[i] = Tensor(np.nextafter(inputs[i].value, side))
        there = _decisions(node, beside)
        if not all(np.array_equal(*pair, equal_nan=True) for pair in zip(here, there, strict=True)):
            return True
    return False


def _decisions(node: _Node, inputs: list[Tensor]) -> list[Array]:
    """The numbers in an operation and its slopes that are constant but for jumps.

    They come from operations without a derivative: comparisons, signs, shares of a tie.
    """
    assert node.op is not None
    y = node.op(*inputs, **node.attrs)
    found = ancestors([y, *(slope for _, slope in _slopes(node, inputs, y))])
    made = [(one.value, one.op.vjps) for one in found if one.op is not None]
    return [value for value, vjps in made if isinstance(vjps, tuple) and None in vjps]
