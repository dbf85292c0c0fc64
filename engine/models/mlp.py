"""The multi-layer perceptron."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engine.activations import Activation, activation
from engine.array import Array
from engine.errors import DomainError
from engine.init import init
from engine.nn.dense import dense
from engine.nn.dropout import dropout
from engine.parameters import ParamSpec
from engine.tensor import Tensor
from engine.training.noise import Noise
from engine.validate import integers, scalar


@dataclass(frozen=True)
class MLP:
    """Dense layers, one after the other, an activation after each but the last.

    The last layer gives scores: what turns them into probabilities belongs to the loss.

    Args:
        sizes: neurons of every layer, inputs first: (2, 4, 2, 1).
        hidden: the activation of the hidden layers, by name or as a function.
        output: the activation of the last layer.
        prefix: what the names of its parameters begin with, where there are several networks.
        rate: of dropout behind every hidden layer, where the parameters hold its masks.

    Raises:
        DomainError: fewer than two layers, sizes that are not integers ≥ 1, or a rate outside
            [0, 1).
        UnknownNameError: no such activation.

    >>> model = MLP((2, 3, 1))
    >>> model.spec.size
    13
    >>> w = model.init(np.random.default_rng(0))
    >>> model(model.spec.tensors(Tensor(w)), Tensor([[0.0, 0.0]])).shape
    (1, 1)
    """

    sizes: tuple[int, ...]
    hidden: str | Activation = "tanh"
    output: str | Activation = "identity"
    prefix: str = ""
    rate: float = 0.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "sizes", integers("MLP", "sizes", self.sizes, low=1))
        if len(self.sizes) < 2:
            raise DomainError(f"MLP: expected sizes of two or more layers, got {self.sizes}.")
        scalar("MLP", "rate", self.rate, low=0, below=1)
        activation(self.hidden)
        activation(self.output)

    @property
    def spec(self) -> ParamSpec:
        """One matrix W1, W2, … a layer, its bias in the last row."""
        pairs = zip(self.sizes, self.sizes[1:], strict=False)
        return ParamSpec({f"{self.prefix}W{i + 1}": (a + 1, b) for i, (a, b) in enumerate(pairs)})

    @property
    def noise(self) -> dict[str, Noise]:
        """What a training step draws: the masks of dropout, if there is any."""
        hidden = enumerate(self.sizes[1:-1] if self.rate else (), start=1)
        return {f"{self.prefix}mask{i}": Noise("dropout", (n,), self.rate) for i, n in hidden}

    def init(self, rng: np.random.Generator, how: str = "glorot") -> Array:
        """Initial parameters, one flat vector, by one of `engine.init`."""
        draw, pairs = init(how), zip(self.sizes, self.sizes[1:], strict=False)
        return np.concatenate([draw(a, b, rng).ravel() for a, b in pairs])

    def layers(self, params: Mapping[str, Tensor], x: Tensor) -> list[Tensor]:
        """The output of every layer for a batch x (N, n_in): the last one is the model's."""
        outputs = [x]
        for i, name in enumerate(self.spec.shapes, start=1):
            z = dense(outputs[-1], params[name]).named(f"z{i}")
            last = i == len(self.sizes) - 1
            h = activation(self.output if last else self.hidden)(z)
            mask = params.get(f"{self.prefix}mask{i}")
            h = h if mask is None else dropout(h, mask)
            outputs.append(h if h is z else h.named(f"h{i}"))
        return outputs[1:]

    def __call__(self, params: Mapping[str, Tensor], x: Tensor) -> Tensor:
        """Scores (N, n_out) for a batch x (N, n_in)."""
        return self.layers(params, x)[-1]
