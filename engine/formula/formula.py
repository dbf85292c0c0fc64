"""A formula as an object: evaluated, differentiated, compiled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from engine.array import Array
from engine.errors import DomainError, FormulaDomainError, FormulaError, unknown
from engine.formula.build import build
from engine.formula.compiled import Compiled
from engine.formula.parse import Script, parse
from engine.reverse import grad
from engine.tensor import Tensor

Value = Any
"""A number, an array or a tensor: a formula treats all three alike."""


@dataclass(frozen=True)
class Formula:
    """A function that a learner typed, from a closed list of operations.

    Args:
        text: such as "x*sin(x)" or "X.T @ (p - y) / n"; Greek letters, x², · and − are read too.
            Lines or semicolons may give names to parts: "r = x² + y²; exp(-r)".
        arguments: the names that it may use, in the order of a call; None takes those it uses.
        by: the names that it is differentiated by, one after the other; see `derivative`.

    Raises:
        FormulaError: it is no formula, or too large; the error points at the character.

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
    script: Script = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.arguments is not None:
            object.__setattr__(self, "arguments", tuple(self.arguments))
        object.__setattr__(self, "script", parse(self.text, self.arguments))
        for name in sorted(set(self.script.names) & self.script.given.keys()):
            raise FormulaError(f"{name} is used before its line gives it a value.", self.text,
                               self._place(name))  # fmt: skip
        for name in self.by:
            if name not in self.names:
                raise unknown("variable of the formula", name, self.names)

    @property
    def names(self) -> tuple[str, ...]:
        """Its variables, in the order of a call."""
        return self.script.names if self.arguments is None else self.arguments

    @property
    def source(self) -> str:
        """How the text was understood, in plain Python."""
        return self.script.source

    def __call__(self, *values: Value, **named: Value) -> Value:
        """Its value; a graph if any of the values is a tensor, else an array or a number.

        Args:
            values: of the variables, in the order of `names`, then by name; any shapes that fit.

        Raises:
            FormulaDomainError: a function in it is not defined there; names function, domain and
                number, and points at the function.
            FormulaError: a value is missing, no number, or of a shape that does not fit.
            UnknownNameError: a value is given for a name that the formula does not have.

        >>> Formula("w*x + b")(2.0, np.array([1.0, 3.0]), b=1.0).tolist()
        [3.0, 7.0]
        """
        given = self._named(values, named)
        tensors = {name: self._tensor(name, value) for name, value in given.items()}
        result = self.graph(tensors)
        if any(isinstance(value, Tensor) for value in given.values()):
            return result
        return result.value if result.ndim else result.item()

    def graph(self, values: Mapping[str, Tensor], exact: bool = False) -> Tensor:
        """Its value as a tensor, from one tensor for every name; `exact` as in `build`.

        Raises:
            FormulaDomainError, FormulaError: as for a call.

        >>> Formula("x**2").graph({"x": Tensor(3.0)}).op.name
        'square'
        """
        y = build(self.script, values, exact)[self.script.result]
        for name in self.by:
            try:
                (y,) = grad(y if y.shape == () else y.sum(), [values[name]])
            except DomainError as error:
                raise FormulaDomainError(f"Its slope by {name}: {error}", self.text,
                                         self._place(name)) from error  # fmt: skip
        return y

    def derivative(self, name: str) -> "Formula":
        """Its derivative by a variable, itself a formula's equal: it has a derivative, compiles.

        Where the value is an array, that of its sum: for a function number by number the slope at
        every number.

        Raises:
            UnknownNameError: it has no such variable.

        >>> f = Formula("x**3")
        >>> f.derivative("x")(2.0), f.derivative("x").derivative("x")(2.0)
        (12.0, 12.0)
        """
        return replace(self, by=(*self.by, name))

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
        given: dict[str, Value] = dict.fromkeys(names)
        for name in given:
            if name not in self.names:
                raise unknown("variable of the formula", name, self.names)
        self._complete(given)
        return Compiled(self.graph, tuple(given))

    def _named(self, values: Sequence[Value], named: Mapping[str, Value]) -> dict[str, Value]:
        if len(values) > len(self.names):
            raise FormulaError(f"Expected {len(self.names)} values ({', '.join(self.names)}), got "
                               f"{len(values)}.", self.text, 0)  # fmt: skip
        given = dict(zip(self.names, values, strict=False))
        for name, value in named.items():
            if name not in self.names:
                raise unknown("variable of the formula", name, self.names)
            if name in given:
                raise FormulaError(f"Expected one value of {name}, got two.", self.text,
                                   self._place(name))  # fmt: skip
            given[name] = value
        return self._complete(given)

    def _complete(self, given: dict[str, Value]) -> dict[str, Value]:
        for name in self.names:
            if name not in given:
                raise FormulaError(f"{name} has no value: give {name}=….", self.text,
                                   self._place(name))  # fmt: skip
        return given

    def _tensor(self, name: str, value: Value) -> Tensor:
        if isinstance(value, Tensor):
            return value
        try:
            array: Array = np.asarray(value)
        except ValueError:
            array = np.array(None)
        if array.dtype.kind not in "fiub":
            raise FormulaError(f"Expected numbers for {name}, got {type(value).__name__}.",
                               self.text, self._place(name))  # fmt: skip
        return Tensor(array, name)

    def _place(self, name: str) -> int:
        places = (step.at for step in self.script.steps if step.name == name)
        return next(places, 0)
