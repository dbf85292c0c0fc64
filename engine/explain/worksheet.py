"""Explain a computation: each named part as a formula, in letters and with its live numbers.

The text is read off the graph, so it says what the engine does, and not what somebody believes
that it does. Gradients are graph too, and so are explained alike.
"""

from collections.abc import Mapping, Sequence

from engine.errors import DomainError, unknown
from engine.explain.elements import references
from engine.explain.graph import expand
from engine.explain.render import letters, numbers
from engine.expression import Expression, Number, Reference, SymbolicIndex
from engine.program import Program
from engine.reverse import grad
from engine.symbolic import integers
from engine.tensor import Tensor, ancestors


class Worksheet:
    """A computation in named parts, all numbers: their values, their derivatives, their formulas.

    The derivative of y with respect to a part `x` is itself a part, called `∂y/∂x`.

    Args:
        parts: name → tensor of shape (), leaves and results, in the order of their making.
        y: the name of the part to differentiate.
        wrt: the parts whose derivatives are wanted; all, if not said.
        shown: name → tensor of equal value, for a part that is better read in another form.

    Raises:
        DomainError: a part holds more than one number.
        UnknownNameError: y is not a part.

    >>> x, w = Tensor(3.0), Tensor(2.0)
    >>> sheet = Worksheet({"x": x, "w": w, "y": 0.5 * (w * x - 1) ** 2}, "y")
    >>> sheet.formula("y"), sheet.formula("∂y/∂w")
    ('0.5·(w·x − 1)²', '(w·x − 1)·x')
    >>> sheet.numbers("∂y/∂w", sheet.values()), sheet.values()["∂y/∂w"]
    ('(2·3 − 1)·3', 15.0)
    """

    def __init__(
        self,
        parts: Mapping[str, Tensor],
        y: str,
        wrt: Sequence[str] | None = None,
        shown: Mapping[str, Tensor] | None = None,
    ) -> None:
        large = [name for name, tensor in parts.items() if tensor.shape != ()]
        if large:
            raise DomainError(f"Worksheet: expected parts of one number each, got {large[0]}.")
        wanted = [name for name in parts if name != y] if wrt is None else list(wrt)
        for name in (y, *wanted):
            if name not in parts:
                raise unknown("part", name, parts)
        found = grad(parts[y], [parts[name] for name in wanted])
        self.derivatives = {f"∂{y}/∂{x}": g for x, g in zip(wanted, found, strict=True)}
        self.parts = {**parts, **self.derivatives}
        self.shown = dict(shown or {})
        self._names = {t.serial: name for name, t in self.parts.items() if not t.is_constant}
        self._leaves = {name: tensor for name, tensor in parts.items() if tensor.op is None}
        self._all = Program([], list(self.parts.values()))
        self._y = Program([], [parts[y]])

    def put(self, numbers: Mapping[str, float]) -> None:
        """Give leaves new values, from which all else follows.

        Raises:
            UnknownNameError: no leaf of that name.
        """
        for name, value in numbers.items():
            if name not in self._leaves:
                raise unknown("leaf", name, self._leaves)
            self._leaves[name].value[()] = value

    def values(self) -> dict[str, float]:
        """Every part and every derivative now."""
        return dict(zip(self.parts, map(float, self._all()), strict=True))

    def value(self) -> float:
        """y alone, which is quicker."""
        return float(self._y()[0])

    def backward(self) -> tuple[str, ...]:
        """The derivatives in the order in which reverse mode finds them."""

        def when(name: str) -> tuple[int, bool]:
            serial = self.derivatives[name].serial
            return serial, self._names.get(serial) != name

        return tuple(sorted(self.derivatives, key=when))

    def expression(self, name: str) -> Expression:
        """How a part is made from the parts before it.

        Two names of one tensor: the first is explained by the last.
        """
        root = self.shown.get(name, self.parts[name])
        alias = self._names.get(root.serial, name)
        if alias != name:
            return Reference(alias, (), root.item(), root)
        varying = self._varying(root)

        def end(tensor: Tensor, index: SymbolicIndex) -> Expression | None:
            if tensor is not root and tensor.serial in self._names:
                return Reference(self._names[tensor.serial], (), tensor.item(), tensor)
            at = integers(index)
            is_fixed = tensor.serial not in varying and at is not None
            return Number(float(tensor.value[at])) if is_fixed else None

        return expand(root, (), end) if root.serial in varying else Number(root.item())

    def _varying(self, root: Tensor) -> set[int]:
        """What depends on any named part below the root."""
        varying = self._names.keys() - {root.serial}
        for node in ancestors([root]):
            if any(x.serial in varying for x in node.inputs):
                varying.add(node.serial)
        return varying

    def formula(self, name: str) -> str:
        """How a part is made from the parts before it, in letters."""
        return letters(self.expression(name))

    def numbers(self, name: str, values: Mapping[str, float]) -> str:
        """The same formula with numbers in the place of letters."""
        return numbers(self.expression(name), lambda part: values[part.symbol])

    def uses(self, name: str) -> tuple[str, ...]:
        """The parts that the formula of a part names."""
        return tuple(part.symbol for part in references(self.expression(name)))

    def differences(self, names: Sequence[str], h: float = 1e-5) -> dict[str, float]:
        """The derivatives of y by leaves as central differences, (y(x + h) − y(x − h)) / 2h."""
        found = {}
        for name in names:
            leaf = self._leaves[name].value
            kept = float(leaf)
            ends = []
            for side in (kept + h, kept - h):
                leaf[()] = side
                ends.append(self.value())
            leaf[()] = kept
            found[name] = (ends[0] - ends[1]) / (2 * h)
        return found
