"""Hypothesis tests: could chance alone have done that?

A p-value is the probability, if nothing but chance is at work (the null hypothesis), of a statistic
at least as extreme as the one seen. Then it is uniform in [0, 1]: one test in twenty is significant
at 5 % for no reason. The power is the probability of a significant result when there is something.

`alternative` tells what is extreme: "two-sided", "greater" or "less".

Source: Casella & Berger 2002, chapter 8; Welch 1947; Fisher 1935, The Design of Experiments;
Phipson & Smyth 2010, Permutation p-values should never be zero.
"""

import math
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from engine.errors import unknown
from engine.moments import centered, require_varying
from engine.probability.continuous import Normal
from engine.probability.shaped import ChiSquare, StudentT
from engine.scaling import exponent, multiplied_back, scale, scaled
from engine.validate import integer, require, same_shape, scalar, vector

ALTERNATIVES = ("two-sided", "greater", "less")

MOST_SHIFT = 1e100
"""The largest δ of the noncentral t: the power is 0 or 1 to the last digit long before it."""


class Outcome(NamedTuple):
    """A statistic and the probability of one as extreme by chance.

    `df` are the degrees of freedom of Student's distribution, NaN where it is not used. `effect` is
    the difference tested, in the unit of the data.
    """

    statistic: float
    p_value: float
    df: float
    effect: float


def t_test(x: ArrayLike, mean: float = 0.0, *, alternative: str = "two-sided") -> Outcome:
    """Does the mean of the population differ from `mean`? t = (x̄ − mean) √n / s.

    Exact for normal data. For pairs take `paired_t_test`.

    Args:
        x: (N,), N ≥ 2, not all equal.
        mean: under the null hypothesis, finite.
        alternative: one of `ALTERNATIVES`.

    Raises:
        UnknownNameError: no such alternative.
        ShapeError, DomainError: an argument outside its domain.

    >>> found = t_test([1, 2, 3, 4, 5])
    >>> round(found.statistic, 4), found.df, round(found.p_value, 4)
    (4.2426, 4, 0.0132)
    """
    x = vector("t_test", "x", x, least=2)
    mean = scalar("t_test", "mean", mean)
    require_varying("t_test", "x", x)
    found = centered(x)
    e = max(int(found.exponent), exponent(mean))
    effect = float(scale(found.mean, found.exponent - e) - scale(mean, -e))
    spread = math.sqrt(float(found.variance(ddof=1)) / len(x))
    # The spread keeps its own exponent: beside a huge mean it would underflow.
    t = float(multiplied_back("t_test", "t", effect / spread, e - found.exponent))
    df = len(x) - 1
    effect = float(multiplied_back("t_test", "effect", effect, e))
    return Outcome(t, _p_value(StudentT(df), t, alternative), df, effect)


def paired_t_test(x: ArrayLike, y: ArrayLike, *, alternative: str = "two-sided") -> Outcome:
    """Do the two numbers of a pair differ on average? A `t_test` of x − y.

    Differences that differ from each other by rounding alone, such as 0.3 − 0.2 and 0.2 − 0.1,
    count as equal.

    Args:
        x, y: (N,), N ≥ 2, in pairs; the differences not all equal.
        alternative: "greater" means that x is larger on average.

    Raises:
        UnknownNameError: no such alternative.
        ShapeError, DomainError: an argument outside its domain.

    >>> found = paired_t_test([2, 4, 6], [1, 2, 3])
    >>> round(found.statistic, 4), found.df, found.effect
    (3.4641, 2, 2.0)
    """
    where = "paired_t_test"
    x, y = vector(where, "x", x, least=2), vector(where, "y", y, least=2)
    same_shape(where, "x and y", x, y)
    e = max(exponent(x), exponent(y))
    differences = scale(x, -e) - scale(y, -e)
    # Each number may be off by half a unit in its last place, and so may the difference.
    varies = np.ptp(differences) > 4 * np.spacing(0.5)
    require(varies, where, "differences that differ", f"{len(x)} times {x[0] - y[0]:g}")
    found = t_test(differences, alternative=alternative)
    return found._replace(effect=float(multiplied_back(where, "effect", found.effect, e)))


def two_sample_t_test(
    x: ArrayLike, y: ArrayLike, *, alternative: str = "two-sided", equal_variance: bool = False
) -> Outcome:
    """Do two populations have different means? t = (x̄ − ȳ) / √(s_x²/n + s_y²/m).

    Welch's, which lets the variances differ; with `equal_variance` Student's, with one s² for both
    and n + m − 2 degrees of freedom.

    Args:
        x, y: (N,) and (M,), N, M ≥ 2, not both constant.
        alternative: "greater" means that x has the larger mean.

    Raises:
        UnknownNameError: no such alternative.
        ShapeError, DomainError: an argument outside its domain.

    >>> found = two_sample_t_test([1, 2, 3], [4, 5, 6])
    >>> round(found.statistic, 4), round(found.df, 9), round(found.p_value, 4)
    (-3.6742, 4.0, 0.0213)

    Source: Welch 1947; Casella & Berger 2002, exercise 8.42.
    """
    x, y = (vector("two_sample_t_test", *one, least=2) for one in (("x", x), ("y", y)))
    n, m, e = len(x), len(y), max(exponent(x), exponent(y))
    first, second = centered(x), centered(y)
    varies = not (first.constant and second.constant)
    require(varies, "two_sample_t_test", "numbers that differ in x or in y", "two constants")
    # The spreads have an exponent of their own: beside huge means they would underflow.
    f = max(int(part.exponent) for part in (first, second) if not part.constant)
    v, w = (
        float(scale(part.variance(ddof=1), 2 * (part.exponent - f))) for part in (first, second)
    )
    if equal_variance:
        df = float(n + m - 2)
        square = ((n - 1) * v + (m - 1) * w) / df * (1 / n + 1 / m)
    else:
        square = v / n + w / m
        df = square**2 / ((v / n) ** 2 / (n - 1) + (w / m) ** 2 / (m - 1))
    one, other = (scale(part.mean, part.exponent - e) for part in (first, second))
    effect = float(one - other)
    t = float(multiplied_back("two_sample_t_test", "t", effect / math.sqrt(square), e - f))
    effect = float(multiplied_back("two_sample_t_test", "effect", effect, e))
    return Outcome(t, _p_value(StudentT(df), t, alternative), df, effect)


def permutation_differences(
    x: Array, y: Array, *, permutations: int, rng: np.random.Generator
) -> Array:
    """Differences of means after permuting the labels x and y at random, (B,).

    Args:
        x, y: (N,) and (M,), N, M ≥ 1.
        permutations: B ≥ 1.
        rng: draws the permutations.

    Raises:
        ShapeError, DomainError: an argument outside its domain.

    >>> rng = np.random.default_rng(0)
    >>> permuted = permutation_differences([0.0], [1.0], permutations=9, rng=rng)
    >>> sorted(set(permuted.tolist()))
    [-1.0, 1.0]
    """
    x, y = vector("permutation_test", "x", x), vector("permutation_test", "y", y)
    permutations = integer("permutation_test", "permutations", permutations, low=1)
    both, n, m = np.concatenate([x, y]), len(x), len(y)
    both, e = scaled(both)
    rows = max(1, min(permutations, 2**20 // len(both)))  # 8 MB of numbers at a time
    parts = []
    for first in range(0, permutations, rows):
        deck = np.tile(both, (min(rows, permutations - first), 1))
        rng.permuted(deck, axis=1, out=deck)
        parts.append(deck[:, :n].sum(axis=1) * (1 / n + 1 / m) - both.sum() / m)
    return multiplied_back("permutation_test", "difference", np.concatenate(parts), e)


def permutation_test(
    x: ArrayLike, y: ArrayLike, *, rng: np.random.Generator, permutations: int = 9999,
    alternative: str = "two-sided",
) -> Outcome:  # fmt: skip
    """Do two populations differ? Permute the labels at random and see how rare x̄ − ȳ is.

    p = (1 + permutations as extreme) / (1 + permutations): the data are one of them, so p is never
    0 and never too small. No distribution is assumed.

    Args:
        x, y: (N,) and (M,), N, M ≥ 1.
        rng, permutations: as for `permutation_differences`.
        alternative: "greater" means that x has the larger mean.

    Raises:
        UnknownNameError: no such alternative.
        ShapeError, DomainError: an argument outside its domain.

    >>> found = permutation_test([1, 2, 3, 4], [11, 12, 13, 14], rng=np.random.default_rng(0))
    >>> round(found.effect, 9), 0.02 < found.p_value < 0.04  # exactly 2/70
    (-10.0, True)

    Source: Phipson & Smyth 2010.
    """
    if alternative not in ALTERNATIVES:
        raise unknown("alternative", alternative, ALTERNATIVES)
    x, y = vector("permutation_test", "x", x), vector("permutation_test", "y", y)
    e = max(exponent(x), exponent(y))
    x, y = scale(x, -e), scale(y, -e)
    permuted = permutation_differences(x, y, permutations=permutations, rng=rng)
    effect = float(x.mean() - y.mean())
    # Sums in another order differ in their last digits; equal permutations must count as extreme.
    slack = 1e-12 * max(float(np.abs(x).max()), float(np.abs(y).max()))
    far = {"two-sided": np.abs(permuted) - abs(effect), "greater": permuted - effect,
           "less": effect - permuted}  # fmt: skip
    p = (1 + int((far[alternative] >= -slack).sum())) / (1 + permutations)
    effect = float(multiplied_back("permutation_test", "effect", effect, e))
    return Outcome(effect, p, math.nan, effect)


def z_test_power(
    effect: float, n: int, *, sigma: float = 1.0, alpha: float = 0.05,
    alternative: str = "two-sided",
) -> float:  # fmt: skip
    """How often a test of a mean with known σ finds an effect that is there.

    P(|Z + δ| > z_{α/2}), δ = effect √n / σ; at effect 0 it is α.

    Args:
        effect: true mean less the one tested, finite.
        n: number of data, an integer ≥ 1.
        sigma: of one datum, in (0, ∞).
        alpha: significance, in (0, 1).

    Raises:
        UnknownNameError: no such alternative.
        DomainError: an argument outside its domain.

    >>> round(z_test_power(0.5, 32), 3)
    0.807
    """
    delta, alpha = _power_inputs("z_test_power", effect, n, 1, sigma, alpha, alternative)
    Z = Normal()
    if alternative != "two-sided":
        side = 1 if alternative == "greater" else -1
        return float(Z.survival(-float(Z.quantile(alpha)) - side * delta))
    c = -float(Z.quantile(alpha / 2))
    return float(Z.survival(c - delta) + Z.survival(c + delta))


def t_test_power(
    effect: float, n: int, *, sigma: float = 1.0, alpha: float = 0.05,
    alternative: str = "two-sided",
) -> float:  # fmt: skip
    """How often `t_test` finds an effect that is there, σ being estimated as well.

    t has the noncentral t distribution of δ = effect √n / σ and n − 1 degrees of freedom.

    Args:
        effect: true mean less the one tested, finite.
        n: number of data, an integer ≥ 2.
        sigma: of one datum, in (0, ∞).
        alpha: significance, in (0, 1).

    Raises:
        UnknownNameError: no such alternative.
        DomainError: an argument outside its domain.

    >>> round(t_test_power(0.5, 34), 3)
    0.808
    """
    delta, alpha = _power_inputs("t_test_power", effect, n, 2, sigma, alpha, alternative)
    law = StudentT(n - 1)
    if alternative != "two-sided":
        side = 1 if alternative == "greater" else -1
        return noncentral_t_tail(-float(law.quantile(alpha)), n - 1, side * delta)
    c = -float(law.quantile(alpha / 2))
    return min(1.0, noncentral_t_tail(c, n - 1, delta) + noncentral_t_tail(c, n - 1, -delta))


def noncentral_t_tail(c: float, nu: float, delta: float) -> float:
    """P((Z + δ)/S > c), Z standard normal, ν S² chi-square with ν degrees of freedom.

    The mean of P(Z > cS − δ) over S, by Gauss–Legendre with 200 points on each of up to four parts:
    for a large c it falls from 1 to 0 within a small one.

    Args:
        c, delta: up to 1e100 in size.
        nu: ≥ 1.

    Raises:
        DomainError: an argument outside its domain.

    >>> round(noncentral_t_tail(1.0, 1, 0.0), 9)  # Cauchy's
    0.25

    Source: Johnson, Kotz & Balakrishnan 1995, section 31.5.
    """
    where = "noncentral_t_tail"
    c = scalar(where, "c", c, low=-MOST_SHIFT, high=MOST_SHIFT)
    delta = scalar(where, "delta", delta, low=-MOST_SHIFT, high=MOST_SHIFT)
    nu = scalar(where, "nu", nu, low=1)
    nodes, weights = np.polynomial.legendre.leggauss(200)
    reach = 12 / math.sqrt(2 * nu)
    low, high = max(0.0, 1 - reach), 1 + reach
    falls = [(delta + z) / c for z in (-9, 0, 9)] if c else []
    falls = [s for s in falls if s > 1e-9]  # so near to 0 the squares of a part would be 0
    edges = sorted({low, *(min(max(s, low), high) for s in falls), high})
    total = 0.0
    for left, right in pairwise(edges):
        s = left + (right - left) * (nodes + 1) / 2
        density = 2 * nu * s * ChiSquare(nu).density(nu * s * s)
        total += (right - left) / 2 * float(weights @ (density * Normal().survival(c * s - delta)))
    return min(1.0, total)


def _p_value(law: StudentT, t: float, alternative: str) -> float:
    if alternative not in ALTERNATIVES:
        raise unknown("alternative", alternative, ALTERNATIVES)
    if alternative == "two-sided":
        return min(1.0, 2 * float(law.survival(abs(t))))
    return float(law.survival(t if alternative == "greater" else -t))


def _power_inputs(
    where: str, effect: float, n: int, least: int, sigma: float, alpha: float, alternative: str
) -> tuple[float, float]:
    """δ = effect √n / σ, and alpha."""
    if alternative not in ALTERNATIVES:
        raise unknown("alternative", alternative, ALTERNATIVES)
    effect, sigma = scalar(where, "effect", effect), scalar(where, "sigma", sigma, above=0)
    n = integer(where, "n", n, low=least, high=10**8)
    alpha = scalar(where, "alpha", alpha, above=0, below=1)
    delta = math.sqrt(n) * float(scale(effect, -exponent(sigma)))
    delta /= math.frexp(sigma)[0]
    return max(-MOST_SHIFT, min(MOST_SHIFT, delta)), alpha
