"""Channels: closed forms, and bounds that close in on the capacity."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import DomainError, ShapeError
from engine.information import (
    binary_erasure_capacity,
    binary_symmetric_capacity,
    blahut_arimoto,
    capacity,
    mutual_information,
)

SEEDS, SIZES = st.integers(0, 9999), st.integers(1, 9)


def test_a_channel_that_flips_a_ninth():
    assert round(binary_symmetric_capacity(0.11), 5) == 0.50008


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


MISTAKES = [
    (lambda: binary_symmetric_capacity(-0.1), DomainError, "expected 0 ≤ flip ≤ 1"),
    (lambda: binary_erasure_capacity(2), DomainError, "expected 0 ≤ lost ≤ 1"),
    (
        lambda: blahut_arimoto([0.5, 0.5]),
        ShapeError,
        r"expected W of shape \(N, D\) with D ≥ 1, got \(2,\)",
    ),
    (
        lambda: capacity([[0.5, 0.4]]),
        DomainError,
        "blahut_arimoto: expected each row of W with the sum 1",
    ),
    (lambda: capacity([[1.0]], tolerance=0), DomainError, "expected tolerance > 0"),
    (
        lambda: capacity([[1.0]], limit=0),
        DomainError,
        "blahut_arimoto: expected an integer limit ≥ 1",
    ),
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
