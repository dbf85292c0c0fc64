"""Every primitive against differences, first and second order: a new one needs a row here."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from engine.kernels import windows as window_kernels
from engine.reverse import grad, gradcheck
from engine.tensor import OPS, Tensor, apply


# Numbers on which a primitive is defined, away from its corners.
def real(rng, shape):
    return rng.uniform(-2, 2, shape)


def positive(rng, shape):
    return rng.uniform(0.4, 3, shape)


def inside_one(rng, shape):
    return rng.uniform(-0.8, 0.8, shape)


def above_minus_one(rng, shape):
    return rng.uniform(-0.6, 2, shape)


def not_zero(rng, shape):
    return positive(rng, shape) * rng.choice([-1.0, 1.0], shape)


def halves(rng, shape):
    return rng.integers(-4, 5, shape) / 2


def between_halves(rng, shape):
    return halves(rng, shape) + 0.25


def positive_or_zero(rng, shape):
    """What ReLU gives: 0 or clearly more."""
    return positive(rng, shape) * rng.integers(0, 2, shape)


def row_numbers(rng, shape):
    """Whole numbers once cut off, and half way to the next, so that differences do not matter."""
    return rng.integers(0, 3, shape) + 0.5


# Shapes and settings that a primitive takes: (shapes, attrs).
def shape(min_dims=0, min_side=0):
    return hnp.array_shapes(min_dims=min_dims, max_dims=3, min_side=min_side, max_side=3)


ONE = shape().map(lambda s: ((s,), {}))
PAIR = hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=3, min_side=0, max_side=3).map(
    lambda pair: (pair.input_shapes, {})
)
TRIPLE = hnp.mutually_broadcastable_shapes(num_shapes=3, max_dims=3, min_side=0, max_side=3).map(
    lambda drawn: (drawn.input_shapes, {})
)
ROWS = shape(1, 1).map(lambda s: ((s,), {}))
PRODUCT = hnp.mutually_broadcastable_shapes(
    signature="(m,n),(n,p)->(m,p)", max_dims=1, min_side=0, max_side=3
).map(lambda pair: (pair.input_shapes, {}))
SEVERAL = st.lists(shape(), min_size=1, max_size=3).map(lambda shapes: (shapes, {}))


@st.composite
def reshaped(draw):
    s = draw(shape())
    n = int(np.prod(s))
    return (s,), {"shape": draw(st.sampled_from([(n,), (1, n, 1), s[::-1]]))}


@st.composite
def transposed(draw):
    s = draw(shape())
    return (s,), {"axes": tuple(draw(st.permutations(range(len(s)))))}


@st.composite
def repeated(draw):
    s = draw(shape())
    longer = tuple(3 if n == 1 else n for n in s)
    return (s,), {"shape": draw(st.sampled_from([(), (2,), (1, 2)])) + longer}


@st.composite
def indexed(draw):
    s = draw(shape(0, 1))
    return (s,), {"index": draw(hnp.basic_indices(s, allow_newaxis=True, max_dims=4))}


@st.composite
def embedded(draw):
    if draw(st.booleans()):
        (s,), attrs = draw(indexed())
        return (np.empty(s)[attrs["index"]].shape,), {"indices": (attrs["index"],), "shape": s}
    rows, columns, cut = draw(st.integers(1, 3)), draw(st.integers(2, 4)), draw(st.integers(0, 1))
    indices = ((slice(0, 1), ...), (slice(1, None), slice(cut, None)))
    parts = [np.empty((rows + 1, columns))[index].shape for index in indices]
    return parts, {"indices": indices, "shape": (rows + 1, columns)}


@st.composite
def windows(draw):
    """A shape, and windows that fit into it: some overlap, some leave gaps."""
    n = draw(st.integers(1, 2))
    kernel, stride, dilation = (tuple(draw(st.lists(st.integers(1, 2), min_size=n, max_size=n)))
                                for _ in range(3))  # fmt: skip
    more = draw(st.lists(st.integers(0, 3), min_size=n, max_size=n))
    sides = [d * (k - 1) + 1 + m for k, d, m in zip(kernel, dilation, more, strict=True)]
    shape = (*draw(shape_of_batch), *sides)
    return shape, {"kernel": kernel, "stride": stride, "dilation": dilation}


shape_of_batch = st.sampled_from([(), (2,), (2, 2)])
UNFOLDED = windows().map(lambda drawn: ((drawn[0],), drawn[1]))


@st.composite
def folded(draw):
    s, how = draw(windows())
    return (window_kernels.unfold(np.empty(s), **how).shape,), {"shape": s, **how}


@st.composite
def pooled(draw, inputs="x"):
    s, how = draw(windows())
    del how["dilation"]
    y = window_kernels.max_pool(np.empty(s), **how).shape
    return [{"x": s, "y": y}[name] for name in inputs], how


@st.composite
def slid(draw, inputs, setting=""):
    """x (H, C, M), w (F, k, C) and y (O, F, M) of a convolution along the first axis."""
    filters, k, channels, columns, stride, dilation = (draw(st.integers(1, 3)) for _ in range(6))
    height = dilation * (k - 1) + 1 + draw(st.integers(0, 4))
    x, w = (height, channels, columns), (filters, k, channels)
    y = ((height - dilation * (k - 1) - 1) // stride + 1, filters, columns)
    more = {"height": height, "kernel": k}
    how = {"stride": stride, "dilation": dilation, **{key: more[key] for key in (setting,) if key}}
    return [{"x": x, "w": w, "y": y}[name] for name in inputs], how


TAKEN = st.tuples(shape(), shape()).map(lambda pair: (((3, *pair[0]), pair[1]), {}))
SCATTERED = st.tuples(shape(), shape()).map(
    lambda pair: (((*pair[1], *pair[0]), pair[1]), {"shape": (3, *pair[0])})
)


@st.composite
def summed(draw, min_side=0):
    s = draw(shape(0, min_side))
    axes = draw(st.sets(st.sampled_from(range(len(s))))) if s else ()
    return (s,), {"axis": tuple(sorted(axes)), "keepdims": draw(st.booleans())}


TABLE = {
    "negative": (ONE, real),
    "square": (ONE, real),
    "sqrt": (ONE, positive),
    "exp": (ONE, real),
    "expm1": (ONE, real),
    "log": (ONE, positive),
    "log1p": (ONE, above_minus_one),
    "log2": (ONE, positive),
    "log10": (ONE, positive),
    "sin": (ONE, real),
    "cos": (ONE, real),
    "tan": (ONE, inside_one),
    "arcsin": (ONE, inside_one),
    "arccos": (ONE, inside_one),
    "arctan": (ONE, real),
    "sinh": (ONE, real),
    "cosh": (ONE, real),
    "tanh": (ONE, real),
    "absolute": (ONE, not_zero),
    "sign": (ONE, not_zero),
    "relu": (ONE, not_zero),
    "sigmoid": (ONE, real),
    "softplus": (ONE, real),
    "hard_tanh": (ONE, between_halves),
    "huber": (ONE, between_halves),
    "erf": (ONE, real),
    "relu_grad": (ONE.map(lambda row: (row[0] * 2, {})), real, positive_or_zero),
    "add": (PAIR, real),
    "subtract": (PAIR, real),
    "multiply": (PAIR, real),
    "divide": (PAIR, real, not_zero),
    "power": (PAIR, positive, real),
    "lower_exponent": (PAIR, not_zero, not_zero),
    "log_base": (PAIR, not_zero, real),
    "maximum": (PAIR, halves, between_halves),
    "minimum": (PAIR, halves, between_halves),
    "tie_share": (PAIR, halves, between_halves),
    "negative_part": (ONE, not_zero),
    "multiply_no_nan": (PAIR, real),
    "equal": (PAIR, halves, between_halves),
    "not_equal": (PAIR, halves, between_halves),
    "less": (PAIR, halves, between_halves),
    "less_equal": (PAIR, halves, between_halves),
    "greater": (PAIR, halves, between_halves),
    "greater_equal": (PAIR, halves, between_halves),
    "where": (TRIPLE, real),
    "max": (summed(min_side=1), real),
    "reshape": (reshaped(), real),
    "transpose": (transposed(), real),
    "broadcast_to": (repeated(), real),
    "getitem": (indexed(), real),
    "insert": (embedded(), real),
    "append_ones": (shape(1).map(lambda s: ((s,), {})), real),
    "sum": (summed(), real),
    "logsumexp": (ROWS, real),
    "softmax": (ROWS, real),
    "matmul": (PRODUCT, real),
    "concat_flat": (SEVERAL, real),
    "astype": (ONE.map(lambda row: (row[0], {"dtype": "float64"})), real),
    "detach": (ONE, real),
    "gather": (TAKEN, real, row_numbers),
    "scatter_add": (SCATTERED, real, row_numbers),
    "unfold": (UNFOLDED, real),
    "fold": (folded(), real),
    "max_pool": (pooled(), real),
    "max_unpool": (pooled("yx"), real),
    "max_pool_gather": (pooled("xx"), real),
    "conv1d": (slid("xw"), real),
    "conv1d_input_grad": (slid("yw", "height"), real),
    "conv1d_weight_grad": (slid("xy", "kernel"), real),
}
"""Primitive → the shapes it takes, and the domain of each input (the last one of all the rest)."""


def at_the_maxima(name):
    return lambda g, x, **how: apply(name, g, x, apply("max_pool", x, **how), **how)


def at_a_fixed_result(g, y):
    """A mask moved by no difference: it is not asked how it changes with y."""
    return apply("relu_grad", g, np.where(y.value > 0.1, y.value, 0))


CALLS = {
    "negative_part": lambda x: apply("negative_part", x, apply("relu", x)),
    "relu_grad": at_a_fixed_result,
    "max_unpool": at_the_maxima("max_unpool"),
    "max_pool_gather": at_the_maxima("max_pool_gather"),
}
"""Primitives that need an input made from another one."""


def test_every_primitive_has_a_row():
    assert sorted(TABLE) == sorted(OPS)


def gradient_of(f, rng):
    """The gradient of f, weighted by fixed random numbers, as a function to be checked again."""
    seed = rng.integers(1 << 30)

    def gradient(*xs):
        weigh = np.random.default_rng(seed).standard_normal
        y = f(*xs)
        parts = grad((y * weigh(y.shape)).sum(), xs)
        return sum(((g * weigh(g.shape)).sum() for g in parts), start=0 * xs[0].sum())

    return gradient


@pytest.mark.parametrize("more", [1, pytest.param(10, marks=pytest.mark.sweep)])
@pytest.mark.parametrize("name", OPS)
def test_derivatives_agree_with_differences(name, more):
    # A function of single numbers has no cases of shape.
    examples = more * (8 if TABLE[name][0] is ONE else 20)

    @settings(max_examples=examples, derandomize=True, deadline=None, database=None)
    @given(data=st.data())
    def agree(data):
        check_derivatives(name, data)

    agree()


def check_derivatives(name, data):
    strategy, *domains = TABLE[name]
    shapes, attrs = data.draw(strategy)
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    domains += domains[-1:] * (len(shapes) - len(domains))
    xs = [domain(rng, s) for domain, s in zip(domains, shapes, strict=True)]

    def f(*tensors):
        return CALLS.get(name, partial(apply, name))(*tensors, **attrs)

    if name == "detach":  # its slope is cut off on purpose
        assert not grad(f(x := Tensor(xs[0])).sum(), [x])[0].value.any()
        return
    for g in (f, gradient_of(f, rng)):
        check = gradcheck(g, *xs, rng=rng)
        assert check.ok, check


CORNERS = [
    ("relu", 0.0, 0.0),
    ("absolute", 0.0, 0.0),
    ("sign", 0.0, 0.0),
    ("relu", 1e-300, 1.0),
    ("hard_tanh", 1.0, 0.0),
    ("hard_tanh", -1.0, 0.0),
]


@pytest.mark.parametrize(("name", "x", "slope"), CORNERS)
def test_slope_at_a_corner_is_the_one_that_the_table_names(name, x, slope):
    x = Tensor(x)
    assert grad(apply(name, x), [x])[0].item() == slope


def test_a_tie_sends_half_to_each():
    a, b = Tensor(1.0), Tensor(1.0)
    for f in (np.maximum, np.minimum):
        assert [g.item() for g in grad(f(a, b), [a, b])] == [0.5, 0.5]
