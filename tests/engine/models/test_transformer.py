"""The transformer: who may see whom, and that order is known by the positions alone."""

from math import erf

import numpy as np
import pytest

from engine.errors import DomainError
from engine.models import Transformer
from engine.reverse import gradcheck
from engine.tensor import Tensor


def make(seed=0, **more):
    model = Transformer(tokens=5, length=6, width=8, heads=2, hidden=12, blocks=2, **more)
    params = model.spec.tensors(Tensor(model.init(np.random.default_rng(seed))))
    return model, params


def ids(rng, rows=3):
    return rng.integers(5, size=(rows, 6)) * 1.0


@pytest.mark.parametrize("place", range(6))
def test_if_causal_a_later_token_moves_no_earlier_score(place):
    model, params = make(causal=True)
    x = ids(np.random.default_rng(1))
    changed = x.copy()
    changed[:, place] = (x[:, place] + 1) % 5
    one, other = (model(params, Tensor(v)).value for v in (x, changed))
    np.testing.assert_array_equal(one[:, :place], other[:, :place])
    moved = np.abs(one - other).max((0, 2))
    assert (moved[place:] > 1e-6).all()  # itself and all that come after


def test_otherwise_the_last_token_moves_the_first_score():
    model, params = make()
    x = ids(np.random.default_rng(1))
    changed = x.copy()
    changed[:, -1] = (x[:, -1] + 1) % 5
    one, other = (model(params, Tensor(v)).value for v in (x, changed))
    assert np.abs(one - other)[:, 0].max() > 1e-6


def test_without_positions_a_new_order_of_tokens_is_one_of_scores(monkeypatch):
    model, params = make()
    rng = np.random.default_rng(2)
    x, order = ids(rng), rng.permutation(6)

    def scores(x):
        return model(params, Tensor(x)).value

    assert np.abs(scores(x[:, order]) - scores(x)[:, order]).max() > 0.01  # with them it is not
    monkeypatch.setattr("engine.models.transformer.positions", lambda T, D: np.zeros((T, D)))
    np.testing.assert_allclose(scores(x[:, order]), scores(x)[:, order], rtol=1e-10, atol=1e-12)


def test_one_token_alone_by_hand():
    """A single token attends to itself with weight 1: attention is then two matrices."""
    model = Transformer(tokens=3, length=1, width=4, heads=2, hidden=5)
    rng = np.random.default_rng(3)
    p = {name: rng.standard_normal(shape) for name, shape in model.spec.shapes.items()}

    def norm(h, scale, shift):
        h = h - h.mean(-1, keepdims=True)
        return h / np.sqrt((h**2).mean(-1, keepdims=True) + 1e-5) * scale + shift

    def dense(h, W):
        return h @ W[:-1] + W[-1]

    def gelu(z):
        return z * np.vectorize(lambda t: (1 + erf(t / np.sqrt(2))) / 2)(z)

    h = p["table"][[2, 0]] + [0, 1, 0, 1]  # sin 0 and cos 0
    seen = norm(h, p["norm1_scale.0"], p["norm1_shift.0"])
    h = h + dense(dense(seen, p["W_v.0"]), p["W_o.0"])
    seen = norm(h, p["norm2_scale.0"], p["norm2_shift.0"])
    h = h + dense(gelu(dense(seen, p["W1.0"])), p["W2.0"])
    wanted = dense(norm(h, p["scale"], p["shift"]), p["W"])
    got = model({name: Tensor(v) for name, v in p.items()}, Tensor([[2.0], [0.0]])).value
    np.testing.assert_allclose(got[:, 0], wanted, rtol=1e-10)


def test_the_loss_is_the_mean_surprise_of_all_tokens():
    model, params = make()
    rng = np.random.default_rng(4)
    x, y = ids(rng), rng.integers(5, size=(3, 6))
    z = model(params, Tensor(x)).value
    likely = np.exp(z) / np.exp(z).sum(-1, keepdims=True)
    wanted = -np.log(np.take_along_axis(likely, y[..., None], -1)).mean()
    assert model.loss(params, Tensor(x), Tensor(np.eye(5)[y])).item() == pytest.approx(wanted)
    blind = model.spec.tensors(Tensor(np.zeros(model.spec.size)))
    assert model.loss(blind, Tensor(x), Tensor(np.eye(5)[y])).item() == pytest.approx(np.log(5))


@pytest.mark.parametrize("causal", [True, False])
def test_gradients_in_parameters(causal):
    model, rng = make(causal=causal)[0], np.random.default_rng(5)
    x, y = ids(rng), np.eye(5)[rng.integers(5, size=(3, 6))]
    w = model.init(rng)

    def loss(w):
        return model.loss(model.spec.tensors(w), Tensor(x), Tensor(y))

    assert gradcheck(loss, w, rng=rng).ok


def test_the_layout_counts_as_the_paper_does():
    K, D, H, blocks = 10, 32, 64, 3
    model = Transformer(K, 7, width=D, heads=4, hidden=H, blocks=blocks)
    block = 4 * (D * D + D) + (D * H + H) + (H * D + D) + 4 * D
    assert model.spec.size == K * D + blocks * block + 2 * D + (D * K + K)
    assert len({name for name in model.spec.shapes if name.startswith("W_q")}) == blocks


def test_a_start_is_of_one_seed():
    model = make()[0]
    one, other, third = (model.init(np.random.default_rng(s)) for s in (3, 3, 4))
    np.testing.assert_array_equal(one, other)
    assert (one != third).any()


MISTAKES = [
    (lambda: Transformer(5, 6, width=7, heads=7), "an even width that heads divide, got width 7"),
    (lambda: Transformer(5, 6, width=8, heads=3), "heads divide, got width 8 and 3 heads"),
    (lambda: Transformer(0, 6), "Transformer: expected an integer tokens ≥ 1"),
    (lambda: Transformer(5, 6, blocks=0), "Transformer: expected an integer blocks ≥ 1"),
    (lambda: make()[0](make()[1], Tensor([[0.0, 1, 2, 3, 4, 5]])), "5"),
]


@pytest.mark.parametrize(("mistake", "message"), MISTAKES)
def test_a_mistake_is_named(mistake, message):
    with pytest.raises(DomainError, match=message):
        mistake()
