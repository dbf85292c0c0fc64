"""Expressions as one line of plain text, as Python reads it: for exports, and to compute again."""

from collections.abc import Mapping
from functools import partial

from engine.explain.render import (
    ATOM,
    POWER,
    PRODUCT,
    SUM,
    Text,
    Writer,
    fold,
    write_case,
    write_comparison,
    write_product,
    write_sum,
)
from engine.expression import (
    Absolute,
    Call,
    Case,
    Comparison,
    Constant,
    Expression,
    Negation,
    Number,
    Power,
    Product,
    Quotient,
    Reference,
    Series,
    Sum,
)

RELATIONS = {"=": "==", "≤": "<=", "≥": ">=", "≠": "!="}


def one_line(root: Expression) -> str:
    """An expression as Python would compute it from arrays of these names, with all digits.

    >>> x, k = Reference("x", ("k",)), Reference("w", (0,))
    >>> one_line(Series((), "k", (784,), x**2) / (1 + k))
    'sum(x[k]**2 for k in range(784))/(1 + w[0])'
    """
    return fold(root, lambda node, texts: LINE[type(node)](node, texts), _parts).text


def _parts(node: Expression) -> tuple[Expression, ...]:
    has_pattern = isinstance(node, Series) and node.pattern is not None
    return (node.pattern,) if has_pattern else node.parts  # type: ignore[attr-defined]


def _number(node: Number, _: list[Text]) -> Text:
    return Text(repr(node.value).removesuffix(".0"), SUM if node.value < 0 else ATOM)


def _series(node: Series, texts: list[Text]) -> Text:
    if node.pattern is None:
        return Text(" + ".join(text.within(SUM) for text in texts), SUM)
    loops = zip(node.letters, node.sizes, strict=True)
    counts = " ".join(f"for {letter} in range({size})" for letter, size in loops)
    return Text(f"sum({texts[0].text} {counts})")


def _call(node: Call, texts: list[Text]) -> Text:
    return Text(f"{node.function.name}({', '.join(text.text for text in texts)})")


LINE: Mapping[type, Writer] = {
    Number: _number,
    Constant: lambda node, _: Text(node.name),
    Reference: lambda node, _: Text(node.name),
    Sum: partial(write_sum, " - "),
    Negation: lambda node, texts: Text(f"-{texts[0].within(PRODUCT)}", SUM),
    Product: partial(write_product, "*"),
    Quotient: lambda node, texts: Text(
        f"{texts[0].within(PRODUCT)}/{texts[1].within(POWER)}", PRODUCT
    ),
    Power: lambda node, texts: Text("**".join(text.within(ATOM) for text in texts), POWER),
    Absolute: lambda node, texts: Text(f"abs({texts[0].text})"),
    Call: _call,
    Series: _series,
    Comparison: partial(write_comparison, RELATIONS),
    Case: write_case,
}
"""Class of node → how Python writes it."""
