"""Parameters on their way down: one flat vector, the rule that moves it, what that remembers."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from engine.array import Array
from engine.errors import DomainError, ShapeError
from engine.kernels.buffers import zeros
from engine.optim import Rule
from engine.parameters import Layout, joined
from engine.reverse import grad
from engine.tensor import Tensor

State = dict[str, Any]
"""A whole state as named arrays and numbers: what `snapshot` gives and `restore` takes."""

Rate = float | Callable[[Array], Array]
"""A setting: a number, or a schedule that takes the numbers of updates, from 0, to values."""


class Descent:
    """A flat vector of parameters under an optimizer.

    Args:
        layout: names and shapes of the parameters.
        w: (layout.size,) their starting values; copied. float32 stays float32.
        rule: the optimizer.
        settings: the rule's settings: numbers or schedules.

    Raises:
        ShapeError: w is not of the layout's size.
        DomainError: a setting outside its domain.

    >>> from engine.optim import adam
    >>> Descent(Layout({"W": (2, 1)}), np.zeros(2), adam, {"lr": 0.1}).snapshot()["m"].tolist()
    [0.0, 0.0]
    """

    def __init__(self, layout: Layout, w: Array, rule: Rule, settings: Mapping[str, Rate]) -> None:
        if np.shape(w) != (layout.size,):
            raise ShapeError(f"Layout: expected a vector of shape ({layout.size},), got "
                             f"{np.shape(w)}.")  # fmt: skip
        self.layout, self.rule = layout, rule
        self.dtype: np.dtype[np.floating[Any]] = np.dtype(
            np.float32 if np.asarray(w).dtype == np.float32 else np.float64
        )
        self.w = self._vector("w")
        self.w.value[:] = w
        self.memory = {name: self._vector(name, value) for name, value in rule.memory.items()}
        self.t = Tensor(0.0, "t")
        self.settings = {name: Tensor(np.array(float(value)), name)
                         for name, value in rule.settings.items()}  # fmt: skip
        self._schedules: dict[str, Callable[[Array], Array]] = {}
        rule.check({name: value for name, value in settings.items() if not callable(value)})
        for name, value in settings.items():
            self.turn(name, value)

    def _vector(self, name: str, value: float = 0.0) -> Tensor:
        vector = zeros((self.layout.size,), self.dtype.name)
        vector.fill(value)
        return Tensor(vector, name)

    def turn(self, name: str, value: Rate) -> None:
        """Give a setting a new value or a schedule, at once and for all further updates.

        Raises:
            UnknownNameError: the rule has no such setting.
            DomainError: a number outside its domain.
        """
        number = self.rule.settings.get(name, 0.0) if callable(value) else value
        self.rule.check({name: number})
        self._schedules.pop(name, None)
        if callable(value):
            self._schedules[name] = value
        else:
            self.settings[name].value[()] = value

    def scheduled(self, updates: int) -> list[tuple[Array, Array]]:
        """For each setting under a schedule its cell, and its values for the coming updates.

        Raises:
            DomainError: a schedule gives a negative number, or not one for every update.
        """
        t, coming = self.t.value + np.arange(updates), []
        for name, f in self._schedules.items():
            values = np.asarray(f(t), float)
            if values.shape != t.shape or not (values >= 0).all():
                raise DomainError(f"{self.rule.name}: expected a schedule of {name} ≥ 0, a number "
                                  f"for each of {updates} updates, got {values}.")  # fmt: skip
            coming.append((self.settings[name].value, values))
        return coming

    def params(self) -> dict[str, Tensor]:
        """The parameters by name, as tensors computed from the vector."""
        return self.layout.tensors(self.w)

    def updates(
        self, loss: Tensor, params: Mapping[str, Tensor]
    ) -> tuple[list[tuple[Tensor, Tensor]], dict[str, Sequence[Tensor]]]:
        """What a step writes, as pairs (state, new), and its sections for the source."""
        g = joined(grad(loss, [params[name] for name in self.layout.shapes]))
        t = self.t + 1
        w, *memory = self.rule(self.w, g, t, *self.memory.values(), **self.settings)
        pairs = [(self.w, w), *zip(self.memory.values(), memory, strict=True), (self.t, t)]
        return pairs, {"forward": [loss], "backward": [g], "update": [w, *memory, t]}

    def snapshot(self) -> State:
        """Parameters, memory and step, copied."""
        return {
            "w": self.w.value.copy(),
            **{name: tensor.value.copy() for name, tensor in self.memory.items()},
            "t": self.t.value.copy(),
            "rule": self.rule.name,
        }

    def restore(self, state: State) -> None:
        """Go back to a snapshot, bit for bit; under another rule its memory starts afresh."""
        self.w.value[...] = state["w"]
        same_rule = state["rule"] == self.rule.name
        for name, tensor in self.memory.items():
            tensor.value[...] = state[name] if same_rule else self.rule.memory[name]
        self.t.value[()] = state["t"] if same_rule else 0.0
