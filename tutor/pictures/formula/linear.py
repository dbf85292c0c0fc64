r"""Formulas on one line: `\frac{a}{b + c}` as a/(b + c), indices as σₖ where Unicode has them.

Brackets are added only where the line would mean something else without them.
"""

from unicodedata import normalize

from tutor.pictures.formula.symbols import SUBSCRIPT, SUPERSCRIPT, SymbolKind
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
from tutor.pictures.letters import clusters

_VULGAR = {("1", "2"): "½", ("1", "4"): "¼", ("3", "4"): "¾"}
_SUMS: tuple[SymbolKind, ...] = ("binary", "relation", "punctuation", "large", "slash")
_FACTORS: tuple[SymbolKind, ...] = ("ordinary", "open", "function", "large", "inner")


def linear(node: Node, tight: bool = False) -> str:
    """A formula, or a part of one, on one line; `tight` omits spaces, as in indices.

    >>> linear(Fraction(Row((Atom("a"), Atom("+", "binary"), Atom("b"))), Row((Atom("c"),))))
    '(a + b)/c'
    """
    match node:
        case Atom():
            return node.text
        case Row():
            return _row(node, tight)
        case Fraction():
            return _fraction(node, tight)
        case Root():
            degree = "".join(SUPERSCRIPT.get(c, c) for c in linear(node.degree or Row(), True))
            inside = linear(node.inside, tight)
            return f"{degree}√{inside}" if _is_factor(node.inside) else f"{degree}√({inside})"
        case Script():
            return _scripted(node, tight)
        case Accent():
            return accented(node)
        case Brace():
            return linear(node.inside, tight)
        case Fence():
            return f"{node.left}{linear(node.inside, tight)}{node.right}"
        case Tabular():
            return _table(node)


def _row(row: Row, tight: bool) -> str:
    text = ""
    items = row.items
    for i, (item, gap) in enumerate(zip(items, gaps(row, tight), strict=True)):
        left = edges(item)[0]
        if i and not gap and _is_loose(items[i - 1]) and left in ("ordinary", "inner"):
            gap = 1
        part = linear(item, tight)
        if isinstance(item, Fraction) and "/" in part:
            if i and _applies(items[i - 1]):
                part, gap = f"({part})", 0
            elif _multiplies(items[i + 1 :]):
                part = f"({part})"
        text += " " * gap + part
    return text


def _is_loose(node: Node) -> bool:
    """Whether what follows would seem to belong to the index: D_G x is not D_Gx."""
    return isinstance(node, Script) and any(
        text.startswith(("_", "^")) for text in (index(node.below), exponent(node.above))
    )


def _applies(node: Node) -> bool:
    """Whether a function takes what follows as its argument: ln(a/b); a limit takes all."""
    is_limit = node.limits if isinstance(node, Script | Atom) else False
    return edges(node)[1] == "function" and not is_limit


def _multiplies(following: tuple[Node, ...]) -> bool:
    """Whether a factor follows, so that a/b has to become (a/b)."""
    for node in following:
        text = linear(node)
        if text.strip():
            return edges(node)[0] in _FACTORS and not text.startswith(" ")
        if len(text) > 1:
            return False
    return False


def _fraction(node: Fraction, tight: bool) -> str:
    above, below = linear(node.above, tight), linear(node.below, tight)
    if not node.bar:
        return f"C({above}, {below})"
    if (above, below) in _VULGAR:
        return _VULGAR[above, below]
    above = f"({above})" if _is_sum(node.above) else above
    return f"{above}/{below}" if _is_factor(node.below) else f"{above}/({below})"


def _is_sum(row: Row) -> bool:
    """Whether a numerator needs brackets: a sum, a list, or a fraction itself."""
    if isinstance(inner := bare(row), Row):
        row = inner
    depth = 0
    for i, item in enumerate(row.items):
        left, right = edges(item)
        depth += (left == "open") - (right == "close")
        if depth:
            continue
        if isinstance(item, Fraction) or left == "large" or (i and left in _SUMS):
            return True
        if _is_phrase(item):
            return True
        # ln x over x is not the ln of x over x.
        if left == "function" and i + 1 < len(row.items) and edges(row.items[i + 1])[0] != "open":
            return True
    return False


def _is_phrase(node: Node) -> bool:
    return isinstance(node, Atom) and " " in node.text.strip()


def _is_factor(row: Row) -> bool:
    """Whether a denominator or a radicand can do without brackets."""
    items = [item for item in row.items if linear(item).strip()]
    if len(items) == 1:
        if isinstance(items[0], Row):
            return _is_factor(items[0])
        is_whole = not isinstance(items[0], Fraction | Tabular) and not _is_phrase(items[0])
        return is_whole and (not isinstance(items[0], Fence) or bool(items[0].left))
    texts = [linear(item) for item in items]
    if "".join(texts).replace(".", "").isdecimal():
        return True
    if len(items) == 2 and texts[0] in ("∂", "d"):
        return True
    return _is_call(items)


def _is_call(items: list[Node]) -> bool:
    """Whether brackets hold all, or all but a name before them: f(x), ‖x‖."""
    kinds = [edges(item) for item in items]
    if kinds and kinds[0][0] in ("ordinary", "function"):
        kinds = kinds[1:]
    depth = 0
    for i, (left, right) in enumerate(kinds):
        depth += (left == "open") - (right == "close")
        if depth <= 0:
            return right == "close" and i == len(kinds) - 1
    return False


def index(row: Row | None) -> str:
    """An index as it stands beside its base: ₖ₊₁, or _F where Unicode has no such letter.

    >>> index(Row((Atom("k"), Atom("+", "binary"), Atom("1")))), index(Row((Atom("F"),)))
    ('ₖ₊₁', '_F')
    """
    return _beside(row, SUBSCRIPT, "_")


def exponent(row: Row | None) -> str:
    """An exponent as it stands beside its base: ², or ^(1/p)."""
    return _beside(row, SUPERSCRIPT, "^")


def _beside(row: Row | None, letters: dict[str, str], sign: str) -> str:
    text = linear(row or Row(), tight=True)
    if all(char in letters for char in text):
        return "".join(letters[char] for char in text)
    is_word = len(clusters(text)) == 1 or text.replace("_", "").isalnum() or text[0] == "["
    return sign + (text if is_word else f"({text})")


def _scripted(node: Script, tight: bool) -> str:
    base = linear(node.base, tight)
    if isinstance(node.base, Brace):
        label = linear(node.below or node.above or Row())
        return f"{base} [{label}]"
    if isinstance(bare(node.base), Fraction | Root):
        base = f"({base})"
    return base + index(node.below) + exponent(node.above)


def accented(node: Accent) -> str:
    """A letter with its accent, in one character where Unicode has it: ŷ, x̄ᵢ, hat(xy).

    >>> accented(Accent(Row((Atom("y"),)), "\\u0302", "hat"))
    'ŷ'
    """
    first = node.inside.items[0] if len(node.inside.items) == 1 else node.inside
    if isinstance(first, Script):
        inside = Accent(Row((first.base,)), node.mark, node.name)
        return linear(Script(inside, first.below, first.above))
    text = linear(node.inside)
    if len(clusters(text)) == 1:
        return normalize("NFC", text + node.mark)
    if node.name in ("overline", "underline", "bar"):
        line = "\u0332" if node.name == "underline" else "\u0305"
        return "".join(char + line for char in clusters(text))
    return f"{node.name.removeprefix('wide')}({text})"


def _table(node: Tabular) -> str:
    rows = [[linear(cell) for cell in row] for row in node.rows]
    if node.style == "equations":
        return "; ".join("".join(row) for row in rows)
    if node.style == "cases":
        return "{" + "; ".join(map(_case, rows)) + "}"
    comma = any(" " in cell for row in rows for cell in row)
    inside = "; ".join((", " if comma else " ").join(row) for row in rows)
    return f"{node.left}{inside}{node.right}"


def _case(cells: list[str]) -> str:
    """One case and its condition: `x if x > 0`, `0, x < 0`."""
    value, *conditions = cells
    condition = " ".join(conditions)
    joint = " " if value.endswith(",") or condition[:2].isalpha() else ", "
    return f"{value}{joint}{condition}" if condition else value
