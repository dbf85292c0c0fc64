"""Tensors compute as NumPy's arrays do, and remember how."""

import operator
import pickle
from copy import copy, deepcopy

import numpy as np
import pytest

from engine.errors import DomainError, ShapeError, UnknownNameError
from engine.indexing import normal_axes
from engine.reverse import grad
from engine.tensor import OPS, Tensor, ancestors, apply, call

A = np.array([[1.5, 2.0], [0.5, 3.0]])
BINARY = [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow, operator.matmul]
UNARY = [
    operator.neg, abs, np.exp, np.log, np.sqrt, np.tanh, np.sign, np.expm1, lambda x: x.T,
    lambda x: x**2, lambda x: x[1, ::-1], lambda x: x[..., None, 0], lambda x: x.sum(),
    lambda x: x.sum(-1), lambda x: x.sum((0, 1), keepdims=True), lambda x: x.mean(0),
    lambda x: x.reshape((-1,)), lambda x: x.transpose((-1, 0)), lambda x: np.maximum(x, 1.0),
]  # fmt: skip


@pytest.mark.parametrize("f", BINARY)
@pytest.mark.parametrize("b", [A.T, A[0]])
def test_operators_are_those_of_arrays_on_either_side(f, b):
    for got in (f(Tensor(A), Tensor(b)), f(Tensor(A), b), f(A, Tensor(b))):
        assert isinstance(got, Tensor)
        np.testing.assert_array_equal(got.value, f(A, b))


@pytest.mark.parametrize("f", BINARY[:-1])
def test_numbers_stand_on_either_side(f):
    np.testing.assert_array_equal(f(Tensor(A), 3).value, f(A, 3))
    np.testing.assert_array_equal(f(3, Tensor(A)).value, f(3, A))


@pytest.mark.parametrize("f", UNARY)
def test_functions_and_methods_are_those_of_arrays(f):
    got, wanted = f(Tensor(A)).value, f(A)
    assert got.shape == np.shape(wanted)
    np.testing.assert_array_equal(got, wanted)


SHAPES = [((3,), (3,)), ((3,), (3, 2)), ((2, 3), (3,)), ((4, 2, 3), (3,)), ((3,), (4, 3, 2)),
          ((4, 2, 3), (3, 2)), ((2, 3), (4, 3, 1)), ((0, 3), (3, 2))]  # fmt: skip


@pytest.mark.parametrize(("a", "b"), SHAPES)
def test_the_product_is_that_of_numpy_for_all_shapes(a, b):
    a, b = np.arange(1.0, np.prod(a) + 1).reshape(a), np.arange(np.prod(b) * 1.0).reshape(b)
    np.testing.assert_allclose((Tensor(a) @ Tensor(b)).value, a @ b, rtol=1e-15)


def test_a_tensor_keeps_floats_as_they_are_and_the_array_itself():
    x = np.ones(3, np.float32)
    assert Tensor(x).value is x
    assert (Tensor(x) * 2 + np.ones(3)).value.dtype == np.float32
    assert Tensor([1, 2]).value.dtype == np.float64


def test_ancestors_come_oldest_first_and_once():
    x = Tensor(2.0)
    y = x * x
    z = y + x * y
    line = ancestors([z, y])
    assert [t.serial for t in line] == sorted({t.serial for t in line})
    assert all(line.index(parent) < line.index(t) for t in line for parent in t.inputs)


def test_numbers_go_in_and_come_out_of_a_call():
    assert isinstance(call(OPS["tanh"], 1), float)
    assert call(OPS["tanh"], 1) == np.tanh(1.0)
    assert isinstance(call(OPS["tanh"], Tensor(1.0)), Tensor)


def test_axes_are_counted_from_the_front():
    assert normal_axes((-1, 0), 3) == (0, 2)


x = Tensor(A, "x")
MISTAKES = [
    (lambda: x + np.ones(3), ShapeError, r"add: the shapes \(2, 2\) and \(3,\) do not fit"),
    (lambda: x @ np.ones(3), ShapeError, r"matmul: the shapes \(2, 2\) and \(3, 1\) do not fit"),
    (lambda: x @ 2, ShapeError, r"matmul: expected arrays, got shapes \(2, 2\) and \(\)"),
    (lambda: x.sum(2), ShapeError, "axis: expected -2 ≤ axis < 2, got 2"),
    (lambda: x.reshape((3,)), ShapeError, r"reshape: .*shape \(3,\) as in \(2, 2\)"),
    (lambda: x.broadcast_to((3, 2)), ShapeError, r"broadcast_to: the shape \(2, 2\) does not fit"),
    (
        lambda: x.transpose((0, 0)),
        ShapeError,
        r"transpose: expected each of 2 axes once, got \(0, 0\)",
    ),
    (lambda: x[[0, 1]], DomainError, r"Tensor: expected an index of integers .* got \[0, 1\]"),
    (lambda: x[True], DomainError, "got True"),
    (lambda: x[((0, 0),)], DomainError, r"an index of integers and slices, got \(0, 0\)"),
    (lambda: x[np.ones((2, 2), bool)], DomainError, "expected an index"),
    (lambda: np.arctan2(x, x), UnknownNameError, "tensors is called 'arctan2'. .* arctan"),
    (lambda: apply("ad", x, x), UnknownNameError, "Did you mean add"),
    (
        lambda: np.add.reduce(x),
        TypeError,
        r"np.add: expected a plain call on tensors, got \.reduce. Write x.sum",
    ),
]


@pytest.mark.parametrize(("mistake", "kind", "message"), MISTAKES)
def test_a_mistake_is_named(mistake, kind, message):
    with pytest.raises(kind, match=message):
        mistake()


@pytest.mark.parametrize("i", [np.int64(1), np.array(1), np.uint8(1)])
def test_whole_numbers_of_numpy_are_indices(i):
    assert x[i].attrs["index"] == 1
    assert x[i, i].item() == 3.0


def test_a_tensor_behaves_as_the_array_that_it_holds():
    v, one = Tensor([3.0, 4.0]), Tensor(2.0)
    assert (len(v), float(one), [float(x) for x in v], v.dtype) == (2, 2.0, [3.0, 4.0], np.float64)
    assert v.reshape(2, 1).shape == v.reshape((2, 1)).shape == v.reshape([2, -1]).shape == (2, 1)
    assert (v.max().item(), v.min().item()) == (4.0, 3.0)
    assert repr(v.named("v")) == "Tensor([3., 4.], name='v')"
    assert "op=add" in repr(v + 1)


def test_truth_and_equality_are_those_of_the_numbers():
    assert bool(Tensor(0.5))
    assert not bool(Tensor(0.0))
    assert bool(Tensor(2.0) == Tensor(2.0))
    assert not bool(Tensor(2.0) != 2)
    assert (Tensor([1.0, 3.0]) > 2).value.tolist() == [0.0, 1.0]
    assert len({Tensor(1.0), Tensor(1.0)}) == 2
    assert (Tensor(1.0) == None) is False  # noqa: E711 - what a careless test writes
    assert (Tensor(1.0) != "a") is True
    with pytest.raises(ShapeError, match=r"item: expected one number, got shape \(2,\)"):
        bool(Tensor([1.0, 2.0]))


def test_nothing_flows_back_through_a_detached_tensor():
    w = Tensor(3.0)
    assert grad(w * w.detach(), w).item() == 3.0


def test_equal_maxima_share_the_gradient():
    v = Tensor([[1.0, 5.0, 5.0], [2.0, 0.0, 2.0]])
    assert grad(v.max(axis=1).sum(), v).value.tolist() == [[0, 0.5, 0.5], [0.5, 0, 0.5]]


@pytest.mark.parametrize("value", [None, 1 + 2j, "2", [None, 1.0], [1j], {}, object()])
def test_what_is_not_a_real_number_is_refused(value):
    with pytest.raises(DomainError, match="Tensor: expected real numbers"):
        Tensor(value)
    with pytest.raises(DomainError, match="Tensor: expected real numbers"):
        Tensor(1.0) + value


def test_lengths_and_means_of_nothing_are_refused():
    with pytest.raises(ShapeError, match="len: expected a tensor with axes"):
        len(Tensor(1.0))
    with pytest.raises(ShapeError, match="mean: expected one or more numbers"):
        Tensor(np.zeros((0, 2))).mean()
    assert Tensor(np.zeros((2, 0))).mean(0).shape == (0,)
    with pytest.raises(ShapeError, match="rows of one length"):
        Tensor([[1.0], [1.0, 2.0]])


def test_a_copied_leaf_is_another_one_and_what_is_computed_is_not_copied():
    a = Tensor([1.0, 2.0], "a")
    for b in (copy(a), deepcopy(a), pickle.loads(pickle.dumps(a))):
        assert (b.value.tolist(), b.name) == ([1.0, 2.0], "a")
        assert b.value is not a.value
        assert grad((a * b).sum(), a).value.tolist() == [1.0, 2.0]
    for act in (copy, deepcopy, pickle.dumps):
        with pytest.raises(TypeError, match="expected a leaf to copy or to pickle"):
            act(a * 2)


@pytest.mark.parametrize("axes", [(0, 5), (0, 0), (1,), (-3, 0), (0, 1, 2)])
def test_a_transpose_names_every_axis_once(axes):
    with pytest.raises(ShapeError, match="transpose: expected each of 2 axes once"):
        Tensor(A).transpose(*axes)


@pytest.mark.parametrize("method", ["max", "min"])
def test_of_no_numbers_none_is_the_largest(method):
    with pytest.raises(ShapeError, match=f"{method}: expected one or more numbers"):
        getattr(Tensor([]), method)()


@pytest.mark.parametrize("name", ["softmax", "logsumexp"])
@pytest.mark.parametrize("x", [1.0, [[], []]])
def test_rows_hold_numbers(name, x):
    with pytest.raises(ShapeError, match=f"{name}: .*expected rows of one or more numbers"):
        apply(name, x)


def test_a_missing_derivative_names_the_function():
    x = Tensor(0.0)
    with pytest.raises(DomainError, match="derivative of sqrt: divide: expected"):
        grad(np.sqrt(x), x)


def test_other_precisions_become_double():
    assert Tensor(np.ones(2, np.float16)).dtype == Tensor(np.ones(2, np.longdouble)).dtype == float


def test_beside_nan_no_number_is_the_largest():
    x = Tensor([1.0, np.nan])
    assert np.isnan(x.max().item())
    assert grad(x.max(), x).value.tolist() == [0.0, 0.0]
