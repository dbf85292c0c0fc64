"""Convolution: PyTorch's values, a loop by definition, its transpose, and what it is known for."""

import tracemalloc
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.assembly import pad
from engine.errors import DomainError, ShapeError
from engine.nn.conv import biased, conv, conv_transpose, receptive_field
from engine.nn.dense import dense, flatten
from engine.nn.pool import avg_pool, max_pool
from engine.parameters import ParamSpec
from engine.program import Program
from engine.reverse import grad, gradcheck
from engine.tensor import Tensor, apply
from tests.engine.eager import agree, close, eager
from tests.engine.memory import array_bytes

TORCH = np.load(Path(__file__).parents[2] / "data" / "convolution.npz")
NAMES = [key.removesuffix("_settings") for key in TORCH if key.endswith("_settings")]


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def by_definition(x, w, b, stride, padding, dilation, groups=1):
    """One window after the other, one group after the other."""
    x = np.pad(x, [(0, 0), (0, 0), *((p, p) for p in padding)])
    sides = list(zip(x.shape[2:], w.shape[2:], stride, dilation, strict=True))
    counts = [(n - d * (k - 1) - 1) // s + 1 for n, k, s, d in sides]
    F, C = w.shape[0] // groups, w.shape[1]
    y = np.zeros((len(x), len(w), *counts))
    for at in np.ndindex(*counts):
        starts = [i * s for i, s in zip(at, stride, strict=True)]
        window = tuple(
            slice(a, a + d * (k - 1) + 1, d) for a, (_, k, _, d) in zip(starts, sides, strict=True)
        )
        seen = x[(slice(None), slice(None), *window)].reshape(len(x), groups, C, -1)
        for i in range(groups):
            mine = slice(i * F, (i + 1) * F)
            filters = w[mine].reshape(F, C, -1)
            y[(slice(None), mine, *at)] = np.einsum("nck,fck->nf", seen[:, i], filters)
    return y if b is None else y + b.reshape(-1, *(1,) * len(counts))


@st.composite
def problems(draw):
    """Arrays and settings of a convolution that fit together, of one axis or two."""
    axes = draw(st.integers(1, 2))

    def each(low, high):
        return tuple(draw(st.lists(st.integers(low, high), min_size=axes, max_size=axes)))

    groups = draw(st.integers(1, 3))
    n, C, F = draw(st.integers(1, 3)), draw(st.integers(1, 2)), groups * draw(st.integers(1, 2))
    kernel, stride, padding, dilation = each(1, 3), each(1, 3), each(0, 2), each(1, 3)
    spans = [d * (k - 1) + 1 for d, k in zip(dilation, kernel, strict=True)]
    sides = [
        max(1, span - 2 * p) + more
        for span, p, more in zip(spans, padding, each(0, 4), strict=True)
    ]
    rng = np.random.default_rng(draw(st.integers(0, 999)))
    x = rng.standard_normal((n, C * groups, *sides))
    w, b = rng.standard_normal((F, C, *kernel)), rng.standard_normal(F)
    how = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    return (x, w, b), how, rng


@pytest.mark.parametrize("name", NAMES)
def test_values_and_gradients_are_those_of_pytorch(name):
    _, stride, padding, dilation = TORCH[f"{name}_settings"].tolist()
    leaves = [Tensor(TORCH[f"{name}_{letter}"], letter) for letter in "xwb"]
    y = conv(*leaves, stride=stride, padding=padding, dilation=dilation)
    results = [y, *grad((y * TORCH[f"{name}_g"]).sum(), leaves)]
    compiled = Program(leaves, results)(*(x.value for x in leaves))
    for key, x, z in zip(["y", "dx", "dw", "db"], results, compiled, strict=True):
        for value in (x.value, z):
            np.testing.assert_allclose(value, TORCH[f"{name}_{key}"], rtol=1e-10, atol=1e-12)
    agree(leaves, results, [])


@settings(max_examples=120, derandomize=True, deadline=None, database=None)
@given(problem=problems())
def test_eager_and_compiled_it_is_the_loop_by_definition(problem):
    arrays, how, rng = problem
    x, w, _ = leaves = [Tensor(a) for a in arrays]
    y = conv(*leaves, **how)
    g = rng.standard_normal(y.shape)
    results = [y, *grad((y * g).sum(), leaves)]
    compiled = Program(leaves, results)(*arrays)
    for values in ([z.value for z in results], compiled):
        value, dx, dw, db = values
        close(value, by_definition(*arrays, **how))
        u, v = rng.standard_normal(x.shape), rng.standard_normal(w.shape)
        assert np.vdot(dx, u) == pytest.approx(np.vdot(g, by_definition(u, w.value, None, **how)))
        assert np.vdot(dw, v) == pytest.approx(np.vdot(g, by_definition(x.value, v, None, **how)))
        close(db, g.sum((0, *range(2, g.ndim))))


@settings(max_examples=40, derandomize=True, deadline=None, database=None)
@given(problem=problems())
def test_a_program_agrees_on_every_batch_and_after_every_change_of_the_weights(problem):
    arrays, how, rng = problem
    x, w, b = (Tensor(a, name) for a, name in zip(arrays, "xwb", strict=True))
    y = conv(x, w, b, **how)
    z = conv(np.tanh(y), Tensor(rng.standard_normal((2, y.shape[1], *(1,) * (y.ndim - 2)))))
    dw, db = grad((z * z).sum(), [w, b])
    agree([x], [y, z], [(w, w - 0.01 * dw), (b, b - 0.01 * db)])


@settings(max_examples=80, derandomize=True, deadline=None, database=None)
@given(problem=problems())
def test_the_transposed_convolution_is_the_transpose_of_the_matrix(problem):
    (x, w, _), how, rng = problem
    x, w = Tensor(x), Tensor(w)
    y = conv(x, w, **how)
    sizes = zip(x.shape[2:], y.shape[2:], how["stride"], how["padding"], how["dilation"],
                w.shape[2:], strict=True)  # fmt: skip
    rest = tuple(m - ((n - 1) * s - 2 * p + d * (k - 1) + 1) for m, n, s, p, d, k in sizes)
    g = Tensor(rng.standard_normal(y.shape))
    z = conv_transpose(g, w, output_padding=rest, **how)
    assert z.shape == x.shape
    assert np.vdot(y.value, g.value) == pytest.approx(np.vdot(x.value, z.value), abs=1e-10)
    close(z.value, grad((y * g).sum(), [x])[0].value)
    agree([g, w], [z, *grad((z * z).sum(), [g, w])], [])


@pytest.mark.parametrize(("n", "k", "s", "p", "d"), [(28, 5, 1, 0, 1), (28, 5, 1, 2, 1),
                                                     (28, 3, 2, 1, 1), (7, 2, 3, 0, 2),
                                                     (5, 3, 1, 2, 2), (4, 1, 3, 1, 1)])  # fmt: skip
def test_sizes_are_those_of_the_formulas(n, k, s, p, d):
    how = {"stride": s, "padding": p, "dilation": d}
    x, w, line = Tensor(np.ones((1, 1, n, n))), Tensor(np.ones((1, 1, k, k))), (n + 2 * p)
    assert conv(x, w, **how).shape[2:] == ((line - d * (k - 1) - 1) // s + 1,) * 2
    for extra in range(s):
        y = conv_transpose(x, w, output_padding=extra, **how)
        assert y.shape[2:] == ((n - 1) * s - 2 * p + d * (k - 1) + extra + 1,) * 2


@pytest.mark.parametrize(("stride", "dilation"), [(1, 1), (2, 1), (1, 2), (3, 2)])
def test_a_kernel_as_a_toeplitz_matrix_gives_the_same(stride, dilation, rng):
    x, w = rng.standard_normal((2, 1, 12)), rng.standard_normal((1, 1, 3))
    y = conv(Tensor(x), Tensor(w), stride=stride, dilation=dilation).value
    A = np.zeros((y.shape[2], 12))  # row i holds the kernel, shifted by i strides
    for i in range(len(A)):
        A[i, i * stride : i * stride + 2 * dilation + 1 : dilation] = w[0, 0]
    close(y[:, 0], x[:, 0] @ A.T)
    back = conv_transpose(Tensor(y), Tensor(w), stride=stride, dilation=dilation).value
    close(back[:, 0], (y[:, 0] @ A)[:, : back.shape[2]])


@pytest.mark.parametrize("shift", [(1, 0), (0, 1), (3, 4), (-2, 5)])
def test_on_a_ring_it_moves_along_with_its_input_exactly(shift, rng):
    x = rng.integers(-9, 10, (2, 3, 6, 7)).astype(float)  # whole numbers: sums without rounding
    w = Tensor(rng.integers(-9, 10, (4, 3, 3, 5)))

    def on_a_ring(x):
        return conv(pad(Tensor(x), [1, 2], "circular"), w).value

    moved = on_a_ring(np.roll(x, shift, (2, 3)))
    np.testing.assert_array_equal(moved, np.roll(on_a_ring(x), shift, (2, 3)))


def test_with_zeros_around_it_does_not_move_along():
    x, w = np.eye(4)[None, None], Tensor(np.ones((1, 1, 3, 3)))
    y, moved = (conv(Tensor(a), w, padding=1).value for a in (x, np.roll(x, 1, 2)))
    assert (moved != np.roll(y, 1, 2)).any()


def test_on_a_ring_it_is_a_product_of_fourier_transforms(rng):
    x, w = rng.standard_normal((2, 3, 8, 9)), rng.standard_normal((4, 3, 3, 3))
    y = conv(pad(Tensor(x), [1, 1], "circular"), Tensor(w)).value
    kernel = np.zeros((4, 3, 8, 9))
    kernel[:, :, :3, :3] = w
    kernel = np.fft.fft2(np.roll(kernel, (-1, -1), (2, 3)))
    product = np.einsum("nchw,fchw->nfhw", np.fft.fft2(x), kernel.conj())  # not flipped: conjugate
    np.testing.assert_allclose(y, np.fft.ifft2(product).real, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("how", [{}, {"stride": 2}, {"dilation": 2}])
def test_a_kernel_of_sum_one_keeps_a_constant(how, rng):
    w = rng.standard_normal((1, 1, 3, 3))
    y = conv(Tensor(np.full((2, 1, 7, 7), 5.0)), Tensor(w / w.sum()), **how)
    np.testing.assert_allclose(y.value, 5, rtol=1e-12)


@pytest.mark.parametrize("groups", [1, 2, 4])
def test_groups_are_separate_convolutions(groups, rng):
    x, w, b = rng.standard_normal((2, 4, 5, 6)), rng.standard_normal((8, 4 // groups, 3, 2)), None
    y = conv(Tensor(x), Tensor(w), b, groups=groups).value
    X, W = np.split(x, groups, 1), np.split(w, groups)
    apart = [conv(Tensor(a), Tensor(c)).value for a, c in zip(X, W, strict=True)]
    np.testing.assert_array_equal(y, np.concatenate(apart, 1))
    back = [conv_transpose(Tensor(a), Tensor(c)).value
            for a, c in zip(np.split(y, groups, 1), W, strict=True)]  # fmt: skip
    both = conv_transpose(Tensor(y), Tensor(w), groups=groups).value
    np.testing.assert_array_equal(both, np.concatenate(back, 1))


def test_a_line_is_an_image_of_one_row(rng):
    x, w, b = rng.standard_normal((2, 3, 9)), rng.standard_normal((4, 3, 3)), np.arange(4.0)
    line = conv(*map(Tensor, (x, w, b)), stride=2, padding=1, dilation=2).value
    image = conv(*map(Tensor, (x[:, :, None], w[:, :, None], b)), stride=(1, 2), padding=(0, 1),
                 dilation=(1, 2)).value  # fmt: skip
    close(line, image[:, :, 0])
    np.testing.assert_array_equal(biased(Tensor(x), None).value, x)


def lenet(p, x):
    for layer in (1, 2):
        x = conv(x, p[f"w{layer}"], p[f"b{layer}"], padding=2 if layer == 1 else 0)
        x = max_pool(apply("relu", x), 2)
    x = flatten(x)
    for layer in (3, 4):
        x = np.tanh(dense(x, p[f"W{layer}"]))
    return dense(x, p["W5"])


LENET = ParamSpec({
    "w1": (6, 1, 5, 5), "b1": (6,), "w2": (16, 6, 5, 5), "b2": (16,),
    "W3": (401, 120), "W4": (121, 84), "W5": (85, 10),
})  # fmt: skip


def test_lenet_5_has_61706_parameters():
    assert LENET.size == 61706
    convolutions = [(5 * 5 * C + 1) * F for C, F in pairwise([1, 6, 16])]
    denses = [(n + 1) * m for n, m in pairwise([16 * 5 * 5, 120, 84, 10])]
    assert sum(convolutions) + sum(denses) == 61706
    p = LENET.tensors(Tensor(np.zeros(LENET.size)))
    assert lenet(p, Tensor(np.zeros((2, 1, 28, 28)))).shape == (2, 10)


@pytest.mark.parametrize("n", [1, 2, 5])
def test_slices_of_data_laid_out_once_give_the_same(n, rng):
    w = Tensor(0.1 * rng.standard_normal(LENET.size), "w")
    x = Tensor(np.zeros((n, 1, 28, 28)), "x")
    y = lenet(LENET.tensors(w), x)
    results = [y, *grad((y * y).sum(), [w, x])]
    program, data = Program([x], results), rng.standard_normal((7, 1, 28, 28))
    whole = program.layout(0, data)
    for start in (0, 1, 7 - n):
        got = program.run(whole[start : start + n])
        wanted = eager(results, {x.serial: data[start : start + n]})
        for a, b in zip(got, wanted, strict=True):
            close(a, b)


@pytest.mark.parametrize(("layers", "field"), [([(3, 1)] * 3, 7), ([(3, 1), (2, 2), (3, 1)], 8),
                                               ([(3, 2), (3, 2)], 7), ([(1, 1)], 1)])  # fmt: skip
def test_one_output_sees_as_much_as_the_receptive_field_says(layers, field):
    assert receptive_field(layers) == field
    x = y = Tensor(np.ones((1, 1, 40)))
    for kernel, stride in layers:
        y = conv(y, Tensor(np.ones((1, 1, kernel))), stride=stride)
    (slope,) = grad(y[0, 0, 2], [x])
    assert np.count_nonzero(slope.value) == field


HOWS = [{}, {"stride": (2, 1), "padding": 1}, {"dilation": (1, 2), "padding": (2, 0)}]


@pytest.mark.parametrize("f", [conv, conv_transpose])
@pytest.mark.parametrize("how", [*HOWS, {"groups": 2, "stride": 2}])
def test_gradients_agree_with_differences_up_to_the_second_order(f, how, rng):
    C = 2 if f is conv_transpose else 2 // how.get("groups", 1)
    point = [rng.standard_normal(s) for s in [(2, 2, 5, 5), (2, C, 3, 2)]]
    point.append(rng.standard_normal(f(*map(Tensor, point), **how).shape[1]))

    def slopes(*leaves):
        y = f(*leaves, **how)
        return sum((g * g).sum() for g in grad((np.tanh(y) * y).sum(), leaves))

    assert gradcheck(lambda *leaves: f(*leaves, **how), *point, rng=rng).ok
    assert gradcheck(slopes, *point, rng=rng, tolerance=1e-5).ok


@pytest.mark.parametrize("f", [conv, conv_transpose])
@pytest.mark.parametrize("how", HOWS)
def test_compiled_slopes_of_slopes_are_the_same(f, how, rng):
    leaves = [Tensor(rng.standard_normal(s)) for s in [(2, 2, 5, 6), (2, 2, 3, 2)]]
    y = f(*leaves, **how)
    first = grad((np.tanh(y) * y).sum(), leaves)
    agree(leaves, [y, *first, *grad(sum((g * g).sum() for g in first), leaves)], [])


@pytest.mark.parametrize("f", [conv, conv_transpose])
@pytest.mark.parametrize("groups", [1, 2])
def test_float32_stays_float32(f, groups, rng):
    shapes = [(2, 2, 5, 5), (2, 2 // groups, 3, 3)]
    leaves = [Tensor(rng.standard_normal(s).astype(np.float32)) for s in shapes]
    y = f(*leaves, stride=2, padding=1, groups=groups)
    results = [y, *grad((y * y).sum(), leaves)]
    compiled = Program(leaves, results)(*(x.value for x in leaves))
    for x, z in zip(results, compiled, strict=True):
        assert (x.value.dtype, z.dtype) == (np.float32, np.float32)
        np.testing.assert_allclose(z, x.value, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("how", [{}, {"stride": 2, "padding": 1}, {"dilation": 2, "groups": 2}])
def test_a_compiled_step_allocates_nothing(how, rng):
    x, w = (
        Tensor(np.zeros((8, 2, 9, 9)), "x"),
        Tensor(rng.standard_normal((4, 2 // how.get("groups", 1), 3, 3)), "w"),
    )
    y = avg_pool(max_pool(apply("relu", conv(x, w, Tensor(np.ones(4)), **how)), 2), 2)
    program = Program([x], updates=[(w, w - 0.001 * grad((y * y).sum(), [w])[0])])
    data = program.layout(0, rng.standard_normal(x.shape))
    tracemalloc.start()
    held = []
    for _ in range(2):
        for _ in range(1000):
            program.run(data)
        held.append(array_bytes())
    tracemalloc.stop()
    assert held[1] == held[0]


x, w, b = Tensor(np.ones((2, 4, 5, 5))), Tensor(np.ones((4, 2, 3, 3))), Tensor(np.ones(3))
line, taps = Tensor(np.ones((2, 1, 4))), Tensor(np.ones((1, 1, 2)))
MISTAKES = [
    (lambda: conv(line, taps[0]), ShapeError, r"^conv: expected w .*\(F, C, k\).* got \(1, 2\)"),
    (lambda: conv(line, taps[0, 0]), ShapeError, r"^conv: expected w .* got \(2,\)"),
    (lambda: conv_transpose(x, Tensor(1)), ShapeError, r"^conv_transpose: expected w .* got \(\)"),
    (lambda: conv(x[None], w[None]), ShapeError, r"expected w .* got \(1, 4, 2, 3, 3\)"),
    (lambda: conv(line, taps[:, :, :0]), ShapeError, r"expected w .* got \(1, 1, 0\)"),
    (lambda: conv(x, w), ShapeError, r"^conv: expected x .*\(N, 2, H, W\), got \(2, 4, 5, 5\)"),
    (lambda: conv(line[0], taps), ShapeError, r"expected x .*\(N, 1, L\), got \(1, 4\)"),
    (lambda: conv(line[:0], taps), ShapeError, r"expected x .* got \(0, 1, 4\)"),
    (lambda: conv_transpose(line, w), ShapeError, r"^conv_transpose: expected x .*\(N, 4, H, W\)"),
    (lambda: conv(x, w, b, groups=2), ShapeError, r"^conv: expected b .*\(4,\), got \(3,\)"),
    (lambda: conv_transpose(x, w, b), ShapeError, r"^conv_transpose: expected b .*\(2,\), got"),
    (lambda: conv(line, taps, dilation=4), ShapeError, r"room .* \(2,\) .* \(4,\), got \(4,\)"),
    (lambda: conv_transpose(line, taps, padding=3), ShapeError, r"leaves something .* got \(3,\)"),
    (lambda: conv(x, w, groups=0), DomainError, r"^conv: expected an integer groups ≥ 1, got 0"),
    (lambda: conv(x, w, groups=3), DomainError, r"^conv: expected groups .* divide .* 4, got 3"),
    (lambda: conv_transpose(x, w, groups=3), DomainError, r"^conv_transpose: .* 4, got 3"),
    (lambda: conv(line, taps, stride=0), DomainError, "an integer stride ≥ 1, got 0"),
    (lambda: conv(line, taps, padding=-1), DomainError, "an integer padding ≥ 0, got -1"),
    (lambda: conv(line, taps, dilation=(1, 1)), DomainError, "dilation as one number or 1"),
    (lambda: conv(line, taps, stride=()), DomainError, r"stride as one number or 1, got \(\)"),
    (lambda: conv_transpose(line, taps, stride=2, output_padding=2), DomainError,
     r"^conv_transpose: expected output_padding < stride \(2,\), got \(2,\)"),
    (lambda: conv_transpose(line, taps, output_padding=-1), DomainError, "output_padding ≥ 0"),
    (lambda: receptive_field([(3, 1), (0, 1)]), DomainError, "an integer kernel ≥ 1, got 0"),
    (lambda: receptive_field([(3, 0)]), DomainError, "an integer stride ≥ 1, got 0"),
]  # fmt: skip


@pytest.mark.parametrize(("wrong", "kind", "message"), MISTAKES)
def test_a_mistake_is_named(wrong, kind, message):
    with pytest.raises(kind, match=message):
        wrong()


@pytest.mark.parametrize("setting", ["stride", "padding", "dilation"])
def test_settings_may_be_integers_of_numpy(setting):
    rng = np.random.default_rng(0)
    x, w = Tensor(rng.standard_normal((1, 2, 7, 7))), Tensor(rng.standard_normal((3, 2, 2, 2)))
    plain = conv(x, w, **{setting: 2}).value
    for value in (np.int64(2), np.array([2, 2]), (np.int8(2), 2), 2.0):
        np.testing.assert_array_equal(conv(x, w, **{setting: value}).value, plain)
    for value in (True, "2", 1.5, None):
        with pytest.raises(DomainError, match=f"conv: expected .*{setting}"):
            conv(x, w, **{setting: value})
