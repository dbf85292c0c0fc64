"""Formulas in two dimensions: each part is a box of rows with a baseline, made of smaller boxes.

Scripts that exist as Unicode characters stay on the row of their base; others get their own row.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tutor.pictures.formula.linear import exponent, index, linear
from tutor.pictures.formula.tree import (
    Accent,
    Atom,
    Brace,
    Fence,
    Fraction,
    Node,
    Root,
    Row,
    Script,
    Tabular,
    bare,
    edges,
    gaps,
)
from tutor.pictures.letters import fit, length

# Top, filling, middle, bottom.
_TALL = {
    "(": "⎛⎜⎜⎝", ")": "⎞⎟⎟⎠", "[": "⎡⎢⎢⎣", "]": "⎤⎥⎥⎦", "{": "⎧⎪⎨⎩", "}": "⎫⎪⎬⎭",
    "⌊": "⎢⎢⎢⎣", "⌋": "⎥⎥⎥⎦", "⌈": "⎡⎢⎢⎢", "⌉": "⎤⎥⎥⎥", "|": "││││", "‖": "║║║║",
}  # fmt: skip
_ROOFS = {"hat": "^", "widehat": "^", "tilde": "~", "widetilde": "~", "vec": "→", "dot": "·"}


@dataclass(frozen=True)
class Box:
    """Rows of equal width; row `base` is aligned with the bases of the neighbors."""

    rows: tuple[str, ...]
    base: int = 0

    @property
    def width(self) -> int:
        """In cells."""
        return length(self.rows[0])

    @property
    def height(self) -> int:
        """In rows."""
        return len(self.rows)


def box(node: Node) -> Box:
    """A formula, or a part of one, laid out.

    >>> print("\\n".join(box(Fraction(Row((Atom("a"),)), Row((Atom("b"),)))).rows))
    a
    ─
    b
    """
    match node:
        case Atom():
            return Box((node.text,))
        case Row():
            return _row(node)
        case Fraction():
            return _fraction(node)
        case Root():
            return _root(node)
        case Script():
            return _limits(node) if node.limits else _scripts(node)
        case Accent():
            inside = box(node.inside)
            if inside.height == 1:
                return Box((linear(node),))
            roof = _ROOFS.get(node.name, "_" * inside.width)
            return _stack([Box((roof,)), inside], inside.base + 1)
        case Brace():
            return _brace(node)
        case Fence():
            return _fenced(box(node.inside), node.left, node.right)
        case Tabular():
            return _fenced(_grid(node), node.left, node.right)


def _row(row: Row) -> Box:
    boxes: list[Box] = []
    for item, gap in zip(row.items, gaps(row, tight=False), strict=True):
        part = box(item)
        if boxes and boxes[-1].rows == ("−",) and part.height > 1:
            # A minus would merge with the bar of a fraction.
            gap = 1
        boxes += [Box((" " * gap,)), part]
    return _beside(boxes)


def _beside(boxes: Sequence[Box]) -> Box:
    """Side by side, with aligned baselines."""
    rise = max((one.base for one in boxes), default=0)
    fall = max((one.height - one.base for one in boxes), default=1)
    padded = [_padded(one, rise, fall).rows for one in boxes]
    rows = tuple("".join(parts) for parts in zip(*padded, strict=True))
    return Box(rows or ("",), rise)


def _padded(one: Box, rise: int, fall: int) -> Box:
    """The box padded with empty rows, to `rise` rows above its baseline and `fall` from it on."""
    empty = (" " * one.width,)
    above, below = rise - one.base, fall - (one.height - one.base)
    return Box(empty * above + one.rows + empty * below, rise)


def _stack(boxes: Sequence[Box], base: int) -> Box:
    """One below the other, centered."""
    width = max(one.width for one in boxes)
    return Box(tuple(fit(row, width, "^") for one in boxes for row in one.rows), base)


def _fraction(node: Fraction) -> Box:
    if node.small:
        return Box((linear(node),))
    above, below = box(node.above), box(node.below)
    if not node.bar:
        inside = _stack([above, Box(("",)), below], above.height)
        return _fenced(inside, "(", ")")
    # The bar of a nested fraction must be shorter.
    overhang = 2 if above.height > 1 or below.height > 1 else 0
    bar = "─" * (max(above.width, below.width) + overhang)
    return _stack([above, Box((bar,)), below], above.height)


def _root(node: Root) -> Box:
    inside = box(node.inside)
    if inside.height == 1:
        return Box((linear(node),))
    degree = exponent(node.degree)
    pad = " " * max(length(degree), 1)
    rows = [f"{pad}┌{'─' * inside.width}", *(f"{pad}│{row}" for row in inside.rows)]
    rows[-1] = f"{pad[1:]}╲│{inside.rows[-1]}"
    if degree:
        rows[-2] = f"{degree}│{inside.rows[-2]}"
    return Box(tuple(rows), inside.base + 1)


def _scripts(node: Script) -> Box:
    """Index and exponent to the right of their base."""
    base, below, above = box(node.base), index(node.below), exponent(node.above)
    if isinstance(bare(node.base), Fraction | Root) and base.height > 1:
        base = _fenced(base, "(", ")")
    low = linear(node.below or Row(), tight=True) if below.startswith("_") else ""
    high = linear(node.above or Row(), tight=True) if above.startswith("^") else ""
    if base.height > 1:
        blank = [""] * (base.height - 2)
        # An exponent with no raised form goes above the bracket, or it would look like a factor.
        column = [*([high] if high else []), "" if high else above, *blank, low or below]
        return _beside([base, _column(column, base.base + bool(high))])
    beside = ("" if low else below) + ("" if high else above)
    rows = [*([high] if high else []), beside, *([low] if low else [])]
    return _beside([base, _column(rows, int(bool(high)))])


def _column(rows: Sequence[str], base: int) -> Box:
    """Rows of text below each other, left-aligned."""
    width = max(map(length, rows))
    return Box(tuple(fit(row, width) for row in rows), base)


def _limits(node: Script) -> Box:
    """Index and exponent below and above their base, as in sums and limits."""
    base = box(node.base)
    high = [Box((linear(node.above, tight=True),))] if node.above else []
    low = [Box((linear(node.below, tight=True),))] if node.below else []
    return _stack([*high, base, *low], base.base + len(high))


def _brace(node: Brace) -> Box:
    inside = box(node.inside)
    left = (max(inside.width, 3) - 3) // 2
    right = max(inside.width, 3) - 3 - left
    if node.over:
        return _stack([Box((f"╭{'─' * left}┴{'─' * right}╮",)), inside], inside.base + 1)
    return _stack([inside, Box((f"╰{'─' * left}┬{'─' * right}╯",))], inside.base)


def _fenced(inside: Box, left: str, right: str) -> Box:
    sides = [_side(sign, inside) for sign in (left, right)]
    return _beside([sides[0], inside, sides[1]])


def _side(sign: str, inside: Box) -> Box:
    """A bracket as high as its content."""
    if inside.height == 1 or sign not in _TALL:
        return Box((sign,))
    top, fill, middle, bottom = tuple(_TALL[sign])
    rows = [top, *fill * (inside.height - 2), bottom]
    if inside.height > 2:
        rows[(inside.height - 1) // 2] = middle
    return Box(tuple(rows), inside.base)


def _grid(node: Tabular) -> Box:
    """Cells in columns. A matrix of two rows gets a gap, so that it has a middle row."""
    cells = [[box(cell) for cell in row] for row in node.rows]
    count = max(map(len, cells))
    widths = [max((row[k].width for row in cells if k < len(row)), default=0) for k in range(count)]
    lines = [_grid_row(row, widths, node.style) for row in cells]
    is_pair = len(lines) == 2 and node.style != "equations"
    rows = list(lines[0].rows)
    for above, below in pairwise(lines):
        if is_pair or (above.height > 1 and below.height > 1):
            rows.append(" " * above.width)
        rows += below.rows
    return Box(tuple(rows), (len(rows) - 1) // 2)


def _grid_row(row: Sequence[Box], widths: Sequence[int], style: str) -> Box:
    parts: list[Box] = []
    for k, width in enumerate(widths):
        one = row[k] if k < len(row) else Box(("",))
        align = {"matrix": "^", "cases": "<", "equations": "<" if k % 2 else ">"}[style]
        gap = 0 if not k or (style == "equations" and k % 2) else 2
        parts += [
            Box((" " * gap,)),
            Box(tuple(fit(text, width, align) for text in one.rows), one.base),
        ]
    return _beside(parts)


def pieces(row: Row, breaks: Iterable[str], width: int) -> list[Box]:
    """The row broken before symbols of the kinds `breaks`, each piece as long as fits.

    The content of brackets is never broken. A piece that cannot be made to fit stays too wide.
    """
    depth, starts = 0, [0]
    kinds = [edges(item) for item in row.items]
    for at, (left, right) in enumerate(kinds):
        depth += left == "open"
        if at and not depth and left in breaks and kinds[at - 1][1] not in breaks:
            starts.append(at)
        depth -= right == "close"
    made: list[Box] = []
    begin = 0
    for start, end in pairwise([*starts, len(row.items)]):
        longer = _piece(row, begin, end)
        if made and begin < start and longer.width <= width:
            made[-1] = longer
        else:
            begin = start
            made.append(_piece(row, start, end))
    return made


def _piece(row: Row, start: int, end: int) -> Box:
    # A continued row keeps the spaces around its first sign, as if something preceded it.
    items = row.items[start:end]
    return box(Row((Atom(" "), Atom(""), *items) if start else items))
