"""What is refused, and in which words."""

import numpy as np
import pytest

from engine.errors import DomainError, ShapeError
from engine.probability.domain import (
    numbers,
    one,
    points,
    positive,
    require,
    same_length,
    sample,
    simplex,
    whole,
)


def test_what_is_right_passes_as_float64():
    assert numbers("f", "x", [[1, 2]]).dtype == np.float64
    assert sample("f", "x", [1, 2]).tolist() == [1, 2]
    assert sample("f", "x", [], least=0).shape == (0,)
    assert points("f", "X", [[1, 2]]).tolist() == [[1, 2]]
    assert positive("f", "x", [0, 2], zero=True).tolist() == [0, 2]
    assert simplex("f", "p", [[0.5], [0.5]]).shape == (2, 1)
    assert simplex("f", "p", [0.5, 0.5 + 1e-10]).sum() > 1
    assert [whole(n) for n in (3, 3.0, np.int64(3), 3.5, np.inf, np.nan)] == [True] * 3 + [
        False
    ] * 3


def test_what_is_no_single_number_is_not_whole():
    for n in ("3", None, [3], 3j, np.complex64(3), np.array([3, 3]), np.array("3"), {}):
        assert not whole(n)
    assert whole(np.array(3))
    assert one("f", "x", np.array(3)) == 3


MISTAKES = [
    (lambda: one("f", "x", [3]), ShapeError, r"f: expected one number x, got shape \(1,\)"),
    (lambda: one("f", "x", np.nan), DomainError, "f: expected x without NaN"),
    (lambda: require(False, "f", "x > 0", -1), DomainError, "^f: expected x > 0, got -1.$"),
    (lambda: numbers("f", "x", [np.nan]), DomainError, "f: expected x without NaN, got nan"),
    (lambda: sample("f", "x", [[1]]), ShapeError, r"f: expected x of shape \(N,\), got \(1, 1\)"),
    (lambda: sample("f", "x", [], 2), DomainError, "expected at least 2 numbers in x, got 0"),
    (lambda: sample("f", "x", [1, np.inf]), DomainError, r"expected finite x, got \[inf\]"),
    (lambda: points("f", "X", [1]), ShapeError, r"expected X of shape \(N, D\), D ≥ 1, got \(1,\)"),
    (lambda: points("f", "X", np.ones((1, 0))), ShapeError, "D ≥ 1"),
    (lambda: points("f", "X", [[1]], 2), DomainError, "at least 2 rows in X, got 1"),
    (lambda: points("f", "X", [[np.nan]]), DomainError, "expected finite X"),
    (lambda: positive("f", "x", [0]), DomainError, "expected x > 0"),
    (lambda: positive("f", "x", [-1], zero=True), DomainError, "expected x ≥ 0"),
    (lambda: simplex("f", "p", []), DomainError, "p with at least one entry"),
    (lambda: simplex("f", "p", [1.5, -0.5]), DomainError, "expected p ≥ 0, got -0.5"),
    (lambda: simplex("f", "p", [0.5, 0.4]), DomainError, "expected p that adds up to 1, got 0.9"),
    (lambda: simplex("f", "p", [np.inf]), DomainError, "adds up to 1, got inf"),
    (
        lambda: same_length("f", "x and y", np.ones(1), np.ones(2)),
        ShapeError,
        "x and y of one shape",
    ),
]


@pytest.mark.parametrize(("mistake", "kind", "message"), MISTAKES)
def test_a_mistake_is_named(mistake, kind, message):
    with pytest.raises(kind, match=message):
        mistake()
