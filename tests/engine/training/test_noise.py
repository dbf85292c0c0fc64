"""Chance inside a step: its distributions, its layout, its turning in mid-run."""

import numpy as np
import pytest

from engine.errors import DomainError, UnknownNameError
from engine.optim import sgd
from engine.parameters import ParamSpec
from engine.tensor import Tensor
from engine.training import Noise, Training

N = 50_000


def fresh(seed=0):
    return np.random.default_rng(seed)


@pytest.mark.parametrize("kind", ["normal", "uniform", "dropout"])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_mean_and_variance(kind, dtype):
    mean, variance = {"normal": (0, 1), "uniform": (0.5, 1 / 12), "dropout": (1, 0.25 / 0.75)}[kind]
    noise = Noise(kind, (), 0.25)
    x = noise.buffer(N, np.dtype(dtype))
    noise.fill(x, fresh())
    assert x.dtype == dtype
    assert abs(x.mean(dtype=float) - mean) < 4 * np.sqrt(variance / N)
    squares = (x.astype(float) - mean) ** 2
    assert abs(squares.mean() - variance) < 4 * squares.std() / np.sqrt(N)


def test_dropout_is_zero_with_its_rate_and_else_scaled():
    x = Noise("dropout", (3,), 0.2).draw(N, fresh())
    assert set(np.unique(x)) == {0, 1 / 0.8}
    assert (x == 0).mean() == pytest.approx(0.2, abs=4 * np.sqrt(0.16 / 3 / N))
    assert (Noise("dropout", (3,), 0.0).draw(5, fresh()) == 1).all()


@pytest.mark.parametrize("shape", [(), (3,), (2, 3)])
def test_rows_come_first_and_lie_together_in_memory(shape):
    x = Noise("normal", shape).draw(4, fresh())
    assert x.shape == (4, *shape)
    assert np.moveaxis(x, 0, -1).flags["C_CONTIGUOUS"]
    np.testing.assert_array_equal(np.moveaxis(x, 0, -1), fresh().standard_normal((*shape, 4)))


def counting(noise, rows=4):
    """A run whose parameter sums what is drawn."""
    return Training(ParamSpec({"b": (1, 1)}), np.zeros(1),
                    lambda p, x, y: -(p["b"] * p["n"]).mean(), sgd(lr=1.0), np.ones((rows, 1)),
                    np.ones((rows, 1)), batch=rows, rng=fresh(), noise={"n": noise})  # fmt: skip


def test_every_update_draws_anew():
    fit, steps = counting(Noise("normal", (1,))), []
    for _ in range(20):
        before = fit.w.copy()
        fit.run()
        steps.append(float((fit.w - before)[0]))
    rng = fresh()
    np.testing.assert_allclose(steps, [rng.standard_normal((1, 4)).mean() for _ in range(20)])


def test_a_rate_may_be_changed_in_mid_run():
    rate = Tensor(0.0)
    fit = counting(Noise("dropout", (1,), rate), rows=1000)
    fit.run()
    assert fit.w[0] == pytest.approx(1, rel=1e-14)  # nothing dropped
    rate.value[()] = 0.5
    fit.run()
    stays = fresh().random(2000)[1000:] >= 0.5
    assert fit.w[0] - 1 == pytest.approx(2 * stays.mean(), rel=1e-12)


MISTAKES = [
    (lambda: Noise("norml", (1,)), UnknownNameError, "No noise is called 'norml'.*normal"),
    (lambda: Noise("dropout", (1,), 1.0), DomainError, "Noise: expected 0 ≤ rate < 1"),
    (lambda: Noise("dropout", (1,), Tensor(-0.1)), DomainError, "got -0.1"),
]


@pytest.mark.parametrize(("mistake", "kind", "message"), MISTAKES)
def test_a_mistake_is_named(mistake, kind, message):
    with pytest.raises(kind, match=message):
        mistake()


def test_names_are_given_once():
    with pytest.raises(DomainError, match=r"Training: expected different names .* got b, b"):
        Training(ParamSpec({"b": (1, 1)}), np.zeros(1), lambda p, x, y: p["b"].sum(), "sgd",
                 np.ones((1, 1)), np.ones((1, 1)), batch=1, rng=fresh(),
                 noise={"b": Noise("normal", (1,))})  # fmt: skip


@pytest.mark.parametrize("new", [{}, {"n": Tensor(1.0), "m": Tensor(1.0)}])
def test_a_loss_hands_on_what_is_carried_and_nothing_else(new):
    with pytest.raises(DomainError, match=r"a loss that hands on \['n'\], got"):
        Training(ParamSpec({"b": (1, 1)}), np.zeros(1), lambda p, x, y: (p["b"].sum(), new),
                 "sgd", np.ones((1, 1)), np.ones((1, 1)), batch=1, rng=fresh(),
                 carry={"n": np.zeros(())})  # fmt: skip
