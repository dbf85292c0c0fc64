"""Principal components: iris, the covariance of NumPy, constant data."""

import numpy as np
import pytest

from engine.data.real import iris
from engine.errors import DomainError
from engine.linalg import pca, pca_steps


def test_iris_has_its_known_shares_and_the_eigenvalues_of_the_covariance():
    X = iris().x
    found = pca(X)
    np.testing.assert_allclose(found.shares, [0.924619, 0.053066, 0.017103, 0.005212], atol=5e-7)
    values = np.linalg.eigvalsh(np.cov(X.T))[::-1]
    np.testing.assert_allclose(found.variances, values, rtol=1e-12)
    np.testing.assert_allclose(np.cov(found.scores.T), np.diag(values), atol=1e-13)
    C = found.components
    np.testing.assert_allclose(C @ C.T, np.eye(4), atol=1e-13)
    assert (C[np.arange(4), np.abs(C).argmax(axis=1)] > 0).all()
    np.testing.assert_allclose(found.mean + found.scores @ C, X, atol=1e-12)
    two = pca(X, 2)
    assert two.residual**2 == pytest.approx(149 * values[2:].sum(), rel=1e-11)


def test_directions_come_one_by_one_and_take_their_part_out():
    X = np.random.default_rng(1).standard_normal((7, 3)) * [3, 1, 0.2] + 5
    centered, *components, answer = pca_steps(X)
    np.testing.assert_allclose(centered.centered + centered.mean, X, atol=1e-14)
    np.testing.assert_allclose(centered.centered.mean(axis=0), 0, atol=1e-14)
    assert centered.why.startswith("the mean of 7 rows")
    whole, left = np.square(centered.centered).sum(), centered.centered
    for i, one in enumerate(components):
        assert one.step == i + 1
        assert np.linalg.norm(one.direction) == pytest.approx(1)
        np.testing.assert_allclose(one.scores, left @ one.direction, atol=1e-13)
        np.testing.assert_allclose(one.rest, left - np.outer(one.scores, one.direction), atol=1e-13)
        np.testing.assert_allclose(one.rest @ one.direction, 0, atol=1e-13)
        assert one.variance == pytest.approx(one.scores.var(ddof=1), rel=1e-12)
        assert one.share == pytest.approx(np.square(one.scores).sum() / whole, rel=1e-12)
        assert one.so_far == pytest.approx(1 - np.square(one.rest).sum() / whole, abs=1e-12)
        assert one.why.startswith(f"direction {i + 1} holds {one.variance:.4g}, ")
        np.testing.assert_array_equal(one.direction, answer.components[i])
        left = one.rest


def test_constant_columns_and_few_rows():
    X = np.array([[0.1, 1], [0.1, 2], [0.1, 4]])
    assert pca(X).variances[1] == 0
    assert pca(np.arange(10.0).reshape(2, 5) ** 2).shares[0] == pytest.approx(1)


def test_mistakes_are_named():
    with pytest.raises(DomainError, match=r"^pca: expected data that vary"):
        pca([[0.1, 0.3, 0.7]] * 6)
    for tiny_or_huge, shown in ((1e200, r"5e\+399"), (1e-200, "5e-401")):
        with pytest.raises(DomainError, match=f"^pca: expected X with a variance .* got {shown}"):
            pca([[tiny_or_huge], [0]])
    with pytest.raises(DomainError, match=r"^pca: expected at least 2 rows in X, got 1"):
        pca([[1, 2]])
    with pytest.raises(DomainError, match=r"^pca: expected an integer 1 ≤ k ≤ 2, got 3"):
        pca([[1, 2], [3, 5]], 3)
