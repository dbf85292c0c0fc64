"""Sequence tasks, made from a seed: what a network must remember, and for how long.

Shapes: N sequences, T steps, D numbers a step. Arguments shared by all: `count` N ≥ 1; `length`
T; `rng`, the only source of chance. Tokens are integers 0 … K − 1, kept as float64 like all
data; `one_hot` spreads them out for a network.

Every function raises DomainError for an argument outside the range that it names.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from engine.errors import DomainError, ShapeError
from engine.validate import array, integer, require


@dataclass(frozen=True, slots=True, eq=False)
class Sequences:
    """Sequences and what is to be said about each, or about each of its steps.

    Args:
        name: how the task is called in lists.
        x: (N, T, D) numbers or (N, T) tokens, N ≥ 1 and T ≥ 1.
        y: (N, D) one answer a sequence, (N, T, D) or (N, T) one a step.
        vocabulary: what the K tokens stand for, token 0 first; empty for numbers.

    Raises:
        ShapeError: arrays that are too flat, empty, or of different N.

    >>> task = Sequences("pair", np.zeros((1, 2, 1)), np.ones((1, 1)))
    >>> task.x.shape, task.vocabulary
    ((1, 2, 1), ())
    """

    name: str
    x: Array
    y: Array
    vocabulary: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        fits = self.x.ndim in (2, 3) and self.y.ndim in (2, 3) and len(self.x) == len(self.y)
        if not fits or not self.x.size:
            raise ShapeError(
                f"Sequences {self.name}: expected x (N, T, …) and y (N, …) with one N ≥ 1, got "
                f"{self.x.shape} and {self.y.shape}."
            )


def adding(count: int, length: int, *, rng: np.random.Generator) -> Sequences:
    """Add the two marked numbers of a long row: the test of memory that plain networks fail.

    Column 0 of x is uniform on [0, 1); column 1 marks one step of the first half, T // 2 steps, and
    one of the second. Always answering the mean, 1, gives the mean squared error 1/6, the variance
    of the sum: a network that does not get below it has remembered nothing.

    Args:
        count: N ≥ 1.
        length: T ≥ 2.
        rng: draws numbers and marks.

    Returns:
        x (N, T, 2), y (N, 1).

    >>> task = adding(1, 4, rng=np.random.default_rng(0))
    >>> task.x[0].round(2).tolist()
    [[0.64, 1.0], [0.27, 0.0], [0.04, 0.0], [0.02, 1.0]]
    >>> task.y.round(2).tolist()
    [[0.65]]

    Source: Hochreiter & Schmidhuber 1997, Long short-term memory, experiment 4, in the form of
    Arjovsky, Shah & Bengio 2016: numbers on [0, 1) and one mark a half.
    """
    count, length = _checked("adding", count, length, shortest=2)
    half = length // 2
    numbers, marks = rng.uniform(0, 1, (count, length)), np.zeros((count, length))
    rows = np.arange(count)
    marks[rows, rng.integers(0, half, count)] = 1
    marks[rows, rng.integers(half, length, count)] = 1
    y = (numbers * marks).sum(axis=1, keepdims=True)  # (N, 1)
    return Sequences("adding", np.stack([numbers, marks], axis=2), y)


def echo(count: int, length: int, delay: int, *, rng: np.random.Generator) -> Sequences:
    """Say every bit again, some steps late: exactly `delay` bits have to be held at any time.

    y_t = x_{t − delay}, and 0 while t < delay.

    Args:
        count: N ≥ 1.
        length: T ≥ 1.
        delay: 0 ≤ delay < T.
        rng: draws the bits, 0 and 1 alike often.

    Returns:
        x (N, T, 1), y (N, T, 1).

    >>> task = echo(1, 6, 2, rng=np.random.default_rng(0))
    >>> task.x[0, :, 0].tolist()
    [1.0, 1.0, 1.0, 0.0, 0.0, 0.0]
    >>> task.y[0, :, 0].tolist()
    [0.0, 0.0, 1.0, 1.0, 1.0, 0.0]

    Source: the delay line of Jaeger 2001, Short term memory in echo state networks.
    """
    count, length = _checked("echo", count, length)
    delay = integer("echo", "delay", delay, low=0, high=length - 1)
    x = rng.integers(0, 2, (count, length, 1)).astype(np.float64)
    y = np.zeros_like(x)
    y[:, delay:] = x[:, : length - delay]
    return Sequences("echo", x, y)


def reversal(count: int, length: int, tokens: int, *, rng: np.random.Generator) -> Sequences:
    """Say the row backwards: the last token is wanted first, so all must be read before.

    Args:
        count: N ≥ 1.
        length: T ≥ 1.
        tokens: K ≥ 2 different ones, alike often.
        rng: draws the tokens.

    Returns:
        x (N, T), y (N, T), tokens.

    >>> task = reversal(1, 5, 10, rng=np.random.default_rng(0))
    >>> task.x.tolist(), task.y.tolist()
    ([[8.0, 6.0, 5.0, 2.0, 3.0]], [[3.0, 2.0, 5.0, 6.0, 8.0]])

    Source: Grefenstette et al. 2015, Learning to transduce with unbounded memory, section 4.1.
    """
    x = _tokens("reversal", count, length, tokens, rng)
    return Sequences("reversal", x, x[:, ::-1].copy(), _digits(tokens))


def sorting(count: int, length: int, tokens: int, *, rng: np.random.Generator) -> Sequences:
    """Say the row in rising order: where a token goes depends on all the others.

    Args:
        count: N ≥ 1.
        length: T ≥ 1.
        tokens: K ≥ 2 different ones, alike often.
        rng: draws the tokens.

    Returns:
        x (N, T), y (N, T), tokens.

    >>> task = sorting(1, 5, 10, rng=np.random.default_rng(0))
    >>> task.x.tolist(), task.y.tolist()
    ([[8.0, 6.0, 5.0, 2.0, 3.0]], [[2.0, 3.0, 5.0, 6.0, 8.0]])

    Source: after the priority sort of Graves, Wayne & Danihelka 2014, Neural Turing machines.
    """
    x = _tokens("sorting", count, length, tokens, rng)
    return Sequences("sorting", x, np.sort(x, axis=1), _digits(tokens))


def next_character(text: str, length: int) -> Sequences:
    """Say which character follows: all that a language model does, on any text.

    The vocabulary is the text's distinct characters in the order of their code points. Windows are
    cut one after the other without overlap; what is left at the end is dropped.

    Args:
        text: at least length + 1 characters.
        length: T ≥ 1.

    Returns:
        x (N, T) and y (N, T), tokens, y one character further; N = (len(text) − 1) // T.

    >>> task = next_character("banana", 2)
    >>> task.vocabulary, task.x.tolist(), task.y.tolist()
    (('a', 'b', 'n'), [[1.0, 0.0], [2.0, 0.0]], [[0.0, 2.0], [0.0, 2.0]])

    Source: Elman 1990, Finding structure in time.
    """
    if length < 1:
        raise DomainError(f"next_character: expected length ≥ 1, got {length}.")
    count = (len(text) - 1) // length
    if count < 1:
        raise DomainError(
            f"next_character: expected a text of at least length + 1 = {length + 1} characters, "
            f"got {len(text)}."
        )
    vocabulary = tuple(sorted(set(text)))
    place = {character: i for i, character in enumerate(vocabulary)}
    ids = np.array([place[character] for character in text], dtype=np.float64)
    end = count * length
    x, y = ids[:end].reshape(count, length), ids[1 : end + 1].reshape(count, length)
    return Sequences("next character", x, y, vocabulary)


def one_hot(ids: ArrayLike, tokens: int) -> Array:
    """A token as K numbers, 1 at its own place and 0 elsewhere: no token is nearer to another.

    Args:
        ids: any shape (…), integers 0 … K − 1.
        tokens: K ≥ 1.

    Returns:
        (…, K).

    Raises:
        DomainError: an id that is not one of the K.

    >>> one_hot([0, 2], 3).tolist()
    [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    """
    tokens = integer("one_hot", "tokens", tokens, low=1)
    k = array("one_hot", "ids", ids, nan=True)
    wrong = k[~np.isin(k, np.arange(tokens))]
    require(not wrong.size, "one_hot", f"integers 0 … {tokens - 1} in ids", wrong[:1])
    return np.asarray(np.eye(tokens)[k.astype(np.intp)])


def _checked(where: str, count: int, length: int, shortest: int = 1) -> tuple[int, int]:
    count = integer(where, "count", count, low=1)
    return count, integer(where, "length", length, low=shortest)


def _tokens(name: str, count: int, length: int, tokens: int, rng: np.random.Generator) -> Array:
    count, length = _checked(name, count, length)
    tokens = integer(name, "tokens", tokens, low=2)
    return rng.integers(0, tokens, (count, length)).astype(np.float64)


def _digits(tokens: int) -> tuple[str, ...]:
    return tuple(map(str, range(tokens)))
