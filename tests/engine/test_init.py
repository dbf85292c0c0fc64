"""Starting weights have the variance that their paper asks for, and no bias."""

import numpy as np
import pytest

from engine.errors import DomainError, UnknownNameError
from engine.init import INITS, init, lsuv, orthogonal

VARIANCE = {
    "zero": lambda n_in, n_out: 0.0,
    "uniform": lambda n_in, n_out: 1 / (3 * n_in),
    "normal": lambda n_in, n_out: 1 / n_in,
    "orthogonal": lambda n_in, n_out: 1 / max(n_in, n_out),
    "glorot": lambda n_in, n_out: 2 / (n_in + n_out),
    "he": lambda n_in, n_out: 2 / n_in,
}


def test_every_start_has_a_row():
    assert sorted(VARIANCE) == sorted(INITS)


@pytest.mark.parametrize("name", INITS)
def test_variance_mean_shape_and_bias(name):
    W = init(name)(300, 200, np.random.default_rng(0))
    wanted = VARIANCE[name](300, 200)
    assert W.shape == (301, 200)
    assert not W[-1].any()
    assert W[:-1].var() == pytest.approx(wanted, rel=0.02)
    assert abs(W[:-1].mean()) <= 4 * np.sqrt(wanted / W[:-1].size)


@pytest.mark.parametrize("name", INITS)
def test_a_seed_says_it_all(name):
    first, second = (init(name)(3, 2, np.random.default_rng(7)) for _ in range(2))
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize("name", INITS)
def test_a_layer_without_neurons_is_refused(name):
    with pytest.raises(DomainError, match=f"^{name}: expected an integer n_in ≥ 1, got 0"):
        init(name)(0, 2, np.random.default_rng(0))


@pytest.mark.parametrize("sizes", [(5, 5), (7, 3), (3, 7), (1, 1)])
def test_orthogonal_columns_or_rows_have_length_one_and_right_angles(sizes):
    W = orthogonal(*sizes, np.random.default_rng(0))[:-1]
    product = W.T @ W if sizes[0] >= sizes[1] else W @ W.T
    np.testing.assert_allclose(product, np.eye(min(sizes)), atol=1e-14)


def test_orthogonal_matrices_turn_either_way():
    rng = np.random.default_rng(0)
    signs = [np.sign(orthogonal(1, 1, rng)[0, 0]) for _ in range(200)]
    assert abs(sum(signs)) < 60


def test_lsuv_gives_every_layer_scores_of_variance_one():
    rng = np.random.default_rng(0)
    x, start = rng.normal(3, 9, (50, 4)), [orthogonal(*s, rng) for s in ((4, 20), (20, 20))]
    kept = [W.copy() for W in start]
    scaled = lsuv(start, x, np.tanh)
    for before, W, original in zip(start, scaled, kept, strict=True):
        z = x @ W[:-1]
        assert z.std() == pytest.approx(1, rel=1e-12)
        assert W.shape == before.shape
        np.testing.assert_array_equal(before, original)
        x = np.tanh(z)


def test_lsuv_refuses_scores_that_do_not_vary():
    with pytest.raises(DomainError, match=r"^lsuv: expected scores that vary in layer 1, got .* 0"):
        lsuv([np.zeros((3, 2))], np.ones((4, 2)), np.tanh)


def test_an_unknown_name_lists_all():
    with pytest.raises(UnknownNameError, match=r"No initialization is called 'x'. There are: zero"):
        init("x")
