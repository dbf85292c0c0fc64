r"""Formulas for a page: two-dimensional if there is room, else on one line, else wrapped.

No formula raises an error here: one that cannot be parsed is shown as written, and `problems` says
why.
"""

from collections.abc import Sequence
from functools import lru_cache

from engine.errors import FormulaError
from tutor.pictures.formula.boxes import Box, box, pieces
from tutor.pictures.formula.latex import parse
from tutor.pictures.formula.linear import linear
from tutor.pictures.formula.symbols import SYMBOLS
from tutor.pictures.formula.tree import Atom, Node, Row, Tabular
from tutor.pictures.letters import clusters

_SIGNS = {
    kind: frozenset(char for char, of in SYMBOLS.values() if of == kind) | frozenset(more)
    for kind, more in (("relation", "=<>"), ("binary", "+−"), ("open", "(["), ("close", ")]"))
}


def problems(latex: str) -> str:
    r"""Why a formula cannot be parsed; empty if it can.

    >>> print(problems(r"a + \lambd"))
    No command of formulas is called 'lambd'. Did you mean lambda or Lambda or land?
      a + \lambd
          ^
    >>> problems(r"\frac{1}{2}")
    ''
    """
    try:
        parse(latex)
    except FormulaError as error:
        return str(error)
    return ""


@lru_cache(maxsize=1024)
def line(latex: str) -> str:
    r"""A formula on one line.

    >>> line(r"\lVert A - A_k \rVert_2 = \sigma_{k+1}")
    '‖A − Aₖ‖₂ = σₖ₊₁'
    >>> line(r"w \leftarrow w - \eta \frac{\hat{m}}{\sqrt{\hat{v}} + \epsilon}")
    'w ← w − η m̂/(√v̂ + ε)'
    """
    try:
        return linear(parse(latex)).strip()
    except FormulaError:
        return _source(latex)


def display(latex: str, width: int) -> list[str]:
    r"""A formula on separate lines, none wider than `width` cells.

    >>> print("\n".join(display(r"L = \frac{1}{N} \sum_{n=1}^N \ell_n", 40)))
        1  N
    L = ─  ∑  ℓₙ
        N n=1
    >>> display(r"f(x) \approx f(a) + f'(a)(x - a)", 16)
    ['f(x) ≈ f(a)', '  + f′(a)(x − a)']
    """
    return list(_display(latex, max(width, 1)))


@lru_cache(maxsize=1024)
def _display(latex: str, width: int) -> tuple[str, ...]:
    try:
        tree = parse(latex)
    except FormulaError:
        return tuple(wrap_formula(_source(latex), width))
    return tuple(row for part in _parts(tree, width) for row in _laid(part, width))


def _source(latex: str) -> str:
    """A formula as written, on one line, without what a terminal cannot show."""
    return "".join(clusters(" ".join(latex.split())))


def _parts(row: Row, width: int) -> list[Row]:
    """A row of several formulas or equations, one by one if they do not fit side by side."""
    if box(row).width <= width:
        return [row]
    if len(row.items) == 1 and isinstance(table := row.items[0], Tabular):
        if table.style == "equations":
            return [Row(cells) for cells in table.rows]
        return [row]
    parts: list[list[Node]] = [[]]
    for item in row.items:
        if isinstance(item, Atom) and item.kind == "space" and len(item.text) > 1:
            parts.append([])
        else:
            parts[-1].append(item)
    return [Row(tuple(part)) for part in parts if part]


def _laid(row: Row, width: int) -> list[str]:
    """One formula: whole, or broken before its relations, then its operators, else on one line."""
    whole = box(row)
    if whole.width <= width:
        return _trimmed([whole])
    for breaks in (("relation",), ("relation", "binary")):
        parts = pieces(row, breaks, width)
        if all(part.width <= width for part in parts):
            return _trimmed(parts)
    return wrap_formula(linear(row).strip(), width)


def _trimmed(parts: Sequence[Box]) -> list[str]:
    return [row.rstrip() for part in parts for row in part.rows]


def wrap_formula(text: str, width: int) -> list[str]:
    """A formula's line in lines of at most `width` cells, broken before relations if possible.

    >>> wrap_formula("f(a + b) = c + d", 12)
    ['f(a + b)', '  = c + d']
    """
    lines: list[str] = []
    indent = ""
    cells = list(clusters(text))
    while len(cells) > width - len(indent):
        room = width - len(indent)
        cut = _cut(cells, room)
        lines.append((indent + "".join(cells[:cut])).rstrip())
        cells = list(clusters("".join(cells[cut:]).lstrip()))
        indent = "  " if width > 8 else ""
    return [*lines, indent + "".join(cells)]


def _cut(cells: Sequence[str], room: int) -> int:
    """Where to break: before a relation, before an operator, at a space, else at the end."""
    depth = 0
    found = {"relation": 0, "binary": 0, "blank": 0}
    for at, cell in enumerate(cells[: room + 1]):
        following = cells[at + 1] if at + 1 < len(cells) else ""
        depth += (cell in _SIGNS["open"]) - (cell in _SIGNS["close"])
        if cell == " ":
            found["blank"] = at
            for kind in ("relation", "binary"):
                if following in _SIGNS[kind] and depth <= 0:
                    found[kind] = at
    # A line that is less than a third full is worse than one broken at a lesser sign.
    good = [at for at in found.values() if at > room // 3]
    # The second half of a wide character stays with its first.
    hard = room if room >= len(cells) or cells[room] else room - 1
    return good[0] if good else found["blank"] or max(hard, 1)
