"""An embedding is a product with one-hot rows: values, gradients, compiled, and wrong ids."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from engine.assembly import concatenate
from engine.errors import DomainError, ShapeError
from engine.nn.embedding import embedding
from engine.program import Program
from engine.reverse import grad, gradcheck
from engine.tensor import Tensor
from tests.engine.eager import close
from tests.engine.memory import array_bytes

K, D = 4, 3


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def one_hot(ids):
    return np.eye(K)[ids.astype(int)]


@settings(max_examples=40, derandomize=True, deadline=None, database=None)
@given(shape=hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3), seed=st.integers(0))
def test_eager_and_compiled_it_is_the_product_with_one_hot_rows(shape, seed):
    rng = np.random.default_rng(seed)
    ids, table = Tensor(rng.integers(0, K, shape), "ids"), Tensor(rng.standard_normal((K, D)))
    R = rng.standard_normal((*shape, D))
    y = embedding(ids, table)
    (slope,) = grad((y * y * R).sum(), [table])
    program = Program([ids], [y, slope])
    for _ in range(2):
        drawn = rng.integers(0, K, shape).astype(float)
        hot = one_hot(drawn)
        wanted = hot @ table.value
        got = program(drawn)
        close(got[0], wanted)
        close(got[1], hot.reshape(-1, K).T @ (2 * R * wanted).reshape(-1, D))
    close(y.value, one_hot(ids.value) @ table.value)


def test_values_are_the_rows_to_the_last_digit(rng):
    table, ids = rng.standard_normal((K, D)), rng.integers(0, K, (2, 5))
    np.testing.assert_array_equal(embedding(Tensor(ids), Tensor(table)).value, table[ids])


def test_gradients_add_up_in_the_rows_that_were_asked_for():
    table = Tensor(np.zeros((K, 2)))
    y = embedding(Tensor([1, 3, 1, 1]), table)
    (slope,) = grad((y * np.array([[1.0], [10.0], [100.0], [1000.0]])).sum(), [table])
    np.testing.assert_array_equal(slope.value, [[0, 0], [1101, 1101], [0, 0], [10, 10]])


def test_gradients_agree_with_differences_up_to_the_second_order(rng):
    ids, R = Tensor([[0, 2], [2, 3]]), rng.standard_normal((2, 2, D))

    def f(table):
        return np.tanh(embedding(ids, table)) * R

    def slopes(table):
        (g,) = grad(f(table).sum(), [table])
        return g * g

    assert gradcheck(f, rng.standard_normal((K, D)), rng=rng).ok
    assert gradcheck(slopes, rng.standard_normal((K, D)), rng=rng).ok


def test_slices_of_data_laid_out_once_give_the_same(rng):
    table, n = Tensor(rng.standard_normal((K, D)), "table"), 3
    ids = Tensor(np.zeros((n, 2)), "ids")
    y = embedding(ids, table)
    program = Program([ids], [y, *grad((y * y).sum(), [table])])
    data = rng.integers(0, K, (7, 2)).astype(float)
    whole = program.layout(0, data)
    for start in (0, 1, 4):
        part = data[start : start + n]
        y, slope = program.run(whole[start : start + n])
        hot = one_hot(part)
        close(y, hot @ table.value)
        close(slope, 2 * np.einsum("ntk,ntd->kd", hot, hot @ table.value))


def test_a_gradient_may_be_a_part_of_something(rng):
    ids, table = Tensor([0.0, 2.0], "ids"), Tensor(rng.standard_normal((K, D)))
    (slope,) = grad((embedding(ids, table) ** 2).sum(), [table])
    whole = concatenate([slope, table], axis=1)
    close(Program([ids], [whole])([0.0, 2.0])[0], whole.value)


def test_a_compiled_step_allocates_nothing(rng):
    ids, table = Tensor(np.zeros((64, 8)), "ids"), Tensor(rng.standard_normal((50, 16)), "table")
    y = embedding(ids, table)
    slope = grad((y * y).sum(), [table])[0]
    program = Program([ids], updates=[(table, table - 0.001 * slope)])
    x = program.layout(0, rng.integers(0, 50, (64, 8)).astype(float))
    tracemalloc.start()
    held = []
    for _ in range(2):
        for _ in range(1000):
            program.run(x)
        held.append(array_bytes())
    tracemalloc.stop()
    assert held[1] == held[0]


def test_float32_stays_float32():
    table = Tensor(np.ones((K, D), np.float32))
    y = embedding(Tensor([1, 2]), table)
    slope = grad((y * y).sum(), [table])[0]
    assert {y.value.dtype, slope.value.dtype} == {np.dtype(np.float32)}


table = Tensor(np.ones((K, D)))
MISTAKES = [
    (lambda: embedding(Tensor([0, K]), table), DomainError, r"^embedding: .* 0 ≤ id < 4, got 4\."),
    (lambda: embedding(Tensor([[0], [-1]]), table), DomainError, r"got -1\."),
    (lambda: embedding(Tensor([1.5]), table), DomainError, r"got 1\.5\."),
    (lambda: embedding(Tensor(np.nan), table), DomainError, r"got nan\."),
    (lambda: embedding(Tensor(np.inf), table), DomainError, r"got inf\."),
    (lambda: embedding(Tensor([0]), table[0]), ShapeError, r"^embedding: .*\(K, D\).* got \(3,\)"),
    (lambda: embedding(Tensor([]), table[:0]), ShapeError, r"K ≥ 1, got \(0, 3\)"),
]


@pytest.mark.parametrize(("wrong", "kind", "message"), MISTAKES)
def test_a_mistake_is_named(wrong, kind, message):
    with pytest.raises(kind, match=message):
        wrong()
