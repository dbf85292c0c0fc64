"""Tests: could chance alone have done that?

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
from engine.probability.continuous import Normal
from engine.probability.domain import LARGEST, require, sample, whole
from engine.probability.shaped import ChiSquare, StudentT

ALTERNATIVES = ("two-sided", "greater", "less")


class Outcome(NamedTuple):
    """A statistic and the probability of one as extreme by chance.

    `degrees` are those of Student's law, NaN where it is not used. `effect` is the difference
    tested, in the unit of the data.
    """

    statistic: float
    p_value: float
    degrees: float
    effect: float


def t_test(x: ArrayLike, mean: float = 0.0, *, alternative: str = "two-sided") -> Outcome:
    """Is the mean of the population another than `mean`? t = (x̄ − mean) √n / s.

    For pairs give their differences. Exact for normal data.

    Args:
        x: (N,), N ≥ 2, not all equal.
        mean: under the null hypothesis, finite.
        alternative: one of `ALTERNATIVES`.

    Raises:
        UnknownNameError: no such alternative.
        ShapeError, DomainError: an argument outside its domain.

    >>> found = t_test([1, 2, 3, 4, 5])
    >>> round(found.statistic, 4), found.degrees, round(found.p_value, 4)
    (4.2426, 4, 0.0132)
    """
    x = sample("t_test", "x", x, least=2)
    require(math.isfinite(mean), "t_test", "a finite mean", mean)
    spread = float(x.std(ddof=1))
    require(spread > 0, "t_test", "numbers that differ", x[:1])
    effect = float(x.mean()) - mean
    t, degrees = effect * math.sqrt(len(x)) / spread, len(x) - 1
    return Outcome(t, _p_value(StudentT(degrees), t, alternative), degrees, effect)


def two_sample_t_test(
    x: ArrayLike, y: ArrayLike, *, alternative: str = "two-sided", equal_variance: bool = False
) -> Outcome:
    """Have two populations different means? t = (x̄ − ȳ) / √(s_x²/n + s_y²/m).

    Welch's, which lets the variances differ; with `equal_variance` Student's, with one s² for both
    and n + m − 2 degrees of freedom.

    Args:
        x, y: (N,) and (M,), N, M ≥ 2, not both constant.
        alternative: "greater" means that x has the larger mean.

    Raises:
        UnknownNameError: no such alternative.
        ShapeError, DomainError: an argument outside its domain.

    >>> found = two_sample_t_test([1, 2, 3], [4, 5, 6])
    >>> round(found.statistic, 4), round(found.degrees, 9), round(found.p_value, 4)
    (-3.6742, 4.0, 0.0213)

    Source: Welch 1947; Casella & Berger 2002, exercise 8.42.
    """
    x = sample("two_sample_t_test", "x", x, least=2)
    y = sample("two_sample_t_test", "y", y, least=2)
    n, m = len(x), len(y)
    v, w = float(x.var(ddof=1)), float(y.var(ddof=1))
    require(v + w > 0, "two_sample_t_test", "numbers that differ in x or in y", "constants")
    if equal_variance:
        degrees = float(n + m - 2)
        square = ((n - 1) * v + (m - 1) * w) / degrees * (1 / n + 1 / m)
    else:
        square = v / n + w / m
        degrees = square**2 / ((v / n) ** 2 / (n - 1) + (w / m) ** 2 / (m - 1))
    effect = float(x.mean() - y.mean())
    t = effect / math.sqrt(square)
    return Outcome(t, _p_value(StudentT(degrees), t, alternative), degrees, effect)


def permutation_differences(
    x: Array, y: Array, *, permutations: int, rng: np.random.Generator
) -> Array:
    """Differences of means after the labels x and y are dealt out anew, (B,).

    Args:
        x, y: (N,) and (M,), N, M ≥ 1.
        permutations: B ≥ 1.
        rng: deals.

    Raises:
        ShapeError, DomainError: an argument outside its domain.

    >>> dealt = permutation_differences([0.0], [1.0], permutations=9, rng=np.random.default_rng(0))
    >>> sorted(set(dealt.tolist()))
    [-1.0, 1.0]
    """
    x = sample("permutation_test", "x", x)
    y = sample("permutation_test", "y", y)
    good = whole(permutations) and permutations >= 1
    require(good, "permutation_test", "a whole permutations ≥ 1", permutations)
    both, n, m = np.concatenate([x, y]), len(x), len(y)
    rows = max(1, min(permutations, 2**20 // len(both)))  # 8 MB of numbers at a time
    parts = []
    for first in range(0, permutations, rows):
        deck = np.tile(both, (min(rows, permutations - first), 1))
        rng.permuted(deck, axis=1, out=deck)
        parts.append(deck[:, :n].sum(axis=1) * (1 / n + 1 / m) - both.sum() / m)
    return np.concatenate(parts)


def permutation_test(
    x: ArrayLike, y: ArrayLike, *, rng: np.random.Generator, permutations: int = 9999,
    alternative: str = "two-sided",
) -> Outcome:  # fmt: skip
    """Have two populations different laws? Deal their labels out anew and see how rare x̄ − ȳ is.

    p = (1 + how many deals are as extreme) / (1 + deals): the data are one deal too, so p is never
    0 and never too small. Assumes no law at all.

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
    x, y = sample("permutation_test", "x", x), sample("permutation_test", "y", y)
    dealt = permutation_differences(x, y, permutations=permutations, rng=rng)
    effect = float(x.mean() - y.mean())
    # Sums in another order differ in their last digits; equal deals must count as extreme.
    slack = 1e-12 * max(float(np.abs(x).max()), float(np.abs(y).max()))
    far = {"two-sided": np.abs(dealt) - abs(effect), "greater": dealt - effect,
           "less": effect - dealt}  # fmt: skip
    p = (1 + int((far[alternative] >= -slack).sum())) / (1 + permutations)
    return Outcome(effect, p, math.nan, effect)


def z_test_power(
    effect: float, n: int, *, sigma: float = 1.0, alpha: float = 0.05,
    alternative: str = "two-sided",
) -> float:  # fmt: skip
    """How often a test of a mean with known σ finds an effect that is there.

    P(|Z + δ| > z_{α/2}), δ = effect √n / σ; at effect 0 it is α.

    Args:
        effect: true mean less the one tested, finite.
        n: data, whole, ≥ 1.
        sigma: of one datum, in (0, ∞).
        alpha: significance, in (0, 1).

    Raises:
        UnknownNameError: no such alternative.
        DomainError: an argument outside its domain.

    >>> round(z_test_power(0.5, 32), 3)
    0.807
    """
    _check_power("z_test_power", effect, n, 1, sigma, alpha, alternative)
    delta, Z = effect * math.sqrt(n) / sigma, Normal()
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

    t has the noncentral law of δ = effect √n / σ and n − 1 degrees of freedom.

    Args:
        effect: true mean less the one tested, finite.
        n: data, whole, ≥ 2.
        sigma: of one datum, in (0, ∞).
        alpha: significance, in (0, 1).

    Raises:
        UnknownNameError: no such alternative.
        DomainError: an argument outside its domain.

    >>> round(t_test_power(0.5, 34), 3)
    0.808
    """
    _check_power("t_test_power", effect, n, 2, sigma, alpha, alternative)
    delta, law = effect * math.sqrt(n) / sigma, StudentT(n - 1)
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
    good = abs(c) <= LARGEST and abs(delta) <= LARGEST
    require(good, "noncentral_t_tail", f"c and delta up to {LARGEST:g}", f"{c} and {delta}")
    require(nu >= 1, "noncentral_t_tail", "nu ≥ 1", nu)
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


def _check_power(
    where: str, effect: float, n: int, least: int, sigma: float, alpha: float, alternative: str
) -> None:
    if alternative not in ALTERNATIVES:
        raise unknown("alternative", alternative, ALTERNATIVES)
    require(math.isfinite(effect), where, "a finite effect", effect)
    require(whole(n) and n >= least, where, f"a whole n ≥ {least}", n)
    require(0 < sigma < math.inf, where, "0 < sigma < ∞", sigma)
    require(0 < alpha < 1, where, "0 < alpha < 1", alpha)
