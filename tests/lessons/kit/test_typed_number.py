"""Typed numbers: every usual spelling, calculations, and one sentence for anything else."""

from contextlib import suppress
from math import e, exp, isfinite, log, pi, sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import DomainError
from lessons.kit.typed_number import read_number

PLAIN = [
    ("0.02", 0.02, 1), (" .02 ", 0.02, 1), ("0,02", 0.02, 1), ("0.020", 0.02, 2),
    ("2e-2", 0.02, 1), ("2.0E-02", 0.02, 2), ("2%", 0.02, 1), ("2.50 %", 0.025, 3),
    ("−0.02", -0.02, 1), ("+3", 3.0, 1), ("0", 0.0, 1), ("0.0", 0.0, 1), ("100", 100.0, 3),
    ("1234.5", 1234.5, 5), ("7.", 7.0, 1),
]  # fmt: skip
CALCULATED = [
    ("1/50", 0.02), (" 1 / 50 ", 0.02), ("-1/−50", 0.02), ("1/2 %", 0.005), ("3*7+8", 29),
    ("2^-3", 0.125), ("2**-3", 0.125), ("√2/2", sqrt(2) / 2), ("√(2+2)", 2), ("2π", 2 * pi),
    ("π/4", pi / 4), ("ln(1+exp(-2))", log(1 + exp(-2))), ("exp(1)", e), ("-√9", -3),
    ("(1+2)*3", 9), ("0,5*3", 1.5), ("sqrt(16)", 4), ("1 - 0.1*2", 0.8), ("3*√4", 6),
]  # fmt: skip
GARBAGE = [
    "", " ", "banana", "nan", "inf", "-inf", "1/0", "0/0", "/", "1//2", "%", "5%%", "1e999",
    "0x10", "1 2", "__import__('os')", "x", "()", "1e999/1e999", "\x00", "2**9999", "log(-1)",
    "√", "√-4", "1+" * 40 + "1", "9**9**9", "[1]", "sin", "1;2", "1=1", "'1'",
]  # fmt: skip


@pytest.mark.parametrize(("text", "value", "digits"), PLAIN)
def test_a_plain_number_has_its_significant_digits(text, value, digits):
    assert read_number(text) == (value, digits)


@pytest.mark.parametrize(("text", "value"), CALCULATED)
def test_a_calculation_is_worked_out_and_has_no_digits(text, value):
    assert read_number(text) == (pytest.approx(value), None)


@pytest.mark.parametrize("text", GARBAGE)
def test_what_is_not_a_number_is_refused_in_one_sentence(text):
    with pytest.raises(DomainError, match=r"^Expected a number or a calculation, such as 0\.02"):
        read_number(text)


@settings(max_examples=60)
@given(st.text(max_size=40) | st.text(alphabet="0123456789.,+-*/^()√π%e ", max_size=20))
def test_whatever_is_typed_it_is_a_finite_number_or_refused(text):
    with suppress(DomainError):
        assert isfinite(read_number(text)[0])


@settings(max_examples=60)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_is_read_back(value):
    assert read_number(repr(value))[0] == value
    assert read_number(repr(value).replace(".", ",").replace("-", "−"))[0] == value


def test_per_cent_is_exact():
    for k in range(1, 1000):
        assert read_number(f"{k / 10} %")[0] == float(f"{k}e-3")
