"""From words to steps: a formula as a short list of operations from the closed list.

Python's own `ast` says what binds how; every node of it is then either known here or refused.
Nothing of the text is ever run: a step names a row of `FUNCTIONS` or `OPERATORS`.
"""

import ast
import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import NoReturn

from engine.errors import DltutorError, FormulaError
from engine.formula.functions import CONSTANTS, FUNCTIONS, OPERATORS
from engine.formula.letters import ALIASES
from engine.formula.tokens import Token, tokenize
from engine.tensor import Tensor

MAX_STEPS = 250
MAX_DEPTH = 100
MAX_EXPONENT = 1000
MAX_INDEX = 1_000_000

Pick = int | tuple[int | None, int | None, int | None]
"""One part of an index: a whole number, or a slice as start, stop and step."""


@dataclass(frozen=True, slots=True)
class Step:
    """One operation: what is done to the results of which earlier steps.

    `op` is "number", "name", "pick" or a row of `FUNCTIONS` or `OPERATORS`; `at` is the place in
    the text that an error points to.
    """

    op: str
    inputs: tuple[int, ...]
    at: int
    number: float = math.nan
    name: str = ""
    index: tuple[Pick, ...] = ()


@dataclass(frozen=True)
class Script:
    """A formula that was read.

    `result` is the number of the step that is its value; `names` are its free names, in the order
    of their first use; `given` tells the last step of each name that a line of it gives a value to;
    `source` is how it was understood, in plain Python.
    """

    text: str
    steps: tuple[Step, ...]
    result: int
    names: tuple[str, ...]
    given: dict[str, int]
    source: str


_BINARY: dict[type[ast.AST], str] = {
    ast.Add: "add", ast.Sub: "subtract", ast.Mult: "multiply", ast.Div: "divide",
    ast.Pow: "power", ast.MatMult: "matmul",
}  # fmt: skip


def parse(text: str, known: Collection[str] | None = None) -> Script:
    """Read a formula.

    Lines, parted by a new line or a semicolon, give names to values; the last is the value.

    Args:
        text: at most 1000 characters.
        known: the names that it may use; None allows any.

    Raises:
        FormulaError: it is none, or too large; the error points at the character.

    >>> script = parse("s = x + y; s**2/2")
    >>> script.names, script.source
    (('x', 'y'), 's = x+y; s**2/2')
    >>> [step.op for step in script.steps]
    ['name', 'name', 'add', 'square', 'number', 'divide']
    """
    statements = tokenize(text)
    reader = _Parser(text, None if known is None else frozenset(known))
    sources = [reader.statement(line, line is statements[-1]) for line in statements]
    return reader.script("; ".join(sources))


class _Parser:
    """Writes the steps of one formula, statement by statement."""

    def __init__(self, text: str, known: frozenset[str] | None) -> None:
        self._text, self._known = text, known
        self._steps: list[Step] = []
        self._names: dict[str, int] = {}
        self._given: dict[str, int] = {}
        self._origin: list[int] = []
        self._result = 0

    def statement(self, line: Sequence[Token], last: bool) -> str:
        """Read one statement; its text in plain Python."""
        target = line[0] if line[1].text == "=" else None
        if target is None and not last:
            self._fail("Only the last line may be without a name: write name = … before it.",
                       line[0].start)  # fmt: skip
        if target is not None:
            self._check_target(target)
        words = line[2:] if target else line
        source = "".join(token.text for token in words)
        self._origin = [token.start for token in words for _ in token.text]
        self._origin.append(words[-1].start)
        try:
            self._result = self._value(self._tree(source).body, 0)
        except (MemoryError, RecursionError):  # the caller is deep already, or Python's parser is
            self._fail("The formula is too deep. Give parts a name.", line[0].start)
        if target is None:
            return source
        self._given[target.text] = self._result
        return f"{target.text} = {source}"

    def script(self, source: str) -> Script:
        """All that was read, without steps that nothing needs."""
        needed = {self._result, *self._given.values(), *self._names.values()}
        for i in range(len(self._steps) - 1, -1, -1):
            if i in needed:
                needed.update(self._steps[i].inputs)
        new = {old: i for i, old in enumerate(sorted(needed))}
        steps = [self._steps[old] for old in new]
        return Script(
            self._text,
            tuple(Step(s.op, tuple(new[i] for i in s.inputs), s.at, s.number, s.name, s.index)
                  for s in steps),
            new[self._result], tuple(self._names),
            {name: new[i] for name, i in self._given.items()}, source,
        )  # fmt: skip

    def _check_target(self, target: Token) -> None:
        if target.text in CONSTANTS or target.text in FUNCTIONS:
            self._fail(f"{target.text} has a meaning already. Take another name.", target.start)

    def _tree(self, source: str) -> ast.Expression:
        """Python's reading of a statement, of which the words are known to stand in order."""
        try:
            return ast.parse(source, mode="eval")
        except SyntaxError as error:
            self._fail("Expected a formula such as x*sin(x), got something else from here on.",
                       self._place((error.offset or 1) - 1))  # fmt: skip

    # One node of Python's tree each.

    def _value(self, node: ast.expr, depth: int) -> int:
        """Write the steps of a node; the number of its last."""
        if depth > MAX_DEPTH:
            self._fail(f"Expected at most {MAX_DEPTH} operations in one another. Give parts a "
                       "name.", self._start(node))  # fmt: skip
        match node:
            case ast.Constant(value=int() | float() as number):
                return self._literal(number, self._start(node))
            case ast.Name(id=name):
                return self._name(name, self._start(node))
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return self._value(operand, depth + 1)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return self._emit("negative", self._start(node), self._value(operand, depth + 1))
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
                a, b = self._value(left, depth + 1), self._value(right, depth + 1)
                return self._binary(_BINARY[type(op)], a, b, self._start(right))
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return self._compared(left, op, right, depth)
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
                return self._call(name, args, self._start(node), depth)
            case ast.Attribute(value=inner, attr="T"):
                return self._emit("transpose", self._end(node), self._value(inner, depth + 1))
            case ast.Subscript(value=inner, slice=index):
                return self._pick(inner, index, depth)
        return self._unknown(node)

    def _unknown(self, node: ast.expr) -> NoReturn:
        if isinstance(node, ast.Compare):
            self._fail("Write (a < x) * (x < b) for a < x < b.", self._start(node.comparators[0]))
        self._fail("This is no part of a formula. Write numbers, names, + - * / ** @, brackets "
                   "and functions.", self._start(node))  # fmt: skip

    def _literal(self, number: int | float, at: int) -> int:
        try:
            value = float(number)
        except OverflowError:
            value = math.inf
        return self._number(value, at)

    def _number(self, value: float, at: int) -> int:
        if not math.isfinite(value):
            self._fail("The number is too large: expected less than 1.8e308.", at)
        return self._add(Step("number", (), at, number=value))

    def _name(self, name: str, at: int) -> int:
        if name in self._given:
            return self._given[name]
        known, alias = self._known, ALIASES.get(name, "")
        if known is not None and name not in known and alias in known:
            name = alias
        if name in self._given:
            return self._given[name]
        if name in self._names:
            return self._names[name]
        if name in FUNCTIONS and (known is None or name not in known) and name != "sigma":
            self._fail(f"{name} is a function: write {name}(x).", at)
        if name in CONSTANTS and (known is None or name not in known):
            return self._number(CONSTANTS[name], at)
        if known is not None and name not in known:
            self._fail(_no_name(name, known), at)
        self._names[name] = self._add(Step("name", (), at, name=name))
        return self._names[name]

    def _call(self, name: str, args: Sequence[ast.expr], at: int, depth: int) -> int:
        if name not in FUNCTIONS:
            self._fail(f"No function is called {name!r}.", at)
        function = FUNCTIONS[name]
        if not function.least <= len(args) <= function.most:
            wanted = (f"{function.least}" if function.least == function.most
                      else f"{function.least} to {function.most}")  # fmt: skip
            self._fail(f"{name}: expected {wanted} argument{'s' * (function.most > 1)}, "
                       f"got {len(args)}.", at)  # fmt: skip
        inputs = [self._value(arg, depth + 1) for arg in args]
        return self._emit(name, at, *inputs)

    def _compared(self, left: ast.expr, op: ast.cmpop, right: ast.expr, depth: int) -> int:
        """a < b is 1 where the sign of b − a is 1, else 0."""
        at = self._start(right)
        a, b = self._value(left, depth + 1), self._value(right, depth + 1)
        if isinstance(op, ast.Gt | ast.GtE):
            a, b = b, a
        or_equal = isinstance(op, ast.LtE | ast.GtE)
        difference = (
            self._emit("subtract", at, a, b) if or_equal else self._emit("subtract", at, b, a)
        )
        step = self._emit("relu", at, self._emit("sign", at, difference))
        return self._emit("subtract", at, self._number(1.0, at), step) if or_equal else step

    def _binary(self, op: str, a: int, b: int, at: int) -> int:
        if op != "power" or self._steps[b].op != "number":
            return self._emit(op, at, a, b)
        p = self._steps[b].number
        if abs(p) > MAX_EXPONENT:
            self._fail(f"Expected an exponent of at most {MAX_EXPONENT} in size, got {p:g}.", at)
        if self._steps[a].op == "number":
            return self._emit(op, at, a, b)
        if p == 1:
            return a
        if p == -1:  # NumPy, too, takes the shorter way for these
            return self._emit("divide", at, self._number(1.0, at), a)
        short = {0.0: "ones_like", 0.5: "sqrt", 2.0: "square"}.get(p)
        return self._emit(short, at, a) if short else self._emit(op, at, a, b)

    def _pick(self, inner: ast.expr, index: ast.expr, depth: int) -> int:
        x = self._value(inner, depth + 1)
        parts = index.elts if isinstance(index, ast.Tuple) else [index]
        return self._add(
            Step("pick", (x,), self._start(index), index=tuple(map(self._part, parts)))
        )

    def _part(self, part: ast.expr) -> Pick:
        if isinstance(part, ast.Slice):
            ends = (part.lower, part.upper, part.step)
            start, stop, step = (None if end is None else self._whole(end) for end in ends)
            if step == 0:
                self._fail("Expected a step that is not 0.", self._start(part))
            return start, stop, step
        return self._whole(part)

    def _whole(self, node: ast.expr) -> int:
        negative = isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub)
        number = node.operand if isinstance(node, ast.UnaryOp) and negative else node
        if not isinstance(number, ast.Constant) or type(number.value) is not int:
            self._fail("Expected a whole number or a slice such as 1:3 between [ ].",
                       self._start(node))  # fmt: skip
        if number.value > MAX_INDEX:
            self._fail(f"Expected an index of at most {MAX_INDEX}.", self._start(node))
        return -number.value if negative else number.value

    # Steps.

    def _emit(self, op: str, at: int, *inputs: int) -> int:
        """Add an operation; one on numbers alone is reckoned now."""
        numbers = [self._steps[i].number for i in inputs if self._steps[i].op == "number"]
        if len(numbers) < len(inputs):
            return self._add(Step(op, inputs, at))
        value = self._reckoned(op, numbers, at)
        if not math.isfinite(value):
            self._fail(f"{op}: expected a result below 1.8e308, got {value:g}.", at)
        return self._number(value, at)

    def _reckoned(self, op: str, numbers: Sequence[float], at: int) -> float:
        row = FUNCTIONS.get(op) or OPERATORS[op]
        try:
            result = row.f(*map(Tensor, numbers))
            if op == "power":  # as Python does, whose last digit may be another than NumPy's
                return float(numbers[0] ** numbers[1])
            return result.item()
        except OverflowError:
            return math.inf
        except DltutorError as error:
            self._fail(str(error), at)

    def _add(self, step: Step) -> int:
        if len(self._steps) == MAX_STEPS:
            self._fail(f"Expected at most {MAX_STEPS} numbers, names and operations.", step.at)
        self._steps.append(step)
        return len(self._steps) - 1

    # Places.

    def _place(self, column: int) -> int:
        return self._origin[min(max(column, 0), len(self._origin) - 1)]

    def _start(self, node: ast.AST) -> int:
        return self._place(getattr(node, "col_offset", 0))

    def _end(self, node: ast.Attribute) -> int:
        return self._place((node.end_col_offset or 2) - 2)

    def _fail(self, sentence: str, at: int) -> NoReturn:
        raise FormulaError(sentence, self._text, at)


def _no_name(name: str, known: Collection[str]) -> str:
    if len(name) > 1 and {*name} <= {*known}:
        return f"No name {name!r} here. For a product write {'*'.join(name)}."
    near = get_close_matches(name, [*known, *CONSTANTS, *FUNCTIONS], n=3, cutoff=0.5)
    listed = f"There are: {', '.join(sorted(known))}." if known else "It may use none."
    return f"No name {name!r} here. " + (f"Did you mean {' or '.join(near)}?" if near else listed)
