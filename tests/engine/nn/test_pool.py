"""Pooling: PyTorch's values, a loop by definition, and where the gradient goes."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import DomainError, ShapeError
from engine.nn.conv import conv
from engine.nn.pool import avg_pool, max_pool
from engine.program import Program
from engine.reverse import grad, gradcheck
from engine.tensor import Tensor
from tests.engine.eager import agree, close

TORCH = np.load(Path(__file__).parents[2] / "data" / "convolution.npz")
CASES = [("max2", max_pool, 2, 2), ("max3s2", max_pool, 3, 2), ("avg2", avg_pool, 2, 2),
         ("avg3s2", avg_pool, 3, 2)]  # fmt: skip
POOLS = [(max_pool, np.max), (avg_pool, np.mean)]


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def by_definition(reduce, x, kernel, stride):
    sides = zip(x.shape[2:], kernel, stride, strict=True)
    counts = [(n - k) // s + 1 for n, k, s in sides]
    y = np.zeros((*x.shape[:2], *counts))
    for at in np.ndindex(*counts):
        window = (slice(i * s, i * s + k) for i, s, k in zip(at, stride, kernel, strict=True))
        y[(..., *at)] = reduce(x[(..., *window)], axis=tuple(range(2, x.ndim)))
    return y


@st.composite
def problems(draw):
    axes = draw(st.integers(1, 2))
    kernel, stride, more = (
        tuple(draw(st.lists(st.integers(low, 3), min_size=axes, max_size=axes)))
        for low in (1, 1, 0)
    )
    lead = [draw(st.integers(1, 3)) for _ in range(2)]
    shape = (*lead, *(k + m for k, m in zip(kernel, more, strict=True)))
    rng = np.random.default_rng(draw(st.integers(0, 999)))
    tied = draw(st.booleans())
    x = rng.integers(0, 3, shape).astype(float) if tied else rng.standard_normal(shape)
    return x, kernel, stride, rng


@pytest.mark.parametrize(("name", "pool", "kernel", "stride"), CASES)
def test_values_and_gradients_are_those_of_pytorch(name, pool, kernel, stride):
    x = Tensor(TORCH[f"{name}_x"])
    y = pool(x, kernel, stride)
    results = [y, *grad((y * TORCH[f"{name}_g"]).sum(), [x])]
    compiled = Program([x], results)(x.value)
    for key, z, again in zip(["y", "dx"], results, compiled, strict=True):
        for value in (z.value, again):
            np.testing.assert_allclose(value, TORCH[f"{name}_{key}"], rtol=1e-10, atol=1e-15)
    agree([x], results, [])


@pytest.mark.sweep
@pytest.mark.parametrize(("pool", "reduce"), POOLS)
@settings(max_examples=80, derandomize=True, deadline=None, database=None)
@given(problem=problems())
def test_eager_and_compiled_it_is_the_loop_by_definition(pool, reduce, problem):
    array, kernel, stride, rng = problem
    x = Tensor(array)
    y = pool(x, kernel, stride)
    g = rng.standard_normal(y.shape)
    (slope,) = grad((y * g).sum(), [x])
    value, compiled = Program([x], [y, slope])(array)
    for v in (y.value, value):
        close(v, by_definition(reduce, array, kernel, stride))
    wanted = np.zeros(array.shape)
    for at in np.ndindex(*y.shape):
        window = [slice(i * s, i * s + k)
                  for i, s, k in zip(at[2:], stride, kernel, strict=True)]  # fmt: skip
        seen, target = array[(*at[:2], *window)], wanted[(*at[:2], *window)]
        if pool is max_pool:  # to the first of the largest
            target[np.unravel_index(seen.argmax(), seen.shape)] += g[at]
        else:
            target += g[at] / seen.size
    close(slope.value, wanted)
    close(compiled, wanted)


def test_a_maximum_gets_all_and_each_of_a_mean_the_same():
    x = Tensor([[[[1.0, 2.0], [4.0, 3.0]]]])
    np.testing.assert_array_equal(grad(max_pool(x, 2).sum(), [x])[0].value[0, 0], [[0, 0], [1, 0]])
    np.testing.assert_array_equal(grad(avg_pool(x, 2).sum(), [x])[0].value, np.full(x.shape, 1 / 4))


def test_a_tie_gives_all_to_the_first():
    x = Tensor(np.ones((1, 1, 2, 4)))
    (slope,) = grad(max_pool(x, 2).sum(), [x])
    np.testing.assert_array_equal(slope.value[0, 0], [[1, 0, 1, 0], [0, 0, 0, 0]])


def test_what_fills_no_window_gets_no_gradient(rng):
    x = Tensor(rng.standard_normal((1, 1, 5, 5)))
    for pool in (max_pool, avg_pool):
        (slope,) = grad(pool(x, 2).sum(), [x])
        assert not slope.value[..., 4].any()
        assert not slope.value[..., 4, :].any()
        assert slope.value.sum() == 4


def test_a_mean_is_a_convolution_with_equal_weights(rng):
    x = Tensor(rng.standard_normal((2, 1, 6, 7)))
    w = Tensor(np.full((1, 1, 3, 2), 1 / 6))
    close(avg_pool(x, (3, 2), 1).value, conv(x, w).value)


@pytest.mark.parametrize("pool", [max_pool, avg_pool])
@pytest.mark.parametrize(("kernel", "stride"), [(2, None), (3, 2), ((2, 1), (1, 3))])
def test_gradients_agree_with_differences_up_to_the_second_order(pool, kernel, stride, rng):
    point = rng.permutation(2 * 2 * 5 * 6).reshape(2, 2, 5, 6) / 40.0  # no two near to one another

    def slopes(x):
        y = pool(np.sin(x), kernel, stride)
        (g,) = grad((y * y * y).sum(), [x])
        return g * g

    assert gradcheck(lambda x: pool(x, kernel, stride), point, rng=rng).ok
    assert gradcheck(slopes, point, rng=rng, tolerance=1e-5).ok
    x = Tensor(point)
    (first,) = grad((pool(x, kernel, stride) ** 2).sum(), [x])
    agree([x], [first, *grad((first * first).sum(), [x])], [])


@pytest.mark.parametrize("pool", [max_pool, avg_pool])
@pytest.mark.parametrize("n", [1, 2, 5])
def test_slices_of_data_laid_out_once_give_the_same(pool, n, rng):
    x = Tensor(np.zeros((n, 2, 7, 6)), "x")
    y = pool(x, 3, 2)
    program = Program([x], [y, *grad((y * y).sum(), [x])])
    data = rng.standard_normal((7, 2, 7, 6))
    whole = program.layout(0, data)
    for start in (0, 1, 7 - n):
        leaf = Tensor(data[start : start + n])
        y = pool(leaf, 3, 2)
        wanted = [y, *grad((y * y).sum(), [leaf])]
        for a, b in zip(program.run(whole[start : start + n]), wanted, strict=True):
            close(a, b.value)


@pytest.mark.parametrize("pool", [max_pool, avg_pool])
def test_float32_stays_float32(pool, rng):
    x = Tensor(rng.standard_normal((2, 2, 5, 5)).astype(np.float32))
    y = pool(x, 2)
    results = [y, *grad((y * y).sum(), [x])]
    compiled = Program([x], results)(x.value)
    kinds = {*(z.value.dtype for z in results), *(z.dtype for z in compiled)}
    assert kinds == {np.dtype(np.float32)}
    np.testing.assert_allclose(compiled[1], results[1].value, rtol=1e-6)


x = Tensor(np.ones((1, 1, 4, 4)))
MISTAKES = [
    (lambda f: f(x[0, 0], 2), ShapeError, r"x of shape \(N, C, L\) .* got \(4, 4\)"),
    (lambda f: f(x, 5), ShapeError, r"x of at least \(5, 5\), got \(4, 4\)"),
    (lambda f: f(x, 0), DomainError, "an integer kernel ≥ 1, got 0"),
    (lambda f: f(x, 2, 0), DomainError, "an integer stride ≥ 1, got 0"),
    (lambda f: f(x, (2,)), DomainError, r"kernel as one number or 2, got \(2,\)"),
    (lambda f: f(x, 2, (1, 1, 1)), DomainError, r"stride as one number or 2, got \(1, 1, 1\)"),
]


@pytest.mark.parametrize("pool", [max_pool, avg_pool])
@pytest.mark.parametrize(("wrong", "kind", "message"), MISTAKES)
def test_a_mistake_is_named(pool, wrong, kind, message):
    with pytest.raises(kind, match=f"^{pool.__name__}: .*{message}"):
        wrong(pool)
