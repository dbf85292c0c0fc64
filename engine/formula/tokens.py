"""From characters to tokens, each with its place in the text; other characters are rejected here.

When this is done the tokens stand in an order that makes sense: operands and operators take turns,
brackets match, every `if` has its `else`, and nothing is nested deeply. The parser can trust that.
"""

import re
from dataclasses import dataclass
from difflib import get_close_matches
from keyword import iskeyword
from typing import Literal, NamedTuple, NoReturn

from engine.errors import FormulaError
from engine.formula.functions import CONSTANTS, FUNCTIONS
from engine.formula.letters import INSIDE, SIGNS, STARTS, SUPERSCRIPTS, in_words

MAX_LENGTH = 1000
MAX_NAME = 40
MAX_BRACKETS = 50

Kind = Literal["number", "name", "sign", "superscript", "transpose", "end"]
Expected = Literal["operand", "operator", "either"]

_NUMBER = re.compile(r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_SIGN = re.compile(r"\*\*|<=|>=|==|!=|:=|//|[-+*/@<>=()\[\],:;\n]")
_TRANSPOSE = re.compile(r"\.[ \t]*T(?![A-Za-z0-9_])")
_BINARY = {"+", "-", "*", "/", "**", "@", "<", "<=", ">", ">=", "==", "!=", " and ", " or ",
           " if ", " else "}  # fmt: skip
_CLOSING = {"(": ")", "[": "]"}
_BEFORE_NOT = {"", "=", "(", "[", ",", " and ", " or ", " if ", " else ", "not "}

_HINTS = {
    ":=": "Write name = formula on a line of its own.", "//": "Write / for a quotient.",
    "|": "Write abs(x) for |x|, a or b for conditions.",
    "&": "Write a and b for both of two conditions.",
    "%": "Write 0.05 for 5 %.", "!": "Factorials are not in the list.",
    "'": "Text has no place in it.", '"': "Text has no place in it.",
    "{": "Write round brackets.", "}": "Write round brackets.",
    "_": "Names begin with a letter.", ".": "Only X.T, the transpose, has a point before a name.",
    "\N{COMBINING CIRCUMFLEX ACCENT}": "The hat belongs behind a letter.",
    "\N{INFINITY}": "Numbers are finite.",
}  # fmt: skip

_KEYWORDS = {word: f" {word} " for word in ("and", "or", "if", "else")} | {"not": "not "}
"""Python's words that a formula has, as they are written."""


class Token(NamedTuple):
    """What it is, how Python writes it, and where in the text it begins and ends."""

    kind: Kind
    text: str
    start: int
    end: int


def tokenize(text: str) -> list[list[Token]]:
    """The tokens of a formula, statement by statement; the last of each is its end.

    Raises:
        FormulaError: a character, a word or an order of tokens that a formula does not have.

    >>> [[token.text for token in line] for line in tokenize("r = x·x; 2*r²")]
    [['r', '=', 'x', '*', 'x', ''], ['2', '*', 'r', '**2', '']]
    """
    if not isinstance(text, str):
        raise FormulaError(f"Expected a formula as text, got {type(text).__name__}.", "", 0)
    if len(text) > MAX_LENGTH:
        raise FormulaError(
            f"Expected at most {MAX_LENGTH} characters, got {len(text)}. Write it shorter.",
            text[:60], 60,
        )  # fmt: skip
    reader = _Reader(text)
    position = 0
    while position < len(text):
        token = _next(text, position)
        if token is not None:
            reader.take(token)
        position = token.end if token else position + 1
    reader.finish()
    return reader.statements


def _next(text: str, i: int) -> Token | None:
    """The token that begins at a place, or None for a space."""
    c = text[i]
    if c in " \t\r\N{NO-BREAK SPACE}":
        return None
    if found := _NUMBER.match(text, i):
        digits = found.group().lstrip("0")  # Python has no 007
        return Token("number", digits if digits[:1].isdigit() else f"0{digits}", i, found.end())
    if c in STARTS:
        return _name(text, i)
    if found := _TRANSPOSE.match(text, i):
        return Token("transpose", ".T", i, found.end())
    if c in SUPERSCRIPTS:
        return _superscript(text, i)
    if c in SIGNS:
        kinds: dict[str, Kind] = {"√": "name", "ᵀ": "transpose"}
        return Token(kinds.get(c, "sign"), SIGNS[c], i, i + 1)
    found = _SIGN.match(text, i)
    sign = found.group() if found else c
    if found is None or sign in _HINTS:
        shown = repr(sign) if len(sign) > 1 else in_words(sign)
        hint = _HINTS.get(sign, "Write numbers, names, + - * / ** @, brackets and functions.")
        raise FormulaError(f"A formula has no {shown}. {hint}", text, i)
    return Token("sign", sign, i, found.end())


def _name(text: str, i: int) -> Token:
    end = i + 1
    while end < len(text) and text[end] in INSIDE:
        end += 1
    word = STARTS[text[i]] + "".join(INSIDE[c] for c in text[i + 1 : end])
    if len(word) > MAX_NAME:
        raise FormulaError(f"Expected names of at most {MAX_NAME} letters, got {len(word)}.",
                           text, i)  # fmt: skip
    if word in _KEYWORDS:
        return Token("sign", _KEYWORDS[word], i, end)
    if iskeyword(word):
        raise FormulaError(f"A formula has no word {word!r}. Write one expression of numbers, "
                           "names and functions.", text, i)  # fmt: skip
    return Token("name", word, i, end)


def _superscript(text: str, i: int) -> Token:
    end = i
    while end < len(text) and text[end] in SUPERSCRIPTS:
        end += 1
    digits = "".join(SUPERSCRIPTS[c] for c in text[i:end])
    if not re.fullmatch("-?[0-9]+", digits):
        raise FormulaError("Expected a superscript number such as ² or ⁻¹.", text, i)
    return Token("superscript", f"**{int(digits)}", i, end)


@dataclass
class _Bracket:
    """One that is not yet closed: which, where, whether it holds arguments or an open `if`."""

    sign: str
    start: int
    call: bool = False
    has_if: bool = False


class _Reader:
    """Takes token after token and refuses the first that cannot stand where it stands."""

    def __init__(self, text: str) -> None:
        self.statements: list[list[Token]] = []
        self._text = text
        self._line: list[Token] = []
        self._outside = _Bracket("", 0)
        self._open: list[_Bracket] = []
        self._expected: Expected = "operand"

    def take(self, token: Token) -> None:
        """Add a token to the statement, or begin a new one."""
        if token.text in (";", "\n"):
            self._separate(token)
            return
        if token.kind in ("number", "name"):
            self._operand(token)
        elif token.kind in ("superscript", "transpose"):
            self._after_operand(token)
        elif token.text in _CLOSING:
            self._opening(token)
        elif token.text in _CLOSING.values():
            self._closing(token)
        elif token.text in (",", ":", "="):
            self._between(token)
        elif token.text == "not ":
            self._negation(token)
        else:
            self._operator(token)
        self._line.append(token)

    def finish(self) -> None:
        """Close the last statement."""
        end = len(self._text)
        if self._open:
            bracket = self._open[-1]
            self._fail(f"The bracket {bracket.sign} is never closed. Add {_CLOSING[bracket.sign]}.",
                       bracket.start)  # fmt: skip
        if self._line or not self.statements:
            if self._expected != "operator":
                wanted = "ends before" if self._line else "is empty: expected"
                self._fail(f"The formula {wanted} a number, a name or a bracket.", end)
            self._end(end)

    def _end(self, at: int) -> None:
        self._require_else(at)
        self.statements.append([*self._line, Token("end", "", at, at)])
        self._line, self._expected = [], "operand"

    def _separate(self, token: Token) -> None:
        if self._line and not self._open and self._expected == "operator":
            self._end(token.start)
        elif token.text == ";" and (self._line or self._open):
            self._fail("Expected a number, a name or a bracket before ';'.", token.start)

    def _operand(self, token: Token) -> None:
        if self._expected == "operator":
            self._adjacent(token)
        self._expected = "operator"

    def _adjacent(self, token: Token) -> None:
        last = self._line[-1]
        if last.kind == "name" and last.text in FUNCTIONS and token.text != "(":
            self._fail(f"Write {last.text}({token.text}), with brackets.", token.start)
        if token.text == "(" and [t.text for t in self._line[-2:-1]] == ["**"]:
            base = self._line[-3]
            if base.text in FUNCTIONS:
                self._fail(f"Write {base.text}(x)^{last.text}: the power stands behind the "
                           "brackets.", base.start)  # fmt: skip
        # In the place of what is long or no single word an ellipsis stands.
        a = last.text if last.kind in ("name", "number") else "(…)"
        b = token.text if token.kind in ("name", "number") else "(…)"
        self._fail(f"Write {a}*{b} for a product.", token.start)

    def _after_operand(self, token: Token) -> None:
        last = self._line[-1] if self._line else None
        if self._expected != "operator" or last is None:
            self._refuse(token)
        assert last is not None
        if last.kind == "name" and last.text in FUNCTIONS:
            self._fail(f"Write {last.text}(x){token.text}, behind the brackets.", token.start)
        if last.kind == "superscript" and token.kind == "superscript":
            self._fail("Write brackets for a power of a power.", token.start)

    def _opening(self, token: Token) -> None:
        last = self._line[-1] if self._line else None
        call = False
        if self._expected == "operator":
            assert last is not None
            call = token.text == "(" and last.kind == "name"
            if call and last.text not in FUNCTIONS:
                self._no_function(last)
            if token.text == "(" and not call:
                self._adjacent(token)
        elif token.text == "[":
            self._fail("A formula has no lists: [ ] only picks from an array, as in x[0].",
                       token.start)  # fmt: skip
        if len(self._open) == MAX_BRACKETS:
            self._fail(f"Expected at most {MAX_BRACKETS} brackets in one another. Give parts a "
                       "name.", token.start)  # fmt: skip
        self._open.append(_Bracket(token.text, token.start, call))
        self._expected = "operand"

    def _no_function(self, token: Token) -> None:
        word = token.text
        if len(word) == 1 or word in CONSTANTS:
            self._fail(f"{word} is not a function. Write {word}*(…) for a product.", token.start)
        near = get_close_matches(word, FUNCTIONS, n=3, cutoff=0.5)
        advice = (f"Did you mean {' or '.join(near)}?" if near
                  else f"There are: {', '.join(sorted(FUNCTIONS))}.")  # fmt: skip
        self._fail(f"No function is called {word!r}. {advice} "
                   f"For a product write {word}*(…).", token.start)  # fmt: skip

    def _closing(self, token: Token) -> None:
        if not self._open:
            self._fail(f"The bracket {token.text} was never opened.", token.start)
        bracket = self._open.pop()
        if _CLOSING[bracket.sign] != token.text:
            self._fail(f"Expected {_CLOSING[bracket.sign]} for the bracket {bracket.sign}, "
                       f"got {token.text}.", token.start)  # fmt: skip
        self._require_else(token.start, bracket)
        if self._expected == "operand":
            self._refuse(token)
        self._expected = "operator"

    def _between(self, token: Token) -> None:
        where = self._open[-1] if self._open else None
        self._require_else(token.start)
        if token.text == "=":
            if len(self._line) != 1 or self._line[0].kind != "name" or where:
                self._fail("A single = only gives a name to a value at the start of a line, "
                           "as in m = beta*m + g. Compare with ==.", token.start)  # fmt: skip
            self._expected = "operand"
        elif token.text == ":":
            if where is None or where.sign != "[":
                self._fail("A formula has no ':' outside of x[1:3].", token.start)
            self._expected = "either"
        else:
            if self._expected == "operand":
                self._refuse(token)
            if where is None or (where.sign == "(" and not where.call):
                self._fail("A comma only separates the arguments of a function. Write decimals "
                           "with a point: 0.5.", token.start)  # fmt: skip
            self._expected = "operand"

    def _operator(self, token: Token) -> None:
        if self._expected == "operator":
            assert token.text in _BINARY
            if token.text == "**" and self._line[-1].kind == "superscript":
                self._fail("Write brackets for a power of a power.", token.start)
            if token.text in (" if ", " else "):
                self._choice(token)
            self._expected = "operand"
        elif token.text in "+-":
            self._expected = "operand"
        else:
            self._refuse(token)

    def _choice(self, token: Token) -> None:
        """`a if c else b`: each if has one else, in the same bracket."""
        bracket = self._open[-1] if self._open else self._outside
        if token.text == " if " and bracket.has_if:
            self._fail("Expected 'else' before another 'if'. Write brackets around a choice inside "
                       "of a condition.", token.start)  # fmt: skip
        if token.text == " else " and not bracket.has_if:
            self._fail("Expected 'if' before 'else'. Write a if x > 0 else b.", token.start)
        bracket.has_if = not bracket.has_if

    def _require_else(self, at: int, bracket: _Bracket | None = None) -> None:
        bracket = bracket or (self._open[-1] if self._open else self._outside)
        if bracket.has_if:
            self._fail("Expected 'else' after 'if'. Write a if x > 0 else b.", at)

    def _negation(self, token: Token) -> None:
        last = self._line[-1].text if self._line else ""
        if self._expected == "operator":
            self._fail("Expected 'and' or 'or' before 'not'.", token.start)
        if last not in _BEFORE_NOT:
            self._fail("Write brackets around (not …).", token.start)

    def _refuse(self, token: Token) -> None:
        self._fail(f"Expected a number, a name or a bracket, got {self._seen(token)!r}.",
                   token.start)  # fmt: skip

    def _seen(self, token: Token) -> str:
        return self._text[token.start : token.end]

    def _fail(self, sentence: str, at: int) -> NoReturn:
        raise FormulaError(sentence, self._text, at)
