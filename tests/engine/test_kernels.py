"""The error function to the last digits; a kernel may write into its own input."""

import math

import numpy as np
import pytest

from engine import kernels

GRID = np.concatenate([np.linspace(-7, 7, 20_001), np.geomspace(1e-300, 7, 5_001)])


def test_erf_is_that_of_the_standard_library():
    exact = np.array([math.erf(x) for x in GRID])
    np.testing.assert_allclose(kernels.erf(GRID), exact, rtol=8e-16, atol=0)


def test_erf_at_the_ends_of_the_line():
    y = kernels.erf(np.array([np.inf, -np.inf, 1e308, -0.0, np.nan]))
    np.testing.assert_array_equal(y, [1, -1, 1, 0, np.nan])
    assert np.signbit(y[3])


@pytest.mark.parametrize("name", ["relu", "sigmoid", "softplus", "hard_tanh", "huber", "erf"])
@pytest.mark.parametrize("shape", [(), (0,), (3,), (4, 3)])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_shape_and_precision_stay_and_the_input_may_be_overwritten(name, shape, dtype):
    f, x = getattr(kernels, name), np.random.default_rng(0).normal(0, 2, shape).astype(dtype)
    y = f(x)
    assert (y.shape, y.dtype) == (shape, dtype)
    if shape:
        assert f(x, out=x) is x
        np.testing.assert_array_equal(x, y)
