"""The claims of the lesson on vectors, each with an attempt to refute it."""

from itertools import product
from math import acos, degrees, hypot, pi, radians, sqrt

import numpy as np
import pytest

from engine.errors import DomainError
from engine.linalg import ball_share, gram_schmidt_steps
from lessons.kit.run import Run
from lessons.linear_algebra.vectors.lab import (
    Angle,
    Ball,
    Combine,
    Directions,
    GramSchmidt,
    Parallel,
    checks,
)
from tests.lessons.claims import says

PATH = "linear_algebra/vectors"


def lab_of(experiment, steps=0, **values):
    run = Run(experiment, 0, values)
    run.advance(steps)
    return run.lab


def test_only_one_pair_of_factors_reaches_the_star():
    says(PATH, "There is no other pair: a and b point in different directions.")
    grid = np.round(np.arange(-3, 3.01, 0.1), 6)
    found = [(x, y) for x, y in product(grid, grid)
             if checks["star"].reached(lab_of(Combine, x=x, y=y))]  # fmt: skip
    assert found == [(2, -1)]


def test_the_numbers_of_the_first_pages():
    says(PATH, "$a + b = (3 + 1,\\ 1 + 2) = (4, 3)$")
    assert lab_of(Combine).total.tolist() == [4, 3]
    says(PATH, "Here 24/25 = 0.96, an angle of 16.26°.")
    lab = lab_of(Angle)
    assert lab.dot == 24
    assert degrees(acos(24 / 25)) == pytest.approx(16.2602, abs=1e-4)
    says(PATH, "24/25 · (4, 3) = (3.84, 2.88)")
    assert [row[1] for row in lab.products().rows] == ["24", "5", "5", "0.96", "16.26", "4.8"]


def test_no_place_on_the_line_of_b_is_nearer_to_a_than_its_shadow():
    says(PATH, "No place on the line of b is nearer to a than its shadow")
    rng = np.random.default_rng(0)
    for _ in range(50):
        a, b = rng.uniform(-5, 5, (2, 2))
        foot = (a @ b) / (b @ b) * b
        places = np.linspace(-20, 20, 4001)[:, None] * b
        assert np.linalg.norm(places - a, axis=1).min() >= np.linalg.norm(foot - a) - 1e-12


def test_a_penalty_of_sizes_makes_weights_exactly_zero_and_one_of_squares_does_not():
    says(PATH, "that is why a penalty $\\lVert w \\rVert_1$ makes weights exactly 0")
    w = np.linspace(-2, 2, 40001)  # 0 is on the grid
    for slope in (0.2, -0.4, 0.7):
        rough = 0.5 * (w - slope) ** 2
        assert w[np.argmin(rough + 0.8 * abs(w))] == 0
        assert w[np.argmin(rough + 0.8 * w**2)] != 0


def test_the_corners_of_the_diamond_lie_on_the_axes_and_its_area_is_two():
    says(PATH, "The corners of the diamond lie on the axes")
    border = lab_of(Ball, p="1").border
    far = border[np.linalg.norm(border, axis=1) > 1 - 1e-12]
    assert sorted(abs(far).max(axis=1).round(12).tolist()) == [1] * 4
    areas = {p: next(iter(lab_of(Ball, p=p).oracles())) for p in ("1", "2", "inf")}
    assert [areas[p].predicted for p in ("1", "2", "inf")] == [2, pi, 4]
    assert all(oracle.ok for oracle in areas.values())


def test_the_zero_vector_has_neither_angle_nor_shadow():
    says(PATH, "The zero vector has no direction")
    lab = lab_of(Angle, b=(0, 0))
    assert "no direction" in lab.products().rows[-1][2]
    assert len(lab.plane().arrows) == 2
    assert list(lab.oracles()) == []


def test_gram_schmidt_takes_three_steps_in_the_plane_and_refuses_one_direction():
    says(PATH, "The rest stands at a right angle to q₁.")
    run = Run(GramSchmidt)
    run.advance(2)
    rest, q1 = run.lab.record.rest, run.lab.record.Q[:, 0]
    assert abs(rest @ q1) < 1e-12
    says(PATH, "Try it: the algorithm refuses.")
    parallel = Run(GramSchmidt, 0, {"a": "2, 1", "b": "4, 2"})
    parallel.advance(10)
    assert parallel.status == "diverged"
    assert "expected independent columns" in parallel.lab.reasons().lines[-1]
    with pytest.raises(DomainError):
        list(gram_schmidt_steps([[2, 4], [1, 2]]))


def test_one_way_loses_right_angles_and_the_other_does_not():
    says(PATH, "it comes out as 1/2")
    says(PATH, "The modified way still gives 0.")
    for eps in (1e-9, 3e-10, 1e-10):
        classical, modified = (lab_of(Parallel, 20, eps=eps, way=way).products[1, 2]
                               for way in ("classical", "modified"))  # fmt: skip
        assert classical == pytest.approx(0.5, abs=1e-6)
        assert abs(modified) < 1e-6


def test_the_cause_is_rounding():
    """Ablation: where ε² is not lost beside 1, the classical way keeps its right angles."""
    says(PATH, "Below $\\varepsilon = 10^{-8}$, $1 + \\varepsilon^2$ is rounded to 1.")
    assert 1 + (1e-8) ** 2 == 1
    assert 1 + (2e-8) ** 2 != 1
    assert abs(lab_of(Parallel, 20, eps=1e-3).products[1, 2]) < 1e-9


def test_balls_and_directions_in_many_dimensions():
    says(
        PATH,
        "fills 0.785 of the square around it for d = 2, but only 0.0025 of the cube for d = 10",
    )
    assert ball_share(2) == pytest.approx(0.785, abs=5e-4)
    assert ball_share(10) == pytest.approx(0.0025, abs=5e-5)
    says(PATH, "d = 3, where all cosines are equally likely")
    lab = lab_of(Directions, 500, d=3)
    expected = lab.counts.sum() / len(lab.counts)
    assert ((lab.counts - expected) ** 2 / expected).sum() < 75  # chi-square, 39 degrees, 5e-4
    says(PATH, "that is 1.8°, so 10° are over five of them")
    assert degrees(1 / sqrt(1000)) == pytest.approx(1.8, abs=0.02)
    assert radians(10) > 5 / sqrt(1000)


def test_the_predicted_density_is_a_density():
    for d in (2, 3, 4, 10, 100, 1000):
        density = lab_of(Directions, d=d).cosines().density
        area = np.trapezoid(density.y, density.x)
        assert area == pytest.approx(1, abs=0.1 if d == 2 else 0.02), d


def test_shadows_of_the_question_are_lengths():
    for seed in range(20):
        v = checks["shadow"].vary(np.random.default_rng(seed))
        a, b = np.array([v["p"], v["q"]]), np.array([v["r"], v["s"]])
        foot = (a @ b) / (b @ b) * b
        assert checks["shadow"].answer(v) == pytest.approx(hypot(*foot))
