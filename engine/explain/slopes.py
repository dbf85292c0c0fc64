"""The slope of one primitive at one number, as a formula in its own letters."""

from collections.abc import Callable, Mapping

from engine.explain.elements import Element, Place, broadcast_place, element
from engine.explain.ledger import ATOM, number, read
from engine.reverse import grad
from engine.tensor import Tensor, apply

Rule = tuple[str, str]
"""A formula in letters, and with numbers in their place."""


def slope_rule(reader: Element, x: Element, slope: float, names: Mapping[int, str]) -> Rule:
    """∂reader/∂x as a formula: `h·(1 − h)` for h = σ(z). Empty, if nobody has written it down.

    Of what acts number by number it is read off the engine's own pull-back.

    Args:
        reader: an element that was computed from x directly.
        x: the element.
        slope: ∂reader/∂x.
        names: from `name_tensors`.

    >>> z = Tensor([0.0, 1.0], "z")
    >>> h = apply("sigmoid", z).named("h")
    >>> slope_rule(element(h, (0,), {}), element(z, (0,), {}), 0.25, {})
    ('h[0]·(1 − h[0])', '0.5·(1 − 0.5)')
    """
    op = reader.tensor.op
    assert op is not None
    if op.name in RULES:
        return RULES[op.name](reader, x, names)
    if op.kind == "elementwise" and reader.tensor.inputs:
        return _elementwise(reader, x, names)
    return ("1", "1") if slope == 1 else ("", "")


def _elementwise(reader: Element, x: Element, names: Mapping[int, str]) -> Rule:
    """The pull-back of a cotangent of 1, on single numbers that bear the elements' names."""
    node = reader.tensor
    assert node.op is not None
    parts = [element(p, broadcast_place(reader.index, p.shape), names) for p in node.inputs]
    leaves: dict[tuple[int, Place], Tensor] = {}
    letters, numbers = dict[int, str](), dict[int, str]()
    for part in parts:
        leaf = leaves.setdefault(part.key, Tensor(part.value))
        leaf.is_constant = part.is_number
        if not part.is_number:
            letters[leaf.serial], numbers[leaf.serial] = part.name, part.number
    result = apply(node.op.name, *(leaves[part.key] for part in parts), **node.attrs)
    letters[result.serial], numbers[result.serial] = reader.name, reader.number
    (slope,) = grad(result, [leaves[x.key]])
    return _text(slope, letters), _text(slope, numbers)


def _text(slope: Tensor, words: Mapping[int, str]) -> str:
    if slope.serial in words:
        return words[slope.serial]
    text = read(slope, words, lambda word: (word, ATOM))
    return number(text) if isinstance(text, float) else text[0]


def _matmul(reader: Element, x: Element, names: Mapping[int, str]) -> Rule:
    a, b = reader.tensor.inputs
    if a is b:
        return "", ""
    *batch, row, column = reader.index
    if x.tensor is a:
        at = (*broadcast_place(tuple(batch), b.shape[:-2]), x.index[-1], column)
        other = element(b, at, names)
    else:
        at = (*broadcast_place(tuple(batch), a.shape[:-2]), row, x.index[-2])
        other = element(a, at, names)
    return other.name, other.number


def _relu(reader: Element, x: Element, names: Mapping[int, str]) -> Rule:
    return f"1 if {x.name} > 0 else 0", f"1 if {x.number} > 0 else 0"


def _softmax(reader: Element, x: Element, names: Mapping[int, str]) -> Rule:
    if reader.index == x.index:
        return f"{reader.name}·(1 − {reader.name})", f"{reader.number}·(1 − {reader.number})"
    other = element(reader.tensor, x.index, names)
    return f"−{reader.name}·{other.name}", f"−{reader.number}·{other.number}"


def _logsumexp(reader: Element, x: Element, names: Mapping[int, str]) -> Rule:
    return f"e^({x.name} − {reader.name})", f"e^({x.number} − {reader.number})"


def _first_only(reader: Element, x: Element, names: Mapping[int, str]) -> Rule:
    text = "1" if x.tensor is reader.tensor.inputs[0] else "0"
    return text, text


RULES: Mapping[str, Callable[[Element, Element, Mapping[int, str]], Rule]] = {
    "relu": _relu,
    "matmul": _matmul,
    "softmax": _softmax,
    "logsumexp": _logsumexp,
    "lower_exponent": _first_only,
    "log_base": _first_only,
}
"""Primitives whose slopes have a formula that is not read off their pull-backs."""
