"""One flat vector and its named views hold the same numbers, both ways."""

import numpy as np
import pytest

from engine.errors import ShapeError
from engine.parameters import ParamSpec, flatten
from engine.reverse import grad
from engine.tensor import Tensor

SPEC = ParamSpec({"W": (3, 4), "b": (), "v": (2,), "none": (0, 3)})
FLAT = np.arange(float(SPEC.size))


def test_flatten_undoes_views():
    assert SPEC.size == 15
    np.testing.assert_array_equal(SPEC.flatten(SPEC.views(FLAT)), FLAT)


def test_writing_into_a_view_writes_into_the_vector():
    w = FLAT.copy()
    for view in SPEC.views(w).values():
        view[...] = -1
    assert (w == -1).all()


def test_tensors_are_the_views():
    for name, tensor in SPEC.tensors(Tensor(FLAT)).items():
        np.testing.assert_array_equal(tensor.value, SPEC.views(FLAT)[name])
        assert tensor.name == name


def test_flattened_gradients_are_the_gradient_of_the_vector():
    w = Tensor(FLAT)
    params = SPEC.tensors(w)
    y = np.sin(params["W"]).sum() * params["b"] + (params["v"] ** 2).sum()
    parts = flatten(grad(y, list(params.values())))
    np.testing.assert_allclose(parts.value, grad(y, [w])[0].value, rtol=1e-15)


@pytest.mark.parametrize("shape", [(14,), (15, 1), ()])
def test_a_vector_of_another_length_is_refused(shape):
    for use in (SPEC.views, lambda w: SPEC.tensors(Tensor(w))):
        with pytest.raises(ShapeError, match=r"ParamSpec: expected a vector of shape \(15,\), got"):
            use(np.zeros(shape))


def test_a_missing_or_misshapen_array_is_named():
    spec = ParamSpec({"W": (2, 1)})
    with pytest.raises(ShapeError, match=r"ParamSpec: expected W of shape \(2, 1\), got None"):
        spec.flatten({})
    with pytest.raises(ShapeError, match=r"expected W of shape \(2, 1\), got \(2,\)"):
        spec.flatten({"W": np.zeros(2)})
