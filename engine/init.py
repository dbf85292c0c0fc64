"""Starting weights for a layer, given how many numbers go in and out.

Each returns a matrix of shape (n_in + 1, n_out) whose last row, the bias, is zero.
"""

from collections.abc import Callable, Mapping

import numpy as np

from engine.array import Array
from engine.errors import DomainError, unknown

Init = Callable[[int, int, np.random.Generator], Array]


def _with_bias(weights: Array) -> Array:
    return np.vstack([weights, np.zeros((1, weights.shape[1]))])


def _require_sizes(name: str, n_in: int, n_out: int) -> None:
    if n_in < 1 or n_out < 1:
        raise DomainError(f"{name}: expected n_in ≥ 1 and n_out ≥ 1, got {n_in} and {n_out}.")


def zero(n_in: int, n_out: int, rng: np.random.Generator) -> Array:
    """All zero: every neuron of a layer stays the twin of its neighbours.

    >>> zero(1, 2, np.random.default_rng(0)).tolist()
    [[0.0, 0.0], [0.0, 0.0]]
    """
    _require_sizes("zero", n_in, n_out)
    return np.zeros((n_in + 1, n_out))


def glorot(n_in: int, n_out: int, rng: np.random.Generator) -> Array:
    """Uniform with variance 2 / (n_in + n_out): a tanh layer keeps sizes forward and backward.

    >>> abs(glorot(200, 100, np.random.default_rng(0))[:-1].var() * 150 - 1) < 0.05
    np.True_

    Source: Glorot & Bengio 2010, equation 16.
    """
    _require_sizes("glorot", n_in, n_out)
    bound = np.sqrt(6 / (n_in + n_out))
    return _with_bias(rng.uniform(-bound, bound, (n_in, n_out)))


def he(n_in: int, n_out: int, rng: np.random.Generator) -> Array:
    """Normal with variance 2 / n_in: a ReLU layer keeps the mean square of its signal.

    >>> abs(he(200, 100, np.random.default_rng(0))[:-1].var() * 100 - 1) < 0.05
    np.True_

    Source: He et al. 2015, equation 10.
    """
    _require_sizes("he", n_in, n_out)
    return _with_bias(rng.normal(0, np.sqrt(2 / n_in), (n_in, n_out)))


INITS: Mapping[str, Init] = {f.__name__: f for f in (zero, glorot, he)}


def init(name: str) -> Init:
    """The initialisation of that name.

    Raises:
        UnknownNameError: there is none; the message lists the nearest.

    >>> init("he") is he
    True
    """
    if name not in INITS:
        raise unknown("initialisation", name, INITS)
    return INITS[name]
