"""Change of variables: areas and volumes in their own coordinates, slopes against closed forms."""

import math

import numpy as np
import pytest
import scipy.integrate
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from engine.calculus import jacobian, substitution
from engine.errors import DomainError, ShapeError
from engine.formula import Formula


def polar(r, t):
    return r * np.cos(t), r * np.sin(t)


def spherical(r, theta, phi):
    return (
        r * np.sin(theta) * np.cos(phi),
        r * np.sin(theta) * np.sin(phi),
        r * np.cos(theta),
    )


@given(st.floats(0.1, 5), st.floats(-7, 7))
@settings(max_examples=40)
def test_polar_coordinates_stretch_areas_by_r(r, t):
    x, J = jacobian(polar, [[r, t]])
    assert_allclose(x[0], [r * math.cos(t), r * math.sin(t)], rtol=1e-14)
    assert_allclose(J[0], [[math.cos(t), -r * math.sin(t)], [math.sin(t), r * math.cos(t)]])
    assert np.linalg.det(J[0]) == pytest.approx(r)


@given(st.integers(1, 4), st.integers(0, 9999))
@settings(max_examples=40)
def test_a_linear_map_stretches_by_its_determinant(D, seed):
    rng = np.random.default_rng(seed)
    A = rng.standard_normal((D, D))

    def g(*u):
        return [sum(A[i, j] * u[j] for j in range(D)) for i in range(D)]

    _, J = jacobian(g, rng.standard_normal((3, D)))
    assert_allclose(J, np.broadcast_to(A, (3, D, D)))
    box = substitution(lambda x: 1.0, g, np.zeros(D), np.full(D, 2.0), n=2)
    assert box == pytest.approx(2**D * abs(np.linalg.det(A)), rel=1e-10)


def test_discs_balls_and_the_bell():
    assert substitution(lambda x: 1.0, polar, [0, 0], [2, math.tau]) == pytest.approx(4 * math.pi)
    ball = substitution(lambda x: 1.0, spherical, [0, 0, 0], [1, math.pi, math.tau], n=20)
    assert ball == pytest.approx(4 / 3 * math.pi, rel=1e-13)
    bell = substitution(
        lambda x: np.exp(-(x**2).sum(axis=1) / 2), polar, [0, 0], [12, math.tau], n=60
    )
    assert bell == pytest.approx(math.tau, rel=1e-12)


def test_it_agrees_with_scipy_over_the_image():
    """x² y over the image of the unit square under (u + v²/4, v − u²/4), point by point."""

    def g(u, v):
        return u + v**2 / 4, v - u**2 / 4

    def inside(v, u):
        x, y = g(u, v)
        return x**2 * y * (1 + u * v / 4)  # its Jacobian determinant by hand

    want, _ = scipy.integrate.dblquad(inside, 0, 1, 0, 1, epsabs=1e-13)
    found = substitution(lambda x: x[:, 0] ** 2 * x[:, 1], g, [0, 0], [1, 1], n=8)
    assert found == pytest.approx(want, rel=1e-12)


def test_a_reflection_keeps_the_area():
    area = substitution(lambda x: 3.0, lambda u, v: (v, u), [0, 0], [1, 2], n=1)
    assert area == pytest.approx(6)


def test_typed_formulas_and_constants_are_maps():
    x, J = jacobian(lambda u: (Formula("sin(3*u)")(u), 2.0), [[0.5]])
    assert_allclose(x, [[math.sin(1.5), 2]])
    assert_allclose(J[0], [[3 * math.cos(1.5)], [0]])


UNIT = ([0, 0], [1, 1])
MISTAKES = [
    (lambda: jacobian(polar, [1.0, 2.0]), ShapeError, r"jacobian: expected u of shape \(N, D\)"),
    (
        lambda: jacobian(lambda u: (u.sum(),), [[1.0], [2.0]]),
        ShapeError,
        r"x of shape \(2,\)",
    ),
    (lambda: jacobian(lambda u: (), [[1.0]]), ShapeError, "one coordinate or more, got none"),
    (lambda: jacobian(lambda u: (np.log(u),), [[0.0]]), DomainError, "log: expected x > 0"),
    (lambda: substitution(np.sum, polar, [1, 0], [0, 1]), DomainError, "expected low ≤ high"),
    (
        lambda: substitution(np.sum, polar, *UNIT, n=0),
        DomainError,
        "substitution: expected an integer 1 ≤ n ≤ 500",
    ),
    (
        lambda: substitution(np.sum, polar, *UNIT, n=501),
        DomainError,
        "substitution: expected an integer 1 ≤ n ≤ 500",
    ),
    (lambda: substitution(np.sum, spherical, [0] * 3, [1] * 3, n=101), DomainError, r"n\^3 ≤ 1000"),
    (lambda: substitution(np.sum, lambda u, v: (u,), *UNIT), ShapeError, "to 2 coordinates, got 1"),
    (lambda: substitution(lambda x: x, polar, *UNIT), ShapeError, r"f\(x\) of shape \(1024,\)"),
    (lambda: substitution(lambda x: np.inf, polar, *UNIT), DomainError, "finite, got none at x ="),
]


@pytest.mark.parametrize(("mistake", "kind", "message"), MISTAKES)
def test_a_mistake_is_named(mistake, kind, message):
    with pytest.raises(kind, match=message):
        mistake()
