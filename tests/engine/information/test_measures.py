"""Measures of information: the anchors to their digits, SciPy, the laws that bind them."""

import math

import numpy as np
import pytest
import scipy.integrate
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from engine.errors import DomainError, ShapeError
from engine.information import (
    conditional_entropy,
    cross_entropy,
    entropy,
    joint_entropy,
    js_divergence,
    kl_divergence,
    mutual_information,
    surprisal,
)

SEEDS, SIZES = st.integers(0, 9999), st.integers(1, 9)
LAW_PAIRS = st.integers(1, 9).flatmap(
    lambda K: st.tuples(*[st.lists(st.floats(0.001, 1), min_size=K, max_size=K)] * 2)
)


def law(weights):
    p = np.array(weights, dtype=float)
    return p / p.sum()


def joint(K, L, seed):
    return np.random.default_rng(seed).dirichlet(np.full(K * L, 0.5)).reshape(K, L)


def test_entropies_of_coins_and_dice():
    assert entropy([0.5, 0.5]) == 1
    assert round(entropy([0.9, 0.1]), 5) == 0.46900
    assert entropy(np.full(8, 1 / 8)) == 3
    assert entropy([0.5, 0.5], base=math.e) == pytest.approx(math.log(2))
    assert entropy([1.0, 0.0]) == entropy([1.0]) == 0


def test_kl_both_ways():
    fair, bent = [0.5, 0.5], [0.9, 0.1]
    assert round(kl_divergence(fair, bent), 5) == 0.73697
    assert round(kl_divergence(bent, fair), 5) == 0.53100


@given(LAW_PAIRS, st.sampled_from([2, math.e, 10]))
def test_measures_agree_with_scipy(pair, base):
    p, q = map(law, pair)
    assert_allclose(
        entropy(p, base=base), scipy.stats.entropy(p, base=base), rtol=1e-10, atol=1e-14
    )
    want = scipy.stats.entropy(p, q, base=base)
    assert_allclose(kl_divergence(p, q, base=base), want, rtol=1e-10, atol=1e-14)


@given(LAW_PAIRS)
def test_cross_entropy_is_entropy_and_kl(pair):
    p, q = map(law, pair)
    assert cross_entropy(p, q) == pytest.approx(entropy(p) + kl_divergence(p, q), abs=1e-12)
    assert cross_entropy(p, q) >= entropy(p) - 1e-12
    assert kl_divergence(p, p) == 0
    assert entropy(p) <= math.log2(len(p)) + 1e-12
    assert entropy(p) == pytest.approx(float(p @ surprisal(p)))


@given(LAW_PAIRS)
def test_js_is_symmetric_and_at_most_a_bit(pair):
    p, q = map(law, pair)
    assert js_divergence(p, q) == pytest.approx(js_divergence(q, p), abs=1e-14)
    assert 0 <= js_divergence(p, q) <= 1
    m = (p + q) / 2
    assert js_divergence(p, q) == pytest.approx(
        entropy(m) - (entropy(p) + entropy(q)) / 2, abs=1e-12
    )
    want = scipy.spatial.distance.jensenshannon(p, q, 2) ** 2
    assert js_divergence(p, q) == pytest.approx(want, rel=1e-8, abs=1e-14)


def test_what_is_impossible_costs_infinitely_much():
    assert kl_divergence([0.5, 0.5], [1, 0]) == cross_entropy([0.5, 0.5], [1, 0]) == math.inf
    assert kl_divergence([1, 0], [0.5, 0.5]) == 1
    assert js_divergence([1, 0], [0, 1]) == 1
    assert js_divergence([1, 0], [0, 1], base=math.e) == pytest.approx(math.log(2))
    assert surprisal([1, 0.25, 0]).tolist() == [0, 2, math.inf]


@given(SIZES, SIZES, SEEDS)
def test_entropies_of_two_fit_together(K, L, seed):
    p = joint(K, L, seed)
    H_x, H_y, H = entropy(p.sum(axis=1)), entropy(p.sum(axis=0)), joint_entropy(p)
    I_xy = mutual_information(p)
    assert entropy(p) == H
    assert conditional_entropy(p) == pytest.approx(H - H_x, abs=1e-12)
    assert conditional_entropy(p.T) == pytest.approx(H - H_y, abs=1e-12)
    assert I_xy == pytest.approx(H_x + H_y - H, abs=1e-12)
    assert mutual_information(p.T) == pytest.approx(I_xy, abs=1e-13)
    assert 0 <= I_xy <= min(H_x, H_y) + 1e-12
    independent = np.outer(p.sum(axis=1), p.sum(axis=0))
    assert mutual_information(independent) == pytest.approx(0, abs=1e-14)
    nats = mutual_information(p, base=math.e)
    assert nats == pytest.approx(I_xy * math.log(2), abs=1e-14)


HALF = [0.5, 0.5]
MISTAKES = [
    (lambda: entropy([0.5, 0.6]), DomainError, "entropy: expected p with the sum 1"),
    (lambda: entropy([]), DomainError, "entropy: expected at least 1 number in p"),
    (lambda: entropy([np.nan]), DomainError, "entropy: expected p ≥ 0"),
    (lambda: entropy(HALF, base=1), DomainError, "entropy: expected 1 < base < ∞"),
    (lambda: surprisal([1.5]), DomainError, "surprisal: expected 0 ≤ p ≤ 1"),
    (lambda: surprisal([1], base=0), DomainError, "surprisal: expected 1 < base < ∞"),
    (
        lambda: cross_entropy(HALF, [1.0]),
        ShapeError,
        "cross_entropy: expected p and q of one shape",
    ),
    (lambda: cross_entropy(HALF, [1, 1]), DomainError, "cross_entropy: expected q with the sum 1"),
    (lambda: kl_divergence([-0.5, 1.5], HALF), DomainError, "kl_divergence: expected p ≥ 0"),
    (lambda: kl_divergence(HALF, HALF, base=-1), DomainError, "kl_divergence: expected 1 < base"),
    (lambda: js_divergence(HALF, [0.5]), DomainError, "js_divergence: expected q with the sum 1"),
    (lambda: joint_entropy(HALF), ShapeError, r"joint_entropy: expected joint of shape \(K, L\)"),
    (
        lambda: conditional_entropy([[1, 1]]),
        DomainError,
        "conditional_entropy: expected joint with the sum 1",
    ),
    (lambda: mutual_information(HALF), ShapeError, r"mutual_information: .* \(K, L\)"),
]


@pytest.mark.parametrize(("mistake", "kind", "message"), MISTAKES)
def test_a_mistake_is_named(mistake, kind, message):
    with pytest.raises(kind, match=message):
        mistake()
