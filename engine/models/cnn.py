"""The convolutional network."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod

import numpy as np

from engine.activations import activation
from engine.array import Array
from engine.errors import DomainError
from engine.init import he
from engine.nn.conv import biased, conv
from engine.nn.dense import dense, flatten
from engine.nn.dropout import dropout
from engine.nn.norm import batch_norm, batch_norm_fixed, running
from engine.nn.pool import max_pool
from engine.parameters import ParamSpec
from engine.tensor import Tensor
from engine.training.noise import Noise
from engine.validate import integer, integers, scalar

EPS = 1e-5


@dataclass(frozen=True)
class CNN:
    """Convolution, max pool, bias and activation, some times over; then one dense layer.

    Bias and activation stand behind the pool, where there are fewer numbers: for an activation that
    never falls, ReLU say, that is the same as before it.

    Args:
        image: (C, H, W) of one example.
        filters: how many each convolution has.
        classes: scores at the end.
        kernel: the side of the filters.
        padding: zeros around each convolution's input.
        pool: the side of the pools.
        hidden: the activation.
        norm: whether a batch norm stands between each convolution and its pool.
        rate: of dropout before the dense layer, where the parameters hold a `mask`.

    Raises:
        DomainError: sizes that are not integers ≥ 1, a rate outside [0, 1), or images that are too
            small for all these layers.
        UnknownNameError: no such activation.

    >>> model = CNN((1, 8, 8), (4, 8), classes=10, padding=1)
    >>> model.spec.size
    666
    >>> w = model.init(np.random.default_rng(0))
    >>> model(model.spec.tensors(Tensor(w)), Tensor(np.zeros((2, 1, 8, 8)))).shape
    (2, 10)

    Source: LeCun et al. 1998, Gradient-based learning applied to document recognition, section 2.
    """

    image: tuple[int, int, int]
    filters: tuple[int, ...]
    classes: int
    kernel: int = 3
    padding: int = 0
    pool: int = 2
    hidden: str = "relu"
    norm: bool = False
    rate: float = 0.0

    def __post_init__(self) -> None:
        activation(self.hidden)
        for name in ("image", "filters"):
            object.__setattr__(self, name, integers("CNN", name, getattr(self, name), low=1))
        for name, least in (("classes", 1), ("kernel", 1), ("padding", 0), ("pool", 1)):
            object.__setattr__(self, name, integer("CNN", name, getattr(self, name), low=least))
        if len(self.image) != 3 or not self.filters:
            raise DomainError(f"CNN: expected an image (C, H, W) and filters of one convolution or "
                              f"more, got {self.image} and {self.filters}.")  # fmt: skip
        scalar("CNN", "rate", self.rate, low=0, below=1)
        if min(self.features) < 1:
            raise DomainError(f"CNN: expected an image with room for {len(self.filters)} layers, "
                              f"got {self.image}. Make it larger, or the padding.")  # fmt: skip

    @property
    def features(self) -> tuple[int, ...]:
        """The shape (C, H, W) of what the dense layer sees."""
        sides = list(self.image[1:])
        for _ in self.filters:
            sides = [(n + 2 * self.padding - self.kernel + 1) // self.pool for n in sides]
        return (self.filters[-1], *sides)

    @property
    def spec(self) -> ParamSpec:
        """w1, b1 and so on of the convolutions, and W, the dense layer's matrix."""
        shapes: dict[str, tuple[int, ...]] = {}
        channels = self.image[0]
        for i, filters in enumerate(self.filters, start=1):
            shapes[f"w{i}"] = (filters, channels, self.kernel, self.kernel)
            shapes |= {f"scale{i}": (filters,)} if self.norm else {}
            shapes[f"b{i}"] = (filters,)
            channels = filters
        return ParamSpec({**shapes, "W": (prod(self.features) + 1, self.classes)})

    @property
    def noise(self) -> dict[str, Noise]:
        """What a training step draws: the dropout's mask, if there is one."""
        size = (prod(self.features),)
        return {"mask": Noise("dropout", size, self.rate)} if self.rate else {}

    @property
    def carry(self) -> dict[str, Array]:
        """What a training step hands on: the running means and variances of the norms."""
        filters = enumerate(self.filters if self.norm else (), start=1)
        each = [{f"mean{i}": np.zeros(n), f"var{i}": np.ones(n)} for i, n in filters]
        return {name: value for pair in each for name, value in pair.items()}

    def init(self, rng: np.random.Generator) -> Array:
        """Initial parameters, one flat vector: He's variance 2 / n_in, biases 0."""
        values: dict[str, Array] = {}
        for name, shape in self.spec.shapes.items():
            if name == "W":
                values[name] = he(shape[0] - 1, shape[1], rng)
            elif len(shape) == 1:
                values[name] = np.full(shape, 1.0 if name.startswith("scale") else 0.0)
            else:
                values[name] = rng.normal(0, np.sqrt(2 / prod(shape[1:])), shape)
        return self.spec.flatten(values)

    def maps(
        self, params: Mapping[str, Tensor], x: Tensor, training: bool = False
    ) -> tuple[list[Tensor], dict[str, Tensor]]:
        """The feature maps (N, C, H, W) after every layer, and what a training step hands on."""
        maps: list[Tensor] = []
        carry: dict[str, Tensor] = {}
        for i in range(1, len(self.filters) + 1):
            x = conv(x, params[f"w{i}"], padding=self.padding)
            if not self.norm:
                x = biased(max_pool(x, self.pool), params[f"b{i}"])
            else:
                scale, shift = params[f"scale{i}"], params[f"b{i}"]
                mean, var = params[f"mean{i}"], params[f"var{i}"]
                if training:
                    x, seen_mean, seen_var = batch_norm(x, scale, shift, EPS)
                    carry |= {
                        f"mean{i}": running(mean, seen_mean),
                        f"var{i}": running(var, seen_var),
                    }
                else:
                    x = batch_norm_fixed(x, mean, var, scale, shift, EPS)
                x = max_pool(x, self.pool)
            x = activation(self.hidden)(x).named(f"h{i}")
            maps.append(x)
        return maps, carry

    def __call__(self, params: Mapping[str, Tensor], x: Tensor) -> Tensor:
        """Scores (N, classes) for images x (N, C, H, W); with norms by the running statistics."""
        return self._scores(params, self.maps(params, x)[0][-1])

    def train(self, params: Mapping[str, Tensor], x: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """Scores as a training step has them, by the batch's statistics, and what it hands on."""
        maps, carry = self.maps(params, x, training=True)
        return self._scores(params, maps[-1]), carry

    def _scores(self, params: Mapping[str, Tensor], h: Tensor) -> Tensor:
        rows = flatten(h)
        return dense(dropout(rows, params["mask"]) if "mask" in params else rows, params["W"])
