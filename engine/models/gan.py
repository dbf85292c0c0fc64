"""Generative adversarial networks: one draws, the other tells drawn from real."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from engine.array import Array
from engine.errors import unknown
from engine.models.mlp import MLP
from engine.optim import Rule
from engine.primitives.elementwise import softplus
from engine.tensor import Tensor
from engine.training import AdversarialTraining, Noise, Player
from engine.validate import integer, integers

Scores = Callable[[Tensor], Tensor]


def _softplus(x: Tensor) -> Tensor:
    return softplus(x)


DISCRIMINATOR: Mapping[str, Callable[[Tensor, Tensor], Tensor]] = {
    "non_saturating": lambda real, drawn: (_softplus(-real) + _softplus(drawn)).mean(),
    "saturating": lambda real, drawn: (_softplus(-real) + _softplus(drawn)).mean(),
    "least_squares": lambda real, drawn: (0.5 * ((real - 1) ** 2 + drawn**2)).mean(),
}
"""What the discriminator makes small, from its scores for real and for drawn points."""

GENERATOR: Mapping[str, Scores] = {
    "non_saturating": lambda drawn: _softplus(-drawn).mean(),
    "saturating": lambda drawn: -_softplus(drawn).mean(),
    "least_squares": lambda drawn: (0.5 * (drawn - 1) ** 2).mean(),
}
"""What the generator makes small, from the scores of what it drew."""


@dataclass(frozen=True)
class GAN:
    """A generator of points from noise, and a discriminator of points.

    The discriminator's score is the log odds of being real, σ(score) = D(x). Its loss is the mean
    −ln D(x) − ln(1 − D(G(z))), which at the equilibrium D = 1/2 is ln 4. The generator's is
    −ln D(G(z)), or ln(1 − D(G(z))) if saturating, whose slope dies where D is sure.

    Args:
        latent: numbers of noise for a point.
        size: numbers of a point.
        generator, discriminator: neurons of the hidden layers.
        hidden: their activation.
        loss: "non_saturating", "saturating" or "least_squares".

    Raises:
        DomainError: sizes that are not integers ≥ 1.
        UnknownNameError: no such loss or activation.

    >>> model = GAN(latent=2, size=2, generator=(8,), discriminator=(8,))
    >>> w = model.generate.init(np.random.default_rng(0))
    >>> params = model.generate.spec.tensors(Tensor(w))
    >>> model.generate(params, Tensor(np.zeros((5, 2)))).shape
    (5, 2)

    Source: Goodfellow et al. 2014, Generative adversarial nets, section 3; Mao et al. 2017 for the
    squares.
    """

    latent: int = 2
    size: int = 2
    generator: tuple[int, ...] = (32, 32)
    discriminator: tuple[int, ...] = (32, 32)
    hidden: str = "relu"
    loss: str = "non_saturating"

    def __post_init__(self) -> None:
        for name in ("latent", "size"):
            object.__setattr__(self, name, integer("GAN", name, getattr(self, name), low=1))
        for name in ("generator", "discriminator"):
            object.__setattr__(self, name, integers("GAN", name, getattr(self, name), low=1))
        if self.loss not in GENERATOR:
            raise unknown("loss of a GAN", self.loss, GENERATOR)

    @property
    def generate(self) -> MLP:
        """G: noise (N, latent) to points (N, size)."""
        return MLP((self.latent, *self.generator, self.size), self.hidden, prefix="G.")

    @property
    def discriminate(self) -> MLP:
        """The score of points: (N, size) to (N, 1)."""
        return MLP((self.size, *self.discriminator, 1), self.hidden, prefix="D.")

    @property
    def noise(self) -> dict[str, Noise]:
        """What a step draws: z."""
        return {"z": Noise("normal", (self.latent,))}

    def discriminator_loss(self, params: Mapping[str, Tensor], x: Tensor) -> Tensor:
        """What D makes small: params hold both networks' and the noise z (N, latent)."""
        drawn = self.discriminate(params, self.generate(params, params["z"]))
        return DISCRIMINATOR[self.loss](self.discriminate(params, x), drawn)

    def generator_loss(self, params: Mapping[str, Tensor], x: Tensor) -> Tensor:
        """What G makes small."""
        return GENERATOR[self.loss](self.discriminate(params, self.generate(params, params["z"])))

    def training(
        self,
        x: Array,
        *,
        optimizer: Rule | str,
        batch: int,
        rng: np.random.Generator,
        generator_optimizer: Rule | str | None = None,
    ) -> AdversarialTraining:
        """The two as players on points x (N, size), the discriminator first, freshly initialized.

        Args:
            x: if float32, so is all of the training.
            optimizer: of both; `generator_optimizer` where it differs for G.
            batch: real points a step, and as many drawn ones.
            rng: draws parameters, order and noise.
        """
        d, g = self.discriminate, self.generate
        kind = np.float32 if np.asarray(x).dtype == np.float32 else np.float64
        w: list[Array] = [network.init(rng, "he").astype(kind) for network in (d, g)]
        first = Player(d, w[0], self.discriminator_loss, optimizer)
        second = Player(g, w[1], self.generator_loss, generator_optimizer or optimizer)
        return AdversarialTraining(first, second, x, batch=batch, rng=rng, noise=self.noise)
