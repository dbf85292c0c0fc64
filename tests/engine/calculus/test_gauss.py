"""Gauss–Legendre: NumPy's nodes and weights, exactness through degree 2n − 1."""

import math

import numpy as np
import pytest
import scipy.special
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.calculus import Nodes, gauss_legendre, legendre, node_steps, nodes
from engine.errors import DomainError, ShapeError


@pytest.mark.parametrize("n", range(1, 65))
def test_nodes_and_weights_agree_with_numpy(n):
    x, w = np.polynomial.legendre.leggauss(n)
    found = nodes(n)
    np.testing.assert_allclose(found.x, x, rtol=0, atol=1e-14)
    np.testing.assert_allclose(found.w, w, rtol=0, atol=1e-14)
    assert (found.x == -found.x[::-1]).all()
    assert (np.diff(found.x) > 0).all()
    assert (found.w > 0).all()
    assert found.w.sum() == pytest.approx(2, abs=1e-13)
    p, slope = legendre(n, found.x)
    # A node is off by half a gap between numbers or so: P_n by that times its slope.
    assert found.residual == np.abs(p).max() <= 4 * np.finfo(float).eps * np.abs(slope).max()
    assert found.why.startswith(f"P_{n} is 0 at the nodes but for {found.residual:.1e}; Σw = 2")


def test_the_most_points():
    x, w = scipy.special.roots_legendre(500)
    np.testing.assert_allclose(nodes(500).x, x, rtol=0, atol=1e-14)
    np.testing.assert_allclose(nodes(500).w, w, rtol=0, atol=1e-13)


@given(st.integers(1, 20), st.integers(0, 9999))
@settings(max_examples=30)
def test_it_is_exact_through_degree_2n_minus_1_and_no_further(n, seed):
    c = np.random.default_rng(seed).standard_normal(2 * n)
    whole = np.polynomial.Polynomial(c).integ()
    found = gauss_legendre(np.polynomial.Polynomial(c), -1, 2, n)
    size = np.polynomial.Polynomial(np.abs(c)).integ()(2)
    assert found == pytest.approx(whole(2) - whole(-1), abs=1e-13 * size)
    # The error at degree 2n, in closed form: Abramowitz & Stegun 25.4.30.
    short = math.exp(
        (2 * n + 1) * math.log(2) + 4 * math.lgamma(n + 1)
        - math.log(2 * n + 1) - 2 * math.lgamma(2 * n + 1)
    )  # fmt: skip
    missing = 2 / (2 * n + 1) - gauss_legendre(lambda x: x ** (2 * n), -1, 1, n)
    assert missing == pytest.approx(short, rel=1e-9, abs=1e-14)


def test_three_points_give_x_to_the_sixth_less():
    assert gauss_legendre(lambda x: x**6, -1, 1, 3) == pytest.approx(0.24, abs=1e-14)


def test_ends_turn_and_meet():
    assert gauss_legendre(np.exp, 1, 0, 9) == -gauss_legendre(np.exp, 0, 1, 9)
    assert gauss_legendre(np.exp, 1, 1, 9) == 0
    assert gauss_legendre(lambda x: 3.0, 0, 2, 4) == pytest.approx(6)


@given(st.integers(0, 40), st.floats(-0.999, 0.999))
@settings(max_examples=40)
def test_polynomials_and_slopes_agree_with_scipy(n, x):
    p, slope = legendre(n, np.array([x]))
    assert p[0] == pytest.approx(scipy.special.eval_legendre(n, x), abs=1e-13)
    exact = np.polynomial.Legendre.basis(n).deriv()(x) if n else 0.0
    assert slope[0] == pytest.approx(exact, rel=1e-9, abs=1e-9)


def test_lists_and_integers_are_points_too():
    p, slope = legendre(2, [0, 0.5])
    assert (p.tolist(), slope.tolist()) == ([-0.5, -0.125], [0, 1.5])


def test_every_record_of_newton_tells_its_move_and_is_a_copy():
    *steps, answer = node_steps(5)
    assert isinstance(answer, Nodes)
    assert [step.step for step in steps] == list(range(1, len(steps) + 1))
    before = -np.cos(np.pi * (np.arange(1, 6) - 0.25) / 5.5)
    for step in steps:
        assert np.abs(step.nodes - before).max() == pytest.approx(step.move, abs=1e-14)
        assert step.why == f"x − P/P′ moves the nodes by {step.move:.1e} at most"
        before = step.nodes
    assert steps[0].move > 1e-4 > steps[1].move > steps[-1].move
    for step in node_steps(5):
        if not isinstance(step, Nodes):
            step.nodes[:] = np.nan
    np.testing.assert_array_equal(step.x, answer.x)


def test_nodes_belong_to_the_caller():
    want = gauss_legendre(np.exp, 0, 1, 6)
    found = nodes(6)
    found.x[:], found.w[:] = 0, 0
    assert gauss_legendre(np.exp, 0, 1, 6) == want == pytest.approx(math.e - 1, rel=1e-12)


MISTAKES = [
    (lambda: nodes(0), DomainError, "nodes: expected an integer 1 ≤ n ≤ 500"),
    (lambda: node_steps(501), DomainError, "nodes: expected an integer 1 ≤ n ≤ 500"),
    (lambda: legendre(2, [1.0]), DomainError, r"legendre: expected −1 < x < 1, got 1"),
    (lambda: legendre(-1, [0.0]), DomainError, "legendre: expected an integer 0 ≤ n ≤ 1e6"),
    (
        lambda: gauss_legendre(np.sin, 0, math.inf, 2),
        DomainError,
        "gauss_legendre: expected finite end b",
    ),
    (lambda: gauss_legendre(np.log, -1, 1, 2), DomainError, "finite, got nan at x = -0.57735"),
    (
        lambda: gauss_legendre(lambda x: x[:1], 0, 1, 2),
        ShapeError,
        r"shape \(2,\), got \(1,\)",
    ),
    (lambda: gauss_legendre(lambda x: 1e308, 0, 10, 4), DomainError, "an area below 1.8e308"),
]


@pytest.mark.parametrize(("mistake", "kind", "message"), MISTAKES)
def test_a_mistake_is_named(mistake, kind, message):
    with pytest.raises(kind, match=message):
        mistake()
