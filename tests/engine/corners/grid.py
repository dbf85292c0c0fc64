"""The grid: which functions are tried at which corners, and which derivatives are taken there.

A case is a function of single numbers, its coordinates. A row of its points has one number for
each; a path says with respect to which coordinates it is differentiated, one after the other, so
that (0, 0, 1) is ∂³f/∂x₀²∂x₁. A cell is a case, a point and a path.
"""

import pathlib as files
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import permutations, product

import numpy as np

from engine.activations import ACTIVATIONS
from engine.losses import LOSSES
from engine.tensor import OPS, Tensor, apply

ORDERS = 4
"""Derivatives are taken up to this order."""

INF, NAN, LEAST, TINY = np.inf, np.nan, 5e-324, 1e-310

REFERENCES = files.Path(__file__).with_name("references.npz")
"""What PyTorch and JAX give: written by `reference.py`, read by the test."""

Path = tuple[int, ...]


PARTS = {"lower_exponent", "log_base", "tie_share", "negative_part", "multiply_no_nan"}
"""Primitives that no other library has: what they are parts of is tried."""


@dataclass(frozen=True)
class Case:
    """A function of coordinates and the points where it is tried.

    Args:
        name: the primitive, activation or loss, with its setting.
        f: takes one tensor for each coordinate, of shape (n,), and gives n numbers.
        points: (n, coordinates).
        ordinary: a point away from every corner, of which a compiled program is made.
        alone: f mixes what stands in one batch, so points are tried one by one.
    """

    name: str
    f: Callable[..., Tensor]
    points: np.ndarray
    ordinary: tuple[float, ...]
    alone: bool = False

    @property
    def paths(self) -> list[Path]:
        """() for the value, then every path of one coordinate, then mixed ones."""
        n = self.points.shape[1]
        straight = [(i,) * k for i in range(n) for k in range(1, ORDERS + 1)]
        mixed: list[Path] = list(permutations(range(n), 2))
        if n == 2:
            mixed += [(0, 0, 1), (0, 1, 1), (0, 0, 1, 1)]
        return [(), *straight, *mixed]


def grid(*axes: list[float]) -> np.ndarray:
    """Every combination of the numbers of the axes."""
    return np.array(list(product(*axes)), dtype=float)


LINE = grid([0.0, -0.0, 0.5, 1, -1, 2, -2, 3, LEAST, -LEAST, TINY, 30, -30, 800, -800,
             1e200, -1e200, 1e308, -1e308, INF, -INF, NAN])  # fmt: skip
PLANE = grid(*[[0.0, -0.0, 1, -1, 2, LEAST, 1e200, -1e200, INF, -INF, NAN]] * 2)
RESULTS = grid([0.0, 1, INF, -INF, NAN], [0.0, -0.0, 1, LEAST, INF, NAN])
BASES = [0.0, -0.0, 1, -1, 2, -2, 0.5, LEAST, 1e200, INF, -INF, NAN]
EXPONENTS = [0.0, -0.0, 1, 2, 3, 4, 5, 0.5, 1.5, -0.5, -1, -2, INF, -INF, NAN]
CONSTANT_BASES = [0.0, 1, 2, 0.5, 1e200, INF, NAN]
ROWS = np.array([
    [0, 0, 0], [-0.0, 0, 0], [1, 2, 3], [-INF, 0, 1], [0, -INF, -INF], [0, 0, -INF],
    [-INF, -INF, -INF], [INF, 0, 1], [0, INF, 1], [INF, INF, 0], [INF, INF, INF], [INF, -INF, 0],
    [-INF, -INF, INF], [NAN, 0, 0], [0, NAN, 0], [NAN, -INF, INF], [1e308, 0, -1e308],
    [1e308, 1e308, 1e308], [-1e308, 1e308, 0], [800, -800, 0], [LEAST, 0, 0],
])  # fmt: skip
LOGITS = np.array([
    [0, 0], [1, -1], [-INF, 0], [0, -INF], [-INF, -INF], [INF, 0], [0, INF], [INF, INF],
    [INF, -INF], [NAN, 0], [0, NAN], [1e308, -1e308], [1e308, 1e308], [800, -800], [LEAST, 0],
])  # fmt: skip
TARGETS = [(1.0, 0.0), (0.0, 1.0), (0.5, 0.5)]
ERRORS = grid([0.0, -0.0, 1, -1, 3, LEAST, 1e200, -1e200, INF, -INF, NAN], [0.0, 1, INF, NAN])
LABELED = grid([0.0, -0.0, 1, -1, LEAST, 30, -30, 800, -800, 1e308, -1e308, INF, -INF, NAN],
                [0.0, 1, 0.5])  # fmt: skip
SIDES = [0.0, 2, INF, NAN]
NEIGHBORS = grid([0.0, 1, INF, -INF, NAN], [1.0, INF, NAN])


def stacked(*columns: Tensor) -> Tensor:
    """(n,), (n,), … as the columns of (n, K)."""
    n = columns[0].size
    return apply(
        "insert",
        *(c.reshape((n, 1)) for c in columns),
        indices=tuple((slice(None), slice(i, i + 1)) for i in range(len(columns))),
        shape=(n, len(columns)),
    )


def of_rows(f: Callable[[Tensor], Tensor], i: int) -> Callable[..., Tensor]:
    """Number i of a function of rows."""
    return lambda *columns: f(stacked(*columns))[:, i]


def of_matrices(loss: Callable[..., Tensor], parts: int) -> Callable[..., Tensor]:
    """A loss of `parts` arrays (1, K), from their numbers one after the other."""

    def f(*columns: Tensor) -> Tensor:
        k = len(columns) // parts
        return loss(*(stacked(*columns[i * k : (i + 1) * k]) for i in range(parts)))

    return f


def of_logits(loss: Callable[..., Tensor], y: Sequence[float]) -> Callable[..., Tensor]:
    """A loss of one row of scores, its targets fixed."""
    return lambda *columns: loss(stacked(*columns), Tensor([y]))


def _elementwise() -> Iterator[Case]:
    for name, op in OPS.items():
        if op.kind != "elementwise" or name in PARTS | {"astype", "where"}:
            continue
        f = partial(apply, name)
        if name == "power":
            yield Case(name, f, grid(BASES, EXPONENTS), (0.7, 1.3))
        elif name == "relu_grad":
            yield Case(name, f, RESULTS, (0.7, 0.4))
        elif isinstance(op.vjps, tuple) and len(op.vjps) == 2:
            yield Case(name, f, PLANE, (0.7, 0.4))
        else:
            yield Case(name, f, LINE, (0.7,))


def _powers() -> Iterator[Case]:
    for p in EXPONENTS:
        yield Case(f"x**{p:g}", lambda x, p=p: x**p, grid([*BASES, -1e200, -LEAST]), (0.7,))
    for b in CONSTANT_BASES:
        yield Case(f"{b:g}**p", lambda p, b=b: b**p, grid([*EXPONENTS, 1e200, -1e200]), (0.7,))


def _activations() -> Iterator[Case]:
    for name, f in ACTIVATIONS.items():
        if name in ("softmax", "log_softmax"):
            yield Case(f"{name}[0]", of_rows(f, 0), ROWS, (0.7, 0.4, 0.1))
        elif name not in OPS:
            yield Case(name, f, LINE, (0.7,))
    yield Case("elu, alpha=2", partial(ACTIVATIONS["elu"], alpha=2.0), LINE, (0.7,))
    yield Case("leaky_relu, slope=0", partial(ACTIVATIONS["leaky_relu"], slope=0.0), LINE, (0.7,))
    yield Case("leaky_relu, slope=1", partial(ACTIVATIONS["leaky_relu"], slope=1.0), LINE, (0.7,))


def _losses() -> Iterator[Case]:
    for name, loss in LOSSES.items():
        if name in ("cross_entropy", "kl_divergence"):
            for y in TARGETS:
                f = of_logits(loss, y)
                yield Case(f"{name}, y={y}", f, LOGITS, (0.7, 0.4), alone=True)
        else:
            points = LABELED if name in ("hinge", "binary_cross_entropy") else ERRORS
            name = "huber loss" if name == "huber" else name  # beside the primitive
            yield Case(name, of_matrices(loss, 2), points, (0.7, 0.4), alone=True)
    variances = grid([0.0, 1, INF, NAN], [0.0, INF], [0.0, -800, 800, INF, -INF, NAN])
    yield Case("gaussian_nll, log_var", of_matrices(LOSSES["gaussian_nll"], 3), variances,
               (0.7, 0.4, 0.1), alone=True)  # fmt: skip


def _reductions() -> Iterator[Case]:
    row = (0.7, 0.4, 0.1)
    yield Case("where", partial(apply, "where"), grid([0.0, 1, NAN], SIDES, SIDES), row)
    yield Case("max", lambda *c: stacked(*c).max(-1), ROWS, row)
    yield Case("sum", lambda *c: stacked(*c).sum(-1), ROWS, row)
    yield Case("mean", lambda *c: stacked(*c).mean(-1), ROWS, row)
    yield Case("logsumexp", of_rows(partial(apply, "logsumexp"), 0), ROWS, row)
    yield Case("max_pool", of_rows(_pool, 0), ROWS, row)


def _pool(x: Tensor) -> Tensor:
    return apply("max_pool", x, kernel=(3,), stride=(1,))


ALONG = {"stride": 1, "dilation": 1}
POOL = {"kernel": (1,), "stride": (1,)}
ONE = {"kernel": (1,), "stride": (1,), "dilation": (1,)}
CUBE = (2, 1, 1)
CARRIERS: dict[str, Callable[[Tensor], Tensor]] = {
    "reshape": lambda x: x.reshape((2, 1))[0, 0],
    "transpose": lambda x: x.reshape((1, 2)).T[0, 0],
    "broadcast_to": lambda x: x.broadcast_to((3, 2))[2, 0],
    "getitem": lambda x: x[0],
    "astype": lambda x: apply("astype", x, dtype="float64")[0],
    "detach": lambda x: apply("detach", x)[0],
    "concat_flat": lambda x: apply("concat_flat", x[1], x[0])[1],
    "insert": lambda x: apply("insert", x, indices=(slice(1, 3),), shape=(4,))[1],
    "append_ones": lambda x: apply("append_ones", x)[0],
    "gather": lambda x: apply("gather", x, np.array([1.0, 0.0]))[1],
    "scatter_add": lambda x: apply("scatter_add", x, np.array([1.0, 0.0]), shape=(2,))[1],
    "unfold": lambda x: apply("unfold", x, **ONE)[0, 0],
    "fold": lambda x: apply("fold", x.reshape((2, 1)), shape=(2,), **ONE)[0],
    "max_pool": lambda x: apply("max_pool", x, kernel=(1,), stride=(1,))[0],
    "max_unpool": lambda x: apply("max_unpool", x, np.ones(2), np.ones(2), **POOL)[0],
    "max_pool_gather": lambda x: apply("max_pool_gather", x, np.ones(2), np.ones(2), **POOL)[0],
    "matmul": lambda x: (x.reshape((2, 1)) @ np.ones((1, 1)))[0, 0],
    "conv1d": lambda x: apply("conv1d", x.reshape(CUBE), np.ones((1, 1, 1)), **ALONG)[0, 0, 0],
    "conv1d_input_grad": lambda x: apply(
        "conv1d_input_grad", x.reshape(CUBE), np.ones((1, 1, 1)), height=2, **ALONG
    )[0, 0, 0],
    "conv1d_weight_grad": lambda x: apply(
        "conv1d_weight_grad", x.reshape((1, 2, 1)), np.ones((1, 1, 1)), kernel=1, **ALONG
    )[0, 0, 0],
}
"""Linear primitives: from [a, b] they bring a to a place where b must not get into it."""


CORNERED: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "relu": lambda a, b: apply("relu", a),
    "absolute": lambda a, b: abs(a),
    "hard_tanh": lambda a, b: apply("hard_tanh", a),
    "maximum": lambda a, b: np.maximum(a, b),
    "minimum": lambda a, b: np.minimum(a, b),
    "max_pool": lambda a, b: apply("max_pool", stacked(a, b), kernel=(2,), stride=(1,))[:, 0],
}
"""Primitives that let a cotangent through on one side of a corner only."""


def _neighbors() -> Iterator[Case]:
    for name, f in CARRIERS.items():
        yield Case(f"b · {name} of a beside b", lambda a, b, f=f: b * f(stacked(a, b)[0]),
                   NEIGHBORS, (0.7, 0.4), alone=True)  # fmt: skip
    for name, g in CORNERED.items():
        points = grid([-1, 0, 2, INF, NAN], [0, 2, INF], [0, INF, NAN])
        yield Case(f"c · {name}(a, b)", lambda a, b, c, g=g: c * g(a, b), points, (0.7, 0.4, 0.3))


CASES = [*_elementwise(), *_powers(), *_activations(), *_losses(), *_reductions(), *_neighbors()]
