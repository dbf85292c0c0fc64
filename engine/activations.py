"""Activation functions, from the plainest to the most complex; derivatives come from the engine.

Each takes and returns a number, an array or a tensor of any shape (softmax and log_softmax work
along the last axis). All are defined for every real number; slopes at a corner are PyTorch's.
"""

import math
from collections.abc import Callable, Mapping
from typing import TypeVar

from engine.array import Array
from engine.errors import DomainError, unknown
from engine.primitives import elementwise, pairs, reductions
from engine.tensor import Tensor, call

X = TypeVar("X", Tensor, Array, float)


def identity(x: X) -> X:
    """x itself: a layer without activation is a linear map.

    >>> identity(2.0)
    2.0
    """
    return x


def sigmoid(x: X) -> X:
    """1 / (1 + e⁻ˣ), in (0, 1): a probability from a score. Slope y (1 − y) ≤ 1/4.

    >>> sigmoid(0.0)
    0.5
    """
    return call(elementwise.sigmoid, x)  # type: ignore[no-any-return]


def tanh(x: X) -> X:
    """(eˣ − e⁻ˣ) / (eˣ + e⁻ˣ), in (−1, 1). Slope 1 − y² ≤ 1.

    >>> tanh(0.0)
    0.0
    """
    return call(elementwise.tanh, x)  # type: ignore[no-any-return]


def relu(x: X) -> X:
    """max(x, 0): passes what is positive. Slope 1 or 0; at the corner 0.

    >>> relu(-3.0), relu(3.0)
    (0.0, 3.0)
    """
    return call(elementwise.relu, x)  # type: ignore[no-any-return]


def hard_tanh(x: X) -> X:
    """x cut off at −1 and 1, a tanh without exp. Slope 1 between, 0 from the corners on.

    >>> hard_tanh(0.3), hard_tanh(-3.0)
    (0.3, -1.0)

    Source: Collobert 2004, Large Scale Machine Learning, section 5.
    """
    return call(elementwise.hard_tanh, x)  # type: ignore[no-any-return]


def softsign(x: X) -> X:
    """x / (1 + |x|), in (−1, 1): like tanh, but it flattens slowly. Slope 1 / (1 + |x|)².

    >>> softsign(3.0)
    0.75

    Source: Glorot & Bengio 2010, section 3.
    """
    return x / (1 + abs(x))


def leaky_relu(x: X, slope: float = 0.01) -> X:
    """x where positive, slope · x elsewhere: no neuron dies. At the corner the slope is `slope`.

    Raises:
        DomainError: slope is outside [0, 1].

    >>> leaky_relu(-3.0), leaky_relu(3.0)
    (-0.03, 3.0)

    Source: Maas, Hannun & Ng 2013, Rectifier nonlinearities improve acoustic models, section 2.
    """
    if not 0 <= slope <= 1:
        raise DomainError(f"leaky_relu: expected a slope in [0, 1], got {slope}.")
    positive = relu(x)
    return positive + slope * call(pairs.negative_part, x, positive)  # type: ignore[no-any-return]


def softplus(x: X) -> X:
    """log(1 + eˣ), above 0: a ReLU without corner. Its slope is sigmoid(x).

    >>> round(softplus(0.0), 6)
    0.693147

    Source: Dugas et al. 2001, Incorporating second-order functional knowledge, section 3.
    """
    return call(elementwise.softplus, x)  # type: ignore[no-any-return]


def elu(x: X, alpha: float = 1.0) -> X:
    """x where positive, α (eˣ − 1) elsewhere: negative sides pull the mean towards 0.

    The slope is 1 or α eˣ; at 0 it is α, and for α = 1 there is no corner. Higher derivatives at 0
    are those of the left side too.

    Raises:
        DomainError: alpha is not above 0.

    >>> elu(2.0), round(elu(-1.0), 6)
    (2.0, -0.632121)

    Source: Clevert, Unterthiner & Hochreiter 2016, equation 15.
    """
    if not alpha > 0:
        raise DomainError(f"elu: expected alpha > 0, got {alpha}.")
    positive = relu(x)
    return positive + alpha * call(elementwise.expm1, call(pairs.negative_part, x, positive))  # type: ignore[no-any-return]


def selu(x: X) -> X:
    """λ elu(x, α) with λ = 1.0507 and α = 1.6733: mean 0 and variance 1 stay so, layer by layer.

    The two constants are the ones that keep both for a normal x.

    >>> round(selu(1.0), 6), round(selu(-1.0), 6)
    (1.050701, -1.111331)

    Source: Klambauer et al. 2017, Self-normalizing neural networks, equations 2 and 14.
    """
    return SELU_SCALE * elu(x, SELU_ALPHA)


def silu(x: X) -> X:
    """x sigmoid(x): a ReLU that dips below 0 before it lets go, least −0.278465 at −1.27846.

    >>> round(silu(1.0), 6)
    0.731059

    Source: Elfwing, Uchibe & Doya 2018; swish in Ramachandran, Zoph & Le 2017.
    """
    return x * sigmoid(x)


def gelu(x: X) -> X:
    """x Φ(x), x times the chance that a normal number is below it; least −0.169971 at −0.75179.

    The exact form by erf, Φ(x) = (1 + erf(x/√2)) / 2, not the one by tanh.

    >>> round(gelu(1.0), 6)
    0.841345

    Source: Hendrycks & Gimpel 2016, Gaussian error linear units, section 2.
    """
    return 0.5 * x * (1 + call(elementwise.erf, x * math.sqrt(0.5)))  # type: ignore[no-any-return]


def mish(x: X) -> X:
    """x tanh(softplus(x)): much like silu, least −0.308843 at −1.19250.

    >>> round(mish(1.0), 6)
    0.865098

    Source: Misra 2019, Mish: a self regularized non-monotonic activation function.
    """
    return x * tanh(softplus(x))


def softmax(x: X) -> X:
    """eˣ / Σ eˣ along the last axis: scores to probabilities; a common shift changes nothing.

    >>> import numpy as np
    >>> softmax(np.array([1.0, 2.0, 3.0])).round(6).tolist()
    [0.090031, 0.244728, 0.665241]
    """
    return call(reductions.softmax, x)  # type: ignore[no-any-return]


def log_softmax(x: X) -> X:
    """x − log Σ eˣ along the last axis: log probabilities that never become log 0.

    >>> import numpy as np
    >>> log_softmax(np.array([1000.0, 0.0])).tolist()
    [0.0, -1000.0]
    """
    return x - call(reductions.logsumexp, x)  # type: ignore[no-any-return]


SELU_ALPHA, SELU_SCALE = 1.6732632423543772, 1.0507009873554805
"""α and λ of selu: the solution of its two equations for mean 0 and variance 1."""

Activation = Callable[[Tensor], Tensor]

ACTIVATIONS: Mapping[str, Activation] = {
    f.__name__: f
    for f in (
        identity, sigmoid, tanh, relu, hard_tanh, softsign, leaky_relu, softplus, elu, selu, silu,
        gelu, mish, softmax, log_softmax,
    )
}  # fmt: skip


def activation(name: str | Activation) -> Activation:
    """The activation of that name; a function, such as a typed one, is taken as it is.

    Raises:
        UnknownNameError: there is none; the message lists the nearest.

    >>> activation("tanh") is tanh
    True
    """
    if callable(name):
        return name
    if name not in ACTIVATIONS:
        raise unknown("activation", name, ACTIVATIONS)
    return ACTIVATIONS[name]
