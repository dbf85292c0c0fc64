"""What an optimizer is: a function of one array, its memory and its settings made a `Rule`."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from inspect import Parameter, getsource, signature
from typing import Any

from engine.errors import DomainError, unknown
from engine.tensor import Tensor

Value = Any
"""A number, an array or a tensor: a rule treats all three alike."""

Domain = tuple[str, Callable[[float], bool]]
"""A set of numbers: how it is written, with {} for the setting, and whether it holds one."""

POSITIVE: Domain = ("{} > 0", lambda x: x > 0)
NOT_NEGATIVE: Domain = ("{} ≥ 0", lambda x: x >= 0)
MEMORY: Domain = ("0 ≤ {} < 1", lambda x: 0 <= x < 1)

DOMAINS: Mapping[str, Domain] = {
    "beta": MEMORY,
    "beta1": MEMORY,
    "beta2": MEMORY,
    "rho": MEMORY,
    "weight_decay": NOT_NEGATIVE,
    "psi": NOT_NEGATIVE,
}
"""The domain of a setting by its name, in every rule; any other setting is positive."""


def check_settings(
    owner: str, settings: Mapping[str, Value], known: Iterable[str], domains: Mapping[str, Domain]
) -> None:
    """Refuse a setting that is not known, or outside its domain; one without a domain is positive.

    Tensors pass: their value may still change.

    >>> check_settings("sgd", {"lr": 0}, ["lr"], {})
    Traceback (most recent call last):
    engine.errors.DomainError: sgd: expected lr > 0, got 0.
    """
    for name, value in settings.items():
        if name not in known:
            raise unknown(f"setting of {owner}", name, known)
        text, holds = domains.get(name, POSITIVE)
        if not isinstance(value, Tensor) and not holds(value):
            raise DomainError(f"{owner}: expected {text.format(name)}, got {value}.")


@dataclass(frozen=True)
class Rule:
    """An optimizer's rule, its memory and its settings, read off its signature.

    >>> from engine.optim import momentum, sgd
    >>> sgd.settings, momentum.memory
    ({'lr': 0.1}, {'v': 0.0})
    >>> w, v = momentum(1.0, 2.0, 1, lr=0.1)
    >>> round(w, 3), v
    (0.8, 2.0)
    """

    name: str
    function: Callable[..., tuple[Value, ...]]
    memory: Mapping[str, float]
    settings: Mapping[str, float]

    def __call__(self, *args: Value, **settings: Value) -> tuple[Value, ...]:
        """Apply the rule once: (w, g, t, memory…) to (w, memory…)."""
        self.check(settings)
        return self.function(*args, **settings)

    def check(self, settings: Mapping[str, Value]) -> None:
        """Refuse a setting that the rule does not have, or that is outside its domain.

        Raises:
            UnknownNameError: no such setting.
            DomainError: outside `DOMAINS`: lr ≤ 0, a beta outside [0, 1), weight_decay < 0, …
        """
        check_settings(self.name, settings, self.settings, DOMAINS)

    @property
    def source(self) -> str:
        """The rule's own lines of code, as a lesson shows them."""
        return getsource(self.function)


def optimizer(function: Callable[..., tuple[Value, ...]]) -> Rule:
    """Turn a function (w, g, t, memory…, *, settings…) into a rule.

    >>> import numpy as np
    >>> @optimizer
    ... def crawl(w, g, t, *, lr=0.1):
    ...     return (w - lr * np.sign(g),)
    >>> crawl(1.0, 5.0, 1)
    (np.float64(0.9),)
    """
    parameters = list(signature(function).parameters.values())[3:]
    memory = {p.name: p.default for p in parameters if p.kind is not Parameter.KEYWORD_ONLY}
    settings = {p.name: p.default for p in parameters if p.kind is Parameter.KEYWORD_ONLY}
    rule = Rule(function.__name__, function, memory, settings)
    object.__setattr__(rule, "__doc__", function.__doc__)
    return rule
