"""A function with a name and with numbers that can be bound: what rules and schedules are."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from inspect import Parameter, Signature, getsource
from typing import Any

from engine.errors import DomainError, unknown
from engine.tensor import Tensor
from engine.validate import real, shown

Constraint = tuple[str, Callable[[Any], Any]]
"""What a number must satisfy: in words, with {} for its name, and as a test (of arrays too)."""

POSITIVE: Constraint = ("{} > 0", lambda x: x > 0)
NOT_NEGATIVE: Constraint = ("{} ≥ 0", lambda x: x >= 0)
DECAY_RATE: Constraint = ("0 ≤ {} < 1", lambda x: (x >= 0) & (x < 1))


def check_numbers(
    owner: str,
    kind: str,
    values: Mapping[str, object],
    known: Iterable[str],
    constraints: Mapping[str, Constraint],
) -> None:
    """Refuse a name that is not known, and what is not a finite number or violates its constraint.

    A number without a constraint is positive. Tensors pass: their value may still change.

    >>> check_numbers("sgd", "hyperparameter", {"lr": 0}, ["lr"], {})
    Traceback (most recent call last):
    engine.errors.DomainError: sgd: expected lr > 0, got 0.
    """
    for name, value in values.items():
        if name not in known:
            raise unknown(f"{kind} of {owner}", name, known)
        text, holds = constraints.get(name, POSITIVE)
        if isinstance(value, Tensor):
            continue
        number = real(value)
        if number is None or not holds(number):
            finite = "a finite " if shown(value) == "inf" else ""
            raise DomainError(f"{owner}: expected {finite}{text.format(name)}, got {shown(value)}.")


def describe(
    thing: object,
    function: Callable[..., object],
    arguments: Iterable[str],
    optional: Mapping[str, object],
    named: Mapping[str, object],
) -> None:
    """Give a callable record what help(), inspect and doctest read, with the values in force.

    Args:
        thing: a frozen dataclass with a name, callable as the function is.
        function: whose documentation and source are shown.
        arguments: names of those without a default.
        optional: positional ones with their defaults.
        named: keyword-only ones with their defaults.

    >>> from inspect import signature
    >>> from engine.optim import sgd
    >>> signature(sgd), signature(sgd(lr=0.5))
    (<Signature (w, g, t, /, *, lr=0.1)>, <Signature (w, g, t, /, *, lr=0.5)>)
    """
    first, last = Parameter.POSITIONAL_ONLY, Parameter.KEYWORD_ONLY
    parameters = [
        *(Parameter(name, first) for name in arguments),
        *(Parameter(name, first, default=value) for name, value in optional.items()),
        *(Parameter(name, last, default=value) for name, value in named.items()),
    ]
    for name, value in {
        "__doc__": function.__doc__,
        "__module__": function.__module__,
        "__name__": function.__name__,
        "__wrapped__": function,
        "__signature__": Signature(parameters),
    }.items():
        object.__setattr__(thing, name, value)


@dataclass(frozen=True, repr=False)
class AbstractParametric(ABC):
    """A function with named numbers, shown as the call that binds them.

    Args:
        name: what it is called.
        function: what computes it, from arrays and from its numbers by name.

    >>> from engine.optim import sgd
    >>> sgd(lr=0.5)
    sgd(lr=0.5)
    """

    name: str
    function: Callable[..., object]

    @property
    @abstractmethod
    def numbers(self) -> Mapping[str, object]:
        """Name → value where a call gives none."""

    @property
    def source(self) -> str:
        """The function's own lines of code, as a lesson shows them."""
        return getsource(self.function)

    def __repr__(self) -> str:
        given = ", ".join(f"{name}={value!r}" for name, value in self.numbers.items())
        return f"{self.name}({given})"
