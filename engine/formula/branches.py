"""Branches kept apart: a choice never computes, and never differentiates, the side not taken.

`where(c, a, b)` alone is not enough. The side that is not taken would be computed at numbers for
which it is not defined, and in a gradient its cotangent 0 would meet a slope of ∞: 0·∞ = NaN. So a
branch is computed from its own variables, in which NaN stands wherever it is not taken:

    where(c, log(x), x)   →   where(c, log(where(c, x, NaN)), x)

NaN is in every domain, so only the numbers that a branch is taken for are checked. And no gradient
gets across: the branch touches the rest of the formula in `where` alone, at its result and at its
variables, and the derivative of a `where` is a `where` with the same condition, which replaces
whatever came from the side not taken by 0. That holds for every order of derivative, since
derivatives are graph made of the same steps.

What does not pass NaN on (comparisons, inner choices, x**0) gets NaN put back. What works on whole
arrays, such as a sum, would mix the numbers taken with the others: within a branch it is computed
for the whole array if the branch is taken anywhere, else for NaN.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

from engine.errors import FormulaError
from engine.formula.functions import COMPARISONS, NUMBERS_FROM_NAN, is_elementwise
from engine.formula.operations import Operation

MAX_OPERATIONS = 1000
"""How many operations a formula may have once its branches are apart."""

ANYWHERE = -1
"""In the place of a choice's number: wherever the branch around is taken anywhere."""

WHERE_TAKEN = -2
"""In the place of an operation's number: 1 where the branch is taken, else 0."""

Branch = tuple[tuple[int, bool], ...]
"""Which sides of which choices, the outermost first; () is outside of all choices."""


def separate(
    text: str, operations: Sequence[Operation], roots: Iterable[int]
) -> tuple[list[Operation], dict[int, int]]:
    """The operations that some results need, those of each branch on its own variables.

    Args:
        text: the formula, for an error.
        operations: as they were written, each after its inputs.
        roots: the numbers of the results that are needed.

    Returns:
        The operations, and for every root its number among them.

    Raises:
        FormulaError: more than 1000 operations.

    >>> x, zero, log = (Operation(*row) for row in [("name",), ("number",), ("log", (0,))])
    >>> written = [x, zero, Operation("greater", (0, 1)), log, Operation("where", (2, 3, 0))]
    >>> [operation.name for operation in separate("", written, [4])[0]]
    ['name', 'number', 'greater', 'number', 'where', 'log', 'where']
    """
    writer = _Separator(text, operations)
    numbers = {root: writer.number(root) for root in roots}
    return writer.written, numbers


class _Separator:
    """Writes each operation once for every branch that needs it."""

    def __init__(self, text: str, operations: Sequence[Operation]) -> None:
        self._text, self._operations = text, operations
        self._done: dict[tuple[int, Branch], int] = {}
        self._constants: dict[str, int] = {}
        self.written: list[Operation] = []

    def number(self, root: int) -> int:
        """The number of a result outside of all branches, after writing what it needs."""
        stack: list[tuple[int, Branch]] = [(root, ())]
        while stack:
            key = stack[-1]
            missing = [need for need in self._needs(*key) if need not in self._done]
            if missing:
                stack.extend(reversed(missing))
                continue
            stack.pop()
            if key not in self._done:
                self._done[key] = self._write(*key)
        return self._done[root, ()]

    def _needs(self, what: int, branch: Branch) -> list[tuple[int, Branch]]:
        """What has to be written before: the inputs, and where the branch is taken."""
        outer = branch[:-1]
        if what == WHERE_TAKEN:
            needs = [(WHERE_TAKEN, outer)] if outer else []
            choice, _ = branch[-1]
            if choice != ANYWHERE:
                needs.append((self._operations[choice].inputs[0], outer))
            return needs
        needs = self._inputs(what, branch)
        return [*needs, (WHERE_TAKEN, branch)] if self._is_masked(what, branch) else needs

    def _inputs(self, what: int, branch: Branch) -> list[tuple[int, Branch]]:
        """The inputs of an operation, each with the branch that it is computed in."""
        operation = self._operations[what]
        if operation.name == "where":
            condition, *sides = operation.inputs
            return [(condition, branch)] + [
                (i, branch if self._operations[i].name == "name" else (*branch, (what, side)))
                for i, side in zip(sides, (True, False), strict=True)
            ]
        if branch and branch[-1][0] != ANYWHERE and not is_elementwise(operation.name):
            branch = (*branch, (ANYWHERE, True))
        return [(i, branch) for i in operation.inputs]

    def _is_masked(self, what: int, branch: Branch) -> bool:
        """Whether NaN has to be put where the branch is not taken."""
        name = self._operations[what].name
        return (
            bool(branch)
            and name != "number"
            and (name in NUMBERS_FROM_NAN or not is_elementwise(name))
        )

    def _write(self, what: int, branch: Branch) -> int:
        if what == WHERE_TAKEN:
            return self._taken(branch)
        operation = self._operations[what]
        if branch and not operation.inputs:  # a variable or a number, written once
            number = self._once(what)
        else:
            inputs = tuple([self._done[need] for need in self._inputs(what, branch)])
            same = inputs == operation.inputs
            number = self._add(operation if same else replace(operation, inputs=inputs))
        if not self._is_masked(what, branch):
            return number
        taken = self._done[WHERE_TAKEN, branch]
        return self._add(_where(taken, number, self._constant(math.nan), operation.at))

    def _once(self, what: int) -> int:
        """A variable or a number outside of all branches."""
        if (what, ()) not in self._done:
            self._done[what, ()] = self._add(self._operations[what])
        return self._done[what, ()]

    def _taken(self, branch: Branch) -> int:
        """1 where a branch is taken, else 0."""
        (choice, side), outer = branch[-1], branch[:-1]
        if choice == ANYWHERE:
            return self._add(Operation("any", (self._done[WHERE_TAKEN, outer],)))
        operation = self._operations[choice]
        condition = self._done[operation.inputs[0], outer]
        if side and not outer and self.written[condition].name in COMPARISONS:
            return condition
        one = self._done[WHERE_TAKEN, outer] if outer else self._constant(1.0)
        sides = (one, self._constant(0.0)) if side else (self._constant(0.0), one)
        return self._add(_where(condition, *sides, operation.at))

    def _constant(self, number: float) -> int:
        key = repr(number)
        if key not in self._constants:
            self._constants[key] = self._add(Operation("number", number=number))
        return self._constants[key]

    def _add(self, operation: Operation) -> int:
        if len(self.written) == MAX_OPERATIONS:
            raise FormulaError(f"Expected at most {MAX_OPERATIONS} operations in all branches "
                               "together. Nest fewer of them.", self._text,
                               operation.at)  # fmt: skip
        self.written.append(operation)
        return len(self.written) - 1


def _where(condition: int, a: int, b: int, at: int) -> Operation:
    return Operation("where", (condition, a, b), at)
