"""Formulas in numbers, computed as Python; and example inputs for every primitive."""

import math
import re
from functools import partial

import numpy as np
from hypothesis import strategies as st

from engine.explain import name_tensors
from engine.kernels.pointwise import erf
from engine.tensor import Tensor, ancestors, apply
from tests.engine.test_primitives import CALLS, TABLE

NUMBER = r"(\(-[^()]*\)|[\d.]+(?:e[+-]\d+)?)"
PYTHON = {"·": "*", "−": "-", "²": "**2", "≤": "<=", "≥": ">=", "≠": "!=", " = ": " == ",
          "^": "**"}  # fmt: skip
FUNCTIONS = {
    "exp": math.exp, "ln": math.log, "root": math.sqrt, "sin": math.sin, "cos": math.cos,
    "tan": math.tan, "arcsin": math.asin, "arccos": math.acos, "arctan": math.atan,
    "log2": math.log2, "log10": math.log10, "sinh": math.sinh, "cosh": math.cosh,
    "tanh": math.tanh, "sign": np.sign, "abs": abs, "σ": lambda x: 1 / (1 + math.exp(-x)),
    "erf": lambda x: float(erf(np.array(x))), "max": lambda *xs: max(xs),
    "min": lambda *xs: min(xs),
}  # fmt: skip
"""What the functions of formulas mean: Python's own."""
IN_CODE = {"log": math.log, "sigmoid": FUNCTIONS["σ"], "e": math.e, "sum": sum, "range": range}


def computed_line(line, y):
    """A line of code computed from the arrays of the graph of y, to the last digits.

    >>> computed_line("2*x[0] + sum(x[k] for k in range(2))", Tensor([1.0, 2.0], "x"))
    5.0
    """
    names = name_tensors([y])
    arrays = {names[t.serial]: t.value for t in ancestors([y]) if t.serial in names}
    return float(eval(line, {"__builtins__": {}, **FUNCTIONS, **IN_CODE, **arrays}))


def evaluated(text):
    """The value of a formula in numbers.

    >>> evaluated("e^(-1)·2² + |-3|"), evaluated("√4/(e^0 + e^0)")
    (4.471517764685769, 1.0)
    """
    text = re.sub(rf"e\^{NUMBER}", r"exp(\1)", text)
    text = text.replace("e^(", "exp(")
    text = re.sub(rf"√{NUMBER}", r"root(\1)", text)
    text = text.replace("√(", "root(")
    text = re.sub(r"\|([^|]*)\|", r"abs(\1)", text)
    for sign, python in PYTHON.items():
        text = text.replace(sign, python)
    return float(eval(text, {"__builtins__": {}, **FUNCTIONS}))


@st.composite
def computed(draw, name):
    """A primitive's inputs, of numbers with two digits behind the point, and its result."""
    strategy, *domains = TABLE[name]
    shapes, attrs = draw(strategy)
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    domains += domains[-1:] * (len(shapes) - len(domains))
    xs = [
        Tensor(np.round(domain(rng, s), 2), f"x{i}")
        for i, (domain, s) in enumerate(zip(domains, shapes, strict=True))
    ]
    return xs, CALLS.get(name, partial(apply, name))(*xs, **attrs).named("y")


def some_index(draw, tensor):
    """An index of one element."""
    return tuple(draw(st.integers(0, n - 1)) for n in tensor.shape)
