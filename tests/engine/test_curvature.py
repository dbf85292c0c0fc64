"""Curvature: Hessians known from elsewhere, eigenvalues against NumPy's, and what η may be."""

from itertools import islice

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.curvature import (
    METHODS,
    HessianProduct,
    hessian,
    lanczos,
    power_iteration,
    top_eigenvalue,
)
from engine.errors import DomainError, ShapeError, UnknownNameError
from engine.losses import mse
from engine.models import MLP
from engine.reverse import grad
from engine.surfaces import rosenbrock
from engine.tensor import Tensor


def rng(seed=0):
    return np.random.default_rng(seed)


def times(H):
    return lambda v: H @ v


def quadratic(H, w):
    return 0.5 * (w * (Tensor(H) @ w)).sum()


def symmetric(eigenvalues, seed=0):
    """A matrix with these eigenvalues, in random directions."""
    Q, _ = np.linalg.qr(rng(seed).standard_normal((len(eigenvalues),) * 2))
    H = Q * np.asarray(eigenvalues, dtype=float) @ Q.T
    return (H + H.T) / 2


def mlp_loss(w):
    """The loss of a small network; w (17,) and data of one seed."""
    model = MLP((2, 4, 1))
    x, y = rng(1).standard_normal((7, 2)), rng(2).standard_normal((7, 1))
    return mse(model(model.spec.tensors(w), Tensor(x)), Tensor(y))


SPECTRA = st.lists(st.integers(-4, 4), min_size=1, max_size=8)  # small: many are equal or zero


# The Hessian


def test_rosenbrock_at_its_usual_start_and_at_its_minimum():
    w = Tensor([-1.2, 1.0])
    y = rosenbrock(w[0], w[1])
    np.testing.assert_allclose(hessian(y, w), [[1330, 480], [480, 200]], rtol=1e-14)
    w.value[...] = 1.0
    low, high = np.linalg.eigvalsh(hessian(y, w))
    assert round(high / low, 2) == 2508.01


def test_a_network_agrees_with_differences_of_its_gradient():
    w, h = rng().standard_normal(17), 1e-5

    def gradient(w):
        w = Tensor(w)
        return grad(mlp_loss(w), [w])[0].value

    columns = [(gradient(w + h * e) - gradient(w - h * e)) / (2 * h) for e in np.eye(17)]
    leaf = Tensor(w)
    got = hessian(mlp_loss(leaf), leaf)
    np.testing.assert_allclose(got, np.stack(columns, axis=1), atol=1e-8)
    np.testing.assert_allclose(got, got.T, atol=1e-12)
    assert np.abs(got).max() > 0.1


def test_a_matrix_of_parameters_is_counted_row_by_row():
    A = symmetric([1, 2, 3, 4, 5, 6])
    w = Tensor(np.ones((2, 3)))
    np.testing.assert_allclose(hessian(quadratic(A, w.reshape((6,))), w), A, atol=1e-12)


@pytest.mark.parametrize("y", [lambda w: (3 * w).sum(), lambda w: Tensor(1.0), lambda w: w[0]])
def test_what_is_straight_has_no_curvature(y):
    w = Tensor([1.0, 2.0])
    np.testing.assert_array_equal(hessian(y(w), w), np.zeros((2, 2)))


def test_one_number_has_a_hessian_too():
    w = Tensor(2.0)
    assert hessian(w * w * w, w).tolist() == [[12.0]]


# The product


def test_a_product_is_that_of_the_matrix():
    w = Tensor(rng(3).standard_normal(17))
    y, v = mlp_loss(w), rng(4).standard_normal(17)
    np.testing.assert_allclose(HessianProduct(y, w)(v), hessian(y, w) @ v, atol=1e-13)


def test_new_numbers_in_w_and_in_the_data_give_the_new_hessian():
    w, data = Tensor([1.0, 2.0]), Tensor([1.0, 1.0])
    product = HessianProduct((data * w * w * w).sum(), w)
    assert product(np.ones(2)).tolist() == [6, 12]
    w.value[...] = 3.0, 4.0
    assert product(np.ones(2)).tolist() == [18, 24]
    data.value[...] = 2.0
    assert product(np.ones(2)).tolist() == [36, 48]


def test_a_later_product_leaves_an_earlier_one_alone():
    w = Tensor([1.0, 2.0])
    product = HessianProduct((w * w * w).sum(), w)
    first = product(np.array([1.0, 0.0]))
    product(np.array([0.0, 1.0]))
    assert first.tolist() == [6, 0]


# Power iteration


def test_power_iteration_shrinks_the_error_by_the_ratio_of_the_eigenvalues():
    w = Tensor([0.3, -0.7])
    product = HessianProduct(quadratic(np.array([[2.0, 1.0], [1.0, 2.0]]), w), w)
    steps = list(islice(power_iteration(product, 2, rng=rng()), 12))
    tangents = [abs((v[0] - v[1]) / (v[0] + v[1])) for v in (s.vector for s in steps)]
    np.testing.assert_allclose(np.divide(tangents[1:], tangents[:-1]), 1 / 3, rtol=1e-9)
    assert [s.step for s in steps] == list(range(1, 13))
    squares = np.square(tangents)
    np.testing.assert_allclose(
        [s.eigenvalue for s in steps], 3 - 2 * squares / (1 + squares), rtol=1e-14
    )


@given(SPECTRA, st.integers(0, 99))
@settings(deadline=None)
def test_a_residual_of_the_power_iteration_bounds_the_distance_to_an_eigenvalue(spectrum, seed):
    H = symmetric(spectrum, seed)
    for s in islice(power_iteration(times(H), len(H), rng=rng(seed)), 5):
        assert np.linalg.norm(s.vector) == pytest.approx(1, abs=1e-14)
        residual = np.linalg.norm(H @ s.vector - s.eigenvalue * s.vector)
        assert s.residual == pytest.approx(residual, abs=1e-13)
        assert np.abs(np.subtract(spectrum, s.eigenvalue)).min() <= s.residual + 1e-13


def test_power_iteration_ends_where_nothing_curves():
    (only,) = power_iteration(times(np.zeros((3, 3))), 3, rng=rng())
    assert (only.step, only.eigenvalue, only.residual) == (1, 0, 0)


# Lanczos


@given(st.integers(1, 8), st.integers(0, 9999))
@settings(deadline=None)
def test_lanczos_agrees_with_numpy_on_random_matrices(n, seed):
    A = rng(seed).standard_normal((n, n))
    H, start = A + A.T, rng(seed + 1)
    *_, last = lanczos(times(H), n, rng=start)
    truth = np.linalg.eigvalsh(H)
    np.testing.assert_allclose([last.smallest, last.largest], truth[[0, -1]], atol=1e-10)
    T = np.diag(last.alphas) + np.diag(last.betas[:-1], 1) + np.diag(last.betas[:-1], -1)
    np.testing.assert_allclose(np.linalg.eigvalsh(T), truth, atol=1e-10)


@given(SPECTRA, st.integers(0, 9999))
@settings(deadline=None)
def test_lanczos_takes_one_step_for_each_different_eigenvalue(spectrum, seed):
    """Low rank, equal and only negative eigenvalues: the span closes early, and both ends fit."""
    H = symmetric(spectrum, seed)
    steps = list(lanczos(times(H), len(H), rng=rng(seed + 1)))
    ends = [steps[-1].smallest, steps[-1].largest]
    np.testing.assert_allclose(ends, [min(spectrum), max(spectrum)], atol=1e-10)
    assert len(set(spectrum)) <= len(steps) <= len(spectrum)


@given(SPECTRA, st.integers(0, 99))
@settings(deadline=None)
def test_ritz_values_move_outwards_within_their_bound(spectrum, seed):
    H = symmetric(spectrum, seed)
    steps = list(lanczos(times(H), len(H), rng=rng(seed)))
    assert np.diff([s.largest for s in steps]).min(initial=0) >= -1e-13
    assert np.diff([s.smallest for s in steps]).max(initial=0) <= 1e-13
    for k, s in enumerate(steps, start=1):
        assert (s.step, len(s.alphas), len(s.betas)) == (k, k, k)
        assert min(spectrum) - 1e-13 <= s.smallest <= s.largest <= max(spectrum) + 1e-13
        assert np.abs(np.subtract(spectrum, s.largest)).min() <= s.residual + 1e-13


def test_lanczos_stays_orthogonal_where_plain_recurrence_does_not():
    """An eigenvalue far out converges at once; then rounding would bring it back as a ghost."""
    spectrum = np.append(np.linspace(0, 1, 99), 1e4)
    *_, last = lanczos(times(np.diag(spectrum)), 100, rng=rng())
    T = np.diag(last.alphas) + np.diag(last.betas[:-1], 1) + np.diag(last.betas[:-1], -1)
    values = np.linalg.eigvalsh(T)
    assert (values > 2).sum() == 1
    np.testing.assert_allclose(values, spectrum, atol=1e-10)


# The top


@pytest.mark.parametrize(
    ("spectrum", "largest", "farthest"),
    [
        ([1, 2, 3], 3, 3),
        ([-5, 1, 3], 3, -5),
        ([-7, -2, -1], -1, -7),
        ([4, 4, 4], 4, 4),
        ([9, 9, 0, 0], 9, 9),
        ([-3, 0, 0], 0, -3),
        ([0, 0], 0, 0),
        ([6], 6, 6),
    ],
)
def test_each_method_gives_its_own_end(spectrum, largest, farthest):
    for method, wanted in zip(METHODS, (largest, farthest), strict=True):
        found = top_eigenvalue(times(symmetric(spectrum)), len(spectrum), rng=rng(), method=method)
        assert found.converged
        assert found.value == pytest.approx(wanted, abs=1e-10)
        assert found.residual <= max(1e-9 * abs(wanted), 1e-13)


def test_the_top_of_a_network_is_that_of_its_hessian():
    w = Tensor(rng(5).standard_normal(17))
    y = mlp_loss(w)
    found = top_eigenvalue(HessianProduct(y, w), 17, rng=rng())
    assert found.value == pytest.approx(np.linalg.eigvalsh(hessian(y, w))[-1], rel=1e-12)


def test_a_limit_that_comes_first_is_told():
    H = symmetric([1.0, 0.999, 0.998, 0.997])
    for method in METHODS:
        found = top_eigenvalue(times(H), 4, rng=rng(), method=method, limit=2)
        assert (found.steps, found.converged) == (2, False)
    balanced = top_eigenvalue(times(np.diag([1.0, -1.0])), 2, rng=rng(), method="power")
    assert not balanced.converged
    assert balanced.residual > 0.1


def test_one_seed_gives_one_answer():
    H = symmetric([1, 2, 3, 4])
    first, again = (top_eigenvalue(times(H), 4, rng=rng(3), limit=2) for _ in range(2))
    assert first == again


@pytest.mark.parametrize(("factor", "grows"), [(0.99, False), (1.01, True)])
def test_gradient_descent_converges_below_two_over_the_top_and_diverges_above(factor, grows):
    H, w = symmetric([0.5, 1, 4, 7]), Tensor(np.ones(4))
    y = quadratic(H, w)
    eta = factor * 2 / top_eigenvalue(HessianProduct(y, w), 4, rng=rng()).value
    lengths = []
    for _ in range(1000):
        leaf = Tensor(w.value)
        w.value[...] -= eta * grad(quadratic(H, leaf), [leaf])[0].value
        lengths.append(np.linalg.norm(w.value))
    assert lengths[-1] > 1e6 if grows else lengths[-1] < 1e-6
    # Along the steepest direction a step multiplies by |1 − ηλ| = 2·factor − 1: 0.98 or 1.02.
    assert lengths[-1] / lengths[-2] == pytest.approx(2 * factor - 1)


# Mistakes

LEAF = Tensor([1.0, 2.0])
EYE = times(np.eye(2))
MISTAKES = [
    (lambda: hessian(LEAF, LEAF), ShapeError, r"expected a scalar, got shape \(2,\)"),
    (
        lambda: hessian(LEAF.sum(), Tensor(np.ones(2001))),
        DomainError,
        "hessian: expected at most 2000 parameters, got 2001. Use HessianProduct and lanczos",
    ),
    (
        lambda: HessianProduct((2 * LEAF).sum(), 2 * LEAF),
        DomainError,
        "HessianProduct: expected w to be a leaf of ≥ 1 numbers, got one computed by multiply",
    ),
    (lambda: HessianProduct(LEAF.sum(), Tensor([])), DomainError, "got an empty one"),
    (
        lambda: HessianProduct(LEAF.sum(), LEAF)(np.ones(3)),
        ShapeError,
        r"HessianProduct: expected v of shape \(2,\), got \(3,\)",
    ),
    (lambda: power_iteration(EYE, 0, rng=rng()), DomainError, "expected an integer size ≥ 1"),
    (lambda: lanczos(EYE, 0, rng=rng()), DomainError, "lanczos: expected an integer size ≥ 1"),
    (
        lambda: next(lanczos(times(np.ones((3, 2))), 2, rng=rng())),
        ShapeError,
        r"lanczos: expected H v of shape \(2,\), got \(3,\)",
    ),
    (
        lambda: next(power_iteration(lambda v: v * np.nan, 2, rng=rng())),
        DomainError,
        "power_iteration: expected a finite H v, got nan in product 1",
    ),
    (
        lambda: top_eigenvalue(EYE, 2, rng=rng(), method="lancsos"),
        UnknownNameError,
        "No method of finding eigenvalues is called 'lancsos'. Did you mean lanczos",
    ),
    (
        lambda: top_eigenvalue(EYE, 2, rng=rng(), tolerance=0),
        DomainError,
        "expected tolerance > 0, got 0",
    ),
    (
        lambda: top_eigenvalue(EYE, 2, rng=rng(), limit=0),
        DomainError,
        "expected an integer limit ≥ 1",
    ),
]


@pytest.mark.parametrize(("mistake", "kind", "message"), MISTAKES)
def test_a_mistake_is_named(mistake, kind, message):
    with pytest.raises(kind, match=message):
        mistake()


def test_a_loss_that_diverged_is_told():
    w = Tensor([1e200, 1.0])
    product = HessianProduct((w * w * w * w).sum(), w)
    with pytest.raises(DomainError, match=r"lanczos: expected a finite H v, got -?inf in product"):
        next(lanczos(product, 2, rng=rng()))
