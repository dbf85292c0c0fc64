"""Formulas as trees: fractions, roots, scripts, rows and tables, and the spaces between them.

Source: D. Knuth, The TeXbook, chapter 18 and appendix G (kinds of symbols and their spacing).
"""

from dataclasses import dataclass
from typing import Literal

from tutor.pictures.formula.symbols import SymbolKind


@dataclass(frozen=True)
class Atom:
    """A symbol, a name or a text; with `limits`, its index is written below it."""

    text: str
    kind: SymbolKind = "ordinary"
    limits: bool = False


@dataclass(frozen=True)
class Row:
    """Items side by side."""

    items: tuple["Node", ...] = ()


@dataclass(frozen=True)
class Fraction:
    """A numerator over a denominator; `small` stays on one line; a binomial has no `bar`."""

    above: Row
    below: Row
    small: bool = False
    bar: bool = True


@dataclass(frozen=True)
class Root:
    """A root; a square root if it has no degree."""

    inside: Row
    degree: Row | None = None


@dataclass(frozen=True)
class Script:
    """A base with an index and an exponent, beside it or (`limits`) below and above it."""

    base: "Node"
    below: Row | None = None
    above: Row | None = None
    limits: bool = False


@dataclass(frozen=True)
class Accent:
    """A hat, bar, dot … over something; `mark` is its combining character."""

    inside: Row
    mark: str
    name: str


@dataclass(frozen=True)
class Brace:
    """A brace below (or over) something; its label is the index (or the exponent)."""

    inside: Row
    over: bool


@dataclass(frozen=True)
class Fence:
    """Brackets as high as their content; an empty side has none."""

    left: str
    inside: Row
    right: str


@dataclass(frozen=True)
class Tabular:
    """Rows of cells. `style` is the alignment of columns: matrix, cases, or equations (aligned)."""

    rows: tuple[tuple[Row, ...], ...]
    left: str
    right: str
    style: Literal["matrix", "cases", "equations"]


Node = Atom | Row | Fraction | Root | Script | Accent | Brace | Fence | Tabular


# Braces around a single sign make it ordinary: 2{,}5 is a number.
_TAMED = ("binary", "relation", "punctuation")
_NO_OPERAND = (None, "binary", "relation", "open", "punctuation", "function", "large", "slash")
_NO_TERM = (None, "relation", "close", "punctuation")
_OPENING = ("open", "prefix", "slash", "space")
_CLOSING = ("close", "punctuation", "slash", "space")
_LOOSE = ("function", "large", "inner")


def edges(node: Node) -> tuple[SymbolKind, SymbolKind]:
    """The kinds of an item's left and right ends, which determine the spaces around it."""
    match node:
        case Atom():
            return node.kind, node.kind
        case Row(items) if len(items) == 1 and edges(items[0])[0] not in _TAMED:
            return edges(items[0])
        case Fraction(bar=True) | Root():
            return "inner", "inner"
        case Fraction():
            return "open", "close"
        case Script():
            return edges(node.base)
        case Fence() | Tabular():
            return "open" if node.left else "inner", "close" if node.right else "inner"
    return "ordinary", "ordinary"


def bare(node: Node) -> Node:
    """An item without the braces around it."""
    while isinstance(node, Row) and len(node.items) == 1:
        node = node.items[0]
    return node


def gaps(row: Row, tight: bool) -> list[int]:
    """The spaces before each item of a row; `tight` rows (indices) have almost none.

    >>> gaps(Row((Atom("a"), Atom("=", "relation"), Atom("−", "binary"), Atom("b"))), tight=False)
    [0, 1, 1, 0]
    """
    ends = [edges(item) for item in row.items]
    before: SymbolKind | None = None
    for i, (left, _) in enumerate(ends):
        after = ends[i + 1][0] if i + 1 < len(ends) else None
        if left == "binary" and (before in _NO_OPERAND or after in _NO_TERM):
            ends[i] = ("prefix", "prefix")
        before = None if left == "space" and _width(row.items[i]) > 1 else ends[i][1]
    return [_gap(ends[i - 1][1], left, tight) if i else 0 for i, (left, _) in enumerate(ends)]


def _width(node: Node) -> int:
    return len(node.text) if isinstance(node, Atom) else 1


def _gap(left: SymbolKind, right: SymbolKind, tight: bool) -> int:
    if left in _OPENING or right in _CLOSING:
        return 0
    if left == "function" and right == "open":
        return 0
    if left in ("punctuation", "relation", "binary") or right in ("relation", "binary"):
        return int(not tight and not left == right == "relation")
    return int(left in _LOOSE or right in _LOOSE)
