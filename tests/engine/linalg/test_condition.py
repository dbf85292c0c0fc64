"""Condition numbers: Hilbert's, NumPy's, and what they foretell of errors."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import DomainError
from engine.linalg import condition, condition_steps, hilbert, solve


@pytest.mark.parametrize(("n", "kappa"), [(3, "524.06"), (5, "476607"), (10, "1.6e13")])
def test_hilbert_matrices(n, kappa):
    found = condition(hilbert(n))
    digits = len(kappa.split("e")[0].replace(".", ""))
    assert float(f"{found.kappa:.{digits}g}") == float(kappa)
    assert found.digits_lost == pytest.approx(math.log10(found.kappa))
    assert not found.singular
    assert hilbert(n)[1, n - 1] == 1 / (n + 1)


@given(st.integers(1, 6), st.integers(1, 6), st.integers(0, 9999))
@settings(max_examples=40)
def test_it_agrees_with_numpy(m, n, seed):
    A = np.random.default_rng(seed).standard_normal((m, n))
    found = condition(A)
    s = np.linalg.svd(A, compute_uv=False)
    assert found.kappa == pytest.approx(s[0] / s[-1], rel=1e-9)
    assert (found.largest, found.smallest) == pytest.approx((s[0], s[-1]), rel=1e-9)
    assert f" {found.kappa:.6g}: ≈ {found.digits_lost:.1f} of 16 digits lost" in found.why


def test_turns_and_units_change_nothing():
    Q = np.linalg.qr(np.random.default_rng(0).standard_normal((4, 4)))[0]
    assert condition(Q).kappa == pytest.approx(1, rel=1e-14)
    assert condition(Q).digits_lost == pytest.approx(0, abs=1e-12)
    A = np.random.default_rng(1).standard_normal((4, 4))
    kappa = condition(A).kappa
    for scale in (1e-300, 1e300):
        assert condition(scale * A).kappa == pytest.approx(kappa, rel=1e-12)
    assert condition(Q @ A).kappa == pytest.approx(kappa, rel=1e-12)


@pytest.mark.parametrize("A", [np.zeros((2, 2)), [[1, 2], [2, 4]], np.ones((3, 3))])
def test_a_singular_matrix_has_none(A):
    found = condition(A)
    assert found.kappa == math.inf or found.kappa >= 1 / np.finfo(float).eps
    assert found.singular
    assert found.digits_lost > 15


@pytest.mark.parametrize("n", [4, 6, 8, 10])
def test_it_bounds_what_an_error_of_the_data_may_do(n):
    """‖δx‖/‖x‖ ≤ κ ‖δb‖/‖b‖, and the worst direction reaches it."""
    A = hilbert(n)
    U, s, Vt = np.linalg.svd(A)
    b, wrong = s[0] * U[:, 0], 1e-14 * s[0] * U[:, -1]
    moved = np.linalg.norm(solve(A, b + wrong).x - Vt[0])
    assert moved <= 1.01 * condition(A).kappa * 1e-14 + 1e-3
    assert moved >= 0.9 * condition(A).kappa * 1e-14 - 1e-3


@pytest.mark.parametrize("n", [0, -1, 2.5, math.nan, 10_001])
def test_what_is_no_size_is_named(n):
    with pytest.raises(DomainError, match="hilbert: expected an integer 1 ≤ n ≤ 10000"):
        hilbert(n)


def test_what_is_lost_is_said_in_digits():
    assert condition([[1, 0], [0, 1]]).digits_lost == 0
    assert hilbert(1).tolist() == [[1]]
    near = condition(np.diag([1.0, 3e-16]))
    assert not near.singular
    assert condition(np.diag([1.0, 1.5e-16])).singular


def test_a_singular_value_of_zero_makes_it_infinite():
    found = condition([[1, 0], [0, 0]])
    assert (found.kappa, found.largest, found.smallest) == (math.inf, 1, 0)
    assert found.digits_lost == math.inf
    assert found.why == "κ = ∞: 1 is the longest image, 0 the shortest"


@pytest.mark.parametrize("A", [[[3]], [[-1e-300]], [[1, 2, 3]], [[1], [2]]])
def test_a_single_direction_is_stretched_evenly(A):
    assert condition(A).kappa == 1
    *_, answer = condition_steps(A)
    assert answer == condition(A)


def test_integers_lists_and_views_are_the_same_matrix():
    A = np.array([[4, 1, 2], [2, 3, 0], [1, 1, 5]])
    want = condition(A.astype(float))
    for other in (A, A.tolist(), np.asfortranarray(A), np.repeat(A, 2, axis=1)[:, ::2]):
        assert condition(other) == want
    assert condition(A.T).kappa == pytest.approx(want.kappa, rel=1e-13)
