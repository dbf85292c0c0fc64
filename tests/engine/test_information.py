"""Information: the anchors to their digits, the laws that bind the measures, codes and channels."""

import math
from itertools import pairwise, product

import numpy as np
import pytest
import scipy.integrate
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from engine.errors import DomainError, ShapeError
from engine.information import (
    binary_erasure_capacity,
    binary_symmetric_capacity,
    blahut_arimoto,
    capacity,
    code_of,
    conditional_entropy,
    cross_entropy,
    decode,
    differential_entropy,
    encode,
    entropy,
    frequencies,
    huffman,
    huffman_merges,
    joint_entropy,
    js_divergence,
    kl_divergence,
    multivariate_normal_kl,
    mutual_information,
    normal_entropy,
    normal_kl,
    normal_mutual_information,
    surprise,
)
from engine.probability import MultivariateNormal, Normal

SEEDS, SIZES = st.integers(0, 9999), st.integers(1, 9)
LAW_PAIRS = st.integers(1, 9).flatmap(
    lambda K: st.tuples(*[st.lists(st.floats(0.001, 1), min_size=K, max_size=K)] * 2)
)


def law(weights):
    p = np.array(weights, dtype=float)
    return p / p.sum()


def joint(K, L, seed):
    return np.random.default_rng(seed).dirichlet(np.full(K * L, 0.5)).reshape(K, L)


# The anchors


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


def test_normals():
    assert round(normal_entropy(), 6) == 1.418939
    assert round(normal_kl(Normal(0, 1), Normal(1, 2)), 6) == 0.443147
    assert round(normal_kl(Normal(1, 2), Normal(0, 1)), 6) == 1.306853
    assert round(normal_mutual_information(0.8), 6) == 0.510826


def test_a_channel_that_flips_a_ninth():
    assert round(binary_symmetric_capacity(0.11), 5) == 0.50008


def test_a_dyadic_source_is_coded_without_waste():
    p = [1 / 2, 1 / 4, 1 / 8, 1 / 8]
    assert entropy(p) == huffman(p).length == 1.75


# Measures


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
    assert entropy(p) == pytest.approx(float(p @ surprise(p)))


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
    assert surprise([1, 0.25, 0]).tolist() == [0, 2, math.inf]


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


# Normals


@given(st.floats(-5, 5), st.floats(0.1, 5), st.floats(-5, 5), st.floats(0.1, 5))
def test_kl_of_normals_is_its_integral(m, s, mu, sigma):
    p, q = Normal(m, s), Normal(mu, sigma)

    def integrand(x):
        return p.density(x) * (p.log_density(x) - q.log_density(x))

    want, _ = scipy.integrate.quad(integrand, m - 12 * s, m + 12 * s, points=[m], limit=200)
    assert normal_kl(p, q) == pytest.approx(want, rel=1e-8, abs=1e-10)
    clouds = (MultivariateNormal([one.mu], [[one.variance]]) for one in (p, q))
    assert multivariate_normal_kl(*clouds) == pytest.approx(normal_kl(p, q), rel=1e-9, abs=1e-13)


def test_kl_of_nearly_equal_normals_keeps_its_digits():
    for d in (1e-3, 1e-6):
        # (1+d)² /2 − ½ − ln(1+d) = d² − d³/3 + d⁴/4 …
        got = normal_kl(Normal(0, 1 + d), Normal(0, 1))
        e = (1 + d) - 1
        assert got == pytest.approx(e**2 - e**3 / 3 + e**4 / 4 - e**5 / 5, rel=1e-9)
    assert normal_kl(Normal(3, 2), Normal(3, 2)) == 0


@given(st.integers(1, 5), SEEDS)
def test_kl_of_clouds_agrees_with_plain_matrices(D, seed):
    rng = np.random.default_rng(seed)
    A, B = rng.standard_normal((2, D, D))
    S, T = A @ A.T + np.eye(D), B @ B.T + np.eye(D)
    m, n = rng.standard_normal((2, D))
    d, inverse = n - m, np.linalg.inv(T)
    logs = math.log(np.linalg.det(T) / np.linalg.det(S))
    want = (np.trace(inverse @ S) - D + d @ inverse @ d + logs) / 2
    got = multivariate_normal_kl(MultivariateNormal(m, S), MultivariateNormal(n, T))
    assert got == pytest.approx(want, rel=1e-9, abs=1e-12)
    assert differential_entropy(S) == pytest.approx(scipy.stats.multivariate_normal(m, S).entropy())


@given(st.floats(-0.99, 0.99))
def test_information_of_two_normals_is_the_fall_of_entropy(rho):
    both = differential_entropy([[1, rho], [rho, 1]])
    assert normal_mutual_information(rho) == pytest.approx(2 * normal_entropy() - both, abs=1e-12)
    assert normal_entropy(3, base=2) == pytest.approx(math.log2(3) + normal_entropy(base=2))


# Huffman


@given(st.lists(st.floats(0.001, 1), min_size=2, max_size=30))
def test_huffmans_length_is_between_the_entropy_and_a_bit_more(weights):
    p = law(weights)
    code = huffman(p)
    lengths = np.array([len(word) for word in code.words])
    assert code.length == pytest.approx(float(p @ lengths))
    assert entropy(p) - 1e-12 <= code.length < entropy(p) + 1
    assert (0.5**lengths).sum() == 1  # Kraft's sum: no bit of room is left
    words = sorted(code.words)
    assert not any(b.startswith(a) for a, b in pairwise(words))
    rarer = p[:, None] > p + 1e-9  # [i, j]: j is rarer than i
    assert (lengths[:, None] <= lengths)[rarer].all()


@given(
    st.lists(st.integers(1, 6), min_size=2, max_size=8).filter(
        lambda k: sum(0.5**i for i in k) <= 1
    )
)
def test_a_dyadic_source_meets_its_entropy(lengths):
    p = [0.5**k for k in lengths]
    while sum(p) < 1:  # fill up with the largest power of two that fits
        p.append(2.0 ** math.floor(math.log2(1 - sum(p))))
    assert huffman(p).length == pytest.approx(entropy(p), abs=1e-12)


def shortest(p, longest):
    """The least mean length of all lists of lengths that satisfy Kraft: without any tree."""
    return min(
        float(np.dot(p, lengths))
        for lengths in product(range(1, longest + 1), repeat=len(p))
        if sum(0.5**k for k in lengths) <= 1
    )


@given(st.lists(st.floats(0.01, 1), min_size=2, max_size=4))
def test_no_code_is_shorter(weights):
    p = law(weights)
    assert huffman(p).length == pytest.approx(shortest(p, len(p)), abs=1e-12)


def test_the_merges_are_told_one_by_one():
    merges = list(huffman_merges([0.1, 0.2, 0.3, 0.4]))
    assert [(m.step, m.first, m.second) for m in merges] == [
        (1, (0,), (1,)), (2, (2,), (0, 1)), (3, (3,), (2, 0, 1)),
    ]  # fmt: skip
    assert_allclose([m.weight for m in merges], [0.3, 0.6, 1.0])
    assert_allclose([m.length for m in merges], [0.3, 0.9, 1.9])
    assert merges[-1].words == ("110", "111", "10", "0") == huffman([0.1, 0.2, 0.3, 0.4]).words
    assert merges[0].words == ("0", "1", "", "")


def test_equal_symbols_get_words_in_order_and_one_symbol_gets_one():
    assert huffman([0.25] * 4).words == ("00", "01", "10", "11")
    (only,) = huffman_merges([1.0])
    assert (only.step, only.words, only.length) == (0, ("0",), 1)
    assert len(huffman([0.5, 0.5, 0, 0]).words) == 4
    assert huffman([0.5, 0.5, 0, 0]).length == 1.5


@given(st.text(min_size=1, max_size=60))
def test_a_text_comes_back(text):
    words = code_of(text)
    bits = encode(text, words)
    assert decode(bits, words) == text
    assert sum(frequencies(text).values()) == pytest.approx(1)
    assert len(bits) == pytest.approx(len(text) * huffman(list(frequencies(text).values())).length)


# Channels


@given(st.floats(0, 1))
def test_closed_forms_agree_with_blahut_and_arimoto(flip):
    symmetric = binary_symmetric_capacity(flip)
    assert capacity([[1 - flip, flip], [flip, 1 - flip]]) == pytest.approx(symmetric, abs=1e-9)
    erased = [[1 - flip, flip, 0], [0, flip, 1 - flip]]
    assert capacity(erased) == pytest.approx(binary_erasure_capacity(flip), abs=1e-9)


@given(st.integers(1, 4), st.integers(1, 4), SEEDS)
def test_bounds_close_in_on_the_capacity(K, L, seed):
    W = np.random.default_rng(seed).dirichlet(np.ones(L), K)
    steps = list(blahut_arimoto(W, tolerance=1e-4))
    assert [one.step for one in steps] == list(range(len(steps)))
    lows = np.array([one.low for one in steps])
    assert (np.diff(lows) >= -1e-12).all()
    best = steps[-1].low
    assert all(best <= one.high + 1e-12 for one in steps)
    assert steps[-1].high - best <= 1e-4
    assert best == pytest.approx(mutual_information(steps[-1].p[:, None] * W), abs=1e-12)
    for p in np.random.default_rng(seed + 1).dirichlet(np.ones(K), 20):
        assert mutual_information(p[:, None] * W) <= steps[-1].high + 1e-12


def test_known_channels():
    assert capacity([[0.5, 0.5], [0, 1]]) == pytest.approx(math.log2(5 / 4), abs=1e-9)
    typewriter = (np.eye(26) + np.roll(np.eye(26), 1, axis=1)) / 2
    assert capacity(typewriter) == pytest.approx(math.log2(13), abs=1e-9)
    assert capacity(np.eye(8)) == pytest.approx(3)
    assert capacity(np.eye(8), base=math.e) == pytest.approx(math.log(8))
    assert capacity([[0.3, 0.7], [0.3, 0.7]]) == 0
    assert binary_symmetric_capacity(0.5) == 0
    assert binary_symmetric_capacity(1, base=math.e) == pytest.approx(math.log(2))
    assert binary_erasure_capacity(0, base=math.e) == pytest.approx(math.log(2))


# Mistakes

HALF = [0.5, 0.5]
MISTAKES = [
    (lambda: entropy([0.5, 0.6]), DomainError, "entropy: expected p that adds up to 1, got 1.1"),
    (lambda: entropy([]), DomainError, "entropy: expected p with at least one entry"),
    (lambda: entropy([np.nan]), DomainError, "entropy: expected p without NaN"),
    (lambda: entropy(HALF, base=1), DomainError, "entropy: expected 1 < base < ∞"),
    (lambda: surprise([1.5]), DomainError, "surprise: expected 0 ≤ p ≤ 1"),
    (lambda: surprise([1], base=0), DomainError, "surprise: expected 1 < base"),
    (
        lambda: cross_entropy(HALF, [1.0]),
        ShapeError,
        "cross_entropy: expected p and q of one shape",
    ),
    (lambda: cross_entropy(HALF, [1, 1]), DomainError, "expected q that adds up to 1, got 2"),
    (lambda: kl_divergence([-0.5, 1.5], HALF), DomainError, "kl_divergence: expected p ≥ 0"),
    (lambda: kl_divergence(HALF, HALF, base=-1), DomainError, "kl_divergence: expected 1 < base"),
    (lambda: js_divergence(HALF, [0.5]), DomainError, "js_divergence: expected q that adds up"),
    (lambda: joint_entropy(HALF), DomainError, r"joint_entropy: expected joint of shape \(K, L\)"),
    (lambda: conditional_entropy([[1, 1]]), DomainError, "joint that adds up to 1, got 2"),
    (lambda: mutual_information(HALF), DomainError, r"mutual_information: .* \(K, L\)"),
    (lambda: normal_entropy(0), DomainError, "normal_entropy: expected 0 < sigma"),
    (lambda: normal_kl(Normal(), Normal(), base=1), DomainError, "normal_kl: expected 1 < base"),
    (lambda: normal_mutual_information(1), DomainError, "expected −1 < rho < 1"),
    (
        lambda: multivariate_normal_kl(
            MultivariateNormal([0], [[1]]), MultivariateNormal([0, 0], np.eye(2))
        ),
        ShapeError,
        "expected q in 1 dimensions, got 2",
    ),
    (lambda: differential_entropy([1]), ShapeError, r"differential_entropy: expected \(D, D\)"),
    (lambda: differential_entropy([[0]]), DomainError, "positive definite"),
    (lambda: huffman_merges([0.5]), DomainError, "huffman_merges: expected p that adds up"),
    (lambda: huffman([HALF, [0, 0]]), DomainError, r"huffman_merges: expected p of shape \(K,\)"),
    (lambda: frequencies(""), DomainError, "frequencies: expected a text"),
    (lambda: encode("abc", {"a": "0", "b": "1"}), DomainError, "encode: .* got 'c'"),
    (lambda: decode("0112", {"a": "0", "b": "11"}), DomainError, "decode: .* '2' at bit 3"),
    (lambda: decode("01", {"a": "0", "b": "11"}), DomainError, "decode: .* '1' at bit 1"),
    (lambda: binary_symmetric_capacity(-0.1), DomainError, "expected 0 ≤ flip ≤ 1"),
    (lambda: binary_erasure_capacity(2), DomainError, "expected 0 ≤ lost ≤ 1"),
    (lambda: blahut_arimoto([0.5, 0.5]), ShapeError, r"expected W of shape \(K, L\), got \(2,\)"),
    (lambda: capacity([[0.5, 0.4]]), DomainError, "each row of W that adds up to 1"),
    (lambda: capacity([[1.0]], tolerance=0), DomainError, "expected tolerance > 0"),
    (lambda: capacity([[1.0]], limit=0), DomainError, "expected limit ≥ 1"),
    (
        lambda: capacity([[0.5, 0.5], [0, 1]], limit=2),
        DomainError,
        "expected bounds within 1e-09 after 2 steps, got",
    ),
]


@pytest.mark.parametrize(("mistake", "kind", "message"), MISTAKES)
def test_a_mistake_is_named(mistake, kind, message):
    with pytest.raises(kind, match=message):
        mistake()
