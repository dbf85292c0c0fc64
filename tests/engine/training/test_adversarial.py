"""Two players: the bilinear game xy, whose paths are known, and what is refused."""

import numpy as np
import pytest

from engine.errors import DomainError, ShapeError
from engine.models import GAN
from engine.nn.dense import dense
from engine.optim import adam, sgd
from engine.parameters import ParamSpec
from engine.tensor import Tensor
from engine.training import AdversarialTraining, Noise, Player
from tests.engine.models.test_every_model import same

LR = 0.1


def player(name, sign, **more):
    """Makes sign · x · y small with its own number."""
    return Player(**{
        "model": ParamSpec({name: (1,)}), "w": np.ones(1), "optimizer": sgd(lr=LR),
        "loss_fn": lambda p, _: sign * (p["x"] * p["y"]).sum(), **more,
    })  # fmt: skip


def train(*players, x=((0.0,),), batch=1, **more):
    rng = np.random.default_rng(0)
    return AdversarialTraining(*players, np.reshape(x, (-1, 1)), batch=batch, rng=rng, **more)


def bilinear(**more):
    return train(player("x", 1), player("y", -1), **more)


def at(fit):
    return np.array([w[0] for w in fit.w])


def test_at_once_every_round_grows_by_the_root_of_one_plus_the_rate_squared():
    fit = bilinear()
    for _ in range(50):
        before = np.hypot(*at(fit))
        fit.run(simultaneous=True)
        assert np.hypot(*at(fit)) / before == pytest.approx(np.sqrt(1 + LR**2), rel=1e-13)
    assert np.sqrt(1 + LR**2) == pytest.approx(1.004988, abs=5e-7)


def test_in_turn_a_round_has_modulus_one():
    """x ← x − η y, then y ← y + η x: determinant 1, trace 2 − η², and x² − η x y + y² is kept."""
    fit = bilinear()
    kept = []
    for _ in range(200):
        before = at(fit)
        fit.run()
        x = before[0] - LR * before[1]
        np.testing.assert_allclose(at(fit), [x, before[1] + LR * x], rtol=1e-14)
        x, y = at(fit)
        kept.append(x * x - LR * x * y + y * y)
    np.testing.assert_allclose(kept, kept[0], rtol=1e-12)
    moduli = np.abs(np.linalg.eigvals([[1, -LR], [LR, 1 - LR**2]]))
    np.testing.assert_allclose(moduli, 1, rtol=1e-13)


@pytest.mark.parametrize("steps", [(1, 1), (3, 1), (0, 2), (2, 0)])
def test_steps_of_a_round(steps):
    fit = bilinear()
    fit.run(4, steps=steps)
    x, y = 1.0, 1.0
    for _ in range(4):
        x -= steps[0] * LR * y
        y += steps[1] * LR * x
    np.testing.assert_allclose(at(fit), [x, y], rtol=1e-13)
    assert fit.updates == (4 * steps[0], 4 * steps[1])


def test_each_player_has_an_optimizer_of_its_own():
    fit = train(player("x", 1, optimizer=adam(lr=LR)), player("y", -1))
    fit.run(simultaneous=True)
    np.testing.assert_allclose(at(fit), [1 - LR, 1 + LR], rtol=1e-7)
    parts = fit.snapshot()["players"]
    assert [part["rule"] for part in parts] == ["adam", "sgd"]
    assert [set(part["state"]) for part in parts] == [{"m", "v"}, set()]


def test_every_step_takes_the_next_rows():
    """x sums the rows it saw, y those of its own steps: together an epoch."""
    data = 2.0 ** np.arange(4)[:, None]
    players = [
        player(name, 1, w=np.zeros(1), optimizer=sgd(lr=1.0),
               loss_fn=lambda p, x, name=name: -(p[name] * x).sum())
        for name in "xy"
    ]  # fmt: skip
    fit = train(*players, x=data)
    fit.run(2)
    assert at(fit).sum() == 15
    assert all(bin(int(w)).count("1") == 2 for w in at(fit))


def test_players_that_use_the_data_differently_step_alone_and_together():
    """A matrix that is only multiplied gets a column of ones, one used elementwise does not."""
    data = np.random.default_rng(0).standard_normal((4, 2))
    uses = {
        "A": (3, lambda p, x: dense(x, p["A"]).sum()),
        "b": (2, lambda p, x: (x * p["b"]).sum()),
    }
    players = [
        Player(ParamSpec({k: (n, 1) if k == "A" else (n,)}), np.ones(n), loss, sgd(lr=LR))
        for k, (n, loss) in uses.items()
    ]
    fit = AdversarialTraining(*players, data, batch=4, rng=np.random.default_rng(0))
    for step in ((0,), (1,), (0, 1)):
        fit.step(*step)
    down = 2 * LR * data.sum(0)
    np.testing.assert_allclose(fit.w[0], 1 - np.append(down, 2 * LR * 4), rtol=1e-12)
    np.testing.assert_allclose(fit.w[1], 1 - down, rtol=1e-12)


def test_losses_parameters_and_answers_of_each_player():
    rng, model = np.random.default_rng(0), GAN(generator=(4,), discriminator=(3,))
    x = rng.standard_normal((6, 2))
    fit = model.training(x, optimizer=sgd(lr=LR), batch=3, rng=rng)
    before = fit.snapshot()
    losses = [fit.loss(0), fit.loss(1), fit.loss(0, x[:2])]
    assert len(set(losses)) == 3
    assert list(fit.params) == ["D.W1", "D.W2", "G.W1", "G.W2"]
    params = model.generate.spec.tensors(Tensor(fit.w[1]))
    np.testing.assert_array_equal(fit.predict(1, x), model.generate(params, Tensor(x)).value)
    assert same(fit.snapshot(), before)


MISTAKES = [
    (lambda: bilinear(x=[]), ShapeError,
     "AdversarialTraining: expected an array of rows, at least one, got 0"),
    (lambda: bilinear(batch=0), DomainError, "AdversarialTraining: expected an integer batch ≥ 1"),
    (lambda: bilinear(noise={"x": Noise("normal", (1,))}), DomainError,
     "AdversarialTraining: expected different names .* got x, y, x"),
    (lambda: bilinear().run(1, steps=(1, -1)), DomainError, "steps ≥ 0, got -1"),
    (lambda: bilinear().restore(bilinear(x=[0, 0]).snapshot()), ShapeError,
     r"restore: expected 1 and 1 parameters and 1 rows, got 1 and 1 and 2"),
    (lambda: bilinear().run(steps=(1,)), DomainError, r"steps for each of 2 players, got \(1,\)"),
    (lambda: bilinear().run(-1), DomainError, "expected an integer rounds ≥ 0"),
    (lambda: bilinear().run(steps=(1, 1.5)), DomainError, "an integer steps ≥ 0, got 1.5"),
    (lambda: bilinear().set(2, "lr", 1), DomainError, "expected player 0 or 1, got 2"),
    (lambda: bilinear().predict(0, np.ones((1, 1))), DomainError, "a model that can answer"),
    (lambda: bilinear().step(), DomainError, r"player 0, 1, or 0 and 1 to step, got \(\)"),
    (lambda: bilinear().step(2), DomainError, r"to step, got \(2,\)"),
    (lambda: bilinear().step(0, 0), DomainError, r"to step, got \(0, 0\)"),
    (lambda: train(player("x", 1), player("y", 1, w=np.ones(1, np.float32))), DomainError,
     "got float64 and float32"),
    (lambda: train(player("x", 1), player("y", 1, w=np.ones(2))), ShapeError,
     r"shape \(1,\), got \(2,\)"),
]  # fmt: skip


@pytest.mark.parametrize(("mistake", "kind", "message"), MISTAKES)
def test_a_mistake_is_named(mistake, kind, message):
    with pytest.raises(kind, match=message):
        mistake()
