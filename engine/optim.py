"""Optimizers: each a rule for one array, in the letters of its paper.

A rule takes the parameters w, their gradient g and the step number t = 1, 2, …, then its own
memory with starting values, then its settings by name; it returns the new w and the new memory. It
works on numbers, arrays and tensors alike: by hand, in a plain loop, and compiled.

Settings: lr > 0 is the learning rate η; beta, beta1, beta2 in [0, 1) say how much is remembered.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from inspect import Parameter, getsource, signature
from typing import Any

import numpy as np

from engine.errors import DomainError, unknown
from engine.tensor import Tensor

Value = Any
"""A number, an array or a tensor: a rule treats all three alike."""


@dataclass(frozen=True)
class Rule:
    """An optimizer's rule, its memory and its settings, read off its signature.

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
            DomainError: lr ≤ 0, or a beta outside [0, 1).
        """
        for name, value in settings.items():
            if name not in self.settings:
                raise unknown(f"setting of {self.name}", name, self.settings)
            if isinstance(value, Tensor):
                continue
            if name.startswith("beta") and not 0 <= value < 1:
                raise DomainError(f"{self.name}: expected 0 ≤ {name} < 1, got {value}.")
            if not name.startswith("beta") and not value > 0:
                raise DomainError(f"{self.name}: expected {name} > 0, got {value}.")

    @property
    def source(self) -> str:
        """The rule's own lines of code, as a lesson shows them."""
        return getsource(self.function)


def optimizer(function: Callable[..., tuple[Value, ...]]) -> Rule:
    """Turn a function (w, g, t, memory…, *, settings…) into a rule.

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


@optimizer
def sgd(w: Value, g: Value, t: Value, *, lr: Value = 0.1) -> tuple[Value, ...]:
    """Step against the gradient. Robbins & Monro 1951; Cauchy 1847.

    >>> sgd(1.0, 2.0, 1, lr=0.25)
    (0.5,)
    """
    return (w - lr * g,)


@optimizer
def momentum(
    w: Value, g: Value, t: Value, v: Value = 0.0, *, lr: Value = 0.1, beta: Value = 0.9
) -> tuple[Value, ...]:
    """Keep rolling: v sums the past gradients, the older the less. Polyak 1964.

    The form of PyTorch: v ← β v + g, w ← w − η v (not the one with (1 − β) g).

    >>> momentum(1.0, 2.0, 1, lr=0.25)
    (0.5, 2.0)
    """
    v = beta * v + g
    return w - lr * v, v


@optimizer
def adam(
    w: Value, g: Value, t: Value, m: Value = 0.0, v: Value = 0.0,
    *, lr: Value = 1e-3, beta1: Value = 0.9, beta2: Value = 0.999, eps: Value = 1e-8,
) -> tuple[Value, ...]:  # fmt: skip
    """Scale each step by the recent size of its own gradient. Kingma & Ba 2015, Algorithm 1.

    The first step is η g / (|g| + ε), whatever the scale of g.

    >>> w, m, v = adam(1.0, 100.0, 1, lr=0.5)
    >>> round(w, 6)
    0.5
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), m, v


OPTIMIZERS: Mapping[str, Rule] = {rule.name: rule for rule in (sgd, momentum, adam)}


def rule(name: str) -> Rule:
    """The optimizer of that name.

    Raises:
        UnknownNameError: there is none; the message lists the nearest.

    >>> rule("adam").name
    'adam'
    """
    if name not in OPTIMIZERS:
        raise unknown("optimizer", name, OPTIMIZERS)
    return OPTIMIZERS[name]
