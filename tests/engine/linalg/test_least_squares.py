"""Least squares: NumPy's answer, right angles, and what squaring the condition number costs."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import DomainError, ShapeError, UnknownNameError
from engine.linalg import condition, least_squares, least_squares_steps

METHODS = ("qr", "normal")


def problem(n, more, seed):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((n + more, n)) + np.eye(n + more, n), rng.standard_normal(n + more)


@pytest.mark.parametrize("method", METHODS)
@given(st.integers(1, 6), st.integers(0, 6), st.integers(0, 9999))
@settings(max_examples=40)
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
    assert (gram.step, factor.step) == (1, 2)
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


@pytest.mark.parametrize("a", [2.0**-990, 2.0**-530, 1.0, 2.0**500, 2.0**900])
@pytest.mark.parametrize("b", [2.0**-990, 2.0**-530, 1.0, 2.0**100])
def test_the_unit_changes_nothing_but_the_unit(a, b):
    """Powers of two round nothing; the normal equations hold A squared, and where that has no float
    the stages are those of numbers near 1."""
    A, right = problem(3, 3, 2)
    for method in METHODS:
        want = list(least_squares_steps(A, right, method=method))
        call = least_squares_steps(a * A, b * right, method=method)
        if b / a > 1e308:
            with pytest.raises(DomainError, match=r"least_squares: .* inf in x"):
                list(call)
            continue
        *stages, found = call
        np.testing.assert_allclose(found.x, want[-1].x * b / a, rtol=1e-15)
        assert found.residual == pytest.approx(want[-1].residual * b, rel=1e-15, abs=0)
        assert (found.slope, found.condition) == (want[-1].slope, want[-1].condition)
        for stage, one in zip(stages, want[:-1], strict=True):
            u, v = a, b
            if "shown for" in stage.why:
                u, v = (2.0 ** -math.frexp(np.abs(x).max())[1] for x in (A, right))
            unit = u * u if stage.kind == "AᵀA" else u
            np.testing.assert_allclose(stage.matrix, one.matrix * unit, rtol=1e-15, atol=1e-323)
            unit = v if method == "qr" else u * v
            np.testing.assert_allclose(stage.right, one.right * unit, rtol=1e-15, atol=1e-323)
            out_of_range = method == "normal" and not (min(a * a, a * b) > 1e-300 and a < 2.0**511)
            assert ("shown for" in stage.why) == out_of_range


@pytest.mark.parametrize("scale", [1e-300, 1e-160, 1e160, 1e300])
def test_a_slope_is_a_number_at_any_scale(scale):
    found = least_squares(np.array([[1, 0], [1, 1], [1, 2]]) * scale, [scale, 0, 2 * scale])
    np.testing.assert_allclose(found.x, [0.5, 0.5], rtol=1e-13)
    assert found.residual == pytest.approx(scale * math.sqrt(1.5), rel=1e-13, abs=0)
    assert 0 <= found.slope < 1e-15


@pytest.mark.parametrize("rows", [2, 4])
def test_columns_count_as_dependent_from_one_over_m_eps_on(rows):
    limit = 1 / (rows * np.finfo(float).eps)
    A = np.zeros((rows, 2))
    A[0, 0], A[1, 1] = 1, 1 / (0.9 * limit)
    assert least_squares(A, A @ [1, 1]).x == pytest.approx([1, 1])
    A[1, 1] = 1 / (1.1 * limit)
    with pytest.raises(DomainError, match="expected independent columns, got κ"):
        least_squares(A, A @ [1, 1])


def test_the_unit_is_that_of_sizes_not_signs():
    assert least_squares([[-1e300], [-1e-300]], [-1e300, -1e-300]).x == pytest.approx(1)


MISTAKES = [
    (lambda: least_squares([[1, 2]], [1]), ShapeError, "m ≥ n, got .* Try A.T"),
    (
        lambda: least_squares([[1], [2]], [1]),
        ShapeError,
        r"expected b of shape \(2,\), got \(1,\)",
    ),
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
    (
        lambda: least_squares([[np.nan], [1]], [1, 2]),
        DomainError,
        "least_squares: expected finite A",
    ),
]


@pytest.mark.parametrize(("mistake", "kind", "message"), MISTAKES)
def test_a_mistake_is_named(mistake, kind, message):
    with pytest.raises(kind, match=message):
        mistake()
