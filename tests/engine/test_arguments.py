"""What a single argument must be: both sides of each border."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from engine.arguments import integer, integers, real, shown
from engine.errors import DomainError


@pytest.mark.parametrize("value", [3, np.int8(3), np.uint64(3), np.array(3)])
def test_an_integer_is_pythons(value):
    got = integer("f", "n", value, 3)
    assert type(got) is int
    assert got == 3


@pytest.mark.parametrize("value", [2, 3.0, np.float64(3), True, np.False_, "3", None, [3], np.nan])
def test_anything_else_is_refused(value):
    with pytest.raises(DomainError, match=r"^f: expected (an integer )?n ≥ 3, got "):
        integer("f", "n", value, 3)


@pytest.mark.parametrize("value", [3, "3", None])
def test_one_number_is_not_a_tuple_of_them(value):
    with pytest.raises(DomainError, match="f: expected n as a tuple of integers, got"):
        integers("f", "n", value, 1)


@pytest.mark.parametrize("value", [0.5, Fraction(1, 2), np.float16(0.5), np.array(0.5)])
def test_a_real_number_is_a_float(value):
    assert type(real(value)) is float
    assert real(value) == 0.5


@pytest.mark.parametrize("value", [np.inf, np.nan, 10**400, True, np.True_, "1", 1j, None,
                                   Decimal(1), [1.0], np.array([1.0]), np.array("a")])  # fmt: skip
def test_what_is_not_one_finite_real_number_is_none(value):
    assert real(value) is None


def test_a_value_in_a_message_is_short_and_on_one_line():
    assert shown(np.zeros((30, 30))).count("\n") == 0
    assert len(shown("x" * 999)) == 60
    assert shown(10**5000) == "an integer of thousands of digits"
