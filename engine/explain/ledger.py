"""Explain a computation: each named part as a formula, in letters and with its live numbers.

The text is read off the graph, so it says what the engine does, and not what somebody believes
that it does. Gradients are graph too, and so are explained alike.
"""

from collections.abc import Callable, Mapping, Sequence

from engine.errors import DomainError, unknown
from engine.program import Program
from engine.reverse import grad
from engine.tensor import Tensor, ancestors

SUM, PRODUCT, ATOM = 1, 2, 3
"""How tightly a text holds together: what is looser than its place needs brackets."""

Text = tuple[str, int]

WORDS = {"sigmoid": "σ", "log": "ln", "absolute": "abs"}
"""Functions that a formula calls otherwise than the engine."""


class Ledger:
    """A computation in named parts, all numbers: their values, their slopes, their formulas.

    The slope of y with respect to a part `x` is itself a part, called `∂y/∂x`.

    Args:
        parts: name → tensor of shape (), leaves and results, in the order of their making.
        y: the name of the part to differentiate.
        wrt: the parts whose slopes are wanted; all, if not said.
        shown: name → tensor of equal value, for a part that is better read in another form.

    Raises:
        DomainError: a part holds more than one number.
        UnknownNameError: y is no part.

    >>> x, w = Tensor(3.0), Tensor(2.0)
    >>> book = Ledger({"x": x, "w": w, "y": 0.5 * (w * x - 1) ** 2}, "y")
    >>> book.formula("y"), book.formula("∂y/∂w")
    ('0.5·(w·x − 1)²', '(w·x − 1)·x')
    >>> book.numbers("∂y/∂w", book.values()), book.values()["∂y/∂w"]
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
            raise DomainError(f"Ledger: expected parts that are one number each, not {large[0]}.")
        wanted = [name for name in parts if name != y] if wrt is None else list(wrt)
        for name in (y, *wanted):
            if name not in parts:
                raise unknown("part", name, parts)
        slopes = grad(parts[y], [parts[name] for name in wanted])
        self.slopes = {f"∂{y}/∂{x}": slope for x, slope in zip(wanted, slopes, strict=True)}
        self.parts = {**parts, **self.slopes}
        self._shown = dict(shown or {})
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
        """Every part and every slope now."""
        return dict(zip(self.parts, map(float, self._all()), strict=True))

    def value(self) -> float:
        """y alone, which is quicker."""
        return float(self._y()[0])

    def backward(self) -> tuple[str, ...]:
        """The slopes in the order in which reverse mode finds them."""

        def when(name: str) -> tuple[int, bool]:
            serial = self.slopes[name].serial
            return serial, self._names.get(serial) != name

        return tuple(sorted(self.slopes, key=when))

    def formula(self, name: str) -> str:
        """How a part is made from the parts before it, in letters."""
        return self._read(name, lambda part: (part, ATOM))

    def numbers(self, name: str, values: Mapping[str, float]) -> str:
        """The same formula with numbers in the place of letters."""
        return self._read(name, lambda part: (number(values[part]), ATOM))

    def uses(self, name: str) -> tuple[str, ...]:
        """The parts that the formula of a part names."""
        found: dict[str, None] = {}

        def note(part: str) -> Text:
            found[part] = None
            return part, ATOM

        self._read(name, note)
        return tuple(found)

    def differences(self, names: Sequence[str], h: float = 1e-5) -> dict[str, float]:
        """The slopes of y at some leaves without any derivative: (y(x + h) − y(x − h)) / 2h."""
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

    def _read(self, name: str, say: Callable[[str], Text]) -> str:
        """The text of a part, from the named parts upwards: a loop, whatever the depth.

        Two names of one tensor: the first is explained by the last.
        """
        root = self._shown.get(name, self.parts[name])
        alias = self._names.get(root.serial, name)
        if alias != name:
            return say(alias)[0]
        text = read(root, self._names, say)
        return f"{text:.4g}" if isinstance(text, float) else text[0]


def read(root: Tensor, names: Mapping[int, str], say: Callable[[str], Text]) -> Text | float:
    """How a tensor is made from the named ones below it: a text, or a number if from none.

    Args:
        root: what to read; all below it, up to what is named, are single numbers.
        names: serial → name of the tensors to stop at.
        say: what to write in the place of a name.

    >>> x = Tensor(3.0)
    >>> read(2 * x + 1, {x.serial: "x"}, lambda name: (name, ATOM))[0]
    '2·x + 1'
    """
    needed, stack = {root.serial}, [root]
    while stack:
        for x in stack.pop().inputs:
            if x.serial not in needed:
                needed.add(x.serial)
                stack += [x] if x.serial not in names else []
    texts: dict[int, Text | float] = {}
    for node in ancestors([root]):
        if node.serial not in needed:
            continue
        if node is not root and node.serial in names:
            texts[node.serial] = say(names[node.serial])
        elif node.op is None:
            texts[node.serial] = node.item() if node.size == 1 else ("array", ATOM)
        else:
            texts[node.serial] = _join(node, [texts[x.serial] for x in node.inputs])
    return texts[root.serial]


def number(value: float) -> str:
    """A number as it stands within a formula: to four digits, in brackets if negative.

    >>> number(0.15), number(-2 / 3)
    ('0.15', '(-0.6667)')
    """
    return f"({value:.4g})" if value < 0 else f"{value + 0.0:.4g}"  # not "-0"


def _join(node: Tensor, inputs: list[Text | float]) -> Text | float:
    """The text of one operation on texts; what depends on no part is a number."""
    if all(isinstance(x, float) for x in inputs) and node.size == 1:
        return node.item()
    name = node.op.name if node.op else ""
    if name == "multiply" and 1.0 in inputs:
        return inputs[1 - inputs.index(1.0)]
    if name == "multiply" and -1.0 in inputs:
        name, inputs = "negative", [inputs[1 - inputs.index(-1.0)]]
    if name == "add" and 0.0 in inputs:
        return inputs[1 - inputs.index(0.0)]
    texts = [(number(x), ATOM) if isinstance(x, float) else x for x in inputs]
    write = WRITERS.get(name)
    if write:
        return write(*texts)
    return f"{WORDS.get(name, name)}({', '.join(text for text, _ in texts)})", ATOM


def _held(text: Text, least: int) -> str:
    """A text, in brackets if it is looser than its place needs."""
    return text[0] if text[1] >= least else f"({text[0]})"


WRITERS: Mapping[str, Callable[..., Text]] = {
    "negative": lambda a: (f"−{_held(a, PRODUCT)}", SUM),
    "add": lambda a, b: (f"{a[0]} + {b[0]}", SUM),
    "subtract": lambda a, b: (f"{a[0]} − {_held(b, PRODUCT)}", SUM),
    "multiply": lambda a, b: (f"{_held(a, PRODUCT)}·{_held(b, PRODUCT)}", PRODUCT),
    "divide": lambda a, b: (f"{_held(a, PRODUCT)}/{_held(b, ATOM)}", PRODUCT),
    "lower_exponent": lambda p, x: (f"{p[0]} − 1", SUM),
    "log_base": lambda x, p: x,
    "rank": lambda a, b: (f"1 + sign({a[0]} − {_held(b, PRODUCT)})", SUM),
    "negative_part": lambda x, positive: (f"{x[0]} − {_held(positive, PRODUCT)}", SUM),
    "weighted": lambda p, x: (f"{_held(p, PRODUCT)}·{_held(x, PRODUCT)}", PRODUCT),
    "relu_grad": lambda g, y: (f"({g[0]} if {y[0]} > 0 else 0)", ATOM),
    "sqrt": lambda a: (f"√{_held(a, ATOM)}", ATOM),
    "square": lambda a: (f"{_held(a, ATOM)}²", ATOM),
    "power": lambda a, b: (f"{_held(a, ATOM)}^{_held(b, ATOM)}", ATOM),
}
