"""Bounds on what was not seen, and labelings counted by trying them all."""

import math
from itertools import product

import numpy as np
import pytest
import scipy.optimize

from engine.errors import DomainError
from engine.generalization.bounds import (
    cases_needed,
    compression_bound,
    hoeffding,
    separable_labelings,
)
from engine.probability import Binomial


def test_hoeffding_at_a_thousand_cases():
    assert round(hoeffding(1000, 0.05), 6) == 0.013476
    assert hoeffding(1, 0.1) == 1


@pytest.mark.parametrize("p", [0.1, 0.5])
def test_hoeffding_is_never_below_the_truth(p):
    for n, eps in ((50, 0.1), (200, 0.05), (1000, 0.05)):
        law = Binomial(n, p)
        k = np.arange(n + 1)
        off = float(law.density(k[np.abs(k / n - p) >= eps - 1e-12]).sum())
        assert off <= hoeffding(n, eps)


def test_as_many_cases_as_needed_are_enough_and_one_less_is_not():
    for eps, delta, models in ((0.05, 0.05, 1), (0.1, 0.01, 1000)):
        n = cases_needed(eps, delta, models)
        assert models * hoeffding(n, eps) <= delta
        assert models * 2 * math.exp(-2 * (n - 1) * eps**2) > delta


def parted(X, signs):
    """Is there a line with every sign on its side? A linear programme that has to be feasible."""
    rows = -signs[:, None] * np.column_stack([np.ones(len(X)), X])
    bounds = [(None, None)] * rows.shape[1]
    found = scipy.optimize.linprog(np.zeros(rows.shape[1]), rows, -np.ones(len(X)), bounds=bounds)
    return found.status == 0


@pytest.mark.parametrize(("N", "count"), [(3, 8), (4, 14), (5, 22)])
def test_lines_part_three_points_in_all_ways_and_four_not(N, count):
    X = np.random.default_rng(0).standard_normal((N, 2))
    assert sum(parted(X, np.array(signs)) for signs in product([-1, 1], repeat=N)) == count
    assert separable_labelings(N, 3) == count


def test_with_twice_as_many_points_as_weights_half_can_be_learned():
    for d in (1, 2, 5, 20):
        assert separable_labelings(2 * d, d) * 2 == 2 ** (2 * d)
        assert separable_labelings(d, d) == 2**d


def test_a_shorter_model_is_bound_more_tightly():
    assert compression_bound(0, 1000) < compression_bound(100, 1000) < compression_bound(100, 100)
    n, eps = 1000, compression_bound(10, 1000, 0.05)
    assert 2**10 * hoeffding(n, eps) == pytest.approx(0.05)


MISTAKES = [
    (lambda: hoeffding(0, 0.1), "hoeffding: expected an integer n ≥ 1"),
    (lambda: hoeffding(10, 0), "hoeffding: expected 0 < eps ≤ 1"),
    (lambda: cases_needed(2, 0.1), "cases_needed: expected 1e-150 ≤ eps ≤ 1"),
    (lambda: cases_needed(0.1, 1), "cases_needed: expected 1e-300 ≤ delta < 1"),
    (lambda: cases_needed(0.1, 0.1, 0), "cases_needed: expected an integer models ≥ 1"),
    (lambda: separable_labelings(0, 1), "separable_labelings: expected an integer points ≥ 1"),
    (lambda: separable_labelings(1, 0), "separable_labelings: expected an integer weights ≥ 1"),
    (lambda: compression_bound(-1, 1), "compression_bound: expected 0 ≤ bits < ∞"),
    (lambda: compression_bound(1, 0.5), "compression_bound: expected an integer n ≥ 1"),
    (lambda: compression_bound(1, 1, 0), "compression_bound: expected 0 < delta < 1"),
]


@pytest.mark.parametrize(("mistake", "message"), MISTAKES)
def test_a_mistake_is_named(mistake, message):
    with pytest.raises(DomainError, match=message):
        mistake()
