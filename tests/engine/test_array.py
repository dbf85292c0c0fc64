"""What becomes an array: numbers in any layout, copied; the rest is named."""

import numpy as np
import pytest

from engine.array import real_numbers
from engine.errors import DomainError, ShapeError


@pytest.mark.parametrize("kind", [bool, np.int8, np.uint64, np.float16, np.float32, float])
def test_real_numbers_of_any_type_are_float64_and_fresh(kind):
    given = np.ones((2, 3), kind)
    found = real_numbers("f", "x", given)
    assert found.dtype == np.float64
    found[:] = 9
    assert (given == 1).all()


def test_any_layout_becomes_rows():
    A = np.arange(12.0).reshape(3, 4)
    for other in (A, np.asfortranarray(A), A[:, ::-1][:, ::-1], A.tolist()):
        found = real_numbers("f", "x", other)
        assert found.flags.c_contiguous
        assert found.tolist() == A.tolist()
    assert real_numbers("f", "x", 3).shape == ()
    assert real_numbers("f", "x", []).shape == (0,)
    assert np.isnan(real_numbers("f", "x", [np.nan, np.inf])[0])


@pytest.mark.parametrize("wrong", ["a", ["a"], None, 1j, object(), {}, 10**400, [None]])
def test_what_is_no_real_number_is_named(wrong):
    with pytest.raises(DomainError, match="f: expected x of real numbers, got"):
        real_numbers("f", "x", wrong)


def test_ragged_rows_are_named():
    with pytest.raises(ShapeError, match=r"f: expected x with rows of one length\."):
        real_numbers("f", "x", [[1], [1, 2]])
