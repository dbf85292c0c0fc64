"""NumPy's functions on tensors: right values and gradients, or a refusal; never something else."""

import inspect
from functools import partial

import numpy as np
import pytest

from engine.reverse import gradcheck
from engine.tensor import Tensor
from engine.tracing import NUMPY_FUNCTIONS

A = np.random.default_rng(0).normal(1, 2, (2, 3))
B = np.random.default_rng(1).normal(0, 1, (2, 3))
V, W = A[0], B[1]

CALLS = {
    "sum": (partial(np.sum, axis=0), A),
    "sum of all": (np.sum, A),
    "mean": (partial(np.mean, axis=1, keepdims=True), A),
    "max": (partial(np.max, axis=-1), A),
    "amax": (np.amax, A),
    "min": (partial(np.min, axis=0), A),
    "var": (partial(np.var, axis=1, ddof=1), A),
    "std": (np.std, A),
    "dot of vectors": (np.dot, V, W),
    "dot of matrices": (lambda a, b: np.dot(a, b.T), A, B),
    "dot with a number": (np.dot, A, np.array(2.0)),
    "vdot": (np.vdot, A, B),
    "inner": (np.inner, A, B),
    "inner of vectors": (np.inner, V, W),
    "outer": (np.outer, V, W),
    "norm": (np.linalg.norm, V),
    "norm of a matrix": (np.linalg.norm, A),
    "norm of rows": (partial(np.linalg.norm, axis=1), A),
    "norm 1": (partial(np.linalg.norm, ord=1), V),
    "norm inf": (partial(np.linalg.norm, ord=np.inf), V),
    "where": (lambda a, b: np.where(a > b, a, b * b), A, B),
    "clip": (lambda a: np.clip(a, -0.5, 1.5), A),
    "clip by names": (lambda a: np.clip(a, a_min=-1, a_max=0.5), A),
    "clip by other names": (lambda a: np.clip(a, min=-1, max=0.5), A),
    "norm over two axes": (lambda a: np.linalg.norm(a, axis=(0, 1)), A),
    "clip from below": (lambda a: np.clip(a, 0.25, None), A),
    "stack": (lambda a, b: np.stack([a, b], axis=1), A, B),
    "concatenate": (lambda a, b: np.concatenate([a, b], axis=1), A, B),
    "concatenate flat": (lambda a, b: np.concatenate([a, b], axis=None), A, V),
    "reshape": (lambda a: np.reshape(a, (3, -1)), A),
    "ravel": (np.ravel, A),
    "transpose": (np.transpose, A),
    "transpose by axes": (lambda a: np.transpose(a, (1, 0)), A),
    "swapaxes": (lambda a: np.swapaxes(a, 0, -1), A),
    "moveaxis": (lambda a: np.moveaxis(a, 0, -1), A),
    "squeeze": (lambda a: np.squeeze(a[:, :1], axis=1), A),
    "expand_dims": (lambda a: np.expand_dims(a, (0, -1)), A),
    "broadcast_to": (lambda a: np.broadcast_to(a, (4, 2, 3)), A),
    "zeros_like": (lambda a: a * np.zeros_like(a), A),
    "ones_like": (lambda a: a * np.ones_like(a), A),
    "comparisons": (lambda a, b: a * (a >= b) + b * (a < b) * (a != b), A, B),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_function_gives_what_it_gives_for_arrays(name):
    f, *arrays = CALLS[name]
    result = f(*map(Tensor, arrays))
    np.testing.assert_allclose(result.value, f(*arrays), rtol=1e-14)
    assert result.shape == np.shape(f(*arrays))
    assert gradcheck(f, *arrays, rng=np.random.default_rng(0)).ok


def test_sizes_are_plain_numbers():
    x = Tensor(A)
    assert (np.shape(x), np.ndim(x), np.size(x)) == ((2, 3), 2, 6)


def other_functions():
    """Every function of NumPy's that asks its arguments what to do, and is not in the table."""
    for module in (np, np.linalg):
        for name, f in vars(module).items():
            asks = hasattr(f, "__wrapped__") or hasattr(f, "_implementation")
            if callable(f) and asks and not inspect.isclass(f) and f not in NUMPY_FUNCTIONS:
                yield f"{module.__name__}.{name}", f


def test_every_other_function_is_refused_in_a_sentence():
    """None computes with tensors as objects, or with their numbers behind the gradient's back."""
    others, x = dict(other_functions()), Tensor(np.eye(3))
    assert len(others) > 150
    silent, named = set(), set()
    for name, f in others.items():
        for arguments in ([x], [x, x], [x, 1], [[x, x]], [x, x, x]):
            try:
                f(*arguments)
                silent.add(name)
            except (TypeError, ValueError, AttributeError) as error:
                if "expected arrays, got a tensor. Compute it from" in str(error):
                    named.add(name)
    assert silent <= {"numpy.iscomplexobj", "numpy.isrealobj", "numpy.printoptions"}
    assert len(named) > 150


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda x: np.cumsum(x), "np.cumsum: expected arrays, got a tensor. Compute it from"),
        (lambda x: np.sum(x, dtype=int), "np.sum: expected fewer settings on tensors"),
        (lambda x: np.where(x), "np.where: .* both sides"),
        (lambda x: np.add(x, 1, out=np.zeros(3)), r"np.add: .* got \(out=…\)"),
        (lambda x: np.add.accumulate(x), r"np.add: .* got \.accumulate"),
        (lambda x: np.asarray(x), "Write x.value for its numbers"),
        (lambda x: np.array([x, x]), "Write x.value for its numbers"),
        (lambda x: np.linalg.norm(x, ord=3), "np.linalg.norm: expected ord among"),
        (lambda x: np.linalg.norm(x, ord="fro"), "np.linalg.norm: expected ord among"),
        (lambda x: np.linalg.norm(x.reshape(3, 1), ord=1), "np.linalg.norm: expected ord among"),
        (lambda x: np.linalg.norm(x.reshape(3, 1), 2, (0, 1)), "np.linalg.norm: expected ord"),
        (lambda x: np.transpose(x.reshape(3, 1), ()), "transpose: expected each of 2 axes once"),
        (lambda x: np.squeeze(x, axis=0), "np.squeeze: expected axes of length 1"),
        (lambda x: np.var(x, ddof=3), "np.var: expected more than 3 numbers, got 3"),
    ],
)
def test_what_has_no_meaning_is_refused(call, sentence):
    with pytest.raises((TypeError, ValueError), match=sentence):
        call(Tensor([1.0, 2.0, 3.0]))
