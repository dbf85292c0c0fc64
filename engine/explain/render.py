"""Expressions as text: in letters, or with the live numbers in the place of letters.

A text is written from the leaves up. Each comes with how tightly it holds together, and is put
into brackets wherever its place needs a tighter one.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple, TypeVar

import engine.expression as ex

T = TypeVar("T")
FIRST, MOST = 3, 6
"""Of more than `MOST` terms the `FIRST` ones are shown, how many are left out, and the last."""
NEGATIVE, CASE, COMPARISON, SUM, SERIES, PRODUCT, POWER, ATOM = range(8)
"""How tightly a text holds together, from −2, which wants brackets wherever it stands, to x."""


class Text(NamedTuple):
    """A text and how tightly it holds together."""

    text: str
    level: int = ATOM
    brackets: tuple[str, str] = ("(", ")")

    def within(self, least: int) -> str:
        """Itself, in brackets if it is looser than its place needs."""
        left, right = self.brackets
        return self.text if self.level >= least else left + self.text + right


Writer = Callable[[Any, list[Text]], Text]
"""What a node becomes, from it and the texts of its parts."""
Parts = Callable[[ex.Expression], Sequence[ex.Expression]]


def fold(
    root: ex.Expression, combine: Callable[[ex.Expression, list[T]], T], parts: Parts | None = None
) -> T:
    """Combine an expression from its leaves up, in a loop: a deep one is no trouble.

    Args:
        root: where it ends.
        combine: what a node becomes, from it and what its parts have become.
        parts: which parts of a node are wanted, if not all.

    >>> fold(2 * ex.Reference("x") + 1, lambda node, depths: 1 + max(depths, default=0))
    3
    """
    done: dict[int, T] = {}
    stack = [root]
    while stack:
        node = stack[-1]
        wanted = parts(node) if parts else node.parts
        missing = [part for part in wanted if id(part) not in done]
        if missing:
            stack += missing
            continue
        stack.pop()
        if id(node) not in done:
            done[id(node)] = combine(node, [done[id(part)] for part in wanted])
    return done[id(root)]


def letters(root: ex.Expression) -> str:
    """An expression by the names of its numbers.

    >>> x, w = ex.Reference("x", value=3.0), ex.Reference("w", value=-2.0)
    >>> letters(0.5 * (w * x - 1) ** 2), letters(w * (1 - w) / (x + 1))
    ('0.5·(w·x − 1)²', 'w·(1 − w)/(x + 1)')
    """
    return rendered(root, LETTERS, with_pattern)


def numbers(root: ex.Expression, values: Callable[[ex.Reference], float] | None = None) -> str:
    """The same with numbers in the place of letters, and sums term by term.

    Args:
        root: the expression.
        values: what each named number is, if not what it was when it was read.

    >>> x, w = ex.Reference("x", value=3.0), ex.Reference("w", value=-2.0)
    >>> numbers(0.5 * (w * x - 1) ** 2), numbers(w * x, lambda r: 5.0)
    ('0.5·((-2)·3 − 1)²', '5·5')
    """
    read = values or _value

    def write(node: ex.Reference, _: list[Text]) -> Text:
        return Text("…") if is_whole(node) else _number(read(node))

    return rendered(root, {**LETTERS, ex.Reference: write, ex.Series: write_terms}, shortened)


def _value(node: ex.Reference) -> float:
    return node.value


def is_whole(node: ex.Reference) -> bool:
    """Whether it stands for a whole tensor, which has no one value.

    >>> is_whole(ex.Reference("x"))
    False
    """
    return node.tensor is not None and len(node.index) < node.tensor.ndim


def number(value: float) -> str:
    """A number as it stands within a formula: to four digits, in brackets if negative.

    >>> number(0.15), number(-2 / 3)
    ('0.15', '(-0.6667)')
    """
    return _number(value).within(CASE)


def _number(value: float) -> Text:
    return Text(f"{value + 0.0:.4g}", NEGATIVE if value < 0 else ATOM)  # not "-0"


def rendered(
    root: ex.Expression,
    writers: Mapping[type, Writer],
    parts: Parts,
    brackets: tuple[str, str] = ("(", ")"),
) -> str:
    """An expression as text, each node by the writer of its class.

    Args:
        root: the expression.
        writers: class of node → its writer.
        parts: which parts of a node are shown.
        brackets: what a text stands in that is looser than its place needs.

    >>> rendered(ex.Reference("x") + 1, LETTERS, shortened)
    'x + 1'
    """

    def write(node: ex.Expression, texts: list[Text]) -> Text:
        return writers[type(node)](node, texts)._replace(brackets=brackets)

    return fold(root, write, parts).within(CASE)


# Which parts are shown.
def shortened(node: ex.Expression) -> Sequence[ex.Expression]:
    """The parts of a node; of a long row the first ones and the last.

    >>> len(shortened(ex.Series((ex.Reference("x"),) * 100)))
    4
    """
    parts = node.parts
    is_row = isinstance(node, ex.Series | ex.Call) and len(parts) > MOST
    return (*parts[:FIRST], parts[-1]) if is_row else parts


def with_pattern(node: ex.Expression, parts: Parts = shortened) -> Sequence[ex.Expression]:
    """The same, or the parts that are asked for, but of Σₖ the pattern.

    >>> with_pattern(ex.Series((), "k", (0,), ex.Reference("x", ("k",))))[0].name
    'x[k]'
    """
    match node:
        case ex.Series(pattern=ex.Expression() as pattern):
            return (pattern,)
    return parts(node)


def row(node: ex.Series | ex.Call, texts: Sequence[str], by: str, gap: str = "…{} more…") -> str:
    """Texts side by side, with how many are left out before the last.

    >>> row(ex.Series((ex.Reference("x"),) * 9), ["a", "b", "c", "z"], " + ")
    'a + b + c + …5 more… + z'
    """
    left_out = len(node.parts) - len(texts)
    if left_out > 0:
        texts = [*texts[:-1], gap.format(left_out), texts[-1]]
    return by.join(texts)


# How nodes are written.
def symbol_level(symbol: str) -> int:
    """How tightly a name holds together: ∂E/∂w is a fraction.

    >>> symbol_level("w1") == ATOM, symbol_level("∂E/∂w") == PRODUCT
    (True, True)
    """
    if any(sign in symbol for sign in "+−-") and not symbol.startswith("∂"):
        return SUM
    return PRODUCT if any(sign in symbol for sign in "/·^") else ATOM


def write_sum(minus: str, later: int, node: ex.Sum, texts: list[Text]) -> Text:
    """a + b − c, with this sign for minus; `later` terms need to hold together so tightly.

    >>> a, b = ex.Reference("a"), ex.Reference("b")
    >>> write_sum(" - ", SUM, a - (b - a), [Text("a"), Text("b - a", SUM)]).text
    'a - (b - a)'
    """
    found = ""
    for term, text in zip(node.terms, texts, strict=True):
        if isinstance(term, ex.Negation):
            found += (minus if found else minus.strip()) + text.within(SERIES)
        else:
            found += (" + " if found else "") + text.within(later if found else SUM)
    return Text(found, SUM)


def _quotient(_: ex.Quotient, texts: list[Text]) -> Text:
    top, bottom = texts
    if bottom.level == SERIES:  # Σ reaches to the end of what follows it
        return Text(f"{top.within(PRODUCT)}/{bottom.text}", SERIES)
    return Text(f"{top.within(PRODUCT)}/{bottom.within(POWER)}", PRODUCT)


def _power(node: ex.Power, texts: list[Text]) -> Text:
    base, exponent = (text.within(ATOM) for text in texts)
    match node.exponent:
        case ex.Number(value=2.0):
            return Text(f"{base}²", POWER)
        case ex.Number(value=0.5):
            return Text(f"√{base}", POWER)
    return Text(f"{base}^{exponent}", POWER)


def _call(node: ex.Call, texts: list[Text]) -> Text:
    name = node.function.letters or node.function.name
    if len(texts) == 1 and texts[0].level == SERIES:
        return Text(f"{name} {texts[0].text}", SERIES)
    return Text(f"{name}({row(node, [text.text for text in texts], ', ')})")


def _sigma(node: ex.Series, texts: list[Text]) -> Text:
    """Σₖ and the pattern; of a series without one the terms."""
    if node.pattern is None:
        return write_terms(node, texts)
    below = "".join(ex.SUBSCRIPTS[letter] for letter in node.letters)
    return Text(f"Σ{below} {texts[0].within(PRODUCT)}", SERIES)


def write_terms(node: ex.Series, texts: list[Text]) -> Text:
    """The terms of a series side by side.

    >>> write_terms(ex.Series((ex.Number(1.0), ex.Number(2.0))), [Text("1"), Text("2")]).text
    '1 + 2'
    """
    if len(texts) < 2:
        return texts[0] if texts else Text("0")
    return Text(row(node, [text.within(SERIES) for text in texts], " + "), SUM)


def write_comparison(relations: Mapping[str, str], node: ex.Comparison, texts: list[Text]) -> Text:
    """a < b, with the relation's sign in this notation.

    >>> write_comparison({"≤": "<="}, ex.Reference("a") <= 1, [Text("a"), Text("1")]).text
    'a <= 1'
    """
    relation = relations.get(node.relation, node.relation)
    return Text(f" {relation} ".join(text.within(SUM) for text in texts), COMPARISON)


def write_case(_: ex.Case, texts: list[Text]) -> Text:
    """a if the condition holds, else b.

    >>> node = ex.Case(ex.Reference("x") > 0, ex.Number(1.0), ex.Number(0.0))
    >>> write_case(node, [Text("1"), Text("c"), Text("0")]).text
    '1 if c else 0'
    """
    then, condition, otherwise = (text.within(COMPARISON) for text in texts)
    return Text(f"{then} if {condition} else {otherwise}", CASE)


def write_product(times: str, _: ex.Product, texts: list[Text]) -> Text:
    """a·b, with this sign for times.

    >>> write_product("*", ex.Reference("a") * 2, [Text("a + 1", SUM), Text("2")]).text
    '(a + 1)*2'
    """
    return Text(times.join(text.within(PRODUCT) for text in texts), PRODUCT)


def write_number(node: ex.Number, _: list[Text]) -> Text:
    """A number to four digits.

    >>> write_number(ex.Number(-0.25), []).within(SUM)
    '(-0.25)'
    """
    return _number(node.value)


LETTERS: Mapping[type, Writer] = {
    ex.Number: write_number,
    ex.Constant: lambda node, _: Text(node.name),
    ex.Reference: lambda node, _: Text(node.name, symbol_level(node.symbol)),
    ex.Sum: partial(write_sum, " − ", SUM),
    ex.Negation: lambda node, texts: Text(f"−{texts[0].within(SERIES)}", SUM),
    ex.Product: partial(write_product, "·"),
    ex.Quotient: _quotient,
    ex.Power: _power,
    ex.Absolute: lambda node, texts: Text(f"|{texts[0].text}|"),
    ex.Call: _call,
    ex.Series: _sigma,
    ex.Comparison: partial(write_comparison, {}),
    ex.Case: write_case,
}
"""Class of node → how formulas write it."""
