"""Huffman's code: no shorter one, and every text comes back."""

import math
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from engine.errors import DomainError, ShapeError
from engine.information import (
    code_of,
    decode,
    encode,
    entropy,
    frequencies,
    huffman,
    huffman_merges,
)


def law(weights):
    p = np.array(weights, dtype=float)
    return p / p.sum()


def test_a_dyadic_source_is_coded_without_waste():
    p = [1 / 2, 1 / 4, 1 / 8, 1 / 8]
    assert entropy(p) == huffman(p).length == 1.75


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


@given(st.text("abcde é\n", min_size=1, max_size=60) | st.text(min_size=1, max_size=9))
def test_a_text_comes_back(text):
    words = code_of(text)
    bits = encode(text, words)
    assert decode(bits, words) == text
    assert sum(frequencies(text).values()) == pytest.approx(1)
    assert len(bits) == pytest.approx(len(text) * huffman(list(frequencies(text).values())).length)


HALF = [0.5, 0.5]
MISTAKES = [
    (lambda: huffman_merges([0.5]), DomainError, "huffman_merges: expected p with the sum 1"),
    (lambda: huffman([HALF, [0, 0]]), ShapeError, r"huffman_merges: expected p of shape \(K,\)"),
    (lambda: frequencies(""), DomainError, "frequencies: expected a text"),
    (lambda: encode("abc", {"a": "0", "b": "1"}), DomainError, "encode: .* got 'c'"),
    (lambda: decode("0112", {"a": "0", "b": "11"}), DomainError, "decode: .* '2' at bit 3"),
    (lambda: decode("01", {"a": "0", "b": "11"}), DomainError, "decode: .* '1' at bit 1"),
]


@pytest.mark.parametrize(("mistake", "kind", "message"), MISTAKES)
def test_a_mistake_is_named(mistake, kind, message):
    with pytest.raises(kind, match=message):
        mistake()
