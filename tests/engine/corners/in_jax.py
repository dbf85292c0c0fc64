"""Every case of the grid in JAX, double precision; the losses are those of optax."""

from collections.abc import Callable, Sequence
from functools import partial

import jax
import numpy as np
import optax
from jax import Array, lax, nn
from jax import numpy as jnp

from tests.engine.corners.grid import CONSTANT_BASES, EXPONENTS, TARGETS, Path

jax.config.update("jax_enable_x64", True)

Function = Callable[..., Array]
VERSION = f"JAX {jax.__version__}, optax {optax.__version__}"


def derivatives(f: Function, points: np.ndarray, paths: Sequence[Path]) -> np.ndarray:
    """(paths, points): the value of f and its derivatives at rows of coordinates."""

    def derivative(path: Path) -> Function:
        return jax.grad(derivative(path[:-1]), argnums=path[-1]) if path else f

    each = [derivative(path) for path in paths]
    together = jax.jit(jax.vmap(lambda *columns: jnp.stack([g(*columns) for g in each])))
    return np.asarray(together(*points.T)).T


def of_rows(f: Function, *index: int) -> Function:
    """A function of a row, or one number of it."""
    return lambda *numbers: f(jnp.stack(numbers))[index]


def of_matrices(loss: Function, parts: int) -> Function:
    """The mean loss of `parts` rows of K numbers, one after the other."""

    def f(*numbers: Array) -> Array:
        k = len(numbers) // parts
        rows = (jnp.stack(numbers[i * k : (i + 1) * k]) for i in range(parts))
        return jnp.mean(loss(*rows))

    return f


def of_logits(loss: Function, y: Sequence[float]) -> Function:
    """A loss of one row of scores, its targets fixed."""
    return lambda *numbers: loss(jnp.stack(numbers), jnp.array(y))


def kl_divergence(z: Array, y: Array) -> Array:
    """That of optax takes log probabilities."""
    return optax.kl_divergence(nn.log_softmax(z), y)


def gaussian_nll(mu: Array, y: Array, log_var: Array | float = 0.0) -> Array:
    """Written out: optax has none."""
    return 0.5 * (jnp.log(2 * jnp.pi) + log_var + (y - mu) ** 2 * jnp.exp(-log_var))


def pool(x: Array) -> Array:
    """The maximum of all numbers as a window, as flax pools."""
    return lax.reduce_window(x, -jnp.inf, lax.max, x.shape, (1,), "VALID")


def conv(x: Array, w: Array) -> Array:
    """(N, C, H) and (F, C, k)."""
    return lax.conv_general_dilated(x, w, (1,), "VALID")


def power_of(p: float) -> Function:
    """x to a number, as one writes it: x**3, not x**3.0."""
    exponent = int(p) if np.isfinite(p) and p == int(p) else p
    return lambda x: x**exponent


def compare(name: str, a: Array, b: Array) -> Array:
    """1 where it is true, else 0."""
    return getattr(jnp, name)(a, b).astype(a.dtype)


COMPARISONS = ["equal", "not_equal", "less", "less_equal", "greater", "greater_equal"]
SAME = [
    "negative", "square", "sqrt", "exp", "expm1", "log", "log1p", "log2", "log10", "sin", "cos",
    "tan", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "absolute", "sign", "add",
    "subtract", "multiply", "divide", "power", "maximum", "minimum",
]  # fmt: skip
ONES = jnp.ones((1, 1, 1))
TURNED = jnp.array([1, 0])

FUNCTIONS: dict[str, Function] = {
    **{name: getattr(jnp, name) for name in SAME},
    "relu": nn.relu,
    "sigmoid": nn.sigmoid,
    "erf": jax.scipy.special.erf,
    "softplus": nn.softplus,
    "hard_tanh": nn.hard_tanh,
    "huber": optax.huber_loss,
    "relu_grad": lambda g, y: jnp.where(y > 0, g, 0.0),
    **{f"x**{p:g}": power_of(p) for p in EXPONENTS},
    **{f"{b:g}**p": lambda p, b=b: b**p for b in CONSTANT_BASES},
    "identity": nn.identity,
    "softsign": nn.soft_sign,
    "leaky_relu": nn.leaky_relu,
    "elu": nn.elu,
    "selu": nn.selu,
    "silu": nn.silu,
    "gelu": partial(nn.gelu, approximate=False),
    "mish": nn.mish,
    "softmax[0]": of_rows(nn.softmax, 0),
    "log_softmax[0]": of_rows(nn.log_softmax, 0),
    "elu, alpha=2": partial(nn.elu, alpha=2.0),
    "leaky_relu, slope=0": partial(nn.leaky_relu, negative_slope=0.0),
    "leaky_relu, slope=1": partial(nn.leaky_relu, negative_slope=1.0),
    "mse": of_matrices(optax.squared_error, 2),
    "l1": of_matrices(lambda a, b: jnp.abs(a - b), 2),
    "huber loss": of_matrices(optax.huber_loss, 2),
    "gaussian_nll": of_matrices(gaussian_nll, 2),
    "hinge": of_matrices(lambda z, y: optax.hinge_loss(z, 2 * y - 1), 2),
    "binary_cross_entropy": of_matrices(optax.sigmoid_binary_cross_entropy, 2),
    **{f"cross_entropy, y={y}": of_logits(optax.softmax_cross_entropy, y) for y in TARGETS},
    **{f"kl_divergence, y={y}": of_logits(kl_divergence, y) for y in TARGETS},
    "gaussian_nll, log_var": of_matrices(gaussian_nll, 3),
    **{name: partial(compare, name) for name in COMPARISONS},
    "where": lambda c, a, b: jnp.where(c != 0, a, b),
    "max": of_rows(jnp.max),
    "sum": of_rows(jnp.sum),
    "mean": of_rows(jnp.mean),
    "logsumexp": of_rows(nn.logsumexp),
    "max_pool": of_rows(pool, 0),
}
CARRIERS: dict[str, Callable[[Array], Array]] = {
    "reshape": lambda x: x.reshape(2, 1)[0, 0],
    "transpose": lambda x: x.reshape(1, 2).T[0, 0],
    "broadcast_to": lambda x: jnp.broadcast_to(x, (3, 2))[2, 0],
    "getitem": lambda x: x[0],
    "astype": lambda x: x.astype(jnp.float64)[0],
    "detach": lambda x: lax.stop_gradient(x)[0],
    "concat_flat": lambda x: jnp.concatenate([x[1:], x[:1]])[1],
    "insert": lambda x: jnp.pad(x, 1)[1],
    "append_ones": lambda x: jnp.append(x, 1.0)[0],
    "gather": lambda x: jnp.take(x, TURNED, axis=0)[1],
    "scatter_add": lambda x: jnp.zeros_like(x).at[TURNED].add(x)[1],
    "unfold": lambda x: x[jnp.array([[0], [1]])][0, 0],
    "fold": lambda x: jnp.zeros_like(x).at[jnp.array([[0], [1]])].add(x[:, None])[0],
    "max_pool": lambda x: lax.reduce_window(x, -jnp.inf, lax.max, (1,), (1,), "VALID")[0],
    "max_unpool": lambda x: jnp.zeros_like(x).at[jnp.array([0, 1])].set(x)[0],
    "max_pick": lambda x: x[jnp.array([0, 1])][0],
    "matmul": lambda x: (x[:, None] @ ONES[0])[0, 0],
    "conv1d": lambda x: conv(x[None, None], ONES)[0, 0, 0],
    "conv1d_input_grad": lambda x: lax.conv_transpose(
        x[None, None], ONES, (1,), "VALID", dimension_numbers=("NCH", "OIH", "NCH")
    )[0, 0, 0],
    "conv1d_weight_grad": lambda x: conv(x[:, None, None], ONES)[0, 0, 0],
}  # fmt: skip
CORNERED: dict[str, Function] = {
    "relu": lambda a, b: nn.relu(a),
    "absolute": lambda a, b: jnp.abs(a),
    "hard_tanh": lambda a, b: nn.hard_tanh(a),
    "maximum": jnp.maximum,
    "minimum": jnp.minimum,
    "max_pool": lambda a, b: pool(jnp.stack([a, b]))[0],
}
FUNCTIONS |= {
    f"b · {name} of a beside b": lambda a, b, f=f: b * f(jnp.stack([a, b]))
    for name, f in CARRIERS.items()
}
FUNCTIONS |= {f"c · {name}(a, b)": lambda a, b, c, g=g: c * g(a, b) for name, g in CORNERED.items()}
