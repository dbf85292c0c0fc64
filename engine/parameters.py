"""All parameters of a model in one flat vector, with named views.

An optimizer then updates a whole model in a handful of calls, and a snapshot is one copy.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Protocol

import numpy as np

from engine.array import Array
from engine.errors import ShapeError
from engine.primitives.packs import concat_flat
from engine.tensor import Tensor
from engine.validate import integers


@dataclass(frozen=True)
class ParamSpec:
    """Names and shapes of parameters, in the order in which they lie in the flat vector.

    >>> spec = ParamSpec({"W1": (3, 4), "W2": (5, 1)})
    >>> spec.size
    17
    >>> spec.views(np.arange(17.0))["W2"].tolist()
    [[12.0], [13.0], [14.0], [15.0], [16.0]]
    """

    shapes: Mapping[str, tuple[int, ...]]

    def __post_init__(self) -> None:
        shapes = {
            name: integers("ParamSpec", f"shape of {name}", shape, low=0)
            for name, shape in self.shapes.items()
        }
        object.__setattr__(self, "shapes", shapes)

    @property
    def size(self) -> int:
        """How many numbers there are in all."""
        return sum(prod(shape) for shape in self.shapes.values())

    def _spans(self) -> dict[str, slice]:
        spans, start = {}, 0
        for name, shape in self.shapes.items():
            spans[name] = slice(start, start + prod(shape))
            start += prod(shape)
        return spans

    def views(self, w: Array) -> dict[str, Array]:
        """Named views of a flat vector: writing into one writes into the vector.

        Raises:
            ShapeError: w is not of shape (size,).
        """
        self.check(w)
        return {k: w[span].reshape(self.shapes[k]) for k, span in self._spans().items()}

    def tensors(self, w: Tensor) -> dict[str, Tensor]:
        """The same views as tensors computed from the tensor w."""
        self.check(w.value)
        return {k: w[span].reshape(self.shapes[k]).named(k) for k, span in self._spans().items()}

    def flatten(self, values: Mapping[str, Array]) -> Array:
        """One vector from named arrays.

        Raises:
            ShapeError: a name is missing or an array has another shape than the spec's.
        """
        for name, shape in self.shapes.items():
            came = np.shape(values[name]) if name in values else None
            if came != shape:
                raise ShapeError(f"ParamSpec: expected {name} of shape {shape}, got {came}.")
        return np.concatenate([np.ravel(values[name]) for name in self.shapes])

    def check(self, w: Array) -> None:
        """Refuse a vector of another length.

        Raises:
            ShapeError: w is not of shape (size,).
        """
        if np.shape(w) != (self.size,):
            raise ShapeError(f"ParamSpec: expected a vector of shape ({self.size},), got "
                             f"{np.shape(w)}.")  # fmt: skip


class Model(Protocol):
    """What can be trained and then asked: its parameters, and what it answers to inputs."""

    @property
    def spec(self) -> ParamSpec:
        """Names and shapes of its parameters."""

    def __call__(self, params: Mapping[str, Tensor], x: Tensor, /) -> Tensor:
        """Its answer (N, …) to inputs x (N, …), without what only training does, such as noise."""


def flatten(gradients: Sequence[Tensor]) -> Tensor:
    """Gradients of the parameters as one flat gradient, in the same order.

    >>> flatten([Tensor([[1.0]]), Tensor([2.0])]).value.tolist()
    [1.0, 2.0]
    """
    return concat_flat(*gradients).named("g")
