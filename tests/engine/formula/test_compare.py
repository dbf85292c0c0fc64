"""An answer is right when it is the same function, however it is written."""

import numpy as np
import pytest

from engine.errors import DomainError, FormulaError
from engine.formula import Formula, VariableRange, compare

SAME = [
    ("(x + 1)**2", "x² + 2x + 1".replace("2x", "2*x"), {"x": (-3, 3)}),
    ("2*sin(x)*cos(x)", "sin(2*x)", {"x": (-9, 9)}),
    ("1/(1 + exp(-x))", "σ(x)", {"x": (-20, 20)}),
    ("log(x*y)", "log(x) + log(y)", {"x": (0.1, 5), "y": (0.1, 5)}),
    ("x/x", "x**0", {"x": (0.5, 2)}),
    ("1e-9*x", "x/1e9", {"x": (0, 1)}),
    ("sqrt(x)", "x**0.5", {"x": (-1, 1)}),
    ("X.T @ (X @ w − y)", "X.T @ X @ w − X.T @ y",
     {"X": VariableRange(-1, 1, (5, 3)), "w": VariableRange(-1, 1, (3,)),
      "y": VariableRange(-1, 1, (5,))}),
]  # fmt: skip


@pytest.mark.parametrize(("a", "b", "domain"), SAME)
def test_the_same_in_other_words(a, b, domain):
    result = compare(Formula(a), Formula(b), domain, rng=np.random.default_rng(0))
    assert result, str(result)
    assert result.same
    assert result.point is None
    assert str(result) == f"The same at {result.checked} points."


def test_points_where_both_are_undefined_are_skipped():
    result = compare(
        Formula("log(x)"), Formula("2*log(sqrt(x))"), {"x": (-1, 1)}, rng=np.random.default_rng(0)
    )
    assert result.same
    assert 0 < result.checked < 100


DIFFERENT = [
    ("x**2", "x**3", {"x": (-1, 2)}),
    ("log(x**2)", "2*log(x)", {"x": (-2, 2)}),
    ("x*(1 + 1e-6)", "x", {"x": (1, 2)}),
    ("x", "x + 1e-6", {"x": (0, 1)}),
    ("x", "y", {"x": (0, 1), "y": (0, 1)}),
    ("X", "X.T", {"X": VariableRange(0, 1, (2, 2))}),
    ("X", "X[0]", {"X": VariableRange(0, 1, (2, 2))}),
]


@pytest.mark.parametrize(("a", "b", "domain"), DIFFERENT)
def test_the_first_point_where_they_differ_is_result_with_both_values(a, b, domain):
    fs = Formula(a, tuple(domain)), Formula(b, tuple(domain))
    result = compare(*fs, domain, rng=np.random.default_rng(0))
    again = compare(*fs, domain, rng=np.random.default_rng(0))
    assert not result
    assert not result.same
    assert str(result) == str(again)
    for f, value in zip(fs, (result.first, result.second), strict=True):
        if value is None:
            with pytest.raises(DomainError):
                f(**result.point)
        else:
            np.testing.assert_array_equal(f(**result.point), value)
    for name, ends in domain.items():
        assert np.all(
            (np.asarray(result.point[name]) >= ends[0])
            & (np.asarray(result.point[name]) <= ends[1])
        )


def test_where_just_one_is_defined_they_differ():
    result = compare(
        Formula("sqrt(x)**2"), Formula("x"), {"x": (-3, 1)}, rng=np.random.default_rng(0)
    )
    assert (result.first, result.second) == (None, -1.0)
    assert str(result) == "At x = -1: not defined and -1."


def test_where_nothing_is_defined_nothing_is_said():
    result = compare(
        Formula("log(x)"), Formula("log(x)"), {"x": (-2, -1)}, rng=np.random.default_rng(0)
    )
    assert (result.same, result.checked) == (False, 0)
    assert str(result) == "Neither is defined at any point that was tried."


def test_derivatives_are_compared_like_formulas():
    asked = Formula("x*sin(x)", ("x",)).derivative("x")
    domain = {"x": (-5, 5)}
    assert compare(Formula("sin(x) + x*cos(x)"), asked, domain, rng=np.random.default_rng(0)).same
    assert not compare(Formula("sin(x)"), asked, domain, rng=np.random.default_rng(0)).same


@pytest.mark.parametrize("ends", [(2, 1), (0, np.inf), (np.nan, 1), (-1.7e308, 1.7e308)])
def test_a_domain_is_finite_and_in_order(ends):
    with pytest.raises(DomainError, match="finite low ≤ high for x"):
        compare(Formula("x"), Formula("x"), {"x": ends}, rng=np.random.default_rng(0))


def test_other_mistakes():
    rng = np.random.default_rng(0)
    with pytest.raises(FormulaError, match="No name 'z' here"):
        compare(Formula("z"), Formula("x"), {"x": (0, 1)}, rng=rng)
    with pytest.raises(DomainError, match="points ≥ 1, got 0"):
        compare(Formula("x"), Formula("x"), {"x": (0, 1)}, rng=rng, points=0)
    assert compare(Formula("x"), Formula("x"), {"x": (1, 1)}, rng=rng).same
