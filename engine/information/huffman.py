"""Huffman's code: the shortest prefix code, in which no word is the beginning of another.

The two rarest symbols differ in their last bit only; taken as one they leave the same problem with
one symbol less.

Source: Huffman 1952; Cover & Thomas 2006, sections 5.6–5.8.
"""

import heapq
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from engine.errors import DomainError
from engine.validate import probabilities, require


@dataclass(frozen=True, slots=True)
class Merge:
    """Two groups of symbols made one, and all words so far; the last one's words are the code.

    `first` gets a 0 and `second` a 1 in front of their words; symbols are numbers 0 … K − 1.
    `weight` is the probability of both. `words` (K,) grow from their ends; `length` is Σ p · length
    so far, in bits, the sum of all weights. `step` counts merges from 1; it is 0 for the only
    record of a lone symbol, whose word is "0".
    """

    step: int
    first: tuple[int, ...]
    second: tuple[int, ...]
    weight: float
    words: tuple[str, ...]
    length: float


def huffman_merges(p: ArrayLike) -> Iterator[Merge]:
    """Merge the two rarest again and again; equal ones in the order of their making.

    Args:
        p: (K,), adding up to 1; a symbol of probability 0 gets a word too.

    Returns:
        K − 1 merges, or one record for K = 1. With the last, H ≤ length < H + 1 for K ≥ 2.

    Raises:
        DomainError: p is not a list of probabilities.

    >>> for merge in huffman_merges([0.5, 0.25, 0.125, 0.125]):
    ...     print(merge.first, merge.second, merge.weight, merge.words)
    (2,) (3,) 0.25 ('', '', '0', '1')
    (1,) (2, 3) 0.5 ('', '0', '10', '11')
    (0,) (1, 2, 3) 1.0 ('0', '10', '110', '111')

    Source: Cover & Thomas 2006, section 5.6.
    """
    return _merges(probabilities("huffman_merges", "p", p, shape=("K",)).tolist())


def _merges(p: list[float]) -> Iterator[Merge]:
    K = len(p)
    if K == 1:
        yield Merge(0, (0,), (), 1.0, ("0",), 1.0)
        return
    groups: list[tuple[float, int, tuple[int, ...]]]
    groups = [(weight, k, (k,)) for k, weight in enumerate(p)]
    heapq.heapify(groups)
    words, length = [""] * K, 0.0
    for step in range(1, K):
        (v, _, first), (w, _, second) = heapq.heappop(groups), heapq.heappop(groups)
        for bit, group in (("0", first), ("1", second)):
            for k in group:
                words[k] = bit + words[k]
        length += v + w
        yield Merge(step, first, second, v + w, tuple(words), length)
        heapq.heappush(groups, (v + w, K + step, first + second))


@dataclass(frozen=True, slots=True)
class Code:
    """A word of bits for each symbol 0 … K − 1, and the mean length in bits."""

    words: tuple[str, ...]
    length: float


def huffman(p: ArrayLike) -> Code:
    """The code of the last merge.

    Args:
        p: (K,), adding up to 1.

    Raises:
        DomainError: p is not a list of probabilities.

    >>> huffman([0.5, 0.25, 0.125, 0.125])
    Code(words=('0', '10', '110', '111'), length=1.75)
    """
    *_, last = huffman_merges(p)
    return Code(last.words, last.length)


def frequencies(text: Sequence[str]) -> dict[str, float]:
    """The frequency of each character in a text, in the order of first appearance.

    Raises:
        DomainError: an empty text.

    >>> frequencies("abaa")
    {'a': 0.75, 'b': 0.25}
    """
    require(len(text) > 0, "frequencies", "a text with at least one character", "none")
    return {letter: count / len(text) for letter, count in Counter(text).items()}


def code_of(text: Sequence[str]) -> dict[str, str]:
    """Huffman's word for each character of a text.

    Raises:
        DomainError: an empty text.

    >>> code_of("abracadabra")["a"]
    '0'
    """
    share = frequencies(text)
    return dict(zip(share, huffman(np.array(list(share.values()))).words, strict=True))


def encode(text: Sequence[str], words: Mapping[str, str]) -> str:
    """The words of all characters, one after the other.

    Raises:
        DomainError: a character without a word.

    >>> encode("aba", {"a": "0", "b": "1"})
    '010'
    """
    strange = next((letter for letter in text if letter not in words), None)
    require(strange is None, "encode", "characters that have a word", repr(strange))
    return "".join(words[letter] for letter in text)


def decode(bits: str, words: Mapping[str, str]) -> str:
    """The text again: as no word is a prefix of another, the first that fits is right.

    Raises:
        DomainError: bits that are not a sequence of words.

    >>> decode("010", {"a": "0", "b": "1"})
    'aba'
    """
    letters = {word: letter for letter, word in words.items()}
    longest = max(map(len, letters), default=0)
    text, start = [], 0
    for end in range(1, len(bits) + 1):
        word = bits[start:end]
        if word in letters:
            text.append(letters[word])
            start = end
        elif len(word) >= longest:
            break
    if start < len(bits):
        rest = bits[start : start + 20]
        raise DomainError(f"decode: expected words of the code, got {rest!r} at bit {start}.")
    return "".join(text)
