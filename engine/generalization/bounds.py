"""From seen to unseen data: how far a measured error may be off, and what can be separated.

Source: Hoeffding 1963, theorem 2; Cover 1965, Geometrical and statistical properties of systems of
linear inequalities, theorem 1; Shalev-Shwartz & Ben-David 2014, Understanding Machine Learning,
corollary 2.3 and section 6.2.
"""

import math

from engine.validate import integer, scalar


def hoeffding(n: int, eps: float) -> float:
    """P(|measured − true error| ≥ ε) ≤ 2 e^(−2nε²), for n cases not used in training.

    Args:
        n: an integer ≥ 1.
        eps: ε in (0, 1].

    Returns:
        The bound, at most 1.

    Raises:
        DomainError: an argument outside its domain.

    >>> round(hoeffding(1000, 0.05), 6)
    0.013476
    """
    n = integer("hoeffding", "n", n, low=1)
    eps = scalar("hoeffding", "eps", eps, above=0, high=1)
    return min(1.0, 2 * math.exp(-2 * n * eps * eps))


def cases_needed(eps: float, delta: float, models: int = 1) -> int:
    """How many cases until ε is exceeded with probability δ at most: n ≥ ln(2M/δ)/(2ε²).

    With M models tried on the same cases each gets a part of δ.

    Args:
        eps: in [1e-150, 1].
        delta: in [1e-300, 1).
        models: M, an integer ≥ 1.

    Raises:
        DomainError: an argument outside its domain.

    >>> cases_needed(0.05, 0.05), cases_needed(0.05, 0.05, models=1000)
    (738, 2120)
    """
    eps = scalar("cases_needed", "eps", eps, low=1e-150, high=1)
    delta = scalar("cases_needed", "delta", delta, low=1e-300, below=1)
    models = integer("cases_needed", "models", models, low=1)
    return math.ceil((math.log(2 * models) - math.log(delta)) / (2 * eps * eps))


def separable_labelings(points: int, weights: int) -> int:
    """How many of the 2ᴺ labelings of N points a linear classifier can learn: 2 Σ_{k<d} C(N−1, k).

    For points in general position. A line in the plane has d = 3 weights, its constant counted: it
    separates 3 points in all 8 ways and 4 points in 14 of 16. With N = 2d it is half of all.

    Args:
        points: N, an integer ≥ 1.
        weights: d, an integer ≥ 1.

    Raises:
        DomainError: an argument outside its domain.

    >>> separable_labelings(3, 3), separable_labelings(4, 3)
    (8, 14)

    Source: Cover 1965, theorem 1.
    """
    N = integer("separable_labelings", "points", points, low=1)
    d = integer("separable_labelings", "weights", weights, low=1)
    return 2 * sum(math.comb(N - 1, k) for k in range(min(d, N)))


def compression_bound(bits: float, n: int, delta: float = 0.05) -> float:
    """ε = √((bits ln 2 + ln(2/δ))/(2n)): a model that is short to write cannot overfit much.

    With probability 1 − δ true and training error differ by less, for every model of so many bits
    at once: there are 2^bits of them at most.

    Args:
        bits: of the model, finite, ≥ 0.
        n: training cases, an integer ≥ 1.
        delta: in (0, 1).

    Raises:
        DomainError: an argument outside its domain.

    >>> round(compression_bound(100, 10_000), 4)
    0.0604

    Source: Shalev-Shwartz & Ben-David 2014, corollary 2.3 with ln|H| = bits ln 2 (two-sided).
    """
    bits = scalar("compression_bound", "bits", bits, low=0)
    n = integer("compression_bound", "n", n, low=1)
    delta = scalar("compression_bound", "delta", delta, above=0, below=1)
    return math.sqrt((bits * math.log(2) + math.log(2 / delta)) / (2 * n))
