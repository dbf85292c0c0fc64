"""What is refused and in which words, and that what passes is a fresh float64 in rows."""

import math
from fractions import Fraction

import numpy as np
import pytest

from engine.errors import DomainError, ShapeError
from engine.validate import (
    array,
    function,
    generator,
    integer,
    integers,
    is_integer,
    matrix,
    probabilities,
    real,
    require,
    same_shape,
    scalar,
    shown,
    square,
    symmetric,
    tall,
    vector,
)  # fmt: skip


@pytest.mark.parametrize("kind", [bool, np.int8, np.uint64, np.float16, np.float32, float])
def test_real_numbers_of_any_type_are_float64_and_fresh(kind):
    given = np.ones((2, 3), kind)
    found = array("f", "x", given)
    assert found.dtype == np.float64
    found[:] = 9
    assert (given == 1).all()


def test_any_layout_becomes_rows():
    A = np.arange(12.0).reshape(3, 4)
    for other in (A, np.asfortranarray(A), A[:, ::-1][:, ::-1], A.tolist()):
        found = array("f", "x", other)
        assert found.flags.c_contiguous
        assert found.tolist() == A.tolist()
    assert array("f", "x", 3).shape == ()
    assert array("f", "x", []).shape == (0,)
    assert np.isnan(array("f", "x", [np.nan, np.inf], nan=True)[0])


WORDS = ["a", None, 1j, object(), {}, 10**400]


@pytest.mark.parametrize("wrong", WORDS)
@pytest.mark.parametrize("check", [array, vector, matrix, square, tall, symmetric, probabilities])
def test_anything_but_real_numbers_is_named(check, wrong):
    with pytest.raises(DomainError, match="f: expected x of real numbers, got"):
        check("f", "x", wrong)


@pytest.mark.parametrize("wrong", [*WORDS, True, np.False_])
def test_anything_but_one_real_number_is_named(wrong):
    with pytest.raises(DomainError, match=r"f: expected 0 < x < 1, got .*\.$"):
        scalar("f", "x", wrong, above=0, below=1)
    with pytest.raises(
        DomainError, match=r"f: expected an integer (x ≥ 0|0 ≤ x ≤ 9.0072e15), got .*\.$"
    ):
        integer("f", "x", wrong, low=0)
    assert real(wrong) is None


def test_integers_are_several():
    assert integers("f", "n", np.array([2, 3])) == integers("f", "n", [2.0, 3]) == (2, 3)
    for wrong in (3, "3", None, np.array(3)):
        with pytest.raises(DomainError, match="f: expected n as a tuple of integers, got"):
            integers("f", "n", wrong)
    with pytest.raises(DomainError, match="f: expected an integer n ≥ 1, got 0"):
        integers("f", "n", (1, 0), low=1)


def test_a_generator_is_not_a_seed():
    rng = np.random.default_rng(0)
    assert generator("f", rng) is rng
    with pytest.raises(DomainError, match=r"f: expected rng = np\.random\.default_rng"):
        generator("f", 0)


def test_a_value_in_a_message_is_short_and_on_one_line():
    assert "\n" not in shown(np.zeros((30, 30)))
    assert len(shown("x" * 999)) == 60


@pytest.mark.parametrize("x", [3, 3.0, np.float32(3), np.int8(3), np.array(3), Fraction(3)])
def test_a_number_of_any_type_is_a_float_and_an_integer(x):
    assert scalar("f", "x", x) == real(x) == 3
    assert type(scalar("f", "x", x)) is float
    if not isinstance(x, Fraction):
        assert integer("f", "x", x) == 3
        assert type(integer("f", "x", x)) is int


def test_a_single_integer_is_told_from_anything_else():
    for n in ("3", None, [3], 3j, np.complex64(3), np.array([3, 3]), np.array("3"), {}, 3.5):
        assert not is_integer(n)
    assert not any(map(is_integer, (np.inf, np.nan, 10**400, 2.0**53 + 2)))


def test_the_right_things_pass():
    assert vector("f", "x", [], least=0).shape == (0,)
    assert matrix("f", "X", [[1, 2]]).tolist() == [[1, 2]]
    assert array("f", "x", np.ones((2, 4, 3)), shape=("…", 3)).shape == (2, 4, 3)
    assert array("f", "x", np.ones(3), shape=("…", 3)).shape == (3,)
    assert array("f", "x", [np.inf], low=0, infinite=True).tolist() == [np.inf]
    assert probabilities("f", "p", [[0.5], [0.5]]).shape == (2, 1)
    assert probabilities("f", "p", [0.5, 0.5 + 1e-10]).sum() > 1
    assert scalar("f", "x", np.inf, low=0, infinite=True) == np.inf
    function("f", "g", len)


FULL = np.ones((1, 2))
MISTAKES = [
    (lambda: require(False, "f", "x > 0", -1), DomainError, "expected x > 0, got -1"),
    (lambda: require(False, "f", "x", 10**5000), DomainError, "got an integer of thousands"),
    (lambda: scalar("f", "x", [3]), ShapeError, "expected one number x, got shape (1,)"),
    (lambda: scalar("f", "x", np.nan), DomainError, "expected finite x, got nan"),
    (lambda: scalar("f", "x", np.inf), DomainError, "expected finite x, got inf"),
    (lambda: scalar("f", "x", np.nan, infinite=True), DomainError, "x without NaN, got nan"),
    (lambda: scalar("f", "x", 0, above=0), DomainError, "expected 0 < x < ∞, got 0"),
    (lambda: scalar("f", "x", -1, low=0, infinite=True), DomainError, "expected x ≥ 0, got -1"),
    (lambda: scalar("f", "x", 2, below=1), DomainError, "expected −∞ < x < 1, got 2"),
    (lambda: scalar("f", "x", np.nan, above=0, below=1), DomainError, "0 < x < 1, got nan"),
    (lambda: scalar("f", "x", 2, low=-1, high=1e-9), DomainError, "−1 ≤ x ≤ 1e-09, got 2"),
    (lambda: integer("f", "n", 2.5), DomainError, "expected an integer n, got 2.5"),
    (lambda: integer("f", "n", 0, low=1), DomainError, "expected an integer n ≥ 1, got 0"),
    (lambda: integer("f", "n", 11, low=1, high=10), DomainError,
     "expected an integer 1 ≤ n ≤ 10, got 11"),
    (lambda: integer("f", "n", math.inf, low=1), DomainError, "an integer n ≥ 1, got inf"),
    (lambda: integer("f", "n", 1e200, low=1), DomainError,
     "expected an integer 1 ≤ n ≤ 9.0072e15, got 1e+200"),
    (lambda: integer("f", "n", [3]), DomainError, "expected an integer n, got [3]"),
    (lambda: array("f", "x", [[1], [1, 2]]), ShapeError, "expected x with rows of one length"),
    (lambda: array("f", "x", [1, 2, np.nan]), DomainError, "finite x, got nan at index 2"),
    (lambda: array("f", "x", [[1, -1]], low=0, high=1), DomainError,
     "expected 0 ≤ x ≤ 1, got -1 at index (0, 1)"),
    (lambda: array("f", "x", FULL, shape=("N", 3)), ShapeError, "x of shape (N, 3), got (1, 2)"),
    (lambda: array("f", "x", FULL, shape=("…", 3)), ShapeError, "x of shape (…, 3), got (1, 2)"),
    (lambda: array("f", "x", 3, shape=("…", 3)), ShapeError, "x of shape (…, 3), got ()"),
    (lambda: vector("f", "x", [[1]]), ShapeError, "expected x of shape (N,), got (1, 1)"),
    (lambda: vector("f", "x", [1, 2], size=3), ShapeError, "x of shape (3,), got (2,)"),
    (lambda: vector("f", "x", [], least=2), DomainError, "at least 2 numbers in x, got 0"),
    (lambda: matrix("f", "X", [1]), ShapeError, "X of shape (N, D) with D ≥ 1, got (1,)"),
    (lambda: matrix("f", "X", np.ones((1, 0))), ShapeError, "with D ≥ 1, got (1, 0)"),
    (lambda: matrix("f", "X", FULL, columns=3), ShapeError, "X of shape (N, 3), got (1, 2)"),
    (lambda: matrix("f", "X", FULL, least=2), DomainError, "at least 2 rows in X, got 1"),
    (lambda: square("f", "A", FULL), ShapeError, "A of shape (N, N) with N ≥ 1, got (1, 2)"),
    (lambda: tall("f", "A", FULL), ShapeError, "A of shape (m, n) with m ≥ n"),
    (lambda: symmetric("f", "A", [[1, 2], [3, 4]]), DomainError,
     "expected A symmetric, got A[0, 1] = 2 and A[1, 0] = 3"),
    (lambda: probabilities("f", "p", []), DomainError, "at least 1 number in p, got 0"),
    (lambda: probabilities("f", "p", [1.5, -0.5]), DomainError, "p ≥ 0, got -0.5 at index 1"),
    (lambda: probabilities("f", "p", [0.5, 0.4]), DomainError, "p with the sum 1, got 0.9"),
    (lambda: probabilities("f", "p", [np.inf]), DomainError, "p with the sum 1, got inf"),
    (lambda: probabilities("f", "p", [[1]], shape=("K",)), ShapeError, "shape (K,), got (1, 1)"),
    (lambda: same_shape("f", "x and y", FULL, np.ones(2)), ShapeError,
     "expected x and y of one shape, got (1, 2) and (2,)"),
    (lambda: function("f", "g", "sin"), DomainError, "a function g, such as lambda x: x**2, got"),
]  # fmt: skip


@pytest.mark.parametrize(("mistake", "kind", "message"), MISTAKES, ids=[m for _, _, m in MISTAKES])
def test_a_mistake_is_one_sentence_that_names_it(mistake, kind, message):
    with pytest.raises(kind) as caught:
        mistake()
    said = str(caught.value)
    assert said.startswith("f: ")
    assert message in said
    assert said.endswith(".")
    assert "\n" not in said


@pytest.mark.parametrize("unit", [1e-300, 1.0, 8e307])
def test_symmetric_means_to_a_millionth_of_a_millionth_of_the_largest(unit):
    A = unit * np.array([[2.0, 1.0], [1.0, 1.0]])
    near, far = A.copy(), A.copy()
    near[0, 1] += 1.9e-12 * unit
    far[0, 1] += 2.1e-12 * unit
    np.testing.assert_array_equal(symmetric("f", "A", -near), -symmetric("f", "A", near))
    mended = symmetric("f", "A", near)
    assert (mended == mended.T).all()
    assert mended[0, 1] == pytest.approx(unit * (1 + 0.95e-12), rel=1e-15)
    with pytest.raises(DomainError, match="f: expected A symmetric"):
        symmetric("f", "A", far)
