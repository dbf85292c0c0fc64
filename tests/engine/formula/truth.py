"""Formulas and the same functions in NumPy, in the same order of operations.

A row: text, its variables, the function, the interval of the numbers, and a form that takes complex
numbers (the same unless said otherwise; None where there is none).
"""

import numpy as np

SAME = "same"


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


ROWS = [
    ("x*sin(x)", "x", lambda x: x * np.sin(x), (-5, 5), SAME),
    ("x**2/3 + sqrt(x)", "x", lambda x: x**2 / 3 + np.sqrt(x), (0.1, 5), SAME),
    ("3*(x/7) - 2*x/3", "x", lambda x: 3 * (x / 7) - 2 * x / 3, (-5, 5), SAME),
    ("0.1*x + 0.1*x**3", "x", lambda x: 0.1 * x + 0.1 * x**3, (-5, 5), SAME),
    ("0.1*(0.3*x)", "x", lambda x: 0.1 * (0.3 * x), (-5, 5), SAME),
    ("x/0.7/0.3", "x", lambda x: x / 0.7 / 0.3, (-5, 5), SAME),
    ("−x² + x⁻¹ − x⁻²", "x", lambda x: -(x**2) + x**-1 - x**-2, (0.2, 5), SAME),
    ("x**0.5 + x**0.3 + x**1 + x**0", "x", lambda x: x**0.5 + x**0.3 + x**1 + x**0, (0.1, 5), SAME),
    ("x^3^2", "x", lambda x: x**9, (-1.5, 1.5), SAME),
    ("2^-x", "x", lambda x: 2**-x, (-5, 5), SAME),
    ("exp(-x^2/2)/sqrt(2*π)", "x",
     lambda x: np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi), (-5, 5), SAME),
    ("ln(x) + log1p(x) + expm1(x)", "x",
     lambda x: np.log(x) + np.log1p(x) + np.expm1(x), (0.1, 4), SAME),
    ("tan(x)*cos(x)", "x", lambda x: np.tan(x) * np.cos(x), (-1.4, 1.4), SAME),
    ("tanh(3*x) - tanh(x)**2", "x", lambda x: np.tanh(3 * x) - np.tanh(x) ** 2, (-3, 3), SAME),
    ("x·σ(x)", "x", lambda x: x * sigmoid(x), (-9, 9), SAME),
    ("log2(x) − log10(x)", "x", lambda x: np.log2(x) - np.log10(x), (0.1, 9),
     lambda x: np.log(x) / np.log(2) - np.log(x) / np.log(10)),
    ("arctan(x) + sinh(x/2)·cosh(x)", "x",
     lambda x: np.arctan(x) + np.sinh(x / 2) * np.cosh(x), (-3, 3), SAME),
    ("arcsin(x)·arccos(x)", "x", lambda x: np.arcsin(x) * np.arccos(x), (-0.95, 0.95), SAME),
    ("softplus(x)", "x", lambda x: np.logaddexp(x, 0), (-9, 9), lambda x: np.log(1 + np.exp(x))),
    ("relu(x) + 0.1*min(x, 0)", "x", lambda x: np.maximum(x, 0) + 0.1 * np.minimum(x, 0), (-5, 5),
     lambda x: np.where(x.real > 0, x, 0.1 * x)),
    ("abs(x)*sign(x) + max(x, 2*x, -1)", "x",
     lambda x: np.abs(x) * np.sign(x) + np.maximum(np.maximum(x, 2 * x), -1), (0.1, 5),
     lambda x: x + 2 * x),
    ("hard_tanh(x)", "x", lambda x: np.clip(x, -1, 1), (-3, 3),
     lambda x: np.where(abs(x.real) < 1, x, np.sign(x.real) + 0 * x)),
    ("(x < 0.3)*x + (x >= 0.3)", "x", lambda x: (x < 0.3) * x + (x >= 0.3), (-1, 1),
     lambda x: np.where(x.real < 0.3, x, 1 + 0 * x)),
    ("x > y", "xy", lambda x, y: (x > y) * 1.0, (-1, 1), None),
    ("x <= y", "xy", lambda x, y: (x <= y) * 1.0, (-1, 1), None),
    ("x**y", "xy", lambda x, y: x**y, (0.2, 4), SAME),
    ("x/(x + y) - y/x", "xy", lambda x, y: x / (x + y) - y / x, (0.5, 3), SAME),
    ("(1 − x)² + 100·(y − x²)²", "xy",
     lambda x, y: (1 - x) ** 2 + 100 * (y - x**2) ** 2, (-2, 2), SAME),
    ("r = x² + y²; exp(−r)·cos(3·r)", "xy",
     lambda x, y: np.exp(-(x**2 + y**2)) * np.cos(3 * (x**2 + y**2)), (-2, 2), SAME),
    ("mean((x - y)²)", "xy", lambda x, y: np.mean((x - y) ** 2), (-2, 2), SAME),
    ("x/sum(x) + y/3/mean(y)", "xy",
     lambda x, y: x / np.sum(x) + y / 3 / np.mean(y), (0.5, 3), SAME),
    ("sum(x[1:3]*y[::2][0])", "xy", lambda x, y: np.sum(x[1:3] * y[::2][0]), (-2, 2), SAME),
    ("x[-1] + 0*y", "xy", lambda x, y: x[-1] + 0 * y, (-2, 2), SAME),
    ("x.T*2 + y", "xy", lambda x, y: x.T * 2 + y, (-2, 2), SAME),
]  # fmt: skip

PICKS = ("x[", "x.T", "sum", "mean")
"""What a text holds that is not elementwise."""
