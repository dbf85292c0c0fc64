"""Power and inverse iteration: the rates of the books, and what never settles."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import DomainError, ShapeError
from engine.linalg import inverse_iteration, inverse_iteration_steps, power, power_steps

A = [[2.0, 1.0], [1.0, 2.0]]
ACROSS = np.array([1.0, -1.0]) / 2**0.5


def errors(steps, away):
    """The size of what each direction still holds of the unwanted unit vector `away`."""
    return np.array([abs(step.vector @ away) for step in steps])


def test_power_iteration_error_shrinks_by_the_ratio_of_eigenvalues():
    *steps, answer = power_steps(A, [1, 0])
    tangent = errors(steps, ACROSS) / errors(steps, ACROSS[::-1] * [-1, 1])
    np.testing.assert_allclose(tangent[1:12] / tangent[:11], 1 / 3, rtol=1e-9)
    assert answer.value == pytest.approx(3, rel=1e-14)
    assert answer.converged


def test_power_iteration_error_of_the_quotient_shrinks_by_the_square():
    *steps, _ = power_steps(A, [1, 0])
    missed = 3 - np.array([step.eigenvalue for step in steps[4:10]])
    np.testing.assert_allclose(missed[1:] / missed[:-1], 1 / 9, rtol=2e-3)


def test_inverse_iteration_error_shrinks_by_the_ratio_of_distances():
    *steps, answer = inverse_iteration_steps(A, [1, 0], shift=0.5)
    error = errors(steps, np.array([1.0, 1.0]) / 2**0.5)  # |1 − 0.5| / |3 − 0.5| = 1/5
    np.testing.assert_allclose(error[4:9] / error[3:8], 0.2, rtol=1e-3)
    assert answer.value == pytest.approx(1, rel=1e-12)


@settings(max_examples=30)
@given(st.integers(1, 6), st.integers(0, 9999))
def test_both_agree_with_numpy(n, seed):
    rng = np.random.default_rng(seed)
    Q = np.linalg.qr(rng.standard_normal((n, n)))[0]
    values = -(2.0 ** -np.arange(n))
    S, start = (Q * values) @ Q.T, Q @ np.ones(n)
    found = power(S, start)
    assert found.value == pytest.approx(-1, rel=1e-12)
    assert abs(found.vector @ Q[:, 0]) == pytest.approx(1, rel=1e-12)
    near = inverse_iteration(S, start, shift=1.1 * values[-1])
    assert near.value == pytest.approx(values[-1], rel=1e-10)


@pytest.mark.parametrize("method", [power_steps, inverse_iteration_steps])
def test_every_field_tells_its_step(method):
    B = np.array([[4, 1, 0], [1, 3, 1], [0, 1, 2]])
    *steps, answer = method(np.asfortranarray(B), [3, 0, 4])
    assert [step.step for step in steps] == list(range(len(steps)))
    np.testing.assert_allclose(steps[0].vector, [0.6, 0, 0.8], rtol=1e-15)
    before = np.nan
    for step in steps:
        v = step.vector
        assert np.linalg.norm(v) == pytest.approx(1, rel=1e-15)
        assert step.eigenvalue == pytest.approx(v @ B @ v, rel=1e-14)
        residual = np.linalg.norm(B @ v - step.eigenvalue * v)
        assert step.residual == pytest.approx(residual, abs=1e-14)
        np.testing.assert_allclose(step.shrink, step.residual / before, rtol=1e-12)
        before = step.residual
        said = f"λ = v · A v = {step.eigenvalue:.8g}, ‖A v − λ v‖ = {step.residual:.2g}"
        assert step.why == said
    assert (answer.steps, answer.residual) == (len(steps) - 1, steps[-1].residual)
    assert (answer.value, answer.why) == (steps[-1].eigenvalue, steps[-1].why)
    assert steps[-1].residual <= 1e-12 * np.linalg.norm(B) < steps[-2].residual


def test_records_are_copies():
    start, matrix = np.array([1.0, 0.0]), np.array(A)
    plain = power(matrix, start)
    for step in (steps := power_steps(matrix, start)):
        answer, kept = step, step.vector.copy()
        step.vector[:] = np.nan
    np.testing.assert_array_equal(kept, plain.vector)
    assert answer.value == plain.value
    assert (start.tolist(), matrix.tolist(), list(steps)) == ([1, 0], A, [])


@pytest.mark.parametrize("B", [[[1, 0], [0, -1]], [[0, 1], [-1, 0]]])
def test_eigenvalues_of_one_size_never_settle(B):
    found = power(B, [1, 0.5], limit=40)
    assert (found.converged, found.steps) == (False, 40)
    assert found.why.endswith("; not converged after 40 steps")


def test_a_start_at_right_angles_finds_the_other_eigenvalue():
    assert power(A, [1, -1]).value == pytest.approx(1, rel=1e-15)


def test_a_jordan_block_creeps():
    """The error falls as 1/k only: Golub & Van Loan 2013, section 7.3.1 assumes no defect."""
    *steps, answer = power_steps([[1, 1], [0, 1]], [1, 1], limit=200)
    assert not answer.converged
    assert steps[200].residual / steps[100].residual == pytest.approx(1 / 4, rel=0.05)
    assert steps[200].vector[1] == pytest.approx(1 / 201, rel=1e-3)


def test_zero_nilpotent_and_identity_end_at_once():
    assert power(np.zeros((2, 2)), [1, 1]).value == 0
    assert inverse_iteration(np.zeros((2, 2)), [1, 1]).value == 0
    assert power([[0, 1], [0, 0]], [0, 1]).steps == 1
    assert power(np.eye(3), [1, 2, 2]).steps == 0


@pytest.mark.parametrize("scale", [1e-306, 1e-160, 1.0, 1e160, 1e300])
def test_a_shift_that_is_an_eigenvalue_finds_it_at_any_scale(scale):
    found = inverse_iteration(scale * np.array([[1.0, 2.0], [2.0, 4.0]]), [1, 0])
    assert abs(found.value) <= 1e-14 * scale
    np.testing.assert_allclose(np.abs(found.vector), [2 / 5**0.5, 1 / 5**0.5], rtol=1e-12)
    assert power(scale * np.array(A), [1, 0]).value / scale == pytest.approx(3)


def test_two_eigenvalues_a_rounding_apart_do_not_stop_it():
    found = inverse_iteration(np.diag([0, 2.0**-50, 1.0]), [1, 1, 1])
    assert abs(found.value) < 1e-15


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"start": [0, 0]}, DomainError, "expected start ≠ 0"),
        ({"start": [1, 0, 0]}, ShapeError, r"expected start of shape \(2,\), got \(3,\)"),
        ({"A": [[1, 2]]}, ShapeError, r"expected A of shape \(N, N\) with N ≥ 1, got \(1, 2\)"),
        ({"A": [[1, np.nan], [0, 1]]}, DomainError, "expected finite A, got nan"),
        ({"A": [[1j, 0], [0, 1]]}, DomainError, "expected A of real numbers"),
        ({"tolerance": 0}, DomainError, "expected tolerance > 0, got 0"),
        ({"tolerance": np.nan}, DomainError, "expected tolerance > 0, got nan"),
        ({"limit": 0}, DomainError, "expected an integer limit ≥ 1, got 0"),
    ],
)
def test_mistakes_are_named(change, error, message):
    for method in (power, inverse_iteration):
        with pytest.raises(error, match=rf"^{method.__name__}: {message}"):
            method(**({"A": A, "start": [1, 0]} | change))
    with pytest.raises(DomainError, match="inverse_iteration: expected finite shift"):
        inverse_iteration(A, [1, 0], shift=np.inf)
