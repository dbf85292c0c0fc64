"""Autoencoders, and the numbers of the evidence lower bound."""

import numpy as np
import pytest

from engine.errors import DomainError
from engine.models import VAE, Autoencoder, gaussian_kl
from engine.reverse import grad, gradcheck
from engine.tensor import Tensor
from engine.training import Noise, Training


def params_of(model, seed=0, **noise):
    w = model.init(np.random.default_rng(seed))
    return model.spec.tensors(Tensor(w)) | {name: Tensor(v) for name, v in noise.items()}


def surprise(z, y):
    """−ln of the Bernoulli likelihood of pixels y under scores z, pixel by pixel."""
    p = 1 / (1 + np.exp(-z))
    return -y * np.log(p) - (1 - y) * np.log(1 - p)


def test_an_autoencoder_is_its_halves_one_after_the_other():
    model = Autoencoder((6, 5, 2))
    p, x = params_of(model), np.random.default_rng(1).random((4, 6))
    code = model.encoder(p, Tensor(x))
    assert code.shape == (4, 2)
    scores = model(p, Tensor(x))
    np.testing.assert_array_equal(scores.value, model.decoder(p, code).value)
    wanted = surprise(scores.value, x).mean()
    assert model.loss(p, Tensor(x), Tensor(x)).item() == pytest.approx(wanted, rel=1e-12)
    assert model.decoder.sizes == (2, 5, 6)


@pytest.mark.parametrize("model", [Autoencoder((4, 3, 2)), VAE((4, 3), 2)])
def test_parameters_have_their_own_names_and_gradients(model):
    shapes = model.spec.shapes
    assert list(shapes) == ["E.W1", "E.W2", "D.W1", "D.W2"]
    rng = np.random.default_rng(2)
    x, eps = Tensor(rng.random((3, 4))), Tensor(rng.standard_normal((3, 2)))
    given = {"eps": eps} if isinstance(model, VAE) else {}
    assert gradcheck(
        lambda w: model.loss(model.spec.tensors(w) | given, x, x), model.init(rng), rng=rng
    ).ok


@pytest.mark.parametrize(("mu", "sigma", "wanted"), [(1, 1, 0.5), (0, 0.5, 0.318147), (0, 1, 0)])
def test_the_divergence_from_the_prior(mu, sigma, wanted):
    kl = gaussian_kl(Tensor(mu * 1.0), Tensor(2 * np.log(sigma))).item()
    assert kl == pytest.approx(wanted, abs=5e-7)


def bound(mu, var, x=1.0):
    """E_q ln p(x|z) − KL(q ‖ p) with p(z) = N(0, 1) and p(x|z) = N(z, 1), by quadrature."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(20)
    z = mu + np.sqrt(var) * nodes
    likely = -0.5 * np.log(2 * np.pi) - (x - z) ** 2 / 2
    kl = gaussian_kl(Tensor(mu), Tensor(np.log(var))).item()
    return (weights * likely).sum() / weights.sum() - kl


def test_the_bound_touches_the_evidence_at_the_posterior():
    """The conjugate test: p(x) = N(0, 2), p(z|x) = N(x/2, 1/2)."""
    evidence = -0.5 * np.log(2 * np.pi * 2) - 1 / 4
    assert evidence == pytest.approx(-1.515512, abs=5e-7)
    assert bound(0.0, 1.0) == pytest.approx(-1.918939, abs=5e-7)
    assert evidence - bound(0.0, 1.0) == pytest.approx(0.403426, abs=1e-6)
    assert bound(0.5, 0.5) == pytest.approx(evidence, rel=1e-12)
    rng = np.random.default_rng(3)
    assert all(bound(*pair) < evidence for pair in rng.uniform(0.6, 2, (20, 2)))


def test_reparametrized_slopes_vary_less_than_scores():
    """Of d/dμ E z² = 2μ with z ~ N(μ, 1) at μ = 1: variance 4 against 30."""
    n, rng = 400_000, np.random.default_rng(4)
    eps = rng.standard_normal(n)
    mu = Tensor(np.ones(n))
    path = grad(((mu + eps) ** 2).sum(), [mu])[0].value
    z = 1 + eps
    score = grad((z**2 * (-((z - mu) ** 2) / 2)).sum(), [mu])[0].value
    for slope, variance in ((path, 4), (score, 30)):
        assert abs(slope.mean() - 2) < 4 * np.sqrt(variance / n)
        squares = (slope - 2) ** 2
        assert abs(squares.mean() - variance) < 4 * squares.std() / np.sqrt(n)


def test_the_loss_is_reconstruction_and_divergence_in_nats_an_example():
    model, rng = VAE((5, 4), latent=3), np.random.default_rng(5)
    x, eps = rng.random((6, 5)), rng.standard_normal((6, 3))
    p = params_of(model, eps=eps)
    mu, log_var = (v.value for v in model.encode(p, Tensor(x)))
    z = mu + np.exp(log_var / 2) * eps
    scores = model.decode(p, Tensor(z)).value
    reconstruction = surprise(scores, x).sum(1).mean()
    kl = ((mu**2 + np.exp(log_var) - log_var - 1) / 2).mean(0)
    got = model.terms(p, Tensor(x), Tensor(x))
    assert got[0].item() == pytest.approx(reconstruction, rel=1e-12)
    np.testing.assert_allclose(got[1].value, kl, rtol=1e-12)
    for beta in (0.0, 1.0, 4.0):
        loss = model.loss(p, Tensor(x), Tensor(x), beta).item()
        assert loss == pytest.approx(reconstruction + beta * kl.sum(), rel=1e-12)


def test_beta_may_be_turned_in_mid_run():
    model, x, beta = VAE((5, 4), latent=2), np.random.default_rng(6).random((7, 5)), Tensor(0.0)

    def fit(beta):
        rng = np.random.default_rng(7)
        return Training(model, model.init(rng), lambda p, x, y: model.loss(p, x, y, beta),
                        "sgd", x, x, batch=7, rng=rng, noise=model.noise)  # fmt: skip

    turned, fresh = fit(beta), fit(4.0)
    turned.run(3)
    fresh.restore(turned.snapshot())
    beta.value[()] = 4.0
    for run in (turned, fresh):
        run.run(2)
    np.testing.assert_allclose(turned.w, fresh.w, rtol=1e-12)


def test_noise_and_shapes():
    model = VAE((7, 6, 5), latent=3)
    assert model.encoder.sizes == (7, 6, 5, 6)
    assert model.decoder.sizes == (3, 5, 6, 7)
    assert model.noise["eps"].draw(4, np.random.default_rng(0)).shape == (4, 3)
    assert model.decode(params_of(model), Tensor(np.zeros((2, 3)))).shape == (2, 7)


MISTAKES = [
    (lambda: VAE((4, 3), latent=0), "VAE: expected an integer latent ≥ 1"),
    (lambda: VAE((4, 0)), "VAE: expected an integer sizes ≥ 1"),
    (lambda: Autoencoder((4,)), "two or more layers"),
]


@pytest.mark.parametrize(("mistake", "message"), MISTAKES)
def test_a_mistake_is_named(mistake, message):
    with pytest.raises(DomainError, match=message):
        mistake()


def test_a_beta_that_is_turned_works_in_single_precision_too():
    model, rng = VAE((6, 5), latent=2), np.random.default_rng(0)
    x, w = rng.random((8, 6)), model.init(rng)

    def trained(kind, first, then):
        beta = Tensor(first)
        fit = Training(
            model, w.astype(kind), lambda p, x, y: model.loss(p, x, y, beta), "sgd", x, x, batch=8,
            rng=np.random.default_rng(1), noise={"eps": STILL},
        )  # fmt: skip
        fit.run()
        beta.value[()] = then
        fit.run(3)
        assert fit.w.dtype == kind
        return fit.w

    single, double = trained(np.float32, 0.5, 4.0), trained(np.float64, 0.5, 4.0)
    np.testing.assert_allclose(single, double, rtol=1e-4, atol=1e-5)
    assert not np.allclose(double, trained(np.float64, 0.5, 0.5), rtol=1e-3)


STILL = Noise("dropout", (2,))
"""Always 1: single and double precision draw different normal numbers."""
