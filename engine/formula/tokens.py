"""From characters to words, each with its place in the text; whatever is no formula ends here.

The words stand in an order that makes sense when this is done: operands and operators take turns,
brackets match, and nothing is nested deeply. What follows can trust that.
"""

import re
from dataclasses import dataclass
from difflib import get_close_matches
from keyword import iskeyword
from typing import Literal, NamedTuple, NoReturn

from engine.errors import FormulaError
from engine.formula.functions import CONSTANTS, FUNCTIONS
from engine.formula.letters import INSIDE, RAISED, SIGNS, STARTS, in_words

MAX_LENGTH = 1000
MAX_NAME = 40
MAX_BRACKETS = 50

Kind = Literal["number", "name", "sign", "raised", "turned", "end"]
State = Literal["operand", "operator", "either"]

_NUMBER = re.compile(r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_SIGN = re.compile(r"\*\*|<=|>=|==|!=|:=|//|[-+*/@<>=()\[\],:;\n]")
_TURNED = re.compile(r"\.[ \t]*T(?![A-Za-z0-9_])")
_BINARY = {"+", "-", "*", "/", "**", "@", "<", "<=", ">", ">="}
_CLOSING = {"(": ")", "[": "]"}

_HINTS = {
    "==": "Compare with < or >.", "!=": "Compare with < or >.",
    ":=": "Write name = formula on a line of its own.", "//": "Write / for a quotient.",
    "|": "Write abs(x) for |x|.", "&": "Write a*b for both of two conditions.",
    "%": "Write 0.05 for 5 %.", "!": "Factorials are not in the list.",
    "'": "Text has no place in it.", '"': "Text has no place in it.",
    "{": "Write round brackets.", "}": "Write round brackets.",
    "_": "Names begin with a letter.", ".": "Only X.T, the transpose, has a point before a name.",
    "\N{COMBINING CIRCUMFLEX ACCENT}": "The hat belongs behind a letter.",
    "\N{INFINITY}": "Numbers are finite.",
}  # fmt: skip

_WORDS = {"and": "Write a*b for both of two conditions.",
          "or": "Write max(a, b) for one of two conditions.",
          "if": "Write (x > 0)*a + (x <= 0)*b for a choice.",
          "not": "Write 1 - a for the contrary."}  # fmt: skip


class Token(NamedTuple):
    """A word: what it is, how Python writes it, and where in the text it begins and ends."""

    kind: Kind
    text: str
    start: int
    end: int


def tokenize(text: str) -> list[list[Token]]:
    """The words of a formula, statement by statement; the last word of each is its end.

    Raises:
        FormulaError: a character, a word or an order of words that is no formula.

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
    """The word that begins at a place, or None for a space."""
    c = text[i]
    if c in " \t\r\N{NO-BREAK SPACE}":
        return None
    if found := _NUMBER.match(text, i):
        digits = found.group().lstrip("0")  # Python has no 007
        return Token("number", digits if digits[:1].isdigit() else f"0{digits}", i, found.end())
    if c in STARTS:
        return _name(text, i)
    if found := _TURNED.match(text, i):
        return Token("turned", ".T", i, found.end())
    if c in RAISED:
        return _raised(text, i)
    if c in SIGNS:
        kinds: dict[str, Kind] = {"√": "name", "ᵀ": "turned"}
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
    if iskeyword(word):
        hint = _WORDS.get(word, "Write one expression of numbers, names and functions.")
        raise FormulaError(f"A formula has no word {word!r}. {hint}", text, i)
    return Token("name", word, i, end)


def _raised(text: str, i: int) -> Token:
    end = i
    while end < len(text) and text[end] in RAISED:
        end += 1
    digits = "".join(RAISED[c] for c in text[i:end])
    if not re.fullmatch("-?[0-9]+", digits):
        raise FormulaError("Expected a raised number such as ² or ⁻¹.", text, i)
    return Token("raised", f"**{int(digits)}", i, end)


@dataclass
class _Open:
    """A bracket that is not yet closed: which, where, and whether it holds arguments."""

    sign: str
    start: int
    call: bool


class _Reader:
    """Takes word after word and refuses the first that cannot stand where it stands."""

    def __init__(self, text: str) -> None:
        self.statements: list[list[Token]] = []
        self._text = text
        self._line: list[Token] = []
        self._open: list[_Open] = []
        self._state: State = "operand"

    def take(self, token: Token) -> None:
        """Add a word to the statement, or begin a new one."""
        if token.text in (";", "\n"):
            self._separate(token)
            return
        if token.kind in ("number", "name"):
            self._operand(token)
        elif token.kind in ("raised", "turned"):
            self._behind(token)
        elif token.text in _CLOSING:
            self._opening(token)
        elif token.text in _CLOSING.values():
            self._closing(token)
        elif token.text in (",", ":", "="):
            self._between(token)
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
            if self._state != "operator":
                wanted = "ends before" if self._line else "is empty: expected"
                self._fail(f"The formula {wanted} a number, a name or a bracket.", end)
            self._end(end)

    def _end(self, at: int) -> None:
        self.statements.append([*self._line, Token("end", "", at, at)])
        self._line, self._state = [], "operand"

    def _separate(self, token: Token) -> None:
        if self._line and not self._open and self._state == "operator":
            self._end(token.start)
        elif token.text == ";" and (self._line or self._open):
            self._fail("Expected a number, a name or a bracket before ';'.", token.start)

    def _operand(self, token: Token) -> None:
        if self._state == "operator":
            self._adjacent(token)
        self._state = "operator"

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

    def _behind(self, token: Token) -> None:
        last = self._line[-1] if self._line else None
        if self._state != "operator" or last is None:
            self._expected(token)
        assert last is not None
        if last.kind == "name" and last.text in FUNCTIONS:
            self._fail(f"Write {last.text}(x){token.text}, behind the brackets.", token.start)
        if last.kind == "raised" and token.kind == "raised":
            self._fail("Write brackets for a power of a power.", token.start)

    def _opening(self, token: Token) -> None:
        last = self._line[-1] if self._line else None
        call = False
        if self._state == "operator":
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
        self._open.append(_Open(token.text, token.start, call))
        self._state = "operand"

    def _no_function(self, token: Token) -> None:
        word = token.text
        if len(word) == 1 or word in CONSTANTS:
            self._fail(f"{word} is no function. Write {word}*(…) for a product.", token.start)
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
        if self._state == "operand":
            self._expected(token)
        self._state = "operator"

    def _between(self, token: Token) -> None:
        where = self._open[-1] if self._open else None
        if token.text == "=":
            if len(self._line) != 1 or self._line[0].kind != "name" or where:
                self._fail("A single = only gives a name to a value at the start of a line, "
                           "as in m = beta*m + g.", token.start)  # fmt: skip
            self._state = "operand"
        elif token.text == ":":
            if where is None or where.sign != "[":
                self._fail("A formula has no ':' outside of x[1:3].", token.start)
            self._state = "either"
        else:
            if self._state == "operand":
                self._expected(token)
            if where is None or (where.sign == "(" and not where.call):
                self._fail("A comma only parts the arguments of a function. Write decimals with "
                           "a point: 0.5.", token.start)  # fmt: skip
            self._state = "operand"

    def _operator(self, token: Token) -> None:
        if self._state == "operator":
            assert token.text in _BINARY
            if token.text == "**" and self._line[-1].kind == "raised":
                self._fail("Write brackets for a power of a power.", token.start)
            self._state = "operand"
        elif token.text in "+-":
            self._state = "operand"
        else:
            self._expected(token)

    def _expected(self, token: Token) -> None:
        self._fail(f"Expected a number, a name or a bracket, got {self._seen(token)!r}.",
                   token.start)  # fmt: skip

    def _seen(self, token: Token) -> str:
        return self._text[token.start : token.end]

    def _fail(self, sentence: str, at: int) -> NoReturn:
        raise FormulaError(sentence, self._text, at)
