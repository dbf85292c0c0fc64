"""Generative adversarial networks: what the players want, and where they come to rest."""

from statistics import NormalDist

import numpy as np
import pytest

from engine.errors import DomainError, UnknownNameError
from engine.models import GAN, MLP
from engine.models.gan import DISCRIMINATOR, GENERATOR
from engine.optim import sgd
from engine.parameters import ParamSpec
from engine.reverse import grad, gradcheck
from engine.tensor import Tensor
from engine.training import Training

P, Q = np.array([5, 3, 1, 1]), np.array([1, 1, 3, 5])
"""How often each of four points is real, and drawn, of ten."""


def slope(loss, score):
    leaf = Tensor(np.array([[score]]))
    return grad(loss(leaf), [leaf])[0].item()


@pytest.mark.parametrize("name", ["non_saturating", "least_squares"])
def test_the_best_discriminator_is_p_over_p_plus_q(name):
    """Found by training a table of one score for each point."""
    each = np.eye(4)
    real, drawn = each.repeat(P, axis=0), each.repeat(Q, axis=0)
    fit = Training(ParamSpec({"s": (4, 1)}), np.zeros(4),
                   lambda p, x, y: DISCRIMINATOR[name](x @ p["s"], y @ p["s"]),
                   sgd(lr=2.0 if name == "non_saturating" else 0.5), real, drawn, batch=10,
                   rng=np.random.default_rng(0))  # fmt: skip
    fit.run(1500)
    best = 1 / (1 + np.exp(-fit.w)) if name == "non_saturating" else fit.w
    np.testing.assert_allclose(best, P / (P + Q), rtol=1e-9)


def test_at_the_best_discriminator_the_loss_is_ln_4_less_twice_the_divergence():
    each, scores = np.eye(4), np.log(P / Q)[:, None]
    loss = DISCRIMINATOR["non_saturating"](*(Tensor(each.repeat(n, 0) @ scores) for n in (P, Q)))
    p, q = P / 10, Q / 10
    middle = (p + q) / 2
    divergence = (p * np.log(p / middle) + q * np.log(q / middle)).sum() / 2
    assert loss.item() == pytest.approx(np.log(4) - 2 * divergence, rel=1e-12)
    even = DISCRIMINATOR["non_saturating"](Tensor(np.zeros((3, 1))), Tensor(np.zeros((3, 1))))
    assert -even.item() == pytest.approx(-1.386294, abs=5e-7)


def test_two_normals_are_told_apart_by_a_line():
    """ln p/q of N(−1, 1) and N(1, 1) is −2x: there the model's own slope is 0."""
    model, n = GAN(latent=1, size=1, generator=(), discriminator=()), 4001
    x = np.array([NormalDist().inv_cdf((i + 0.5) / n) for i in range(n)])[:, None]
    given = {"G.W1": Tensor([[1.0], [1.0]]), "z": Tensor(x)}  # draws z + 1

    def slopes(line):
        leaf = Tensor(line)
        loss = model.discriminator_loss({**given, "D.W1": leaf}, Tensor(x - 1))
        return np.abs(grad(loss, [leaf])[0].value).max()

    assert slopes([[-2.0], [0.0]]) < 1e-3 < 0.02 < slopes([[-1.8], [0.0]])
    assert slopes([[-2.0], [0.3]]) > 0.02


@pytest.mark.parametrize("score", [-10.0, -1.0, 0.0, 3.0])
def test_the_saturating_slope_dies_where_the_discriminator_is_sure(score):
    sure = 1 / (1 + np.exp(-score))
    assert slope(GENERATOR["saturating"], score) == pytest.approx(-sure)
    assert slope(GENERATOR["non_saturating"], score) == pytest.approx(-(1 - sure))
    assert slope(GENERATOR["least_squares"], score) == pytest.approx(score - 1)


def test_both_want_the_same_balance():
    """At score 0 both of the generator's losses pull alike."""
    pulls = {slope(GENERATOR[name], 0.0) for name in ("saturating", "non_saturating")}
    assert pulls == {-0.5}
    assert GENERATOR["saturating"](Tensor([[0.0]])).item() == pytest.approx(-np.log(2))


@pytest.mark.parametrize("loss", GENERATOR)
def test_gradients_of_both_players(loss):
    model, rng = (
        GAN(generator=(3,), discriminator=(4,), hidden="tanh", loss=loss),
        (np.random.default_rng(1)),
    )
    d, g = model.discriminate, model.generate
    z, x = Tensor(rng.standard_normal((5, 2))), Tensor(rng.standard_normal((5, 2)))

    def losses(w_d, w_g):
        p = {**d.spec.tensors(w_d), **g.spec.tensors(w_g), "z": z}
        return model.discriminator_loss(p, x) * 2 + model.generator_loss(p, x)

    assert gradcheck(losses, d.init(rng), g.init(rng), rng=rng).ok


def test_the_discriminator_comes_first_and_one_steps_at_a_time():
    model, rng = GAN(generator=(4,), discriminator=(4,)), np.random.default_rng(2)
    fit = model.training(rng.standard_normal((20, 2)), optimizer=sgd(lr=0.1),
                         generator_optimizer=sgd(lr=0.7), batch=5, rng=rng)  # fmt: skip
    sizes = [net.spec.size for net in (model.discriminate, model.generate)]
    assert [w.size for w in fit.w] == sizes == [17, 22]
    d, g = (w.copy() for w in fit.w)
    fit.step(0)
    assert (fit.w[0] != d).any()
    np.testing.assert_array_equal(fit.w[1], g)
    d = fit.w[0].copy()
    fit.step(1)
    np.testing.assert_array_equal(fit.w[0], d)
    assert (fit.w[1] != g).any()
    assert "sgd(lr=0.1), 1 update made" in repr(fit)
    assert "sgd(lr=0.7), 1 update made" in repr(fit)


def test_networks_and_noise():
    model = GAN(latent=3, size=1, generator=(5,), discriminator=(6, 7))
    assert model.generate == MLP((3, 5, 1), "relu", prefix="G.")
    assert model.discriminate == MLP((1, 6, 7, 1), "relu", prefix="D.")
    assert model.noise["z"].draw(4, np.random.default_rng(0)).shape == (4, 3)


MISTAKES = [
    (lambda: GAN(latent=0), DomainError, "GAN: expected an integer latent ≥ 1"),
    (lambda: GAN(size=0), DomainError, "GAN: expected an integer size ≥ 1"),
    (lambda: GAN(loss="saturatin"), UnknownNameError, "loss of a GAN .* Did you mean saturating"),
    (lambda: GAN(generator=(0,)), DomainError, "GAN: expected an integer generator ≥ 1"),
]


@pytest.mark.parametrize(("mistake", "kind", "message"), MISTAKES)
def test_a_mistake_is_named(mistake, kind, message):
    with pytest.raises(kind, match=message):
        mistake()
