"""Dropout: two values, mean 1, variance p / (1 − p), and in linear regression a ridge."""

import numpy as np
import pytest

from engine.errors import DomainError, ShapeError
from engine.nn.dropout import dropout, dropout_mask
from engine.reverse import grad, gradcheck
from engine.tensor import Tensor
from tests.engine.eager import agree

RATES = [0.1, 0.5, 0.8]


@pytest.mark.parametrize("rate", RATES)
def test_a_mask_holds_two_values_and_drops_its_share(rate):
    mask = dropout_mask((300, 400), rate, np.random.default_rng(0))
    np.testing.assert_allclose(np.unique(mask), [0, 1 / (1 - rate)], rtol=1e-15)
    assert (mask == 0).mean() == pytest.approx(rate, abs=5 * np.sqrt(rate * (1 - rate) / 120000))


@pytest.mark.parametrize("rate", RATES)
def test_it_keeps_the_mean_and_adds_the_variance_in_closed_form(rate):
    n, x = 200_000, np.array([-3.0, 0.0, 0.5])
    y = dropout(Tensor(np.tile(x, (n, 1))), dropout_mask((n, 3), rate, np.random.default_rng(0)))
    extra = x**2 * rate / (1 - rate)
    np.testing.assert_array_less(abs(y.value.mean(0) - x), 5 * np.sqrt(extra / n) + 1e-12)
    np.testing.assert_allclose(y.value.var(0), extra, rtol=0.03, atol=1e-12)


def test_without_a_rate_nothing_changes():
    x = np.random.default_rng(0).standard_normal((3, 4))
    mask = dropout_mask(x.shape, 0, np.random.default_rng(0))
    np.testing.assert_array_equal(dropout(Tensor(x), mask).value, x)


def test_in_linear_regression_it_is_ridge_on_average():
    rng, rate, n = np.random.default_rng(0), 0.3, 20_000
    X, y, w = rng.standard_normal((10, 3)), rng.standard_normal(10), rng.standard_normal(3)
    dropped = dropout(Tensor(np.tile(X, (n, 1, 1))), dropout_mask((n, 10, 3), rate, rng)).value
    losses = ((dropped @ w - y) ** 2).sum(-1)
    ridge = ((X @ w - y) ** 2).sum() + rate / (1 - rate) * (w**2 * (X**2).sum(0)).sum()
    assert abs(losses.mean() - ridge) < 5 * losses.std() / np.sqrt(n)


def test_the_slope_is_the_mask_and_what_is_dropped_learns_nothing():
    x, mask = Tensor(np.ones((4, 3))), dropout_mask((4, 3), 0.5, np.random.default_rng(0))
    np.testing.assert_array_equal(grad(dropout(x, mask).sum(), [x])[0].value, mask)


@pytest.mark.parametrize("shape", [(2, 3, 4), (2, 3, 1), (4,), ()])
def test_gradients_and_the_compiled_program_also_with_a_repeated_mask(shape):
    rng = np.random.default_rng(0)
    x, mask = Tensor(rng.standard_normal((2, 3, 4)), "x"), Tensor(np.ones(shape), "mask")
    y = dropout(x, mask)
    agree([x, mask], [y, *grad((y * y).sum(), [x, mask])], [])
    assert gradcheck(dropout, x.value, rng.standard_normal(shape), rng=rng).ok

    def slope(x, mask):
        return grad((dropout(x, mask) ** 2).sum(), [x])[0]

    assert gradcheck(slope, x.value, rng.standard_normal(shape), rng=rng).ok


def test_a_bound_mask_is_fresh_in_each_call_of_a_program():
    x, mask = Tensor(np.ones((2, 3)), "x"), Tensor(np.ones((2, 3)), "mask")
    agree([x], [dropout(x, mask)], [], turn=[mask])


def test_one_seed_is_one_mask_in_both_precisions():
    masks = [dropout_mask((5, 5), 0.25, np.random.default_rng(7), t) for t in ("f8", "f8", "f4")]
    np.testing.assert_array_equal(masks[0], masks[1])
    np.testing.assert_allclose(masks[0], masks[2], rtol=1e-7)
    assert [mask.dtype for mask in masks] == [np.float64, np.float64, np.float32]
    y = dropout(Tensor(np.ones((5, 5), np.float32)), masks[2])
    assert y.value.dtype == np.float32


def mask_of(rate, dtype=np.float64):
    return dropout_mask(3, rate, np.random.default_rng(0), dtype)


MISTAKES = [
    (lambda: mask_of(1.0), DomainError, r"^dropout_mask: expected 0 ≤ rate < 1, got 1.0"),
    (lambda: mask_of(-0.1), DomainError, "got -0.1"),
    (lambda: mask_of(np.nan), DomainError, "got nan"),
    (lambda: mask_of(0.1, int), DomainError, "expected dtype float64 or float32, got int64"),
    (lambda: dropout(Tensor(np.ones((2, 3))), np.ones((2, 2))), ShapeError,
     r"^dropout: expected a mask that fits x \(2, 3\), got \(2, 2\)"),
    (lambda: dropout(Tensor(np.ones((1, 3))), np.ones((2, 3))), ShapeError, r"got \(2, 3\)"),
]  # fmt: skip


@pytest.mark.parametrize(("wrong", "kind", "message"), MISTAKES)
def test_a_mistake_is_named(wrong, kind, message):
    with pytest.raises(kind, match=message):
        wrong()
