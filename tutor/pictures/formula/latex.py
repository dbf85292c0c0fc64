r"""A parser from LaTeX formulas to trees.

It covers the part of LaTeX that a course on deep learning needs; anything else is an error.

    row      = { item [ "_" argument ] [ "^" argument | "'" ] }
    item     = "{" row "}" | symbol | \frac argument argument | \left ( row \right ) | ...
    argument = "{" row "}" | item

Source: D. Knuth, The TeXbook, chapters 16 to 18.
"""

import re
from functools import lru_cache
from typing import Literal

from engine.errors import FormulaError, unknown
from tutor.pictures.formula.symbols import (
    ACCENTS,
    CHARACTERS,
    DOUBLE,
    FUNCTIONS,
    LIMITS,
    SCRIPT,
    SPACES,
    SYMBOLS,
    SymbolKind,
)
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
)
from tutor.pictures.letters import clusters, length

_TOKEN = re.compile(r"\\operatorname\*|\\[A-Za-z]+|\\.|\\$|\s+|.", re.DOTALL)
_DEEPEST = 30
_TABLES: dict[str, tuple[str, str, Literal["matrix", "cases", "equations"]]] = {
    "matrix": ("", "", "matrix"), "smallmatrix": ("", "", "matrix"),
    "pmatrix": ("(", ")", "matrix"), "bmatrix": ("[", "]", "matrix"),
    "vmatrix": ("|", "|", "matrix"), "Vmatrix": ("‖", "‖", "matrix"),
    "cases": ("{", "", "cases"), "aligned": ("", "", "equations"),
    "align": ("", "", "equations"), "align*": ("", "", "equations"),
    "split": ("", "", "equations"), "gathered": ("", "", "equations"),
}  # fmt: skip
_BARS = {"|": "|", "\\|": "‖", "\\vert": "|", "\\Vert": "‖"}
_OPEN, _CLOSE = ("(", "[", "{", "\\{", "\\left"), (")", "]", "}", "\\}", "\\right")
_END = ""


@lru_cache(maxsize=1024)
def parse(latex: str) -> Row:
    r"""The tree of a formula.

    Raises:
        FormulaError: it is not LaTeX, or a part of LaTeX that is not supported.

    >>> parse(r"\sqrt{x}").items[0].inside
    Row(items=(Atom(text='x', kind='ordinary', limits=False),))
    """
    return _Parser(latex).row(_END)


class _Parser:
    """Recursive descent over the tokens; `at` is the next one."""

    def __init__(self, latex: str) -> None:
        self.latex = latex
        self.tokens = _TOKEN.findall(latex)
        self.at = 0
        self.depth = 0
        self.closing_bars: set[int] = set()

    def error(self, sentence: str) -> FormulaError:
        """The error at the last token read."""
        return FormulaError(sentence, self.latex, len("".join(self.tokens[: max(self.at - 1, 0)])))

    def peek(self) -> str:
        """The next token that is not a space, without consuming it; "" at the end."""
        while self.at < len(self.tokens) and self.tokens[self.at].isspace():
            self.at += 1
        return self.tokens[self.at] if self.at < len(self.tokens) else _END

    def next(self) -> str:
        """Consume and return the next token that is not a space."""
        token = self.peek()
        self.at += 1
        return token

    def expect(self, token: str) -> None:
        """Consume a required token."""
        found = self.next()
        if found != token:
            raise self.error(f"Formula: expected {_shown(token)}, got {_shown(found)}.")

    def row(self, *stops: str) -> Row:
        """Everything up to one of the tokens, which is not consumed."""
        items = []
        while (token := self.peek()) not in stops:
            if token in (_END, "}", "&", "\\\\", "\\end", "\\right"):
                self.expect(stops[0])
            items.append(self.scripted())
        return Row(tuple(items))

    def scripted(self) -> Node:
        """An item with its index and exponent."""
        base: Node = Atom("") if self.peek() in ("^", "_", "'") else self.item()
        limits = isinstance(base, Brace) or (isinstance(base, Atom) and base.limits)
        below: Row | None = None
        above: Row | None = None
        while (token := self.peek()) in ("^", "_", "'", "\\limits", "\\nolimits"):
            self.at += 1
            if token in ("\\limits", "\\nolimits"):
                limits = token == "\\limits"
            elif token == "_":
                if below is not None:
                    raise self.error("Formula: expected one index, got a second '_'.")
                below = self.argument()
            elif token == "'":
                above = Row((*(above.items if above else ()), Atom("′")))
            else:
                if above is not None and Atom("′") not in above.items:
                    raise self.error("Formula: expected one exponent, got a second '^'.")
                above = Row((*(above.items if above else ()), *self.argument().items))
        return base if below is above is None else Script(base, below, above, limits)

    def argument(self) -> Row:
        """What a command or a script applies to: a group or a single item."""
        if self.peek() in (_END, "}", "&", "\\\\", "\\end", "\\right", "^", "_"):
            raise self.error(f"Formula: expected {{…}} or a symbol, got {_shown(self.next())}.")
        item = self.item()
        return item if isinstance(item, Row) else Row((item,))

    def raw(self) -> str:
        """The characters of a group, including spaces, as far as a terminal can show them."""
        self.expect("{")
        start, depth = self.at, 1
        while self.at < len(self.tokens):
            depth += {"{": 1, "}": -1}.get(self.tokens[self.at], 0)
            self.at += 1
            if not depth:
                text = "".join(self.tokens[start : self.at - 1])
                printable = "".join(clusters(re.sub(r"\s+", " ", text)))
                return re.sub(r"\\(.)", r"\1", printable)
        raise self.error("Formula: expected '}', got the end.")

    def item(self) -> Node:
        """A group, a command or a character, at a depth that the call stack allows."""
        self.depth += 1
        if self.depth > _DEEPEST:
            raise self.error(f"Formula: expected at most {_DEEPEST} levels of nesting, got more.")
        item = self.whole(self.next())
        self.depth -= 1
        return item

    def whole(self, token: str) -> Node:
        """The item that starts with a token."""
        if token == "{":
            row = self.row("}")
            self.expect("}")
            return row
        if token in _BARS:
            return self.bar(token)
        if token.startswith("\\"):
            return self.command(token[1:])
        if token in "$%#" or length(token) != 1 or not token.isprintable():
            raise self.error(f"Formula: expected a symbol of one cell, got {token!r}.")
        text, kind = CHARACTERS.get(token, (token, "ordinary"))
        return Atom(text, kind)

    def bar(self, token: str) -> Atom:
        """A bar opens if its partner follows in the same brackets, else it separates: p(a|b)."""
        if self.at in self.closing_bars:
            return Atom(_BARS[token], "close")
        depth = 0
        for at in range(self.at, len(self.tokens)):
            other = self.tokens[at]
            if other == token and not depth:
                self.closing_bars.add(at + 1)
                return Atom(_BARS[token], "open")
            depth += (other in _OPEN) - (other in _CLOSE)
            if depth < 0 or other in ("&", "\\\\"):
                break
        return Atom(_BARS[token], "slash")

    def command(self, name: str) -> Node:
        """The item that a command stands for."""
        if name in SYMBOLS:
            text, kind = SYMBOLS[name]
            return Atom(text, kind, limits=kind == "large" and text not in "∫∬∮")
        if name in FUNCTIONS:
            return Atom(name, "function", name in LIMITS)
        if name in SPACES:
            return Atom(" " * SPACES[name], "space")
        if name in ACCENTS:
            return Accent(self.argument(), ACCENTS[name], name)
        match name:
            case "frac" | "dfrac" | "cfrac" | "tfrac":
                return Fraction(self.argument(), self.argument(), small=name == "tfrac")
            case "binom" | "dbinom" | "tbinom":
                return Fraction(self.argument(), self.argument(), bar=False)
            case "sqrt":
                return self.root()
            case "underbrace" | "overbrace":
                return Brace(self.argument(), over=name == "overbrace")
            case "overset" | "underset" | "stackrel":
                return self.stack(under=name == "underset")
            case "left":
                return self.fence()
            case "begin":
                return self.table()
        return self.lettering(name)

    def lettering(self, name: str) -> Node:
        """Names, texts and alphabets; sizes are ignored, since a grid of cells has none."""
        match name:
            case "operatorname" | "operatorname*":
                text = self.raw()
                return Atom(text, "function", name.endswith("*") or text in LIMITS)
            case "text" | "textrm" | "textbf" | "textit" | "texttt" | "mbox":
                return Atom(self.raw())
            case "mathbb":
                return _mapped(self.argument(), DOUBLE)
            case "mathcal" | "mathscr":
                return _mapped(self.argument(), SCRIPT)
            case "mathrm" | "mathbf" | "mathit" | "mathsf" | "mathtt" | "boldsymbol" | "bm":
                return self.argument()
            case "displaystyle" | "textstyle" | "limits" | "nolimits" | "mathstrut":
                return Atom("")
            case "middle":
                return Atom(self.delimiter(), "relation")
        if (match := re.fullmatch(r"[bB]igg?([lrm]?)", name)) is not None:
            kinds: dict[str, SymbolKind] = {"l": "open", "r": "close", "m": "relation"}
            return Atom(self.delimiter(), kinds.get(match[1], "ordinary"))
        known = (*SYMBOLS, *FUNCTIONS, *ACCENTS, "frac", "sqrt", "binom", "text", "operatorname")
        raise self.error(str(unknown("command of formulas", name, known)))

    def root(self) -> Root:
        """A root's degree, if any, and its radicand."""
        degree = None
        if self.peek() == "[":
            self.at += 1
            degree = self.row("]")
            self.expect("]")
        return Root(self.argument(), degree)

    def stack(self, under: bool) -> Script:
        """A small item above (or below) another one, whose kind the whole keeps."""
        small, base = self.argument(), self.argument()
        main = base.items[0] if len(base.items) == 1 else base
        return Script(main, small if under else None, None if under else small, limits=True)

    def delimiter(self) -> str:
        """A bracket by its character or its command; "" for the full stop, which draws none."""
        token = self.next()
        text = "‖" if token == "\\|" else SYMBOLS.get(token[1:], (token, ""))[0]
        if text not in "()[]{}|‖⟨⟩⌊⌋⌈⌉./" or not text:
            raise self.error(f"Formula: expected a bracket, got {_shown(token)}.")
        return text.replace(".", "")

    def fence(self) -> Fence:
        r"""The content between \left and \right."""
        left, inside = self.delimiter(), self.row("\\right")
        self.expect("\\right")
        return Fence(left, inside, self.delimiter())

    def table(self) -> Tabular:
        r"""The content between \begin and \end."""
        name = self.raw()
        if name not in _TABLES:
            raise self.error(str(unknown("table of formulas", name, _TABLES)))
        left, right, style = _TABLES[name]
        rows: list[list[Row]] = [[]]
        while True:
            cell = self.row("\\end", "&", "\\\\")
            if style == "equations" and rows[-1]:
                # The relation after & keeps its spaces, as if something preceded it.
                cell = Row((Atom(""), *cell.items))
            rows[-1].append(cell)
            token = self.next()
            if token == "\\\\":
                rows.append([])
            elif token == "\\end":
                break
        if self.raw() != name:
            raise self.error(f"Formula: expected \\end{{{name}}}.")
        if len(rows) > 1 and rows[-1] == [Row()]:
            rows.pop()
        return Tabular(tuple(map(tuple, rows)), left, right, style)


def _shown(token: str) -> str:
    return repr(token) if token else "the end"


def _mapped(row: Row, letters: dict[str, str]) -> Row:
    """The row with its letters replaced by those of another alphabet."""
    return Row(
        tuple(
            Atom(letters.get(item.text, item.text), item.kind) if isinstance(item, Atom) else item
            for item in row.items
        )
    )
