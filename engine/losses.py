"""Losses: how wrong an output is, as one number, averaged over the batch.

Shapes: N batch, K outputs or classes. `z` are scores (logits, before sigmoid or softmax): from
them the loss is reckoned in one stable form, and no probability is ever rounded to 0 or 1.
"""

from collections.abc import Callable, Mapping

from engine.errors import ShapeError, unknown
from engine.tensor import Tensor, apply


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


def binary_cross_entropy(z: Tensor, y: Tensor) -> Tensor:
    """−log likelihood of labels 0 and 1 in nats: mean of softplus(z) − y z; its slope is σ(z) − y.

    Args:
        z: (N, K) scores; σ(z) is the probability of label 1.
        y: (N, K) labels or probabilities in [0, 1].

    Raises:
        ShapeError: the shapes differ.

    >>> round(binary_cross_entropy(Tensor([[0.0]]), Tensor([[1.0]])).item(), 6)
    0.693147

    Source: Goodfellow, Bengio & Courville 2016, section 6.2.2.2.
    """
    _same_shape("binary_cross_entropy", z, y)
    return (apply("softplus", z) - y * z).mean()


def cross_entropy(z: Tensor, y: Tensor) -> Tensor:
    """−log likelihood of the right class in nats: mean of log Σ eᶻ − Σ y z; its slope is p − y.

    Args:
        z: (N, K) scores; softmax(z) are the probabilities.
        y: (N, K) one-hot rows, or probabilities that sum to 1.

    Raises:
        ShapeError: the shapes differ.

    >>> round(cross_entropy(Tensor([[0.0, 0.0]]), Tensor([[1.0, 0.0]])).item(), 6)
    0.693147

    Source: Goodfellow, Bengio & Courville 2016, section 6.2.2.3.
    """
    _same_shape("cross_entropy", z, y)
    rows = apply("logsumexp", z).sum(-1) - (y * z).sum(-1)
    return rows.mean()


def _same_shape(name: str, a: Tensor, b: Tensor) -> None:
    if a.shape != b.shape or a.ndim != 2:
        raise ShapeError(f"{name}: expected two arrays of one shape (N, K), got {a.shape} and "
                         f"{b.shape}. Labels of classes go in as one-hot rows.")  # fmt: skip


Loss = Callable[[Tensor, Tensor], Tensor]

LOSSES: Mapping[str, Loss] = {f.__name__: f for f in (mse, binary_cross_entropy, cross_entropy)}


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
