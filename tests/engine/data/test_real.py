"""The real sets are the published ones, whole."""

import numpy as np
import pytest

from engine.data import breast_cancer, digits, iris


@pytest.mark.parametrize(
    ("load", "rows", "columns", "outputs", "classes"),
    [(iris, 150, 4, 3, 3), (breast_cancer, 569, 30, 1, 2), (digits, 1797, 64, 10, 10)],
)
def test_shapes_and_names(load, rows, columns, outputs, classes):
    data = load()
    assert (data.x.shape, data.y.shape) == ((rows, columns), (rows, outputs))
    assert data.x.dtype == data.y.dtype == np.float64
    assert (len(data.feature_names), len(data.class_names)) == (columns, classes)
    assert len(set(data.feature_names)) == columns
    assert np.isfinite(data.x).all()
    assert data.task == "classification"


@pytest.mark.parametrize("load", [iris, digits])
def test_one_hot_rows_hold_a_single_one(load):
    y = load().y
    assert np.array_equal(np.unique(y), [0, 1])
    assert np.all(y.sum(axis=1) == 1)


def test_iris_has_fifty_of_each_and_the_published_means():
    data = iris()
    assert data.y.sum(axis=0).tolist() == [50, 50, 50]
    means = data.y.T @ data.x / 50
    assert means[0] == pytest.approx([5.006, 3.428, 1.462, 0.246], abs=0.011)
    assert means[2] == pytest.approx([6.588, 2.974, 5.552, 2.026], abs=1e-9)


def test_breast_cancer_has_212_malignant_and_357_benign():
    data = breast_cancer()
    assert data.class_names == ("malignant", "benign")
    assert (int((data.y == 0).sum()), int((data.y == 1).sum())) == (212, 357)
    malignant = data.y[:, 0] == 0
    assert data.x[malignant, 0].mean() == pytest.approx(17.4628, abs=1e-3)
    assert data.x[~malignant, 0].mean() == pytest.approx(12.1465, abs=1e-3)


def test_digits_are_images_with_ink_from_0_to_16():
    data = digits()
    assert data.y.sum(axis=0).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert (data.x.min(), data.x.max()) == (0, 16)
    zero = data.x[data.y[:, 0] == 1].mean(axis=0).reshape(8, 8)
    assert zero[3:5, 3:5].max() < 4 < zero[3:5, 2].min()  # a nought is empty in the middle


def test_a_loaded_set_may_be_changed_without_harm_to_the_next():
    iris().x[:] = 0
    assert iris().x.min() > 0


def test_a_hyperplane_parts_the_tumors_exactly():
    data = breast_cancer()
    scaled = (data.x - data.x.mean(axis=0)) / data.x.std(axis=0)
    X, y = np.c_[scaled, np.ones(len(scaled))], data.y[:, 0]
    w = np.zeros(X.shape[1])
    for penalty in 10.0 ** -np.arange(0, 8):  # Newton's steps on a logistic loss
        for _ in range(60):
            p = 1 / (1 + np.exp(-np.clip(X @ w, -500, 500)))
            hessian = (X * (p * (1 - p))[:, None]).T @ X + penalty * np.eye(len(w))
            w -= np.linalg.solve(hessian, X.T @ (p - y) + penalty * w)
    assert (np.where(y == 1, 1, -1) * (X @ w)).min() > 1
