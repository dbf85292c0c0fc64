"""From tokens to operations: a formula as a short list of operations from the closed list.

Python's own `ast` says what binds how; every node of it is then either known here or refused.
Nothing of the text is ever run: an operation names a row of the engine's tables.
"""

import ast
import math
from collections.abc import Collection, Sequence
from difflib import get_close_matches
from typing import NoReturn

from engine.errors import DltutorError, FormulaError
from engine.formula.branches import separate
from engine.formula.functions import COMPARISON_OF, COMPARISONS, CONSTANTS, FUNCTIONS, operation
from engine.formula.letters import ALIASES
from engine.formula.operations import IndexPart, Operation, ParsedFormula
from engine.formula.tokens import Token, tokenize
from engine.tensor import Tensor

MAX_WRITTEN = 250
"""How many numbers, names and operations may be typed."""
MAX_DEPTH = 100
MAX_EXPONENT = 1000
MAX_INDEX = 1_000_000

_BINARY: dict[type[ast.AST], str] = {
    ast.Add: "add", ast.Sub: "subtract", ast.Mult: "multiply", ast.Div: "divide",
    ast.Pow: "power", ast.MatMult: "matmul",
}  # fmt: skip


def parse(text: str, known: Collection[str] | None = None) -> ParsedFormula:
    """Read a formula.

    Lines, separated by a new line or a semicolon, give names to values; the last is the value. Such
    a name stands for its line: it is computed where, and only where, it is used.

    Args:
        text: at most 1000 characters.
        known: the names that it may use; None allows any.

    Raises:
        FormulaError: the text is not a formula, or too large a one; the error points at the
            character.

    >>> formula = parse("s = x + y; s**2/2")
    >>> list(formula.names), formula.source
    (['x', 'y'], 's = x+y; s**2/2')
    >>> [operation.name for operation in formula.operations]
    ['name', 'name', 'add', 'square', 'number', 'divide']
    """
    statements = tokenize(text)
    reader = _Parser(text, None if known is None else frozenset(known))
    sources = [reader.statement(line, line is statements[-1]) for line in statements]
    return reader.formula("; ".join(sources))


class _Parser:
    """Writes the operations of one formula, statement by statement."""

    def __init__(self, text: str, known: frozenset[str] | None) -> None:
        self._text, self._known = text, known
        self._written: list[Operation] = []
        self._names: dict[str, int] = {}
        self._assignments: dict[str, int] = {}
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
        tokens = line[2:] if target else line
        source = "".join(token.text for token in tokens)
        self._origin = [token.start for token in tokens for _ in token.text]
        self._origin.append(tokens[-1].start)
        try:
            self._result = self._value(self._tree(source).body, 0)
        except (MemoryError, RecursionError):  # the caller is deep already, or Python's parser is
            self._fail("The formula is too deep. Give parts a name.", line[0].start)
        if target is None:
            return source
        self._assignments[target.text] = self._result
        return f"{target.text} = {source}"

    def formula(self, source: str) -> ParsedFormula:
        """All that was read and is needed, with every branch on its own."""
        assigned = self._assignments
        state = {name: assigned[name] for name in self._names if name in assigned}
        operations, new = separate(self._text, self._written, [self._result, *state.values()])
        return ParsedFormula(
            self._text, tuple(operations), new[self._result],
            {name: self._written[i].at for name, i in self._names.items()},
            {name: self._written[i].at for name, i in assigned.items()},
            {name: new[i] for name, i in state.items()}, source,
        )  # fmt: skip

    def _check_target(self, target: Token) -> None:
        if target.text in CONSTANTS or target.text in FUNCTIONS:
            self._fail(f"{target.text} has a meaning already. Take another name.", target.start)

    def _tree(self, source: str) -> ast.Expression:
        """Python's reading of a statement, whose tokens are known to stand in order."""
        try:
            return ast.parse(source, mode="eval")
        except SyntaxError as error:
            self._fail("Expected a formula such as x*sin(x), got something else from here on.",
                       self._place((error.offset or 1) - 1))  # fmt: skip

    # One node of Python's tree each.

    def _value(self, node: ast.expr, depth: int) -> int:
        """Write the operations of a node; the number of the last."""
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
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return self._equal_to_zero(self._value(operand, depth + 1), self._start(node))
            case ast.Compare(left=left, ops=ops, comparators=parts) if _are_comparisons(ops):
                return self._compare([left, *parts], ops, depth)
            case ast.BoolOp(op=op, values=values):
                conditions = [self._value(value, depth + 1) for value in values]
                return self._combine(conditions, isinstance(op, ast.And), self._start(node))
            case ast.IfExp(test=test, body=body, orelse=orelse):
                inputs = [self._value(part, depth + 1) for part in (test, body, orelse)]
                return self._emit("where", self._start(test), *inputs)
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
                return self._call(name, args, self._start(node), depth)
            case ast.Attribute(value=inner, attr="T"):
                return self._emit("transpose", self._end(node), self._value(inner, depth + 1))
            case ast.Subscript(value=inner, slice=index):
                return self._indexed(inner, index, depth)
        return self._unknown(node)

    def _unknown(self, node: ast.expr) -> NoReturn:
        self._fail("This is not part of a formula. Write numbers, names, + - * / ** @, brackets "
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
        return self._add(Operation("number", (), at, number=value))

    def _name(self, name: str, at: int) -> int:
        if name in self._assignments:
            return self._assignments[name]
        known, alias = self._known, ALIASES.get(name, "")
        if known is not None and name not in known and alias in known:
            name = alias
        if name in self._assignments:
            return self._assignments[name]
        if name in self._names:
            return self._names[name]
        if name in FUNCTIONS and (known is None or name not in known) and name != "sigma":
            self._fail(f"{name} is a function: write {name}(x).", at)
        if name in CONSTANTS and (known is None or name not in known):
            return self._number(CONSTANTS[name], at)
        if known is not None and name not in known:
            self._fail(_no_name(name, known), at)
        self._names[name] = self._add(Operation("name", (), at, variable=name))
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
        first, *rest = [self._value(arg, depth + 1) for arg in args]
        if function.operation in ("maximum", "minimum"):  # two at a time
            for value in rest:
                first = self._emit(function.operation, at, first, value)
            return first
        return self._emit(function.operation, at, first, *rest)

    def _compare(self, parts: Sequence[ast.expr], ops: Sequence[ast.cmpop], depth: int) -> int:
        """a < b ≤ c is a < b and b ≤ c, in which b stands once."""
        values = [self._value(part, depth + 1) for part in parts]
        places = [self._start(part) for part in parts[1:]]
        comparisons = [
            self._emit(COMPARISON_OF[type(op)], at, a, b)
            for op, at, a, b in zip(ops, places, values[:-1], values[1:], strict=True)
        ]
        return self._combine(comparisons, True, places[0])

    def _combine(self, conditions: Sequence[int], is_and: bool, at: int) -> int:
        """1 where all conditions hold, or any; each is looked at only where it decides."""
        *first, last = conditions
        if not first:
            return last
        if self._written[last].name not in COMPARISONS:
            last = self._emit("not_equal", at, last, self._number(0.0, at))
        for condition in reversed(first):
            decided = self._number(0.0 if is_and else 1.0, at)
            sides = (last, decided) if is_and else (decided, last)
            last = self._emit("where", at, condition, *sides)
        return last

    def _equal_to_zero(self, condition: int, at: int) -> int:
        return self._emit("equal", at, condition, self._number(0.0, at))

    def _binary(self, op: str, a: int, b: int, at: int) -> int:
        if op != "power" or self._written[b].name != "number":
            return self._emit(op, at, a, b)
        p = self._written[b].number
        if abs(p) > MAX_EXPONENT:
            self._fail(f"Expected an exponent of at most {MAX_EXPONENT} in size, got {p:g}.", at)
        if self._written[a].name == "number":
            return self._emit(op, at, a, b)
        if p == 1:
            return a
        if p == -1:  # NumPy, too, takes the shorter way for these
            return self._emit("divide", at, self._number(1.0, at), a)
        short = {0.0: "ones_like", 0.5: "sqrt", 2.0: "square"}.get(p)
        return self._emit(short, at, a) if short else self._emit(op, at, a, b)

    def _indexed(self, inner: ast.expr, index: ast.expr, depth: int) -> int:
        x = self._value(inner, depth + 1)
        parts = index.elts if isinstance(index, ast.Tuple) else [index]
        index_parts = tuple(map(self._index_part, parts))
        return self._add(Operation("index", (x,), self._start(index), index=index_parts))

    def _index_part(self, part: ast.expr) -> IndexPart:
        if isinstance(part, ast.Slice):
            ends = (part.lower, part.upper, part.step)
            start, stop, step = (None if end is None else self._integer(end) for end in ends)
            if step == 0:
                self._fail("Expected a step that is not 0.", self._start(part))
            return start, stop, step
        return self._integer(part)

    def _integer(self, node: ast.expr) -> int:
        negative = isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub)
        number = node.operand if isinstance(node, ast.UnaryOp) and negative else node
        if not isinstance(number, ast.Constant) or type(number.value) is not int:
            self._fail("Expected an integer or a slice such as 1:3 between [ ].",
                       self._start(node))  # fmt: skip
        if number.value > MAX_INDEX:
            self._fail(f"Expected an index of at most {MAX_INDEX}.", self._start(node))
        return -number.value if negative else number.value

    # Operations.

    def _emit(self, name: str, at: int, *inputs: int) -> int:
        """Add an operation; one on numbers alone, or a choice by a number, is decided now."""
        first = self._written[inputs[0]]
        if name == "where" and first.name == "number":
            return inputs[1] if first.number else inputs[2]
        if name == "power" and first.name == "number" and first.number == 1:
            name, inputs = "ones_like", inputs[1:]
        numbers = [self._written[i].number for i in inputs if self._written[i].name == "number"]
        if len(numbers) < len(inputs):
            return self._add(Operation(name, inputs, at))
        value = self._computed(name, numbers, at)
        if not math.isfinite(value):
            self._fail(f"{name}: expected a result below 1.8e308, got {value:g}.", at)
        return self._number(value, at)

    def _computed(self, name: str, numbers: Sequence[float], at: int) -> float:
        try:
            result = operation(name)(*map(Tensor, numbers))
            if name == "power":  # as Python does, whose last digit may be another than NumPy's
                return float(numbers[0] ** numbers[1])
            return result.item()
        except OverflowError:
            return math.inf
        except DltutorError as error:
            self._fail(str(error), at)

    def _add(self, written: Operation) -> int:
        if len(self._written) == MAX_WRITTEN:
            self._fail(f"Expected at most {MAX_WRITTEN} numbers, names and operations.",
                       written.at)  # fmt: skip
        self._written.append(written)
        return len(self._written) - 1

    # Places.

    def _place(self, column: int) -> int:
        return self._origin[min(max(column, 0), len(self._origin) - 1)]

    def _start(self, node: ast.AST) -> int:
        return self._place(getattr(node, "col_offset", 0))

    def _end(self, node: ast.Attribute) -> int:
        return self._place((node.end_col_offset or 2) - 2)

    def _fail(self, sentence: str, at: int) -> NoReturn:
        raise FormulaError(sentence, self._text, at)


def _are_comparisons(ops: Sequence[ast.cmpop]) -> bool:
    return all(type(op) in COMPARISON_OF for op in ops)


def _no_name(name: str, known: Collection[str]) -> str:
    if len(name) > 1 and {*name} <= {*known}:
        return f"No name {name!r} here. For a product write {'*'.join(name)}."
    near = get_close_matches(name, [*known, *CONSTANTS, *FUNCTIONS], n=3, cutoff=0.5)
    listed = f"There are: {', '.join(sorted(known))}." if known else "It may use none."
    return f"No name {name!r} here. " + (f"Did you mean {' or '.join(near)}?" if near else listed)
