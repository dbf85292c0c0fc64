"""Iterations: the radius is the rate, conjugate directions end, what diverges says so."""

import math
import sys
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import DomainError, ShapeError, UnknownNameError
from engine.linalg import (
    conjugate_gradient,
    conjugate_gradient_bound,
    conjugate_gradient_steps,
    hilbert,
    iteration_matrix,
    spectral_radius,
    splitting,
    splitting_steps,
)

LESSON = np.array([[4.0, 1.0], [2.0, 3.0]])
METHODS = ("jacobi", "gauss_seidel")


def dominant(n, seed):
    rng = np.random.default_rng(seed)
    A = rng.standard_normal((n, n))
    return A + np.diag(np.abs(A).sum(axis=1) + 0.5), rng.standard_normal(n)


def positive(n, seed, kappa=50.0):
    rng = np.random.default_rng(seed)
    Q = np.linalg.qr(rng.standard_normal((n, n)))[0]
    return (Q * np.geomspace(1, kappa, n)) @ Q.T, rng.standard_normal(n)


def test_radii_of_the_lesson_gauss_seidel_the_square_of_jacobi():
    radii = [spectral_radius(iteration_matrix(LESSON, method=method)) for method in METHODS]
    assert radii == [pytest.approx(0.40825, abs=5e-6), pytest.approx(0.16667, abs=5e-6)]
    assert radii[1] == pytest.approx(radii[0] ** 2, rel=1e-12)
    assert iteration_matrix(LESSON).tolist() == [[0, -0.25], [-2 / 3, 0]]


@pytest.mark.parametrize("method", METHODS)
@given(st.integers(1, 6), st.integers(0, 9999))
@settings(max_examples=30)
def test_a_dominant_diagonal_converges_to_numpys_answer(method, n, seed):
    A, b = dominant(n, seed)
    found = splitting(A, b, method=method)
    assert found.converged
    np.testing.assert_allclose(found.x, np.linalg.solve(A, b), atol=1e-11)
    assert found.residual == pytest.approx(np.linalg.norm(b - A @ found.x), abs=1e-14)
    assert found.rate == pytest.approx(
        np.abs(np.linalg.eigvals(iteration_matrix(A, method=method))).max(), abs=1e-9
    )


@pytest.mark.parametrize("method", METHODS)
def test_every_guess_is_one_sweep_from_the_last_and_the_error_follows_the_matrix(method):
    A, b = dominant(4, 1)
    truth, G = np.linalg.solve(A, b), iteration_matrix(A, method=method)
    *guesses, answer = splitting_steps(A, b, method=method, start=[1, -1, 2, 0])
    assert guesses[0].x.tolist() == [1, -1, 2, 0]
    assert [guess.step for guess in guesses] == list(range(len(guesses)))
    for before, guess in pairwise(guesses):
        np.testing.assert_allclose(guess.x - truth, G @ (before.x - truth), atol=1e-12)
        x = before.x.copy()
        for i in range(4):
            rest = A[i] @ (x if method == "gauss_seidel" else before.x) - A[i, i] * before.x[i]
            x[i] = (b[i] - rest) / A[i, i]
        np.testing.assert_allclose(guess.x, x, atol=1e-12)
    for guess in guesses:
        assert guess.residual == pytest.approx(np.linalg.norm(b - A @ guess.x), abs=1e-13)
    assert answer.steps == guesses[-1].step


def test_a_guess_tells_by_how_much_its_residual_shrank():
    *guesses, answer = splitting_steps(LESSON, [1, 2])
    assert math.isnan(guesses[0].shrink)
    for before, guess in pairwise(guesses):
        assert guess.shrink == guess.residual / before.residual
        assert guess.why == f"‖b − A x‖ = {guess.residual:.3g}"
    # Two steps make ρ² = 1/6: the eigenvalues of the matrix are ±ρ.
    assert guesses[8].residual / guesses[6].residual == pytest.approx(1 / 6, rel=1e-9)
    told = f"{answer.steps} steps: ‖b − A x‖ = {answer.residual:.3g}"
    assert answer.why == f"converged after {told}"
    assert answer.rate == pytest.approx(0.40825, abs=5e-6)


@pytest.mark.parametrize(("method", "radius"), [("jacobi", 2.4495), ("gauss_seidel", 6)])
def test_a_run_ends_where_the_residual_has_grown_a_million_million_times(method, radius):
    *guesses, answer = splitting_steps([[1, 3], [2, 1]], [1, 1], method=method)
    assert not answer.converged
    grown = [guess.residual / guesses[0].residual for guess in guesses]
    assert max(grown[:-1]) <= 1e12 < grown[-1]
    assert answer.steps == guesses[-1].step == len(guesses) - 1
    assert answer.why.startswith(f"not converged after {answer.steps} steps: ‖b − A x‖ = ")
    assert answer.rate == pytest.approx(radius, rel=1e-4)


def test_a_matrix_of_tiny_or_huge_numbers_has_its_radius_or_is_named():
    """Of [[1, t], [t, 1]] the radius of Jacobi is t."""
    for t in (1e-300, 1e-120, 1e-50, 1e80):
        assert splitting([[1, t], [t, 1]], [1, 1], limit=3).rate == pytest.approx(t, rel=1e-14)
    with pytest.raises(DomainError, match=r"^jacobi: expected I − M⁻¹A below 1e90, got 1e\+200"):
        _ = splitting([[1, 1e200], [1e200, 1]], [1, 1], limit=1).rate
    for method in METHODS:
        with pytest.raises(DomainError, match=f"^{method}: expected I − M⁻¹A below 1.8e308"):
            iteration_matrix([[1e-320, 1], [1, 1]], method=method)


@pytest.mark.parametrize("scale", [1e-300, 1e-160, 1e160, 1e300])
@pytest.mark.parametrize("method", METHODS)
def test_the_unit_changes_no_iteration(method, scale):
    found = splitting(scale * LESSON, [scale, 2 * scale], method=method)
    np.testing.assert_allclose(found.x, [0.1, 0.6], rtol=1e-11)
    assert found.rate == pytest.approx(0.40825 if method == "jacobi" else 1 / 6, abs=5e-6)


def test_a_radius_of_one_never_settles():
    found = splitting([[1, 1], [1, 1.0]], [1, 0], limit=50)
    assert not found.converged
    assert found.steps == 50
    assert found.rate == pytest.approx(1)


@given(st.integers(1, 8), st.integers(0, 9999))
@settings(max_examples=40)
def test_conjugate_gradients_end_in_n_steps_with_numpys_answer(n, seed):
    A, b = positive(n, seed)
    found = conjugate_gradient(A, b)
    assert found.converged
    assert found.steps <= n + 1  # one more for rounding
    np.testing.assert_allclose(found.x, np.linalg.solve(A, b), atol=1e-10)


def test_residuals_are_orthogonal_directions_conjugate_and_the_energy_falls():
    A, b = positive(6, 3)
    truth = np.linalg.solve(A, b)
    *steps, answer = conjugate_gradient_steps(A, b)
    R, P = (np.array([getattr(step, name) for step in steps[:6]]).T for name in "rp")
    for vectors, product in ((R, R.T @ R), (P, P.T @ A @ P)):
        sizes = np.sqrt(np.diag(product))
        assert np.abs(product / np.outer(sizes, sizes) - np.eye(vectors.shape[1])).max() < 1e-8
    energy = [(step.x - truth) @ A @ (step.x - truth) for step in steps]
    assert (np.diff(energy) < 0).all()
    for before, step in pairwise(steps):
        rr, bend = before.r @ before.r, before.p @ A @ before.p
        assert step.alpha == pytest.approx(rr / bend, rel=1e-12)
        assert step.beta == pytest.approx(step.r @ step.r / rr, rel=1e-12)
        np.testing.assert_allclose(step.x, before.x + step.alpha * before.p, rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(step.p, step.r + step.beta * before.p, rtol=1e-12, atol=1e-14)
        assert step.residual == pytest.approx(np.linalg.norm(step.r), rel=1e-12)
        assert step.why.startswith("α = ")
        assert step.why.endswith(f" {step.alpha:.4g} along p, then β = {step.beta:.3g}")
    assert answer.rate == pytest.approx((math.sqrt(50) - 1) / (math.sqrt(50) + 1), rel=1e-9)


@given(st.integers(2, 8), st.integers(0, 999))
@settings(max_examples=15)
def test_the_condition_that_a_run_shows_grows_to_that_of_the_matrix(n, seed):
    A, b = positive(n, seed)
    rates = [conjugate_gradient(A, b, limit=k).rate for k in range(1, n + 1)]
    assert rates[0] == 0  # one value only
    assert (np.diff(rates) > -1e-9).all()
    assert rates[-1] == pytest.approx((math.sqrt(50) - 1) / (math.sqrt(50) + 1), rel=1e-6)


def test_an_eigenvalue_that_b_does_not_contain_slows_nothing():
    found = conjugate_gradient(np.diag([1.0, 4.0, 1e6]), [1, 1, 0])
    assert found.rate == pytest.approx(1 / 3, rel=1e-12)  # κ = 4
    assert found.why == "converged after 2 steps; √κ, estimated from below: 2"
    nothing = conjugate_gradient(np.eye(2), [0, 0])
    assert math.isnan(nothing.rate)
    assert nothing.why == "converged after 0 steps"


def test_a_run_does_not_pay_for_a_diagnosis_not_asked_for(monkeypatch):
    def refused(*_):
        raise AssertionError("a decomposition of A")

    for name in ("spectral_radius", "_iteration_matrix"):
        monkeypatch.setattr(f"engine.linalg.iterative.{name}", refused)
    monkeypatch.setattr(sys.modules["engine.linalg.svd"], "_turns", refused)
    A, b = positive(6, 3)
    assert conjugate_gradient(A, b).rate > 0
    found = splitting(np.eye(6) + A / 100, b)
    assert found.converged
    with pytest.raises(AssertionError, match="a decomposition of A"):
        _ = found.rate


@given(st.integers(2, 12), st.integers(0, 999), st.floats(2, 300))
@settings(max_examples=40)
def test_the_error_stays_below_its_bound(n, seed, kappa):
    A, b = positive(n, seed, kappa)
    truth = np.linalg.solve(A, b)
    errors = [
        math.sqrt(max(0, (step.x - truth) @ A @ (step.x - truth)))
        for step in conjugate_gradient_steps(A, b)
        if hasattr(step, "alpha")
    ]
    for j, error in enumerate(errors):
        bound = conjugate_gradient_bound(kappa * (1 + 1e-9), j) * errors[0]
        assert error <= bound + 1e-10 * errors[0]


def test_as_many_steps_as_there_are_different_eigenvalues():
    Q = np.linalg.qr(np.random.default_rng(5).standard_normal((9, 9)))[0]
    A = (Q * np.repeat([1.0, 4.0, 9.0], 3)) @ Q.T
    assert conjugate_gradient(A, np.ones(9)).steps == 3
    assert conjugate_gradient(7 * np.eye(5), np.ones(5)).steps == 1


def test_what_came_down_is_the_residual_itself():
    """On Hilbert's matrix the recurrence for r falls where b − A x no longer does."""
    A, b = hilbert(8), np.ones(8)
    *steps, answer = conjugate_gradient_steps(A, b)
    assert steps[-1].residual <= 1e-12 * math.sqrt(8)
    assert answer.residual == np.linalg.norm(b - A @ answer.x)
    assert answer.residual > 1e-12 * math.sqrt(8)
    assert not answer.converged
    assert answer.why.startswith(
        f"not converged after {answer.steps} steps; √κ, estimated from below: 1.2"
    )


@pytest.mark.parametrize("solver", [splitting, conjugate_gradient])
def test_with_nothing_on_the_right_the_first_residual_is_the_measure(solver):
    A = positive(3, 6, 2.0)[0]
    found = solver(A, np.zeros(3), start=[1, 2, 3])
    assert found.converged
    assert 0 < found.steps < 200
    assert found.residual <= 1e-12 * np.linalg.norm(A @ [1, 2, 3])
    assert np.abs(found.x).max() < 1e-11


def test_nothing_to_do_takes_no_step():
    A, b = positive(3, 6)
    assert conjugate_gradient(A, np.zeros(3)).steps == 0
    assert conjugate_gradient(A, b, start=np.linalg.solve(A, b), tolerance=1e-8).steps == 0
    still = splitting(A, np.zeros(3))
    assert (still.x.tolist(), still.steps, still.converged) == ([0, 0, 0], 0, True)
    unfinished = conjugate_gradient(A, b, limit=1)
    assert (unfinished.steps, unfinished.converged) == (1, False)
    assert "not converged after 1 steps" in unfinished.why


@pytest.mark.parametrize("unit", [2.0**-900, 2.0**-500, 2.0**400, 2.0**900])
def test_the_unit_changes_nothing_but_the_unit(unit):
    A, b = positive(5, 8)
    plain, scaled = (list(conjugate_gradient_steps(A, b * u)) for u in (1.0, unit))
    assert len(plain) == len(scaled)
    for one, two in zip(plain, scaled, strict=True):
        assert (one.x * unit).tolist() == two.x.tolist()
        assert one.residual * unit == two.residual
    assert scaled[-1].converged
    stretched = conjugate_gradient(A * 2.0**-300, b, start=np.ones(5))
    np.testing.assert_allclose(stretched.x * 2.0**-300, np.linalg.solve(A, b), rtol=1e-9)


def test_the_unit_is_that_of_the_first_residual_whatever_its_signs():
    found = conjugate_gradient(2 * np.eye(2), [-2e300, -2e-300])
    np.testing.assert_allclose(found.x, [-1e300, 0], rtol=1e-15)  # to 1e-12 of ‖b‖
    found = conjugate_gradient(2 * np.eye(2), [2e300, 2e300], start=[-1e300, -1e300])
    np.testing.assert_allclose(found.x, [1e300, 1e300], rtol=1e-15)


def test_conjugacy_is_a_cosine():
    A, b = positive(6, 3)
    A = 1e6 * A
    *steps, _ = conjugate_gradient_steps(A, b)
    for before, step in pairwise(steps):
        Ap = A @ before.p
        told = abs(step.p @ Ap) / (np.linalg.norm(step.p) * np.linalg.norm(Ap))
        assert step.conjugacy == pytest.approx(told, abs=1e-15)
    # The last direction is made of rounding: it alone is not conjugate.
    assert max(step.conjugacy for step in steps[:-1]) < 1e-13 < steps[-1].conjugacy
    *steps, _ = conjugate_gradient_steps(np.eye(2), [1, 2])
    assert [step.conjugacy for step in steps] == [0, 0]  # the last direction is zero


def test_the_bound_itself():
    assert conjugate_gradient_bound(9, 2) == 2 * 0.5**2
    assert conjugate_gradient_bound(1, 1) == 0
    assert conjugate_gradient_bound(1, 0) == 2
    assert conjugate_gradient_bound(math.inf, 7) == 2
    assert conjugate_gradient_bound(1e308, 10**9) == 2
    assert conjugate_gradient_bound(4, 1) == pytest.approx(2 / 3)


MISTAKES = [
    (lambda: splitting([[0, 1], [1, 1]], [1, 1]), DomainError, "jacobi: .* got 0 in row 1"),
    (
        lambda: splitting([[1, 1], [1, 0]], [1, 1], method="gauss_seidel"),
        DomainError,
        "gauss_seidel: expected a diagonal without 0, got 0 in row 2",
    ),
    (lambda: splitting(LESSON, [1, 2], method="sor"), UnknownNameError, "No .* called 'sor'"),
    (
        lambda: splitting(LESSON, [1]),
        ShapeError,
        r"jacobi: expected b of shape \(2,\), got \(1,\)",
    ),
    (lambda: splitting(LESSON, [1, 2], start=[1]), ShapeError, r"expected start of shape \(2,\)"),
    (lambda: splitting(LESSON, [1, 2], tolerance=0), DomainError, "tolerance > 0, got 0"),
    (lambda: splitting(LESSON, [1, 2], limit=0), DomainError, "an integer limit ≥ 1, got 0"),
    (lambda: conjugate_gradient(LESSON, [1, 2]), DomainError, "expected A symmetric"),
    (
        lambda: conjugate_gradient([[1, 2], [2, 1]], [1, -1]),
        DomainError,
        r"A positive definite, got p · A p = -2 in step 1",
    ),
    (lambda: conjugate_gradient(np.eye(2), [1, 2], limit=1.5), DomainError, "an integer limit"),
    (
        lambda: conjugate_gradient(np.eye(2), [1, np.inf]),
        DomainError,
        "conjugate_gradient: expected finite b",
    ),
    (lambda: conjugate_gradient_bound(0.5, 1), DomainError, "expected κ ≥ 1, got 0.5"),
    (lambda: conjugate_gradient_bound(4, -1), DomainError, "an integer steps ≥ 0, got -1"),
]


@pytest.mark.parametrize(("mistake", "kind", "message"), MISTAKES)
def test_a_mistake_is_named(mistake, kind, message):
    with pytest.raises(kind, match=message):
        mistake()
