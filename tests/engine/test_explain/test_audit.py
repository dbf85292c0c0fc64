"""The audit agrees with what is known, finds what is wrong, and says where it cannot look."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.activations import sigmoid
from engine.errors import DomainError, ShapeError
from engine.explain import audit
from engine.explain.audit import STEPS, TINY
from engine.reverse import grad
from engine.tensor import OPS, Op, Tensor, apply
from tests.engine.test_explain.evaluation import computed, some_index

MAZUR = {"w1": 0.15, "w2": 0.2, "w3": 0.25, "w4": 0.3, "w5": 0.4, "w6": 0.45, "w7": 0.5,
         "w8": 0.55, "b1": 0.35, "b2": 0.6, "i1": 0.05, "i2": 0.1}  # fmt: skip


def mazur():
    """Mazur's 2-2-2 network: its leaves and its error."""
    x = {name: Tensor(value, name) for name, value in MAZUR.items()}
    h1 = sigmoid(x["w1"] * x["i1"] + x["w2"] * x["i2"] + x["b1"])
    h2 = sigmoid(x["w3"] * x["i1"] + x["w4"] * x["i2"] + x["b1"])
    o1 = sigmoid(x["w5"] * h1 + x["w6"] * h2 + x["b2"])
    o2 = sigmoid(x["w7"] * h1 + x["w8"] * h2 + x["b2"])
    return x, (0.5 * (o1 - 0.01) ** 2 + 0.5 * (o2 - 0.99) ** 2).named("E")


def micrograd():
    """The expression of micrograd's README at (−4, 2)."""
    a, b = Tensor(-4.0, "a"), Tensor(2.0, "b")
    c, d = a + b, a * b + b**3
    c = c + (c + 1)
    c = c + (1 + c + (-a))
    d = d + (d * 2 + apply("relu", b + a))
    d = d + (3 * d + apply("relu", b - a))
    f = (c - d) ** 2
    return a, b, f / 2 + 10 / f


def test_the_errors_of_the_three_quotients_on_sin_at_1():
    x = Tensor(1.0, "x")
    found = audit(np.sin(x).named("y"), x, hs=(1e-8, 6e-6))
    assert (found.name, found.reverse, found.ok, found.note) == ("∂y/∂x", np.cos(1.0), True, "")
    assert found.forward[0].slope == pytest.approx(np.cos(1), abs=5e-9)
    assert 1e-9 < found.forward[0].error < 1e-8
    assert 1e-12 < found.central[1].error < 5e-11
    assert (found.complex_step[-1].h, found.best) == (TINY, 6e-6)
    assert found.complex_step[-1].error < 5e-16


def test_the_error_is_a_valley_in_h_but_for_the_complex_step():
    x = Tensor(1.0, "x")
    found = audit(np.exp(np.sin(x)), x)
    assert tuple(e.h for e in found.central) == STEPS
    for ways, order, best in ((found.forward, 1, 1e-8), (found.central, 2, 1e-5)):
        errors = [e.error for e in ways]
        assert errors[0] / errors[1] == pytest.approx(10**order, rel=0.2)
        assert min(errors) < errors[-1] / 100
        assert ways[int(np.argmin(errors))].h == pytest.approx(best, rel=20)
    exact = [e.error for e in found.complex_step]
    assert exact[0] / exact[1] == pytest.approx(100, rel=0.2)
    assert max(exact[8:]) < 1e-15


def test_the_expression_of_micrograd():
    a, b, g = micrograd()
    assert g.item() == pytest.approx(24.70408, abs=5e-6)
    for x, slope in ((a, 138.83382), (b, 645.57726)):
        found = audit(g, x)
        assert found.reverse == pytest.approx(slope, abs=5e-6)
        assert found.ok
        assert found.complex_step[-1].slope == pytest.approx(slope, abs=5e-6)


def test_the_network_of_mazur():
    x, E = mazur()
    assert E.item() == pytest.approx(0.298371109, abs=5e-10)
    for name, after in (("w5", 0.358916480), ("w1", 0.149780716)):
        found = audit(E, x[name])
        assert found.ok
        assert found.name == f"∂E/∂{name}"
        assert MAZUR[name] - 0.5 * found.complex_step[-1].slope == pytest.approx(after, abs=5e-10)
        assert MAZUR[name] - 0.5 * found.central[4].slope == pytest.approx(after, abs=5e-10)


def test_an_element_a_direction_and_a_number_in_the_middle():
    x = Tensor([[1.0, 2.0], [3.0, -1.0]], "x")
    z = (x * x).named("z")
    y = np.sin(z).sum().named("y")
    assert audit(y, x, (1, -1)).reverse == pytest.approx(2 * -1 * np.cos(1))
    assert audit(y, x, (1, -1)).name == "∂y/∂x[1, 1]"
    d = np.array([[1.0, 0.5], [0.0, 2.0]])
    found = audit(y, x, direction=d)
    assert found.reverse == pytest.approx(float((np.cos(z.value) * 2 * x.value * d).sum()))
    assert found.ok
    assert audit(y, z, (0, 1)).reverse == np.cos(4.0)
    assert audit(y, z, (0, 1)).ok


def test_the_tensors_keep_their_values():
    x, E = mazur()
    before = {name: leaf.item() for name, leaf in x.items()}
    audit(E, x["w1"])
    assert {name: leaf.item() for name, leaf in x.items()} == before
    assert E.item() == mazur()[1].item()


@pytest.fixture
def primitive(monkeypatch):
    """Puts a primitive into the table for one test."""

    def put(value, pull):
        monkeypatch.setitem(OPS, "odd", Op("odd", value, (pull,)))

    return put


def test_a_wrong_gradient_is_found(primitive):
    primitive(np.sin, lambda g, y, x: g * (np.cos(x) + 1e-9))
    x = Tensor([0.3, 0.4])
    found = audit(apply("odd", x).sum(), x, (0,))
    assert not found.ok
    assert not found
    assert found.complex_step[-1].error == pytest.approx(1e-9 / np.cos(0.3), rel=1e-3)


@pytest.mark.parametrize("value", [np.cbrt, lambda x: np.absolute(x) ** (1 / 3)])
def test_without_complex_numbers_the_central_difference_decides(primitive, value):
    x = Tensor(2.0, "x")
    for wrong, ok in ((0.0, True), (1e-5, False)):
        primitive(value, lambda g, y, x, wrong=wrong: g * (y / (3 * x) + wrong))
        found = audit(apply("odd", x), x)
        assert (found.ok, found.complex_step) == (ok, ())
        assert "complex step: expected odd to" in found.note


def test_at_a_corner_the_complex_step_takes_the_slope_of_the_engine():
    x = Tensor(0.0, "x")
    found = audit(apply("relu", x), x)
    assert (found.reverse, found.ok, found.complex_step[-1].slope) == (0.0, True, 0.0)
    assert found.central[0].slope == 0.5


def test_what_is_detached_stays_where_it_is():
    x = Tensor(3.0, "x")
    found = audit(x * apply("detach", x), x)
    assert (found.reverse, found.ok) == (3.0, True)
    assert found.central[4].slope == pytest.approx(3.0)


def test_single_precision_is_judged_by_its_own_digits():
    x = Tensor(np.array([0.7, 0.2], np.float32), "x")
    found = audit((np.tanh(x * 2) * x).sum(), x, (0,))
    assert found.ok
    assert found.complex_step[-1].error > 1e-12


def test_a_tensor_that_does_not_matter_has_slope_0_by_every_way():
    found = audit(np.sin(Tensor(1.0)), Tensor(1.0, "u"))
    assert found.ok
    assert {e.slope for e in (*found.forward, *found.central, *found.complex_step)} == {0.0}


def test_a_step_out_of_the_domain_is_no_reason_to_stop():
    x = Tensor(0.05, "x")
    found = audit(np.log(x), x)
    assert np.isnan(found.central[0].slope)
    assert found.ok
    assert found.best < 0.05


def test_a_deep_graph_is_no_trouble():
    x = y = Tensor(1.0, "x")
    for _ in range(1100):
        y = y + x
    assert audit(y, x, hs=(0.5,)).central[0].slope == 1101.0


@pytest.mark.parametrize("name", OPS)
@settings(max_examples=25, derandomize=True, deadline=None, database=None)
@given(data=st.data())
def test_every_primitive_takes_complex_numbers(name, data):
    xs, r = data.draw(computed(name))
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    y = (r * rng.uniform(0.5, 2, r.shape)).sum()
    for x in xs:
        assume(x.size)
        found = audit(y, x, direction=rng.uniform(0.5, 2, x.shape), hs=(1e-6,))
        assert found.note == ""
        assert found.ok, found
        assert audit(y, x, some_index(data.draw, x), hs=(1e-6,)).ok


CORNERS = [("relu", 0.0), ("absolute", 0.0), ("hard_tanh", 1.0), ("hard_tanh", -1.0),
           ("huber", 1.0), ("huber", -1.0), ("sign", 0.0), ("sigmoid", -800.0),
           ("sigmoid", 800.0), ("softplus", -800.0), ("softplus", 800.0), ("erf", 0.0),
           ("erf", 5.9), ("erf", -6.5), ("erf", 0.46875), ("tanh", 400.0)]  # fmt: skip


@pytest.mark.parametrize(("name", "at"), CORNERS)
def test_complex_forms_hold_at_corners_and_far_out(name, at):
    x = Tensor(at, "x")
    found = audit(apply(name, x), x)
    assert found.complex_step[-1].slope == pytest.approx(found.reverse, rel=1e-12, abs=5e-15)


@pytest.mark.parametrize("name", ["softmax", "logsumexp"])
def test_rows_of_large_numbers_do_not_overflow(name):
    x = Tensor([[1000.0, 1001.0, -1000.0]], "x")
    assert audit((apply(name, x) * np.array([[1.0, 2.0, 3.0]])).sum(), x, (0, 1)).ok


@pytest.mark.parametrize("f", [np.maximum, np.minimum])
def test_a_tie_sends_half_to_each(f):
    a, b = Tensor(1.0, "a"), Tensor(1.0, "b")
    assert audit(f(a, b), a).complex_step[-1].slope == 0.5


def test_a_second_derivative_can_be_audited_too():
    x = Tensor([0.3, -0.4], "x")
    (g,) = grad((np.tanh(x) * np.exp(x)).sum(), [x])
    assert audit(g[0], x, (0,)).ok


def test_refusals():
    x = Tensor([1.0, 2.0], "x")
    y = (x * x).sum()
    with pytest.raises(ShapeError, match="scalar"):
        audit(x * x, x, (0,))
    with pytest.raises(DomainError, match="an index or a direction for shape"):
        audit(y, x)
    with pytest.raises(DomainError, match="got both"):
        audit(y, x, (0,), np.ones(2))
    with pytest.raises(ShapeError, match=r"direction of shape \(2,\)"):
        audit(y, x, direction=np.ones(3))
    with pytest.raises(DomainError, match="audit: expected one integer"):
        audit(y, x, (5,))
    for hs in ((), (0.0,), (-1.0,), (np.inf,), (np.nan,)):
        with pytest.raises(DomainError, match="steps h > 0"):
            audit(y, x, (0,), hs=hs)


def test_a_comparison_is_decided_by_the_point_and_not_by_the_complex_step():
    x = Tensor(0.0, "x")
    y = apply("where", x * x >= 0, x, 5 * x)  # (ih)² < 0
    found = audit(y, x)
    assert found.ok
    assert {e.slope for e in found.complex_step} == {1.0}
