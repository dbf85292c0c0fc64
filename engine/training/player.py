"""Who is trained: parameters of a model, what they make small, and the rule that moves them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from engine.array import Array
from engine.optim import Rule
from engine.parameters import Model, ParamSpec
from engine.tensor import Tensor

LossValue = Tensor | tuple[Tensor, Mapping[str, Tensor]]
"""One number, or with it what is carried over to the next update, by name."""


@dataclass(frozen=True)
class Player:
    """Parameters with the loss that they make small, and the optimizer that moves them.

    Args:
        model: what the parameters are of; or only their names and shapes, if it need not answer.
        w: (size,) their starting values; copied. If float32, so is all of the step.
        loss_fn: parameters by name, with noise and what is carried among them, and a batch of each
            data array, to one number.
        optimizer: a rule with its hyperparameters, numbers or schedules; or a rule's name.

    >>> import numpy as np
    >>> player = Player(ParamSpec({"W": (2, 1)}), np.zeros(2), lambda p, x: p["W"].sum(), "adam")
    >>> player.spec.size
    2
    """

    model: Model | ParamSpec
    w: Array
    loss_fn: Callable[..., LossValue]
    optimizer: Rule | str

    @property
    def spec(self) -> ParamSpec:
        """Names and shapes of its parameters."""
        return self.model if isinstance(self.model, ParamSpec) else self.model.spec
