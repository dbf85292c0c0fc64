"""Activation functions, from the plainest to the most complex; derivatives come from the engine.

Each takes and returns an array or a tensor of any shape (softmax works along the last axis). All
are defined for every real number.
"""

from collections.abc import Callable, Mapping
from typing import TypeVar

from engine.array import Array
from engine.errors import unknown
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
    return call("sigmoid", x)  # type: ignore[no-any-return]


def tanh(x: X) -> X:
    """(eˣ − e⁻ˣ) / (eˣ + e⁻ˣ), in (−1, 1). Slope 1 − y² ≤ 1.

    >>> tanh(0.0)
    0.0
    """
    return call("tanh", x)  # type: ignore[no-any-return]


def relu(x: X) -> X:
    """max(x, 0): passes what is positive. Slope 1 or 0; at the corner 0.

    >>> relu(-3.0), relu(3.0)
    (0.0, 3.0)
    """
    return call("relu", x)  # type: ignore[no-any-return]


def softmax(x: X) -> X:
    """eˣ / Σ eˣ along the last axis: scores to probabilities; a common shift changes nothing.

    >>> import numpy as np
    >>> softmax(np.array([1.0, 2.0, 3.0])).round(6).tolist()
    [0.090031, 0.244728, 0.665241]
    """
    return call("softmax", x)  # type: ignore[no-any-return]


Activation = Callable[[Tensor], Tensor]

ACTIVATIONS: Mapping[str, Activation] = {
    f.__name__: f for f in (identity, sigmoid, tanh, relu, softmax)
}


def activation(name: str) -> Activation:
    """The activation of that name.

    Raises:
        UnknownNameError: there is none; the message lists the nearest.

    >>> activation("tanh") is tanh
    True
    """
    if name not in ACTIVATIONS:
        raise unknown("activation", name, ACTIVATIONS)
    return ACTIVATIONS[name]
