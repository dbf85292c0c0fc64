"""Every primitive against differences, first and second order: a new one needs a row here."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from engine.reverse import grad, gradcheck
from engine.tensor import OPS, Tensor, apply


# Numbers on which a primitive is defined, away from its corners.
def real(rng, shape):
    return rng.uniform(-2, 2, shape)


def positive(rng, shape):
    return rng.uniform(0.4, 3, shape)


def above_minus_one(rng, shape):
    return rng.uniform(-0.6, 2, shape)


def not_zero(rng, shape):
    return positive(rng, shape) * rng.choice([-1.0, 1.0], shape)


def halves(rng, shape):
    return rng.integers(-4, 5, shape) / 2


def between_halves(rng, shape):
    return halves(rng, shape) + 0.25


# Shapes and settings that a primitive takes: (shapes, attrs).
def shape(min_dims=0, min_side=0):
    return hnp.array_shapes(min_dims=min_dims, max_dims=3, min_side=min_side, max_side=3)


ONE = shape().map(lambda s: ((s,), {}))
PAIR = hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=3, min_side=0, max_side=3).map(
    lambda pair: (pair.input_shapes, {})
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
    (s,), attrs = draw(indexed())
    return (np.empty(s)[attrs["index"]].shape,), {**attrs, "shape": s}


@st.composite
def summed(draw):
    s = draw(shape())
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
    "sin": (ONE, real),
    "cos": (ONE, real),
    "tanh": (ONE, real),
    "absolute": (ONE, not_zero),
    "sign": (ONE, not_zero),
    "relu": (ONE, not_zero),
    "sigmoid": (ONE, real),
    "softplus": (ONE, real),
    "hard_tanh": (ONE, between_halves),
    "huber": (ONE, between_halves),
    "erf": (ONE, real),
    "add": (PAIR, real),
    "subtract": (PAIR, real),
    "multiply": (PAIR, real),
    "divide": (PAIR, real, not_zero),
    "power": (PAIR, positive, real),
    "maximum": (PAIR, halves, between_halves),
    "minimum": (PAIR, halves, between_halves),
    "reshape": (reshaped(), real),
    "transpose": (transposed(), real),
    "broadcast_to": (repeated(), real),
    "getitem": (indexed(), real),
    "embed": (embedded(), real),
    "with_ones": (shape(1).map(lambda s: ((s,), {})), real),
    "sum": (summed(), real),
    "logsumexp": (ROWS, real),
    "softmax": (ROWS, real),
    "matmul": (PRODUCT, real),
    "join": (SEVERAL, real),
}
"""Primitive → the shapes it takes, and the domain of each input (the last one of all the rest)."""


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


@pytest.mark.parametrize("name", OPS)
@settings(max_examples=25, derandomize=True, deadline=None, database=None)
@given(data=st.data())
def test_derivatives_agree_with_differences(name, data):
    strategy, *domains = TABLE[name]
    shapes, attrs = data.draw(strategy)
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    domains += domains[-1:] * (len(shapes) - len(domains))
    xs = [domain(rng, s) for domain, s in zip(domains, shapes, strict=True)]

    def f(*tensors):
        return apply(name, *tensors, **attrs)

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
