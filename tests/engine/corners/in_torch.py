"""Every case of the grid in PyTorch, double precision."""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - as all of its users call it

from tests.engine.corners.grid import CONSTANT_BASES, EXPONENTS, TARGETS, Path

Function = Callable[..., Tensor]
VERSION = f"PyTorch {torch.__version__.partition('+')[0]}"


def derivatives(f: Function, points: np.ndarray, paths: Sequence[Path]) -> np.ndarray:
    """(paths, points): the value of f and its derivatives at rows of coordinates."""
    columns = [torch.tensor(c, requires_grad=True) for c in points.T]
    y = f(*columns)
    found: dict[Path, Tensor] = {(): y}

    def derivative(path: Path) -> Tensor:
        if path not in found:
            below = derivative(path[:-1])
            if not below.requires_grad:
                found[path] = torch.zeros_like(columns[0])
            else:
                column = columns[path[-1]]
                (found[path],) = torch.autograd.grad(
                    below.sum(), [column], create_graph=True, materialize_grads=True
                )
        return found[path]

    shape = len(points)
    return np.stack([derivative(path).numpy(force=True).reshape(shape) for path in paths])


def stacked(*columns: Tensor) -> Tensor:
    """(n,), (n,), … as the columns of (n, K)."""
    return torch.stack(columns, -1)


def of_rows(f: Function, *index: int) -> Function:
    """A function of rows, or one number of it."""
    return lambda *columns: f(stacked(*columns))[(slice(None), *index)]


def of_matrices(loss: Function, parts: int) -> Function:
    """A loss of `parts` arrays (1, K), from their numbers one after the other."""

    def f(*columns: Tensor) -> Tensor:
        k = len(columns) // parts
        return loss(*(stacked(*columns[i * k : (i + 1) * k]) for i in range(parts)))

    return f


def of_logits(loss: Function, y: Sequence[float]) -> Function:
    """A loss of one row of scores, its targets fixed."""
    return lambda *columns: loss(stacked(*columns), torch.tensor([y], dtype=torch.float64))


def gaussian_nll(mu: Tensor, y: Tensor, log_var: Tensor | float = 0.0) -> Tensor:
    """PyTorch's, with its variance written as eˢ and not cut off from below."""
    var = torch.exp(torch.as_tensor(log_var, dtype=mu.dtype)).expand_as(mu)
    return F.gaussian_nll_loss(mu, y, var, full=True, eps=0.0)


def hinge(z: Tensor, y: Tensor) -> Tensor:
    """Of labels 0 and 1; PyTorch's hinge losses are of other kinds."""
    return F.relu(1 - (2 * y - 1) * z).mean()


def kl_divergence(z: Tensor, y: Tensor) -> Tensor:
    """PyTorch's takes log probabilities."""
    return F.kl_div(F.log_softmax(z, -1), y, reduction="batchmean")


def row_pool(size: int) -> Function:
    """The maximum of rows of so many numbers."""
    return lambda x: F.max_pool1d(x[:, None], size, 1)[:, 0]


def huber(x: Tensor) -> Tensor:
    """Elementwise, of an error from 0."""
    return F.huber_loss(x, torch.zeros_like(x), reduction="none")


def relu_grad(g: Tensor, y: Tensor) -> Tensor:
    """ReLU's own derivative."""
    return torch.ops.aten.threshold_backward(g, y, 0)


def compare(name: str, a: Tensor, b: Tensor) -> Tensor:
    """1 where it is true, else 0."""
    return getattr(torch, "eq" if name == "equal" else name)(a, b).to(a.dtype)


COMPARISONS = ["equal", "not_equal", "less", "less_equal", "greater", "greater_equal"]
SAME = [
    "negative", "square", "sqrt", "exp", "expm1", "log", "log1p", "log2", "log10", "sin", "cos",
    "tan", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "absolute", "sign", "sigmoid",
    "erf", "add", "subtract", "multiply", "divide", "maximum", "minimum",
]  # fmt: skip
NO_BIAS = torch.ones(1, 1, 1, dtype=torch.float64)
FIRST = torch.tensor([1, 0])

FUNCTIONS: dict[str, Function] = {
    **{name: getattr(torch, name) for name in SAME},
    "relu": F.relu,
    "softplus": F.softplus,
    "hard_tanh": F.hardtanh,
    "huber": huber,
    "relu_grad": relu_grad,
    "power": torch.pow,
    **{f"x**{p:g}": lambda x, p=p: x**p for p in EXPONENTS},
    **{f"{b:g}**p": lambda p, b=b: b**p for b in CONSTANT_BASES},
    "identity": lambda x: x * 1,
    "softsign": F.softsign,
    "leaky_relu": F.leaky_relu,
    "elu": F.elu,
    "selu": F.selu,
    "silu": F.silu,
    "gelu": F.gelu,
    "mish": F.mish,
    "softmax[0]": of_rows(partial(F.softmax, dim=-1), 0),
    "log_softmax[0]": of_rows(partial(F.log_softmax, dim=-1), 0),
    "elu, alpha=2": partial(F.elu, alpha=2.0),
    "leaky_relu, slope=0": partial(F.leaky_relu, negative_slope=0.0),
    "leaky_relu, slope=1": partial(F.leaky_relu, negative_slope=1.0),
    "mse": of_matrices(F.mse_loss, 2),
    "l1": of_matrices(F.l1_loss, 2),
    "huber loss": of_matrices(F.huber_loss, 2),
    "gaussian_nll": of_matrices(gaussian_nll, 2),
    "hinge": of_matrices(hinge, 2),
    "binary_cross_entropy": of_matrices(F.binary_cross_entropy_with_logits, 2),
    **{f"cross_entropy, y={y}": of_logits(F.cross_entropy, y) for y in TARGETS},
    **{f"kl_divergence, y={y}": of_logits(kl_divergence, y) for y in TARGETS},
    "gaussian_nll, log_var": of_matrices(gaussian_nll, 3),
    **{name: partial(compare, name) for name in COMPARISONS},
    "where": lambda c, a, b: torch.where(c != 0, a, b),
    "max": of_rows(partial(torch.amax, dim=-1)),
    "sum": of_rows(partial(torch.sum, dim=-1)),
    "mean": of_rows(partial(torch.mean, dim=-1)),
    "logsumexp": of_rows(partial(torch.logsumexp, dim=-1)),
    "max_pool": of_rows(row_pool(3), 0),
}

CARRIERS: dict[str, Callable[[Tensor], Tensor]] = {
    "reshape": lambda x: x.reshape(2, 1)[0, 0],
    "transpose": lambda x: x.reshape(1, 2).T[0, 0],
    "broadcast_to": lambda x: x.expand(3, 2)[2, 0],
    "getitem": lambda x: x[0],
    "astype": lambda x: x.to(torch.float64)[0],
    "detach": lambda x: x.detach()[0],
    "concat_flat": lambda x: torch.cat([x[1:], x[:1]])[1],
    "insert": lambda x: F.pad(x, (1, 1))[1],
    "append_ones": lambda x: torch.cat([x, torch.ones(1, dtype=x.dtype)])[0],
    "gather": lambda x: F.embedding(FIRST, x[:, None])[1, 0],
    "scatter_add": lambda x: torch.zeros_like(x).index_add(0, FIRST, x)[1],
    "unfold": lambda x: x.unfold(0, 1, 1)[0, 0],
    "fold": lambda x: F.fold(x[None, None], (2, 1), (1, 1))[0, 0, 0, 0],
    "max_pool": lambda x: F.max_pool1d(x[None], 1, 1)[0, 0],
    "max_unpool": lambda x: F.max_unpool1d(x[None], torch.tensor([[0, 1]]), 1)[0, 0],
    "max_pick": lambda x: x.gather(0, torch.tensor([0, 1]))[0],
    "matmul": lambda x: (x[:, None] @ NO_BIAS[0])[0, 0],
    "conv1d": lambda x: F.conv1d(x[None, None], NO_BIAS)[0, 0, 0],
    "conv1d_input_grad": lambda x: F.conv_transpose1d(x[None, None], NO_BIAS)[0, 0, 0],
    "conv1d_weight_grad": lambda x: torch.nn.grad.conv1d_weight(
        x[None, :, None], (1, 2, 1), NO_BIAS
    )[0, 0, 0],
}  # fmt: skip
CORNERED: dict[str, Function] = {
    "relu": lambda a, b: F.relu(a),
    "absolute": lambda a, b: torch.abs(a),
    "hard_tanh": lambda a, b: F.hardtanh(a),
    "maximum": torch.maximum,
    "minimum": torch.minimum,
    "max_pool": lambda a, b: row_pool(2)(stacked(a, b))[:, 0],
}
FUNCTIONS |= {
    f"b · {name} of a beside b": lambda a, b, f=f: b * f(stacked(a, b)[0])
    for name, f in CARRIERS.items()
}
FUNCTIONS |= {f"c · {name}(a, b)": lambda a, b, c, g=g: c * g(a, b) for name, g in CORNERED.items()}
