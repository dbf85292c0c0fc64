"""Linear algebra against NumPy's and the numbers that every course knows."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import DltutorError
from engine.linalg.cholesky import cholesky, cholesky_solve
from engine.linalg.condition import condition, hilbert
from engine.linalg.elimination import elimination_steps, inverse, solve
from engine.linalg.hessenberg import hessenberg
from engine.linalg.iterative import conjugate_gradient, iteration_matrix, splitting
from engine.linalg.jacobi import jacobi_eigen
from engine.linalg.least_squares import least_squares
from engine.linalg.lu import determinant, lu, lu_solve
from engine.linalg.norms import angle, cosine, norm, project
from engine.linalg.orthogonal import qr
from engine.linalg.pca import pca
from engine.linalg.power import inverse_iteration, power_steps
from engine.linalg.qr_algorithm import qr_algorithm
from engine.linalg.schur import eigenvalues, schur, spectral_radius
from engine.linalg.svd import low_rank, svd, svd_steps

SIZES, SEEDS = st.integers(1, 6), st.integers(0, 10_000)
many = settings(max_examples=60, derandomize=True, deadline=None, database=None)


def square(n, seed):
    return np.random.default_rng(seed).standard_normal((n, n))


def near(a, b, scale=1.0):
    np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-10 * scale)


@many
@given(SIZES, SEEDS)
def test_systems(n, seed):
    A, b = square(n, seed) + 3 * np.eye(n), np.arange(1.0, n + 1)
    if np.linalg.cond(A) > 1e5:
        return
    x = np.linalg.solve(A, b)
    near(solve(A, b).x, x)
    factors = lu(A)
    near(np.asarray(A)[factors.permutation], factors.L @ factors.U)
    near(lu_solve(factors, b), x)
    near(determinant(A), np.linalg.det(A))
    near(inverse(A).inverse, np.linalg.inv(A))
    S = A @ A.T
    near(cholesky(S).L, np.linalg.cholesky(S), scale=np.abs(S).max())
    near(cholesky_solve(cholesky(S), b), np.linalg.solve(S, b), scale=1e4)
    near(conjugate_gradient(S, b, limit=20 * n).x, np.linalg.solve(S, b), scale=1e6)


@many
@given(SIZES, SIZES, SEEDS, st.sampled_from(["householder", "modified", "classical"]))
def test_orthogonal_factors(n, more, seed, method):
    A = np.random.default_rng(seed).standard_normal((n + more, n))
    found = qr(A, method=method)
    near(found.Q @ found.R, A)
    near(np.tril(found.R, -1), 0)
    loss = 1e-12 if method == "householder" else 1e-13 * np.linalg.cond(A) ** 2
    assert np.abs(found.Q.T @ found.Q - np.eye(n)).max() < loss


@many
@given(SIZES, SEEDS)
def test_eigenvalues(n, seed):
    A = square(n, seed)
    S = A + A.T
    values = np.linalg.eigvalsh(S)
    for found in (jacobi_eigen(S), qr_algorithm(S)):
        near(np.sort(found.values), values)
        near(S @ found.vectors, found.vectors * found.values, scale=10)
        near(found.vectors.T @ found.vectors, np.eye(n))
    every, wanted = (
        np.sort_complex(np.round(v, 7)) for v in (eigenvalues(A), np.linalg.eigvals(A))
    )
    np.testing.assert_allclose(every, wanted, atol=2e-6)
    near(spectral_radius(A), np.abs(np.linalg.eigvals(A)).max())
    T = schur(A)
    near(T.Q @ T.T @ T.Q.T, A)
    H = hessenberg(A)
    near(H.Q @ H.H @ H.Q.T, A)
    near(np.tril(H.H, -2), 0)


@many
@given(SIZES, SIZES, SEEDS)
def test_singular_values(n, more, seed):
    A = np.random.default_rng(seed).standard_normal((n + more, n))
    found = svd(A)
    near(found.s, np.linalg.svd(A)[1])
    near(found.U * found.s @ found.Vt, A)
    near(condition(A).kappa, np.linalg.cond(A))
    for k in range(1, n + 1):
        part = low_rank(A, k)
        near(part.frobenius**2, (found.s[k:] ** 2).sum())
        near(np.linalg.norm(A - part.approximation, 2), found.s[k] if k < n else 0)


@many
@given(SIZES, SEEDS)
def test_least_squares(n, seed):
    rng = np.random.default_rng(seed)
    A, b = rng.standard_normal((n + 4, n)), rng.standard_normal(n + 4)
    if np.linalg.cond(A) > 1e3:
        return
    x = np.linalg.lstsq(A, b, rcond=None)[0]
    for method in ("qr", "normal"):
        near(least_squares(A, b, method=method).x, x, scale=1e3)


def test_arrows():
    a, b = [3.0, 4.0], [4.0, 3.0]
    assert cosine(a, b) == pytest.approx(0.96)
    assert np.degrees(angle(a, b)) == pytest.approx(16.2602, abs=5e-5)
    np.testing.assert_allclose(project(a, b).along, [3.84, 2.88])
    assert [norm(a, p) for p in (1, 2, np.inf)] == [7, 5, 4]


def test_pivoting_saves_the_answer():
    A, b = [[1e-20, 1.0], [1.0, 1.0]], [1.0, 2.0]
    np.testing.assert_allclose(solve(A, b).x, [1, 1])
    np.testing.assert_array_equal(solve(A, b, pivot=False).x, [0, 1])


@pytest.mark.parametrize(("n", "kappa"), [(3, 524.06), (5, 476607), (10, 1.60e13)])
def test_condition_of_hilbert_matrices(n, kappa):
    assert condition(hilbert(n)).kappa == pytest.approx(kappa, rel=2e-3)


def test_radius_of_gauss_seidel_is_that_of_jacobi_squared():
    A = [[4.0, 1.0], [2.0, 3.0]]
    radii = [spectral_radius(iteration_matrix(A, method=m)) for m in ("jacobi", "gauss_seidel")]
    np.testing.assert_allclose(radii, [0.40825, 0.16667], atol=5e-6)
    for method in ("jacobi", "gauss_seidel"):
        near(splitting(A, [1.0, 2.0], method=method).x, np.linalg.solve(A, [1.0, 2.0]))


def test_conjugate_gradients_end_after_n_steps():
    A = np.diag([1.0, 5.0, 40.0, 100.0]) + 0.5
    assert conjugate_gradient(A, np.ones(4)).steps <= 4


def test_known_spectra():
    np.testing.assert_allclose(np.sort(eigenvalues([[1.0, 2], [8, 1]]).real), [-3, 5])
    found = svd([[3.0, 0.0], [4.0, 5.0]])
    np.testing.assert_allclose(found.s, [45**0.5, 5**0.5])
    assert inverse_iteration([[2.0, 1], [1, 2]], [1.0, 0.0], shift=0.9).value == pytest.approx(1)


def test_power_iteration_shrinks_its_error_by_the_ratio_of_eigenvalues():
    steps = [
        s for s in power_steps([[2.0, 1.0], [1.0, 2.0]], [1.0, 0.0]) if not hasattr(s, "converged")
    ]
    errors = [abs(s.vector[0] - s.vector[1]) for s in steps[2:10]]
    ratios = np.divide(errors[1:], errors[:-1])
    np.testing.assert_allclose(ratios, 1 / 3, rtol=0.02)


def test_principal_components_share_the_variance():
    X = np.random.default_rng(0).standard_normal((50, 4)) * [5, 2, 1, 0.1]
    found = pca(X)
    s = np.linalg.svd(X - X.mean(0))[1]
    near(found.shares, s**2 / (s**2).sum())


def test_records_are_copies():
    records = list(elimination_steps([[2.0, 1.0], [4.0, 5.0]], [1.0, 2.0]))
    first = records[0].augmented.copy()
    for record in records[1:]:
        for value in (getattr(record, "augmented", None), getattr(record, "x", None)):
            if value is not None:
                value.flags.writeable = True
                value[...] = np.nan
    np.testing.assert_array_equal(records[0].augmented, first)


WRONG = [
    lambda: solve([[1.0, 2.0], [2.0, 4.0]], [1.0, 2.0]),
    lambda: cholesky([[1.0, 2.0], [2.0, 1.0]]),
    lambda: cholesky([[1.0, 2.0], [0.0, 1.0]]),
    lambda: solve([[1.0, np.nan], [0.0, 1.0]], [1.0, 2.0]),
    lambda: solve([[1.0, 2.0]], [1.0]),
    lambda: inverse(np.zeros((2, 2))),
    lambda: lu(np.zeros((0, 2))),
    lambda: list(svd_steps([1.0, 2.0])),
]


@pytest.mark.parametrize("mistake", WRONG)
def test_a_mistake_is_named(mistake):
    with pytest.raises(DltutorError, match=r"expected .* got|singular|positive definite"):
        mistake()
