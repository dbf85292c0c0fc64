"""Parameters under an optimizer: one flat vector, the rule that moves it, the rule's state."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from engine.array import Array
from engine.errors import DomainError
from engine.kernels.buffers import zeros
from engine.optim import Hyperparameter, Rule, rule
from engine.parameters import ParamSpec, flatten
from engine.reverse import grad
from engine.tensor import Tensor

Snapshot = dict[str, Any]
"""All that a future depends on, by name: what `snapshot` gives and `restore` takes."""


class OptimizerState:
    """A flat vector of parameters, and all that an optimizer keeps to move it.

    Args:
        spec: names and shapes of the parameters.
        w: (spec.size,) their starting values; copied. float32 stays float32.
        optimizer: the rule with its hyperparameters, or a rule's name.

    Raises:
        ShapeError: w is not of the spec's size.
        UnknownNameError: no rule has that name.

    >>> from engine.optim import adam
    >>> OptimizerState(ParamSpec({"W": (2, 1)}), np.zeros(2), adam(lr=0.1))
    OptimizerState(2 parameters, adam(lr=0.1, beta1=0.9, beta2=0.999, eps=1e-08), 0 updates made)
    """

    def __init__(self, spec: ParamSpec, w: Array, optimizer: Rule | str) -> None:
        spec.check(w)
        self.spec = spec
        self.rule = rule(optimizer) if isinstance(optimizer, str) else optimizer
        self.dtype: np.dtype[np.floating[Any]] = np.dtype(
            np.float32 if np.asarray(w).dtype == np.float32 else np.float64
        )
        self.w = self._vector("w")
        self.w.value[:] = w
        self.state = {name: self._vector(name, start) for name, start in self.rule.state.items()}
        self.t = Tensor(0.0, "t")
        self.hyperparameters = {
            name: Tensor(np.array(np.nan if callable(value) else float(value)), name)
            for name, value in self.rule.hyperparameters.items()
        }
        self._schedules: dict[str, Callable[[Array], Array]] = {}
        for name, value in self.rule.hyperparameters.items():
            self.set(name, value)

    def _vector(self, name: str, start: float = 0.0) -> Tensor:
        vector = zeros((self.spec.size,), self.dtype.name)
        vector.fill(start)
        return Tensor(vector, name)

    def __repr__(self) -> str:
        return f"OptimizerState({self.spec.size} parameters, {self.current!r}, {self.updates_made})"

    @property
    def current(self) -> Rule:
        """The rule with its hyperparameters of now: numbers, or the schedules that give them."""
        values: dict[str, Hyperparameter] = {
            name: self._schedules.get(name, tensor.item())
            for name, tensor in self.hyperparameters.items()
        }
        return self.rule(**values)

    @property
    def updates_made(self) -> str:
        """How many updates were made, in words."""
        count = int(self.t.value)
        return f"{count} update{'' if count == 1 else 's'} made"

    def set(self, name: str, value: Hyperparameter) -> None:
        """Give a hyperparameter a new value or a schedule, at once and for all further updates.

        Raises:
            UnknownNameError: the rule has no such hyperparameter.
            DomainError: not a number, or one that violates its constraint.
        """
        if isinstance(value, Tensor):
            raise DomainError(f"{self.rule.name}: expected a number or a schedule as {name}, got a "
                              "tensor. Write x.item().")  # fmt: skip
        self.rule.check({name: value})
        self._schedules.pop(name, None)
        if callable(value):
            self._schedules[name] = value
        else:
            self.hyperparameters[name].value[()] = value

    def scheduled(self, updates: int) -> list[tuple[Array, Array]]:
        """For each hyperparameter under a schedule its cell, and its values for the next updates.

        Raises:
            DomainError: a schedule does not give one number for every update, or one that violates
                the constraint.
        """
        steps = self.t.value + np.arange(updates)
        return [
            (self.hyperparameters[name].value, self.rule.scheduled(name, f, steps.copy()))
            for name, f in self._schedules.items()
        ]

    def params(self) -> dict[str, Tensor]:
        """The parameters by name, as tensors computed from the vector."""
        return self.spec.tensors(self.w)

    def updates(
        self, loss: Tensor, params: Mapping[str, Tensor]
    ) -> tuple[list[tuple[Tensor, Tensor]], dict[str, Sequence[Tensor]]]:
        """What one update writes, as pairs (old, new), and its sections for the source."""
        g = flatten(grad(loss, [params[name] for name in self.spec.shapes]))
        t = self.t + 1
        w, *state = self.rule(self.w, g, t, *self.state.values(), **self.hyperparameters)
        pairs = [(self.w, w), *zip(self.state.values(), state, strict=True), (self.t, t)]
        return pairs, {"forward": [loss], "backward": [g], "update": [w, *state, t]}

    def snapshot(self) -> Snapshot:
        """Parameters, the rule's state and the number of updates, copied."""
        return {
            "w": self.w.value.copy(),
            "state": {name: tensor.value.copy() for name, tensor in self.state.items()},
            "t": self.t.value.copy(),
            "rule": self.rule.name,
        }

    def restore(self, snapshot: Snapshot) -> None:
        """Go back to a snapshot, bit for bit; under another rule its state starts afresh."""
        self.w.value[...] = snapshot["w"]
        same_rule = snapshot["rule"] == self.rule.name
        for name, tensor in self.state.items():
            tensor.value[...] = snapshot["state"][name] if same_rule else self.rule.state[name]
        self.t.value[()] = snapshot["t"] if same_rule else 0.0
