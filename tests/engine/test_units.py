"""No statistic depends on the unit of its data: all data times 2ᵏ give the same digits.

A row calls a statistic with all its data multiplied by 2ᵏ (a parameter in another unit by the power
that belongs to it), and says which power of 2ᵏ each number of the answer has. The answer must be
that, bit for bit, from 2⁻⁶⁰⁰ to 2⁶⁰⁰; where a number of it would not be a float, it must be refused
in a sentence.
"""

import math
from typing import NamedTuple

import numpy as np
import pytest
from numpy.testing import assert_allclose

from engine.data.dataset import DataSet, standardize
from engine.errors import DomainError
from engine.generalization import (
    bias_variance,
    degrees_of_freedom,
    descent_filter,
    double_descent_steps,
    dropout_penalty,
    early_stopping,
    gaussian_risk,
    isotropic_risk,
    lasso,
    lasso_steps,
    minimum_norm,
    neighbors_fit,
    polynomial_fit,
    ridge,
    smallest_zero_penalty,
    soft_threshold,
)  # fmt: skip
from engine.information import multivariate_normal_kl, normal_kl
from engine.probability import Laplace, MultivariateNormal, Normal, Uniform
from engine.probability.association import correlation, correlation_p_value, covariance
from engine.probability.bayes import posterior
from engine.probability.classification import (
    auc,
    average_precision,
    cheapest_threshold,
    precision_recall,
    report,
    roc,
)  # fmt: skip
from engine.probability.conjugate import normal_normal
from engine.probability.density import KernelDensity, scott
from engine.probability.estimation import fit, fit_multivariate_normal, variance
from engine.probability.intervals import bootstrap, bootstrap_interval, mean_interval
from engine.probability.regression import prior
from engine.probability.testing import (
    paired_t_test,
    permutation_differences,
    permutation_test,
    t_test,
    t_test_power,
    two_sample_t_test,
    z_test_power,
)  # fmt: skip

POWERS = (-600, -301, 301, 600)


def rng(seed=0):
    return np.random.default_rng(seed)


X, Y = rng(1).normal(3, 2, 12), rng(2).normal(2, 3, 12)
POSITIVE = np.abs(X) + 0.1
TABLE = rng(3).normal(1, 2, (9, 3))
ANSWERS = TABLE @ [1.0, -2.0, 0.5] + rng(4).normal(0, 0.3, 9)
LABELS = rng(5).integers(0, 2, 12)
SIGMA = np.array([[2.0, 0.5], [0.5, 1.0]])


def means(x):
    return x.mean(axis=1)


def times(x, k):
    """x · 2ᵏ."""
    with np.errstate(over="ignore"):
        return np.ldexp(x, k)


def kernel(k):
    h = np.array([0.3, 0.4, 0.5])
    return KernelDensity(times(TABLE, k), times(h, k))


def cloud(k):
    return MultivariateNormal(times([1.0, 2.0], k), times(SIGMA, 2 * k))


def measured(k, kind="both"):
    """Bias and variance of a polynomial or of neighbors, of y or of x and y in another unit."""
    inputs, at = np.linspace(0, 1, 8), np.array([0.2, 0.7])
    e = 0 if kind == "y" else k
    learner = neighbors_fit(2) if kind == "neighbors" else polynomial_fit(2)
    found = bias_variance(
        learner, lambda x: times(np.sin(3 * times(x, -e)), k), times(inputs, e), times(at, e),
        sigma=times(0.3, k), sets=5, rng=rng(6),
    )  # fmt: skip
    return found.average, found.bias2, found.variance, found.noise, found.error


def widths(k):
    steps = double_descent_steps(
        8, [3, 20], sigma=times(0.5, k), r=times(1.5, k), repeats=3, rng=rng(7)
    )
    return [(one.risk, one.standard_error, one.bias2, one.variance) for one in steps]


def standardized(k):
    part = DataSet(
        "train", times(TABLE, k), times(ANSWERS[:, None], k), ("a", "b", "c"), (), "regression"
    )
    train, test = standardize(part, part)
    return train.x, test.x


def selected(k, of_x, of_y, of_penalty):
    X, y = times(TABLE, of_x * k), times(ANSWERS, of_y * k)
    found = lasso(X, y, times(2.0, of_penalty * k))
    *steps, _ = lasso_steps(X, y, times(2.0, of_penalty * k))
    return found.w, found.objective, found.residual, steps[0].pull, steps[0].square, steps[-1].after


def shrunk(k, of_x, of_y, of_penalty):
    penalty = times([0.5, 2.0, 1.0], of_penalty * k)
    fit = ridge(times(TABLE, of_x * k), times(ANSWERS, of_y * k), penalty)
    errors = fit.leave_one_out, fit.residual, fit.penalty
    return fit.w, fit.degrees_of_freedom, fit.leverage, *errors


def stopped(k, of_x, of_y, of_rate):
    X, y = times(TABLE, of_x * k), times(ANSWERS, of_y * k)
    found = early_stopping(X, y, float(times(0.01, of_rate * k)), 7)
    factors = found.filter_factors, found.curvatures, found.degrees_of_freedom
    return found.w, *factors, found.residual


def belief(k):
    found = prior(3, alpha=0.7, beta=2.0).update(TABLE, times(ANSWERS, k))
    return found.mean, *found.predict(TABLE)


class Row(NamedTuple):
    """A statistic of data times 2ᵏ, and the powers of 2ᵏ in its numbers, in their order.

    `largest` is the largest |k| for which its parameters, such as λ · 2²ᵏ, are floats themselves.
    """

    name: str
    statistic: object
    powers: tuple[int, ...]
    largest: int = 600


ROWS = [
    Row("variance", lambda k: [variance(times(X, k))], (2,)),
    Row("biased variance", lambda k: [variance(times(X, k), unbiased=False)], (2,)),
    Row("variance of a constant", lambda k: [variance(times([0.1] * 3, k))], (2,)),
    Row("covariance", lambda k: [covariance(times(TABLE, k))], (2,)),
    Row("correlation", lambda k: [correlation(times(TABLE, k))], (0,)),
    Row("correlation, one unit", lambda k: [correlation(times(TABLE, [k, 0, -k]))], (0,)),
    Row("correlation_p_value", lambda k: [correlation_p_value(times(X, k), Y)], (0,)),
    Row("t_test", lambda k: t_test(times(X, k), times(1.0, k)), (0, 0, 0, 1)),
    Row("paired_t_test", lambda k: paired_t_test(times(X, k), times(Y, k)), (0, 0, 0, 1)),
    Row("Welch", lambda k: two_sample_t_test(times(X, k), times(Y, k)), (0, 0, 0, 1)),
    Row("Student", lambda k: two_sample_t_test(
        times(X, k), times(Y, k), equal_variance=True), (0, 0, 0, 1)),
    Row("Welch with a constant", lambda k: two_sample_t_test(
        times(X, k), times([0.1] * 3, k)), (0, 0, 0, 1)),
    Row("permutation_test", lambda k: permutation_test(
        times(X, k), times(Y, k), permutations=99, rng=rng())[:2], (1, 0)),
    Row("permutation_differences", lambda k: [permutation_differences(
        times(X, k), times(Y, k), permutations=9, rng=rng())], (1,)),
    Row("z_test_power", lambda k: [z_test_power(times(1.0, k), 9, sigma=times(2.0, k))], (0,)),
    Row("t_test_power", lambda k: [t_test_power(times(1.0, k), 9, sigma=times(2.0, k))], (0,)),
    Row("mean_interval", lambda k: mean_interval(times(X, k)), (1, 1)),
    Row("mean_interval, σ known", lambda k: mean_interval(
        times(X, k), sigma=float(times(2.0, k))), (1, 1)),
    Row("mean_interval of a constant", lambda k: mean_interval(times([0.1] * 3, k)), (1, 1)),
    Row("bootstrap", lambda k: [bootstrap(times(X, k), means, resamples=9, rng=rng())], (1,)),
    Row("bootstrap_interval", lambda k: bootstrap_interval(
        times(X, k), means, resamples=99, rng=rng()), (1, 1)),
    Row("fit uniform", lambda k: [vars_of(fit("uniform", times(X, k)))], (1,)),
    Row("fit normal", lambda k: [vars_of(fit("normal", times(X, k)))], (1,)),
    Row("fit laplace", lambda k: [vars_of(fit("laplace", times(X, k)))], (1,)),
    Row("fit exponential", lambda k: [fit("exponential", times(POSITIVE, k)).rate], (-1,)),
    Row("fit gamma", lambda k: vars_of(fit("gamma", times(POSITIVE, k))), (0, -1)),
    Row("fit multivariate normal", lambda k: moments_of(
        fit_multivariate_normal(times(TABLE, k))), (1, 2)),
    Row("standard deviations", lambda k: [
        Normal(0, times(3.0, k)).std, Laplace(0, times(3.0, k)).std,
        Uniform(0, times(3.0, k)).std], (1, 1, 1)),
    Row("variances", lambda k: [
        Normal(0, times(3.0, k)).variance, Laplace(0, times(3.0, k)).variance,
        Uniform(0, times(3.0, k)).variance], (2, 2, 2)),
    Row("distance", lambda k: [cloud(k).distance(times([3.0, 4.0], k))], (0,), 301),
    Row("multivariate cdf", lambda k: [cloud(k).cdf(times([2.0, 2.5], k))], (0,), 301),
    Row("conditional", lambda k: moments_of(cloud(k).conditional({0: times(3.0, k)})), (1, 2), 301),
    Row("marginal", lambda k: moments_of(cloud(k).marginal([1])), (1, 2), 301),
    Row("cloud sample", lambda k: [cloud(k).sample(3, rng=rng())], (1,), 301),
    Row("normal_normal", lambda k: vars_of(normal_normal(
        Normal(times(1.0, k), times(0.5, k)), times(X, k), times(2.0, k))), (1, 1)),
    Row("normal_normal, vague prior", lambda k: vars_of(normal_normal(
        Normal(times(1.0, k), times(50.0, k)), times(X, k), times(2.0, k))), (1, 1)),
    Row("scott", lambda k: [scott(times(TABLE, k))], (1,)),
    Row("kernel sample", lambda k: [kernel(k).sample(3, rng=rng())], (1,)),
    Row("regression", belief, (1, 1, 0)),
    Row("roc", lambda k: roc(LABELS, times(X, k)), (1, 0, 0)),
    Row("auc", lambda k: [auc(LABELS, times(X, k))], (0,)),
    Row("precision_recall", lambda k: precision_recall(LABELS, times(X, k)), (1, 0, 0)),
    Row("average_precision", lambda k: [average_precision(LABELS, times(X, k))], (0,)),
    Row("cheapest_threshold", lambda k: cheapest_threshold(
        LABELS, times(X, k), miss=times(3.0, k), false_alarm=times(1.0, k)), (1, 1)),
    Row("report", lambda k: report(times([[90, 5], [2, 3]], k)), (0, 0, 0, 0)),
    Row("posterior", lambda k: [posterior([0.2, 0.8], times([0.3, 0.1], k))], (0,)),
    Row("normal_kl", lambda k: [normal_kl(
        Normal(times(1.0, k), times(2.0, k)), Normal(times(0.5, k), times(7.0, k)))], (0,)),
    Row("standardize", standardized, (0, 0)),
    Row("ridge, y", lambda k: shrunk(k, 0, 1, 0), (1, 0, 0, 2, 2, 2)),
    Row("ridge, X and λ", lambda k: shrunk(k, 1, 0, 2), (-1, 0, 0, 0, 0, 0), 301),
    Row("ridge, all", lambda k: shrunk(k, 1, 1, 2), (0, 0, 0, 2, 2, 2), 301),
    Row("degrees_of_freedom", lambda k: [
        degrees_of_freedom(times(TABLE, k), times(2.0, 2 * k))], (0,), 301),
    Row("dropout_penalty", lambda k: [dropout_penalty(times(TABLE, k), 0.5)], (2,)),
    Row("lasso, y", lambda k: selected(k, 0, 1, 1), (1, 2, 2, 1, 0, 1)),
    Row("lasso, X", lambda k: selected(k, 1, 0, 1), (-1, 0, 0, 1, 2, -1)),
    Row("lasso, all", lambda k: selected(k, 1, 1, 2), (0, 2, 2, 2, 2, 0), 301),
    Row("smallest_zero_penalty", lambda k: [
        smallest_zero_penalty(times(TABLE, k), ANSWERS)], (1,)),
    Row("soft_threshold", lambda k: [soft_threshold(times(X, k), times(1.0, k))], (1,)),
    Row("early_stopping, y", lambda k: stopped(k, 0, 1, 0), (1, 0, 0, 0, 2)),
    Row("early_stopping, X", lambda k: stopped(k, 1, 0, -2), (-1, 0, 2, 0, 0), 301),
    Row("descent_filter", lambda k: [descent_filter(times(POSITIVE, k), times(0.1, -k), 5)], (0,)),
    Row("minimum_norm, X", lambda k: [minimum_norm(times(TABLE, k), ANSWERS)], (-1,)),
    Row("minimum_norm, y", lambda k: [minimum_norm(TABLE.T, times(ANSWERS[:3], k))], (1,)),
    Row("gaussian_risk", lambda k: gaussian_risk(9, 20, sigma=times(2.0, k), r=times(1.0, k)),
        (2, 2)),
    Row("isotropic_risk", lambda k: isotropic_risk(2.0, sigma=times(2.0, k), r=times(1.0, k)),
        (2, 2)),
    Row("double_descent", lambda k: [np.array(widths(k))], (2,)),
    Row("bias_variance, x and y", measured, (1, 2, 2, 2, 2)),
    Row("bias_variance, y", lambda k: measured(k, "y"), (1, 2, 2, 2, 2)),
    Row("bias_variance, neighbors", lambda k: measured(k, "neighbors"), (1, 2, 2, 2, 2)),
]  # fmt: skip


def vars_of(law):
    return [getattr(law, name) for name in law.__dataclass_fields__]


def moments_of(law):
    return law.mean, law.covariance


CASES = [
    pytest.param(row, k, id=f"{row.name}, {k}")
    for row in ROWS
    for k in POWERS
    if abs(k) <= row.largest
]


@pytest.mark.parametrize(("row", "k"), CASES)
def test_other_units_give_the_same_digits_or_a_sentence(row, k):
    base = [np.asarray(one, dtype=float) for one in row.statistic(0)]
    assert len(base) == len(row.powers)
    with np.errstate(over="ignore", under="ignore"):
        want = [np.ldexp(one, power * k) for one, power in zip(base, row.powers, strict=True)]
    lost = any(
        (np.isinf(new) > np.isinf(old)).any() or ((new == 0) & (old != 0)).any()
        for old, new in zip(base, want, strict=True)
    )
    if lost:
        with pytest.raises(DomainError, match=r"^[\w.]+: expected .*\.$"):
            row.statistic(k)
        return
    got = row.statistic(k)
    for one, new in zip(got, want, strict=True):
        np.testing.assert_array_equal(np.asarray(one, dtype=float), new)


@pytest.mark.parametrize("k", POWERS)
def test_logarithms_of_densities_shift_by_the_logarithm_of_the_unit(k):
    """In nats: −k ln 2 for each coordinate of each datum, up to the rounding of the logarithm."""
    shift, normal = k * math.log(2), Normal(times(3.0, k), times(2.0, k))
    rows = [
        (normal.log_density(times(X, k)), Normal(3, 2).log_density(X), 1),
        (kernel(k).log_density(times(TABLE, k)), kernel(0).log_density(TABLE), 3),
        (kernel(k).leave_one_out(), kernel(0).leave_one_out(), 3),
    ]
    if abs(k) < 600:
        x = times([3.0, 4.0], k)
        rows.append((cloud(k).log_density(x), cloud(0).log_density([3.0, 4.0]), 2))
        divergence = multivariate_normal_kl(
            cloud(k), MultivariateNormal([0, 0], times(SIGMA, 2 * k))
        )
        plain = multivariate_normal_kl(cloud(0), MultivariateNormal([0, 0], SIGMA))
        assert divergence == pytest.approx(plain, rel=1e-12)
    for got, base, coordinates in rows:
        assert_allclose(got, base - coordinates * shift, rtol=1e-13)


def test_sums_near_the_largest_float_do_not_overflow():
    x = np.array([1.7e308, -1.7e308, 1.6e308, 1.5e308])
    assert mean_interval(x, sigma=1e300).contains(0.775e308)
    assert fit("normal", x).mu == pytest.approx(0.775e308, rel=1e-14)
    assert 0 < two_sample_t_test(x, -x).p_value < 1
    assert 0 < paired_t_test(x / 2, -x / 2).p_value < 1
    assert auc([0, 1, 0, 1], x) == auc([0, 1, 0, 1], x / 4)
    assert correlation(np.column_stack([x, x / 4]))[0, 1] == pytest.approx(1, rel=1e-15)
    assert Normal(-1e308, 1e308).cdf(1e308) == Normal(-1, 1).cdf(1)
