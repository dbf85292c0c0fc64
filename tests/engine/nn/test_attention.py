"""Attention: PyTorch's values and gradients, what a mask hides, and what order it cannot see."""

from pathlib import Path

import numpy as np
import pytest

from engine.activations import gelu, softmax, tanh
from engine.errors import DomainError, ShapeError, UnknownNameError
from engine.nn.attention import (
    HIDDEN,
    attention,
    causal_mask,
    multi_head,
    positions,
    transformer_block,
    transformer_block_shapes,
    transformer_block_start,
)
from engine.parameters import ParamSpec
from engine.program import Program
from engine.reverse import grad, gradcheck
from engine.tensor import Tensor
from tests.engine.eager import agree

TORCH = np.load(Path(__file__).parents[2] / "data" / "losses.npz")


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def draw(rng, *shapes):
    return [rng.standard_normal(shape) for shape in shapes]


def matrices(rng, D):
    return [0.5 * W for W in draw(rng, *[(D + 1, D)] * 4)]


@pytest.mark.parametrize("name", ["attention", "attention_causal"])
@pytest.mark.parametrize("hidden", [HIDDEN, -np.inf])
def test_values_and_gradients_are_those_of_pytorch(name, hidden):
    q, k, v = leaves = [Tensor(TORCH[f"{name}_{letter}"]) for letter in "qkv"]
    mask = np.where(causal_mask(q.shape[1]) < 0, hidden, 0.0) if "causal" in name else None
    y, _ = attention(q, k, v, mask)
    np.testing.assert_allclose(y.value, TORCH[f"{name}_y"], rtol=1e-10)
    gradients = grad((y * TORCH[f"{name}_g"]).sum(), leaves)
    for letter, g in zip("qkv", gradients, strict=True):
        np.testing.assert_allclose(g.value, TORCH[f"{name}_d{letter}"], rtol=1e-10, atol=1e-15)


@pytest.mark.parametrize("hidden", [HIDDEN, -np.inf])
@pytest.mark.parametrize("scale", [1, 100])
def test_rows_sum_to_one_and_what_is_masked_weighs_nothing_at_all(hidden, scale, rng):
    q, k, v = map(Tensor, draw(rng, (2, 5, 4), (2, 6, 4), (2, 6, 3)))
    mask = np.where(rng.random((5, 6)) < 0.5, hidden, 0)
    mask[:, 0] = 0
    y, weights = attention(scale * q, k, v, mask)
    np.testing.assert_allclose(weights.value.sum(-1), 1, rtol=1e-14)
    assert not weights.value[:, mask < 0].any()
    for g in grad((y * y).sum(), [q, k, v]):
        assert np.isfinite(g.value).all()


@pytest.mark.parametrize("size", [1, 1e12])
@pytest.mark.parametrize("kind", ["booleans", "floats"])
def test_one_allowed_key_takes_the_whole_weight_whatever_the_scores(kind, size, rng):
    q, k, v = (size * x for x in draw(rng, (4, 3), (4, 3), (4, 2)))
    order = np.array([2, 0, 3, 1])
    allowed = np.arange(4) == order[:, None]
    mask = allowed if kind == "booleans" else np.where(allowed, 0.0, -np.inf)
    y, weights = attention(*map(Tensor, (q, k, v)), mask)
    np.testing.assert_array_equal(weights.value, np.eye(4)[order])
    np.testing.assert_array_equal(y.value, v[order])


def test_booleans_allow_and_floats_are_added():
    q, k, v = Tensor([[0.0]]), Tensor(np.zeros((3, 1))), Tensor([[1.0], [2.0], [6.0]])
    thirds = [[1 / 3, 1 / 3, 1 / 3]]
    for mask, wanted in (
        ([True, True, False], [[0.5, 0.5, 0.0]]),
        (np.array([[False, True, False]]), [[0.0, 1.0, 0.0]]),
        (True, thirds),
        (np.zeros(3), thirds),
        (np.log([1.0, 2.0, 5.0]), [[1 / 8, 2 / 8, 5 / 8]]),
        (Tensor(np.log([1.0, 2.0, 5.0])), [[1 / 8, 2 / 8, 5 / 8]]),
    ):
        weights = attention(q, k, v, mask)[1].value
        np.testing.assert_allclose(weights, wanted, rtol=1e-14, atol=0)


@pytest.mark.parametrize("size", [1, 1e12])
def test_the_causal_mask_is_the_lower_triangle_of_booleans(size, rng):
    q, k, v = (Tensor(size * x) for x in draw(rng, (4, 3), (4, 3), (4, 2)))
    y, weights = attention(q, k, v, causal_mask(4))
    same, _ = attention(q, k, v, np.tri(4, dtype=bool))
    np.testing.assert_array_equal(y.value, same.value)
    assert not np.triu(weights.value, 1).any()


def test_a_hidden_token_changes_nothing_and_gets_no_slope(rng):
    q, k, v = map(Tensor, draw(rng, (3, 4), (5, 4), (5, 2)))
    y, _ = attention(q, k, v, np.array([0, 0, HIDDEN, 0, HIDDEN]))
    shorter, _ = attention(q, *(Tensor(x.value[[0, 1, 3]]) for x in (k, v)))
    np.testing.assert_allclose(y.value, shorter.value, rtol=1e-14)
    for g in grad((y * y).sum(), [k, v]):
        assert not g.value[[2, 4]].any()


@pytest.mark.parametrize("d", [4, 64])
def test_scores_of_unit_normal_numbers_have_variance_one_and_d_without_the_root(d, rng):
    n = 40_000
    q, k = draw(rng, (n, 1, d), (n, 2, d))
    v = Tensor(np.zeros((n, 2, 1)))
    for factor, wanted in ((1.0, 1.0), (np.sqrt(d), d)):
        weights = attention(Tensor(factor * q), Tensor(k), v)[1].value[:, 0]
        difference = np.log(weights[:, 0]) - np.log(weights[:, 1])  # of two scores, one q
        assert difference.var() / 2 == pytest.approx(wanted, rel=0.04)


@pytest.mark.parametrize("n", [1, 2, 7])
def test_equal_keys_are_attended_alike_with_entropy_log_n(n, rng):
    q, v = map(Tensor, draw(rng, (3, 4), (n, 2)))
    y, weights = attention(q, Tensor(np.tile(draw(rng, 4)[0], (n, 1))), v)
    entropy = -(weights.value * np.log(weights.value)).sum(-1)
    np.testing.assert_allclose(entropy, np.log(n), rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose(y.value, np.tile(v.value.mean(0), (3, 1)), rtol=1e-13)


def test_keys_of_one_length_make_it_a_kernel_regression(rng):
    d = 5
    q, k, v = draw(rng, (4, d), (30, d), (30, 2))
    k *= 3 / np.linalg.norm(k, axis=-1, keepdims=True)
    square = ((q[:, None] - k) ** 2).sum(-1)
    kernel = np.exp(-square / (2 * np.sqrt(d)))  # a gaussian of variance √d
    watson = kernel @ v / kernel.sum(-1, keepdims=True)
    np.testing.assert_allclose(attention(*map(Tensor, (q, k, v)))[0].value, watson, rtol=1e-12)


def by_hand(x, memory, W_q, W_k, W_v, W_o, heads, mask=0.0):
    d = x.shape[-1] // heads
    q, k, v = (t @ W[:-1] + W[-1] for t, W in ((x, W_q), (memory, W_k), (memory, W_v)))
    parts, weights = [], []
    for h in range(heads):
        own = slice(h * d, (h + 1) * d)
        scores = np.einsum("ntd,nsd->nts", q[..., own], k[..., own]) / np.sqrt(d)
        weights.append(softmax(scores + mask))
        parts.append(np.einsum("nts,nsd->ntd", weights[-1], v[..., own]))
    return np.concatenate(parts, -1) @ W_o[:-1] + W_o[-1], np.stack(weights, 1)


@pytest.mark.parametrize("heads", [1, 2, 4])
@pytest.mark.parametrize("crossed", [False, True])
def test_heads_are_attention_in_slices_of_the_features_side_by_side(heads, crossed, rng):
    x, memory = draw(rng, (2, 3, 4), (2, 5, 4))
    Ws = matrices(rng, 4)
    mask = np.where(rng.random((3, 5 if crossed else 3)) < 0.3, HIDDEN, 0)
    mask[:, 0] = 0
    other = Tensor(memory) if crossed else None
    y, weights = multi_head(Tensor(x), *map(Tensor, Ws), heads, mask, other)
    wanted = by_hand(x, memory if crossed else x, *Ws, heads, mask)
    np.testing.assert_allclose(y.value, wanted[0], rtol=1e-11)
    np.testing.assert_allclose(weights.value, wanted[1], rtol=1e-11)


def test_permuted_tokens_give_permuted_outputs_unless_they_know_their_place(rng):
    x, order = rng.standard_normal((2, 5, 4)), np.array([3, 0, 4, 1, 2])
    Ws = [*map(Tensor, matrices(rng, 4))]
    for place, same in ((0, True), (positions(5, 4), False)):
        y = multi_head(Tensor(x + place), *Ws, 2)[0].value
        moved = multi_head(Tensor(x[:, order] + place), *Ws, 2)[0].value
        assert np.allclose(moved, y[:, order], rtol=1e-11, atol=1e-12) is same


def test_the_padding_of_each_row_of_a_batch_is_hidden_from_all_heads(rng):
    x, Ws = rng.standard_normal((2, 4, 4)), [*map(Tensor, matrices(rng, 4))]
    mask = np.zeros((2, 1, 1, 4))
    mask[1, ..., 2:] = HIDDEN
    y, weights = multi_head(Tensor(x), *Ws, 2, mask)
    assert not weights.value[1, ..., 2:].any()
    assert weights.value[0].all()
    alone = multi_head(Tensor(x[1:, :2]), *Ws, 2)[0].value
    np.testing.assert_allclose(y.value[1:, :2], alone, rtol=1e-12)


def block(rng, width, hidden):
    layout = ParamSpec(transformer_block_shapes(width, hidden))
    return layout, 0.5 * rng.standard_normal(layout.size)


@pytest.mark.parametrize("activation", [gelu, tanh])
def test_a_block_is_norm_attention_norm_mlp_each_added_to_what_came(activation, rng):
    layout, w = block(rng, 4, 6)
    p, x = layout.views(w), rng.standard_normal((2, 3, 4))

    def norm(x, name):
        x = x - x.mean(-1, keepdims=True)
        x = x / np.sqrt(x.var(-1, keepdims=True) + 1e-5)
        return x * p[f"{name}_scale"] + p[f"{name}_shift"]

    normal = norm(x, "norm1")
    h = x + by_hand(normal, normal, *(p[f"W_{i}"] for i in "qkvo"), 2, causal_mask(3))[0]
    z = activation(norm(h, "norm2") @ p["W1"][:-1] + p["W1"][-1])
    wanted = h + z @ p["W2"][:-1] + p["W2"][-1]
    params = layout.tensors(Tensor(w))
    y = transformer_block(Tensor(x), params, 2, causal_mask(3), activation)
    np.testing.assert_allclose(y.value, wanted, rtol=1e-10)


@pytest.mark.parametrize("t", range(4))
def test_under_a_causal_mask_no_token_sees_the_future(t, rng):
    layout, w = block(rng, 4, 6)
    x = Tensor(rng.standard_normal((1, 4, 4)))
    y = transformer_block(x, layout.tensors(Tensor(w)), 2, causal_mask(4))
    (dx,) = grad((y[0, t] ** 2).sum(), [x])
    assert not dx.value[0, t + 1 :].any()
    assert dx.value[0, : t + 1].all()


def test_a_block_with_nothing_to_add_is_the_identity(rng):
    start = transformer_block_start(4, 8, np.random.default_rng(0))
    start["W_o"][:], start["W2"][:] = 0, 0
    x = rng.standard_normal((2, 3, 4))
    params = {name: Tensor(value) for name, value in start.items()}
    np.testing.assert_array_equal(transformer_block(Tensor(x), params, 2).value, x)


def test_a_start_has_the_shapes_named_and_is_of_one_seed():
    starts = [transformer_block_start(4, 8, np.random.default_rng(3)) for _ in range(2)]
    assert {k: v.shape for k, v in starts[0].items()} == transformer_block_shapes(4, 8)
    for name, value in starts[0].items():
        np.testing.assert_array_equal(value, starts[1][name])
        if name.startswith("W"):
            assert value[:-1].all()
            assert not value[-1].any()
        else:
            assert (value == float(name.endswith("scale"))).all()


@pytest.mark.parametrize("i", range(4))
def test_a_shift_of_the_place_is_a_fixed_rotation_in_every_pair(i):
    table, omega = positions(50, 8), 10000 ** (-2 * i / 8)
    pair = table[:, 2 * i : 2 * i + 2]
    np.testing.assert_allclose(pair[:, 0], np.sin(omega * np.arange(50)), atol=1e-13)
    for k in (1, 7, 30):
        c, s = np.cos(omega * k), np.sin(omega * k)
        np.testing.assert_allclose(pair[k:], pair[:-k] @ [[c, -s], [s, c]], atol=1e-12)


def test_places_have_one_length_and_products_that_depend_on_the_distance_only():
    table = positions(20, 6)
    products = table @ table.T
    np.testing.assert_allclose(np.diag(products), 3, rtol=1e-14)
    for k in range(20):
        np.testing.assert_allclose(np.diag(products, k), products[0, k], atol=1e-12)


def whole_block(mask):
    layout = ParamSpec(transformer_block_shapes(4, 3))

    def f(x, w):
        return transformer_block(x, layout.tensors(w), 2, mask)

    return f, [(2, 3, 4), (layout.size,)]


ALLOWED = np.array([[True, False, True], [False, True, False], [False, True, True]])
LAYERS = {
    f"{name} {kind}": layer
    for kind, mask in (("open", None), ("causal", causal_mask(3)), ("boolean", ALLOWED))
    for name, layer in {
        "attention": (lambda *a, m=mask: attention(*a, m)[0], [(2, 3, 4), (2, 3, 4), (2, 3, 2)]),
        "multi_head": (lambda *a, m=mask: multi_head(*a, 2, m)[0], [(2, 3, 4), *[(5, 4)] * 4]),
        "weights": (lambda *a, m=mask: multi_head(*a, 2, m)[1], [(2, 3, 4), *[(5, 4)] * 4]),
        "memory": (
            lambda x, memory, *a, m=mask: multi_head(x, *a, 2, m, memory)[0],
            [(2, 3, 4), (2, 3, 4), *[(5, 4)] * 4],
        ),
        "block": whole_block(mask),
    }.items()
}


@pytest.mark.parametrize("name", LAYERS)
def test_gradients_agree_with_differences_up_to_the_second_order(name, rng):
    f, shapes = LAYERS[name]
    point = [0.5 * x for x in draw(rng, *shapes)]
    assert gradcheck(f, *point, rng=rng).ok
    R = rng.standard_normal(f(*map(Tensor, point)).shape)

    def slopes(*leaves):
        gradients = grad((f(*leaves) * R).sum(), leaves)
        return sum((g * g).sum() for g in gradients)

    assert gradcheck(slopes, *point, rng=rng, tolerance=1e-5).ok


@pytest.mark.parametrize("name", LAYERS)
def test_compiled_it_is_the_same(name, rng):
    f, shapes = LAYERS[name]
    leaves = [Tensor(x) for x in draw(rng, *shapes)]
    y = f(*leaves)
    agree(leaves, [y, *grad((y * y).sum(), leaves)], [])


@pytest.mark.parametrize("name", ["attention", "multi_head", "block"])
def test_a_layer_reads_booleans_as_zero_and_minus_infinity(name, rng):
    f, shapes = LAYERS[f"{name} boolean"]
    leaves = [Tensor(x) for x in draw(rng, *shapes)]
    added = np.where(ALLOWED, 0, -np.inf)
    wanted = {
        "attention": lambda: attention(*leaves, added)[0],
        "multi_head": lambda: multi_head(*leaves, 2, added)[0],
        "block": lambda: whole_block(added)[0](*leaves),
    }[name]()
    np.testing.assert_array_equal(f(*leaves).value, wanted.value)
    assert not np.allclose(f(*leaves).value, LAYERS[f"{name} open"][0](*leaves).value)


@pytest.mark.parametrize("where", ["bound", "input"])
@pytest.mark.parametrize("hidden", [HIDDEN, -np.inf])
def test_a_mask_may_change_from_call_to_call_of_a_program(where, hidden, rng):
    q, k, v = leaves = [Tensor(x) for x in draw(rng, (2, 3), (3, 3), (3, 2))]
    mask = Tensor(np.zeros((2, 3)), "mask")
    y, _ = attention(q, k, v, mask)
    inputs = leaves if where == "bound" else [*leaves, mask]
    step = Program(inputs, [y, *grad((y * y).sum(), leaves)])
    new = np.array([[0, hidden, 0], [hidden, hidden, 0]])
    mask.value[...] = new
    got = step(*(x.value for x in leaves), *([new] if where == "input" else []))
    again, _ = attention(q, k, v, new)
    for a, b in zip(got, [again, *grad((again * again).sum(), leaves)], strict=True):
        np.testing.assert_allclose(a, b.value, rtol=1e-12, atol=1e-14)


def test_a_row_that_sees_nothing_in_a_compiled_step_takes_a_mean_and_no_nan(rng):
    q, k, v = leaves = [Tensor(x) for x in draw(rng, (2, 3), (3, 3), (3, 2))]
    mask = Tensor(np.zeros((2, 3)), "mask")
    y, _ = attention(q, k, v, mask)
    step = Program(leaves, [y, *grad((y * y).sum(), leaves)])
    mask.value[0] = HIDDEN
    for a in step(*(x.value for x in leaves)):
        assert np.isfinite(a).all()


@pytest.mark.parametrize("mask", [causal_mask(3), np.tri(3, dtype=bool)])
def test_float32_stays_float32(mask, rng):
    start = transformer_block_start(4, 8, np.random.default_rng(0))
    params = {name: Tensor(value.astype(np.float32)) for name, value in start.items()}
    x = Tensor(np.float32(rng.standard_normal((2, 3, 4))))
    y = transformer_block(x, params, 2, mask)
    assert y.value.dtype == np.float32
    assert np.isfinite(grad((y * y).sum(), [x])[0].value).all()


x, W = Tensor(np.ones((2, 3, 4))), Tensor(np.ones((5, 4)))
whole = {name: Tensor(np.ones(shape)) for name, shape in transformer_block_shapes(4, 3).items()}
integers = np.tri(3, dtype=int)
blind = np.where(np.arange(3)[:, None] == 1, HIDDEN, 0)
MISTAKES = [
    (
        lambda: attention(x, x[..., :3], x),
        ShapeError,
        r"^attention: expected q .* got \(2, 3, 4\),",
    ),
    (lambda: attention(x[0, 0], x, x), ShapeError, r"^attention: expected q .* got \(4,\)"),
    (lambda: attention(x[..., :0], x[..., :0], x), ShapeError, "^attention: expected q"),
    (lambda: attention(x, x, x[:, :2]), ShapeError, "^attention: expected as many keys as values"),
    (lambda: attention(x, x, x, causal_mask(4)), ShapeError, r"a mask that fits .* got \(4, 4\)"),
    (lambda: attention(x[0], x[0], x[0], np.zeros((2, 3, 3))), ShapeError, r"got \(2, 3, 3\)"),
    (lambda: attention(x, x, x, blind), DomainError, "^attention: .* each query sees some key"),
    (lambda: attention(x, x, x, -np.inf), DomainError, "each query sees some key"),
    (lambda: attention(x, x, x, np.array([0, np.nan, 0])), DomainError, "with NaN or ∞"),
    (lambda: attention(x, x, x, np.array([0, np.inf, 0])), DomainError, "with NaN or ∞"),
    (lambda: attention(x, x, x, blind == 0), DomainError, "each query sees some key"),
    (lambda: attention(x, x, x, integers), DomainError, "of booleans .* or of floats .* got int64"),
    (lambda: attention(x, x, x, 0), DomainError, "got int64. Write mask == 1"),
    (lambda: attention(x, x, x, np.tri(3, dtype=np.uint8)), DomainError, "got uint8"),
    (lambda: attention(x, x, x, np.array([1j, 0, 0])), DomainError, "got complex128"),
    (lambda: attention(x, x, x, np.array(["a", "b", "c"])), DomainError, "got <U1"),
    (lambda: attention(x, x, x, np.tri(4, dtype=bool)), ShapeError, r"got \(4, 4\)"),
    (lambda: multi_head(x, W, W, W, W, 2, integers), DomainError, "of booleans"),
    (lambda: transformer_block(x, whole, 2, integers), DomainError, "of booleans"),
    (lambda: attention(x, x[:, :0], x[:, :0]), ShapeError, "as many keys as values, at least one"),
    (lambda: causal_mask(0), DomainError, "^causal_mask: expected an integer T ≥ 1, got 0"),
    (lambda: multi_head(x[0], W, W, W, W, 2), ShapeError, r"^multi_head: .* got \(3, 4\)"),
    (lambda: multi_head(x, W, W, W, W, 2, memory=x[:1]), ShapeError, r"and \(1, 3, 4\)"),
    (lambda: multi_head(x, W, W[:4], W, W, 2), ShapeError, r"W_k of shape \(5, 4\), got \(4, 4\)"),
    (lambda: multi_head(x, W, W, W, W, 3), DomainError, "that divide D = 4, got 3"),
    (
        lambda: multi_head(x, W, W, W, W, 0),
        DomainError,
        "^multi_head: expected an integer heads ≥ 1, got 0",
    ),
    (lambda: transformer_block(x, {}, 2), UnknownNameError, "none called norm1_scale"),
    (lambda: transformer_block_shapes(4, 0), DomainError, "an integer hidden ≥ 1, got 0"),
    (lambda: positions(4, 3), DomainError, "^positions: expected an even width, got 3"),
    (lambda: positions(0, 4), DomainError, "an integer length ≥ 1, got 0"),
]


@pytest.mark.parametrize(("wrong", "kind", "message"), MISTAKES)
def test_a_mistake_is_named(wrong, kind, message):
    with pytest.raises(kind, match=message):
        wrong()
