"""Formulas say what the engine does: their numbers, computed as Python, give the value."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.activations import activation, softmax
from engine.errors import DomainError
from engine.explain import explain, name_tensors, numbers
from engine.reverse import grad
from engine.tensor import OPS, Op, Tensor, ancestors, apply
from tests.engine.test_explain.evaluation import computed, computed_line, evaluated, some_index
from tutor.pictures.formula.latex import parse


def x23():
    return Tensor([[1.0, -2.0, 3.0], [0.5, 0.25, -0.125]], "x")


def said(tensor, *index):
    """The right side of the formula, in letters and in numbers."""
    found = explain(tensor, index)
    name, _, formula = found.formula.partition(" = ")
    assert name == found.name
    return formula, found.numbers


def test_a_weighted_sum_in_letters_and_in_numbers():
    x = Tensor([[0.05, 0.1, 1.0]], "x")
    W = Tensor([[0.15, 0.25], [0.2, 0.3], [0.35, 0.35]], "W")
    found = explain((x @ W).named("z"), (0, 1))
    assert found.formula == "z[0, 1] = Σₖ x[0, k]·W[k, 1]"
    assert found.numbers == "0.05·0.25 + 0.1·0.3 + 1·0.35"
    assert (found.operation, found.shape, found.index) == ("matmul", (1, 2), (0, 1))
    assert found.value == pytest.approx(0.3925)
    assert [(e.name, e.value) for e in found.inputs[:2]] == [("x[0, 0]", 0.05), ("W[0, 1]", 0.25)]


def test_a_batched_product_repeats_the_factor_that_has_one_batch():
    a, b = Tensor(np.ones((4, 1, 2)), "a"), Tensor(np.full((1, 2, 3), 2.0), "b")
    assert said(a @ b, 3, 0, 2) == ("Σₖ a[3, 0, k]·b[0, k, 2]", "1·2 + 1·2")


ROWS = [
    (activation("sigmoid"), (0, 1), "σ(x[0, 1])", "σ(-2)"),
    (lambda x: np.log1p(Tensor(0.5, "x")), (), "ln(1 + x)", "ln(1 + 0.5)"),
    (lambda x: apply("relu", x), (0, 1), "max(0, x[0, 1])", "max(0, -2)"),
    (lambda x: apply("softplus", x), (0, 1), "ln(1 + e^x[0, 1])", "ln(1 + e^(-2))"),
    (lambda x: x**2, (0, 1), "x[0, 1]²", "(-2)²"),
    (abs, (0, 1), "|x[0, 1]|", "|-2|"),
    (lambda x: -0.5 - x, (0, 1), "(-0.5) − x[0, 1]", "(-0.5) − (-2)"),
    (lambda x: np.maximum(x, x[1]), (0, 0), "max(x[0, 0], t1[0])", "max(1, 0.5)"),
    (lambda x: x.sum(0), (1,), "Σᵢ x[i, 1]", "(-2) + 0.25"),
    (lambda x: x.sum(1, keepdims=True), (0, 0), "Σᵢ x[0, i]", "1 + (-2) + 3"),
    (lambda x: x.sum(), (), "Σᵢⱼ x[i, j]", "1 + (-2) + 3 + 0.5 + 0.25 + (-0.125)"),
    (softmax, (0, 1), "e^x[0, 1]/Σₖ e^x[0, k]", "e^(-2)/(e^1 + e^(-2) + e^3)"),
    (lambda x: apply("logsumexp", x), (1, 0), "ln Σₖ e^x[1, k]", "ln(e^0.5 + e^0.25 + e^(-0.125))"),
    (lambda x: x.T, (2, 0), "x[0, 2]", "3"),
    (lambda x: x[::-1, 1:], (0, 1), "x[1, 2]", "(-0.125)"),
    (lambda x: apply("append_ones", x), (1, 3), "1", "1"),
    (lambda x: apply("concat_flat", x[0], x), (4,), "x[0, 1]", "(-2)"),
    (lambda x: apply("gather", x, [[1.0, 0.0]]), (0, 0, 2), "x[1, 2]", "(-0.125)"),
    (lambda x: apply("scatter_add", x, [1.0, 1.0], shape=(2, 3)), (1, 0), "x[0, 0] + x[1, 0]",
     "1 + 0.5"),
    (lambda x: apply("scatter_add", x, [1.0, 1.0], shape=(2, 3)), (0, 0), "0", "0"),
    (lambda x: apply("max_pool", x, kernel=(2,), stride=(1,)), (0, 1), "max(x[0, 1], x[0, 2])",
     "max(-2, 3)"),
]  # fmt: skip


@pytest.mark.parametrize(("f", "index", "letters", "numbers"), ROWS)
def test_mathematical_notation(f, index, letters, numbers):
    assert said(f(x23()), *index) == (letters, numbers)


def test_equal_rows_of_a_table_are_told_apart():
    table = Tensor(np.zeros((3, 2)), "table")
    assert said(apply("gather", table, [1.0, 0.0]), 0, 1) == ("table[1, 1]", "0")


def test_a_convolution_is_a_sum_of_products():
    x = Tensor(np.arange(1.0, 6.0).reshape(5, 1, 1), "x")
    w = Tensor(np.array([[[3.0]], [[-1.0]]]).reshape(1, 2, 1), "w")
    y = apply("conv1d", x, w, stride=1, dilation=1)
    letters, numbers = said(y, 2, *(0,) * (y.ndim - 1))
    assert letters == "x[2, 0, 0]·w[0, 0, 0] + x[3, 0, 0]·w[0, 1, 0]"
    assert numbers == "3·3 + 4·(-1)"


@pytest.mark.parametrize("name", OPS)
@settings(max_examples=25, derandomize=True, deadline=None, database=None)
@given(data=st.data())
def test_what_every_primitive_is_said_to_compute_is_its_value(name, data):
    _, y = data.draw(computed(name))
    assume(y.size)
    found = explain(y, some_index(data.draw, y))
    assert found.operation == name
    assert len({e.key for e in found.inputs}) == len(found.inputs)
    line = found.line.partition(" = ")[2]
    assert computed_line(line, y) == pytest.approx(found.value, rel=1e-12, abs=1e-12)
    if "…" not in found.numbers:
        assert evaluated(found.numbers) == pytest.approx(found.value, rel=2e-3, abs=1e-6)
    parse(found.latex)
    text = found.formula.partition(" = ")[2]
    for e in sorted(found.inputs, key=lambda e: -len(e.name)):
        text = text.replace(e.name, "7.25")
    if "Σ" not in text:  # letters and numbers have the same structure
        assert text == numbers(found.expression, lambda _: 7.25)


def test_a_long_sum_shows_its_ends_and_how_many_are_between():
    x = Tensor(np.arange(1.0, 785.0), "x")
    found = explain(x.sum())
    assert found.numbers == "1 + 2 + 3 + …780 more… + 784"
    assert len(found.inputs) == 784


def test_a_sum_over_more_axes_than_there_are_letters_is_its_terms():
    x = Tensor(np.array([2.0, 5.0]).reshape((1,) * 8 + (2,)), "x")
    zeros = ", ".join("0" * 8)
    assert said(x.sum()) == (f"x[{zeros}, 0] + x[{zeros}, 1]", "2 + 5")
    found = explain(x[..., 0].sum())
    assert found.formula.endswith("= Σᵢⱼₖₗₘₙₒₚ t1[i, j, k, l, m, n, o, p]")


@pytest.fixture
def swirl(monkeypatch):
    """A primitive that nobody has written about: it multiplies neighbours in a row."""
    op = Op(
        "swirl",
        lambda x: x * np.roll(x, 1, -1),
        (lambda g, y, x: g * Tensor(np.roll(x.value, 1, -1)) + Tensor(np.roll(g.value * x.value,
                                                                             -1, -1)),),
        "rowwise",
    )  # fmt: skip
    monkeypatch.setitem(OPS, "swirl", op)


@pytest.mark.usefixtures("swirl")
def test_a_primitive_without_a_writer_is_a_function_of_what_it_depends_on():
    assert said(apply("swirl", x23()), 0, 1) == ("swirl(x[0, 0], x[0, 1])", "swirl(1, -2)")
    twos = Tensor([2.0, 2.0], "x")  # 2·2 is not meant as 2 + 2
    assert said(apply("swirl", twos), 1) == ("swirl(x[0], x[1])", "swirl(2, 2)")


@pytest.mark.usefixtures("swirl")
def test_a_primitive_without_a_writer_and_without_slope_is_named_all_the_same():
    x = Tensor(np.zeros((2, 2)), "x")
    y = apply("swirl", x)
    y.value[...] = 7.0
    assert said(y, 0, 1) == ("swirl(x)", "swirl(…)")


def test_tensors_without_a_name_are_counted_within_the_graph():
    x, t1 = Tensor(2.0, "x"), Tensor(1.0, "t1")
    y = (x * t1 + 3) * np.exp(x * t1).named("x")
    names = name_tensors([y])
    assert list(names.values()) == ["x", "t1", "t2", "t3", "t4", "x_2", "t5"]
    assert list(name_tensors([y]).values()) == list(names.values())
    inner = y.inputs[0]
    assert explain(inner, names=names).formula == "t3 = t2 + 3"
    assert explain(y, names=names).formula == "t5 = t3·x_2"


def test_leaves_and_constants_are_the_end_of_the_walk():
    x = Tensor([2.0, -3.0], "x")
    found = explain(x, (-1,))
    assert (found.operation, found.formula, found.numbers) == ("leaf", "x[1]", "(-3)")
    assert (found.index, found.inputs) == ((1,), ())
    y = x * 2
    assert [e.name for e in explain(y, (0,)).inputs] == ["x[0]"]
    assert explain(y.inputs[1]).operation == "constant"


def test_walking_on_reaches_every_number_that_the_value_was_made_from():
    x, w = Tensor([[0.5, 2.0]], "x"), Tensor([[1.0], [-1.0]], "w")
    y = (np.tanh(x @ w) ** 2).sum()
    stack, seen = [(y, ())], set()
    while stack:
        tensor, index = stack.pop()
        for e in explain(tensor, index, name_tensors([y])).inputs:
            seen.add(e.name)
            stack.append((e.tensor, e.index))
    assert {"x[0, 0]", "x[0, 1]", "w[0, 0]", "w[1, 0]"} <= seen


def test_gradients_are_graph_and_so_are_explained_alike():
    x = Tensor(3.0, "x")
    (g,) = grad((x * x).named("y"), [x])
    for node in ancestors([g]):
        assert explain(node, names=name_tensors([g])).formula


def test_a_number_in_another_precision_is_still_a_number():
    x = Tensor(np.array([1.5], np.float32), "x")
    assert said(x * 2, 0) == ("x[0]·2", "1.5·2")


def test_a_deep_graph_is_no_trouble():
    x = y = Tensor(1.0, "x")
    for _ in range(3000):
        y = y + x
    assert explain(y).formula == "t3000 = t2999 + x"


@pytest.mark.parametrize("index", [(), (0,), (2, 0), (0, -4), (0, 0, 0)])
def test_an_index_that_is_no_element_is_refused(index):
    with pytest.raises(DomainError, match=r"explain: expected one integer for each axis"):
        explain(x23(), index)
