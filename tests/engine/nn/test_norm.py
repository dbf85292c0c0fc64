"""Norms: PyTorch's values and gradients, mean 0 and variance 1, and what they do not see."""

from pathlib import Path

import numpy as np
import pytest

from engine.errors import DomainError, ShapeError
from engine.nn.norm import batch_norm, batch_norm_fixed, layer_norm, running, unbiased
from engine.reverse import grad, gradcheck
from engine.tensor import Tensor
from tests.engine.eager import agree

TORCH = np.load(Path(__file__).parents[2] / "data" / "losses.npz")
SHAPES = [(5, 3), (4, 3, 2), (2, 3, 2, 4)]


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def batch_result(x, scale, shift, eps=1e-5):
    return batch_norm(x, scale, shift, eps)[0]


def fixed(x, scale, shift, eps=1e-5):
    n = scale.size
    return batch_norm_fixed(x, Tensor(np.arange(n)), Tensor(np.arange(1.0, n + 1)), scale, shift)


EVERY = [layer_norm, batch_result, fixed]


def draw(rng, shape, channels):
    return [rng.normal(2, 3, shape), rng.standard_normal(channels), rng.standard_normal(channels)]


@pytest.mark.parametrize(("f", "name"), [(layer_norm, "layer_norm"),
                                         (batch_result, "batch_norm_train")])  # fmt: skip
def test_values_and_gradients_are_those_of_pytorch(f, name):
    leaves = [Tensor(TORCH[f"{name}_{letter}"]) for letter in "xwb"]
    y = f(*leaves)
    np.testing.assert_allclose(y.value, TORCH[f"{name}_y"], rtol=1e-10)
    gradients = grad((y * TORCH[f"{name}_g"]).sum(), leaves)
    for letter, g in zip("xwb", gradients, strict=True):
        np.testing.assert_allclose(g.value, TORCH[f"{name}_d{letter}"], rtol=1e-10, atol=1e-15)


@pytest.mark.parametrize("f", EVERY)
@pytest.mark.parametrize("shape", [(4, 3), (2, 3, 3)])
def test_gradients_agree_with_differences_up_to_the_second_order(f, shape, rng):
    point, R = draw(rng, shape, 3), rng.standard_normal(shape)
    assert gradcheck(f, *point, rng=rng).ok

    def slopes(*leaves):
        dx, dscale, dshift = grad((f(*leaves) * f(*leaves) * R).sum(), leaves)
        return dx.sum(-1) * dscale.sum() + (dx * dx).sum() + dshift.sum()

    assert gradcheck(slopes, *point, rng=rng, tolerance=1e-5).ok


@pytest.mark.parametrize("f", EVERY)
@pytest.mark.parametrize("shape", [(4, 3), (2, 3, 3), (2, 3, 2, 3)])
def test_compiled_it_is_the_same(f, shape, rng):
    x, scale, shift = map(Tensor, draw(rng, shape, 3))
    y = f(x, scale, shift)
    agree([x, scale, shift], [y, *grad((y * y * y).sum(), [x, scale, shift])], [])


@pytest.mark.parametrize("shape", [(6,), *SHAPES])
def test_layer_norm_gives_each_row_mean_zero_and_variance_one(shape, rng):
    n = shape[-1]
    x = rng.normal(50, 7, shape)
    y = layer_norm(Tensor(x), Tensor(np.ones(n)), Tensor(np.zeros(n)), 1e-12).value
    np.testing.assert_allclose(y.mean(-1), 0, atol=1e-12)
    np.testing.assert_allclose(y.var(-1), 1, rtol=1e-9)


@pytest.mark.parametrize("shape", SHAPES)
def test_batch_norm_gives_each_channel_mean_zero_and_variance_one_and_tells_what_they_were(
    shape, rng
):
    x, others = rng.normal(50, 7, shape), (0, *range(2, len(shape)))
    y, mean, var = batch_norm(Tensor(x), Tensor(np.ones(3)), Tensor(np.zeros(3)), 1e-12)
    np.testing.assert_allclose(y.value.mean(others), 0, atol=1e-12)
    np.testing.assert_allclose(y.value.var(others), 1, rtol=1e-9)
    np.testing.assert_allclose(mean.value, x.mean(others), rtol=1e-14)
    np.testing.assert_allclose(var.value, x.var(others), rtol=1e-12)


@pytest.mark.parametrize("a", [1e-3, 1.0, 40.0])
def test_a_shift_and_a_scale_of_the_row_are_not_seen_but_by_eps(a, rng):
    x, scale, shift = draw(rng, (4, 3), 3)
    plain = layer_norm(Tensor(x), Tensor(scale), Tensor(shift), 1e-5).value
    moved = layer_norm(Tensor(a * x + 7), Tensor(scale), Tensor(shift), a * a * 1e-5).value
    np.testing.assert_allclose(moved, plain, rtol=1e-9)


@pytest.mark.parametrize("f", [layer_norm, batch_result])
def test_no_slope_along_what_is_not_seen(f, rng):
    x, scale = Tensor(rng.standard_normal((4, 4))), Tensor(rng.standard_normal(4))
    axis = -1 if f is layer_norm else 0
    y = f(x, scale, Tensor(np.zeros(4)), 1e-14)
    (dx,) = grad((y * rng.standard_normal((4, 4))).sum(), [x])
    np.testing.assert_allclose(dx.value.sum(axis), 0, atol=1e-12)
    np.testing.assert_allclose((dx.value * x.value).sum(axis), 0, atol=1e-12)


@pytest.mark.parametrize("f", [layer_norm, batch_result])
def test_equal_numbers_give_the_shift_and_finite_slopes(f):
    x, shift = Tensor(np.full((3, 3), 5.0)), np.array([1.0, 2.0, 3.0])
    y = f(x, Tensor(np.ones(3)), Tensor(shift))
    np.testing.assert_array_equal(y.value, np.tile(shift, (3, 1)))
    assert np.isfinite(grad((y * y).sum(), [x])[0].value).all()


def test_rows_of_layer_norm_do_not_see_each_other_and_those_of_batch_norm_do(rng):
    x, scale, shift = map(Tensor, draw(rng, (4, 3), 3))
    (apart,) = grad((layer_norm(x, scale, shift)[0] ** 2).sum(), [x])
    (mixed,) = grad((batch_result(x, scale, shift)[0] ** 2).sum(), [x])
    assert not apart.value[1:].any()
    assert mixed.value[1:].all()


@pytest.mark.parametrize("shape", SHAPES)
def test_with_the_statistics_of_the_batch_the_fixed_norm_is_the_trained_one(shape, rng):
    x, scale, shift = map(Tensor, draw(rng, shape, 3))
    y, mean, var = batch_norm(x, scale, shift, 1e-3)
    again = batch_norm_fixed(x, mean, var, scale, shift, 1e-3)
    np.testing.assert_allclose(again.value, y.value, rtol=1e-12, atol=1e-12)
    one = batch_norm_fixed(Tensor(x.value[:1]), mean, var, scale, shift, 1e-3)
    np.testing.assert_allclose(one.value, y.value[:1], rtol=1e-12, atol=1e-12)


def test_the_running_mean_fades_by_powers_and_works_on_arrays_and_in_a_program(rng):
    old, batches = np.zeros(2), rng.standard_normal((20, 2))
    for new in batches:
        old = running(old, new, 0.25)
    weights = 0.25 * 0.75 ** np.arange(19, -1, -1)
    np.testing.assert_allclose(old, weights @ batches, rtol=1e-13)
    x, state = Tensor(np.ones((5, 2)), "x"), Tensor(np.ones(2), "state")
    var = batch_norm(x, Tensor(np.ones(2)), Tensor(np.zeros(2)))[2]
    agree([x], [var], [(state, running(state, unbiased(var, 5)))])


def test_unbiased_is_the_variance_that_pytorch_runs(rng):
    x = rng.standard_normal((4, 3, 2))
    var = batch_norm(Tensor(x), Tensor(np.ones(3)), Tensor(np.zeros(3)))[2]
    wanted = 0.9 * 1 + 0.1 * x.var((0, 2), ddof=1)
    got = running(Tensor(np.ones(3)), unbiased(var, 8)).value
    np.testing.assert_allclose(got, wanted, rtol=1e-13)


def test_float32_stays_float32():
    x, one = Tensor(np.ones((4, 3), np.float32)), Tensor(np.ones(3, np.float32))
    results = [layer_norm(x, one, one), *batch_norm(x, one, one)]
    results += [batch_norm_fixed(x, one, one, one, one), running(one, unbiased(one, 4))]
    assert {y.value.dtype for y in results} == {np.dtype(np.float32)}


x, a, b = Tensor(np.ones((4, 3))), Tensor(np.ones(3)), Tensor(np.ones(4))
MISTAKES = [
    (lambda: layer_norm(x, b, a), ShapeError, r"^layer_norm: expected scale .* \(3,\), got \(4,\)"),
    (lambda: layer_norm(x, a, b), ShapeError, r"^layer_norm: expected shift .* \(3,\), got \(4,\)"),
    (lambda: layer_norm(x[0, 0], a, a), ShapeError, r"^layer_norm: expected x .* got \(\)"),
    (lambda: layer_norm(x[:, :0], a, a), ShapeError, r"D ≥ 1, got \(4, 0\)"),
    (lambda: layer_norm(x, a, a, 0), DomainError, r"^layer_norm: expected 0 < eps < ∞, got 0"),
    (
        lambda: batch_norm(x, a, a, np.nan),
        DomainError,
        r"^batch_norm: expected 0 < eps < ∞, got nan",
    ),
    (lambda: batch_norm(x, b, a), ShapeError, r"^batch_norm: expected scale .* got \(4,\)"),
    (lambda: batch_norm(x, a, b), ShapeError, r"^batch_norm: expected shift .* got \(4,\)"),
    (
        lambda: batch_norm(x[0], a, a),
        ShapeError,
        r"^batch_norm: expected x .*\(N, C\).* got \(3,\)",
    ),
    (lambda: batch_norm(x[:1], a, a), DomainError, r"^batch_norm: .* 2 numbers a channel, got 1"),
    (lambda: batch_norm(x[:, :0], a[:0], a[:0]), DomainError, "2 numbers a channel, got 0"),
    (lambda: batch_norm_fixed(x, b, a, a, a), ShapeError, r"^batch_norm_fixed: expected mean .*4"),
    (lambda: batch_norm_fixed(x, a, b, a, a), ShapeError, r"^batch_norm_fixed: expected var .*4"),
    (lambda: batch_norm_fixed(x, a, -a, a, a), DomainError, "expected var ≥ 0, got -1.0"),
    (lambda: batch_norm_fixed(x, a, a, a, a, -1), DomainError, "^batch_norm_fixed: .* got -1"),
    (
        lambda: running(a, a, 1.5),
        DomainError,
        r"^running: expected 0 ≤ momentum ≤ 1, got 1.5",
    ),
    (lambda: unbiased(a, 1), DomainError, "^unbiased: expected an integer count ≥ 2, got 1"),
]


@pytest.mark.parametrize(("wrong", "kind", "message"), MISTAKES)
def test_a_mistake_is_named(wrong, kind, message):
    with pytest.raises(kind, match=message):
        wrong()
