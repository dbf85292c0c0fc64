"""Penalties have the slopes they are known for; clipping shortens and, by norm, never turns."""

import numpy as np
import pytest

from engine.errors import DomainError
from engine.regularization import clip_by_norm, clip_by_value, l1, l2
from engine.reverse import grad, gradcheck
from engine.tensor import Tensor
from tests.engine.eager import agree

EVERY = [l1, l2, clip_by_value, clip_by_norm]
W = np.random.default_rng(0).standard_normal((4, 3))


@pytest.mark.parametrize("f", EVERY)
def test_arrays_and_tensors_are_treated_alike_and_differentiable(f):
    np.testing.assert_allclose(f(W, 0.7), f(Tensor(W), 0.7).value, rtol=1e-15)
    assert gradcheck(lambda w: f(w, 0.7), W, rng=np.random.default_rng(0)).ok


@pytest.mark.parametrize("f", EVERY)
def test_a_strength_is_a_knob_of_a_compiled_step(f):
    w, knob = Tensor(W, "w"), Tensor(0.7, "knob")
    y = f(w, knob)
    agree([w], [y, *grad(y.sum(), [w])], [])


@pytest.mark.parametrize(
    ("f", "slope"), [(l1, lambda w: 0.3 * np.sign(w)), (l2, lambda w: 0.3 * w)]
)
def test_a_penalty_pulls_towards_zero(f, slope):
    w = Tensor(np.array([-2.0, 0.0, 0.5]))
    np.testing.assert_allclose(grad(f(w, 0.3), [w])[0].value, slope(w.value), rtol=1e-15)
    assert f(w, 0).item() == 0


@pytest.mark.parametrize("bound", [0.1, 1.0, 100.0])
def test_clipping_by_norm_keeps_the_direction(bound):
    clipped, norm = clip_by_norm(W, bound), np.linalg.norm(W)
    np.testing.assert_allclose(clipped, W * min(1, bound / norm), rtol=1e-14)


@pytest.mark.parametrize("f", [clip_by_value, clip_by_norm])
def test_zero_stays_zero_with_a_finite_slope(f):
    g = Tensor(np.zeros(3))
    y = f(g, 2.0)
    assert not y.value.any()
    assert grad(y.sum(), [g])[0].value.tolist() == [1, 1, 1]


@pytest.mark.parametrize("f", EVERY)
@pytest.mark.parametrize("wrong", [-1.0, np.inf, np.nan])
def test_other_strengths_and_bounds_are_refused(f, wrong):
    argument = "≤ strength" if f in (l1, l2) else "< bound"
    with pytest.raises(DomainError, match=f"^{f.__name__}: expected 0 {argument} < ∞, got {wrong}"):
        f(W, wrong)


@pytest.mark.parametrize("f", [clip_by_value, clip_by_norm])
def test_a_bound_of_zero_is_refused(f):
    with pytest.raises(DomainError, match="expected 0 < bound < ∞, got 0"):
        f(W, 0)
