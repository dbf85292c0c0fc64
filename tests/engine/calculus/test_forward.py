"""Forward mode over a graph: reverse mode's slopes, dual numbers' too, each step by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.calculus import derivative, forward, forward_steps
from engine.errors import DomainError, ShapeError
from engine.reverse import grad
from engine.tensor import Tensor
from tests.engine.calculus.test_dual import expressions


@given(expressions(), st.floats(-1.5, 1.5), st.floats(-1.5, 1.5))
@settings(max_examples=40)
def test_any_expression_agrees_with_reverse_mode_and_with_duals(f, a, b):
    x, y = Tensor(a, "x"), Tensor(b, "y")
    result = f(x, y)
    if not isinstance(result, Tensor):
        return
    for leaf, dual in ((x, lambda v: f(v, b)), (y, lambda v: f(a, v))):
        found = forward(result, leaf)
        (reverse,) = grad(result, [leaf])
        assert found.slope == pytest.approx(reverse.item(), rel=1e-12, abs=1e-12)
        at = leaf.item()
        assert found.slope == pytest.approx(derivative(dual, at), rel=1e-11, abs=1e-11)
        assert found.value == result.item()


def test_the_expression_of_the_micrograd_readme():
    """At (−4, 2): 24.70408, slopes 138.83382 and 645.57726; one sweep for each input."""

    def expression(a, b):
        c, d = a + b, a * b + b**3
        c = c + c + 1
        c = c + 1 + c + (-a)
        d = d + d * 2 + np.maximum(b + a, 0)
        d = d + 3 * d + np.maximum(b - a, 0)
        f = (c - d) ** 2
        return f / 2 + 10 / f

    a, b = Tensor(-4.0, "a"), Tensor(2.0, "b")
    y = expression(a, b)
    by_a, by_b = forward(y, a), forward(y, b)
    assert by_a.value == pytest.approx(24.70408, abs=5e-6)
    assert (by_a.slope, by_b.slope) == (
        pytest.approx(138.83382, abs=5e-6), pytest.approx(645.57726, abs=5e-6),
    )  # fmt: skip
    assert by_a.operations == by_b.operations == 25


def test_every_step_is_the_chain_rule():
    x, w = Tensor(0.5, "x"), Tensor(2.0, "w")
    y = np.sin(w * x).named("y") + 3 * x
    *steps, answer = forward_steps(y, x)
    told = {step.name: step for step in steps}
    assert [step.step for step in steps] == list(range(len(steps)))
    assert told["x"].slope == 1
    assert told["w"].slope == 0
    assert told["w"].why == "w = 2 does not depend on it: slope 0"
    product = next(step for step in steps if step.op == "multiply" and "w" in step.inputs)
    assert product.partials == (0, 2)  # by w nothing is asked
    assert product.slope == 2
    assert told["y"].partials == (pytest.approx(np.cos(1.0)),)
    assert told["y"].slope == pytest.approx(2 * np.cos(1.0))
    assert told["y"].why.endswith(f"slope {np.cos(1.0):.6g}·2 ≈ {2 * np.cos(1.0):.6g}")
    triple = next(step for step in steps if "3" in step.inputs)
    assert triple.why.endswith("slope 3·1 = 3")
    assert answer.slope == pytest.approx(2 * np.cos(1.0) + 3)
    assert (answer.operations, answer.products) == (4, 5)
    assert answer.why == f"slope {answer.slope:.6g} by x after 4 operations and 5 products"


def test_what_does_not_depend_on_x_has_no_slope():
    x, z = Tensor(1.0, "x"), Tensor(-2.0, "z")
    found = forward(z**2, x)
    assert (found.value, found.slope, found.products) == (4, 0, 0)
    assert forward(x, x).slope == 1


X = Tensor(0.0, "x")
MISTAKES = [
    (lambda: forward(Tensor([1.0, 2.0]).sum(), X), ShapeError, r"shape \(\), got \(2,\)"),
    (lambda: forward(X * 2, Tensor([1.0])), ShapeError, r"shape \(\), got \(1,\)"),
    (lambda: forward((y := X * 2) * 3, y), DomainError, "expected a leaf x"),
    (lambda: forward(np.sqrt(X), X), DomainError, "divide: expected a divisor that is not 0"),
]


@pytest.mark.parametrize(("mistake", "kind", "message"), MISTAKES)
def test_a_mistake_is_named(mistake, kind, message):
    with pytest.raises(kind, match=message):
        mistake()
