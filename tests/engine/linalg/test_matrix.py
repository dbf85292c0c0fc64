"""What every algorithm asks of its matrices: what is none is named, with its place."""

import numpy as np
import pytest

from engine import linalg as la
from engine.errors import DomainError, ShapeError
from engine.linalg.matrix import matrix, symmetric, tall, vector, whole_number

GENERAL = np.random.default_rng(0).standard_normal((5, 5))
HIGH = np.random.default_rng(1).standard_normal((6, 4))
POSITIVE = GENERAL @ GENERAL.T + np.eye(5)
B, ONE = np.arange(1.0, 6.0), np.eye(5)[0]

ALGORITHMS = {
    "elimination": (la.elimination_steps, (GENERAL, B), {}),
    "no pivot": (la.elimination_steps, (GENERAL, B), {"pivot": False}),
    "inverse": (la.inverse_steps, (GENERAL,), {}),
    "lu": (la.lu_steps, (GENERAL,), {}),
    "cholesky": (la.cholesky_steps, (POSITIVE,), {}),
    "householder": (la.householder_steps, (HIGH,), {}),
    "hessenberg": (la.hessenberg_steps, (GENERAL,), {}),
    "power": (la.power_steps, (POSITIVE, ONE), {}),
    "inverse iteration": (la.inverse_iteration_steps, (POSITIVE, ONE), {}),
    "jacobi eigen": (la.jacobi_eigen_steps, (POSITIVE,), {}),
    "qr algorithm": (la.qr_algorithm_steps, (POSITIVE,), {}),
    "schur": (la.schur_steps, (GENERAL,), {}),
    "svd": (la.svd_steps, (HIGH,), {}),
    "svd of a wide one": (la.svd_steps, (HIGH.T,), {}),
    "low rank": (la.low_rank_steps, (HIGH, 2), {}),
    "jacobi": (la.splitting_steps, (POSITIVE + 40 * np.eye(5), B), {}),
    "gauss seidel": (la.splitting_steps, (POSITIVE, B), {"method": "gauss_seidel"}),
    "conjugate gradient": (la.conjugate_gradient_steps, (POSITIVE, B), {}),
    "least squares": (la.least_squares_steps, (HIGH, np.arange(6.0)), {}),
    "normal equations": (
        la.least_squares_steps,
        (HIGH, np.arange(6.0)),
        {"method": "normal"},
    ),
}
TABLE = pytest.mark.parametrize(("steps", "args", "how"), ALGORITHMS.values(), ids=ALGORITHMS)


@TABLE
def test_input_is_left_alone_and_every_step_says_why(steps, args, how):
    before = [np.array(arg) for arg in args]
    for record in steps(*args, **how):
        assert len(record.why) > 5
        told = any(letter.isdigit() for letter in record.why)
        assert told or record.why in ("downhill first", "AᵀA = L Lᵀ: two triangles")
    for old, new in zip(before, args, strict=True):
        np.testing.assert_array_equal(old, new)


@TABLE
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_nan_and_infinity_are_named_with_their_place(steps, args, how, bad):
    spoilt = args[0].copy()
    spoilt[1, 2] = bad
    message = rf"expected A of finite numbers, got {bad} at .*\(1, 2\)"
    with pytest.raises(DomainError, match=message):
        steps(spoilt, *args[1:], **how)


@TABLE
@pytest.mark.parametrize("empty", [np.zeros((0, 0)), [], np.zeros((2, 2, 2)), [[1, 2], [3]]])
def test_what_is_no_matrix_is_refused(steps, args, how, empty):
    with pytest.raises(ShapeError, match="expected A"):
        steps(empty, *args[1:], **how)


@TABLE
def test_complex_numbers_and_words_are_refused(steps, args, how):
    for wrong in (args[0] + 1j, [["a", "b"], ["c", "d"]]):
        with pytest.raises(DomainError, match="expected A of real numbers, got"):
            steps(wrong, *args[1:], **how)


SQUARE = [name for name in ALGORITHMS if np.shape(ALGORITHMS[name][1][0]) == (5, 5)]


@pytest.mark.parametrize("name", SQUARE)
def test_a_matrix_that_is_not_square_is_refused(name):
    steps, args, how = ALGORITHMS[name]
    with pytest.raises(ShapeError, match=r"expected A \(n, n\), got \(6, 4\)"):
        steps(HIGH, *args[1:], **how)


def test_numbers_that_overflow_are_named_with_the_step():
    with pytest.raises(DomainError, match=r"solve: expected numbers below 1.8e308, got -?inf in"):
        la.solve([[1e-200, 1e200], [1e200, 1.0]], [1, 1], pivot=False)


def test_helpers_say_what_they_expect():
    with pytest.raises(ShapeError, match=r"f: expected b \(3,\), got \(2,\)"):
        vector("f", [1, 2], argument="b", size=3)
    with pytest.raises(ShapeError, match=r"m ≥ n, got \(1, 2\). Try A.T"):
        tall("f", [[1, 2]])
    with pytest.raises(DomainError, match=r"got A\[0, 1\] = 2 and A\[1, 0\] = 3"):
        symmetric("f", [[1, 2], [3, 4]])
    fresh = np.eye(2)
    assert matrix("f", fresh) is not fresh


@pytest.mark.parametrize("value", [0, 11, 2.5, np.nan, np.inf, -np.inf])
def test_what_is_no_whole_number_of_the_range_is_named(value):
    with pytest.raises(DomainError, match=r"f: expected a whole n (≥ 1|from 1 to 10), got"):
        whole_number("f", "n", value, 1, 10)
    for good in (1, 10, 3.0, np.int8(3), np.float32(3), True):
        assert whole_number("f", "n", good, 1, 10) == good
        assert type(whole_number("f", "n", good, 1, 10)) is int


def test_any_layout_of_numbers_is_the_same_matrix():
    A = np.arange(1.0, 17).reshape(4, 4) ** 0.5
    for other in (np.asfortranarray(A), A.tolist(), np.repeat(np.repeat(A, 2, 0), 2, 1)[::2, ::2]):
        assert la.lu(other).L.tolist() == la.lu(A).L.tolist()
        assert la.svd(other).s.tolist() == la.svd(A).s.tolist()
    whole = np.array([[2, 1], [1, 3]])
    want = la.solve(whole, [3, 5]).x.tolist()
    for kind in (np.int8, np.float32, np.uint64):
        assert la.solve(whole.astype(kind), [3, 5]).x.tolist() == want
