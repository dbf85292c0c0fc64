"""What the lesson on matrices says, and attempts to refute it."""

import numpy as np
import pytest

from engine.errors import DltutorError
from engine.linalg import inverse
from lessons.kit.run import Run
from lessons.linear_algebra.matrices.lab import Feed, Map, Product, Stack, area, is_flat, moved
from tests.lessons.claims import says

PATH = "linear_algebra/matrices"


def test_every_area_grows_by_the_same_factor():
    says(PATH, "every area grows by the same factor")
    rng = np.random.default_rng(0)
    for _ in range(200):
        lab = Map(c1=rng.uniform(-3, 3, 2), c2=rng.uniform(-3, 3, 2))
        shape = rng.standard_normal((2, rng.integers(3, 9)))
        assert area(*moved(lab.A, *shape)) == pytest.approx(
            lab.det * area(*shape), rel=1e-8, abs=1e-9
        )


def test_lines_stay_straight():
    says(PATH, "Its lines stay straight, and 0 stays where it is.")
    rng = np.random.default_rng(1)
    for _ in range(100):
        A, p, q, t = rng.standard_normal((2, 2)), *rng.standard_normal((2, 2)), rng.random()
        np.testing.assert_allclose(A @ (p + t * (q - p)), A @ p + t * (A @ q - A @ p), atol=1e-12)


def test_the_sign_tells_whether_it_was_turned_over():
    says(PATH, "When $\\det A < 0$, the plane was turned over")
    rng = np.random.default_rng(2)
    for _ in range(100):
        lab = Map(c1=rng.uniform(-3, 3, 2), c2=rng.uniform(-3, 3, 2))
        turn = np.arctan2(lab.c1[1], lab.c1[0])
        back = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]) @ lab.c2
        assert (back[1] < 0) == (lab.det < 0)  # the second column right of the first


def test_nothing_leads_back_from_a_line():
    says(PATH, "no matrix leads back")
    rng = np.random.default_rng(3)
    A = Map(c1=(2, 1), c2=(-2, -1)).A
    assert (
        min(np.linalg.norm(B @ A - np.eye(2)) for B in 3 * rng.standard_normal((5000, 2, 2))) >= 1
    )
    with pytest.raises(DltutorError):
        inverse(A)


def test_a_hair_is_enough_and_the_way_back_is_long():
    says(PATH, "A hair is enough for rank 2. But then the way back must stretch by a lot")
    lab = Map(c1=(2, 1), c2=(-2, -1.001))
    assert not is_flat(lab)
    assert np.linalg.norm(inverse(lab.A).inverse, 2) > 1000


def test_any_multiple_of_the_first_column_will_do():
    says(PATH, "Any multiple of (2, 1) will do")
    for k in (-1.5, -1, -0.3, 0.1, 0.7, 1.5):
        assert is_flat(Map(c1=(2, 1), c2=(2 * k, k)))


def test_the_transpose_turns_products_round():
    says(PATH, "$$ (A B)^\\top = B^\\top A^\\top $$")
    rng = np.random.default_rng(4)
    for _ in range(50):
        k, m, n = rng.integers(1, 6, 3)
        A, B = rng.standard_normal((k, m)), rng.standard_normal((m, n))
        np.testing.assert_allclose((A @ B).T, B.T @ A.T, atol=1e-12)


def test_stretched_and_turned_is_tall():
    says(
        PATH, "Stretched and then turned, F has become tall. Turned and then stretched, it is wide."
    )
    lab = Product(A="quarter turn", B="stretch")
    tall, wide = (
        np.ptp(moved(M, np.array([0, 0.6]), np.array([0, 0.8])), axis=1)
        for M in (lab.AB, lab.B @ lab.A)
    )
    assert tall[1] > tall[0]
    assert wide[0] > wide[1]
    same = Product(A="quarter turn", B="double")  # ablation: a stretch of all directions
    np.testing.assert_array_equal(same.AB, same.B @ same.A)


def test_one_neuron_leaves_a_line_and_two_do_not():
    says(PATH, "The product has rank 1.")
    assert [Stack(hidden=k).rank for k in (1, 2, 3, 4)] == [1, 2, 2, 2]
    assert Stack(hidden=1, bend=True).rank == 1


def test_the_bend_is_what_one_matrix_cannot_do():
    says(PATH, "the points leave their faint places")
    for bend in (False, True):
        lab = Stack(hidden=4, bend=bend)
        best = lab.X @ np.linalg.lstsq(lab.X, lab.Z, rcond=None)[0]
        assert (np.abs(best - lab.Z).max() > 0.1) == bend


def test_the_batch_is_one_product():
    says(PATH, "They came out of one single product.")
    run = Run(Feed, 0, {"W": "1 2 -1 0.5; 0 -3 1 1"})
    run.advance(150)
    lab = run.lab
    np.testing.assert_allclose(lab.Z, lab.record.done, atol=1e-12)
    assert all(o.ok for o in lab.oracles())
