"""A formula as an object: evaluated, differentiated, compiled."""

from collections.abc import Collection, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from engine.array import Array
from engine.errors import DomainError, FormulaDomainError, FormulaError, unknown
from engine.formula.build import advice, build
from engine.formula.compiled import Compiled
from engine.formula.operations import Mode, ParsedFormula
from engine.formula.parse import parse
from engine.reverse import grad
from engine.tensor import Tensor

Numeric = Any
"""A number, an array or a tensor: a formula treats all three alike."""


@dataclass(frozen=True)
class Formula:
    """A function that a learner typed, from a closed list of operations.

    Args:
        text: such as "x*sin(x)" or "X.T @ (p - y) / n"; Greek letters, x², · and − are read too.
            Lines or semicolons may give names to parts: "r = x² + y²; exp(-r)". A choice is
            where(x > 0, log(x), x), or log(x) if x > 0 else x, with comparisons such as
            0 < x <= 1, and, or, not; each side is computed, checked and differentiated only where
            it is taken.
        arguments: the names that it may use, in the order of a call; None takes those it uses.
        by: the names that it is differentiated by, one after the other; see `derivative`.

    Raises:
        FormulaError: it is not a formula, or too large; the error points at the character.

    >>> f = Formula("x*sin(x)")
    >>> f(0.5), f.derivative("x")(np.array([0.0, 0.5])).round(6).tolist()
    (0.2397127693021015, [0.0, 0.918217])
    >>> Formula("2x")
    Traceback (most recent call last):
    engine.errors.FormulaError: Write 2*x for a product.
      2x
       ^
    """

    text: str
    arguments: tuple[str, ...] | None = None
    by: tuple[str, ...] = ()
    parsed: ParsedFormula = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.arguments is not None:
            object.__setattr__(self, "arguments", tuple(self.arguments))
        object.__setattr__(self, "parsed", parse(self.text, self.arguments))
        for name in sorted(self.parsed.state):
            raise FormulaError(f"{name} is used before its line gives it a value.", self.text,
                               self._place(name))  # fmt: skip
        for name in self.by:
            self._require(name)

    @property
    def names(self) -> tuple[str, ...]:
        """Its variables, in the order of a call."""
        return tuple(self.parsed.names) if self.arguments is None else self.arguments

    @property
    def source(self) -> str:
        """How the text was understood, in plain Python."""
        return self.parsed.source

    def __call__(self, *values: Numeric, **named: Numeric) -> Numeric:
        """Its value; a graph if any of the values is a tensor, else an array or a number.

        Complex numbers and duals go through the same graph, built on their real parts.

        Args:
            values: of the variables, in the order of `names`, then by name; any shapes that fit.

        Raises:
            FormulaDomainError: a function in it is not defined there; names function, domain and
                number, and points at the function.
            FormulaError: a value is missing, not a number, or of a shape that does not fit.
            DomainError: a function has no form for complex numbers or for duals.
            UnknownNameError: a value is given for a name that the formula does not have.

        >>> Formula("w*x + b")(2.0, np.array([1.0, 3.0]), b=1.0).tolist()
        [3.0, 7.0]
        """
        assigned = self._by_name(values, named)
        other: dict[Tensor, Numeric] = {}
        tensors = {name: self._tensor(name, value, other) for name, value in assigned.items()}
        has_tensor = any(isinstance(value, Tensor) for value in assigned.values())
        if other and has_tensor:
            raise FormulaError("Expected tensors, or complex numbers and duals, got both.",
                               self.text, 0)  # fmt: skip
        result = self.graph(tensors)
        if has_tensor:
            return result
        if other:
            from engine.formula.other_numbers import evaluated_at  # seldom needed, and loads much

            return evaluated_at(result, other)
        return np.array(result.value) if result.ndim else result.item()

    def graph(self, variables: Mapping[str, Tensor], mode: Mode = "checked") -> Tensor:
        """Its value as a tensor, from a tensor for every name; `mode` as in `build`.

        Raises:
            FormulaDomainError, FormulaError: as for a call.

        >>> Formula("x**2").graph({"x": Tensor(3.0)}).op.name
        'square'
        """
        y = build(self.parsed, variables, mode)[self.parsed.result]
        for name in self.by:
            try:
                (y,) = grad(y if y.shape == () else y.sum(), [variables[name]])
            except DomainError as error:
                sentence = f"Its slope by {name}: {error}{advice(self.parsed)}"
                raise FormulaDomainError(sentence, self.text, self._place(name)) from error
        return y

    def derivative(self, name: str) -> "Formula":
        """Its derivative by a variable, again a formula: it has a derivative, and compiles.

        Where the value is an array, that of its sum: for an elementwise function the slope at
        every number. At a number where two sides of a choice meet, that of the side taken.

        Raises:
            UnknownNameError: it has no such variable.

        >>> f = Formula("x**3")
        >>> f.derivative("x")(2.0), f.derivative("x").derivative("x")(2.0)
        (12.0, 12.0)
        """
        self._require(name)
        derivative = copy(self)  # what was read once need not be read again
        object.__setattr__(derivative, "by", (*self.by, name))
        return derivative

    def compile(self, names: Sequence[str] | None = None) -> Compiled:
        """A function of arrays that runs as straight-line NumPy, in the order of `names`.

        It agrees bit for bit with the same function written in NumPy, but for matrix products and
        what runs along rows, whose sums may be rounded in another order. Out of its domain it
        gives inf and NaN.

        Raises:
            UnknownNameError: a name that the formula does not have.
            FormulaError: a name that is missing.

        >>> Formula("a*x**2").compile(["x", "a"])([1.0, 2.0], 3.0).tolist()
        [3.0, 12.0]
        """
        names = self.names if names is None else tuple(names)
        names = tuple(dict.fromkeys(names))
        for name in names:
            self._require(name)
        self._require_all(names)
        return Compiled(self.graph, names)

    def _by_name(
        self, values: Sequence[Numeric], named: Mapping[str, Numeric]
    ) -> dict[str, Numeric]:
        if len(values) > len(self.names):
            raise FormulaError(f"Expected {len(self.names)} values ({', '.join(self.names)}), got "
                               f"{len(values)}.", self.text, 0)  # fmt: skip
        assigned = dict(zip(self.names, values, strict=False))
        for name, value in named.items():
            self._require(name)
            if name in assigned:
                raise FormulaError(f"Expected one value of {name}, got two.", self.text,
                                   self._place(name))  # fmt: skip
            assigned[name] = value
        self._require_all(assigned)
        return assigned

    def _require(self, name: str) -> None:
        if name not in self.names:
            raise unknown("variable of the formula", name, self.names)

    def _require_all(self, assigned: Collection[str]) -> None:
        for name in self.names:
            if name not in assigned:
                raise FormulaError(f"{name} has no value: give {name}=….", self.text,
                                   self._place(name))  # fmt: skip

    def _tensor(self, name: str, value: Numeric, other: dict[Tensor, Numeric]) -> Tensor:
        """A value as a leaf; of complex numbers and duals the real part, noted in `other`."""
        if isinstance(value, Tensor):
            return value
        try:
            array: Array = np.asarray(value)
        except ValueError:
            array = np.array(None)
        if array.dtype.kind in "fiub":
            return Tensor(array, name)
        from engine.formula.other_numbers import real_part

        real = real_part(array)
        if real is None:
            raise FormulaError(f"Expected numbers for {name}, got {type(value).__name__}.",
                               self.text, self._place(name))  # fmt: skip
        leaf = Tensor(real, name)
        other[leaf] = value if array.dtype.kind == "O" else array
        return leaf

    def _place(self, name: str) -> int:
        return self.parsed.names.get(name, 0)
