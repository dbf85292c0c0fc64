"""Vectors: the numbers of the lesson, laws of norms, lengths at the ends of the range."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from engine.errors import DomainError, ShapeError
from engine.linalg import angle, cosine, frobenius, gram, norm, orthogonality, project
from engine.linalg.norms import length

A, B = np.array([3.0, 4.0]), np.array([4.0, 3.0])
SEVENTHS = st.integers(-999, 999).map(lambda k: k / 7)
VECTORS = hnp.arrays(np.float64, st.integers(1, 8), elements=SEVENTHS)


def test_the_two_arrows_of_the_lesson():
    assert A @ B == 24
    assert cosine(A, B) == pytest.approx(0.96, rel=1e-15)
    assert math.degrees(angle(A, B)) == pytest.approx(16.2602, abs=5e-5)
    np.testing.assert_allclose(project(A, B).along, [3.84, 2.88], rtol=1e-15)
    assert gram(np.column_stack([A, B])).tolist() == [[25, 24], [24, 25]]


@given(VECTORS, st.sampled_from([1, 1.5, 2, 3, 7, math.inf]))
def test_a_norm_agrees_with_numpy(v, p):
    assert norm(v, p) == pytest.approx(np.linalg.norm(v, p), rel=1e-13, abs=1e-300)


@pytest.mark.parametrize("scale", [5e-324, 1e-300, 1e300, 2.0**1000])
def test_lengths_neither_overflow_nor_vanish(scale):
    five = pytest.approx(5 * scale, rel=5e-16, abs=0)
    assert length(scale * A) == five
    assert frobenius(scale * np.diag([3.0, 4.0])) == five
    assert norm(scale * A) == five


@pytest.mark.parametrize(("p", "area"), [(1, 2), (2, math.pi), (math.inf, 4)])
def test_the_areas_of_the_unit_balls(p, area):
    """In polar coordinates: ½ ∫ r(θ)² dθ with r = 1 / ‖(cos θ, sin θ)‖ₚ; the corners are nodes."""
    theta = np.linspace(0, np.pi / 4, 2001)
    r = np.array([1 / norm([math.cos(t), math.sin(t)], p) for t in theta])
    assert 8 * np.trapezoid(r * r / 2, theta) == pytest.approx(area, rel=1e-6)


def test_random_directions_in_high_dimension_are_nearly_at_right_angles():
    rng, d, n = np.random.default_rng(0), 400, 2000
    found = [cosine(rng.standard_normal(d), rng.standard_normal(d)) for _ in range(n)]
    assert abs(np.mean(found)) < 4 / math.sqrt(d * n)
    assert np.std(found) * math.sqrt(d) == pytest.approx(1, abs=4 / math.sqrt(2 * n))


@pytest.mark.parametrize("tiny", [1e-3, 1e-9, 1e-15])
def test_a_tiny_angle_keeps_its_digits(tiny):
    assert angle([1, 0], [math.cos(tiny), math.sin(tiny)]) == pytest.approx(tiny, rel=1e-14)
    assert angle([1, 0], [-1, 0]) == math.pi
    assert angle([2e-320, 0], [0, 3e300]) == pytest.approx(math.pi / 2, rel=1e-15)


@given(VECTORS, st.integers(0, 99))
def test_a_projection_splits_into_parts_at_right_angles(a, seed):
    b = np.random.default_rng(seed).standard_normal(len(a))
    found = project(a, b)
    np.testing.assert_allclose(found.along + found.across, a, atol=1e-12)
    assert abs(found.across @ b) <= 1e-12 * (1 + norm(a)) * norm(b)
    np.testing.assert_allclose(found.along, found.coefficient * b, atol=1e-12)


def test_a_projection_tells_its_fraction_and_how_right_its_angle_is():
    found = project([3, 4], [2, 0])
    assert found.why == "a · b / b · b = 6 / 4 = 1.5"
    assert found.orthogonality == 0
    assert project([2, 4], [1, 2]).orthogonality == 0  # nothing is left across


def test_orthogonality_is_the_worst_of_all_products():
    Q = np.array([[1, 0.25], [0, 1], [0, -0.5]])
    assert orthogonality(Q) == pytest.approx(0.3125)
    assert orthogonality(-np.eye(3)[:, :2]) == 0
    with pytest.raises(DomainError, match=r"gram: .* up to 1e150, got 1e\+160"):
        gram([[1, -1e160]])


def test_mistakes_are_named():
    with pytest.raises(DomainError, match=r"norm: expected p ≥ 1, got 0.5"):
        norm(A, 0.5)
    with pytest.raises(DomainError, match="norm: expected p ≥ 1, got nan"):
        norm(A, math.nan)
    with pytest.raises(DomainError, match="cosine: expected b ≠ 0"):
        cosine(A, [0, 0])
    with pytest.raises(DomainError, match="project: expected b ≠ 0"):
        project(A, [0, 0])
    with pytest.raises(ShapeError, match=r"angle: expected b \(2,\), got \(3,\)"):
        angle(A, [1, 2, 3])
    with pytest.raises(ShapeError, match="norm: expected v"):
        norm([])
