"""Starting weights have the variance that their paper asks for, and no bias."""

import numpy as np
import pytest

from engine.errors import DomainError, UnknownNameError
from engine.init import INITS, init

VARIANCE = {
    "zero": lambda n_in, n_out: 0.0,
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
    with pytest.raises(DomainError, match=f"^{name}: expected n_in ≥ 1 and n_out ≥ 1, got 0 and 2"):
        init(name)(0, 2, np.random.default_rng(0))


def test_an_unknown_name_lists_all():
    with pytest.raises(UnknownNameError, match=r"No initialisation is called 'x'. There are: zero"):
        init("x")
