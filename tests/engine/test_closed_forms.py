"""What theory says of optimizers, activations and dropout, measured on the engine itself."""

from math import sqrt

import numpy as np
import pytest

from engine.activations import relu, sigmoid, tanh
from engine.optim import rule
from engine.reverse import grad
from engine.tensor import Tensor


def radius(name, curvature, **settings):
    """How a quadratic's distance from its minimum shrinks in the long run: the largest |root|.

    A rule on g = λ w is a linear map of w and its memory, read off at unit vectors.
    """
    size = 1 + len(rule(name).state)
    columns = [
        np.array(rule(name)(e[0], curvature * e[0], 1, *e[1:], **settings), float)
        for e in np.eye(size)
    ]
    return np.abs(np.linalg.eigvals(np.stack(columns, axis=1))).max()


LOW, HIGH = 1.0, 100.0


def test_gradient_descent_converges_below_two_over_the_curvature():
    assert radius("sgd", HIGH, lr=0.99 * 2 / HIGH) < 1 < radius("sgd", HIGH, lr=1.01 * 2 / HIGH)
    best = 2 / (LOW + HIGH)
    rates = [radius("sgd", curvature, lr=best) for curvature in (LOW, HIGH)]
    np.testing.assert_allclose(rates, 0.980198, atol=5e-7)


def test_the_heavy_ball_at_its_best():
    kappa = HIGH / LOW
    beta = ((sqrt(kappa) - 1) / (sqrt(kappa) + 1)) ** 2
    lr = (2 / (sqrt(LOW) + sqrt(HIGH))) ** 2
    assert (beta, lr) == (pytest.approx(0.669421, abs=5e-7), pytest.approx(0.0330579, abs=5e-8))
    rates = [radius("momentum", c, lr=lr, beta=beta) for c in (LOW, 7.0, 50.0, HIGH)]
    np.testing.assert_allclose(rates, 0.818182, atol=1e-6)  # a double root at both ends


@pytest.mark.parametrize("beta", [0.0, 0.5, 0.9])
def test_the_heavy_ball_is_stable_up_to_two_plus_two_beta(beta):
    border = (2 + 2 * beta) / HIGH
    assert radius("momentum", HIGH, lr=0.999 * border, beta=beta) < 1
    assert radius("momentum", HIGH, lr=1.001 * border, beta=beta) > 1


def test_complex_roots_of_the_heavy_ball_have_the_modulus_of_root_beta():
    assert radius("momentum", 1.0, lr=0.1, beta=0.9) == pytest.approx(sqrt(0.9), rel=1e-12)
    critical = (1 - sqrt(0.1)) ** 2
    below = radius("momentum", 1.0, lr=0.1, beta=critical * 0.99)
    assert below > sqrt(critical * 0.99)  # two real roots: the slower one counts


def test_nesterov_at_the_lowest_curvature():
    root = sqrt(LOW / HIGH)
    rate = radius("nesterov", LOW, lr=1 / HIGH, beta=(1 - root) / (1 + root))
    assert rate == pytest.approx(1 - root, abs=1e-7)


def test_the_noise_floor_of_stochastic_gradients():
    """Var w = η σ² / (λ (2 − η λ)) for gradients λ w + σ ξ."""
    rng, w, chains = np.random.default_rng(0), 0.0, 200_000
    w = np.zeros(chains)
    for t in range(1, 151):
        (w,) = rule("sgd")(w, w + rng.standard_normal(chains), t, lr=0.1)
    floor = 0.1 / (2 - 0.1)
    assert floor == pytest.approx(0.052632, abs=5e-7)
    assert abs(w.var() - floor) < 4 * floor * sqrt(2 / chains)


def test_a_saddle_is_left_at_one_plus_twice_the_rate_a_step():
    w = 1e-9
    for t in range(1, 21):
        (w,) = rule("sgd")(w, -2 * w, t, lr=0.05)
    assert w == pytest.approx(1e-9 * 1.1**20, rel=1e-12)


def slope(f, x):
    x = Tensor(x)
    return grad(f(x).sum(), [x])[0].value


def test_slopes_shrink_through_layers_of_sigmoids():
    x = np.linspace(-8, 8, 10_001)
    assert slope(sigmoid, x).max() == 0.25
    assert slope(tanh, x).max() == 1
    assert slope(sigmoid, x).max() ** 10 == pytest.approx(9.54e-7, rel=1e-3)


def test_moments_behind_a_relu():
    """Mean 1/√2π, variance 1/2 − 1/2π, mean square 1/2: where He's 2/n_in comes from."""
    nodes, weights = np.polynomial.legendre.leggauss(400)  # on [0, 12], where a ReLU is smooth
    x = 6 * (nodes + 1)
    density = 6 * weights * np.exp(-(x**2) / 2) / sqrt(2 * np.pi)
    first, second = (density * relu(x) ** k @ np.ones_like(x) for k in (1, 2))
    assert first == pytest.approx(0.39894, abs=5e-6)
    assert second - first**2 == pytest.approx(0.34085, abs=5e-6)
    assert second == pytest.approx(0.5, abs=1e-12)
