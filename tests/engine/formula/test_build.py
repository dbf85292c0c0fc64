"""A formula stays within bounds of memory, and says where it left them."""

import tracemalloc

import numpy as np
import pytest

from engine.errors import FormulaError
from engine.formula import Formula
from engine.tensor import Tensor

MAX_NUMBERS, n = 2**16, 300
LARGE = [
    ("2 + x*y", [np.ones((n, 1)), np.ones((1, n))], 6),
    ("x @ y", [np.ones((n, 1)), np.ones((1, n))], 4),
    ("x + x + x + x", [np.ones(MAX_NUMBERS // 3 + 1)], 12),
    ("max(x, x, x, x, x)", [np.ones(MAX_NUMBERS // 4 + 1)], 0),
    ("max(x, y)", [np.ones((n, 1)), np.ones((1, n))], 0),
]


@pytest.mark.parametrize(("text", "values", "position"), LARGE)
def test_too_large_a_result_is_refused_before_it_is_made(text, values, position, monkeypatch):
    monkeypatch.setattr("engine.formula.build.MAX_NUMBERS", MAX_NUMBERS)
    tracemalloc.start()
    try:
        with pytest.raises(FormulaError, match=f"at most {MAX_NUMBERS} numbers in all") as caught:
            Formula(text)(*values)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert caught.value.position == position
    assert peak < 8 * MAX_NUMBERS


UNDEFINED = [  # comparisons and choices give numbers even for the NaN that a formula is traced on
    ("1/(x > 0)", [np.inf, 1.0]),
    ("log(x < 0)", [0.0, -np.inf]),
    ("log(where(x > 0, x, 0))", [-np.inf, 0.0]),
]


@pytest.mark.parametrize(("text", "value"), UNDEFINED)
def test_tracing_is_refused_nowhere(text, value):
    assert Formula(text).compile()([-1.0, 1.0]).tolist() == value


def test_a_slope_that_is_undefined_somewhere_compiles():
    slope = Formula("sqrt(where(x > 0, x, 0))").derivative("x").compile()
    assert slope(4.0) == 0.25


def test_graph_uses_the_engines_own_primitives():
    y = Formula("x**0.5 + x**-1 + x**2").graph({"x": Tensor([4.0])})
    assert y.op.name == "add"
    assert [x.op.name for x in (*y.inputs[0].inputs, y.inputs[1])] == ["sqrt", "divide", "square"]
