"""Principal components: iris, the covariance of NumPy, constant data."""

import numpy as np
import pytest

from engine.data.real import iris
from engine.errors import DomainError, ShapeError
from engine.linalg import pca


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


def test_constant_columns_and_few_rows():
    X = np.array([[0.1, 1], [0.1, 2], [0.1, 4]])
    assert pca(X).variances[1] == 0
    assert pca(np.arange(10.0).reshape(2, 5) ** 2).shares[0] == pytest.approx(1)


def test_mistakes_are_named():
    with pytest.raises(DomainError, match=r"^pca: expected data that vary"):
        pca([[0.1, 0.3, 0.7]] * 6)
    with pytest.raises(DomainError, match=r"^pca: expected X with numbers up to 1e150"):
        pca([[1e200], [1]])
    with pytest.raises(DomainError, match=r"^pca: expected X that varies by more than 1e-150"):
        pca([[1e-200], [0]])
    with pytest.raises(ShapeError, match=r"^pca: expected X .* N ≥ 2"):
        pca([[1, 2]])
    with pytest.raises(DomainError, match=r"^pca: expected a whole k from 1 to 2, got 3"):
        pca([[1, 2], [3, 5]], 3)
