"""Least squares: NumPy's answer, right angles, and what squaring the condition number costs."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import DomainError, ShapeError, UnknownNameError
from engine.linalg import condition, least_squares, least_squares_steps

METHODS = ("qr", "normal")


def problem(n, more, seed):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((n + more, n)) + np.eye(n + more, n), rng.standard_normal(n + more)


@pytest.mark.parametrize("method", METHODS)
@given(st.integers(1, 6), st.integers(0, 6), st.integers(0, 9999))
def test_it_agrees_with_numpy_and_leaves_a_rest_at_right_angles(method, n, more, seed):
    A, b = problem(n, more, seed)
    found, kappa = least_squares(A, b, method=method), np.linalg.cond(A)
    np.testing.assert_allclose(
        found.x, np.linalg.lstsq(A, b)[0], atol=1e-14 * kappa**2 * np.linalg.norm(b)
    )
    rest = b - A @ found.x
    assert found.residual == pytest.approx(np.linalg.norm(rest), abs=1e-12 * kappa)
    scale = np.linalg.norm(A) * np.linalg.norm(b)
    assert found.slope == pytest.approx(np.linalg.norm(A.T @ rest) / scale, abs=1e-15 * kappa)
    assert found.slope < 1e-13 * kappa
    assert found.condition == pytest.approx(kappa if method == "qr" else kappa**2, rel=1e-8)
    assert found.digits_lost == pytest.approx(math.log10(found.condition), abs=1e-9)


def test_the_stages_hold_what_they_say():
    A, b = problem(3, 2, 1)
    stage, found = least_squares_steps(A, b)
    assert (stage.step, stage.kind) == (1, "R")
    np.testing.assert_allclose(stage.matrix.T @ stage.matrix, A.T @ A, atol=1e-13)
    np.testing.assert_allclose(np.linalg.solve(stage.matrix, stage.right), found.x, atol=1e-13)
    assert f"κ = {np.linalg.cond(A):.3g}" in stage.why
    gram, factor, found = least_squares_steps(A, b, method="normal")
    assert (gram.kind, factor.kind) == ("AᵀA", "L")
    np.testing.assert_allclose(gram.matrix, A.T @ A, atol=1e-14)
    np.testing.assert_allclose(gram.right, A.T @ b, atol=1e-14)
    assert f"κ² = {np.linalg.cond(A) ** 2:.3g}" in gram.why
    np.testing.assert_allclose(factor.matrix @ factor.matrix.T, gram.matrix, atol=1e-13)
    np.testing.assert_array_equal(factor.right, gram.right)
    assert f"‖b − A x‖ = {found.residual:.4g}" in found.why


@pytest.mark.parametrize("delta", [1e-3, 1e-5, 1e-7])
def test_the_normal_equations_lose_twice_the_digits(delta):
    """Läuchli's columns (1, δ, 0) and (1, 0, δ), κ = √2/δ: errors ε κ by QR and ε κ² by AᵀA."""
    A = np.array([[1, 1], [delta, 0], [0, delta]])
    eps, kappa = np.finfo(float).eps, math.sqrt(2) / delta
    assert condition(A).kappa == pytest.approx(kappa, rel=1e-6)
    xs = np.random.default_rng(0).uniform(0.5, 1, (20, 2))
    qr, normal = (
        max(np.abs(least_squares(A, A @ x, method=m).x - x).max() for x in xs) for m in METHODS
    )
    assert qr < 10 * eps * kappa
    assert normal < 10 * eps * kappa**2
    if delta < 1e-4:
        assert normal > 100 * qr
    stated = least_squares(A, A @ xs[0], method="normal").digits_lost
    assert math.log10(normal + eps) + 16 <= stated + 1


def test_where_the_normal_equations_end_qr_goes_on():
    A = np.array([[1, 1], [1e-9, 0], [0, 1e-9]])
    with pytest.raises(DomainError, match=r'κ² below 1e16 .* got κ = 1.41e\+09. Use method="qr"'):
        least_squares(A, A @ [1, 2], method="normal")
    np.testing.assert_allclose(least_squares(A, A @ [1, 2]).x, [1, 2], rtol=1e-5)


@pytest.mark.parametrize("method", METHODS)
def test_a_system_and_a_line_and_a_mean(method):
    assert least_squares([[2, 0], [0, 4]], [2, 8], method=method).x.tolist() == [1, 2]
    line = least_squares([[1, 0], [1, 1], [1, 2], [1, 3]], [1, 3, 5, 7], method=method)
    np.testing.assert_allclose(line.x, [1, 2], rtol=1e-13)
    assert least_squares(np.ones((5, 1)), [1, 2, 3, 4, 10], method=method).x == pytest.approx(4)
    assert least_squares([[1], [1]], [0, 0], method=method).slope == 0


@pytest.mark.parametrize("scale", [1e-140, 1e140])
def test_the_unit_changes_nothing(scale):
    A, b = problem(3, 3, 2)
    for method in METHODS:
        found = least_squares(scale * A, scale * b, method=method)
        np.testing.assert_allclose(found.x, np.linalg.lstsq(A, b)[0], rtol=1e-10)


MISTAKES = [
    (lambda: least_squares([[1, 2]], [1]), ShapeError, "m ≥ n, got .* Try A.T"),
    (lambda: least_squares([[1], [2]], [1]), ShapeError, r"expected b \(2,\), got \(1,\)"),
    (lambda: least_squares([[1], [2]], [1, 2], method="svd"), UnknownNameError, "called 'svd'"),
    (
        lambda: least_squares([[1, 2], [2, 4], [3, 6]], [1, 2, 3]),
        DomainError,
        "least_squares: expected independent columns, got κ = ",
    ),
    (
        lambda: least_squares(np.zeros((3, 2)), [1, 2, 3], method="normal"),
        DomainError,
        "least_squares: expected independent columns, got κ = inf",
    ),
    (lambda: least_squares([[np.nan], [1]], [1, 2]), DomainError, "A of finite numbers, got nan"),
]


@pytest.mark.parametrize(("mistake", "kind", "message"), MISTAKES)
def test_a_mistake_is_named(mistake, kind, message):
    with pytest.raises(kind, match=message):
        mistake()
