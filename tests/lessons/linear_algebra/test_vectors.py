"""The claims of the lesson on vectors, each with an attempt to refute it."""

from itertools import product
from math import acos, degrees, hypot, pi, radians, sqrt

import numpy as np
import pytest

from engine.errors import DomainError
from engine.linalg import ball_share, gram_schmidt_steps
from lessons.catalogue import entries
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
    says(PATH, "There is no other pair, since a and b do not lie on one line.")
    grid = np.round(np.arange(-3, 3.01, 0.1), 6)
    found = [(x, y) for x, y in product(grid, grid)
             if checks["star"].reached(lab_of(Combine, x=x, y=y))]  # fmt: skip
    assert found == [(2, -1)]
    # Ablation: opposite arrows differ in direction, lie on one line, and have many pairs or none.
    flat = [lab_of(Combine, a=(1, 0), b=(-1, 0), x=x, y=y).total for x, y in ((3, -2), (2, -3))]
    assert flat[0].tolist() == flat[1].tolist() == [5, 0]


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
    says(PATH, "that is why a penalty $\\lVert w \\rVert_1$ can make weights exactly 0")
    w = np.linspace(-2, 2, 40001)  # 0 is on the grid
    for slope in (0.2, -0.4, 0.7):
        rough = 0.5 * (w - slope) ** 2
        assert w[np.argmin(rough + 0.8 * abs(w))] == 0
        assert w[np.argmin(rough + 0.8 * w**2)] != 0
        assert w[np.argmin(rough + 0.1 * abs(w))] != 0  # can, not must


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
    says(PATH, "Any two arrows that do not lie on one line can be made")
    opposite = Run(GramSchmidt, 0, {"a": "2, 1", "b": "-2, -1"})
    opposite.advance(10)
    assert opposite.status == "diverged"


@pytest.mark.parametrize(("a", "b"), [((5, 4.999), (4.999, 4.998)), ((5, 4.9), (4.9, 4.8))])
def test_arrows_close_to_one_line_lose_digits_but_refute_nothing(a, b):
    lab = lab_of(GramSchmidt, 10, a=a, b=b)
    assert [oracle.ok for oracle in lab.oracles()] == [True, True]
    assert all(oracle.tolerance < 1e-6 for oracle in lab.oracles())


def test_one_way_loses_right_angles_and_the_other_does_not():
    says(PATH, "it comes out as 1/2")
    says(PATH, "still has a shadow on q₂, half as long as itself")
    e, q2 = 1e-9, np.array([0, -1, 1, 0]) / sqrt(2)
    rest, column = np.array([0, -e, 0, e]), np.array([1, 0, 0, e])
    assert abs(rest @ q2) == pytest.approx(0.5 * np.linalg.norm(rest))
    says(PATH, "column 3 as it came shows none")
    assert column @ q2 == 0
    says(PATH, "column 3 and what is left of column 2 have the dot product ε²")
    exact = np.array([1, 0, 1e-3, 0]) - np.array([1, 1e-3, 0, 0]) / (1 + 1e-6)
    assert exact @ [1, 0, 0, 1e-3] == pytest.approx(1e-6, rel=1e-3)
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


def test_the_predicted_density_is_a_density_and_fits_the_bars():
    for d in (2, 3, 4, 10, 100, 1000):
        density = lab_of(Directions, d=d).cosines().density
        assert np.trapezoid(density.y, density.x) == pytest.approx(1, abs=1e-3), d
        lab = lab_of(Directions, 500, d=d)
        expected = density.y[1:-1] / len(lab.counts) * 2 * lab.counts.sum()
        usual = expected > 5
        misfit = ((lab.counts - expected)[usual] ** 2 / expected[usual]).sum()
        assert misfit < 80, d  # chi-square, 39 degrees at most, 1e-4


def test_the_predicted_density_is_that_of_the_books_for_few_dimensions():
    edges = Directions.edges
    for d, cdf in ((2, np.arcsin(edges) / pi), (3, edges / 2),
                   (4, (np.arcsin(edges) + edges * np.sqrt(1 - edges**2)) / pi)):  # fmt: skip
        y = lab_of(Directions, d=d).cosines().density.y[1:-1]
        assert y * np.diff(edges) == pytest.approx(np.diff(cdf), rel=1e-3)


def test_a_right_angle_shows_zeros_and_a_blunt_one_a_shadow_of_positive_length():
    rows = {row[0]: row for row in lab_of(Angle, b=(0.8, -0.6)).products().rows}
    assert [rows[name][1] for name in ("a·b", "cos", "angle", "shadow")] == ["0", "0", "90", "0"]
    assert rows["a·b"][2] == "3·0.8 + 4·(-0.6)"
    says(PATH, "\\frac{\\lvert a \\cdot b \\rvert}{\\lVert b \\rVert}")
    assert lab_of(Angle, b=(-4, -3)).products().rows[-1][1] == "4.8"


def test_the_next_lesson_is_named():
    says(PATH, "That is the next lesson, *Matrices*")
    paths = [entry.path for entry in entries() if entry.path.startswith("linear_algebra/")]
    assert paths[paths.index(PATH) + 1] == "linear_algebra/matrices"


def test_shadows_of_the_question_are_lengths():
    for seed in range(20):
        v = checks["shadow"].vary(np.random.default_rng(seed))
        a, b = np.array([v["p"], v["q"]]), np.array([v["r"], v["s"]])
        foot = (a @ b) / (b @ b) * b
        assert checks["shadow"].answer(v) == pytest.approx(hypot(*foot))
