"""What an optimizer is: a function of one array, with state and hyperparameters, made a `Rule`."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from inspect import Parameter, Signature, getsource, signature
from typing import Any, overload

import numpy as np

from engine.array import Array
from engine.errors import DomainError, unknown
from engine.tensor import Tensor
from engine.validate import real, shown

Numeric = Any
"""A number, an array or a tensor: a rule treats all three alike."""

Hyperparameter = float | Callable[[Array], Array]
"""A number, or a schedule that takes the numbers of updates, from 0, to values."""

Constraint = tuple[str, Callable[[Any], Any]]
"""What a number must satisfy: in words, with {} for its name, and as a test (of arrays too)."""

POSITIVE: Constraint = ("{} > 0", lambda x: x > 0)
NOT_NEGATIVE: Constraint = ("{} ≥ 0", lambda x: x >= 0)
DECAY_RATE: Constraint = ("0 ≤ {} < 1", lambda x: (x >= 0) & (x < 1))

CONSTRAINTS: Mapping[str, Constraint] = {
    "beta": DECAY_RATE,
    "beta1": DECAY_RATE,
    "beta2": DECAY_RATE,
    "rho": DECAY_RATE,
    "weight_decay": NOT_NEGATIVE,
    "psi": NOT_NEGATIVE,
}
"""The constraint on a hyperparameter by its name, in every rule; any other one is positive."""


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


@dataclass(frozen=True)
class Rule:
    """An optimizer: its update of one array, its state and its hyperparameters.

    Args:
        name: what it is called.
        function: (w, g, t, state…, *, hyperparameters…) → (new w, new state…).
        state: name → starting value, in the order of the function's arguments.
        hyperparameters: name → value where a call gives none; a number or a schedule.

    >>> from engine.optim import adam, momentum
    >>> momentum.hyperparameters, momentum.state
    ({'lr': 0.1, 'beta': 0.9}, {'v': 0.0})
    >>> w, v = momentum(1.0, 2.0, 1, lr=0.1)     # applied once
    >>> round(w, 3), v
    (0.8, 2.0)
    >>> adam(lr=0.01)                            # the same rule with another value
    adam(lr=0.01, beta1=0.9, beta2=0.999, eps=1e-08)
    """

    name: str
    function: Callable[..., tuple[Numeric, ...]]
    state: Mapping[str, float]
    hyperparameters: Mapping[str, Hyperparameter]

    def __post_init__(self) -> None:
        describe(self, self.function, ("w", "g", "t"), self.state, self.hyperparameters)

    @overload
    def __call__(self, /, **hyperparameters: Hyperparameter | Tensor) -> "Rule": ...
    @overload
    def __call__(
        self, w: Numeric, g: Numeric, t: Numeric, /, *state: Numeric,
        **hyperparameters: Hyperparameter | Tensor,
    ) -> tuple[Numeric, ...]: ...  # fmt: skip
    def __call__(
        self, /, *args: Numeric, **hyperparameters: Hyperparameter | Tensor
    ) -> "Rule | tuple[Numeric, ...]":
        """One step, (w, g, t, state…) to (w, state…); hyperparameters alone give a rule with them.

        As in a compiled step, overflow raises no error: it gives inf, and then NaN.

        Args:
            args: parameters, gradient, step number t ≥ 1, and the state, which starts if left out.
            hyperparameters: in place of the rule's own; a schedule is taken at update t − 1.

        Returns:
            The new w and the new state; given hyperparameters alone, the rule that has them.

        Raises:
            UnknownNameError: no such hyperparameter.
            DomainError: a hyperparameter violates its constraint, or t < 1.
        """
        self.check(hyperparameters)
        if not args:
            return self._bound(hyperparameters)
        values = {**self.hyperparameters, **hyperparameters}
        if len(args) > 2:
            values = self._at(args[2], values)
        with np.errstate(all="ignore"):
            if not all(isinstance(x, int | float) for x in args):
                return self.function(*args, **values)
            # Python's own numbers refuse to overflow; NumPy's give inf, as in an array.
            results = self.function(*map(np.float64, args), **values)
            return tuple(map(float, results))

    def _bound(self, given: Mapping[str, Any]) -> "Rule":
        """The same rule with other hyperparameters."""
        tensors = [name for name, value in given.items() if isinstance(value, Tensor)]
        if tensors:
            raise DomainError(f"{self.name}: expected {tensors[0]} as a number or a schedule, got "
                              f"a tensor. Training.set changes a number in mid-run.")  # fmt: skip
        return replace(self, hyperparameters={**self.hyperparameters, **given})

    def _at(self, t: Numeric, values: Mapping[str, Any]) -> dict[str, Any]:
        """The hyperparameters at step t, schedules evaluated."""
        number = np.nan if isinstance(t, Tensor) else real(t)
        if number is None or number < 1:
            raise DomainError(f"{self.name}: expected a step number t = 1, 2, …, got {shown(t)}.")
        schedules = {name: f for name, f in values.items() if callable(f)}
        if schedules and isinstance(t, Tensor):
            raise DomainError(f"{self.name}: expected numbers or tensors where t is a tensor, got "
                              f"a schedule of {next(iter(schedules))}.")  # fmt: skip
        steps = np.array([number - 1])
        return {
            **values,
            **{k: float(self.scheduled(k, f, steps)[0]) for k, f in schedules.items()},
        }

    def scheduled(self, name: str, f: Callable[[Array], Array], steps: Array) -> Array:
        """The values of a schedule of a hyperparameter; a rate may fall to 0.

        Args:
            name: of the hyperparameter.
            f: the schedule.
            steps: numbers of updates, from 0.

        Raises:
            DomainError: not one finite number a step, or one that violates the constraint.
        """
        values = np.asarray(f(steps))
        text, holds = NOT_NEGATIVE if name == "lr" else CONSTRAINTS.get(name, POSITIVE)
        is_real = values.shape == steps.shape and values.dtype.kind in "uif"
        if not is_real or not np.all(np.isfinite(values) & holds(values)):
            raise DomainError(f"{self.name}: expected a schedule of {text.format(name)}, a number "
                              f"for each of {steps.size} updates, got {values}.")  # fmt: skip
        return values

    def __repr__(self) -> str:
        given = ", ".join(f"{name}={value!r}" for name, value in self.hyperparameters.items())
        return f"{self.name}({given})"

    def check(self, hyperparameters: Mapping[str, object]) -> None:
        """Refuse a hyperparameter that the rule does not have, or that violates its constraint.

        Raises:
            UnknownNameError: no such hyperparameter.
            DomainError: against `CONSTRAINTS`: lr ≤ 0, a beta outside [0, 1), weight_decay < 0,
                …, or not a finite number. A schedule is checked when its values are known.
        """
        numbers = {k: 0.5 if callable(v) else v for k, v in hyperparameters.items()}
        check_numbers(self.name, "hyperparameter", numbers, self.hyperparameters, CONSTRAINTS)

    @property
    def source(self) -> str:
        """The rule's own lines of code, as a lesson shows them."""
        return getsource(self.function)


def optimizer(function: Callable[..., tuple[Numeric, ...]]) -> Rule:
    """Turn a function (w, g, t, state…, *, hyperparameters…) into a rule.

    >>> import numpy as np
    >>> @optimizer
    ... def crawl(w, g, t, *, lr=0.1):
    ...     return (w - lr * np.sign(g),)
    >>> crawl(1.0, 5.0, 1)
    (0.9,)
    """
    parameters = list(signature(function).parameters.values())[3:]
    state = {p.name: p.default for p in parameters if p.kind is not Parameter.KEYWORD_ONLY}
    named = {p.name: p.default for p in parameters if p.kind is Parameter.KEYWORD_ONLY}
    return Rule(function.__name__, function, state, named)
