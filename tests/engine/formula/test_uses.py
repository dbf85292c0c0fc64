"""Functions, surfaces, activations, losses and labels that were typed."""

import numpy as np
import pytest

from engine.activations import silu
from engine.errors import DomainError, FormulaDomainError, FormulaError, ShapeError
from engine.formula import (
    typed_activation,
    typed_function,
    typed_labels,
    typed_loss,
    typed_surface,
)
from engine.losses import LOSSES
from engine.models import MLP
from engine.optim import adam
from engine.reverse import grad
from engine.surfaces import SURFACES
from engine.tensor import Tensor
from engine.training import Training

SURFACE_TEXTS = {
    "valley": "0.5*(x*x + 100*(y*y))",
    "rosenbrock": "(1 − x)² + 100·(y − x·x)²",
    "beale": "(1.5 - x + x*y)^2 + (2.25 - x + x*y*y)^2 + (2.625 - x + x*y*y*y)^2",
    "himmelblau": "(x*x + y - 11)**2 + (x + y*y - 7)**2",
    "saddle": "x⁴/4 − x²/2 + y²/2",
}


@pytest.mark.parametrize("name", SURFACES)
def test_a_typed_surface_is_the_built_in_one_with_its_slopes(name):
    built_in, typed = SURFACES[name], typed_surface(SURFACE_TEXTS[name])
    x, y = np.linspace(-2, 2, 9), np.linspace(-1, 3, 7)[:, None]
    a, b = np.broadcast_arrays(x, y)
    leaves = Tensor(a), Tensor(b)
    value = built_in.f(*leaves)
    ours, slopes = typed.f.slopes(x, y)
    np.testing.assert_allclose(ours, value.value, rtol=1e-12)
    np.testing.assert_allclose(typed.f(x, y), value.value, rtol=1e-12)
    for mine, theirs in zip(slopes, grad(value.sum(), leaves), strict=True):
        np.testing.assert_allclose(mine, theirs.value, rtol=1e-12, atol=1e-12)
    assert typed.f(0.5, -0.5) == pytest.approx(built_in.f(0.5, -0.5), rel=1e-14)


def test_a_function_fills_the_shape_of_its_arguments():
    x, y = np.ones((1, 3)), np.ones((2, 1))
    for text in ("5", "x", "y", "x*y"):
        f = typed_function(text, ("x", "y"))
        assert f(x, y).shape == f(Tensor(x), Tensor(y)).shape == (2, 3)
        value, slopes = f.slopes(x, y)
        assert value.shape == slopes[0].shape == slopes[1].shape == (2, 3)
    assert typed_function("5")(2.0) == 5.0
    with pytest.raises(ShapeError, match=r"The shapes \(2,\) and \(3,\) do not fit"):
        typed_function("x + y", ("x", "y"))(np.ones(2), np.ones(3))


TOGETHER = [
    ("x - sum(x)", 4),
    ("x.T", 1),
    ("x @ x", 4),
    ("softmax(x)", 0),
    ("x*mean(x)", 2),
    ("x[0]", 2),
]


@pytest.mark.parametrize(("text", "position"), TOGETHER)
def test_a_function_is_elementwise(text, position):
    for use in (typed_function, typed_activation):
        with pytest.raises(FormulaError, match="Expected an elementwise function") as caught:
            use(text)
        assert caught.value.position == position


def test_an_activation_trains_a_network():
    f = typed_activation("z·σ(z)")
    z = np.linspace(-5, 5, 12).reshape(3, 4)
    np.testing.assert_allclose(f(z), silu(z), rtol=1e-15)
    model, rng = MLP((1, 8, 1), hidden=f), np.random.default_rng(0)
    x = np.linspace(-2, 2, 32)[:, None]
    y = x**2
    square = typed_loss("mean((ŷ − y)²)")
    fit = Training(
        model, model.init(rng), lambda p, x, y: square(model(p, x), y), adam(lr=0.02), x, y,
        batch=32, rng=rng,
    )  # fmt: skip
    fit.run(1000)
    out = model(model.spec.tensors(Tensor(fit.w)), Tensor(x))
    assert square(out, Tensor(y)).item() < 0.01


@pytest.mark.parametrize("text", ["x*y", "3", "2*pi"])
def test_an_activation_has_one_variable(text):
    with pytest.raises(FormulaError, match="one variable such as z, got"):
        typed_activation(text)


LOSS_TEXTS = {
    "mse": "(ŷ − y)²",
    "l1": "mean(abs(y_hat - y))",
    "binary_cross_entropy": "softplus(z) − y·z",
    "hinge": "relu(1 - (2*y - 1)*z)",
    "cross_entropy": "-sum(y*log_softmax(z))/5",
}


@pytest.mark.parametrize("name", LOSS_TEXTS)
def test_a_typed_loss_is_the_built_in_one_with_its_slope(name):
    rng = np.random.default_rng(0)
    z, y = rng.standard_normal((5, 3)), np.eye(3)[rng.integers(3, size=5)]
    results = []
    for f in (typed_loss(LOSS_TEXTS[name]), LOSSES[name]):
        x = Tensor(z)
        value = f(x, Tensor(y))
        assert value.shape == ()
        results.append((value.value, grad(value, [x])[0].value))
    np.testing.assert_allclose(results[0][0], results[1][0], rtol=1e-14)
    np.testing.assert_allclose(results[0][1], results[1][1], rtol=1e-13, atol=1e-16)


def test_what_is_no_loss():
    for text, message in (
        ("z*y_hat", "one of the two"), ("y**2", "one of the two"), ("z - q", "No name 'q'"),
    ):  # fmt: skip
        with pytest.raises(FormulaError, match=message):
            typed_loss(text)
    for a, b in (((3, 2), (3, 1)), ((3,), (3,))):
        with pytest.raises(ShapeError, match="expected two arrays of one shape"):
            typed_loss("z - y")(Tensor(np.ones(a)), Tensor(np.ones(b)))


def test_labels():
    x = np.random.default_rng(0).uniform(-2, 2, (200, 2))
    data = typed_labels("x₁² + x₂² < 1", x)
    np.testing.assert_array_equal(data.y[:, 0], (x**2).sum(1) < 1)
    assert data.feature_names == ("x1", "x2")
    assert data.class_names == ("no", "yes")
    both = typed_labels("(x1 > 0) * (x2 > 0)", x)
    np.testing.assert_array_equal(both.y[:, 0], (x > 0).all(1))
    target = typed_labels("3*x1 - x2", x, task="regression")
    np.testing.assert_allclose(target.y[:, 0], 3 * x[:, 0] - x[:, 1])
    assert typed_labels("1", x, task="regression").y.shape == (200, 1)


def test_labels_of_more_classes():
    x = np.random.default_rng(1).uniform(-2, 2, (100, 2))
    data = typed_labels("(x1 > 0) + 2·(x2 > 0)", x, classes=4)
    np.testing.assert_array_equal(data.y.argmax(axis=1), (x[:, 0] > 0) + 2 * (x[:, 1] > 0))
    assert (data.y.sum(axis=1) == 1).all()
    assert data.class_names == ("class 0", "class 1", "class 2", "class 3")


def test_what_is_no_label():
    x = np.array([[1.0, 0.0], [2.0, 0.5]])
    for text, kind, message in (
        ("x1 + x2", FormulaDomainError, r"Expected 0 or 1 for a class, got 2.5 in row 1"),
        ("x3 < 1", FormulaError, "No name 'x3' here"),
        ("log(x2) < 1", FormulaDomainError, "log: expected x > 0, got 0"),
    ):
        with pytest.raises(kind, match=message):
            typed_labels(text, x)
    with pytest.raises(FormulaDomainError, match="Expected a finite answer, got inf in row 0"):
        typed_labels("exp(1000*x1)", x, task="regression")
    with pytest.raises(FormulaDomainError, match=r"from 0 to 2, got 2\.5 in row 1") as caught:
        typed_labels("x1 + x2", x, classes=3)
    assert caught.value.position == 5
    for classes in (1, 11, 2.5):
        with pytest.raises(DomainError, match=f"expected 2 ≤ classes ≤ 10, got {classes}"):
            typed_labels("1", x, classes=classes)
    with pytest.raises(ShapeError, match=r"expected x of shape \(N, D\), got \(2,\)"):
        typed_labels("1", x[0])
