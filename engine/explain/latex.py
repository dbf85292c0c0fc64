r"""Expressions as LaTeX, for pages and papers."""

from collections.abc import Mapping, Sequence
from functools import partial

import engine.expression as ex
from engine.explain.render import (
    ATOM,
    CASE,
    POWER,
    PRODUCT,
    SERIES,
    SUM,
    Text,
    Writer,
    rendered,
    row,
    symbol_level,
    with_pattern,
    write_comparison,
    write_product,
    write_sum,
)

ESCAPED = str.maketrans({c: f"\\{c}" for c in "_%#&$"} | dict.fromkeys("\\{}^~", " "))
"""Characters of a name that mean something else in LaTeX."""
BRACKETS = r"\left(", r"\right)"
GAP = r"\cdots"
RELATIONS = {"≤": r"\le", "≥": r"\ge", "≠": r"\ne"}


def latex(root: ex.Expression) -> str:
    r"""An expression in LaTeX, by the names of its numbers.

    >>> x, w = ex.Reference("x", (0, "k")), ex.Reference("net_h1")
    >>> print(latex(x / (1 + w) ** 2))
    \frac{x_{0,k}}{\left(1 + \mathrm{net}_{h1}\right)^{2}}
    """
    return rendered(root, LATEX, with_pattern, BRACKETS)


def latex_name(name: str, index: Sequence[int | str] = ()) -> str:
    r"""A name in LaTeX: digits at its end and what follows a low line stand below it.

    >>> print(latex_name("w1"), latex_name("W", (1, "k")), latex_name("∂E/∂out_o1"))
    w_{1} W_{1,k} \frac{\partial E}{\partial \mathrm{out}_{o1}}
    """
    if name.startswith("∂") and "/∂" in name:
        top, bottom = (latex_name(part) for part in name[1:].split("/∂", 1))
        return rf"\frac{{\partial {top}}}{{\partial {bottom}}}"
    name, _, rest = name.partition("[")
    places = ",".join(map(str, index)) or rest.removesuffix("]").replace(" ", "")
    base, _, below = name.partition("_")
    bare = base.rstrip("0123456789")
    if bare and not below:
        base, below = bare, base[len(bare) :]
    base = base.translate(ESCAPED)
    base = base if len(base) == 1 else rf"\mathrm{{{base}}}"
    if not below:
        return base + (f"_{{{places}}}" if places else "")
    return f"{base}_{{{below.translate(ESCAPED)}}}" + (f"[{places}]" if places else "")


def _number(node: ex.Number, _: list[Text]) -> Text:
    mantissa, _e, exponent = f"{node.value + 0.0:.4g}".partition("e")
    if exponent:
        return Text(rf"{mantissa} \cdot 10^{{{int(exponent)}}}", SUM if node.value < 0 else PRODUCT)
    infinite = mantissa.replace("inf", r"\infty").replace("nan", r"\mathrm{nan}")
    return Text(infinite, SUM if node.value < 0 else ATOM)


def _power(node: ex.Power, texts: list[Text]) -> Text:
    if isinstance(node.exponent, ex.Number) and node.exponent.value == 0.5:
        return Text(rf"\sqrt{{{texts[0].text}}}")
    return Text(f"{texts[0].within(ATOM)}^{{{texts[1].text}}}", POWER)


def _call(node: ex.Call, texts: list[Text]) -> Text:
    name = node.function.latex or rf"\operatorname{{{node.function.name.translate(ESCAPED)}}}"
    if len(texts) == 1 and texts[0].level == SERIES:
        return Text(f"{name} {texts[0].text}", SERIES)
    return Text(rf"{name}\left({row(node, [text.text for text in texts], ', ', GAP)}\right)")


def _series(node: ex.Series, texts: list[Text]) -> Text:
    if node.pattern is None:
        return Text(row(node, [text.within(SERIES) for text in texts], " + ", GAP), SUM)
    return Text(rf"\sum_{{{','.join(node.letters)}}} {texts[0].within(PRODUCT)}", SERIES)


def _case(_: ex.Case, texts: list[Text]) -> Text:
    then, condition, otherwise = (text.text for text in texts)
    rows = rf"{then} & \text{{if }} {condition} \\ {otherwise} & \text{{else}}"
    return Text(rf"\begin{{cases}} {rows} \end{{cases}}", CASE)


LATEX: Mapping[type, Writer] = {
    ex.Number: _number,
    ex.Constant: lambda node, _: Text(node.name),
    ex.Reference: lambda node, _: Text(
        latex_name(node.symbol, node.index), symbol_level(node.symbol)
    ),
    ex.Sum: partial(write_sum, " - ", SERIES),
    ex.Negation: lambda node, texts: Text(f"-{texts[0].within(SERIES)}", SUM),
    ex.Product: partial(write_product, r" \cdot "),
    ex.Quotient: lambda node, texts: Text(rf"\frac{{{texts[0].text}}}{{{texts[1].text}}}", PRODUCT),
    ex.Power: _power,
    ex.Absolute: lambda node, texts: Text(rf"\left|{texts[0].text}\right|"),
    ex.Call: _call,
    ex.Series: _series,
    ex.Comparison: partial(write_comparison, RELATIONS),
    ex.Case: _case,
}
"""Class of node → how LaTeX writes it."""
