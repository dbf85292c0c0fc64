"""Bias and variance: learners whose parts are known in closed form."""

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose

from engine.errors import DomainError, ShapeError
from engine.generalization import (
    bias_variance,
    bias_variance_steps,
    neighbors_fit,
    polynomial_fit,
)

INPUTS = np.linspace(-1, 1, 21)
SETS = 4000


def wave(x):
    return np.sin(3 * x)


def known_parts(H, truth):
    """Bias² and variance / σ² of a learner that is linear in y: ŷ = H y, H (M, N)."""
    return H @ truth, np.square(H).sum(axis=1)


def rows_of(learner, x):
    """H, read off by learning each unit vector."""
    return np.column_stack([learner(INPUTS, e)(x) for e in np.eye(len(INPUTS))])


@pytest.mark.sweep
@pytest.mark.parametrize(
    "learner",
    [*map(polynomial_fit, (0, 3, 9)), polynomial_fit(9, 0.3), *map(neighbors_fit, (1, 5, 21))],
)
def test_the_parts_are_those_of_a_linear_smoother(learner):
    x, sigma = np.array([-0.93, -0.2, 0.41, 0.97]), 0.4
    mean, per_noise = known_parts(rows_of(learner, x), wave(INPUTS))
    variance, bias2 = sigma**2 * per_noise, (mean - wave(x)) ** 2
    found = bias_variance(
        learner, wave, INPUTS, x, sigma=sigma, sets=SETS, rng=np.random.default_rng(0)
    )
    off = np.sqrt(variance / SETS)
    assert (np.abs(found.average - mean) < 4 * off).all()
    assert_allclose(found.variance, variance, rtol=4 * math.sqrt(2 / SETS))
    spread = 2 * np.sqrt(bias2) * off + 3 * variance / SETS
    assert (np.abs(found.bias2 - bias2) < 4 * spread).all()
    assert found.noise == sigma**2
    whole = bias2 + variance + sigma**2
    scatter = np.sqrt((2 * (variance + sigma**2) ** 2 + 4 * bias2 * (variance + sigma**2)) / SETS)
    assert (np.abs(found.error - whole) < 4 * scatter).all()


@pytest.mark.parametrize("k", [1, 2, 7, 21])
def test_neighbors_have_the_variance_of_a_mean_of_k(k):
    H = rows_of(neighbors_fit(k), np.array([-0.51, 0.03, 0.88]))
    assert_allclose(np.square(H).sum(axis=1), 1 / k)


def test_a_polynomial_spends_its_degree_plus_one():
    """Σ Hᵢᵢ = Σ Var ŷᵢ / σ² = degree + 1; it gives polynomials of its degree back."""
    for degree in (0, 1, 4, 20):
        H = rows_of(polynomial_fit(degree), INPUTS)
        assert np.trace(H) == pytest.approx(degree + 1)
        assert np.square(H).sum() == pytest.approx(degree + 1)
        p = np.polynomial.Polynomial(np.arange(1.0, degree + 2))
        assert_allclose(H @ p(INPUTS), p(INPUTS), rtol=1e-8, atol=1e-14)


def test_far_from_zero_a_polynomial_loses_no_digits():
    x = 1e6 + np.linspace(0, 1, 15)
    y = np.cos(5 * (x - 1e6))
    near = polynomial_fit(9)(x - 1e6, y)(x - 1e6)
    assert_allclose(polynomial_fit(9)(x, y)(x), near, atol=1e-8)
    assert polynomial_fit(0)(np.ones(3), np.array([1.0, 2.0, 6.0]))(np.ones(1)) == pytest.approx(3)


def test_a_large_penalty_leaves_the_constant():
    y = 7 + wave(INPUTS)
    flat = polynomial_fit(5, 1e12)(INPUTS, y)
    assert_allclose(flat(INPUTS), y.mean(), atol=1e-9)


def test_a_learner_that_spoils_its_inputs_harms_nobody():
    def learner(x, y):
        x[:] = y[:] = 0
        return lambda new: new * 0

    found = run(learner, x=(0.5,), sets=3)
    assert found.bias2 == pytest.approx(wave(0.5) ** 2)


def test_a_suppler_learner_has_less_bias_and_more_variance():
    found = [
        bias_variance(
            polynomial_fit(degree), wave, INPUTS, INPUTS, sigma=0.5, sets=300,
            rng=np.random.default_rng(1),
        )
        for degree in (1, 3, 5)
    ]  # fmt: skip
    bias = [one.bias2.mean() for one in found]
    assert bias == sorted(bias, reverse=True)
    variance = [one.variance.mean() for one in found]
    assert variance == sorted(variance)


def test_records_run_from_the_second_set_on_and_keep_what_they_said():
    def steps():
        return bias_variance_steps(
            polynomial_fit(2), wave, INPUTS, [0.0, 0.5], sigma=0.3, sets=6,
            rng=np.random.default_rng(2),
        )  # fmt: skip

    records = list(steps())
    assert [one.sets for one in records] == [2, 3, 4, 5, 6]
    predictions = [one.prediction for one in records]
    first = 2 * records[0].average - predictions[0]
    seen = np.array([first, *predictions])
    for n, one in enumerate(records, start=2):
        assert_allclose(one.average, seen[:n].mean(axis=0), rtol=1e-12)
        assert_allclose(one.variance, seen[:n].var(axis=0, ddof=1), rtol=1e-9)
        bias2 = (one.average - wave(one.x)) ** 2 - one.variance / n
        assert_allclose(one.bias2, bias2, rtol=1e-9)
    again = list(steps())
    again[0].average[:] = again[0].error[:] = again[0].variance[:] = 9
    assert again[1].average.tolist() == records[1].average.tolist()


CHANCE = np.random.default_rng(0)


def run(learner=None, truth=wave, inputs=INPUTS, x=(0.0,), sigma=1.0, sets=2):
    learner = learner or polynomial_fit(1)
    return bias_variance(learner, truth, inputs, x, sigma=sigma, sets=sets, rng=CHANCE)


MISTAKES = [
    (lambda: run(sigma=-1), DomainError, "bias_variance: expected 0 ≤ sigma < ∞"),
    (lambda: run(sets=1), DomainError, "bias_variance: expected an integer sets ≥ 2"),
    (lambda: run(x=[[0.0]]), ShapeError, r"expected x of shape \(N,\)"),
    (lambda: run(inputs=[]), DomainError, "at least 1 number in inputs"),
    (lambda: run(truth=lambda x: 1.0), ShapeError, r"expected truth \(21,\), got \(\)"),
    (lambda: run(truth=lambda x: x + np.inf), DomainError, "a finite truth, got inf at x = -1"),
    (lambda: run(lambda x, y: lambda new: y), ShapeError, r"expected prediction \(1,\), got"),
    (lambda: run(polynomial_fit(21)), DomainError, "independent columns or a penalty"),
    (lambda: run(neighbors_fit(22)), DomainError, "neighbors_fit: expected k ≤ 21, the number"),
    (
        lambda: polynomial_fit(-1),
        DomainError,
        "polynomial_fit: expected an integer 0 ≤ degree ≤ 1000",
    ),
    (lambda: polynomial_fit(1, -1), DomainError, "polynomial_fit: expected 0 ≤ penalty < ∞"),
    (lambda: neighbors_fit(0), DomainError, "neighbors_fit: expected an integer k ≥ 1"),
]


@pytest.mark.parametrize(("mistake", "kind", "message"), MISTAKES)
def test_a_mistake_is_named(mistake, kind, message):
    with pytest.raises(kind, match=message):
        mistake()
