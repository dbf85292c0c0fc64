"""Arrays put together as NumPy does it: values, gradients, compiled, and parts that do not fit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from engine.assembly import MARGINS, concatenate, pad, stack
from engine.errors import DomainError, ShapeError, UnknownNameError
from engine.program import Program
from engine.reverse import grad, gradcheck
from engine.tensor import Tensor
from tests.engine.eager import agree, close

FRAMES = hnp.array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=3)
quick = settings(max_examples=60, derandomize=True, deadline=None, database=None)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def check(f, wanted, parts, rng):
    """Values and gradients, eager and compiled, and from parts that a program computes itself."""
    leaves = [Tensor(x) for x in parts]
    y = f(leaves)
    np.testing.assert_array_equal(y.value, wanted)
    gradients = grad((y * rng.standard_normal(y.shape)).sum(), leaves)
    made = f([np.sin(x) * 2 for x in leaves])
    agree(leaves, [y, *gradients, made, *grad((made * made * made).sum(), leaves)], [])
    if y.size:
        assert gradcheck(lambda *xs: np.tanh(f(xs)), *parts, rng=rng).ok


@quick
@given(data=st.data(), frame=FRAMES, seed=st.integers(0, 99))
def test_concatenate_is_that_of_numpy(data, frame, seed):
    rng = np.random.default_rng(seed)
    axis = data.draw(st.integers(-len(frame), len(frame) - 1))
    sizes = data.draw(st.lists(st.integers(0, 3), min_size=1, max_size=3))
    at = axis % len(frame)
    parts = [rng.standard_normal((*frame[:at], n, *frame[at + 1 :])) for n in sizes]
    check(lambda xs: concatenate(xs, axis), np.concatenate(parts, axis), parts, rng)


@quick
@given(data=st.data(), frame=hnp.array_shapes(min_dims=0, max_dims=3, max_side=3),
       count=st.integers(1, 3), seed=st.integers(0, 99))  # fmt: skip
def test_stack_is_that_of_numpy(data, frame, count, seed):
    rng = np.random.default_rng(seed)
    axis = data.draw(st.integers(-len(frame) - 1, len(frame)))
    parts = [rng.standard_normal(frame) for _ in range(count)]
    check(lambda xs: stack(xs, axis), np.stack(parts, axis), parts, rng)


NUMPY_MODES = {"zeros": "constant", "circular": "wrap", "reflect": "reflect"}


@quick
@given(data=st.data(), shape=FRAMES, mode=st.sampled_from(MARGINS), seed=st.integers(0, 99))
def test_pad_is_that_of_numpy(data, shape, mode, seed):
    rng = np.random.default_rng(seed)
    axes = data.draw(st.integers(0, len(shape)))
    most = {"zeros": lambda n: 3, "circular": lambda n: n, "reflect": lambda n: n - 1}[mode]
    widths = [data.draw(st.integers(0, most(n))) for n in shape[len(shape) - axes :]]
    x = rng.standard_normal(shape)
    margins = [(0, 0)] * (len(shape) - axes) + [(p, p) for p in widths]
    wanted = np.pad(x, margins, mode=NUMPY_MODES[mode])
    check(lambda xs: pad(xs[0], widths, mode), wanted, [x], rng)


@pytest.mark.parametrize(
    ("mode", "wanted"),
    [("zeros", [1, 2, 3]), ("circular", [1001, 2, 103]), ("reflect", [1, 1102, 3])],
)
def test_the_slope_of_a_margin_goes_to_the_number_it_was_taken_from(mode, wanted):
    x = Tensor([1.0, 2.0, 3.0])
    weights = np.array([100.0, 1.0, 2.0, 3.0, 1000.0])
    (slope,) = grad((pad(x, [1], mode) * weights).sum(), [x])
    np.testing.assert_array_equal(slope.value, wanted)


def test_one_tensor_may_be_two_parts(rng):
    x = rng.standard_normal((2, 3))
    check(lambda xs: concatenate([xs[0], xs[0]]), np.concatenate([x, x]), [x], rng)
    check(lambda xs: stack([xs[0], xs[0]], 1), np.stack([x, x], 1), [x], rng)


@pytest.mark.parametrize("n", [1, 2])
def test_slices_of_data_laid_out_once_give_the_same(n, rng):
    x = Tensor(np.zeros((n, 3, 2)), "x")

    def f(x):
        y = concatenate([x, np.sin(x)], axis=1)
        return pad(stack([y, y * y], axis=1), [1, 1], "reflect")

    y = f(x)
    program = Program([x], [y, *grad((y * y).sum(), [x])])
    data = rng.standard_normal((5, 3, 2))
    whole = program.layout(0, data)
    for start in (0, 1, 5 - n):
        leaf = Tensor(data[start : start + n])
        y = f(leaf)
        wanted = [y, *grad((y * y).sum(), [leaf])]
        for a, b in zip(program.run(whole[start : start + n]), wanted, strict=True):
            close(a, b.value)


def test_float32_stays_float32():
    x = Tensor(np.ones((2, 2), np.float32))
    for y in (concatenate([x, x]), stack([x, x]), *(pad(x, [1], mode) for mode in MARGINS)):
        assert y.value.dtype == grad(y.sum(), [x])[0].value.dtype == np.float32


x, row = Tensor(np.ones((2, 3))), Tensor(np.ones(3))
MISTAKES = [
    (lambda: concatenate([]), ShapeError, "^concatenate: expected at least one part, got none"),
    (lambda: concatenate([x, row]), ShapeError, r"^concatenate: .* axis 0 alone.*\(2, 3\), \(3,\)"),
    (lambda: concatenate([x, x.T]), ShapeError, r"axis 0 alone, got \(2, 3\), \(3, 2\)"),
    (lambda: concatenate([x], axis=2), ShapeError, "-2 ≤ axis < 2, got 2"),
    (lambda: concatenate([Tensor(1.0)]), ShapeError, "axis"),
    (lambda: stack([]), ShapeError, "^stack: expected parts of one shape, got none"),
    (lambda: stack([x, row]), ShapeError, r"^stack: .* got \(2, 3\), \(3,\)"),
    (lambda: stack([row], axis=2), ShapeError, "-2 ≤ axis < 2, got 2"),
    (lambda: pad(x, [-1]), DomainError, r"^pad: expected widths ≥ 0, got \(-1,\)"),
    (lambda: pad(x, [4], "circular"), DomainError, r"^pad: .* at most \(3,\) in .*, got \(4,\)"),
    (
        lambda: pad(x, [1, 3], "reflect"),
        DomainError,
        r"at most \(1, 2\) in mode reflect, got \(1, 3\)",
    ),
    (lambda: pad(x, [1], "reflects"), UnknownNameError, "Did you mean reflect"),
]


@pytest.mark.parametrize(("wrong", "kind", "message"), MISTAKES)
def test_a_mistake_is_named(wrong, kind, message):
    with pytest.raises(kind, match=message):
        wrong()
