"""The chain rule, reader by reader, adds up to what reverse mode finds."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.activations import softmax
from engine.errors import DomainError, ShapeError
from engine.explain import explain, explain_gradient, name_tensors, one_line
from engine.losses import cross_entropy
from engine.nn.dense import dense
from engine.reverse import grad
from engine.tensor import OPS, Op, Tensor, ancestors, apply
from tests.engine.test_explain.evaluation import computed, computed_line, evaluated, some_index
from tutor.pictures.formula.latex import parse


def parts(found):
    return [(t.reader.name, t.rule, t.rule_numbers) for t in found.terms]


def test_two_readers_give_two_terms():
    x, w = Tensor([3.0, 1.0], "x"), Tensor(2.0, "w")
    z, u = (w * x).named("z"), np.tanh(x).named("u")
    y = ((z * z).named("s").sum().named("a") + (5 * u[0]).named("b")).named("y")
    found = explain_gradient(y, x, (0,))
    assert found.name == "∂y/∂x[0]"
    assert found.formula == (
        "∂y/∂x[0] = ∂y/∂z[0]·∂z[0]/∂x[0] + ∂y/∂u[0]·∂u[0]/∂x[0]")  # fmt: skip
    assert found.numbers == "12·2 + 5·0.009866"
    assert found.value == pytest.approx(24 + 5 * (1 - np.tanh(3) ** 2))
    assert parts(found) == [
        ("z[0]", "w", "2"), ("u[0]", "1 − u[0]·u[0]", "1 − 0.9951·0.9951"),
    ]  # fmt: skip
    assert [t.product for t in found.terms] == [t.cotangent * t.derivative for t in found.terms]


def test_the_slope_of_a_weight_is_what_came_in_times_what_comes_back():
    x = Tensor([[0.5, 0.0], [2.0, 1.0]], "x")
    W = Tensor([[1.0, -1.0], [0.5, 0.25]], "W")
    z = (x @ W).named("z")
    E = cross_entropy(z, Tensor([[1.0, 0.0], [0.0, 1.0]], "t"))
    found = explain_gradient(E, W, (1, 0))
    assert parts(found) == [("z[0, 0]", "x[0, 1]", "0"), ("z[1, 0]", "x[1, 1]", "1")]
    found = explain_gradient(E, x, (1, 0))
    assert parts(found) == [("z[1, 0]", "W[0, 0]", "1"), ("z[1, 1]", "W[0, 1]", "(-1)")]


def test_softmax_passes_every_score_to_every_chance():
    z = Tensor([[1.0, 2.0, 3.0]], "z")
    p = softmax(z).named("p")
    y = (-np.log(p[0, 2])).named("y")
    found = explain_gradient(y, z, (0, 2))
    assert [t.rule for t in found.terms] == [
        "−p[0, 0]·p[0, 2]", "−p[0, 1]·p[0, 2]", "p[0, 2]·(1 − p[0, 2])"]  # fmt: skip
    assert found.value == pytest.approx(p.value[0, 2] - 1)


def test_the_slope_of_logsumexp_is_softmax():
    z = Tensor([[1.0, 2.0]], "z")
    s = apply("logsumexp", z).named("s")
    (term,) = explain_gradient(s.sum(), z, (0, 1)).terms
    assert (term.rule, term.rule_numbers) == ("e^(z[0, 1] − s[0, 0])", "e^(2 − 2.313)")
    assert term.derivative == softmax(z).value[0, 1]


def test_a_dead_unit_is_a_term_with_slope_0():
    x = Tensor([-1.0, 2.0], "x")
    found = explain_gradient((3 * apply("relu", x).named("h")).sum(), x, (0,))
    assert [(t.cotangent, t.derivative, t.rule) for t in found.terms] == [
        (3.0, 0.0, "1 if x[0] > 0 else 0")
    ]


def test_a_number_that_is_read_twice_by_one_reader_is_one_term():
    x = Tensor(3.0, "x")
    (term,) = explain_gradient((x * x).named("y"), x).terms
    assert (term.derivative, term.rule_numbers) == (6.0, "3 + 3")


def test_a_factor_with_several_indices_wants_no_brackets():
    x, W = Tensor([[1.0, 2.0]], "x"), Tensor([[3.0], [-1.0]], "W")
    y = (x @ W).named("z").sum().named("y")
    found = explain_gradient(y, W, (1, 0))
    assert found.formula == "∂y/∂W[1, 0] = ∂y/∂z[0, 0]·∂z[0, 0]/∂W[1, 0]"
    assert found.numbers == "1·2"
    parse(found.latex)


def test_of_a_row_the_derivative_is_read_off_its_vjp_or_taken_as_the_row_writes_it(monkeypatch):
    row = {"notation": lambda x: x**3, "kind": "elementwise"}
    vjps = (lambda g, y, x: 3 * g * x * x,)
    x = Tensor([2.0], "x")
    for derivative, rule in ((None, "3·x[0]·x[0]"), (lambda i, y, x: 3 * x**2, "3·x[0]²")):
        cube = Op("cube", lambda x: x**3, vjps, derivative=derivative, **row)
        monkeypatch.setitem(OPS, "cube", cube)
        y = apply("cube", x).named("y")
        (term,) = explain_gradient(y.sum(), x, (0,)).terms
        assert (term.rule, term.derivative) == (rule, 12.0)
        assert explain(y, (0,)).formula == "y[0] = x[0]^3"


def test_what_a_vjp_makes_up_is_said_to_be_unreadable(monkeypatch):
    odd = Op("odd", np.sin, (lambda g, y, x: g * Tensor(np.cos(x.value)),))
    monkeypatch.setitem(OPS, "odd", odd)
    x = Tensor([0.0, 1.0], "x")
    (term,) = explain_gradient(apply("odd", x).sum(), x, (0,)).terms
    assert (term.derivative, term.expression, term.rule, term.rule_numbers) == (1.0, None, "", "")


def test_a_product_of_a_matrix_with_itself_has_both_derivatives():
    x = Tensor([[1.0, 2.0], [3.0, 4.0]], "x")
    found = explain_gradient((x @ x).named("z").sum(), x, (0, 0))
    assert [t.rule for t in found.terms] == ["x[0, 0] + x[0, 0]", "x[0, 1]", "x[1, 0]"]
    assert found.value == 2 + 2 + 3


def test_a_long_sum_is_shortened_but_its_terms_are_all_there():
    x, w = Tensor(np.ones(50), "x"), Tensor(2.0, "w")
    found = explain_gradient((w * x).named("z").sum().named("y"), w)
    assert found.numbers == "1·1 + 1·1 + 1·1 + …46 more… + 1·1"
    assert (len(found.terms), found.value) == (50, 50.0)


def test_the_end_and_what_does_not_matter():
    x, other = Tensor(2.0, "x"), Tensor(1.0, "u")
    y = (x * x).named("y")
    assert (explain_gradient(y, y).formula, explain_gradient(y, y).value) == ("∂y/∂y = 1", 1.0)
    found = explain_gradient(y, other)
    assert (found.formula, found.numbers, found.value) == ("∂y/∂u = 0", "0", 0.0)


@pytest.mark.parametrize("name", OPS)
@settings(max_examples=15, derandomize=True, deadline=None, database=None)
@given(data=st.data())
def test_terms_of_every_primitive_add_up_and_their_rules_give_their_slopes(name, data):
    xs, r = data.draw(computed(name))
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    y = (r * rng.uniform(0.5, 2, r.shape)).sum()
    for x, g in zip(xs, grad(y, xs), strict=True):
        assume(x.size)
        index = some_index(data.draw, x)
        found = explain_gradient(y, x, index)
        assert found.value == pytest.approx(g.value[index], rel=1e-12, abs=1e-13)
        for term in found.terms:
            assert evaluated(term.rule_numbers) == pytest.approx(
                term.derivative, rel=5e-3, abs=5e-3
            )
            exact = computed_line(one_line(term.expression), y)
            assert exact == pytest.approx(term.derivative, rel=1e-12, abs=1e-12)


UNARY = (np.tanh, np.sin, np.square, softmax, lambda x: apply("relu", x), lambda x: x.T.T)
BINARY = (np.add, np.multiply, np.subtract, np.maximum, lambda a, b: a @ b.T @ a)


@settings(max_examples=40, derandomize=True, deadline=None, database=None)
@given(data=st.data())
def test_on_random_graphs_the_terms_of_every_tensor_add_up_to_reverse_mode(data):
    rng = np.random.default_rng(data.draw(st.integers(0, 999)))
    made = [Tensor(rng.uniform(-1, 1, s)) for s in ((2, 3), (2, 3), (1, 3), (2, 1))]
    for _ in range(data.draw(st.integers(1, 8))):
        a, b = (data.draw(st.sampled_from(made)) for _ in range(2))
        f = data.draw(st.sampled_from(UNARY + BINARY))
        made.append(f(a) if f in UNARY else f(a + made[0], b + made[1]))
    y = sum(((x * rng.uniform(-1, 1, x.shape)).sum() for x in made[-3:]), start=Tensor(0.0))
    names, nodes = name_tensors([y]), ancestors([y])
    for x, g in zip(nodes, grad(y, nodes), strict=True):
        index = some_index(data.draw, x)
        found = explain_gradient(y, x, index, names)
        assert found.value == pytest.approx(g.value[index], rel=1e-11, abs=1e-11)


def test_the_bias_of_a_dense_layer_has_one_term_for_each_row():
    x, W = Tensor(np.ones((5, 2)), "x"), Tensor(np.zeros((3, 1)), "W")
    found = explain_gradient(dense(x, W).sum(), W, (2, 0))
    assert (len(found.terms), found.value) == (5, 5.0)


def test_a_deep_graph_is_no_trouble():
    x = y = Tensor(1.0, "x")
    for _ in range(1100):
        y = y + x
    found = explain_gradient(y, x)
    assert found.value == 1101.0


def test_refusals():
    x = Tensor([1.0, 2.0], "x")
    with pytest.raises(ShapeError, match="scalar"):
        explain_gradient(x * x, x, (0,))
    with pytest.raises(DomainError, match="explain_gradient"):
        explain_gradient(x.sum(), x, (2,))
