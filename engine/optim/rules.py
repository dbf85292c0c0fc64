"""What an optimizer is: a function of one array, with state and hyperparameters, made a `Rule`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from inspect import Parameter, signature
from typing import Any, overload

import numpy as np

from engine.array import Array
from engine.errors import DomainError
from engine.optim.parametric import (
    DECAY_RATE,
    NOT_NEGATIVE,
    POSITIVE,
    AbstractParametric,
    Constraint,
    check_numbers,
    describe,
)  # fmt: skip
from engine.tensor import Tensor
from engine.validate import real, shown

Numeric = Any
"""A number, an array or a tensor: a rule treats all three alike."""

Hyperparameter = float | Callable[[Array], Array]
"""A number, or a schedule that takes the numbers of updates, from 0, to values."""

CONSTRAINTS: Mapping[str, Constraint] = {
    "beta": DECAY_RATE,
    "beta1": DECAY_RATE,
    "beta2": DECAY_RATE,
    "rho": DECAY_RATE,
    "weight_decay": NOT_NEGATIVE,
    "psi": NOT_NEGATIVE,
}
"""The constraint on a hyperparameter by its name, in every rule; any other one is positive."""


@dataclass(frozen=True, repr=False)
class Rule(AbstractParametric):
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
        numbers = {k: v.item() if isinstance(v, np.ndarray) else v for k, v in given.items()}
        return replace(self, hyperparameters={**self.hyperparameters, **numbers})

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

    @property
    def numbers(self) -> Mapping[str, object]:
        """Its hyperparameters."""
        return self.hyperparameters

    def check(self, hyperparameters: Mapping[str, object]) -> None:
        """Refuse a hyperparameter that the rule does not have, or that violates its constraint.

        Raises:
            UnknownNameError: no such hyperparameter.
            DomainError: against `CONSTRAINTS`: lr ≤ 0, a beta outside [0, 1), weight_decay < 0,
                …, or not a finite number. A schedule is checked when its values are known.
        """
        numbers = {k: 0.5 if callable(v) else v for k, v in hyperparameters.items()}
        check_numbers(self.name, "hyperparameter", numbers, self.hyperparameters, CONSTRAINTS)


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
