"""Programs made to catch a compiler out: aliases, late twins, odd leaves, odd names."""

import gc
import linecache
from copy import deepcopy
from functools import partial
from traceback import format_exception

import numpy as np
import pytest

from engine.assembly import concatenate, stack
from engine.errors import DomainError, ShapeError
from engine.program import Program
from engine.reverse import grad
from engine.tensor import Op, Tensor, apply
from tests.engine.eager import agree, close

TRAPS = {}


def trap(make):
    TRAPS[make.__name__] = make
    return make


def leaf(*shape, name=""):
    return Tensor(np.random.default_rng(len(shape)).standard_normal(shape), name)


def constant(value):
    x = Tensor(value)
    x.is_constant = True
    return x


@trap
def state_read_after_its_new_value_was_computed():
    w, b = leaf(3), leaf(3)
    new = w * 2
    return [], [], [(w, new), (b, b + w)]


@trap
def new_value_read_by_another_state():
    w, b = leaf(3), leaf(3)
    new = w * 2
    return [], [new.sum()], [(w, new), (b, b + new)]


@trap
def states_swapped():
    a, b, c = leaf(3), leaf(3), leaf(3)
    return [], [], [(a, b), (b, c), (c, a)]


@trap
def states_swapped_through_views():
    a, b = leaf(3, 2), leaf(2, 3)
    return [], [], [(b, a.T), (a, b.T)]


@trap
def old_state_kept_after_it_changed():
    w, old = leaf(3), leaf(3)
    return [], [], [(w, np.tanh(w)), (old, w[::-1])]


@trap
def state_meets_its_own_view():
    w, a = leaf(3, 3), leaf(4)
    return [], [], [(w, w + w.T), (a, a - a[::-1])]


@trap
def state_turned_over():
    w, a = leaf(3, 3), leaf(4)
    return [], [], [(w, w.T), (a, a[::-1])]


@trap
def state_used_through_a_view_later():
    w, x = leaf(4), leaf(2)
    new = w - 1
    return [x], [x * w[:2].reshape((2,))], [(w, new)]


@trap
def output_is_the_old_state():
    w, t = leaf(3, 2), leaf()
    return [], [w, w.T, w[0], t], [(w, w * 2), (t, t + 1)]


@trap
def output_is_the_new_state():
    w = leaf(3, 2)
    new = w * 2
    return [], [new, new.T, new], [(w, new)]


@trap
def output_and_state_are_the_input():
    x, w, v = leaf(3, 2), leaf(3, 2), leaf(3, 3)
    ones = apply("append_ones", x)
    return [x], [x, x.T, ones @ v], [(w, x)]


@trap
def input_goes_out_and_into_a_product():
    x, v = leaf(3, 2), leaf(3, 3)
    return [x], [apply("append_ones", x) @ v, x], []


@trap
def input_goes_into_a_state_and_a_product():
    x, w, v = leaf(3, 2), leaf(3, 2), leaf(3, 3)
    return [x], [apply("append_ones", x) @ v], [(w, x)]


@trap
def input_is_wanted_only_with_its_ones():
    x, y = leaf(3, 2), leaf(2)
    return [x, y], [apply("append_ones", x), apply("append_ones", y) * 2], []


@trap
def outputs_are_constants():
    c = constant(np.full((2, 3), 0.3))
    return [], [c, c * 2, constant(1.0), constant([1.0, 2.0]), c.sum(), c.T], []


@trap
def state_becomes_a_constant():
    w, t, u = leaf(2, 3), leaf(), leaf(2)
    return [], [], [(w, w * 0 + constant(np.full((2, 3), 0.3))), (t, constant(-2.0)),
                    (u, constant([1.0, np.inf]))]  # fmt: skip


@trap
def two_states_get_the_same_value():
    a, b, c = leaf(3), leaf(3), leaf(3)
    new = np.sin(a + b)
    return [], [], [(a, new), (b, new), (c, new[::-1])]


@trap
def state_is_written_and_never_read():
    x, a, b, t = leaf(3), leaf(3), leaf(3), leaf()
    return [x], [], [(a, x * 2), (b, x), (t, x.sum())]


@trap
def number_taken_from_a_state_that_changes():
    w, t = leaf(3), leaf()
    first, number, new = w[..., 0], t[...], w * 3
    return [], [first * 2, number + 1], [(w, new), (t, t * 3)]


@trap
def reshape_that_cannot_be_a_view():
    w, b, x = leaf(3, 2), leaf(3), leaf(3, 2)
    flat, wide = w.T.reshape((6,)), b.broadcast_to((2, 3)).reshape((6,))
    packed = apply("concat_flat", w * 2, b).sum() + apply("concat_flat", w * 3)[:6].reshape(
        (2, 3)
    ).T.reshape((6,))
    return [x], [flat, wide, packed, x.reshape((2, 3)), (x * 2).reshape((6,))], [(w, w + x)]


@trap
def join_of_all_sorts():
    x, w, t = leaf(2, 2), leaf(2), leaf()
    return [x], [apply("concat_flat", np.sin(w), x, constant([[1.0], [1.0]]), t * 2, t, w, x.T)], []


@trap
def parameters_that_get_no_or_a_simple_gradient():
    w, v, u, x = leaf(2), leaf(3), leaf(2), leaf(2)
    y = (w * x).sum() + v.sum()
    return [x], [apply("concat_flat", *grad(y, [w, v, u]))], []


@trap
def rowwise_of_constants():
    c = constant(np.zeros((2, 3)))
    return [], [apply(op, c) for op in ("softmax", "logsumexp", "append_ones")], []


@trap
def constants_beyond_all_numbers():
    t, w = leaf(), leaf(2)
    return [], [np.minimum(t, np.inf), w - np.inf, w + np.full(2, -np.inf), t + np.nan], []


@trap
def constants_of_similar_looks():
    w = leaf(2)
    full = (constant(np.full((2, 2), 3.0)) @ w).sum() + constant(np.full(2, 3.0)) @ w
    return [], [full, w * 3.2, w * 3.2000001, w * 1e-8, w * -1.0], []


@trap
def twins_of_other_shapes():
    a, b = leaf(1), leaf(1)
    return [], [a.broadcast_to((3,)) * b.broadcast_to((3,)), a * b], []


@trap
def a_twin_that_came_first_but_is_lowered_last():
    a, b, w = leaf(2), leaf(2), leaf(2)
    first = np.sin(a + b)
    second = a + b
    return [], [second * 2], [(w, first)]


@trap
def factors_that_may_be_merged():
    x, y = leaf(3), leaf(1)
    x0, lr = x[0], leaf(name="lr")
    sums = [x / 3 - y / 3, x * 0.5 + y * 0.5, -2 * x + 2 * y, 0 * x + 0 * y, 2 * (x - 3 * y)]
    products = [2 * (3 * x), (2 * x) * (3 * y), 1 * x, lr * (x0 * x), (x * lr) * lr, lr * (lr * y)]
    quotients = [x / x0, y / lr, x0 / lr, lr * (x / (1 - x0)), x + 0, 0 - x]
    return [x], [*sums, *products, *quotients], [(lr, lr * 0.9)]


@trap
def product_with_a_column_that_nobody_reads():
    x, w, u = leaf(4, 2), leaf(3, 3), leaf(4, 3)
    g = (u @ w.T)[..., :-1]
    return [x], [g, (u @ w)[..., :-1], (u @ w), (x @ u.T[:2, :3])[..., :-1]], [(w, w * 2)]


@trap
def state_read_through_a_view_by_a_kernel_that_fills_it_twice():
    w, c, b = leaf(4), leaf(4), Tensor(np.arange(4.0))
    return [], [], [(w, apply("where", c, w[::-1], b))]


@trap
def one_new_value_for_two_states():
    a, b = leaf(3), leaf(3)
    new = np.sin(a + b)
    return [], [new.sum()], [(a, new), (b, new)]


@trap
def factors_that_bring_the_shape():
    c, a, b = constant(np.full(3, 2.0)), leaf(), leaf()
    half = constant(np.full((2, 3), 0.5))
    return [], [c * a + c * b, c * a - c * b, 4 * (half * a), (half * leaf(3)) * 2], []


@trap
def sums_of_one_shape_over_different_axes():
    x = leaf(3, 3)
    return [], [x.sum(0), x.sum(1), x.max(0), x.max(1), x.T, x.transpose(0, 1) * 1], []


@trap
def repeated_where_nothing_else_has_the_shape():
    a, b = leaf(1), leaf(1)
    return [], [np.sin(a.broadcast_to(3)), a.broadcast_to(2, 3) + b, a.broadcast_to(3) * 2], []


@trap
def a_reshape_that_moves_numbers_as_a_part_of_a_pack():
    u, w = leaf(2, 3, name="u"), leaf(2, 3, name="w")
    moved, wide = u.reshape(3, 2), np.tanh(w).T.reshape(2, 3)
    packs = [concatenate([moved, Tensor(np.ones((3, 2)))], axis=1), stack([moved, moved * 2], 1)]
    packs += [apply("append_ones", moved), concatenate([wide, Tensor(np.ones((2, 3)))], 1)]
    return [u], [*packs, *grad((apply("append_ones", moved) @ leaf(3, 2)).sum(), [u])], []


@trap
def numbers_of_a_scalar_kernel():
    x, s = leaf(3, name="x"), leaf(name="s")
    y = np.maximum(x.sum(), 0.0) + np.minimum(s, 0.5)
    more = apply("where", s > 0, 0.0, 1.0) + apply("multiply_no_nan", 0.5, s)
    return [x], [y, *grad(y, [x, s]), more, *grad(s ** constant(3.0), [s])], []


@trap
def a_single_number_looked_at_again():
    s = leaf(name="s")
    return [s], [grad(s[()], s), grad((s[...] * s), s)], []


@trap
def a_window_of_one_number_is_not_written_over():
    A = leaf(2, 3, name="A")
    seen = apply("unfold", np.tanh(A), kernel=(1,), stride=(1,), dilation=(1,))
    return [A], [np.sin(seen)], []


@trap
def constants_at_the_end_of_numbers():
    x, y = leaf(3), leaf(3)
    none = constant(np.full((0, 3), np.inf))
    return [], [x / 1e-310, x * np.inf + y * np.inf, none.sum(0)], []


@pytest.mark.parametrize("make", TRAPS.values(), ids=TRAPS)
def test_program_agrees_with_its_tensors(make):
    inputs, outputs, updates = make()
    agree(inputs, outputs, updates)
    if updates:
        inputs, outputs, updates = make()
        agree(inputs, outputs, updates[::-1])


NAMES = ["add", "lambda", "h 1", "λ", "x²", "1st", "T", "xT", "x", "one", "s", "s_", "t", "float64",
         "build", "step", "copyto", "", "g", "inf", "∂w", "reshape", "c0_3"]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_any_name_will_do(name):
    x, W, xT, t = leaf(2, 3, name="x"), leaf(3, 2, name=name), leaf(2, name="xT"), leaf(name=name)
    y = np.tanh(x @ W).named(name) * (t + 1) * 0.3 + 1 + xT
    agree([x], [y, W.T, x.T @ y.named("x")], [(W, W * t), (t, t * 0.5)])


def test_own_outputs_and_states_may_be_handed_in():
    x, w = leaf(2, 3, name="x"), leaf(2, 3, name="w")
    step = Program([x], [np.sin(x) * x[::-1] + np.cos(x)], [(w, w + x)])
    start = w.value.copy()
    (once,) = step(x.value)
    wanted = step(once.copy())[0].copy()
    (once,) = step(x.value)
    close(step(once)[0], wanted)
    w.value[...] = start
    step(w.value)
    close(w.value, 2 * start)


def test_whole_numbers_and_lists_are_numbers():
    x = leaf(2, 2)
    (y,) = Program([x], [apply("append_ones", x) @ np.ones((3, 2))])([[1, 2], [3, 4]])
    assert y.tolist() == [[4, 4], [8, 8]]


@pytest.mark.parametrize("arrays", [(), (np.ones(3),), (np.ones(2), np.ones(2))])
def test_wrong_arrays_are_refused_by_name(arrays):
    x = leaf(2, name="x")
    with pytest.raises(ShapeError, match=r"Program: expected x \(2,\), got"):
        Program([x], [x * 2])(*arrays)


def test_an_update_keeps_the_shape_of_its_state():
    w = leaf(2, name="w")
    with pytest.raises(ShapeError, match=r"Program: expected the new w .* \(2,\), got \(\)\."):
        Program([], updates=[(w, w.sum())])


def test_a_state_is_a_leaf_of_its_own_and_updated_once():
    w, x = Tensor([1.0, 2.0], "w"), Tensor([1.0, 1.0], "x")
    for updates in ([(w * 2, w)], [(x, w)], [(w, w + x), (w, w - x)]):
        with pytest.raises(DomainError, match="updated once"):
            Program([x], updates=updates)


def test_outputs_are_the_callers_own_unless_shared_ones_are_asked_for():
    x = leaf(2, name="x")
    double = Program([x], [x * 2])
    (first,), (second,) = double([1.0, 2.0]), double([3.0, 4.0])
    assert (first.tolist(), second.tolist()) == ([2.0, 4.0], [6.0, 8.0])
    shared = Program([x], [x * 2], reuse_outputs=True)
    (first,), (second,) = shared([1.0, 2.0]), shared([3.0, 4.0])
    assert first is second


def test_a_traceback_shows_the_generated_line():
    x = leaf(2, name="x")
    step = Program([x], [np.exp(x) * x])
    with pytest.raises(ValueError, match="broadcast") as caught:
        step.run(np.ones(3))
    assert "exp(x, out=" in "".join(format_exception(caught.value))
    name = step.run.__code__.co_filename
    assert name in linecache.cache
    del step, caught
    gc.collect()
    assert name not in linecache.cache


@pytest.mark.parametrize("value", [lambda x: x**3, lambda x, out=None: np.power(x, 3, out=out)])
def test_a_primitive_of_any_function_compiles(value):
    cube = Op("exp", value, (lambda g, y, x: g * 3 * x**2,))  # a name that is taken
    x, t = leaf(3, name="x"), leaf(name="exp")
    y = np.exp(cube(x)) + cube(t)
    program = Program([x], [y, *grad(y.sum(), [x])])
    for got, wanted in zip(program(x.value), [y, *grad(y.sum(), [x])], strict=True):
        np.testing.assert_allclose(got, wanted.value, rtol=1e-15)


def test_a_shared_output_is_not_the_state_that_it_becomes():
    w = Tensor([1.0, 2.0], "w")
    new = w * 2
    (output,) = Program([], [new], [(w, new)], reuse_outputs=True)()
    assert output is not w.value
    assert output.tolist() == w.value.tolist() == [2.0, 4.0]


def test_an_input_is_a_leaf_given_once():
    x = leaf(2, name="x")
    for inputs in ([x, x], [x * 2]):
        with pytest.raises(DomainError, match="expected every input to be a leaf, given once"):
            Program(inputs, [x + 1])


def one_name(x, out=None):
    return np.multiply(x, 100.0, out=out)


one_name.__name__ = "sigmoid"


@pytest.mark.parametrize("value", [one_name, partial(np.multiply, 100.0)])
def test_two_functions_of_one_name_stay_two(value):
    other = Op("other", value, (lambda g, y, x: g * 100,))
    x = leaf(2, name="x")
    y = apply("sigmoid", x) + other(x)
    np.testing.assert_array_equal(Program([x], [y])(x.value)[0], y.value)


def test_precisions_meet_as_they_do_eagerly():
    x = Tensor(np.ones(2, np.float32), "x")
    y = Tensor(np.ones(2))
    results = [x * constant(np.ones(2)), x + constant(np.zeros(2)), stack([x, y])]
    for got, wanted in zip(Program([x], results)(x.value), results, strict=True):
        assert (got.dtype, wanted.dtype) == (np.float64, np.float64)
        np.testing.assert_array_equal(got, wanted.value)


def test_a_compiled_step_is_not_copied():
    x = leaf(2, name="x")
    with pytest.raises(TypeError, match="Program: expected no copy of a compiled step"):
        deepcopy(Program([x], [x * 2]))


@pytest.mark.parametrize("value", [None, 1j, "1.5", [[1.0], [1.0, 2.0]]])
def test_what_is_not_real_is_refused(value):
    x = leaf(name="x")
    with pytest.raises((DomainError, ShapeError), match="expected"):
        Program([x], [x * 2])(value)


def test_states_that_overlap_are_refused():
    a = np.arange(4.0)
    w, v = Tensor(a[:3], "w"), Tensor(a[1:], "v")
    with pytest.raises(DomainError, match="states with memory of their own, got w and v"):
        Program([], updates=[(w, w + v), (v, v * 2)])
    even, odd = Tensor(a[::2]), Tensor(a[1::2])
    Program([], updates=[(even, even + odd), (odd, odd * 2)])()
    assert a.tolist() == [1.0, 2.0, 5.0, 6.0]
