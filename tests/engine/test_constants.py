"""One convention for data that are all equal: the spread is exactly 0, whatever their rounding.

The mean of three times 0.1 in floating point is not 0.1. What multiplies by the spread answers with
exactly 0; what divides by it refuses.
"""

import numpy as np
import pytest

from engine.data.dataset import DataSet, standardize
from engine.errors import DomainError
from engine.generalization import bias_variance, neighbors_fit
from engine.probability.association import correlation, correlation_p_value, covariance
from engine.probability.calibration import brier_parts, reliability
from engine.probability.density import scott
from engine.probability.estimation import fit, variance
from engine.probability.intervals import bootstrap_interval, mean_interval
from engine.probability.testing import (
    paired_t_test,
    permutation_test,
    t_test,
    two_sample_t_test,
)  # fmt: skip

CONSTANTS = [
    [0.1] * 3,
    [0.1] * 10,
    [1 / 3] * 7,
    [0.7] * 6,
    [1e308] * 5,
    [1e-310] * 9,
    [-0.3] * 1001,
]
CONSTANTS = [np.array(x) for x in CONSTANTS]
NAMES = [f"{len(x)} times {x[0]:.3g}" for x in CONSTANTS]


def varied(x):
    return np.arange(len(x)) * (abs(x[0]) / len(x))


REFUSED = {
    "t_test": lambda x: t_test(x),
    "t_test at its mean": lambda x: t_test(x, x[0]),
    "paired_t_test": lambda x: paired_t_test(x, np.zeros_like(x)),
    "two_sample_t_test": lambda x: two_sample_t_test(x, x / 3),
    "correlation": lambda x: correlation(np.column_stack([x, varied(x)])),
    "correlation_p_value": lambda x: correlation_p_value(x, varied(x)),
    "scott": lambda x: scott(x[:, None]),
    "fit normal": lambda x: fit("normal", x),
    "fit uniform": lambda x: fit("uniform", x),
    "fit laplace": lambda x: fit("laplace", x),
    "fit gamma": lambda x: fit("gamma", abs(x)),
    "fit beta": lambda x: fit("beta", np.minimum(abs(x), 0.9)),
}


@pytest.mark.parametrize("x", CONSTANTS, ids=NAMES)
@pytest.mark.parametrize("statistic", REFUSED.values(), ids=REFUSED)
def test_what_divides_by_the_spread_refuses_a_constant(statistic, x):
    words = "numbers that differ|columns that vary|differences that differ"
    with pytest.raises(DomainError, match=words):
        statistic(x)


@pytest.mark.parametrize("x", CONSTANTS, ids=NAMES)
def test_what_multiplies_by_the_spread_answers_with_nothing(x):
    c, y = x[0], varied(x)
    assert variance(x) == variance(x, unbiased=False) == 0
    assert mean_interval(x) == (c, c)
    assert permutation_test(x, x[:2], rng=np.random.default_rng(0), permutations=9).p_value == 1
    middles = bootstrap_interval(
        x, lambda x: np.median(x, axis=1), rng=np.random.default_rng(0), resamples=9
    )
    assert middles == (c, c)
    if 1e-100 < abs(c) < 1e100:
        assert covariance(np.column_stack([x, y]))[0].tolist() == [0, 0]
        one_constant = two_sample_t_test(x, y)
        assert one_constant.df == pytest.approx(len(x) - 1)


@pytest.mark.parametrize("x", CONSTANTS, ids=NAMES)
def test_a_constant_feature_is_nothing_after_standardizing(x):
    part = DataSet(
        "part", np.column_stack([x, varied(x)]), x[:, None], ("a", "b"), (), "regression"
    )
    for one in standardize(part, part):
        assert (one.x[:, 0] == 0).all()
        assert one.x[:, 1].std() == pytest.approx(1)


@pytest.mark.parametrize(
    ("p", "labels"), [(0.1, [1] + [0] * 9), (0.2, [1] + [0] * 4), (0.7, [1] * 7 + [0] * 3)]
)
def test_a_constant_prediction_that_is_right_has_no_calibration_error(p, labels):
    found = reliability(labels, [p] * len(labels))
    assert found.confidence[found.counts > 0].tolist() == [p]
    assert found.expected_error == 0
    parts = brier_parts(labels, [p] * len(labels))
    assert parts.resolution == parts.reliability == 0


def test_predictions_that_never_change_have_no_variance():
    found = bias_variance(
        neighbors_fit(1), lambda x: 0 * x + 0.1, [0.0, 1.0], [0.3], sigma=0, sets=9,
        rng=np.random.default_rng(0),
    )  # fmt: skip
    assert found.average == 0.1
    assert found.variance == found.bias2 == found.error == 0


@pytest.mark.parametrize(
    ("x", "y"), [([1.1, 10.1, 3.1], [1, 10, 3]), ([0.3, 0.2, 0.6], [0.2, 0.1, 0.5])]
)
def test_pairs_whose_differences_differ_by_rounding_alone_are_constant(x, y):
    assert len({a - b for a, b in zip(x, y, strict=True)}) > 1
    with pytest.raises(DomainError, match="paired_t_test: expected differences that differ"):
        paired_t_test(x, y)
    assert paired_t_test(x, [*y[:2], y[2] + 1e-9]).df == 2
