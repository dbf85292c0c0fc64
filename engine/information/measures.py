"""Measures of information: surprisal, and how much of it is expected under one model or another.

p and q are probabilities of the same K things, of any shape, each adding up to 1. The unit is in
`base`: 2 gives bits, e nats. 0 · log 0 is 0; what is impossible under q but not under p costs ∞.

Sources: Shannon 1948, A mathematical theory of communication; Cover & Thomas 2006, Elements of
Information Theory, chapter 2; Lin 1991 (Jensen–Shannon).
"""

import math

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from engine.validate import array, probabilities, same_shape, scalar


def unit(base: float, where: str) -> float:
    """ln base: how many nats the unit has; bits for base 2, nats for e.

    Raises:
        DomainError: base is not finite and above 1.

    >>> round(unit(2, "entropy"), 6)
    0.693147
    """
    return math.log(scalar(where, "base", base, above=1))


def surprisal(p: ArrayLike, *, base: float = 2) -> Array:
    """−log p: the information in one event; 0 if it was certain, ∞ if impossible.

    Args:
        p: probabilities in [0, 1], any shape; they need not add up.
        base: 2 for bits, e for nats.

    Returns:
        In the unit, the shape of p.

    Raises:
        DomainError: an argument outside its domain.

    >>> surprisal([1.0, 0.5, 0.125]).tolist()
    [0.0, 1.0, 3.0]
    """
    p = array("surprisal", "p", p, low=0, high=1)
    with np.errstate(divide="ignore"):
        return np.asarray(-np.log(p) / unit(base, "surprisal") + 0.0)[()]


def entropy(p: ArrayLike, *, base: float = 2) -> float:
    """H(p) = −Σ p log p: the mean surprisal, and the shortest mean code length.

    From 0 (certain) to log K (all alike).

    Args:
        p: (K,) or any shape, a joint table too.
        base: 2 for bits, e for nats.

    Raises:
        DomainError: p is not a list of probabilities, or a base ≤ 1.

    >>> entropy([0.5, 0.5]), round(entropy([0.9, 0.1]), 5), entropy(np.full(8, 1 / 8))
    (1.0, 0.469, 3.0)

    Source: Cover & Thomas 2006, equation 2.1.
    """
    p = probabilities("entropy", "p", p)
    return -_mean_log(p, p) / unit(base, "entropy") + 0.0


def cross_entropy(p: ArrayLike, q: ArrayLike, *, base: float = 2) -> float:
    """H(p, q) = −Σ p log q = H(p) + KL(p‖q): mean code length of p's things in a code made for q.

    The loss of classification, p being the labels and q the predictions.

    Args:
        p, q: of one shape.
        base: 2 for bits, e for nats.

    Returns:
        ≥ H(p), ∞ where q excludes what p allows.

    Raises:
        ShapeError: shapes that differ.
        DomainError: an argument outside its domain.

    >>> cross_entropy([0.5, 0.5], [0.25, 0.75]) > entropy([0.5, 0.5])
    True
    """
    p, q = _pair("cross_entropy", p, q)
    return -_mean_log(p, q) / unit(base, "cross_entropy") + 0.0


def kl_divergence(p: ArrayLike, q: ArrayLike, *, base: float = 2) -> float:
    """KL(p‖q) = Σ p log(p/q) ≥ 0: the cost of modelling p by q. Not symmetric.

    Args:
        p, q: of one shape.
        base: 2 for bits, e for nats.

    Returns:
        0 only for p = q; ∞ where q excludes what p allows.

    Raises:
        ShapeError: shapes that differ.
        DomainError: an argument outside its domain.

    >>> p, q = [0.5, 0.5], [0.9, 0.1]
    >>> round(kl_divergence(p, q), 5), round(kl_divergence(q, p), 5)
    (0.73697, 0.531)

    Source: Cover & Thomas 2006, equation 2.26.
    """
    p, q = _pair("kl_divergence", p, q)
    return _kl(p, q) / unit(base, "kl_divergence")


def js_divergence(p: ArrayLike, q: ArrayLike, *, base: float = 2) -> float:
    """½ KL(p‖m) + ½ KL(q‖m), m = (p + q)/2: symmetric, from 0 to 1 bit. A perfect GAN lowers it.

    Args:
        p, q: of one shape.
        base: 2 for bits, e for nats.

    Returns:
        In [0, log 2]; log 2 where nothing is possible under both.

    Raises:
        ShapeError: shapes that differ.
        DomainError: an argument outside its domain.

    >>> js_divergence([1, 0], [0, 1])
    1.0

    Source: Lin 1991, Divergence measures based on the Shannon entropy, equation 4.1.
    """
    p, q = _pair("js_divergence", p, q)
    m = (p + q) / 2
    return (_kl(p, m) + _kl(q, m)) / 2 / unit(base, "js_divergence")


def joint_entropy(joint: ArrayLike, *, base: float = 2) -> float:
    """H(X, Y) = −Σ p(x, y) log p(x, y), between the larger of H(X), H(Y) and their sum.

    Args:
        joint: (K, L), x the row and y the column.
        base: 2 for bits, e for nats.

    Raises:
        DomainError: joint is not a table of probabilities, or a base ≤ 1.

    >>> joint_entropy([[0.25, 0.25], [0.25, 0.25]])
    2.0
    """
    return -_mean_log(*(_table("joint_entropy", joint),) * 2) / unit(base, "joint_entropy") + 0.0


def conditional_entropy(joint: ArrayLike, *, base: float = 2) -> float:
    """H(Y|X) = −Σ p(x, y) log p(y|x) = H(X, Y) − H(X): what is left to learn of y, given x.

    Args:
        joint: (K, L), x the row and y the column; its transpose gives H(X|Y).
        base: 2 for bits, e for nats.

    Raises:
        DomainError: joint is not a table of probabilities, or a base ≤ 1.

    >>> conditional_entropy([[0.5, 0.0], [0.25, 0.25]])
    0.5

    Source: Cover & Thomas 2006, equation 2.10.
    """
    joint = _table("conditional_entropy", joint)
    rows = np.broadcast_to(joint.sum(axis=1, keepdims=True), joint.shape)
    return _kl_sum(joint, rows) / -unit(base, "conditional_entropy") + 0.0


def mutual_information(joint: ArrayLike, *, base: float = 2) -> float:
    """I(X; Y) = KL(p(x, y) ‖ p(x) p(y)): what x and y tell about each other; 0 if independent.

    Args:
        joint: (K, L), x the row and y the column.
        base: 2 for bits, e for nats.

    Raises:
        DomainError: joint is not a table of probabilities, or a base ≤ 1.

    >>> mutual_information([[0.5, 0.0], [0.0, 0.5]]), mutual_information([[0.25, 0.25]] * 2)
    (1.0, 0.0)

    Source: Cover & Thomas 2006, equation 2.28.
    """
    joint = _table("mutual_information", joint)
    apart = np.outer(joint.sum(axis=1), joint.sum(axis=0))
    return _kl(joint, apart) / unit(base, "mutual_information")


def _pair(where: str, p: ArrayLike, q: ArrayLike) -> tuple[Array, Array]:
    p, q = probabilities(where, "p", p), probabilities(where, "q", q)
    same_shape(where, "p and q", p, q)
    return p, q


def _table(where: str, joint: ArrayLike) -> Array:
    return probabilities(where, "joint", joint, shape=("K", "L"))


def _mean_log(p: Array, q: Array) -> float:
    """Σ p ln q in nats, 0 · ln 0 being 0."""
    if (q[p > 0] == 0).any():
        return -math.inf
    return float(p[p > 0] @ np.log(q[p > 0]))


def _kl_sum(p: Array, q: Array) -> float:
    """Σ p ln(p/q) in nats, q > 0 where p is."""
    some = p > 0
    return float(p[some] @ (np.log(p[some]) - np.log(q[some])))


def _kl(p: Array, q: Array) -> float:
    """KL in nats; never below 0, where rounding would take it."""
    return math.inf if (q[p > 0] == 0).any() else max(0.0, _kl_sum(p, q))
