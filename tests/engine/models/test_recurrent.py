"""Recurrent networks: a state from step to step, and from one piece of a stream to the next."""

import numpy as np
import pytest

from engine.errors import DomainError, UnknownNameError
from engine.losses import mse
from engine.models.recurrent import RecurrentNet
from engine.optim import sgd
from engine.reverse import grad, gradcheck
from engine.tensor import Tensor
from engine.training import Training

KINDS = ("rnn", "lstm", "gru")


def make(kind, seed=0, **more):
    model = RecurrentNet(kind, inputs=2, hidden=3, outputs=2, **more)
    w = model.init(np.random.default_rng(seed))
    return model, w, model.spec.tensors(Tensor(w))


@pytest.mark.parametrize("kind", KINDS)
def test_outputs_at_every_time_end_with_that_of_the_last(kind):
    x = Tensor(np.random.default_rng(1).standard_normal((4, 5, 2)))
    last, every = (make(kind, every=every) for every in (False, True))
    one, all_ = (model(params, x).value for model, _, params in (last, every))
    assert one.shape == (4, 2)
    assert all_.shape == (4, 5, 2)
    np.testing.assert_array_equal(all_[:, -1], one)


@pytest.mark.parametrize("kind", KINDS)
def test_a_sequence_in_two_pieces_is_the_whole_when_the_state_is_handed_on(kind):
    model, _, params = make(kind, every=True)
    x = np.random.default_rng(2).standard_normal((4, 6, 2))
    whole = model(params, Tensor(x)).value
    first, carry = model.train(params, Tensor(x[:, :2]))
    assert carry.keys() == model.carry(4).keys()
    second, _ = model.train(params | carry, Tensor(x[:, 2:]))
    got = np.concatenate([first.value, second.value], axis=1)
    np.testing.assert_allclose(got, whole, rtol=1e-12)
    zeros = {name: Tensor(value) for name, value in model.carry(4).items()}
    np.testing.assert_allclose(model(params | zeros, Tensor(x)).value, whole, rtol=1e-12)


def test_a_plain_network_by_hand():
    model, _, p = make("rnn")
    x, h = np.random.default_rng(3).standard_normal((4, 5, 2)), np.zeros((4, 3))
    Wx, Wh, Wo = (p[name].value for name in ("Wx", "Wh", "Wo"))
    assert (Wx.shape, Wh.shape, Wo.shape) == ((3, 3), (3, 3), (4, 2))
    for t in range(5):
        h = np.tanh(x[:, t] @ Wx[:-1] + Wx[-1] + h @ Wh)
    np.testing.assert_allclose(model(p, Tensor(x)).value, h @ Wo[:-1] + Wo[-1], rtol=1e-12)


@pytest.mark.parametrize("every", [True, False])
@pytest.mark.parametrize("kind", KINDS)
def test_gradients_in_parameters_and_inputs(kind, every):
    model, w, _ = make(kind, every=every)
    rng = np.random.default_rng(4)
    x = rng.standard_normal((2, 4, 2))
    assert gradcheck(lambda w, x: model(model.spec.tensors(w), x), w, x, rng=rng).ok


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("truncate", [1, 2, 5])
def test_a_truncated_gradient_reaches_the_last_steps_alone(kind, truncate):
    model, _, params = make(kind, truncate=truncate)
    x = Tensor(np.random.default_rng(5).standard_normal((3, 5, 2)))
    slopes = grad(model(params, x).sum(), [x])[0].value
    reached = np.abs(slopes).max((0, 2)) > 0
    assert reached.tolist() == [t >= 5 - truncate for t in range(5)]
    full, _, _ = make(kind)
    np.testing.assert_array_equal(model(params, x).value, full(params, x).value)


@pytest.mark.parametrize("kind", KINDS)
def test_training_on_a_stream_hands_the_state_on(kind):
    """Two streams in three pieces each: compiled, and tensor by tensor."""
    model, w, _ = make(kind, every=True)
    rng = np.random.default_rng(6)
    x, y = rng.standard_normal((6, 4, 2)), rng.standard_normal((6, 4, 2))

    def loss_fn(p, x, y):
        outputs, carry = model.train(p, x)
        return mse(outputs.reshape((-1, 2)), y.reshape((-1, 2))), carry

    fit = Training(model, w, loss_fn, sgd(lr=0.1), x, y, batch=2, rng=rng, carry=model.carry(2),
                   shuffle=False)  # fmt: skip
    carried = model.carry(2)
    for piece in (0, 2, 4, 0, 2):
        leaf = Tensor(w)
        given = model.spec.tensors(leaf) | {k: Tensor(v) for k, v in carried.items()}
        loss, new = loss_fn(given, Tensor(x[piece : piece + 2]), Tensor(y[piece : piece + 2]))
        w = w - 0.1 * grad(loss, [leaf])[0].value
        carried = {name: value.value for name, value in new.items()}
        fit.run()
        np.testing.assert_allclose(fit.w, w, rtol=1e-12, atol=1e-13)
        for name, value in carried.items():
            np.testing.assert_allclose(fit.carried[name], value, rtol=1e-12, atol=1e-13)


MISTAKES = [
    (lambda: RecurrentNet("lstn", 2, 3, 1), UnknownNameError, "'lstn'.*lstm"),
    (
        lambda: RecurrentNet("rnn", 2, 3, 0),
        DomainError,
        "RecurrentNet: expected an integer outputs ≥ 1",
    ),
    (
        lambda: RecurrentNet("rnn", 2, 3, 1, truncate=0),
        DomainError,
        "RecurrentNet: expected an integer truncate ≥ 1",
    ),
    (lambda: RecurrentNet("gru", 2, 0, 1), DomainError, "≥ 1"),
]


@pytest.mark.parametrize(("mistake", "kind", "message"), MISTAKES)
def test_a_mistake_is_named(mistake, kind, message):
    with pytest.raises(kind, match=message):
        mistake()
