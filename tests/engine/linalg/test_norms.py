"""Vectors: the numbers of the lesson, laws of norms, lengths at the ends of the range."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
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
    assert gram([[1, 2], [3, 4], [5, 6]]).tolist() == [[35, 44], [44, 56]]
    assert cosine(-A, B) == pytest.approx(-0.96, rel=1e-15)
    assert angle(-A, -B) == angle(A, B)


@given(VECTORS, st.sampled_from([1, 1.5, 2, 3, 7, math.inf]))
@settings(max_examples=40)
def test_a_norm_agrees_with_numpy(v, p):
    assert norm(v, p) == pytest.approx(np.linalg.norm(v, p), rel=1e-13, abs=1e-300)


@pytest.mark.parametrize("scale", [5e-324, 1e-300, 1e300, 2.0**1000])
def test_lengths_neither_overflow_nor_vanish(scale):
    five = pytest.approx(5 * scale, rel=5e-16, abs=0)
    assert length(scale * A) == five
    assert frobenius(scale * np.diag([3.0, 4.0])) == five
    assert norm(scale * A) == five


@pytest.mark.parametrize("p", [1, 1.5, 2, 3, 50, math.inf])
@pytest.mark.parametrize("scale", [1e-300, 1e-236, 1e-160, 1e160, 1e300])
def test_no_power_of_a_small_or_large_number_is_lost(p, scale):
    v = np.array([3.0, -4.0, 1.0, 2.0])
    assert norm(scale * v, p) == pytest.approx(scale * np.linalg.norm(v, p), rel=1e-14, abs=0)
    assert norm(v.tolist(), np.float32(p)) == norm(v, p)


def test_a_norm_beyond_the_range_is_named():
    for p, told in ((1, "‖v‖ for p = 1"), (1.5, "‖v‖ for p = 1.5"), (2, "‖v‖₂")):
        with pytest.raises(DomainError, match=f"^norm: expected {told} below 1.8e308, got more"):
            norm([1.7e308] * 4, p)
    assert norm([1.7e308] * 4, math.inf) == 1.7e308
    assert norm([1.7e308] * 4, 50) == pytest.approx(1.7e308 * 4 ** (1 / 50), rel=1e-14)
    with pytest.raises(DomainError, match=r"^frobenius: expected ‖A‖_F below 1.8e308"):
        frobenius([[1.7e308, 1.7e308]])
    assert length(np.array([1.7e308, 1.7e308])) == math.inf
    assert orthogonality(np.array([[1e200, 1.0], [-1e200, 1.0]])) == math.inf


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
@settings(max_examples=40)
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
    assert project([1], [0.5]).why == "a · b / b · b = 0.5 / 0.25 = 2"
    rest = [project(3 * b, b) for b in np.random.default_rng(0).standard_normal((20, 3))]
    rounded = [found for found in rest if found.across.any()]
    assert rounded
    for found in rounded:  # rounding alone has any direction
        told = cosine(found.across, found.along)
        assert abs(found.orthogonality) == pytest.approx(abs(told), abs=1e-15)


def test_a_projection_reads_sizes_not_signs():
    assert project([-1e300, -1e-300], [-1, 0]).coefficient == 1e300
    assert project([-1, -1], [-1e300, -1e-300]).along.tolist() == [-1, -1e-600]
    with pytest.raises(DomainError, match=r"^project: expected a shadow below 1.8e308"):
        project([1.79e308, 1.79e308], [1000, 900])  # 1.88e308 along the first axis
    assert project([1e300], [1e100]).why == "a · b / b · b = 1e+400 / 1e+200 = 1e+200"


def test_a_cosine_is_never_outside_its_range():
    rng = np.random.default_rng(1)
    for v in rng.standard_normal((200, 3)):
        assert -1 <= cosine(v, -3 * v) <= -1 + 1e-15
        assert 1 - 1e-15 <= cosine(v, 3 * v) <= 1


@pytest.mark.parametrize("a", [1e-300, 1.0, 1e300])
@pytest.mark.parametrize("b", [1e-300, 5e-324, 1.0, 1e300])
def test_a_projection_at_any_scale_is_right_or_refused(a, b):
    """(3, 4) on (1, 1) is (3.5, 3.5), whatever the units."""
    u, v = a * np.array([3.0, 4.0]), b * np.array([1.0, 1.0])
    if a / b > 1e308 or math.isinf(3.5 * a / b):
        with pytest.raises(DomainError, match=r"^project: expected a shadow below 1.8e308"):
            project(u, v)
        return
    found = project(u, v)
    np.testing.assert_allclose(found.along, a * np.array([3.5, 3.5]), rtol=1e-14)
    np.testing.assert_allclose(found.across, a * np.array([-0.5, 0.5]), rtol=1e-14)
    assert found.coefficient == pytest.approx(3.5 * (a / b), rel=1e-14, abs=1e-323)
    assert abs(found.orthogonality) < 1e-14
    assert "inf" not in found.why
    assert "/ 0" not in found.why


def test_orthogonality_is_the_worst_of_all_products():
    Q = np.array([[1, 0.25], [0, 1], [0, -0.5]])
    assert orthogonality(Q) == pytest.approx(0.3125)
    assert orthogonality(-np.eye(3)[:, :2]) == 0
    assert orthogonality(np.eye(2) / 2) == 0.75
    for A, shown in (([[1, -1e160]], r"1e\+320"), ([[1e-160, 0]], "1e-320")):
        with pytest.raises(DomainError, match=f"gram: expected products .* got {shown}. Scale A"):
            gram(A)
    assert gram([[1, 1e-160]]).tolist() == [[1, 1e-160], [1e-160, 1e-320]]


def test_mistakes_are_named():
    with pytest.raises(DomainError, match=r"norm: expected p ≥ 1, got 0\.5"):
        norm(A, 0.5)
    with pytest.raises(DomainError, match="norm: expected p ≥ 1, got nan"):
        norm(A, math.nan)
    with pytest.raises(DomainError, match="cosine: expected b ≠ 0"):
        cosine(A, [0, 0])
    with pytest.raises(DomainError, match="project: expected b ≠ 0"):
        project(A, [0, 0])
    with pytest.raises(ShapeError, match=r"angle: expected b of shape \(2,\), got \(3,\)"):
        angle(A, [1, 2, 3])
    with pytest.raises(DomainError, match="norm: expected at least 1 number in v, got 0"):
        norm([])
