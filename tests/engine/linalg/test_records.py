"""What all algorithms have in common: records with reasons, and mistakes named with their place."""

import numpy as np
import pytest

from engine import linalg as la
from engine.errors import DomainError, ShapeError
from engine.linalg import project
from engine.linalg.records import finite_records, last

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
    message = rf"expected finite A, got {bad} at .*\(1, 2\)"
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
    with pytest.raises(ShapeError, match=r"expected A of shape \(N, N\) with N ≥ 1, got \(6, 4\)"):
        steps(HIGH, *args[1:], **how)


def test_numbers_that_overflow_are_named_with_the_step():
    """The number is that of the record, whether these count from 0 or from 1."""
    grown = "expected numbers below 1.8e308, got -?(inf|nan) in"
    with pytest.raises(DomainError, match=rf"solve: {grown} augmented at step 1\."):
        la.solve([[1e-200, 1e200], [1e200, 1.0]], [1, 1], pivot=False)
    with pytest.raises(DomainError, match=rf"inverse: {grown} augmented at step 3\."):
        list(la.inverse_steps(np.diag([5e-324, 1.0, 4.0, 2.0])))
    with pytest.raises(DomainError, match=rf"inverse: {grown} inverse at step 3\."):
        la.inverse(np.diag([5e-324, 1.0, 4.0, 2.0]))
    guesses = la.splitting_steps([[1, 3], [2, 1]], [1, 1], start=[1e300, 1e300])
    assert [next(guesses).step for _ in range(21)] == list(range(21))
    with pytest.raises(DomainError, match=rf"jacobi: {grown} x at step 21\."):
        next(guesses)
    with pytest.raises(DomainError, match=rf"least_squares: {grown} x at step 2\."):
        la.least_squares([[1e-300]], [1e300])  # the answer comes after stage 1


def test_records_without_a_number_are_counted_from_0():
    good, spoilt = project([3, 4], [1, 0]), project([3, 4], [1, 0])
    spoilt.along[1] = np.inf
    assert list(finite_records("f", iter([good, good]))) == [good, good]
    for before in range(3):
        with pytest.raises(DomainError, match=f"f: .* got inf in along at step {before}"):
            last(finite_records("f", iter([good] * before + [spoilt, good])))


def test_any_layout_of_numbers_is_the_same_matrix():
    A = np.arange(1.0, 17).reshape(4, 4) ** 0.5
    for other in (np.asfortranarray(A), A.tolist(), np.repeat(np.repeat(A, 2, 0), 2, 1)[::2, ::2]):
        assert la.lu(other).L.tolist() == la.lu(A).L.tolist()
        assert la.svd(other).s.tolist() == la.svd(A).s.tolist()
    whole = np.array([[2, 1], [1, 3]])
    want = la.solve(whole, [3, 5]).x.tolist()
    for kind in (np.int8, np.float32, np.uint64):
        assert la.solve(whole.astype(kind), [3, 5]).x.tolist() == want


WORDS = [None, "3", 1j, object(), {}]


@pytest.mark.parametrize("value", [*WORDS, [3], np.array([1, 2])])
def test_a_setting_that_is_no_number_is_named(value):
    A, b, listed = [[4, 1], [1, 3]], [1, 2], np.ndim(value) > 0
    kind = ShapeError if listed else DomainError
    for name, argument, limits, call in (
        ("norm", "p", "p ≥ 1", lambda: la.norm([3, 4], value)),
        ("jacobi", "tolerance", "tolerance > 0", lambda: la.splitting(A, b, tolerance=value)),
        ("conjugate_gradient_bound", "κ", "κ ≥ 1", lambda: la.conjugate_gradient_bound(value, 1)),
    ):
        wanted = f"one number {argument}, got shape" if listed else f"{limits}, got "
        with pytest.raises(kind, match=f"^{name}: expected {wanted}"):
            call()
    for name, argument, call in (
        ("hilbert", "1 ≤ n ≤ 10000", lambda: la.hilbert(value)),
        ("jacobi", "limit ≥ 1", lambda: la.splitting(A, b, limit=value)),
        ("conjugate_gradient_bound", "steps ≥ 0", lambda: la.conjugate_gradient_bound(9, value)),
    ):
        with pytest.raises(DomainError, match=f"^{name}: expected an integer {argument}, got "):
            call()


@pytest.mark.parametrize("wrong", [*WORDS, [["3"]], [[None]], [[10**400]]])
def test_what_holds_no_numbers_is_named_with_its_argument(wrong):
    for name, argument, call in (
        ("solve", "A", lambda: la.solve(wrong, [1])),
        ("solve", "b", lambda: la.solve([[1]], wrong)),
        ("inverse", "A", lambda: la.inverse(wrong)),
        ("condition", "A", lambda: la.condition(wrong)),
        ("least_squares", "A", lambda: la.least_squares(wrong, [1])),
        ("least_squares", "b", lambda: la.least_squares([[1]], wrong)),
        ("gauss_seidel", "A", lambda: la.iteration_matrix(wrong, method="gauss_seidel")),
        ("jacobi", "b", lambda: la.splitting([[1]], wrong)),
        ("conjugate_gradient", "A", lambda: la.conjugate_gradient(wrong, [1])),
        ("norm", "v", lambda: la.norm(wrong)),
        ("project", "b", lambda: la.project([1], wrong)),
        ("gram", "A", lambda: la.gram(wrong)),
        ("frobenius", "A", lambda: la.frobenius(wrong)),
    ):
        with pytest.raises(DomainError, match=f"^{name}: expected {argument} of real numbers, got"):
            call()
