"""Autoencoders: through a bottleneck and back, plainly or by way of a distribution."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engine.array import Array
from engine.losses import binary_cross_entropy
from engine.models.mlp import MLP
from engine.parameters import ParamSpec
from engine.primitives.elementwise import exp
from engine.tensor import Tensor
from engine.training.noise import Noise
from engine.validate import integer, integers


@dataclass(frozen=True)
class Autoencoder:
    """x → code → x̂: what a few numbers can keep of many.

    Args:
        sizes: neurons from the input to the code: (64, 32, 2); the decoder mirrors them.
        hidden: the activation of the hidden layers.

    Raises:
        DomainError: fewer than two layers, or sizes that are not integers ≥ 1.

    >>> model = Autoencoder((4, 3, 1))
    >>> w = model.init(np.random.default_rng(0))
    >>> params = model.spec.tensors(Tensor(w))
    >>> model(params, Tensor(np.zeros((5, 4)))).shape
    (5, 4)

    Source: Goodfellow, Bengio & Courville 2016, chapter 14.
    """

    sizes: tuple[int, ...]
    hidden: str = "tanh"

    def __post_init__(self) -> None:
        object.__setattr__(self, "sizes", self.encoder.sizes)

    @property
    def encoder(self) -> MLP:
        """The half that narrows."""
        return MLP(self.sizes, self.hidden, prefix="E.")

    @property
    def decoder(self) -> MLP:
        """The half that widens, to scores: σ of them are pixels."""
        return MLP(self.sizes[::-1], self.hidden, prefix="D.")

    @property
    def spec(self) -> ParamSpec:
        """The matrices of both halves."""
        return ParamSpec({**self.encoder.spec.shapes, **self.decoder.spec.shapes})

    def init(self, rng: np.random.Generator) -> Array:
        """Initial parameters, one flat vector."""
        return np.concatenate([self.encoder.init(rng), self.decoder.init(rng)])

    def __call__(self, params: Mapping[str, Tensor], x: Tensor) -> Tensor:
        """Scores (N, D) of the pixels of x (N, D)."""
        return self.decoder(params, self.encoder(params, x).named("code"))

    def loss(self, params: Mapping[str, Tensor], x: Tensor, y: Tensor) -> Tensor:
        """The mean cross entropy of pixels y in [0, 1], in nats; y is x, or x without its noise."""
        return binary_cross_entropy(self(params, x), y)


@dataclass(frozen=True)
class VAE:
    """An autoencoder whose code is a normal distribution, so that new codes can be drawn.

    q(z|x) = N(μ, σ²), p(z) = N(0, 1), z = μ + σ ε. The loss is −ELBO in nats an example,
    E −ln p(x|z) + β KL(q ‖ p), with one draw of ε.

    Args:
        sizes: neurons from the input to the last hidden layer: (64, 64).
        latent: numbers of the code.
        hidden: the activation of the hidden layers.

    Raises:
        DomainError: sizes or latent that are not integers ≥ 1.

    >>> model = VAE((4, 8), latent=2)
    >>> params = model.spec.tensors(Tensor(model.init(np.random.default_rng(0))))
    >>> mu, log_var = model.encode(params, Tensor(np.zeros((3, 4))))
    >>> mu.shape, log_var.shape
    ((3, 2), (3, 2))

    Source: Kingma & Welling 2014, Auto-encoding variational Bayes, section 3 and appendix B; β:
    Higgins et al. 2017.
    """

    sizes: tuple[int, ...]
    latent: int = 2
    hidden: str = "tanh"

    def __post_init__(self) -> None:
        object.__setattr__(self, "latent", integer("VAE", "latent", self.latent, low=1))
        object.__setattr__(self, "sizes", integers("VAE", "sizes", self.sizes, low=1))
        self.encoder  # noqa: B018 - refuses what is not a network

    @property
    def encoder(self) -> MLP:
        """From x to μ and ln σ², side by side."""
        return MLP((*self.sizes, 2 * self.latent), self.hidden, prefix="E.")

    @property
    def decoder(self) -> MLP:
        """From z to scores: σ of them are pixels."""
        return MLP((self.latent, *self.sizes[::-1]), self.hidden, prefix="D.")

    @property
    def spec(self) -> ParamSpec:
        """The matrices of both halves."""
        return ParamSpec({**self.encoder.spec.shapes, **self.decoder.spec.shapes})

    @property
    def noise(self) -> dict[str, Noise]:
        """What a training step draws: ε."""
        return {"eps": Noise("normal", (self.latent,))}

    def init(self, rng: np.random.Generator) -> Array:
        """Initial parameters, one flat vector."""
        return np.concatenate([self.encoder.init(rng), self.decoder.init(rng)])

    def encode(self, params: Mapping[str, Tensor], x: Tensor) -> tuple[Tensor, Tensor]:
        """μ and ln σ², (N, latent) each, for x (N, D)."""
        both = self.encoder(params, x)
        return both[:, : self.latent].named("mu"), both[:, self.latent :].named("log_var")

    def decode(self, params: Mapping[str, Tensor], z: Tensor) -> Tensor:
        """Scores (N, D) of the pixels for codes z (N, latent)."""
        return self.decoder(params, z)

    def __call__(self, params: Mapping[str, Tensor], x: Tensor) -> Tensor:
        """Scores (N, D) of the pixels for x (N, D), by the mean code μ, without noise."""
        return self.decode(params, self.encode(params, x)[0])

    def terms(self, params: Mapping[str, Tensor], x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """The sides of −ELBO, in nats an example: reconstruction, and KL of each number (latent,).

        Args:
            params: with the noise `eps` (N, latent) among them.
            x, y: (N, D) pixels in [0, 1]; y is x.
        """
        mu, log_var = self.encode(params, x)
        z = (mu + np.exp(0.5 * log_var) * params["eps"]).named("z")
        reconstruction = binary_cross_entropy(self.decode(params, z), y) * y.shape[1]
        return reconstruction, gaussian_kl(mu, log_var).mean(0)

    def loss(
        self, params: Mapping[str, Tensor], x: Tensor, y: Tensor, beta: Tensor | float = 1.0
    ) -> Tensor:
        """Reconstruction + β Σ KL: −ELBO for β = 1."""
        reconstruction, kl = self.terms(params, x, y)
        return reconstruction + beta * kl.sum()


def gaussian_kl(mu: Tensor, log_var: Tensor) -> Tensor:
    """KL(N(μ, e^s) ‖ N(0, 1)) = (μ² + e^s − 1 − s) / 2 in nats, elementwise.

    >>> gaussian_kl(Tensor(1.0), Tensor(0.0)).item()
    0.5

    Source: Kingma & Welling 2014, appendix B.
    """
    return 0.5 * (mu**2 + exp(log_var) - 1 - log_var)
