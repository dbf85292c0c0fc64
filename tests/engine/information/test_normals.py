"""Information of normal laws: closed forms against integrals and plain matrices."""

import math

import numpy as np
import pytest
import scipy.integrate
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import DomainError, ShapeError
from engine.information import (
    differential_entropy,
    multivariate_normal_kl,
    normal_entropy,
    normal_kl,
    normal_mutual_information,
)
from engine.probability import MultivariateNormal, Normal

SEEDS, SIZES = st.integers(0, 9999), st.integers(1, 9)


def test_normals():
    assert round(normal_entropy(), 6) == 1.418939
    assert round(normal_kl(Normal(0, 1), Normal(1, 2)), 6) == 0.443147
    assert round(normal_kl(Normal(1, 2), Normal(0, 1)), 6) == 1.306853
    assert round(normal_mutual_information(0.8), 6) == 0.510826


@given(st.floats(-5, 5), st.floats(0.1, 5), st.floats(-5, 5), st.floats(0.1, 5))
def test_kl_of_normals_is_its_integral(m, s, mu, sigma):
    p, q = Normal(m, s), Normal(mu, sigma)

    # The trapezoid rule of an analytic integrand that vanishes at both ends: exact to rounding.
    x = np.linspace(m - 12 * s, m + 12 * s, 400)
    want = np.trapezoid(p.density(x) * (p.log_density(x) - q.log_density(x)), x)
    assert normal_kl(p, q) == pytest.approx(want, rel=1e-8, abs=1e-10)
    clouds = (MultivariateNormal([one.mu], [[one.variance]]) for one in (p, q))
    assert multivariate_normal_kl(*clouds) == pytest.approx(normal_kl(p, q), rel=1e-9, abs=1e-13)


def test_kl_of_nearly_equal_normals_keeps_its_digits():
    for d in (1e-3, 1e-6):
        # (1+d)² /2 − ½ − ln(1+d) = d² − d³/3 + d⁴/4 …
        got = normal_kl(Normal(0, 1 + d), Normal(0, 1))
        e = (1 + d) - 1
        assert got == pytest.approx(e**2 - e**3 / 3 + e**4 / 4 - e**5 / 5, rel=1e-9)
    assert normal_kl(Normal(3, 2), Normal(3, 2)) == 0


@given(st.integers(1, 5), SEEDS)
def test_kl_of_clouds_agrees_with_plain_matrices(D, seed):
    rng = np.random.default_rng(seed)
    A, B = rng.standard_normal((2, D, D))
    S, T = A @ A.T + np.eye(D), B @ B.T + np.eye(D)
    m, n = rng.standard_normal((2, D))
    d, inverse = n - m, np.linalg.inv(T)
    logs = math.log(np.linalg.det(T) / np.linalg.det(S))
    want = (np.trace(inverse @ S) - D + d @ inverse @ d + logs) / 2
    got = multivariate_normal_kl(MultivariateNormal(m, S), MultivariateNormal(n, T))
    assert got == pytest.approx(want, rel=1e-9, abs=1e-12)
    assert differential_entropy(S) == pytest.approx(scipy.stats.multivariate_normal(m, S).entropy())


@given(st.floats(-0.99, 0.99))
def test_information_of_two_normals_is_the_fall_of_entropy(rho):
    both = differential_entropy([[1, rho], [rho, 1]])
    assert normal_mutual_information(rho) == pytest.approx(2 * normal_entropy() - both, abs=1e-12)
    assert normal_entropy(3, base=2) == pytest.approx(math.log2(3) + normal_entropy(base=2))


MISTAKES = [
    (lambda: normal_entropy(0), DomainError, "normal_entropy: expected 0 < sigma"),
    (lambda: normal_kl(Normal(), Normal(), base=1), DomainError, "normal_kl: expected 1 < base"),
    (lambda: normal_mutual_information(1), DomainError, "expected −1 < rho < 1"),
    (
        lambda: multivariate_normal_kl(
            MultivariateNormal([0], [[1]]), MultivariateNormal([0, 0], np.eye(2))
        ),
        ShapeError,
        "expected q in 1 dimensions, got 2",
    ),
    (
        lambda: differential_entropy([1]),
        ShapeError,
        r"differential_entropy: expected covariance of shape",
    ),
    (lambda: differential_entropy([[0]]), DomainError, "positive definite"),
]


@pytest.mark.parametrize(("mistake", "kind", "message"), MISTAKES)
def test_a_mistake_is_named(mistake, kind, message):
    with pytest.raises(kind, match=message):
        mistake()
