"""What a sentence of arithmetic says is true of the digits that it prints."""

import math
import re
from decimal import Context, Decimal, localcontext

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import calculus, linalg
from engine.linalg.equation import digits, equation, quotient
from engine.scaling import Wide, wide
from engine.tensor import Tensor

NUMBER = r"-?(?:\d+\.?\d*|\.\d+)(?:e[+-]\d+)?"
TERM = rf"{NUMBER}·{NUMBER}"
FORMS = {
    "quotient": (rf"(?<![\w·] )({NUMBER}) / ({NUMBER})", lambda a, b: a / b),
    "root": (rf"√\(({NUMBER}) − ({NUMBER})\)", lambda a, b: (a - b).sqrt()),
    "over a root": (rf"({NUMBER}) / √({NUMBER})", lambda a, b: a / b.sqrt()),
    "sum": (rf"(?<=slope )({TERM}(?: \+ {TERM})*)", None),
}


def total(text):
    return sum(
        (Decimal(a) * Decimal(b) for a, b in (one.split("·") for one in text.split(" + "))),
        Decimal(0),
    )


def claims(why):
    """Each equation of a sentence: what its left-hand side is, = or ≈, and the right-hand side."""
    with localcontext(Context(prec=60)):
        for form, value in FORMS.values():
            for found in re.finditer(rf"{form} ([=≈]) ({NUMBER})", why):
                *numbers, sign, right = found.groups()
                left = value(*map(Decimal, numbers)) if value else total(numbers[0])
                yield left, sign, right


def is_true(left, sign, right):
    shown = Decimal(right)
    if sign == "=":
        return left == shown
    mantissa = right.lower().split("e")[0].lstrip("-0.").replace(".", "")
    last = Decimal(1).scaleb(shown.adjusted() - max(len(mantissa), 1) + 1)
    # Zeros at the end are not printed: the digit may be one of a higher place.
    return left != shown and abs(left - shown) <= Decimal("0.502") * last


def checked(records):
    found = [claim for record in records for claim in claims(record.why)]
    for claim in found:
        assert is_true(*claim), claim
    return len(found)


UNITS = [1.0, 1 / 3, 1e-300, 1e300, 2.0**-600, 2.0**600, 1e-160]


def matrices(seed):
    rng = np.random.default_rng(seed)
    yield rng.standard_normal((4, 4))
    yield rng.integers(-9, 10, (4, 4)) + 20.0 * np.eye(4)
    yield rng.standard_normal((4, 4)) * 10.0 ** rng.integers(-20, 20, (4, 1))
    yield np.eye(4) + 1e-9 * rng.standard_normal((4, 4))


MATRIX_STEPS = {
    "elimination": lambda A, b: linalg.elimination_steps(A, b),
    "no pivot": lambda A, b: linalg.elimination_steps(A, b, pivot=False),
    "inverse": lambda A, b: linalg.inverse_steps(A),
    "lu": lambda A, b: linalg.lu_steps(A),
    "condition": lambda A, b: linalg.condition_steps(A),
    "projection": lambda A, b: [linalg.project(A[0], A[1])],
    "householder": lambda A, b: linalg.householder_steps(A),
}


@pytest.mark.parametrize("name", MATRIX_STEPS)
def test_no_reason_of_a_matrix_is_false_as_printed(name):
    seen = 0
    for seed in range(3):
        for A in matrices(seed):
            for unit in UNITS:
                sizes = np.log10(np.abs(A[A != 0])) + math.log10(unit)
                if np.abs(sizes).max() + np.ptp(sizes) < 302:  # else A⁻¹ may have no float
                    seen += checked(MATRIX_STEPS[name](A * unit, np.ones(4)))
    assert seen > 20 or name == "householder"


@pytest.mark.parametrize("name", ["cholesky", "conjugate gradient"])
def test_no_reason_of_a_positive_definite_matrix_is_false_as_printed(name):
    seen = 0
    for seed in range(6):
        Q = np.linalg.qr(np.random.default_rng(seed).standard_normal((4, 4)))[0]
        for smallest in (0.5, 1e-7):
            A = (Q * np.geomspace(smallest, 1, 4)) @ Q.T
            for unit in UNITS:
                if name == "cholesky":
                    seen += checked(linalg.cholesky_steps(A * unit))
                else:
                    seen += checked(linalg.conjugate_gradient_steps(A * unit, Q[0], limit=4))
    assert seen > 100


@given(st.floats(0.1, 3), st.integers(0, 99))
@settings(max_examples=40)
def test_no_reason_of_calculus_is_false_as_printed(a, seed):
    x = Tensor(a, "x")
    y = np.sin(x * 0.7) * x / (1 + x) - np.exp(x) * 1e-9
    assert checked(calculus.forward_steps(y, x)) > 3
    assert checked(calculus.taylor_steps(np.exp, a, 5)) == 6
    rng = np.random.default_rng(seed)
    assert checked(calculus.monte_carlo_steps(lambda x: x[:, 0] ** 2, [0], [a], 50, rng=rng)) == 1


def test_the_reader_of_this_test_sees_what_is_false():
    for why in (
        "0 / 0.5 = 3: clears",
        "1 / 3 = 0.3333",
        "6 / 3 ≈ 2",
        "√(1 − 1) = 3e-09 divides",
        "1.4 / √9 ≈ 0.46: area",
        "slope 3·1 + 3·1 = 7",
        "slope 0.333·3 = 1",
    ):
        (claim,) = claims(why)
        assert not is_true(*claim), why
    assert is_true(*next(iter(claims("2 / 3 ≈ 0.6667"))))


@given(st.just(0.0) | st.floats(1e-9, 1e9), st.floats(1e-9, 1e9), st.integers(1, 8))
@settings(max_examples=40)
def test_any_quotient_is_true_as_printed(a, b, count):
    for e, f in ((0, 0), (600, -600), (-1200, 0)):
        told = quotient(wide(-a, e), wide(b, f), wide(-a / b, e - f), count)
        (claim,) = claims(told)
        assert is_true(*claim) or (not a and claim[0] == 0), told


def test_canceled_digits_are_brought_back():
    told = equation("√({} − {})", lambda a, b: (a - b).sqrt(), (1.0000001, 1.0), 1e-7**0.5)
    assert told == "√(1.0000001 − 1) ≈ 0.0003162"
    assert quotient(1e-5, 2.0, 5e-6) == "1e-05 / 2 = 5e-06"
    assert quotient(0.0, 2.0, 0.0) == "0 / 2 = 0"


def test_numbers_without_a_float_have_digits():
    assert digits(Wide(0.5, -1199)) == "5.808e-362"
    assert digits(Wide(-0.75, 2000), 2) == "-8.6e+601"
    assert digits(wide(1.0)) == "1"
    assert digits(Wide(0.0, 0)) == "0"
    assert math.isinf(float(Wide(0.5, 2000)))
