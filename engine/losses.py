"""Losses: how wrong an output is, as one number, averaged over the batch.

Shapes: N batch, K outputs or classes. `z` are scores (logits, before sigmoid or softmax): from
them the loss is computed in one stable form, and no probability is ever rounded to 0 or 1.
"""

import math
from collections.abc import Callable, Mapping

import numpy as np

from engine.errors import ShapeError, unknown
from engine.primitives import elementwise, pairs, reductions
from engine.tensor import Tensor
from engine.validate import array, scalar


def mse(y_hat: Tensor, y: Tensor) -> Tensor:
    """The mean squared error Σ (ŷ − y)² / (N K), over all numbers as in PyTorch.

    Args:
        y_hat: (N, K) outputs.
        y: (N, K) what they should be.

    Raises:
        ShapeError: the shapes differ.

    >>> mse(Tensor([[1.0], [3.0]]), Tensor([[1.0], [1.0]])).item()
    2.0

    Source: Goodfellow, Bengio & Courville 2016, section 5.1.4.
    """
    _same_shape("mse", y_hat, y)
    return ((y_hat - y) ** 2).mean()


def l1(y_hat: Tensor, y: Tensor) -> Tensor:
    """The mean absolute error Σ |ŷ − y| / (N K): far points pull no harder; its best ŷ is a median.

    Args:
        y_hat: (N, K) outputs.
        y: (N, K) what they should be. Where the two are equal the slope is 0.

    Raises:
        ShapeError: the shapes differ.

    >>> l1(Tensor([[1.0], [4.0]]), Tensor([[1.0], [1.0]])).item()
    1.5

    Source: Boyd & Vandenberghe 2004, section 6.1.1.
    """
    _same_shape("l1", y_hat, y)
    return abs(y_hat - y).mean()


def huber(y_hat: Tensor, y: Tensor, delta: float = 1.0) -> Tensor:
    """Squared near 0, straight beyond δ: the mean of d²/2, or δ (|d| − δ/2) where |d| > δ.

    d = ŷ − y. This is Huber's own and PyTorch's `HuberLoss`; its `SmoothL1Loss` divides by δ. The
    slope is d cut off at ±δ.

    Args:
        y_hat: (N, K) outputs.
        y: (N, K) what they should be.
        delta: the error from which on a point pulls no harder.

    Raises:
        ShapeError: the shapes differ.
        DomainError: delta is not above 0.

    >>> huber(Tensor([[1.0], [4.0]]), Tensor([[0.0], [0.0]])).item()
    2.0

    Source: Huber 1964, Robust estimation of a location parameter, section 4.
    """
    _same_shape("huber", y_hat, y)
    delta = scalar("huber", "delta", delta, above=0)
    return (elementwise.huber((y_hat - y) / delta) * delta**2).mean()


def gaussian_nll(mu: Tensor, y: Tensor, log_var: Tensor | float = 0.0) -> Tensor:
    """−log density of y under N(μ, e^s) in nats: mean of (log 2π + s + (y − μ)² e⁻ˢ) / 2.

    With a fixed s it is mse in other units; with a learned one the model says how sure it is.
    PyTorch's `GaussianNLLLoss` takes the variance e^s itself, and leaves log 2π out if not asked.

    Args:
        mu: (N, K) means.
        y: (N, K) what was seen.
        log_var: s, one number or (1, K) or (N, K): any real is a variance above 0.

    Raises:
        ShapeError: the shapes differ.

    >>> round(gaussian_nll(Tensor([[0.0]]), Tensor([[0.0]])).item(), 6)
    0.918939

    Source: Nix & Weigend 1994, Estimating the mean and variance of the target distribution.
    """
    _same_shape("gaussian_nll", mu, y)
    s = log_var if isinstance(log_var, Tensor) else pairs.add(log_var, 0)
    if s.shape not in ((), (1, mu.shape[1]), mu.shape):
        raise ShapeError(f"gaussian_nll: expected log_var of shape () or (1, K) or (N, K) = "
                         f"{mu.shape}, got {s.shape}.")  # fmt: skip
    rows = (mu - y) ** 2 * elementwise.exp(-s) + (s + math.log(2 * math.pi))
    return (0.5 * rows).mean()


def hinge(z: Tensor, y: Tensor) -> Tensor:
    """A margin, not a likelihood: mean of max(0, 1 − t z) with t = 2 y − 1, so −1 or 1.

    What is right by a margin of 1 costs nothing and has slope 0, the corner included.

    Args:
        z: (N, K) scores, whose sign is the answer.
        y: (N, K) labels 0 and 1, as for binary_cross_entropy.

    Raises:
        ShapeError: the shapes differ.
        DomainError: a label outside [0, 1].

    >>> hinge(Tensor([[3.0], [0.5]]), Tensor([[1.0], [0.0]])).item()
    0.75

    Source: Cortes & Vapnik 1995, Support-vector networks, section 3.
    """
    _same_shape("hinge", z, y)
    _require_probabilities("hinge", y)
    return elementwise.relu((1 - 2 * y) * z + 1).mean()


def binary_cross_entropy(z: Tensor, y: Tensor) -> Tensor:
    """−log likelihood of labels 0 and 1 in nats: mean of softplus(z) − y z; its slope is σ(z) − y.

    A score of ±∞ costs 0 or ∞ with the label 0, and NaN where ∞ − ∞ is all that can be said.

    Args:
        z: (N, K) scores; σ(z) is the probability of label 1.
        y: (N, K) labels or probabilities in [0, 1].

    Raises:
        ShapeError: the shapes differ.
        DomainError: a label outside [0, 1].

    >>> round(binary_cross_entropy(Tensor([[0.0]]), Tensor([[1.0]])).item(), 6)
    0.693147

    Source: Goodfellow, Bengio & Courville 2016, section 6.2.2.2.
    """
    _same_shape("binary_cross_entropy", z, y)
    _require_probabilities("binary_cross_entropy", y)
    return (elementwise.softplus(z) - pairs.weighted(y, z)).mean()


def cross_entropy(z: Tensor, y: Tensor) -> Tensor:
    """−log likelihood of the right class in nats: mean of log Σ eᶻ − Σ y z; its slope is p − y.

    A class of target 0 does not count, even if its score is −∞: so classes are masked. With a
    target above 0 that score costs ∞. Scores above 1e15 have no digit left for log Σ.

    Args:
        z: (N, K) scores; softmax(z) are the probabilities.
        y: (N, K) one-hot rows, or probabilities that sum to 1.

    Raises:
        ShapeError: the shapes differ.
        DomainError: a probability outside [0, 1].

    >>> round(cross_entropy(Tensor([[0.0, 0.0]]), Tensor([[1.0, 0.0]])).item(), 6)
    0.693147

    Source: Goodfellow, Bengio & Courville 2016, section 6.2.2.3.
    """
    _same_shape("cross_entropy", z, y)
    _require_probabilities("cross_entropy", y)
    rows = reductions.logsumexp(z).sum(-1) - pairs.weighted(y, z).sum(-1)
    return rows.mean()


def kl_divergence(z: Tensor, y: Tensor) -> Tensor:
    """KL(y ‖ softmax z) in nats, mean of Σ y log(y / p): the cross entropy less that of y itself.

    So it has the slope p − y of cross_entropy, and 0 is its least value; 0 log 0 is 0, and so is
    0 log p of a class whose score is −∞. PyTorch's `KLDivLoss` takes log probabilities in the
    place of scores.

    Args:
        z: (N, K) scores; p = softmax(z) are the probabilities.
        y: (N, K) probabilities that sum to 1.

    Raises:
        ShapeError: the shapes differ.
        DomainError: a probability outside [0, 1].

    >>> round(kl_divergence(Tensor([[0.0, 0.0]]), Tensor([[0.9, 0.1]])).item(), 6)
    0.368064

    Source: Kullback & Leibler 1951; Goodfellow, Bengio & Courville 2016, equation 3.50.
    """
    _same_shape("kl_divergence", z, y)
    _require_probabilities("kl_divergence", y)
    log_y = elementwise.log(pairs.maximum(y, float(np.finfo(y.value.dtype).tiny)))
    return (y * log_y).sum(-1).mean() + cross_entropy(z, y)


def _require_probabilities(name: str, y: Tensor) -> None:
    array(name, "y", y.value, low=0, high=1)


def _same_shape(name: str, a: Tensor, b: Tensor) -> None:
    if a.shape != b.shape or a.ndim != 2:
        raise ShapeError(f"{name}: expected two arrays of one shape (N, K), got {a.shape} and "
                         f"{b.shape}. Labels of classes go in as one-hot rows.")  # fmt: skip


Loss = Callable[[Tensor, Tensor], Tensor]

LOSSES: Mapping[str, Loss] = {
    f.__name__: f
    for f in (
        mse, l1, huber, gaussian_nll, hinge, binary_cross_entropy, cross_entropy, kl_divergence,
    )
}  # fmt: skip


def loss(name: str) -> Loss:
    """The loss of that name.

    Raises:
        UnknownNameError: there is none; the message lists the nearest.

    >>> loss("mse") is mse
    True
    """
    if name not in LOSSES:
        raise unknown("loss", name, LOSSES)
    return LOSSES[name]
