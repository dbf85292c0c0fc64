"""Starting weights for a layer, given how many numbers go in and out.

Each returns a matrix of shape (n_in + 1, n_out) whose last row, the bias, is zero.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from engine.array import Array
from engine.errors import DomainError, unknown
from engine.validate import integer

Init = Callable[[int, int, np.random.Generator], Array]


def _with_bias(weights: Array) -> Array:
    return np.vstack([weights, np.zeros((1, weights.shape[1]))])


def _sizes(name: str, n_in: int, n_out: int) -> tuple[int, int]:
    return integer(name, "n_in", n_in, low=1), integer(name, "n_out", n_out, low=1)


def zero(n_in: int, n_out: int, rng: np.random.Generator) -> Array:
    """All zero: every neuron of a layer stays the twin of its neighbors.

    >>> zero(1, 2, np.random.default_rng(0)).tolist()
    [[0.0, 0.0], [0.0, 0.0]]
    """
    n_in, n_out = _sizes("zero", n_in, n_out)
    return np.zeros((n_in + 1, n_out))


def uniform(n_in: int, n_out: int, rng: np.random.Generator) -> Array:
    """Uniform in ±1/√n_in, variance 1 / (3 n_in): the old habit, under which signals shrink.

    PyTorch's linear layer still starts so, though it draws the bias too.

    >>> abs(uniform(200, 100, np.random.default_rng(0))[:-1].var() * 600 - 1) < 0.05
    np.True_

    Source: Glorot & Bengio 2010, equation 1.
    """
    n_in, n_out = _sizes("uniform", n_in, n_out)
    bound = 1 / np.sqrt(n_in)
    return _with_bias(rng.uniform(-bound, bound, (n_in, n_out)))


def normal(n_in: int, n_out: int, rng: np.random.Generator) -> Array:
    """Normal with variance 1 / n_in: a linear or a selu layer keeps the variance of its signal.

    >>> abs(normal(200, 100, np.random.default_rng(0))[:-1].var() * 200 - 1) < 0.05
    np.True_

    Source: LeCun et al. 1998, Efficient BackProp, equation 16; Klambauer et al. 2017, section 2.
    """
    n_in, n_out = _sizes("normal", n_in, n_out)
    return _with_bias(rng.normal(0, np.sqrt(1 / n_in), (n_in, n_out)))


def glorot(n_in: int, n_out: int, rng: np.random.Generator) -> Array:
    """Uniform with variance 2 / (n_in + n_out): a tanh layer keeps sizes forward and backward.

    >>> abs(glorot(200, 100, np.random.default_rng(0))[:-1].var() * 150 - 1) < 0.05
    np.True_

    Source: Glorot & Bengio 2010, equation 16.
    """
    n_in, n_out = _sizes("glorot", n_in, n_out)
    bound = np.sqrt(6 / (n_in + n_out))
    return _with_bias(rng.uniform(-bound, bound, (n_in, n_out)))


def he(n_in: int, n_out: int, rng: np.random.Generator) -> Array:
    """Normal with variance 2 / n_in: a ReLU layer keeps the mean square of its signal.

    >>> abs(he(200, 100, np.random.default_rng(0))[:-1].var() * 100 - 1) < 0.05
    np.True_

    Source: He et al. 2015, equation 10.
    """
    n_in, n_out = _sizes("he", n_in, n_out)
    return _with_bias(rng.normal(0, np.sqrt(2 / n_in), (n_in, n_out)))


def orthogonal(n_in: int, n_out: int, rng: np.random.Generator) -> Array:
    """Orthonormal columns, or rows where n_in < n_out: a linear chain of any depth keeps lengths.

    Q of a QR decomposition of normal numbers, signed so that every such matrix is as likely.

    >>> W = orthogonal(4, 3, np.random.default_rng(0))[:-1]
    >>> bool(np.allclose(W.T @ W, np.eye(3)))
    True

    Source: Saxe, McClelland & Ganguli 2014, section 3; the signs: Mezzadri 2007, section 5.
    """
    n_in, n_out = _sizes("orthogonal", n_in, n_out)
    q, r = np.linalg.qr(rng.standard_normal((max(n_in, n_out), min(n_in, n_out))))
    q *= np.sign(np.diag(r))
    return _with_bias(q if n_in >= n_out else q.T)


def lsuv(weights: Sequence[Array], x: Array, f: Callable[[Array], Array]) -> list[Array]:
    """Layer by layer, weights scaled so that the scores z of a real batch have variance 1.

    Without biases z is proportional to the weights, so that one division is exact, where the paper
    repeats it. Begin from `orthogonal` matrices as the paper does.

    Args:
        weights: of each layer, (n_in + 1, n_out) with a last row of zeros.
        x: (N, n_in) the batch.
        f: the activation between layers.

    Returns:
        New matrices of the same shapes.

    Raises:
        DomainError: the scores of a layer are all the same, so that no scale helps.

    >>> rng = np.random.default_rng(0)
    >>> W = lsuv([orthogonal(3, 8, rng)], rng.normal(0, 5, (9, 3)), np.tanh)[0]
    >>> W.shape
    (4, 8)

    Source: Mishkin & Matas 2016, All you need is a good init, algorithm 1.
    """
    scaled: list[Array] = []
    for i, W in enumerate(weights, start=1):
        z = x @ W[:-1]
        size = z.std()
        if not 0 < size < np.inf:
            raise DomainError(f"lsuv: expected scores that vary in layer {i}, got a standard "
                              f"deviation of {size}.")  # fmt: skip
        scaled.append(W / size)
        x = f(z / size)
    return scaled


INITS: Mapping[str, Init] = {f.__name__: f for f in (zero, uniform, normal, glorot, he, orthogonal)}


def init(name: str) -> Init:
    """The initialization of that name.

    Raises:
        UnknownNameError: there is none; the message lists the nearest.

    >>> init("he") is he
    True
    """
    if name not in INITS:
        raise unknown("initialization", name, INITS)
    return INITS[name]
