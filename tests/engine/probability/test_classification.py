"""Confusion, ROC and its area, precision and recall: by counting pairs and cases one by one."""

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from engine.errors import DomainError, ShapeError
from engine.probability import Normal
from engine.probability.classification import (
    auc,
    average_precision,
    cheapest_threshold,
    confusion_matrix,
    precision_recall,
    report,
    roc,
)

CASES = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 6)), min_size=2, max_size=30).filter(
    lambda cases: len({label for label, _ in cases}) == 2
)


def split(cases):
    y, s = np.array(cases).T
    return y, s.astype(float)


@given(CASES)
def test_auc_is_the_probability_of_ranking_a_pair_right_ties_half(cases):
    y, s = split(cases)
    pairs = s[y == 1][:, None] - s[y == 0]
    assert auc(y, s) == pytest.approx((pairs > 0).mean() + (pairs == 0).mean() / 2, abs=1e-12)
    u = scipy.stats.mannwhitneyu(s[y == 1], s[y == 0]).statistic
    assert auc(y, s) == pytest.approx(u / pairs.size, abs=1e-12)
    assert auc(y, -s) == pytest.approx(1 - auc(y, s), abs=1e-12)
    assert auc(1 - y, s) == pytest.approx(1 - auc(y, s), abs=1e-12)
    assert auc(y, np.exp(s)) == auc(y, s)


def test_auc_at_its_ends():
    y = [0, 0, 1, 1]
    assert (auc(y, [1, 2, 3, 4]), auc(y, [4, 3, 2, 1]), auc(y, [5, 5, 5, 5])) == (1, 0, 0.5)
    assert auc(y, [1, 2, 2, 3]) == 0.875


def test_auc_of_two_normal_clouds():
    rng = np.random.default_rng(0)
    s = np.append(rng.normal(0, 1, 50_000), rng.normal(1, 2, 50_000))
    expected = Normal().cdf(1 / np.sqrt(5))
    assert auc(np.repeat([0, 1], 50_000), s) == pytest.approx(expected, abs=0.006)


@given(CASES)
def test_every_threshold_says_what_counting_says(cases):
    y, s = split(cases)
    curve, found = roc(y, s), precision_recall(y, s)
    assert curve.thresholds.tolist() == [np.inf, *sorted(set(s), reverse=True)]
    for t, alarms, hits in zip(*curve, strict=True):
        assert alarms == pytest.approx((s >= t)[y == 0].mean())
        assert hits == pytest.approx((s >= t)[y == 1].mean())
    for t, precision, recall in zip(*found, strict=True):
        assert precision == pytest.approx(y[s >= t].mean())
        assert recall == pytest.approx((s >= t)[y == 1].mean())
    assert (curve.true_positive_rate[-1], curve.false_positive_rate[-1], found.recall[-1]) == (
        1,
        1,
        1,
    )


@given(CASES, st.floats(0, 9), st.floats(0, 9))
def test_no_threshold_is_cheaper_than_the_cheapest(cases, miss, alarm):
    y, s = split(cases)
    t, cost = cheapest_threshold(y, s, miss=miss, false_alarm=alarm)

    def costs(t):
        return (miss * ((s < t) & (y == 1)) + alarm * ((s >= t) & (y == 0))).mean()

    assert cost == pytest.approx(costs(t), abs=1e-12)
    assert cost <= min(costs(one) for one in [*range(-1, 8), np.inf]) + 1e-12


def test_average_precision_by_hand():
    assert average_precision([1, 0, 1, 0], [4, 3, 2, 1]) == pytest.approx((1 + 2 / 3) / 2)
    assert average_precision([1, 1, 0], [3, 2, 1]) == 1
    assert average_precision([1, 0, 0, 0], [0, 0, 0, 0]) == 0.25


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=40))
def test_a_confusion_matrix_counts(cases):
    y, y_hat = np.array(cases).T
    M = confusion_matrix(y, y_hat, 4)
    assert M.sum() == len(cases)
    for i in range(4):
        for j in range(4):
            assert M[i, j] == sum((a, b) == (i, j) for a, b in cases)
    found = report(M)
    assert found.accuracy == pytest.approx((y == y_hat).mean())
    for k in range(4):
        said, is_k = y_hat == k, y == k
        if said.any():
            assert found.precision[k] == pytest.approx(is_k[said].mean())
        if is_k.any():
            assert found.recall[k] == pytest.approx(said[is_k].mean())
        if found.precision[k] > 0:
            means = 2 / (1 / found.precision[k] + 1 / found.recall[k])
            assert found.f1[k] == pytest.approx(means)


def test_a_class_that_is_never_seen_has_no_precision():
    found = report(confusion_matrix([0, 1], [0, 0], 3))
    assert np.isnan(found.precision).tolist() == [False, True, True]
    assert np.isnan(found.recall).tolist() == [False, False, True]
    assert_allclose(found.f1[:2], [2 / 3, 0])
    assert confusion_matrix([0], [0]).shape == (2, 2)


MISTAKES = [
    (lambda: confusion_matrix([0, 1], [0]), ShapeError, "labels and predicted of one shape"),
    (
        lambda: confusion_matrix([2], [0], 2),
        DomainError,
        "confusion_matrix: expected integer labels from 0 to 1",
    ),
    (
        lambda: confusion_matrix([0.5], [0]),
        DomainError,
        r"confusion_matrix: expected integer labels from 0 to 4095, got \[0\.5\]",
    ),
    (
        lambda: confusion_matrix([0], [0], 0),
        DomainError,
        "confusion_matrix: expected an integer 1 ≤ K ≤ 4096",
    ),
    (lambda: report([[1, 2]]), ShapeError, r"report: expected matrix of shape \(N, N\)"),
    (lambda: report([[0]]), DomainError, "report: expected counts ≥ 0, not all 0"),
    (lambda: report([[-1, 2], [0, 1]]), DomainError, "report: expected counts ≥ 0"),
    (lambda: roc([0, 2], [1, 2]), DomainError, "roc: expected labels 0 and 1"),
    (lambda: roc([0, 0], [1, 2]), DomainError, "roc: expected a label 1, got only 0"),
    (lambda: auc([1, 1], [1, 2]), DomainError, "roc: expected labels of both classes, got only 1"),
    (lambda: auc([0, 1], [1, np.nan]), DomainError, "expected finite scores"),
    (lambda: auc([0, 1], [1]), ShapeError, "labels and scores of one shape"),
    (lambda: average_precision([0], [1]), DomainError, "precision_recall: expected a label 1"),
    (
        lambda: cheapest_threshold([0, 1], [1, 2], miss=-1),
        DomainError,
        "cheapest_threshold: expected 0 ≤ miss < ∞",
    ),
    (
        lambda: cheapest_threshold([0, 1], [1, 2], false_alarm=np.inf),
        DomainError,
        "cheapest_threshold: expected 0 ≤ false_alarm < ∞",
    ),
]


@pytest.mark.parametrize(("mistake", "kind", "message"), MISTAKES)
def test_a_mistake_is_named(mistake, kind, message):
    with pytest.raises(kind, match=message):
        mistake()
