"""What calculus asks of functions and numbers: taken, or named."""

import math

import numpy as np
import pytest

from engine.calculus.integrand import interval, sized, values
from engine.errors import DomainError, ShapeError


def test_values_are_one_for_each_point():
    x = np.array([1.0, 2.0, 3.0])
    assert values("f", np.square, x).tolist() == [1, 4, 9]
    assert values("f", lambda x: 5, x).tolist() == [5, 5, 5]
    with pytest.raises(ShapeError, match=r"f: expected f\(x\) of shape \(3,\), got \(2,\)"):
        values("f", lambda x: x[:2], x)
    with pytest.raises(DomainError, match="f: expected f finite, got inf at x = 2"):
        values("f", lambda x: 1 / (x - 2), x)


def test_ends_and_areas():
    interval("f", 1.0, -1.0)
    with pytest.raises(DomainError, match="f: expected finite end a"):
        interval("f", math.nan, 1)
    with pytest.raises(DomainError, match=r"f: expected a length b − a below 1.8e308"):
        interval("f", -1e308, 1e308)
    assert sized("f", np.float64(2)) == 2
    with pytest.raises(DomainError, match=r"f: expected an area below 1.8e308, got inf"):
        sized("f", math.inf)
