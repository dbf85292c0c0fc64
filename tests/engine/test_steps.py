"""Every algorithm that is told step by step: the laws of its records."""

import inspect
import math
from dataclasses import FrozenInstanceError, fields, is_dataclass

import numpy as np
import pytest

from engine import calculus, generalization, information, linalg
from engine.probability import newton
from engine.tensor import Tensor

A = np.array([[4.0, 1.0, 2.0], [1.0, 3.0, 0.0], [2.0, 0.0, 5.0]])
TALL = np.array([[1.0, 2.0], [3.0, -4.0], [5.0, 6.0]])
SKEW = np.array([[1.0, 2.0, 0.5], [3.0, -4.0, 1.0], [5.0, 6.0, 2.0]])
b = np.array([1.0, -2.0, 3.0])
POSITIVE = np.array([0.2, 0.5, 0.9, 0.4])


INPUT = Tensor(0.5, "x")
GRAPH = np.sin(INPUT * 2) * INPUT


def chance():
    return np.random.default_rng(0)


def decay(t, y):
    return -y * (1 + t)


def disc(x):
    return (x**2).sum(axis=1) < 1


def bowl(w):
    return (w * w).sum()


STEPS = {
    "elimination": (linalg.elimination_steps, linalg.solve, (SKEW, b), {}),
    "elimination, no swaps": (linalg.elimination_steps, linalg.solve, (A, b), {"pivot": False}),
    "inverse": (linalg.inverse_steps, linalg.inverse, (SKEW,), {}),
    "lu": (linalg.lu_steps, linalg.lu, (SKEW,), {}),
    "cholesky": (linalg.cholesky_steps, linalg.cholesky, (A,), {}),
    "gram schmidt": (linalg.gram_schmidt_steps, linalg.qr, (TALL,), {}),
    "householder": (linalg.householder_steps, linalg.qr, (TALL,), {}),
    "hessenberg": (linalg.hessenberg_steps, linalg.hessenberg, (SKEW,), {}),
    "power": (linalg.power_steps, linalg.power, (A, b), {}),
    "inverse iteration": (
        linalg.inverse_iteration_steps, linalg.inverse_iteration, (A, b), {"shift": 2.5},
    ),
    "qr algorithm": (linalg.qr_algorithm_steps, linalg.qr_algorithm, (A,), {}),
    "jacobi": (linalg.jacobi_eigen_steps, linalg.jacobi_eigen, (A,), {}),
    "schur": (linalg.schur_steps, linalg.schur, (SKEW,), {}),
    "svd": (linalg.svd_steps, linalg.svd, (TALL,), {}),
    "low rank": (linalg.low_rank_steps, linalg.low_rank, (SKEW, 2), {}),
    "gauss seidel": (linalg.splitting_steps, linalg.splitting, (A, b), {"method": "gauss_seidel"}),
    "jacobi iteration": (linalg.splitting_steps, linalg.splitting, (A, b), {"method": "jacobi"}),
    "conjugate gradient": (
        linalg.conjugate_gradient_steps, linalg.conjugate_gradient, (A, b), {},
    ),
    "components": (linalg.pca_steps, linalg.pca, (SKEW, 2), {}),
    "condition": (linalg.condition_steps, linalg.condition, (TALL,), {}),
    "least squares": (linalg.least_squares_steps, linalg.least_squares, (TALL, b), {}),
    "normal equations": (
        linalg.least_squares_steps, linalg.least_squares, (TALL, b), {"method": "normal"},
    ),
    "differences": (calculus.difference_steps, None, (np.sin, 1.0, math.cos(1.0)), {}),
    "forward mode": (calculus.forward_steps, calculus.forward, (GRAPH, INPUT), {}),
    "taylor": (calculus.taylor_steps, None, (np.exp, 0.5, 4), {}),
    "nodes": (calculus.node_steps, calculus.nodes, (5,), {}),
    "panels": (calculus.refinement_steps, calculus.integrate, (np.sin, 0.0, 2.0), {}),
    "monte carlo": (
        calculus.monte_carlo_steps, calculus.monte_carlo, (disc, [0, 0], [1, 1], 5000),
        {"rng": chance},
    ),
    "runge kutta": (calculus.ode_steps, calculus.ode, (decay, [1.0, 2.0], 0.1, 5), {}),
    "gradient flow": (
        calculus.gradient_flow_steps, calculus.gradient_flow, (bowl, b, 0.1, 5), {},
    ),
    "gamma": (newton.gamma_steps, None, (POSITIVE,), {}),
    "beta": (newton.beta_steps, None, (POSITIVE,), {}),
    "huffman": (information.huffman_merges, None, ([0.5, 0.2, 0.2, 0.1],), {}),
    "channel": (information.blahut_arimoto, None, ([[0.5, 0.5], [0.0, 1.0]],), {}),
    "lasso": (generalization.lasso_steps, generalization.lasso, (SKEW, b, 0.7), {}),
    "bias and variance": (
        generalization.bias_variance_steps, generalization.bias_variance,
        (generalization.polynomial_fit(1), np.sin, b, b), {"sigma": 0.1, "sets": 5, "rng": chance},
    ),
    "double descent": (
        generalization.double_descent_steps, None, (5, [2, 5, 9]), {"repeats": 2, "rng": chance},
    ),
}  # fmt: skip
"""Name → its steps, the plain function or None, its arguments and settings."""


def fresh(settings):
    return {key: value() if value is chance else value for key, value in settings.items()}


def frozen(record):
    """A record's numbers and words, arrays as bytes, as they are now."""
    held = {field.name: getattr(record, field.name) for field in fields(record)}
    return {
        key: (value.shape, value.dtype.str, value.tobytes())
        if isinstance(value, np.ndarray)
        else repr(value)
        for key, value in held.items()
    }


def spoil(record):
    for field in fields(record):
        value = getattr(record, field.name)
        if isinstance(value, np.ndarray):
            assert value.flags.writeable, field.name
            value[...] = -77


def content(argument):
    return np.array(getattr(argument, "value", argument)).tobytes()


@pytest.mark.parametrize("name", STEPS)
def test_a_record_belongs_to_whom_it_is_given(name):
    """Whatever is done to a record changes neither the other ones nor the arguments."""
    steps, _, arguments, settings = STEPS[name]
    before = [content(x) for x in arguments if not callable(x)]
    undisturbed = [frozen(record) for record in steps(*arguments, **fresh(settings))]
    disturbed = []
    for record in steps(*arguments, **fresh(settings)):
        disturbed.append(frozen(record))
        spoil(record)
    assert disturbed == undisturbed
    kept = list(steps(*arguments, **fresh(settings)))
    for i, record in enumerate(kept):
        assert frozen(record) == undisturbed[i]
        spoil(record)
    assert [content(x) for x in arguments if not callable(x)] == before


@pytest.mark.parametrize("name", STEPS)
def test_the_plain_function_is_the_last_record(name):
    steps, plain, arguments, settings = STEPS[name]
    *_, last = steps(*arguments, **fresh(settings))
    if name == "gram schmidt":
        settings = {"method": "modified"}
    if plain is not None:
        assert frozen(plain(*arguments, **fresh(settings))) == frozen(last)


@pytest.mark.parametrize("name", STEPS)
def test_records_are_small_closed_and_counted(name):
    steps, _, arguments, settings = STEPS[name]
    records = list(steps(*arguments, **fresh(settings)))
    assert all(is_dataclass(record) for record in records)
    for record in records:
        with pytest.raises(FrozenInstanceError):
            setattr(record, fields(record)[0].name, 1)
    counted = [record.step for record in records if hasattr(record, "step")]
    assert counted in (list(range(1, len(counted) + 1)), list(range(len(counted))))
    told = [record.why for record in records if hasattr(record, "why")]
    assert all(words == words.strip() and "nan" not in words for words in told)


def test_no_algorithm_is_forgotten():
    here = {row[0] for row in STEPS.values()}
    for package in (calculus, generalization, information, linalg):
        for name in package.__all__:
            f = getattr(package, name)
            if inspect.isfunction(f) and "Iterator" in str(f.__annotations__.get("return", "")):
                assert f in here, name
