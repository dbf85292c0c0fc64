"""The claims of the lesson on singular values, each with an attempt to refute it."""

import numpy as np
import pytest

from engine.data import digits
from lessons.kit.run import Run
from lessons.linear_algebra.svd.lab import Components, Digit, Ellipse, Jacobi, checks
from tests.lessons.claims import says

PATH = "linear_algebra/svd"


def lab_of(experiment, steps=0, **values):
    run = Run(experiment, 0, values)
    run.advance(steps)
    return run.lab


def rank_k(rng, A, k):
    """A matrix of rank k near A: its best one, shaken."""
    U, s, Vt = np.linalg.svd(A)
    shake = 10.0 ** -rng.integers(0, 4)
    L = U[:, :k] * s[:k] + shake * rng.standard_normal((len(A), k))
    return L @ (Vt[:k] + shake * rng.standard_normal((k, len(A))))


def test_the_example_of_the_pages():
    says(PATH, "σ₁ = 6.708, σ₂ = 2.236, and the product is 15 = 3·5 − 0·4")
    s = lab_of(Ellipse).parts.s
    assert s.tolist() == pytest.approx([np.sqrt(45), np.sqrt(5)])
    assert s.prod() == pytest.approx(15)


def test_the_longest_arrow_goes_along_the_longer_axis():
    says(PATH, "the longest arrow in it is the longer one")
    assert lab_of(Ellipse, c1="2, 0", c2="0, 3").parts.s.tolist() == pytest.approx([3, 2])


def test_columns_on_one_line_have_no_second_singular_value():
    says(PATH, "Drag a column until both lie on one line: σ₂ is 0")
    lab = lab_of(Ellipse, c1="1, 2", c2="2, 4")
    assert lab.parts.s[1] == pytest.approx(0, abs=1e-12)
    assert lab.parts.rank == 1
    # 1·3.6 − 3·1.2 is 4e-16 in floating point: neither refutes, nor is it shown.
    rounded = lab_of(Ellipse, c1="1, 1.2", c2="3, 3.6")
    assert all(oracle.ok for oracle in rounded.oracles())
    assert [row[1] for row in rounded.lengths().rows] == ["4.94", "0", "0", "0", "1"]
    assert [arrow.name for arrow in lab.plane().arrows if arrow.name.startswith("σ")] == ["σ₁"]


def test_one_turn_is_a_mirror_where_the_determinant_is_negative():
    says(PATH, "Where $\\det A < 0$, one of the two turns also flips the plane over")
    rng = np.random.default_rng(0)
    for A in rng.uniform(-6, 6, (50, 2, 2)):
        U, s, Vt = np.linalg.svd(A)
        assert np.linalg.det(U) * np.linalg.det(Vt) == pytest.approx(np.sign(np.linalg.det(A)))
        if np.linalg.det(A) > 0:  # both can be made turns
            flip = np.diag([1, np.linalg.det(U)])
            assert U @ flip @ np.diag(s) @ flip @ Vt == pytest.approx(A)
            assert np.linalg.det(flip @ Vt) == pytest.approx(1)


def test_turns_keep_lengths_and_end_at_right_angles_for_every_preset():
    says(
        PATH, "In the end all columns stand at right angles; their lengths are the singular values."
    )
    for name in Jacobi.knobs["A"].presets:
        run = Run(Jacobi, 0, {"A": name})
        while run.status == "running":
            run.advance(1)
            assert all(oracle.ok for oracle in run.lab.oracles()), (name, run.steps)
        dots = run.lab.W.T @ run.lab.W
        wanted = np.linalg.svd(run.lab.A, compute_uv=False)
        assert np.sqrt(np.diag(dots)) == pytest.approx(wanted, abs=1e-9)


def test_two_of_the_four_singular_values_come_out_as_zero():
    says(PATH, "two of the four singular values come out as 0")
    answer = lab_of(Jacobi, 100, A="rank 2").answer
    assert (answer.s == 0).sum() == 2


def test_a_turn_disturbs_earlier_ones_but_less_and_less():
    says(PATH, "Each turn disturbs earlier ones, but less and less.")
    says(PATH, "near the end each round squares what is left")
    run, left = Run(Jacobi), []
    while run.status == "running":
        dots = run.lab.W.T @ run.lab.W
        left.append(np.sqrt((dots**2).sum() - (np.diag(dots) ** 2).sum()) / dots.trace())
        run.advance(6)
    assert left == sorted(left, reverse=True)
    assert left[3] < left[2] ** 1.5


def test_no_matrix_of_rank_k_is_nearer():
    says(PATH, "No matrix that is a sum of k terms is nearer to A than $A_k$")
    rng = np.random.default_rng(0)
    for which, k in ((3, 1), (3, 2), (8, 3), (40, 4)):
        lab = lab_of(Digit, which=which, k=k)
        missed = lab.picture - lab.near
        for _ in range(100):
            other = lab.picture - rank_k(rng, lab.picture, k)
            assert np.linalg.norm(other) >= np.linalg.norm(missed) - 1e-9
            assert np.linalg.norm(other, 2) >= np.linalg.norm(missed, 2) - 1e-9


def test_what_is_missed_stands_in_the_dropped_values_for_any_digit():
    for which in range(0, 1797, 211):
        for k in (1, 4, 8):
            assert all(oracle.ok for oracle in lab_of(Digit, which=which, k=k).oracles())


def test_three_terms_hold_the_digit_and_two_do_not():
    says(PATH, "three terms hold 95.7 % of this digit. Three more share what is left, and the last")
    says(PATH, "two are 0: this picture has rank 6")
    assert np.linalg.matrix_rank(lab_of(Digit).picture) == 6
    assert (lab_of(Digit).s > 1e-9).tolist() == [True] * 6 + [False] * 2
    shares = [lab_of(Digit, k=k).share for k in (2, 3)]
    assert shares[0] < 0.95
    assert round(shares[1], 3) == 0.957
    assert [k for k in range(1, 9) if checks["enough"].reached(lab_of(Digit, k=k))] == [3]


def test_two_directions_hold_most_of_the_irises_and_part_their_kinds():
    says(PATH, "Two of four hold 97.8 % here")
    lab = lab_of(Components)
    assert round(float(lab.found.shares[:2].sum()), 3) == 0.978
    says(PATH, "One kind of iris stands apart, and the other two overlap only a little")
    points = lab.scatter().points[0]
    places = np.stack([points.x, points.y], axis=1)
    centers = np.array([places[points.labels == k].mean(axis=0) for k in range(3)])
    nearest = np.linalg.norm(places[:, None] - centers, axis=2).argmin(axis=1)
    assert 0.9 < (nearest == points.labels).mean() < 1
    assert ((nearest == 0) == (points.labels == 0)).all()
    assert places[points.labels == 0, 0].max() < places[points.labels > 0, 0].min() - 0.5


def test_digits_take_more_components():
    says(PATH, "it takes more components")
    lab = lab_of(Components, data="digits")
    assert float(lab.found.shares[:2].sum()) < 0.3
    X = digits().x
    spectrum = np.linalg.eigvalsh(np.cov(X.T))[::-1]
    assert lab.found.shares[:10] == pytest.approx(spectrum[:10] / spectrum.sum())
    assert all(oracle.ok for oracle in lab.oracles())


def test_a_unit_alone_decides_the_first_component():
    says(PATH, "the first component has eyes only for that column")
    at = {factor: lab_of(Components, factor=factor).found for factor in (1, 10)}
    assert at[10].shares[0] > 0.98 > at[1].shares[0]
    assert abs(at[10].components[0, 0]) > 0.97
    assert abs(at[1].components[0, 0]) < 0.5
    names = [lab_of(Components, factor=f).rebuilt().rows[0][0] for f in (1, 10, 5)]
    assert names == ["sepal length (cm)", "sepal length (mm)", "sepal length · 5"]


def test_what_makes_descent_slow_is_the_ratio_of_singular_values():
    says(
        PATH, "the ratio σ₁/σₙ of a loss's second derivatives is what makes *Gradient descent* slow"
    )
    H = np.diag([1.0, 100.0])
    s = np.linalg.svd(H, compute_uv=False)
    assert s[0] / s[-1] == 100  # κ of that lesson's valley, which takes 691 steps at best
