"""Recurrent nets: PyTorch's values and gradients, closed forms, walls for gradients, and norms."""

from pathlib import Path

import numpy as np
import pytest

from engine.activations import ACTIVATIONS, identity
from engine.assembly import stack
from engine.errors import DomainError, ShapeError, UnknownNameError
from engine.init import orthogonal
from engine.nn.recurrent import (
    BLOCK,
    GATES,
    gru,
    jacobian_norms,
    lstm,
    recurrent_shapes,
    recurrent_start,
    rnn,
)
from engine.program import Program
from engine.reverse import grad, gradcheck
from engine.tensor import Tensor
from tests.engine.eager import agree

TORCH = np.load(Path(__file__).parents[2] / "data" / "recurrent.npz")
LAYERS = {"rnn": rnn, "lstm": lstm, "gru": gru}
KINDS = list(LAYERS)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def hidden(kind, *args, **how):
    result = LAYERS[kind](*args, **how)
    return result[0] if kind == "lstm" else result


def last(kind, states):
    """What a chunk hands on to the next: h_T, for the LSTM also c_T, as bound tensors."""
    if kind == "lstm":
        return tuple(Tensor(each[-1].value) for each in states)
    return Tensor(states[-1].value)


def draw(kind, rng, N=2, T=4, D=3, H=3):
    shapes = recurrent_shapes(kind, D, H)
    return [rng.standard_normal(shape) for shape in ((N, T, D), *shapes.values())]


def start_of(kind, h, c):
    return (h, c) if kind == "lstm" else h


def torch(kind, name):
    return TORCH[f"{kind}_{name}"]


@pytest.mark.parametrize("how", ["eager", "inputs", "bound"])
@pytest.mark.parametrize("kind", KINDS)
def test_values_and_gradients_are_those_of_pytorch(kind, how):
    W_x, W_h, b_x, b_h = (
        torch(kind, f"{name}_l0") for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    )
    own_bias = kind == "gru"
    x = Tensor(torch(kind, "x").swapaxes(0, 1))
    Wx = Tensor(np.vstack([W_x.T, b_x if own_bias else b_x + b_h]))
    Wh = Tensor(np.vstack([W_h.T, b_h]) if own_bias else W_h.T)
    y = stack(hidden(kind, x, Wx, Wh))  # (T, N, H), as in PyTorch
    tensors = [y, *grad((y * torch(kind, "g")).sum(), [x, Wx, Wh])]
    if how == "eager":
        values = [tensor.value for tensor in tensors]
    elif how == "inputs":
        values = Program([x, Wx, Wh], tensors)(x.value, Wx.value, Wh.value)
    else:
        values = Program([], tensors)()
    y, dx, dWx, dWh = values

    def same(a, name):
        np.testing.assert_allclose(a, torch(kind, name), rtol=1e-10, atol=1e-14)

    same(y, "y")
    same(dx.swapaxes(0, 1), "dx")
    same(dWx[:-1].T, "d_weight_ih_l0")
    same(dWx[-1], "d_bias_ih_l0")
    same((dWh[:-1] if own_bias else dWh).T, "d_weight_hh_l0")
    same(dWh[-1] if own_bias else dWx[-1], "d_bias_hh_l0")


@pytest.mark.parametrize("truncate", [None, 2])
@pytest.mark.parametrize("T", [1, 2, 5])
@pytest.mark.parametrize("kind", KINDS)
def test_compiled_it_is_the_same(kind, T, truncate, rng):
    x, Wx, Wh = map(Tensor, draw(kind, rng, T=T))
    h0, c0 = (Tensor(rng.standard_normal((2, 3))) for _ in range(2))
    for start in (None, start_of(kind, h0, c0)):
        states = LAYERS[kind](x, Wx, Wh, start, truncate=truncate)
        y = stack([*states[0], *states[1]] if kind == "lstm" else states, axis=1)
        leaves = [x, Wx, Wh, h0]
        agree(leaves, [y, *grad((y * y * y).sum(), leaves)], [])


@pytest.mark.parametrize("kind", KINDS)
def test_compiled_training_and_a_state_carried_on_are_the_same(kind, rng):
    x, *weights = map(Tensor, draw(kind, rng))
    h0, c0 = (Tensor(rng.standard_normal((2, 3))) for _ in range(2))
    states = LAYERS[kind](x, *weights, start_of(kind, h0, c0))
    ends = [s[-1] for s in states] if kind == "lstm" else [states[-1]]
    slopes = grad((ends[0] * ends[0]).sum(), weights)
    updates = [(w, w - 0.1 * g) for w, g in zip(weights, slopes, strict=True)]
    agree([x], [ends[0]], [*updates, *zip([h0, c0], ends, strict=False)])


@pytest.mark.parametrize("kind", KINDS)
def test_gradients_agree_with_differences_up_to_the_second_order(kind, rng):
    point = [0.5 * a for a in draw(kind, rng, T=3, D=2, H=2)]
    point.append(rng.standard_normal((2, 2)))

    def f(x, Wx, Wh, h0):
        return stack(hidden(kind, x, Wx, Wh, start_of(kind, h0, h0 * h0)))

    def slopes(*leaves):
        y = f(*leaves)
        return sum((g * g).sum() for g in grad((y * y).sum(), leaves))

    assert gradcheck(f, *point, rng=rng).ok
    assert gradcheck(slopes, *point, rng=rng, tolerance=1e-5).ok


@pytest.mark.parametrize("kind", KINDS)
def test_without_a_start_it_is_zero_and_leaves_no_product(kind, rng):
    x, Wx, Wh = map(Tensor, draw(kind, rng))
    zero = Tensor(np.zeros((2, 3)))
    a, b = hidden(kind, x, Wx, Wh), hidden(kind, x, Wx, Wh, start_of(kind, zero, zero))
    np.testing.assert_allclose(stack(a).value, stack(b).value, rtol=1e-13, atol=1e-15)
    assert Program([x], hidden(kind, x[:, :1], Wx, Wh)).source.count("dot(") <= 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_sequence_in_two_chunks_is_the_whole(kind, rng):
    x, Wx, Wh = map(Tensor, draw(kind, rng, T=5))
    first = LAYERS[kind](x[:, :2], Wx, Wh)
    second = hidden(kind, x[:, 2:], Wx, Wh, last(kind, first))
    whole = hidden(kind, x, Wx, Wh)
    np.testing.assert_allclose(stack(second).value, stack(whole[2:]).value, rtol=1e-13)


# Closed forms.
@pytest.mark.parametrize(("w", "value"), [(0.9, 0.0051538), (1.1, 117.391), (1.0, 1.0)])
def test_a_linear_memory_is_a_power_of_its_weight(w, value):
    x = np.zeros((1, 51, 1))
    x[0, 0] = 1
    x, Wx, Wh = Tensor(x), Tensor([[1.0], [0.0]]), Tensor([[w]])
    h = rnn(x, Wx, Wh, activation=identity)[-1]
    assert h.item() == pytest.approx(w**50, rel=1e-12)
    assert h.item() == pytest.approx(value, rel=1e-5)
    dx, dw = grad(h.sum(), [x, Wh])
    np.testing.assert_allclose(dx.value[0, :, 0], w ** np.arange(50.0, -1, -1), rtol=1e-12)
    assert dw.item() == pytest.approx(50 * w**49, rel=1e-12)
    norms, bounds = jacobian_norms(np.ones((51, 1)), Wh.value)
    np.testing.assert_allclose([norms[50], bounds[50]], w**50, rtol=1e-12)


def test_a_forget_gate_of_95_percent_keeps_half_a_percent_over_a_hundred_steps():
    bias = [-50.0, np.log(19), 0.0, 50.0]  # i = 0, f = σ(log 19) = .95, o = 1
    x, Wx = Tensor(np.zeros((1, 100, 1))), Tensor([[0.0] * 4, bias])
    h0, c0 = Tensor([[0.0]]), Tensor([[1.0]])
    c = lstm(x, Wx, Tensor(np.zeros((1, 4))), (h0, c0))[1][-1]
    assert c.item() == pytest.approx(0.95**100, rel=1e-10)
    assert c.item() == pytest.approx(0.0059205, rel=1e-5)
    assert grad(c.sum(), [c0])[0].item() == pytest.approx(0.95**100, rel=1e-10)


def test_an_orthogonal_matrix_keeps_lengths_and_gradients(rng):
    Wh, x = orthogonal(6, 6, rng)[:-1], Tensor(np.zeros((3, 40, 2)))
    h0 = Tensor(rng.standard_normal((3, 6)))
    states = rnn(x, Tensor(np.zeros((3, 6))), Tensor(Wh), h0, activation=identity)
    lengths = [np.linalg.norm(h.value, axis=1) for h in states]
    np.testing.assert_allclose(lengths, np.tile(np.linalg.norm(h0.value, axis=1), (40, 1)))
    norms, bounds = jacobian_norms(np.ones((40, 6)), Wh)
    np.testing.assert_allclose(norms, 1)
    np.testing.assert_allclose(bounds, 1)


# Norms of Jacobians.
@pytest.mark.parametrize("scale", [0.3, 1.0, 3.0])
def test_jacobians_have_the_norms_of_the_gradients_and_stay_within_the_bound(scale, rng):
    x, Wx, Wh = draw("rnn", rng, N=1, T=6)
    states = rnn(Tensor(x), Tensor(Wx), Tensor(scale * Wh))
    slopes = 1 - np.concatenate([h.value for h in states]) ** 2
    norms, bounds = jacobian_norms(slopes, scale * Wh)
    assert (norms <= bounds * (1 + 1e-12)).all()
    for lag in range(6):
        rows = [grad(states[-1][0, i], [states[5 - lag]])[0].value[0] for i in range(3)]
        assert norms[lag] == pytest.approx(np.linalg.norm(rows, 2), rel=1e-10)


def test_norms_beyond_the_smallest_number_are_zero_and_dead_units_pass_nothing():
    norms, _ = jacobian_norms(np.full((400, 2), 0.5), 0.1 * np.eye(2))
    assert norms[200] == pytest.approx(0.05**200, rel=1e-10)
    assert norms[-1] == 0
    assert jacobian_norms(np.zeros((3, 2)), np.eye(2))[0].tolist() == [1, 0, 0]


# Walls.
@pytest.mark.parametrize("k", [1, 2, 3, 5, 6, 7, 100])
def test_truncation_drops_exactly_the_lags_from_k_on(k, rng):
    T = 6
    x, Wx, Wh = map(Tensor, draw("rnn", rng, T=T))
    states = rnn(x, Wx, Wh, truncate=k)
    dx, dWx, dWh = grad((states[-1] * states[-1]).sum(), [x, Wx, Wh])
    h = [np.zeros((2, 3)), *(state.value for state in states)]
    delta = 2 * h[T] * (1 - h[T] ** 2)
    wanted_dx, wanted_dWx, wanted_dWh = (np.zeros(a.shape) for a in (x, Wx, Wh))
    for lag in range(min(k, T)):
        t = T - lag
        x_1 = np.hstack([x.value[:, t - 1], np.ones((2, 1))])
        wanted_dx[:, t - 1] = delta @ Wx.value[:-1].T
        wanted_dWx += x_1.T @ delta
        wanted_dWh += h[t - 1].T @ delta
        delta = (delta @ Wh.value.T) * (1 - h[t - 1] ** 2)
    np.testing.assert_allclose(dx.value, wanted_dx, rtol=1e-11, atol=1e-15)
    np.testing.assert_allclose(dWx.value, wanted_dWx, rtol=1e-11)
    np.testing.assert_allclose(dWh.value, wanted_dWh, rtol=1e-11, atol=1e-15)


@pytest.mark.parametrize("k", [1, 2, 3, 4])
@pytest.mark.parametrize("kind", KINDS)
def test_truncation_is_a_chain_of_chunks_that_hand_on_bound_states(kind, k, rng):
    x, *weights = map(Tensor, draw(kind, rng, T=7))
    y = stack(hidden(kind, x, *weights, truncate=k))
    slopes = grad((y * y * y).sum(), weights)
    cuts, start, total = [*range(7 % k, 8, k)], None, [0, 0]
    for a, b in zip([0, *cuts], cuts, strict=False):
        if a == b:
            continue
        states = LAYERS[kind](x[:, a:b], *weights, start)
        y = stack(states[0] if kind == "lstm" else states)
        parts = grad((y * y * y).sum(), weights)
        total = [s + part.value for s, part in zip(total, parts, strict=True)]
        start = last(kind, states)
    for slope, wanted in zip(slopes, total, strict=True):
        np.testing.assert_allclose(slope.value, wanted, rtol=1e-11, atol=1e-14)


@pytest.mark.parametrize("k", [5, 6, 99])
@pytest.mark.parametrize("kind", KINDS)
def test_truncation_no_shorter_than_the_sequence_changes_nothing(kind, k, rng):
    x, Wx, Wh = map(Tensor, draw(kind, rng, T=5))
    h0 = Tensor(rng.standard_normal((2, 3)))
    both = []
    for truncate in (None, k):
        y = hidden(kind, x, Wx, Wh, start_of(kind, h0, h0), truncate=truncate)[-1]
        both.append([g.value for g in grad((y * y).sum(), [x, Wx, Wh, h0])])
    for a, b in zip(*both, strict=True):
        np.testing.assert_array_equal(a, b)


# Size, type, start.
@pytest.mark.parametrize("kind", KINDS)
def test_two_thousand_steps_are_no_recursion(kind, rng):
    x, Wx, Wh = map(Tensor, draw(kind, rng, N=1, T=2000, D=1, H=2))
    y = hidden(kind, x, Wx, Wh)[-1]
    assert all(np.isfinite(g.value).all() for g in grad(y.sum(), [x, Wx, Wh]))


@pytest.mark.parametrize("T", [BLOCK, BLOCK + 1, 2 * BLOCK + 3])
def test_times_cut_in_blocks_are_in_order(T, rng):
    x, Wx = Tensor(rng.standard_normal((2, T, 3))), Tensor(rng.standard_normal((4, 2)))
    y = stack(rnn(x, Wx, Tensor(np.zeros((2, 2))), activation=identity), axis=1)
    np.testing.assert_allclose(y.value, x.value @ Wx.value[:-1] + Wx.value[-1], rtol=1e-12)
    G = rng.standard_normal(y.shape)
    (dx,) = grad((y * G).sum(), [x])
    np.testing.assert_allclose(dx.value, G @ Wx.value[:-1].T, rtol=1e-10, atol=1e-14)
    agree([x, Wx], [y, dx], [], calls=1)


@pytest.mark.parametrize("kind", KINDS)
def test_float32_stays_float32(kind, rng):
    x, Wx, Wh = (Tensor(a.astype(np.float32)) for a in draw(kind, rng))
    y = stack(hidden(kind, x, Wx, Wh, truncate=2))
    program = Program([x], [y, *grad(y.sum(), [x, Wx, Wh])])
    results = [y.value, *(g.value for g in grad(y.sum(), [x, Wx, Wh])), *program(x.value)]
    assert {a.dtype for a in results} == {np.dtype(np.float32)}
    assert "float64" not in program.source.split("\n", 1)[1]


@pytest.mark.parametrize("name", ["relu", "identity", "softsign"])
def test_another_activation_takes_the_place_of_tanh(name, rng):
    x, Wx, Wh = map(Tensor, draw("rnn", rng, T=2))
    f = ACTIVATIONS[name]
    first, second = rnn(x, Wx, Wh, activation=f)
    z = x.value[:, 1] @ Wx.value[:-1] + Wx.value[-1] + first.value @ Wh.value
    np.testing.assert_allclose(second.value, f(Tensor(z)).value, rtol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_the_start_is_orthogonal_gate_by_gate_with_a_forget_bias_of_one(kind, rng):
    start = recurrent_start(kind, 3, 5, rng)
    assert {k: v.shape for k, v in start.items()} == recurrent_shapes(kind, 3, 5)
    for W in np.split(start["Wh"][:5], GATES[kind], axis=1):
        np.testing.assert_allclose(W @ W.T, np.eye(5), atol=1e-12)
    assert not start["Wh"][5:].any()
    for gate, W in enumerate(np.split(start["Wx"], GATES[kind], axis=1)):
        assert (W[-1] == (kind == "lstm" and gate == 1)).all()
        assert 0 < abs(W[:-1]).max() <= np.sqrt(6 / 8)


x, W, Wh, h = (Tensor(np.ones(shape)) for shape in ((2, 4, 3), (4, 5), (5, 5), (2, 5)))
L, Lh, Gh = (Tensor(np.ones(shape)) for shape in ((4, 20), (5, 20), (6, 15)))
MISTAKES = [
    (lambda: rnn(x[0], W, Wh), ShapeError, r"^rnn: expected x .*\(N, T, D\).* got \(4, 3\)"),
    (lambda: rnn(x[:, :0], W, Wh), ShapeError, r"^rnn: .* T ≥ 1, got \(2, 0, 3\)"),
    (lambda: rnn(x, W[1:], Wh), ShapeError, r"^rnn: expected Wx .* = \(4, 5\), got \(3, 5\)"),
    (lambda: rnn(x, W, Wh[1:]), ShapeError, r"^rnn: expected Wh of shape \(H, H\), got \(4, 5\)"),
    (lambda: rnn(x, W, Wh[:0, :0]), ShapeError, r"^rnn: expected Wh .* got \(0, 0\)"),
    (lambda: rnn(x, W, Wh, h[1:]), ShapeError, r"^rnn: expected h0 .*\(2, 5\), got \(1, 5\)"),
    (
        lambda: rnn(x, W, Wh, truncate=0),
        DomainError,
        "^rnn: expected an integer truncate ≥ 1, got 0",
    ),
    (lambda: lstm(x, W, Lh), ShapeError, r"^lstm: expected Wx .* \(4, 20\), got \(4, 5\)"),
    (lambda: lstm(x, L, Lh[:, 1:]), ShapeError, r"^lstm: expected Wh of shape \(H, 4 H\), got"),
    (lambda: lstm(x, L, Lh, (h, h[1:])), ShapeError, r"^lstm: expected c0 .* got \(1, 5\)"),
    (lambda: gru(x, L, Gh), ShapeError, r"^gru: expected Wx .* \(4, 15\), got \(4, 20\)"),
    (lambda: gru(x, W, Gh[1:]), ShapeError, r"^gru: expected Wh of shape \(H \+ 1, 3 H\), got"),
    (lambda: gru(x, W, Gh[1:, 0]), ShapeError, r"^gru: expected Wh .* got \(5,\)"),
    (lambda: recurrent_shapes("elman", 1, 1), UnknownNameError, "There are: rnn, lstm, gru"),
    (lambda: recurrent_shapes("rnn", 0, 2), DomainError, "an integer inputs ≥ 1, got 0"),
    (lambda: recurrent_start("grue", 1, 1, None), UnknownNameError, "Did you mean gru?"),
    (
        lambda: jacobian_norms(np.ones((3, 2)), np.eye(3)),
        ShapeError,
        r"^jacobian_norms: .* got \(3, 2\) and \(3, 3\)",
    ),
]


@pytest.mark.parametrize(("wrong", "kind", "message"), MISTAKES)
def test_a_mistake_is_named(wrong, kind, message):
    with pytest.raises(kind, match=message):
        wrong()
