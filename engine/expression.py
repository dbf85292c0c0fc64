"""Expressions: how one number is computed from others, as a tree that can be written in many ways.

The rows of `engine.primitives` say with these how their results are written; `engine.explain`
renders them. Python's operators build them, so that notation is written as plain algebra. They
simplify only what is true of all numbers: x + 0, 1·x, x/1, x¹, −(−x), (−a)·b = −(a·b).
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from engine.tracing import Tensor

SUBSCRIPTS = dict(zip("ijklmnop", "ᵢⱼₖₗₘₙₒₚ", strict=True))
"""The letters that sums count with, and how each is written below a Σ."""

SymbolicIndex = tuple[int | str, ...]
"""Where an element lies: one integer per axis, or a letter that a sum counts."""


class Expression:
    """A number, or how it is computed. `parts` are the expressions that it is computed from.

    >>> x = Reference("x")
    >>> (1 * (x - 2) ** 1 + 0).terms[1]
    Negation(operand=Number(value=2.0))
    """

    __slots__ = ()

    @property
    def parts(self) -> tuple["Expression", ...]:
        """What it is computed from; nothing for a leaf."""
        return ()

    def __add__(self, other: "ExpressionLike") -> "Expression":
        a, b = self, expression(other)
        if _is(a, 0):
            return b
        return a if _is(b, 0) else Sum((*_terms(a), *_terms(b)))

    def __radd__(self, other: "ExpressionLike") -> "Expression":
        return expression(other) + self

    def __sub__(self, other: "ExpressionLike") -> "Expression":
        b = expression(other)
        if _is(b, 0) or isinstance(b, Negation):
            return self + -b
        return -b if _is(self, 0) else Sum((*_terms(self), Negation(b)))

    def __rsub__(self, other: "ExpressionLike") -> "Expression":
        return expression(other) - self

    def __mul__(self, other: "ExpressionLike") -> "Expression":
        a, b = self, expression(other)
        for x, y in ((a, b), (b, a)):
            if _is(x, 1):
                return y
            if _is(x, -1):
                return -y
        if isinstance(a, Negation):
            return -(a.operand * b)
        if isinstance(b, Negation):
            return -(a * b.operand)
        return Product((*_factors(a), *_factors(b)))

    def __rmul__(self, other: "ExpressionLike") -> "Expression":
        return expression(other) * self

    def __truediv__(self, other: "ExpressionLike") -> "Expression":
        b = expression(other)
        if _is(b, 1):
            return self
        return -(self.operand / b) if isinstance(self, Negation) else Quotient(self, b)

    def __rtruediv__(self, other: "ExpressionLike") -> "Expression":
        return expression(other) / self

    def __pow__(self, other: "ExpressionLike") -> "Expression":
        n = expression(other)
        return self if _is(n, 1) else Power(self, n)

    def __neg__(self) -> "Expression":
        return Negation(self)

    def __abs__(self) -> "Expression":
        return Absolute(self)

    def __lt__(self, other: "ExpressionLike") -> "Comparison":
        return Comparison("<", self, expression(other))

    def __le__(self, other: "ExpressionLike") -> "Comparison":
        return Comparison("≤", self, expression(other))

    def __gt__(self, other: "ExpressionLike") -> "Comparison":
        return Comparison(">", self, expression(other))

    def __ge__(self, other: "ExpressionLike") -> "Comparison":
        return Comparison("≥", self, expression(other))


ExpressionLike = Expression | float
"""What the operators take: a number stands for itself."""


# Leaves.
@dataclass(frozen=True)
class Number(Expression):
    """A number in the code: shown by its value."""

    value: float

    def __neg__(self) -> Expression:
        return Number(-self.value)


@dataclass(frozen=True)
class Constant(Expression):
    """A number that has a name in all of mathematics: e."""

    name: str
    value: float


E = Constant("e", math.e)


@dataclass(frozen=True)
class Reference(Expression):
    """A number that has a name: the element `index` of `symbol`, and what it is now.

    Args:
        symbol: what its tensor is called.
        index: where in the tensor; with letters it stands for many elements, and has no value.
        value: the number that it is.
        tensor: where it was read; None for a number that lies in no tensor.
    """

    symbol: str
    index: SymbolicIndex = ()
    value: float = field(default=math.nan, compare=False)
    tensor: Tensor | None = field(default=None, compare=False, repr=False)

    @property
    def name(self) -> str:
        """What formulas call it: `x[0, 1]`, or `x` alone."""
        return self.symbol + (f"[{', '.join(map(str, self.index))}]" if self.index else "")

    @property
    def key(self) -> tuple[int | str, SymbolicIndex]:
        """Which number it is, whatever it is called."""
        return (self.symbol if self.tensor is None else self.tensor.serial), self.index


# What is computed from others.
@dataclass(frozen=True)
class Sum(Expression):
    """a + b − c: terms side by side, of which some are negations."""

    terms: tuple[Expression, ...]

    @property
    def parts(self) -> tuple[Expression, ...]:
        """Its terms without their signs."""
        return tuple(t.operand if isinstance(t, Negation) else t for t in self.terms)


@dataclass(frozen=True)
class Negation(Expression):
    """−x."""

    operand: Expression

    @property
    def parts(self) -> tuple[Expression, ...]:
        """x."""
        return (self.operand,)

    def __neg__(self) -> Expression:
        return self.operand


@dataclass(frozen=True)
class Product(Expression):
    """a·b·c."""

    factors: tuple[Expression, ...]

    @property
    def parts(self) -> tuple[Expression, ...]:
        """Its factors."""
        return self.factors


@dataclass(frozen=True)
class Quotient(Expression):
    """a/b."""

    numerator: Expression
    denominator: Expression

    @property
    def parts(self) -> tuple[Expression, ...]:
        """Both of its sides."""
        return self.numerator, self.denominator


@dataclass(frozen=True)
class Power(Expression):
    """xⁿ: a square, a root (n = 1/2) and eˣ as well."""

    base: Expression
    exponent: Expression

    @property
    def parts(self) -> tuple[Expression, ...]:
        """Base and exponent."""
        return self.base, self.exponent


@dataclass(frozen=True)
class Absolute(Expression):
    """|x|."""

    operand: Expression

    @property
    def parts(self) -> tuple[Expression, ...]:
        """x."""
        return (self.operand,)


@dataclass(frozen=True)
class Function:
    """A function's name in code, in formulas and in LaTeX, where these differ."""

    name: str
    letters: str = ""
    latex: str = ""


SIGMOID, LN = Function("sigmoid", "σ", r"\sigma"), Function("log", "ln", r"\ln")
MAX, MIN = Function("max", latex=r"\max"), Function("min", latex=r"\min")


@dataclass(frozen=True)
class Call(Expression):
    """f(x, …).

    >>> Call(MAX, (Number(0.0), Reference("x"))).parts[1].name
    'x'
    """

    function: Function
    arguments: tuple[Expression, ...]

    @property
    def parts(self) -> tuple[Expression, ...]:
        """Its arguments."""
        return self.arguments


@dataclass(frozen=True)
class Series(Expression):
    """Many terms of one form: Σₖ `pattern`, with k in the place of an index; or only the terms.

    `letters` are counted from 0 up to `sizes`; without a pattern there are none.
    """

    terms: tuple[Expression, ...]
    letters: str = ""
    sizes: tuple[int, ...] = ()
    pattern: Expression | None = None

    @property
    def parts(self) -> tuple[Expression, ...]:
        """Its terms."""
        return self.terms


@dataclass(frozen=True)
class Comparison(Expression):
    """a < b: true or false."""

    relation: str
    left: Expression
    right: Expression

    @property
    def parts(self) -> tuple[Expression, ...]:
        """Both of its sides."""
        return self.left, self.right


@dataclass(frozen=True)
class Case(Expression):
    """a if the condition holds, else b."""

    condition: Comparison
    then: Expression
    otherwise: Expression

    @property
    def parts(self) -> tuple[Expression, ...]:
        """What is chosen, the condition, and what is chosen otherwise."""
        return self.then, self.condition, self.otherwise


# How they are built.
def expression(x: ExpressionLike) -> Expression:
    """x itself, or a number as an expression.

    >>> expression(2)
    Number(value=2.0)
    """
    return x if isinstance(x, Expression) else Number(float(x))


def _is(x: Expression, value: float) -> bool:
    return isinstance(x, Number) and x.value == value


def _terms(x: Expression) -> tuple[Expression, ...]:
    return x.terms if isinstance(x, Sum) else (x,)


def _factors(x: Expression) -> tuple[Expression, ...]:
    return x.factors if isinstance(x, Product) else (x,)


def ln(x: Expression) -> Expression:
    """The natural logarithm.

    >>> ln(Reference("x")).function.letters
    'ln'
    """
    return Call(LN, (x,))


def maximum(*xs: ExpressionLike) -> Expression:
    """The largest of some numbers; of one, that one.

    >>> maximum(Reference("x")).name
    'x'
    """
    return Call(MAX, tuple(map(expression, xs))) if len(xs) > 1 else expression(xs[0])


def minimum(*xs: ExpressionLike) -> Expression:
    """The smallest of some numbers.

    >>> minimum(1, Reference("x")).function.name
    'min'
    """
    return Call(MIN, tuple(map(expression, xs)))


def choose(condition: Comparison, then: ExpressionLike, otherwise: ExpressionLike) -> Expression:
    """One of two numbers.

    >>> choose(Reference("x") > 0, 1, 0).condition.relation
    '>'
    """
    return Case(condition, expression(then), expression(otherwise))


def sum_of(terms: Iterable[Expression]) -> Expression:
    """Some terms, few or many, without those that are 0.

    >>> sum_of([]), sum_of([Number(0.0), Reference("x")]).name
    (Number(value=0.0), 'x')
    """
    some = tuple(term for term in terms if not _is(term, 0))
    if len(some) < 2:
        return some[0] if some else Number(0.0)
    return Series(some)
