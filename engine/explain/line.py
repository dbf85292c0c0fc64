"""Expressions as one line of plain text, as Python reads it: for exports, and to compute again."""

from collections.abc import Mapping
from functools import partial

import engine.expression as ex
from engine.explain.render import (
    ATOM,
    POWER,
    PRODUCT,
    SUM,
    Text,
    Writer,
    rendered,
    with_pattern,
    write_case,
    write_comparison,
    write_product,
    write_sum,
)

RELATIONS = {"=": "==", "≤": "<=", "≥": ">=", "≠": "!="}


def one_line(root: ex.Expression) -> str:
    """An expression as Python would compute it from arrays of these names, with all digits.

    >>> x, k = ex.Reference("x", ("k",)), ex.Reference("w", (0,))
    >>> one_line(ex.Series((), "k", (784,), x**2) / (1 + k))
    'sum(x[k]**2 for k in range(784))/(1 + w[0])'
    """
    return rendered(root, LINE, lambda node: with_pattern(node, lambda whole: whole.parts))


def _number(node: ex.Number, _: list[Text]) -> Text:
    return Text(repr(node.value).removesuffix(".0"), SUM if node.value < 0 else ATOM)


def _series(node: ex.Series, texts: list[Text]) -> Text:
    if node.pattern is None:
        return Text(" + ".join(text.within(SUM) for text in texts), SUM)
    loops = zip(node.letters, node.sizes, strict=True)
    counts = " ".join(f"for {letter} in range({size})" for letter, size in loops)
    return Text(f"sum({texts[0].text} {counts})")


def _call(node: ex.Call, texts: list[Text]) -> Text:
    return Text(f"{node.function.name}({', '.join(text.text for text in texts)})")


LINE: Mapping[type, Writer] = {
    ex.Number: _number,
    ex.Constant: lambda node, _: Text(node.name),
    ex.Reference: lambda node, _: Text(node.name),
    ex.Sum: partial(write_sum, " - ", SUM),
    ex.Negation: lambda node, texts: Text(f"-{texts[0].within(PRODUCT)}", SUM),
    ex.Product: partial(write_product, "*"),
    ex.Quotient: lambda node, texts: Text(
        f"{texts[0].within(PRODUCT)}/{texts[1].within(POWER)}", PRODUCT
    ),
    ex.Power: lambda node, texts: Text("**".join(text.within(ATOM) for text in texts), POWER),
    ex.Absolute: lambda node, texts: Text(f"abs({texts[0].text})"),
    ex.Call: _call,
    ex.Series: _series,
    ex.Comparison: partial(write_comparison, RELATIONS),
    ex.Case: write_case,
}
"""Class of node → how Python writes it."""
